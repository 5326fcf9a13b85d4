"""The whole window: where we are, messages, dialogs, closing, language, focus and layout."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from rdpgui.core.errors import GuardRefusal, Throttled
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui.main_window import PAGES, MainWindow
from rdpgui.ui.panels.film_place import FilmPlace
from rdpgui.ui.workbench import Workbench
from tests.helpers.limits import limit_ms
from tests.ui.conftest import Bench
from tests.ui.snapshots import finished, recording, seeded


def test_that_before_the_first_poll_the_window_says_that_it_is_reading(bench: Bench) -> None:
    bench.show(AppState())
    assert bench.text("banner_place") == "Connecting …"
    assert bench.find(QPushButton, "connect").isEnabled() is False
    assert bench.text("experiment_hint") == "No instance is selected. Select one in the list on the left."


def test_that_the_lab_is_marked_and_an_account_is_named(bench: Bench) -> None:
    bench.show(seeded())
    assert bench.text("banner_mark") == "LAB"
    assert bench.find(QWidget, "banner").property("lab") is True
    bench.show(seeded(lab=False))
    assert bench.text("banner_mark") == "AWS"
    assert "123456789012" in bench.text("banner_place")


def test_that_an_error_is_shown_with_its_remedy_and_can_be_copied(bench: Bench, qapp: Any) -> None:
    error = Throttled(
        "AWS asked for fewer calls.", "Wait a moment.", operation="ssm:DescribeSessions", code="Throttling"
    )
    bench.notifications.error(error)
    assert bench.find(QWidget, "notice_bar").isVisible()
    assert bench.text("notice_text") == "AWS asked for fewer calls."
    assert bench.text("notice_remedy") == "Wait a moment."
    bench.press("notice_copy")
    assert "ssm:DescribeSessions" in qapp.clipboard().text()
    bench.notifications.error(GuardRefusal("Second.", ""))
    assert bench.text("notice_more") == "1 more"
    bench.press("notice_close")
    assert bench.text("notice_text") == "AWS asked for fewer calls."


def test_that_messages_before_the_window_are_kept(qtbot: Any, bench: Bench) -> None:
    bench.notifications.error(GuardRefusal("Early.", "Wait."))
    later = Workbench(
        bench.commands.for_window,
        film=FilmPlace(),
        notifications=bench.notifications,
        run_folder=bench.folder_of,
        settings=bench.window.settings,
    ).window
    qtbot.addWidget(later)
    later.show()
    assert later.notices.current is not None
    assert later.notices.current.text == "Early."


def test_that_closing_asks_the_app_instead_of_closing(bench: Bench, qtbot: Any) -> None:
    with qtbot.waitSignal(bench.window.close_requested, timeout=limit_ms(1)):
        assert bench.window.close() is False
    assert bench.window.isVisible()


def test_that_leaving_during_a_run_is_asked_and_confirmed(bench: Bench, qtbot: Any) -> None:
    bench.show(recording())
    bench.workbench.ask_before_close()
    dialog = bench.dialog("close_dialog")
    assert dialog.findChild(QWidget, "close_title").text() == "1 run is under way"
    with qtbot.waitSignal(bench.window.leave_confirmed, timeout=limit_ms(1)):
        dialog.findChild(QPushButton, "close_leave").click()


@pytest.mark.parametrize("action", ["settings", "shortcuts", "palette", "about", "lab-faults"])
def test_that_dialogs_open_without_blocking_and_close_with_escape(bench: Bench, qtbot: Any, action: str) -> None:
    bench.show(seeded())
    bench.window.actions_by_name[action].trigger()
    name = "faults_dialog" if action == "lab-faults" else f"{action}_dialog"
    dialog = bench.dialog(name)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_that_the_palette_finds_by_letters_and_runs_the_action(bench: Bench, qtbot: Any) -> None:
    bench.show(seeded())
    bench.window.actions_by_name["palette"].trigger()
    dialog = bench.dialog("palette_dialog")
    typed = dialog.findChild(QLineEdit, "palette_text")
    qtbot.keyClicks(typed, "run mat")
    qtbot.keyClick(typed, Qt.Key.Key_Return)
    assert bench.commands.orders == [("start_matrix", False, (), True)]


def test_that_switching_the_language_changes_every_visible_text(bench: Bench) -> None:
    bench.show(finished())
    before = _texts(bench.window)
    set_language("ja")
    bench.workbench.retranslate()
    after = _texts(bench.window)
    assert bench.text("verdict_gap_title") == "停止差"
    same = {name: text for name, text in before.items() if after.get(name) == text and _is_sentence(text)}
    assert same == {"check_integrity": "Film is complete to its end"} or same == {}


def _texts(window: MainWindow) -> dict[str, str]:
    found: dict[str, str] = {}
    for widget in window.findChildren(QWidget):
        text = getattr(widget, "text", None)
        if callable(text) and widget.objectName() and widget.isVisible():
            found[widget.objectName()] = str(text())
    return found


def _is_sentence(text: str) -> bool:
    return " " in text and text.isascii() and not any(letter.isdigit() for letter in text) and ":" not in text


def test_that_everything_that_takes_the_focus_has_a_name_for_screen_readers(bench: Bench) -> None:
    bench.show(finished())
    for place in range(len(PAGES)):
        bench.window.show_page(place)
    unnamed = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in bench.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.objectName().startswith("qt_")
        and widget.window() is bench.window  # not the pop-up lists, which read their own entries
        and not _name_of(widget)
    ]
    assert unnamed == []


def _name_of(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return widget.accessibleName() or (str(text()) if callable(text) else "") or widget.toolTip()


class Repaints(QObject):
    """Counts layout requests, the expensive part of a render."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_that_rendering_the_same_snapshot_again_lays_nothing_out(bench: Bench, qapp: Any) -> None:
    state = finished()
    bench.show(state)
    for _time in range(20):  # a layout request climbs one parent per pass
        qapp.sendPostedEvents()
        qapp.processEvents()
    counter = Repaints()
    qapp.installEventFilter(counter)
    for _time in range(5):
        bench.show(state)
    qapp.processEvents()
    qapp.removeEventFilter(counter)
    assert counter.count == 0


def test_that_the_empty_place_of_the_film_opens_one(bench: Bench) -> None:
    bench.film.open_requested.emit()
    bench.dialog("open_film_dialog").reject()
