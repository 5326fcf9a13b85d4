"""Kinds of disruption: each is whole, and proves what it says and nothing else."""

from __future__ import annotations

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.disruption import Effect, Origin
from rdpgui.core.events import RunEvent
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.proof import check_disruption
from rdpgui.core.kinds.kind import DELAY, Ec2Call, EndSession, FilmShows, GuestScript
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS, CONTROLS, DISRUPTIONS
from rdpgui.core.run_events import BootTimeRead, ConnectionChanged, InstanceChanged, IntentRecorded
from rdpgui.core.verdict import CheckResult
from tests.unit.core.samples import RUN, TARGET, at, begin, ended, state_of

HELD, NOT_MADE = CheckResult.HELD, CheckResult.NOT_MADE
BEFORE = BootTimeRead(at(2.0), RUN, at(-3600.0))
LOST = ConnectionChanged(at(10.8), RUN, ConnectionStatus.NOT_CONNECTED, at(10.4))
BACK = ConnectionChanged(at(13.0), RUN, ConnectionStatus.CONNECTED, at(12.6))
SAME = BootTimeRead(at(13.5), RUN, at(-3599.5))
NEWER = BootTimeRead(at(13.5), RUN, at(12.0))


def halted(code: str) -> list[RunEvent]:
    return [
        InstanceChanged(at(8.4), RUN, InstanceState.STOPPING, code, "", at(8.0)),
        InstanceChanged(at(11.2), RUN, InstanceState.STOPPED, code, "", at(10.8)),
    ]


USER, SLEEP = halted("Client.UserInitiatedShutdown"), halted("Client.UserInitiatedHibernate")


def test_that_every_id_has_its_kind_and_every_kind_is_whole() -> None:
    assert set(DISRUPTIONS) == set(D)
    for disruption_id, kind in DISRUPTIONS.items():
        assert kind.disruption_id is disruption_id
        assert kind.name
        assert kind.consequence.endswith(".")
        assert (kind.effect is Effect.NONE) == kind.is_control
        assert bool(kind.call) == (kind.order is not None) == bool(kind.action)
        assert isinstance(kind.order, GuestScript) == (kind.origin is Origin.GUEST)
        assert not kind.fis_action or kind.fis_action.startswith("aws:")
        assert not kind.chaos_action or kind.chaos_action.startswith("chaosaws.")
        assert kind.proof is not None


def test_that_the_article_s_rows_and_the_controls_are_found() -> None:
    assert ARTICLE_DISRUPTIONS == (D.OS_REBOOT, D.OS_SHUTDOWN, D.EC2_REBOOT, D.EC2_STOP)
    assert CONTROLS == (D.CONTROL_NONE, D.CONTROL_DISCONNECT)
    assert isinstance(DISRUPTIONS[D.CONTROL_DISCONNECT].order, EndSession)
    assert len(set(DISRUPTIONS) - set(CONTROLS)) == 9


@pytest.mark.parametrize("disruption_id", list(D))
def test_that_only_a_script_waits_for_the_plan_s_delay(disruption_id: D) -> None:
    kind = DISRUPTIONS[disruption_id]
    assert kind.earliest_s(15) == (15.0 if kind.origin is Origin.GUEST else 0.0)
    if isinstance(kind.order, GuestScript):
        lines = kind.order.delayed(15).lines
        assert any("15" in line for line in lines)
        assert DELAY not in "".join(lines)
        assert lines[-1] == "exit 0"
    else:
        assert not isinstance(kind.order, Ec2Call) or kind.action == f"ec2:{kind.order.operation}"


