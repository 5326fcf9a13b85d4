"""What a run left behind: a connection that only the program can end, an instance that its own order halted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import ConnectionId, InstanceId, RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.leftovers import LeftOver, halted_by_own_order, left_over, left_overs
from rdpgui.core.place import Place
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    ConnectionClosed,
    ConnectionOpened,
    InstanceChanged,
    IntentRecorded,
    RunEnded,
    SessionAttached,
)
from rdpgui.core.session import SessionOrigin, SessionStatus
from rdpgui.core.state import RESTORE_ACTION, AppState, RunState
from tests.unit.core.samples import (
    ACCOUNT,
    REGION,
    RUN,
    TARGET,
    at,
    begin,
    disrupted,
    ended,
    instance,
    session,
    state_of,
)

HERE = Place(account_id=ACCOUNT, region=REGION)
LINK = ConnectionId("c-1")
OPENED = ConnectionOpened(at(0.5), RUN, LINK, "", by_person=False)
OVER = RunEnded(at(40.0), RUN, RunStatus.COMPLETED, "")
CALL = IntentRecorded(at(8.0), RUN, D.EC2_STOP, "ec2:StopInstances", TARGET)
ACCEPTED = ActionAccepted(at(8.1), RUN, "ec2:StopInstances", "")
RESTORED = ActionAccepted(at(30.0), RUN, RESTORE_ACTION, "")
STOPPED, STOPPING, RUNNING = InstanceState.STOPPED, InstanceState.STOPPING, InstanceState.RUNNING


def _run(*events: RunEvent, kind: D = D.EC2_STOP, **plan: object) -> RunState:
    run = state_of([*begin(kind), *events])
    return replace(run, place=HERE, plan=replace(run.plan, **{"lab": False, **plan}))  # type: ignore[arg-type]


def _state(*runs: RunState, now: InstanceState = RUNNING, listed: tuple[object, ...] = ()) -> AppState:
    return AppState(
        place=HERE,
        runs={run.run_id: run for run in runs},
        instances={TARGET: instance(state=now)},
        sessions=listed,  # type: ignore[arg-type]  # sessions of the samples
    )


def _another(run: RunState, started_s: float, run_id: str = "r-2") -> RunState:
    return replace(run, run_id=RunId(run_id), started_at=at(started_s), plan=replace(run.plan, run_id=RunId(run_id)))


# -- a connection ---------------------------------------------------------------------------------


def test_that_an_open_connection_of_a_run_that_is_over_is_left() -> None:
    (left,) = left_overs(_state(_run(OPENED, OVER)))
    assert left == LeftOver(RUN, TARGET, OPENED, session().session_id, halted=False)
    assert left_over(_state(_run(OPENED, OVER)), RUN) == left
    assert left_over(_state(_run(OPENED, OVER)), RunId("r-9")) is None


@pytest.mark.parametrize(
    "events",
    [
        (OVER,),  # nothing was opened
        (OPENED,),  # the run goes on, and will end it
        (replace(OPENED, by_person=True), OVER),  # in the console, where only the person can
        (OPENED, *ended(), OVER),
        (OPENED, ConnectionClosed(at(39.0), RUN, LINK), OVER),
    ],
)
def test_that_no_connection_is_left_that_is_closed_or_not_the_program_s_to_end(events: tuple[RunEvent, ...]) -> None:
    assert left_overs(_state(_run(*events))) == ()


def test_that_a_connection_that_could_not_be_ended_is_left_and_one_whose_session_was_never_found() -> None:
    refused = ConnectionClosed(at(39.0), RUN, LINK, "You may not call ssm:TerminateSession.")
    assert left_overs(_state(_run(OPENED, refused, OVER)))[0].opened is not None
    again = ConnectionClosed(at(41.0), RUN, LINK)
    assert left_overs(_state(_run(OPENED, refused, OVER, again))) == ()
    never = state_of([*begin()[:2], OPENED, OVER])
    assert left_overs(_state(replace(never, place=HERE, plan=replace(never.plan, lab=False))))[0].session_id is None


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        ((), True),  # a list that lacks it says nothing
        ((session(),), True),
        ((session(active=False, status=SessionStatus.TERMINATED, ended_at=at(50.0)),), False),
        ((session(session_id="s-2", active=False),), True),
    ],
)
def test_that_a_session_that_is_listed_as_ended_is_left_no_longer(listed: tuple[object, ...], left: bool) -> None:
    assert bool(left_overs(_state(_run(OPENED, OVER), listed=listed))) is left


def test_that_a_connection_that_another_run_took_over_is_that_run_s() -> None:
    first, second = _run(OPENED, OVER), _another(_run(), 50.0)
    assert left_overs(_state(first, second)) == ()
    over = replace(second, status=RunStatus.COMPLETED)
    assert [left.run_id for left in left_overs(_state(first, over))] == [RUN]
    elsewhere = SessionAttached(at(51.0), RunId("r-2"), session(session_id="s-2"), SessionOrigin.PROGRAM)
    assert len(left_overs(_state(first, replace(second, attached=elsewhere)))) == 1


# -- an instance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "kind", "own"),
    [
        ((CALL, ACCEPTED), D.EC2_STOP, True),
        ((CALL,), D.EC2_STOP, False),  # no answer, and nothing that shows whose halt it was
        ((), D.EC2_STOP, False),
        ((ACCEPTED,), D.EC2_STOP, False),
        ((CALL, replace(ACCEPTED, action="ec2:RebootInstances")), D.EC2_STOP, False),
        ((CALL, RESTORED), D.EC2_STOP, False),
        (
            (replace(CALL, disruption_id=D.EC2_REBOOT), ACCEPTED),
            D.EC2_REBOOT,
            False,
        ),  # a reboot halts nothing, whoever did
    ],
)
def test_that_only_an_accepted_order_that_halts_is_the_run_s_own_halt(
    events: tuple[RunEvent, ...], kind: D, own: bool
) -> None:
    assert halted_by_own_order(_run(*events, kind=kind)) is own


UNANSWERED = ActionFailed(at(8.6), RUN, "ec2:StopInstances", "The connection was closed.", outcome_known=False)


@pytest.mark.parametrize(
    ("answers", "second", "own"),
    [
        ((UNANSWERED,), 8, True),
        ((UNANSWERED,), 3, False),  # five seconds before the call: somebody else's
        ((UNANSWERED,), 30, False),  # long after it was given up
        ((), 8, False),  # the program was killed: until when the call may have reached EC2 is not known
    ],
)
def test_that_a_call_without_an_answer_halted_it_when_ec2_states_its_very_time(
    answers: tuple[RunEvent, ...], second: int, own: bool
) -> None:
    reason = f"User initiated (2026-01-05 09:00:{second:02} GMT)"
    change = InstanceChanged(at(32.0), RUN, STOPPING, "Client.UserInitiatedShutdown", reason, at(8.2))
    assert halted_by_own_order(_run(CALL, *answers, change)) is own


@pytest.mark.parametrize(
    ("now", "left"),
    [(STOPPED, True), (STOPPING, True), (RUNNING, False), (InstanceState.PENDING, False)],
)
def test_that_an_instance_is_left_halted_as_long_as_it_is(now: InstanceState, left: bool) -> None:
    found = left_overs(_state(_run(*disrupted(), *ended(), OVER), now=now))
    assert [item.halted for item in found] == ([True] if left else [])


@pytest.mark.parametrize(
    "run",
    [
        _run(*disrupted(), *ended()),  # it goes on, and will restore it
        _run(*disrupted(), *ended(), RESTORED, OVER),
        _run(*disrupted(), *ended(), OVER, restore=False),  # it was meant to stay as it is
        _run(*disrupted()[:2], *disrupted()[3:], *ended(), OVER),  # by whom is not known: a person is asked
    ],
)
def test_that_what_is_restored_or_not_the_run_s_to_restore_is_not_left(run: RunState) -> None:
    assert left_overs(_state(run, now=STOPPED)) == ()


def test_that_a_later_run_on_the_instance_takes_over_what_became_of_it() -> None:
    first = _run(*disrupted(), *ended(), OVER)
    later, elsewhere = _another(_run(OVER), 50.0), _another(_run(OVER), 50.0)
    elsewhere = replace(elsewhere, plan=replace(elsewhere.plan, instance_id=InstanceId("i-0bbbbbbbbbbbbbbbb")))
    assert left_overs(_state(first, later, now=STOPPED)) == ()
    assert len(left_overs(_state(first, elsewhere, now=STOPPED))) == 1
    assert len(left_overs(_state(first, _another(_run(OVER), -50.0), now=STOPPED))) == 1
    assert left_overs(AppState(place=HERE, runs={RUN: first})) == (), "an instance that is not listed is not there"


# -- places -------------------------------------------------------------------------------------------


def test_that_the_lab_of_an_earlier_program_is_gone_with_what_was_left_in_it() -> None:
    run = _run(OPENED, *disrupted(), OVER, lab=True)
    (left,) = left_overs(_state(run, now=STOPPED))
    assert (left.opened, left.halted) == (OPENED, True)
    assert left_overs(_state(replace(run, adopted=True), now=STOPPED)) == ()
    on_aws = _run(OPENED, *disrupted(), OVER)
    assert len(left_overs(_state(replace(on_aws, adopted=True), now=STOPPED))) == 1


def test_that_only_what_was_left_in_the_place_that_is_looked_at_is_offered() -> None:
    here, there = Place(scenario="default"), Place(scenario="recorder-on-instance")
    run = replace(_run(OPENED, OVER), place=there)
    assert left_overs(replace(_state(run), place=here)) == ()
    assert len(left_overs(replace(_state(run), place=there))) == 1
