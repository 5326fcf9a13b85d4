"""What a kind takes for its sign, and from where on it is another one's."""

from __future__ import annotations

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.film import Span
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.proof import check_disruption
from rdpgui.core.kinds.kind import GuestScript
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run_events import (
    BaselineTaken,
    BootTimeRead,
    ClockSampled,
    ConnectionChanged,
    InstanceChanged,
    IntentRecorded,
)
from rdpgui.core.verdict import CheckResult, VisualConfirmation
from tests.unit.core.samples import RUN, TARGET, at, begin, ended, facts, recorded, state_of

HELD, NOT_MADE, CONTRADICTED = CheckResult.HELD, CheckResult.NOT_MADE, CheckResult.CONTRADICTED
LOST, BACK = ConnectionStatus.NOT_CONNECTED, ConnectionStatus.CONNECTED


def _proof(events: list[RunEvent]) -> tuple[CheckResult, str]:
    check = check_disruption(case_of(state_of(events)))
    return check.result, check.cause


def _agent(status: ConnectionStatus, not_before_s: float, at_s: float) -> ConnectionChanged:
    return ConnectionChanged(at(at_s), RUN, status, at(not_before_s))


def _boot(at_s: float, boot_s: float) -> BootTimeRead:
    return BootTimeRead(at(at_s), RUN, at(boot_s))


# -- a halt -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "result", "cause"),
    [
        (8, HELD, ""),
        (12, HELD, ""),  # EC2's clock, and the way of the call
        (20, NOT_MADE, "other-disruption"),  # twelve seconds after the order somebody else stopped it
        (6, NOT_MADE, "other-disruption"),  # two before it
    ],
)
def test_that_a_stop_that_ec2_states_at_another_time_is_another_one(
    second: int, result: CheckResult, cause: str
) -> None:
    reason = f"User initiated (2026-01-05 09:00:{second:02} GMT)"
    intent = IntentRecorded(at(8.0), RUN, D.EC2_STOP, "ec2:StopInstances", TARGET)
    user = "Client.UserInitiatedShutdown"
    stopping = InstanceChanged(at(21.0), RUN, InstanceState.STOPPING, user, reason, at(9.0))
    stopped = InstanceChanged(at(25.0), RUN, InstanceState.STOPPED, user, reason, at(24.0))
    assert _proof([*begin(), intent, stopping, stopped, *ended()]) == (result, cause)


# -- a restart --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lost_s", "result"), [(14.0, HELD), (22.0, NOT_MADE)])
def test_that_without_a_boot_time_a_person_sees_a_restart_whose_agent_went_with_the_session(
    lost_s: float, result: CheckResult
) -> None:
    events = [
        BaselineTaken(e.at, RUN, e.instance, e.protection, e.preferences, e.object_keys, None, -0.05, 0.05)
        if isinstance(e, BaselineTaken)
        else e
        for e in begin(D.OS_REBOOT)
    ]
    intent = IntentRecorded(at(8.0), RUN, D.OS_REBOOT, "ssm:SendCommand", TARGET)
    flips = [_agent(LOST, lost_s, lost_s + 0.4), _agent(BACK, lost_s + 9.0, lost_s + 9.4)]
    said = VisuallyConfirmed(at(40.0), RUN, VisualConfirmation(True, "ann", at(40.0), "recording.mp4", 8.5))
    film = recorded(film=facts(idle=(Span(8.4, 8.5),)))
    assert _proof([*events, intent, *flips, *ended(), *film, said])[0] is result


# -- the agent alone --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before_s", "after_s", "result"),
    [
        (-3600.0, -3599.2, HELD),
        (-3600.0, -3597.0, NOT_MADE),  # three seconds are more than Windows recomputes
        (-3700.0, -3600.0, NOT_MADE),  # its clock was set before the agent was lost: what happened is not certain
    ],
)
def test_that_an_agent_that_was_stopped_leaves_the_boot_time_as_it_was(
    before_s: float, after_s: float, result: CheckResult
) -> None:
    intent = IntentRecorded(at(8.0), RUN, D.SSM_AGENT_STOP, "ssm:SendCommand", TARGET)
    flips = [_agent(LOST, 10.4, 10.8), _agent(BACK, 70.0, 70.4)]
    events = [*begin(D.SSM_AGENT_STOP), _boot(2.0, before_s), intent, *flips, _boot(72.0, after_s), *ended()]
    assert _proof(events)[0] is result


def test_that_the_agent_is_away_for_a_minute_and_started_again_whatever_became_of_its_stop() -> None:
    order = DISRUPTIONS[D.SSM_AGENT_STOP].order
    assert isinstance(order, GuestScript)
    script = order.delayed(15).lines[0]
    steps = ["Start-Sleep -Seconds 15", "Stop-Service", "Stop-Process", "Start-Sleep -Seconds 60", "Start-Service"]
    found = [script.index(step) for step in steps]
    assert found == sorted(found)
    assert "exit" not in script


# -- a control ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("boots", "result"),
    [
        ([], NOT_MADE),  # nobody knows what happened while the program was off
        ([(15.0, -3600.0)], NOT_MADE),  # read before it was off
        ([(60.0, -3600.0)], HELD),
    ],
)
def test_that_a_control_is_not_known_while_the_program_is_off(
    boots: list[tuple[float, float]], result: CheckResult
) -> None:
    again = ClockSampled(at(50.0), RUN, 3.0, "another life", -0.05, 0.05)
    reads = [_boot(at_s, boot_s) for at_s, boot_s in boots]
    events: list[RunEvent] = [*begin(D.CONTROL_NONE), *ended(), again, *reads]
    assert _proof(events)[0] is result


@pytest.mark.case("V7")
@pytest.mark.parametrize(("read_s", "result"), [(12.0, NOT_MADE), (30.0, CONTRADICTED)])
def test_that_a_boot_that_was_read_before_the_agent_was_lost_is_none_of_that_loss(
    read_s: float, result: CheckResult
) -> None:
    """The guest's clock is ahead: the boot of before the session is stated to be of after it."""
    lost, read = _agent(LOST, 19.0, 20.0), _boot(read_s, 19.5)
    events: list[RunEvent] = [read, lost] if read_s < 20.0 else [lost, read]
    assert _proof([*begin(D.CONTROL_NONE), *ended(), *events]) == (result, "control-disrupted")


def test_that_a_control_of_one_life_needs_no_boot_time() -> None:
    more = ClockSampled(at(50.0), RUN, 150.0, "life", -0.05, 0.05)
    assert _proof([*begin(D.CONTROL_NONE), *ended(), more])[0] is HELD
