"""The experiment page: choosing, arming, disrupting, what a run shows, and what a press asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget

from rdpgui.core.account_events import (
    EmergencyStopped,
    InstancesObserved,
    PollFailed,
    PreferencesObserved,
    SessionsObserved,
    Topic,
)
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.run_events import SessionAttached
from rdpgui.core.session import AccessType, SessionOrigin
from rdpgui.core.verdict import VerdictValue
from tests.ui.conftest import Bench
from tests.ui.snapshots import (
    GROUPED,
    INSTANCES,
    NOW,
    STOPPED,
    WATCHED,
    WEB1,
    armed,
    finished,
    fold,
    processing,
    recording,
    run_events,
    seeded,
    session,
)


def test_that_a_running_instance_is_chosen_at_first_and_arming_is_asked_for(bench: Bench) -> None:
    bench.show(seeded())
    assert bench.window.ui_state.instance_id == WEB1  # the first one in EC2's order
    bench.show(seeded())
    assert bench.text("experiment_hint") == "Not armed. Press “Arm this instance” first."
    bench.press("arm_toggle")
    assert bench.commands.orders == [("arm", WEB1)]


def test_that_an_armed_disruption_asks_once_and_then_runs(bench: Bench) -> None:
    bench.show(armed(seeded()))
    bench.press("disrupt_os-shutdown")
    dialog = bench.dialog("confirm_dialog")
    assert bench.commands.orders == []
    dialog.findChild(QPushButton, "confirm_go").click()
    assert bench.commands.orders == [("run", DisruptionId.OS_SHUTDOWN, WEB1, AccessType.STANDARD, False, ())]


def test_that_outside_the_lab_the_name_has_to_be_typed(bench: Bench) -> None:
    bench.show(armed(seeded(lab=False)))
    bench.press("disrupt_ec2-stop")
    dialog = bench.dialog("confirm_dialog")
    go, typed = dialog.findChild(QPushButton, "confirm_go"), dialog.findChild(QLineEdit, "confirm_typed")
    assert not go.isEnabled()
    typed.setText("fin-web-02")
    assert not go.isEnabled()
    typed.setText("fin-web-01")
    assert go.isEnabled()
    dialog.reject()
    assert bench.commands.orders == []


@pytest.mark.case("P6")
def test_that_who_else_is_connected_is_named_and_cut_off_on_a_yes_only(bench: Bench) -> None:
    state = armed(seeded(lab=False))
    assert state.identity is not None
    live = replace(session("x", NOW), active=True, target=WEB1, owner="arn:aws:sts::1:assumed-role/Ops/colleague")
    mine = replace(live, session_id=SessionId("mine"), owner=state.identity.arn)
    elsewhere = replace(live, session_id=SessionId("other"), target=InstanceId("i-2"), owner="arn:nobody")
    bench.show(fold(state, SessionsObserved(NOW, (live, mine, elsewhere), WATCHED)))
    bench.press("disrupt_ec2-stop")
    dialog = bench.dialog("confirm_dialog")
    told = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "colleague is connected since" in told and "nobody" not in told
    go, typed = dialog.findChild(QPushButton, "confirm_go"), dialog.findChild(QLineEdit, "confirm_typed")
    typed.setText("fin-web-01")
    assert not go.isEnabled()
    dialog.findChild(QCheckBox, "confirm_others").click()
    assert go.isEnabled()
    go.click()
    agreed = bench.commands.orders.pop()[-1]
    assert agreed == (live.session_id,), "to these and to nobody else"
    bench.show(fold(state, SessionsObserved(NOW, (mine, elsewhere), WATCHED)))
    bench.press("disrupt_ec2-stop")
    assert not bench.dialog("confirm_dialog").findChild(QCheckBox, "confirm_others").isVisible()


@pytest.mark.case("P6")
@pytest.mark.parametrize("origin", [SessionOrigin.UNKNOWN, SessionOrigin.CONSOLE_EVENT])
def test_that_whom_a_run_was_once_attached_to_is_named_again(bench: Bench, origin: SessionOrigin) -> None:
    live = replace(session("x", NOW), active=True, target=WEB1, owner="arn:aws:sts::1:assumed-role/Ops/colleague")
    run = run_events("r", DisruptionId.EC2_STOP)
    events = [replace(e, session=live, origin=origin) if isinstance(e, SessionAttached) else e for e in run]
    bench.show(fold(armed(seeded(lab=False)), *events, SessionsObserved(NOW, (live,), WATCHED)))
    bench.press("disrupt_ec2-stop")
    asks = bench.dialog("confirm_dialog").findChild(QCheckBox, "confirm_others").isVisible()
    assert asks, f"that it is a remote desktop ({origin}) does not say whose"


@pytest.mark.case("P6")
def test_that_where_the_sessions_could_not_be_read_it_is_said_and_asked(bench: Bench) -> None:
    bench.show(fold(armed(seeded(lab=False)), PollFailed(NOW, Topic.SESSIONS, "no", "")))
    bench.press("disrupt_ec2-stop")
    dialog = bench.dialog("confirm_dialog")
    assert dialog.findChild(QLabel, "confirm_others_unknown").isVisible()
    dialog.findChild(QLineEdit, "confirm_typed").setText("fin-web-01")
    go = dialog.findChild(QPushButton, "confirm_go")
    assert not go.isEnabled()
    dialog.findChild(QCheckBox, "confirm_others").click()
    assert go.isEnabled()


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
    bench.press("start_instance")
    assert bench.commands.orders == [("start_instance", STOPPED)]


def test_that_connecting_uses_the_chosen_access_type_and_shows_the_desktop(bench: Bench) -> None:
    bench.show(armed(seeded()))
    choice = bench.find(QWidget, "access_type")
    choice.setCurrentIndex(choice.findData(AccessType.JUST_IN_TIME))
    bench.press("connect")
    assert bench.commands.orders == [("connect", WEB1, AccessType.JUST_IN_TIME, True)]


def test_that_the_emergency_stop_latches_and_is_reset_by_the_same_button(bench: Bench) -> None:
    bench.show(armed(seeded()))
    bench.press("emergency_stop")
    bench.show(fold(armed(seeded()), EmergencyStopped(NOW)))
    assert bench.text("banner_arming") == "Emergency stop: no new action"
    assert not bench.find(QPushButton, "disrupt_os-reboot").isEnabled()
    bench.press("emergency_stop")
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
    bench.press("abort_run")
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
    bench.press("visual_yes")
    assert bench.commands.orders == [("confirm_visual", "r1", True, "film.mp4", 4.98)]


def test_that_the_console_word_is_entered_by_hand(bench: Bench) -> None:
    bench.show(finished())
    panel = bench.window.experiment.recording
    panel.console_word_entered.emit(ConsoleWord.FINISHED)
    assert bench.commands.orders == [("enter_console_word", "r1", ConsoleWord.FINISHED)]


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
