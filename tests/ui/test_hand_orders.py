"""Clean up, end a session, start an instance: each is asked first, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit

from rdpgui.core.account_events import EmergencyReset, EmergencyStopped, InstancesObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import ConnectionId, RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import ConnectionOpened, RunEnded
from rdpgui.core.state import AppState
from rdpgui.ui.plain import told_tip
from tests.ui import snapshots
from tests.ui.conftest import Bench

R1 = RunId("r1")


def _left_open(*, latched: bool) -> AppState:
    """An emergency stop in the steady phase; the connection that the program opened goes on."""
    opened = ConnectionOpened(snapshots.NOW, R1, ConnectionId("c-1"), "", by_person=False)
    state = snapshots.fold(
        snapshots.recording(),
        opened,
        EmergencyStopped(snapshots.NOW),
        RunEnded(snapshots.NOW, R1, RunStatus.ABORTED, "emergency stop"),
    )
    return state if latched else snapshots.fold(state, EmergencyReset(snapshots.NOW + timedelta(seconds=5)))


@pytest.mark.case("R10", "R11")
def test_that_what_was_left_open_is_listed_while_latched_and_cleaned_up_after_the_reset(bench: Bench) -> None:
    bench.show(snapshots.recording())
    assert not bench.window.leftovers.isVisible()
    bench.show(_left_open(latched=True))
    assert bench.window.leftovers.isVisible()
    said = bench.text("leftover_text_0")
    assert "fin-web-01" in said and "was not ended" in said
    assert "records" not in said, "nobody looks at the recording any more"
    button = bench.find(QAbstractButton, "leftover_clean_0")
    assert not button.isEnabled() and "Reset it first" in told_tip(button)
    assert not bench.window.actions_by_name["clean-up"].isEnabled()

    bench.show(_left_open(latched=False))
    bench.press("leftover_clean_0")
    dialog = bench.dialog("order_dialog")
    assert "lab-admin-r1" in [
        child.text() for child in dialog.findChildren(type(dialog.findChild(object, "order_fact_0")))
    ]
    dialog.findChild(QAbstractButton, "order_go").click()
    assert bench.commands.orders[-1] == ("clean_up", R1)


@pytest.mark.case("R10")
def test_that_ending_a_session_asks_first_and_names_owner_and_session(bench: Bench) -> None:
    bench.show(snapshots.recording())
    bench.window.actions_by_name["end-session"].trigger()
    dialog = bench.dialog("order_dialog")
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert {"lab-admin-r1", "me", "ssm:TerminateSession"} <= set(texts)
    assert all(order[0] != "end_session" for order in bench.commands.orders)
    dialog.findChild(QAbstractButton, "order_go").click()
    name, session = bench.commands.orders[-1]
    assert (name, session.session_id) == ("end_session", "lab-admin-r1")


@pytest.mark.case("R10")
def test_that_ending_a_session_says_why_it_cannot_be_ordered(bench: Bench) -> None:
    button, action = bench.find(QAbstractButton, "sessions_end"), bench.window.actions_by_name["end-session"]
    on_aws = replace(snapshots.recording(), arming=None)
    assert on_aws.identity is not None
    on_aws = replace(on_aws, identity=replace(on_aws.identity, lab=False))
    for state, reason in (
        (snapshots.seeded(), "Select an active session"),
        (snapshots.finished(), "Select an active session"),
        (_left_open(latched=True), "The emergency stop is on"),
        (on_aws, "Arm fin-web-01 first"),
    ):
        bench.show(state)
        assert not button.isEnabled() and not action.isEnabled()
        assert reason in told_tip(button) and reason in told_tip(action)


@pytest.mark.case("R10")
def test_that_starting_an_instance_is_in_card_and_palette_and_asks_on_aws(bench: Bench) -> None:
    action = bench.window.actions_by_name["start-instance"]
    bench.show(snapshots.seeded())
    assert not action.isEnabled() and "Select a stopped instance" in told_tip(action)
    bench.window.ui_state.select_instance(snapshots.STOPPED)
    bench.show(snapshots.seeded())
    bench.press("start_instance")
    assert bench.commands.orders[-1] == ("start_instance", snapshots.STOPPED), "the lab costs nothing"

    bench.show(snapshots.seeded(lab=False))
    assert not action.isEnabled() and "Arm batch-07 first" in told_tip(action)
    assert bench.find(QAbstractButton, "arm_toggle").isEnabled(), "a stopped instance can be armed to be started"
    bench.show(snapshots.armed(snapshots.seeded(lab=False), snapshots.STOPPED))
    action.trigger()
    dialog = bench.dialog("order_dialog")
    go = dialog.findChild(QAbstractButton, "order_go")
    assert not go.isEnabled()
    line = dialog.findChild(QPlainTextEdit, "order_cli").toPlainText()
    assert line.startswith(f"aws ec2 start-instances --instance-ids {snapshots.STOPPED} --region ")
    dialog.findChild(QLineEdit, "order_typed").setText("batch-07")
    go.click()
    assert bench.commands.orders[-1] == ("start_instance", snapshots.STOPPED)
    assert len([order for order in bench.commands.orders if order[0] == "start_instance"]) == 2


@pytest.mark.case("R10")
def test_that_an_instance_halted_by_the_run_is_offered_to_be_started(bench: Bench) -> None:
    run_events = snapshots.run_events(disruption_id=DisruptionId.EC2_STOP)[:16]
    state = snapshots.fold(
        snapshots.armed(snapshots.seeded()),
        *run_events,
        EmergencyStopped(snapshots.NOW),
        RunEnded(snapshots.NOW, R1, RunStatus.ABORTED, "emergency stop"),
        EmergencyReset(snapshots.NOW),
    )
    halted = tuple(
        replace(item, state=InstanceState.STOPPED) if item.instance_id == snapshots.WEB1 else item
        for item in snapshots.INSTANCES
    )
    state = snapshots.fold(state, InstancesObserved(snapshots.NOW, halted, snapshots.NODES, snapshots.WATCHED))
    bench.show(state)
    assert "still stopped" in bench.text("leftover_text_0")
    bench.window.actions_by_name["clean-up"].trigger()
    bench.dialog("order_dialog").findChild(QAbstractButton, "order_go").click()
    assert bench.commands.orders[-1] == ("clean_up", R1)


@pytest.mark.case("L10")
def test_that_the_matrix_cannot_be_started_latched_or_without_an_account_and_says_why(bench: Bench) -> None:
    action = bench.window.actions_by_name["matrix-start"]
    bench.show(snapshots.seeded())
    bench.window.show_page(1)
    bench.workbench.rendering.render()
    button = bench.find(QAbstractButton, "matrix_start")
    assert button.isEnabled() and action.isEnabled()
    nobody = replace(snapshots.seeded(lab=False), identity=None)
    for state, reason in (
        (snapshots.fold(snapshots.seeded(), EmergencyStopped(snapshots.NOW)), "The emergency stop is on"),
        (nobody, "No account is known yet"),
    ):
        bench.show(state)
        assert not button.isEnabled() and not action.isEnabled()
        assert reason in told_tip(button) and reason in told_tip(action)
        action.trigger()
        button.click()
    assert bench.commands.orders == []
    bench.show(snapshots.seeded())
    assert button.isEnabled()


@pytest.mark.case("R10", "L4")
@pytest.mark.parametrize("size", [(1180, 700), (1366, 768)])
@pytest.mark.parametrize("more", [False, True])
def test_that_what_was_left_behind_pushes_no_button_over_another(
    bench: Bench, size: tuple[int, int], more: bool
) -> None:
    bench.window.resize(*size)
    bench.window.show()
    bench.show(_left_open(latched=False))
    assert bench.window.leftovers.isVisible()
    panel = bench.window.experiment.disruptions
    panel.show_hint("fin-web-01 is stopped. Start it and wait until SSM is Online.")
    bench.find(QAbstractButton, "more_disruptions").setChecked(more)
    column = panel.parentWidget()
    assert column is not None
    QApplication.processEvents()
    for layout in (column.layout(), panel.layout()):  # they take effect at once
        assert layout is not None
        layout.activate()
    boxes = [QRect(b.mapTo(panel, QPoint()), b.size()) for b in panel.buttons.values() if b.isVisible()]
    assert len(boxes) == (len(panel.buttons) if more else 6)
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.intersects(b)]
    titles = [w for w in panel.findChildren(QLabel) if w.property("role") == "group" and w.isVisible()]
    assert len(titles) == (5 if more else 3)
    assert not [w.text() for w in titles for b in boxes if QRect(w.mapTo(panel, QPoint()), w.size()).intersects(b)]
    assert bench.window.experiment.verdict.height() >= 100
