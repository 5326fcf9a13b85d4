"""What one of several equal runs measured, in seconds, and what it did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.series import Measure, Measured, measured, spread_of
from rdpgui.core.run_events import CandidatesFound, DestinationRead, SessionLeftActive, VerdictReached
from rdpgui.core.session import SessionOrigin
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from tests.unit.core.samples import RUN, at, begin, disrupted, ended, facts, item, recorded, session, state_of

PASS, FAIL, OPEN = VerdictValue.PASS, VerdictValue.FAIL, VerdictValue.INCONCLUSIVE
LOOKED = DestinationRead(
    at(60.0), RUN, readable=True, unchanged=True, listed_at=at(60.0), looks=9, origin=SessionOrigin.PROGRAM
)


def _judged(*events: RunEvent, read: DestinationRead = LOOKED) -> RunState:
    told = [*begin(), *disrupted(), *events, read]
    return state_of([*told, VerdictReached(at(70.0), RUN, judge(state_of(told)))])


def _measured(*events: RunEvent, read: DestinationRead = LOOKED) -> Measured:
    return measured(_judged(*events, read=read))


def test_that_a_run_without_a_verdict_measured_nothing() -> None:
    nothing = measured(state_of([*begin(), *disrupted(), *ended(), *recorded()]))
    assert nothing == Measured(None, None, None, None)
    assert [nothing.value(measure) for measure in Measure] == [None, None, None]


def test_that_a_good_run_lost_what_its_film_lacks_and_waited_until_its_recording_was_listed() -> None:
    found = _measured(*ended(), *recorded())
    assert found.verdict is PASS
    assert found.gap_s is not None
    assert found.lost_s == pytest.approx(max(0.0, found.gap_s))
    assert found.processing_s == pytest.approx(3.0)  # over at 10 s by EndDate, listed at 13 s
    assert [found.value(measure) for measure in Measure] == [found.gap_s, found.processing_s, found.lost_s]


@pytest.mark.parametrize("lacks_s", [0.0, 2.0, 5.0, 8.0])
def test_that_a_film_lost_the_middle_of_the_bounds_between_which_the_truth_lies(lacks_s: float) -> None:
    length_s = 8.5 - lacks_s
    run = _judged(*ended(), *recorded(film=facts(duration_s=length_s, last_frame_pts_s=length_s)))
    assert run.verdict is not None and run.verdict.gap is not None
    gap = run.verdict.gap
    assert gap.low_s <= lacks_s <= gap.high_s
    assert measured(run).gap_s == pytest.approx((gap.low_s + gap.high_s) / 2)
    assert measured(run).lost_s == pytest.approx(max(0.0, (gap.low_s + gap.high_s) / 2))


def test_that_of_two_films_the_shorter_one_lost_more() -> None:
    films = [facts(duration_s=length_s, last_frame_pts_s=length_s) for length_s in (8.5, 6.5, 3.5)]
    lost = [_measured(*ended(), *recorded(film=film)).lost_s or 0.0 for film in films]
    assert lost == sorted(lost)
    assert len(set(lost)) == 3


def test_that_a_film_that_ends_after_its_session_lost_nothing() -> None:
    film = facts(duration_s=8.8, last_frame_pts_s=8.8)
    lost_s = _measured(*ended(), *recorded(film=film)).lost_s
    assert lost_s is not None
    assert lost_s >= 0.0


@pytest.mark.parametrize(("first_s", "waited_s"), [(13.0, 3.0), (25.5, 15.5), (9.0, 0.0)])
def test_that_processing_lasts_until_the_first_listing_that_holds_it(first_s: float, waited_s: float) -> None:
    first = CandidatesFound(at(first_s), RUN, (item(),))
    again = replace(first, at=at(first_s + 20.0))
    found = _measured(*ended(), first, again, *recorded()[1:])
    assert found.processing_s == pytest.approx(waited_s)


def test_that_without_an_end_date_it_is_over_when_it_was_seen_to_be() -> None:
    over = SessionLeftActive(at(10.6), RUN, session(active=False), at(9.8))
    assert _measured(over, *recorded()).processing_s == pytest.approx(2.4)


def test_that_all_of_a_session_is_lost_only_where_it_was_looked_for_and_is_missing() -> None:
    missing = _measured(*ended())
    assert (missing.verdict, missing.gap_s, missing.processing_s) == (FAIL, None, None)
    assert missing.lost_s == pytest.approx(9.0)  # from 1 s to 10 s
    for read in (replace(LOOKED, readable=False), replace(LOOKED, looks=1), replace(LOOKED, listed=1)):
        unseen = _measured(*ended(), read=read)
        assert (unseen.verdict, unseen.lost_s) == (OPEN, None), "what was not seen is not lost"
    assert _measured(read=LOOKED).lost_s is None, "a session that goes on has lost nothing yet"


def test_that_a_value_spreads_over_the_runs_that_have_it() -> None:
    runs = [Measured(PASS, gap_s, None, 1.0) for gap_s in (0.1, None, 0.3, 0.2)]
    gaps = spread_of(runs, Measure.GAP)
    assert gaps is not None
    assert gaps.median == pytest.approx(0.2)
    assert spread_of(runs, Measure.PROCESSING) is None
    assert spread_of([], Measure.LOST) is None
