"""Live words are said only as long as somebody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.core.account_events import InstancesObserved, PlaceOpened, Topic
from rdpgui.core.freshness import SLACK_S, Look, Moment, sight
from rdpgui.core.ids import RunId
from rdpgui.core.journal import is_journalled, rebuild
from rdpgui.core.judging.timeline import timeline
from rdpgui.core.passing_events import Looked
from rdpgui.core.place import Place
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.reduce import reduce
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import RunEnded, Source
from rdpgui.core.standing import LASTING, run_now, run_then, seen_until, statement_now, statement_then, topic_sight
from rdpgui.core.state import AppState, RunState
from tests.ui import snapshots

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LOOK = Look(AT, 100.0, 10.0)


def _later(wall_s: float, mono_s: float | None = None) -> Moment:
    return Moment(AT + timedelta(seconds=wall_s), 100.0 + (wall_s if mono_s is None else mono_s))


@pytest.mark.case("R11")
@pytest.mark.parametrize(
    ("now", "live"),
    [
        (_later(0.0), True),
        (_later(10.0 + SLACK_S), True),
        (_later(10.1 + SLACK_S), False),  # the watcher hangs
        (_later(3600.0, 0.2), False),  # the machine slept: its monotonic clock stood still
        (_later(2.0, 60.0), False),  # the local clock was set back while nothing was read
        (_later(-3600.0, 1.0), False),  # set back by an hour: the look lies in its future
        (_later(-1.0, 1.0), True),  # corrected by a second
    ],
)
def test_that_a_look_carries_a_live_word_for_its_poll_time_and_the_slack(now: Moment, live: bool) -> None:
    found = sight(LOOK, now)
    assert (found.live, found.seen_at) == (live, AT)
    assert found.aged_at == (None if live else AT)


@given(st.floats(-1e6, 1e6), st.floats(0.0, 1e6), st.floats(0.0, 600.0))
def test_that_nothing_is_live_that_either_clock_says_is_older(wall_s: float, mono_s: float, due_s: float) -> None:
    look = replace(LOOK, due_s=due_s)
    if sight(look, _later(wall_s, mono_s)).live:
        assert wall_s <= due_s + SLACK_S + 1e-3 and mono_s <= due_s + SLACK_S + 1e-3


@pytest.mark.case("R11")
def test_that_what_no_watcher_reads_is_told_in_the_past() -> None:
    state = AppState()
    assert topic_sight(state, Topic.INSTANCES, _later(0.0)).seen_at is None
    state = reduce(state, InstancesObserved(AT, (), ()))
    found = topic_sight(state, Topic.INSTANCES, _later(0.1))
    assert (found.live, found.seen_at) == (False, AT)


def _recording(status: RecordingStatus = RecordingStatus.RECORDING) -> tuple[AppState, RunState]:
    state = snapshots.recording() if status is RecordingStatus.RECORDING else snapshots.processing()
    return state, next(iter(state.runs.values()))


def _now(state: AppState, plus_s: float = 0.0) -> Moment:
    look = next(iter(state.run_looks.values()))
    return Moment(look.at + timedelta(seconds=plus_s), look.mono_s + plus_s)


@pytest.mark.case("R11")
@pytest.mark.parametrize("status", [RecordingStatus.RECORDING, RecordingStatus.PROCESSING])
def test_that_a_run_whose_poller_hangs_does_not_say_recording_for_ever(status: RecordingStatus) -> None:
    state, run = _recording(status)
    state = reduce(state, Looked(run.started_at, run.run_id, Source.SESSION, replace(snapshots.WATCHED, due_s=0.4)))
    state = reduce(state, Looked(run.started_at, run.run_id, Source.OBJECTS, replace(snapshots.WATCHED, due_s=0.4)))
    before, after = (statement_now(state, run, _now(state, plus_s)) for plus_s in (1.0, 60.0))
    assert before is run.statement and before is not None and before.status is status
    assert after is not None
    assert (after.status, after.basis) == (RecordingStatus.UNKNOWN, Basis.NONE)
    assert after.evidence[0].observed_at == snapshots.WATCHED.at
    assert dict(after.evidence[0].fields)["status"] == status.value
    assert after.evidence[1:] == run.statement.evidence if run.statement else False
    assert run_now(state, run, _now(state, 1.0)) is run


@pytest.mark.case("R11")
@pytest.mark.parametrize("ended", [False, True])
def test_that_a_run_of_a_dead_program_has_no_live_word(ended: bool) -> None:
    """Killed in the steady phase: its journal ends there, or with what the next start adds an hour later."""
    events = [event for event in snapshots.run_events()[:11] if not isinstance(event, Looked)]
    last_at = events[-1].at
    found_at = last_at + timedelta(hours=1)
    if ended:
        run_id = RunId("r1")
        events.append(RunEnded(found_at, run_id, RunStatus.INTERRUPTED, "the program ended"))
    run = rebuild(events)  # type: ignore[arg-type]
    assert run is not None and run.statement is not None and run.statement.status is RecordingStatus.RECORDING
    run = replace(run, carried=False)
    assert not run.active
    state, now = AppState(runs={run.run_id: run}), Moment(found_at + timedelta(seconds=1), 0.0)
    for shown in (statement_now(state, run, now), statement_then(run)):
        assert shown is not None and shown.status is RecordingStatus.UNKNOWN
        assert shown.evidence[0].observed_at == last_at
    line = timeline(run, now.at)
    assert line.end_at == last_at
    assert all(
        span.end_at == last_at for span in line.spans if span.lane.value in ("ec2", "ssm", "session", "recording")
    )


@pytest.mark.case("R11")
def test_that_a_run_that_ended_keeps_what_lasts_and_loses_what_lives() -> None:
    for state in (snapshots.finished(), snapshots.processing()):
        run = next(iter(state.runs.values()))
        assert run.statement is not None
        ended = reduce(state, RunEnded(run.started_at + timedelta(seconds=60), run.run_id, RunStatus.ABORTED, "x"))
        over = ended.runs[run.run_id]
        shown = run_then(over).statement
        assert shown is not None and shown.status in LASTING
        assert (shown is over.statement) == (run.statement.status in LASTING)
        assert not any(key[0] == run.run_id for key in ended.run_looks)


@pytest.mark.case("R11")
def test_that_the_timeline_goes_no_further_than_the_last_look() -> None:
    state, run = _recording()
    state = replace(state, run_looks={})
    seen_at = snapshots.NOW - timedelta(seconds=30)
    for source in (Source.INSTANCE, Source.CONNECTION):
        state = reduce(state, Looked(seen_at, run.run_id, source, Look(seen_at, snapshots.WATCHED.mono_s - 30.0, 0.4)))
    now = Moment(snapshots.NOW, snapshots.WATCHED.mono_s)
    until = seen_until(state, run, now)
    assert until[Source.INSTANCE] == until[Source.CONNECTION] == seen_at
    spans = {span.lane.value: span for span in timeline(run, now.at, until).spans}
    assert spans["ec2"].end_at == spans["ssm"].end_at == seen_at


def test_that_looks_are_in_no_journal_and_count_only_for_runs_that_are_known() -> None:
    looked = Looked(AT, RunId("nobody"), Source.SESSION, LOOK)
    assert reduce(AppState(), looked) == AppState()
    assert not is_journalled(looked)


@pytest.mark.case("R11")
def test_that_nothing_of_the_place_before_is_said_of_another_place() -> None:
    state = reduce(snapshots.recording(), PlaceOpened(AT, Place(scenario="counterfactual")))
    assert (state.looks, state.run_looks, state.sessions, dict(state.instances)) == ({}, {}, (), {})
    run = next(iter(state.runs.values()))
    shown = statement_now(state, run, Moment(snapshots.NOW, snapshots.WATCHED.mono_s))
    assert shown is not None and shown.status is RecordingStatus.UNKNOWN
