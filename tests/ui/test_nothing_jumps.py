"""What a person looks at stays where it is: arming, a message, another page move no pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from rdpgui.core.errors import AwsError
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui.tokens import Tone
from tests.ui.conftest import Bench
from tests.ui.snapshots import WEB1, armed, finished, seeded

SIZES = [(1180, 700), (1366, 768), (1920, 1080)]


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _settle() -> None:
    for _turn in range(6):
        QApplication.processEvents()


def _opened(bench: Bench, size: tuple[int, int], language: str, state: AppState) -> None:
    set_language(language)
    bench.window.retranslate()
    bench.window.resize(*size)
    bench.window.show()
    bench.show(state)
    _settle()


def _places(bench: Bench) -> Mapping[str, QRect]:
    """Return the place of every widget that is seen, by the path of its names; those of a message left out."""
    found: dict[str, QRect] = {}
    notices = bench.window.notices
    for number, widget in enumerate(bench.window.findChildren(QWidget)):
        if widget.isVisible() and widget is not notices and not notices.isAncestorOf(widget):
            name = f"{number} {type(widget).__name__} {widget.objectName()}"
            found[name] = QRect(widget.mapTo(bench.window, QPoint()), widget.size())
    return found


def _moved(before: Mapping[str, QRect], after: Mapping[str, QRect]) -> list[str]:
    gone = [f"{name} came or went" for name in before.keys() ^ after.keys()]
    return gone + [
        f"{name} {before[name]} {after[name]}" for name in before.keys() & after.keys() if before[name] != after[name]
    ]


@pytest.mark.case("L12")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
def test_that_arming_moves_nothing(bench: Bench, size: tuple[int, int], language: str) -> None:
    state = seeded()
    _opened(bench, size, language, state)
    before = _places(bench)
    bench.show(armed(state, WEB1, left_s=290.0))
    _settle()
    assert _moved(before, _places(bench)) == []
    bench.show(armed(state, WEB1, left_s=5.0))
    _settle()
    assert _moved(before, _places(bench)) == []


@pytest.mark.case("L12")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("run", [False, True])
def test_that_a_message_moves_nothing(bench: Bench, size: tuple[int, int], run: bool) -> None:
    _opened(bench, size, "en", finished() if run else armed(seeded()))
    before = _places(bench)
    for number in range(3):
        bench.notifications.error(AwsError("AWS asked for fewer calls. " * (1 + 4 * number), "Wait a moment."))
        _settle()
        assert bench.window.notices.isVisible()
        assert _moved(before, _places(bench)) == []
        whole = bench.window.rect()
        notice = bench.window.notices
        assert whole.contains(QRect(notice.mapTo(bench.window, QPoint()), notice.size()))
        texts = [bench.find(QWidget, name) for name in ("notice_text", "notice_remedy")]
        assert all(text.height() >= text.heightForWidth(text.width()) for text in texts if text.isVisible())
    for _number in range(3):
        bench.press("notice_close")
    _settle()
    assert not bench.window.notices.isVisible()
    assert _moved(before, _places(bench)) == []
    bench.notifications.say(Tone.OK, "Done.")
    _settle()
    assert _moved(before, _places(bench)) == []


@pytest.mark.case("L12")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_another_page_moves_no_tab(bench: Bench, language: str) -> None:
    _opened(bench, SIZES[0], language, seeded())
    tabs = bench.find(QTabBar, "tabs")
    before = [tabs.tabRect(place) for place in range(tabs.count())]
    for page in range(tabs.count()):
        bench.window.show_page(page)
        _settle()
        assert [tabs.tabRect(place) for place in range(tabs.count())] == before


@pytest.mark.case("L12")
def test_that_the_next_step_moves_no_button_however_long_it_is(bench: Bench) -> None:
    _opened(bench, SIZES[0], "en", armed(seeded()))
    panel = bench.window.experiment.disruptions
    before = None
    for text in ("", "Not armed.", "fin-web-01 is stopped. Start it and wait until SSM is Online.", "word " * 60):
        panel.show_hint(text)
        _settle()
        places = _places(bench)
        before = before or places
        assert _moved(before, places) == []


def test_that_a_list_that_cannot_be_read_moves_nothing_outside_its_header(bench: Bench) -> None:
    state = armed(seeded())
    _opened(bench, SIZES[1], "en", state)
    before = _places(bench)
    bench.show(replace(state, looks={}))
    _settle()
    page = bench.window.experiment
    outside = [line for line in _moved(before, _places(bench)) if "stale" not in line and "count" not in line]
    assert page.instances.isVisible()
    assert [line for line in outside if "Panel" in line or "Card" in line or "film" in line] == []
