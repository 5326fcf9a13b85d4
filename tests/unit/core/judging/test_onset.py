"""The order and the signs of its effect: which of what was seen is of it, and which is of something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.onset import is_same_boot, stopped_by_own_call
from rdpgui.core.kinds.seen import Onset
from rdpgui.core.run_events import (
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    ClockSampled,
    ConnectionChanged,
    InstanceChanged,
    IntentRecorded,
)
from rdpgui.core.state import RESTORE_ACTION
from tests.unit.core.samples import RUN, TARGET, at, begin, disrupted, ended, restarted, state_of

USER = "Client.UserInitiatedShutdown"
LOST, BACK = ConnectionStatus.NOT_CONNECTED, ConnectionStatus.CONNECTED


def _onset(*events: RunEvent, kind: D = D.EC2_STOP) -> Onset:
    return case_of(state_of([*begin(kind), *events, *ended()])).onset


def _state(at_s: float, state: InstanceState = InstanceState.STOPPING, reason: str = "") -> InstanceChanged:
    return InstanceChanged(at(at_s), RUN, state, USER, reason, at(at_s - 0.4))


def _agent(at_s: float, status: ConnectionStatus) -> ConnectionChanged:
    return ConnectionChanged(at(at_s), RUN, status, at(at_s - 0.4))


# -- a call that was answered with an error -------------------------------------------------------


def _answered_with_an_error(second: int, *, width_s: float = 0.1, action: str = "ec2:StopInstances") -> bool:
    """EC2 states a stop; the call was made between 8.0 and 8.6 s, which is 09:00:08.25 to 09:00:08.85."""
    reason = f"User initiated (2026-01-05 09:00:{second:02} GMT)"
    events: list[RunEvent] = []
    for event in begin():
        if isinstance(event, ClockSampled):
            event = replace(event, offset_low_s=-width_s / 2, offset_high_s=width_s / 2)
        if isinstance(event, BaselineTaken):
            event = replace(event, clock_offset_low_s=-width_s / 2, clock_offset_high_s=width_s / 2)
        events.append(event)
    call = IntentRecorded(at(8.0), RUN, D.EC2_STOP, "ec2:StopInstances", TARGET)
    failed = ActionFailed(at(8.6), RUN, action, "InternalError", outcome_known=False)
    return stopped_by_own_call(state_of([*events, call, failed, _state(9.0, reason=reason)]))


@pytest.mark.case("V19")
def test_that_a_stop_at_the_very_time_of_the_call_is_the_call_s() -> None:
    assert _answered_with_an_error(8)
    assert _answered_with_an_error(9)
    assert not _answered_with_an_error(3)  # five seconds before
    assert not _answered_with_an_error(14)  # five after its answer
    assert not _answered_with_an_error(8, width_s=4.0)  # the clock does not tell
    assert not _answered_with_an_error(8, action=RESTORE_ACTION)


# -- before and after -------------------------------------------------------------------------------


def test_that_what_the_run_restored_is_not_what_it_disrupted() -> None:
    restore = IntentRecorded(at(20.0), RUN, D.EC2_STOP, RESTORE_ACTION, TARGET)
    later: list[RunEvent] = [_state(21.0, InstanceState.PENDING), _agent(24.0, BACK), _agent(30.0, LOST)]
    seen = _onset(*disrupted(), restore, *later)
    assert [change.state for change in seen.halts] == [InstanceState.STOPPING, InstanceState.STOPPED]
    assert len(seen.losses) == 1
    assert seen.loss is not None
    assert _onset(*disrupted(), *later).loss != seen.loss  # nobody restored it: it came back by itself


def test_that_a_state_from_before_the_session_is_nobody_s() -> None:
    order = disrupted()[1]
    assert _onset(_state(1.0), order).early == ()
    assert [change.at for change in _onset(_state(5.0), order).early] == [at(5.0)]
    assert [change.at for change in _onset(order, _state(9.0)).early] == []


def test_that_a_loss_from_before_the_order_does_not_count() -> None:
    order = disrupted()[1]
    assert _onset(_agent(4.0, LOST), _agent(6.0, BACK), order).losses == ()
    assert len(_onset(_agent(7.0, LOST), order, _agent(12.0, BACK)).losses) == 0
    assert len(_onset(order, _agent(12.0, LOST), _agent(15.0, BACK)).losses) == 1


# -- whose loss it is ---------------------------------------------------------------------------------


def test_that_of_several_losses_the_one_that_holds_the_boot_is_the_restart_s() -> None:
    _, order, lost, back, _boot = restarted()
    flap = [_agent(9.6, LOST), _agent(10.0, BACK)]
    counted = BootTimeRead(at(13.5), RUN, at(12.0), 1.0, at(13.3))  # up since 11.3 s at the earliest
    seen = _onset(order, *flap, lost, back, counted, kind=D.OS_REBOOT)
    assert len(seen.losses) == 2
    assert seen.loss == seen.losses[1]
    assert seen.restarted
    elsewhere = BootTimeRead(at(41.0), RUN, at(40.0))  # a boot while the agent was there
    assert _onset(order, lost, back, elsewhere, kind=D.OS_REBOOT).loss is None


@pytest.mark.parametrize(("boot_s", "held"), [(16.5, True), (22.5, False)])
def test_that_a_boot_by_the_guest_s_clock_lies_near_the_absence(boot_s: float, held: bool) -> None:
    _, order, lost, back, _boot = restarted()  # back at 13 s
    seen = _onset(order, lost, back, BootTimeRead(at(30.0), RUN, at(boot_s)), kind=D.OS_REBOOT)
    assert (seen.loss is not None) == held


@pytest.mark.parametrize(("boot_s", "known"), [(50.0, True), (120.0, False)])
def test_that_a_guest_s_clock_may_be_a_minute_fast_and_no_more(boot_s: float, known: bool) -> None:
    _, order, lost, back, _boot = restarted()
    seen = _onset(order, lost, back, BootTimeRead(at(13.5), RUN, at(boot_s)), kind=D.OS_REBOOT)  # asked at 13.5 s
    assert (seen.boot is not None) == known


def test_that_an_agent_that_came_back_without_a_boot_only_flapped() -> None:
    _, order, lost, back, _boot = restarted()
    assert _onset(order, lost, back, kind=D.OS_REBOOT).loss is None
    assert _onset(order, lost, back, kind=D.SSM_AGENT_STOP).loss is not None


@pytest.mark.case("V6")
@pytest.mark.parametrize(
    ("apart_s", "same"),
    [
        (0.4, True),  # recomputed
        (1.8, False),  # a clock was corrected, or it booted again
        (1_800.5, True),  # told after the clock was set to another zone
        (-19_800.6, True),
        (1_803.0, False),
        (1_797.0, False),
        (900.0, False),
    ],
)
def test_that_a_boot_told_in_another_zone_is_the_same_boot(apart_s: float, same: bool) -> None:
    assert is_same_boot(at(0.0), at(apart_s)) == same
