"""The whole window: what a person sees for a snapshot, and what is asked for when something is pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QTableView, QWidget

from rdpgui.core.account_events import EmergencyStopped, InstancesObserved, PollFailed, PreferencesObserved, Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import GuardRefusal, StorageError, Throttled
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import set_language
from rdpgui.ui.film_port import FilmOrigin
from rdpgui.ui.main_window import PAGES, MainWindow
from tests.ui.conftest import Bench
from tests.ui.snapshots import (
    GROUPED,
    INSTANCES,
    NOW,
    STOPPED,
    WEB1,
    WEB2,
    armed,
    finished,
    fold,
    processing,
    recording,
    run_events,
    seeded,
)


def press(bench: Bench, name: str) -> None:
    button = bench.find(QAbstractButton, name)
    assert button.isEnabled(), f"{name} is disabled"
    button.click()


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


def test_that_a_running_instance_is_chosen_at_first_and_arming_is_asked_for(bench: Bench) -> None:
    bench.show(seeded())
    assert bench.window.ui_state.instance_id == WEB1  # the first one in EC2's order
    bench.show(seeded())
    assert bench.text("experiment_hint") == "Not armed. Press “Arm this instance” first."
    press(bench, "arm_toggle")
    assert bench.commands.orders == [("arm", WEB1)]


def test_that_an_armed_disruption_asks_once_and_then_runs(bench: Bench) -> None:
    bench.show(armed(seeded()))
    press(bench, "disrupt_os-shutdown")
    dialog = bench.dialog("confirm_dialog")
    assert bench.commands.orders == []
    dialog.findChild(QPushButton, "confirm_go").click()
    assert bench.commands.orders == [("run", DisruptionId.OS_SHUTDOWN, WEB1, AccessType.STANDARD, False)]


def test_that_outside_the_lab_the_name_has_to_be_typed(bench: Bench) -> None:
    bench.show(armed(seeded(lab=False)))
    press(bench, "disrupt_ec2-stop")
    dialog = bench.dialog("confirm_dialog")
    go, typed = dialog.findChild(QPushButton, "confirm_go"), dialog.findChild(QLineEdit, "confirm_typed")
    assert not go.isEnabled()
    typed.setText("fin-web-02")
    assert not go.isEnabled()
    typed.setText("fin-web-01")
    assert go.isEnabled()
    dialog.reject()
    assert bench.commands.orders == []


def test_that_a_disabled_disruption_says_why(bench: Bench) -> None:
    bench.show(armed(seeded(), GROUPED))
    button = bench.find(QPushButton, "disrupt_ec2-stop")
    assert not button.isEnabled()
    assert "Auto Scaling" in button.toolTip()
    assert "Auto Scaling" in button.accessibleDescription()
    assert bench.find(QPushButton, "disrupt_control-none").isEnabled()


def test_that_missing_recording_preferences_refuse_the_connection(bench: Bench) -> None:
    bench.show(fold(seeded(), PreferencesObserved(NOW, None)))
    assert not bench.find(QPushButton, "connect").isEnabled()
    assert "Recording is not configured" in bench.text("experiment_hint")


def test_that_a_stopped_instance_can_be_started(bench: Bench) -> None:
    bench.show(seeded())
    bench.window.ui_state.select_instance(STOPPED)
    bench.show(seeded())
    press(bench, "start_instance")
    assert bench.commands.orders == [("start_instance", STOPPED)]


def test_that_connecting_uses_the_chosen_access_type_and_shows_the_desktop(bench: Bench) -> None:
    bench.show(armed(seeded()))
    choice = bench.find(QWidget, "access_type")
    choice.setCurrentIndex(choice.findData(AccessType.JUST_IN_TIME))
    press(bench, "connect")
    assert bench.commands.orders == [("connect", WEB1, AccessType.JUST_IN_TIME, True)]


def test_that_the_emergency_stop_latches_and_is_reset_by_the_same_button(bench: Bench) -> None:
    bench.show(armed(seeded()))
    press(bench, "emergency_stop")
    bench.show(fold(armed(seeded()), EmergencyStopped(NOW)))
    assert bench.text("banner_arming") == "Emergency stop: no new action"
    assert not bench.find(QPushButton, "disrupt_os-reboot").isEnabled()
    press(bench, "emergency_stop")
    assert bench.commands.orders == [("emergency_stop",), ("emergency_reset",)]


def test_that_escape_twice_is_the_emergency_stop(bench: Bench, qtbot: Any) -> None:
    bench.show(armed(seeded()))
    bench.window.activateWindow()
    bench.find(QTableView, "instances_table").setFocus()
    qtbot.keyClick(bench.window, Qt.Key.Key_Escape)
    qtbot.keyClick(bench.window, Qt.Key.Key_Escape)
    assert bench.commands.orders == [("emergency_stop",)]


def test_that_a_running_experiment_can_only_be_aborted(bench: Bench) -> None:
    bench.show(recording())
    assert bench.text("recording_word") == "Recording"
    assert bench.text("recording_basis").startswith("inferred")
    assert bench.text("experiment_hint") == "Run under way: Steady state"
    assert not bench.find(QPushButton, "disrupt_ec2-stop").isEnabled()
    press(bench, "abort_run")
    assert bench.commands.orders == [("abort",)]


def test_that_an_observed_connection_leaves_its_instance_free_for_a_disruption(bench: Bench) -> None:
    state = armed(recording())
    number, run = next(iter(state.runs.items()))
    observed = replace(run, plan=replace(run.plan, by_hand=True))
    bench.window.ui_state.select_instance(run.plan.instance_id)
    bench.show(replace(state, runs={number: observed}))
    assert bench.find(QPushButton, "disrupt_ec2-reboot").isEnabled()
    assert bench.find(QPushButton, "arm_toggle").isVisible()
    assert not bench.find(QPushButton, "connect").isVisible()
    bench.show(replace(state, runs={number: run}))
    assert not bench.find(QPushButton, "disrupt_ec2-reboot").isEnabled()


def test_that_processing_shows_the_usual_time_and_the_missing_evidence(bench: Bench) -> None:
    bench.show(processing())
    assert bench.text("recording_word") == "Processing"
    assert "usually 0.5–2.5 s" in bench.text("recording_basis")
    assert bench.find(QWidget, "evidence_1").accessibleName().startswith("No recording preferences in this Region.")


def test_that_a_pass_is_shown_with_its_gap_last_frame_and_checks(bench: Bench) -> None:
    bench.show(finished())
    assert bench.text("verdict_word") == "PASS"
    assert bench.text("verdict_gap") == "0.09 s (±0.05)"
    assert bench.find(QWidget, "verdict_still").has_picture
    assert "412" not in bench.text("verdict_word")
    assert bench.find(QWidget, "check_integrity").accessibleName() == "Film is complete to its end"


def test_that_a_fail_puts_the_contradicted_check_first(bench: Bench) -> None:
    bench.show(finished(VerdictValue.FAIL))
    assert bench.text("verdict_word") == "FAIL"
    verdict = bench.window.experiment.verdict
    rows = [row for row in verdict.findChildren(QWidget) if row.objectName().startswith("check_") and row.isVisible()]
    checks = [row for row in rows if row.objectName() != "check_visual"]
    first = min(checks, key=_top)
    assert first.objectName() == "check_reaches-end"
    assert first.accessibleName() == "Film reaches the end contradicted"


def _top(widget: QWidget) -> int:
    return widget.mapToGlobal(widget.rect().topLeft()).y()


def test_that_the_persons_own_answer_is_asked_for_and_passed_on(bench: Bench) -> None:
    bench.show(finished())
    press(bench, "visual_yes")
    assert bench.commands.orders == [("confirm_visual", "r1", True)]


def test_that_the_console_word_is_entered_by_hand(bench: Bench) -> None:
    bench.show(finished())
    panel = bench.window.experiment.recording
    panel.console_word_entered.emit(ConsoleWord.FINISHED)
    assert bench.commands.orders == [("enter_console_word", "r1", ConsoleWord.FINISHED)]


def test_that_inferred_statuses_are_italic_in_the_session_table(bench: Bench) -> None:
    bench.show(recording())
    table = bench.find(QTableView, "sessions_table")
    cell = table.model().index(0, 3)
    assert cell.data() == "Recording"
    assert cell.data(Qt.ItemDataRole.FontRole).italic()
    bench.show(finished())
    assert cell.data() == "Verified"
    assert cell.data(Qt.ItemDataRole.FontRole) is None


def test_that_a_failed_poll_marks_the_table_stale_without_a_pop_up(bench: Bench) -> None:
    failed = PollFailed(NOW, Topic.INSTANCES, "AWS asked for fewer calls.", "Wait a moment and try again.")
    bench.show(fold(seeded(), failed))
    assert bench.text("instances_stale").startswith("stale since ")
    assert not bench.find(QWidget, "notice_bar").isVisible()


def test_that_the_selection_survives_new_rows_and_another_order(bench: Bench) -> None:
    bench.show(seeded())
    bench.window.ui_state.select_instance(WEB2)
    state = seeded()
    renamed = replace(state.instances[WEB1], name="zz-last")
    bench.show(replace(state, instances={**state.instances, WEB1: renamed}))
    assert bench.window.experiment.instances.table.selected_key() == WEB2


def test_that_the_filter_counts_and_explains(bench: Bench) -> None:
    bench.show(seeded())
    search = bench.find(QLineEdit, "instances_search")
    search.setText("fin web-02")
    assert bench.text("instances_count") == "1 / 4"
    search.setText("nothing like it")
    assert bench.text("instances_count") == "0 / 4"


@pytest.mark.parametrize("place", range(len(PAGES)))
def test_that_every_page_opens_with_and_without_runs(bench: Bench, place: int) -> None:
    bench.show(AppState())
    bench.window.show_page(place)
    bench.show(finished())
    assert bench.window.pages.currentIndex() == place
    assert not bench.window.grab().isNull()


def test_that_a_matrix_cell_shows_its_newest_run_and_opens_it(bench: Bench, qtbot: Any) -> None:
    state = fold(seeded(), *run_events("old", value=VerdictValue.FAIL), *run_events("new"))
    bench.window.show_page(1)
    bench.show(state)
    cell = bench.find(QWidget, "cell_os-shutdown_Standard")
    assert cell.accessibleName() == "Shut the OS down × Standard: PASS"
    other = bench.find(QWidget, "cell_control-none_JustInTime")
    assert other.accessibleName().endswith("not in the matrix")
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    assert bench.window.pages.currentIndex() == 0
    assert bench.window.ui_state.run_id == "new"


def test_that_a_run_that_cannot_be_read_is_named_in_a_message_and_in_the_history(bench: Bench) -> None:
    error = StorageError("{path} cannot be read: {reason}.", "Look at it.", path="/runs/r7", reason="No right")
    bench.window.show_unreadable([("r7", error)] * 7)
    bench.show(finished())
    bench.window.show_page(3)
    bench.show(finished())
    assert bench.notifications.kept[0].text == "The run r7 cannot be shown: /runs/r7 cannot be read: No right."
    assert bench.notifications.kept[0].remedy == "Look at it."
    lines = bench.text("history_unreadable").splitlines()
    assert lines[0] == f"{bench.notifications.kept[0].text} Look at it."
    assert lines[-1] == "2 more"
    set_language("ja")
    bench.window.retranslate()
    assert "r7" in bench.text("history_unreadable")
    assert "cannot be shown" not in bench.text("history_unreadable")
    assert bench.find(QTableView, "history_table").model().rowCount() == 1


@pytest.mark.parametrize(
    ("nodes", "hint"),
    [
        (None, "Whether fin-web-01 is a managed node could not be read. Allow ssm:DescribeInstanceInformation"),
        ((), "SSM does not reach it. Wait until its ping status is Online."),
    ],
)
def test_that_nodes_that_were_not_listed_are_not_taken_for_absent(bench: Bench, nodes: Any, hint: str) -> None:
    state = replace(seeded(), nodes={})
    bench.show(fold(state, InstancesObserved(NOW, INSTANCES, nodes)))
    assert bench.text("experiment_hint").startswith(hint)


def test_that_a_film_carries_the_instance_s_name_of_then_and_its_session(bench: Bench) -> None:
    state = finished()
    bench.show(fold(state, InstancesObserved(NOW, (), ())))
    run = next(iter(state.runs.values()))
    assert run.session is not None
    (film,) = bench.window.renderer.films_of(run)
    assert film.origin == FilmOrigin("fin-web-01", WEB1, run.session.started_at)


def test_that_the_history_lists_runs_and_opens_a_report(bench: Bench) -> None:
    bench.window.show_page(3)
    bench.show(fold(seeded(), *run_events("a"), *run_events("b")))
    table = bench.find(QTableView, "history_table")
    assert table.model().rowCount() == 2
    table.selectRow(0)
    press(bench, "history_report")
    assert bench.commands.orders[-1][0] == "open_report"


def test_that_an_error_is_shown_with_its_remedy_and_can_be_copied(bench: Bench, qapp: Any) -> None:
    error = Throttled(
        "AWS asked for fewer calls.", "Wait a moment.", operation="ssm:DescribeSessions", code="Throttling"
    )
    bench.notifications.error(error)
    assert bench.find(QWidget, "notice_bar").isVisible()
    assert bench.text("notice_text") == "AWS asked for fewer calls."
    assert bench.text("notice_remedy") == "Wait a moment."
    press(bench, "notice_copy")
    assert "ssm:DescribeSessions" in qapp.clipboard().text()
    bench.notifications.error(GuardRefusal("Second.", ""))
    assert bench.text("notice_more") == "1 more"
    press(bench, "notice_close")
    assert bench.text("notice_text") == "AWS asked for fewer calls."


def test_that_messages_before_the_window_are_kept(qtbot: Any, bench: Bench) -> None:
    bench.notifications.error(GuardRefusal("Early.", "Wait."))
    later = MainWindow(
        bench.commands,
        film=bench.film,
        notifications=bench.notifications,
        run_folder=bench.folder_of,
        settings=bench.window.settings,
    )
    qtbot.addWidget(later)
    later.show()
    assert later.notices.current is not None
    assert later.notices.current.text == "Early."


def test_that_closing_asks_the_app_instead_of_closing(bench: Bench, qtbot: Any) -> None:
    with qtbot.waitSignal(bench.window.close_requested, timeout=1000):
        assert bench.window.close() is False
    assert bench.window.isVisible()


def test_that_leaving_during_a_run_is_asked_and_confirmed(bench: Bench, qtbot: Any) -> None:
    bench.show(recording())
    bench.window.ask_before_close()
    dialog = bench.dialog("close_dialog")
    assert dialog.findChild(QWidget, "close_title").text() == "1 run is under way"
    with qtbot.waitSignal(bench.window.leave_confirmed, timeout=1000):
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
    assert bench.commands.orders == [("start_matrix",)]


def test_that_switching_the_language_changes_every_visible_text(bench: Bench) -> None:
    bench.show(finished())
    before = _texts(bench.window)
    set_language("ja")
    bench.window.retranslate()
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