@pytest.mark.parametrize(
    ("disruption_id", "seen", "result", "cause"),
    [
        (D.STOP_FORCE, USER, HELD, ""),
        (D.STOP_FORCE, SLEEP, NOT_MADE, "other-disruption"),
        (D.STOP_FORCE, [], NOT_MADE, "disruption-not-proven"),
        (D.HIBERNATE, SLEEP, HELD, ""),
        (D.HIBERNATE, USER, NOT_MADE, "other-disruption"),
        (D.HIBERNATE, halted("Client.InstanceInitiatedShutdown"), NOT_MADE, "other-disruption"),
        (D.HIBERNATE, halted(""), NOT_MADE, "reason-unknown"),
        (D.HIBERNATE, [LOST, BACK, NEWER], NOT_MADE, "disruption-not-proven"),
        (D.DIAGNOSTIC_INTERRUPT, [BEFORE, LOST, BACK, NEWER], HELD, ""),
        (D.DIAGNOSTIC_INTERRUPT, [BEFORE, LOST, BACK, SAME], NOT_MADE, "disruption-not-proven"),
        (D.DIAGNOSTIC_INTERRUPT, [BEFORE, LOST, BACK], NOT_MADE, "disruption-not-proven"),
        (D.DIAGNOSTIC_INTERRUPT, USER, NOT_MADE, "other-disruption"),
        (D.SSM_AGENT_STOP, [BEFORE, LOST, BACK, SAME], HELD, ""),
        (D.SSM_AGENT_STOP, [BEFORE, LOST, BACK, NEWER], NOT_MADE, "other-disruption"),
        (D.SSM_AGENT_STOP, [BEFORE, LOST, BACK], NOT_MADE, "boot-time-unknown"),
        (D.SSM_AGENT_STOP, [BEFORE, LOST], NOT_MADE, "boot-time-unknown"),
        (D.SSM_AGENT_STOP, [BEFORE, SAME], NOT_MADE, "disruption-not-proven"),
        (D.SSM_AGENT_STOP, [BEFORE, *USER], NOT_MADE, "other-disruption"),
        # A boot that hides behind a guest's clock that is an hour slow is not one and the same.
        (
            D.SSM_AGENT_STOP,
            [BEFORE, LOST, BACK, BootTimeRead(at(13.5), RUN, at(-3588.0))],
            NOT_MADE,
            "boot-time-unknown",
        ),
    ],
)
def test_that_each_kind_proves_its_own_effect_and_no_other(
    disruption_id: D, seen: list[RunEvent], result: CheckResult, cause: str
) -> None:
    intent = IntentRecorded(at(8.0), RUN, disruption_id, DISRUPTIONS[disruption_id].action, TARGET)
    events = [*begin(disruption_id), *[e for e in seen if e is BEFORE], intent, *[e for e in seen if e is not BEFORE]]
    check = check_disruption(case_of(state_of([*events, *ended()])))
    assert (check.result, check.cause) == (result, cause)
    assert "{" not in check.reason.format(**dict(check.fields), zone="UTC")


def test_that_only_an_agent_that_was_lost_once_is_known_to_have_ended_the_session() -> None:
    intent = IntentRecorded(at(8.0), RUN, D.SSM_AGENT_STOP, "ssm:SendCommand", TARGET)
    again = ConnectionChanged(at(15.0), RUN, ConnectionStatus.NOT_CONNECTED, at(14.6))
    once = case_of(state_of([*begin(D.SSM_AGENT_STOP), intent, LOST, BACK, *ended()]))
    twice = case_of(state_of([*begin(D.SSM_AGENT_STOP), intent, LOST, BACK, again, *ended()]))
    assert once.onset.loss is not None
    assert twice.onset.loss is None


def test_that_what_no_screen_shows_is_said_by_its_kind() -> None:
    cut = {kind.disruption_id for kind in DISRUPTIONS.values() if kind.film is FilmShows.CUT}
    assert cut == {D.STOP_SKIP_OS_SHUTDOWN, D.HIBERNATE, D.DIAGNOSTIC_INTERRUPT, D.SSM_AGENT_STOP}


STOPS = ("root-volume", "stop-protection")
GUARDED = {
    D.OS_SHUTDOWN: ("root-volume", "shutdown-behaviour"),
    D.EC2_STOP: STOPS,
    D.STOP_SKIP_OS_SHUTDOWN: STOPS,
    D.STOP_FORCE: STOPS,
    D.HIBERNATE: (*STOPS, "hibernation"),
    D.DIAGNOSTIC_INTERRUPT: ("nitro",),
}
"""What can make a disruption impossible or lose the machine. Source: EC2 user guide, stop, hibernate, interrupt."""


@pytest.mark.parametrize("disruption_id", list(D))
def test_that_no_kind_loses_a_guard(disruption_id: D) -> None:
    found = tuple(guard.check_id for guard in DISRUPTIONS[disruption_id].guards)
    assert found == GUARDED.get(disruption_id, ())
