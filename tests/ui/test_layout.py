"""Nothing is cut and nothing lies on anything else: every page, in every phase, at every size, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QTableView, QWidget

from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.settings import ZOOM_PERCENT, Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui.main_window import Page
from rdpgui.ui.room.layout import Room
from rdpgui.ui.theme import Theming, mono_font
from rdpgui.ui.zoom import Zoom
from tests.helpers.layout import faults
from tests.ui.conftest import Bench
from tests.ui.snapshots import LAB, WEB1, armed, finished, recording, seeded

LOOKS = [((1180, 700), "en"), ((1366, 768), "ja"), ((1920, 1080), "en")]
STATES = {
    "empty": AppState(),
    "armed": armed(seeded()),
    "recording": recording(),
    "finished": finished(),
}
WHOLE_AT_1366 = 110
"""Percent up to which nothing is cut at 1366×768; beyond that words end in dots."""


@pytest.fixture
def bench(kept_bench: Bench) -> Iterator[Bench]:
    """One window for all of them."""
    kept_bench.forget()
    kept_bench.window.show()
    yield kept_bench
    set_language("en")


def _settle() -> None:
    for _turn in range(3):
        QApplication.processEvents()


def _all_faults(bench: Bench) -> list[str]:
    found = []
    for name, state in STATES.items():
        bench.show(state)
        _settle()
        found += [f"{name}: {fault}" for fault in faults(bench.window)]
    for page in list(Page)[1:]:
        bench.window.show_page(page)
        bench.workbench.rendering.render()
        _settle()
        found += [f"{page.name}: {fault}" for fault in faults(bench.window)]
    bench.window.show_page(Page.EXPERIMENT)
    return found


@pytest.mark.case("L8")
@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_that_nothing_is_cut_and_nothing_overlaps(bench: Bench, size: tuple[int, int], language: str) -> None:
    set_language(language)
    bench.window.retranslate()
    bench.window.resize(*size)
    assert _all_faults(bench) == []


@pytest.mark.case("L8")
@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_that_the_checks_of_a_lab_cut_nothing_in_their_card(bench: Bench, size: tuple[int, int], language: str) -> None:
    set_language(language)
    bench.window.retranslate()
    bench.window.resize(*size)
    state = seeded()
    bench.show(replace(state, place=LAB))
    bench.window.ui_state.select_instance(WEB1)
    bench.workbench.replies.show_preflight(
        [PreflightCheck(f"c{n}", Severity.WARN, n > 3, "It is so.") for n in range(41)]
    )
    bench.workbench.rendering.force()
    _settle()
    assert [fault for fault in faults(bench.window) if "preflight" in fault] == []
    card = bench.find(QWidget, "preflight_panel")
    shown = [child for child in card.findChildren(QAbstractButton) if child.isVisible() and child.text()]
    assert [child.objectName() for child in shown if child.width() < child.sizeHint().width()] == []


def test_that_what_is_cut_and_what_overlaps_is_found(bench: Bench) -> None:
    bench.window.resize(1366, 768)
    bench.show(finished())
    _settle()
    word, title = bench.find(QWidget, "verdict_word"), bench.find(QWidget, "verdict_gap_title")
    before = word.geometry()
    word.setGeometry(before.x(), before.y(), 20, before.height())
    assert any("cut: verdict_word" in fault for fault in faults(bench.window))
    word.setGeometry(title.geometry())
    assert any("overlap: " in fault and "verdict_word" in fault for fault in faults(bench.window))
    word.setGeometry(before.translated(0, -2000))
    assert any("outside: verdict_word" in fault for fault in faults(bench.window))
    word.setGeometry(before)


@pytest.mark.case("L4")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_every_disruption_is_whole_in_the_smallest_window(bench: Bench, language: str) -> None:
    set_language(language)
    bench.window.retranslate()
    bench.window.resize(1180, 700)
    for state in (armed(seeded()), finished()):
        bench.show(state)
        bench.window.ui_state.select_instance(WEB1)
        bench.window.experiment.rooms.use(Room.CHOOSE)
        bench.workbench.rendering.force()
        _settle()
        assert bench.find(QScrollArea, "disruptions_scroll").verticalScrollBar().maximum() == 0


# -- zoom ----------------------------------------------------------------------


@pytest.fixture
def zoom(bench: Bench, themed: Theming) -> Iterator[Zoom]:
    """The zoom of the window; everything has its usual size again afterwards."""
    bench.window.resize(1366, 768)
    made = Zoom(themed, bench.window)
    yield made
    made.use(100)
    bench.window.removeEventFilter(made)
    bench.window.page_shown.disconnect(made._on_page)


@pytest.mark.parametrize("language", ["en"])
def test_that_nothing_is_cut_at_1366_up_to_the_stated_zoom(bench: Bench, zoom: Zoom, language: str) -> None:
    set_language(language)
    zoom.use(WHOLE_AT_1366)
    bench.window.retranslate()
    bench.window.resize(1366, 768)
    assert _all_faults(bench) == []
    assert (bench.window.width(), bench.window.height()) == (1366, 768)


def test_that_everything_grows_and_comes_back(bench: Bench, zoom: Zoom) -> None:
    bench.show(finished())
    _settle()

    def sizes() -> list[float]:
        table = bench.find(QTableView, "instances_table")
        rows, words = table.verticalHeader().defaultSectionSize(), ("verdict_word", "verdict_gap", "tabs", "run_log")
        return [rows, *(bench.find(QWidget, name).font().pointSizeF() for name in words)]

    usual = sizes()
    zoom.use(120)
    _settle()
    assert [after / before for before, after in zip(usual, sizes(), strict=True)] == pytest.approx([1.2] * 5, rel=0.02)
    for percent in (*ZOOM_PERCENT, 100):
        zoom.use(percent)
        _settle()
    assert sizes() == pytest.approx(usual, rel=0.001)


def test_that_a_dialog_that_is_opened_later_is_as_large(bench: Bench, zoom: Zoom) -> None:
    zoom.use(150)
    bench.show(seeded())
    bench.window.actions_by_name["about"].trigger()
    dialog = bench.dialog("about_dialog")
    text = dialog.findChild(QWidget, "about_text")
    assert text.font().pointSizeF() == pytest.approx(mono_font().pointSizeF(), rel=0.01)
    dialog.reject()


def test_that_the_keys_change_the_size_within_its_bounds(bench: Bench) -> None:
    bench.show(seeded())
    wanted = []
    for name, now in (("zoom-in", 100), ("zoom-out", 100), ("zoom-reset", 130), ("zoom-in", 160), ("zoom-out", 80)):
        bench.workbench.show_settings(replace(bench.window.settings, zoom=now))
        before = len(bench.commands.orders)
        bench.window.actions_by_name[name].trigger()
        wanted.append([order for order in bench.commands.orders[before:] if order[0] == "set_setting"])
    bench.workbench.show_settings(replace(bench.window.settings, zoom=100))
    assert wanted == [
        [("set_setting", "zoom", 110)],
        [("set_setting", "zoom", 90)],
        [("set_setting", "zoom", 100)],
        [],
        [],
    ]


def test_that_a_size_beyond_the_bounds_is_none_of_the_settings() -> None:
    assert Settings().with_value("zoom", 1000).zoom == ZOOM_PERCENT[1]
    assert Settings().with_value("zoom", 1).zoom == ZOOM_PERCENT[0]
