"""A run as one line of the history: what it says at each stage, and that it never asks more than there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId, SessionId
from rdpgui.core.judging.summary import summarise
from rdpgui.core.place import Place
from rdpgui.core.recording import Basis, RecordingStatus, StatusStatement
from rdpgui.core.remark import Remark
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import RunEnded, SessionAttached, StatusStated, VerdictReached
from rdpgui.core.run_summary import RunSummary, in_order
from rdpgui.core.session import AccessType, SessionOrigin
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Interval, Verdict, VerdictValue
from tests.unit.core.samples import RUN, T0, TARGET, at, begin, disrupted, ended, facts, recorded, session, state_of

LATE = Check(CheckId.REACHES_END, CheckResult.CONTRADICTED, "Late.", (), "film-ends-early")
VERDICT = VerdictReached(at(40.0), RUN, Verdict(VerdictValue.FAIL, (LATE,), Interval(1.0, 2.0)))
WHOLE: list[RunEvent] = [*begin(), *disrupted(), *ended(), *recorded()]


@pytest.mark.parametrize("length", range(len(WHOLE) + 1))
def test_that_every_beginning_of_a_run_has_a_line(length: int) -> None:
    if length == 0:
        return  # there is no run yet
    line = summarise(state_of(WHOLE[:length]))
    assert (line.run_id, line.started_at, line.status, line.instance_id) == (RUN, T0, RunStatus.RUNNING, TARGET)
    assert (line.disruption, line.planned_access, line.lab) == (D.EC2_STOP, AccessType.STANDARD, True)
    assert line.name == ("win" if length >= 2 else "")
    assert line.session_id == (SessionId("s-1") if length >= 4 else "")
    assert (line.verdict, line.claim, line.gap_middle_s) == (None, None, None)
    assert line.is_open and not line.needs_reading


def test_that_a_judged_run_says_what_decided_and_what_it_is_worth() -> None:
    stated = StatusStatement(RecordingStatus.VERIFIED, Basis.VERIFIED_HERE)
    over = RunEnded(at(50.0), RUN, RunStatus.COMPLETED, "")
    line = summarise(state_of([*WHOLE, StatusStated(at(30.0), RUN, stated), VERDICT, over]))
    assert (line.verdict, line.reason, line.status, line.ended_at) == (
        *(VerdictValue.FAIL, "film-ends-early"),
        *(RunStatus.COMPLETED, at(50.0)),
    )
    assert (line.gap_low_s, line.gap_high_s, line.gap_middle_s) == (1.0, 2.0, 1.5)
    assert (line.film_s, line.recording, line.basis) == (8.5, RecordingStatus.VERIFIED, Basis.VERIFIED_HERE)
    assert line.claim is not None
    assert line.claim.what is D.EC2_STOP
    assert not line.needs_reading and not line.is_open


def test_that_a_run_that_was_cut_off_says_why_it_ended() -> None:
    line = summarise(state_of([*begin(), RunEnded(at(9.0), RUN, RunStatus.ABORTED, "by hand")]))
    assert (line.status, line.reason, line.phase) == (RunStatus.ABORTED, "by hand", Phase.STEADY)


def _by_hand(*events: RunEvent) -> RunState:
    return state_of([*begin(D.OS_SHUTDOWN, by_hand=True), *events])


def test_that_what_a_person_did_is_what_was_seen_and_what_was_ordered_is_what_was_planned() -> None:
    assert summarise(_by_hand()).observed is None
    assert summarise(_by_hand(*disrupted()[3:], *ended())).observed is D.EC2_STOP, "it is filed as what was done"
    assert summarise(state_of(begin(D.OS_REBOOT))).observed is D.OS_REBOOT


def test_that_the_access_is_the_session_s_as_soon_as_there_is_one() -> None:
    jit = SessionAttached(at(1.2), RUN, session(access_type=AccessType.JUST_IN_TIME), SessionOrigin.PROGRAM)
    line = summarise(state_of([*begin()[:3], jit]))
    assert (line.access, line.planned_access) == (AccessType.JUST_IN_TIME, AccessType.STANDARD)


def test_that_the_newest_film_that_opens_gives_the_length() -> None:
    again = recorded(film=facts(duration_s=3.0, last_frame_pts_s=3.0))[2]
    broken = replace(again, facts=None, error="no film")  # type: ignore[arg-type]
    assert summarise(state_of([*WHOLE, again])).film_s == pytest.approx(3.0)
    assert summarise(state_of([*WHOLE, broken])).film_s == pytest.approx(8.5)


def test_that_what_people_wrote_and_where_it_was_stands_in_the_line() -> None:
    place = Place(scenario="default")
    run = replace(state_of(WHOLE), place=place, archived=True, remark=Remark("ana", "T-1", "a note"))
    line = summarise(run)
    assert (line.place, line.archived, line.tester, line.ticket, line.note) == (place.key, True, "ana", "T-1", "a note")
    assert summarise(state_of(WHOLE)).place == ""


@pytest.mark.parametrize(
    ("line", "is_open", "needs_reading"),
    [
        (RunSummary(RUN, T0), False, False),
        (RunSummary(RUN, T0, RunStatus.RUNNING), True, False),
        (RunSummary(RUN, T0, RunStatus.RUNNING, damage="cut"), False, False),  # nobody goes on with it
        (RunSummary(RUN, T0, verdict=VerdictValue.PASS), False, True),
        (RunSummary(RUN, T0, verdict=VerdictValue.PASS, damage="cut"), False, False),
    ],
)
def test_that_a_damaged_journal_is_neither_open_nor_read_again(
    line: RunSummary, is_open: bool, needs_reading: bool
) -> None:
    assert (line.is_open, line.needs_reading) == (is_open, needs_reading)


@pytest.mark.parametrize(
    ("low_s", "high_s", "middle_s"), [(None, None, None), (1.0, None, None), (None, 1.0, None), (-1.0, 2.0, 0.5)]
)
def test_that_half_a_gap_has_no_middle(low_s: float | None, high_s: float | None, middle_s: float | None) -> None:
    assert RunSummary(RUN, T0, gap_low_s=low_s, gap_high_s=high_s).gap_middle_s == middle_s


def test_that_lines_stand_by_their_start_and_those_of_one_moment_by_their_name() -> None:
    lines = [RunSummary(RunId(name), T0 + timedelta(seconds=s)) for name, s in (("b", 1), ("c", 0), ("a", 1))]
    assert [line.run_id for line in in_order(lines)] == ["c", "a", "b"]
