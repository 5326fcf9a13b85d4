"""The reducer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.core.account_events import (
    Armed,
    Disarmed,
    EmergencyReset,
    EmergencyStopped,
    InstancesObserved,
    PollFailed,
    SessionsObserved,
    Topic,
)
from rdpgui.core.events import Event, RunEvent
from rdpgui.core.ids import AccountId, InstanceId, Region
from rdpgui.core.instance import Instance, InstanceState
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.claims import judge_claims
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.judging.recording_status import facts_of_run, recording_status
from rdpgui.core.judging.timeline import timeline
from rdpgui.core.log_lines import line_for
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import RunStarted
from rdpgui.core.state import LOG_LIMIT, AppState
from rdpgui.core.verdict import VerdictValue
from tests.unit.core.strategies import EVENTS, events_of

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
IID = InstanceId("i-0aaaaaaaaaaaaaaaa")


def _after(*events: Event) -> AppState:
    state = AppState()
    for event in events:
        state = reduce(state, event)
    return state


def _armed(seconds: float = 0.0) -> Armed:
    at = AT + timedelta(seconds=seconds)
    return Armed(at, AccountId("1"), Region("r"), IID, at + timedelta(seconds=300))


@given(st.lists(EVENTS, max_size=25))
@settings(max_examples=200, deadline=None)
def test_that_no_order_of_events_raises(events: list[Event]) -> None:
    state = _after(*events)
    for event in events:
        line = line_for(event)
        assert line is None or line.shown is not None
    assert len(state.log) <= LOG_LIMIT


@given(events_of("RunStarted"), st.lists(EVENTS, max_size=25))
@settings(max_examples=300, deadline=None)
def test_that_every_rule_is_total_over_every_run_and_garbage_never_passes(start: Event, events: list[Event]) -> None:
    for run in _after(start, *events).runs.values():
        verdict = judge(run, Destination(True, True, AT))
        assert verdict.value is not VerdictValue.PASS
        assert len(verdict.checks) == 6
        assert all(check.text() for check in verdict.checks)
        assert all(check.cause for check in verdict.checks if check.result != "held")
        axis = timeline(run, AT)
        assert axis.begin_at <= axis.end_at
        assert recording_status(facts_of_run(run, AT, usual_s=(1.0, 2.0), listing_read_at=AT)).status
        assert judge_claims([run])
        proven_disruption(run)


def test_that_a_run_s_event_without_its_start_is_ignored() -> None:
    @given(EVENTS.filter(lambda e: isinstance(e, RunEvent) and not isinstance(e, RunStarted)))
    @settings(max_examples=50, deadline=None)
    def check(event: Event) -> None:
        assert _after(event) == AppState()

    check()


def test_that_a_failed_poll_makes_its_topic_stale_since_the_first_failure_and_a_good_one_fresh() -> None:
    later = AT + timedelta(seconds=9)
    stale = _after(PollFailed(AT, Topic.SESSIONS, "no", "wait"), PollFailed(later, Topic.SESSIONS, "no", "wait"))
    assert stale.stale[Topic.SESSIONS].since_at == AT
    assert len(stale.log) == 1
    fresh = reduce(stale, SessionsObserved(later, ()))
    assert Topic.SESSIONS not in fresh.stale
    assert fresh.observed_at[Topic.SESSIONS] == later
    assert stale.stale[Topic.SESSIONS].error == "no", "the earlier snapshot stays as it was"


def test_that_a_failed_poll_keeps_what_was_known() -> None:
    item = Instance(IID, "a", InstanceState.RUNNING)
    state = _after(InstancesObserved(AT, (item,), ()), PollFailed(AT, Topic.INSTANCES, "no", ""))
    assert state.instances == {IID: item}


def test_that_the_emergency_stop_disarms_and_latches_until_reset() -> None:
    state = _after(_armed(), EmergencyStopped(AT), _armed(1.0))
    assert state.emergency
    assert state.arming is None
    state = reduce(reduce(state, EmergencyReset(AT)), _armed(2.0))
    assert not state.emergency
    assert state.arming is not None and state.arming.instance_id == IID


def test_that_disarming_leaves_nothing_armed() -> None:
    assert _after(_armed(), Disarmed(AT, "expired")).arming is None


def test_that_the_shown_log_is_bounded() -> None:
    state = _after(*[Disarmed(AT, str(number)) for number in range(LOG_LIMIT + 50)])
    assert len(state.log) == LOG_LIMIT
    assert dict(state.log[-1].fields)["reason"] == str(LOG_LIMIT + 49)
