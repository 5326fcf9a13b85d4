"""The shutdown gap: its interval contains the truth, and it is narrow."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from rdpgui.core.clocks import clock_offset, on_aws_clock
from rdpgui.core.events import RunEvent
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.film_place import StartBasis, film_start
from rdpgui.core.judging.gap import Gap
from rdpgui.core.judging.gap import painted_gap_s as painted_gap_of
from rdpgui.core.judging.gap import shutdown_gap as gap_of
from rdpgui.core.judging.session_end import EndBasis, SessionEnd
from rdpgui.core.run_events import BaselineTaken, ClockSampled, ConnectionChanged, SessionAttached, SessionLeftActive
from rdpgui.core.session import SessionStatus
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Interval
from tests.unit.core.samples import (
    NOT_PAINTED,
    RUN,
    T0,
    at,
    begin,
    disrupted,
    ended,
    facts,
    good_run,
    painted,
    recorded,
    session,
    state_of,
)


def session_end(run: RunState) -> SessionEnd | None:
    return case_of(run).end


def shutdown_gap(run: RunState, film: FilmFacts) -> Gap | None:
    case = case_of(run)
    if run.session is None or case.end is None:
        return None
    start = film_start(film, run.session, case.end)
    return None if start is None else gap_of(film, case.end, start)


def painted_gap_s(run: RunState, film: FilmFacts) -> float | None:
    case = case_of(run)
    return painted_gap_of(run.session, case.end, film)


@dataclass(frozen=True)
class Truth:
    """One random timeline: the events it leaves, and the gap that only the generator knows."""

    events: list[RunEvent]
    gap_s: float
    late_notice: bool
    early: bool
    dated: bool


def _timeline(seed: int) -> Truth:
    """A connection with random clocks, polls and resolutions."""
    chance = random.Random(seed)
    zero_s = chance.uniform(0.0, 1.0)
    poll_s = chance.choice([0.4, 3.0])
    started_s = zero_s + chance.uniform(0.5, 2.0)
    film_from_s = started_s + chance.uniform(0.1, 1.5)
    ended_s = film_from_s + chance.uniform(3.0, 60.0)
    early_s = chance.choice([0.0, 0.0, 0.0, 5.0, 30.0])
    film_end_s = max(film_from_s + 0.1, ended_s - early_s - chance.uniform(0.0, 0.11))
    late = chance.random() < 0.3
    notice_s = chance.uniform(0.0, 8.0)
    # The local clock is off by `skew`; the bounds come from a Date header with whole seconds.
    skew_s = chance.uniform(-2.0, 2.0)
    below_s, above_s = chance.uniform(0.05, 1.0), chance.uniform(0.05, 1.0)
    left_s = ended_s + notice_s
    poll_begin_s = left_s - chance.uniform(0.0, poll_s)
    seen_s = poll_begin_s + poll_s + chance.uniform(0.01, 0.1)
    stated = at(left_s if late else ended_s)
    if chance.random() < 0.3:
        stated = stated.replace(microsecond=0)
    first, baseline, _sample, attached, steady = begin()
    assert isinstance(baseline, BaselineTaken)
    live = session(started_at=at(started_s))
    over = replace(live, status=SessionStatus.TERMINATED, active=False, ended_at=stated)
    dated_s = chance.choice([None, film_from_s, film_from_s, film_from_s + 7.0, film_from_s - 3600.0])
    film = facts(
        created_at=at(film_from_s).replace(microsecond=0),
        dated_at=None if dated_s is None else _milliseconds(at(dated_s)),
        duration_s=film_end_s - film_from_s,
        last_frame_pts_s=film_end_s - film_from_s,
        **painted(film_end_s - film_from_s, film_from_s),
    )
    flip_s = ended_s + 0.6 + chance.uniform(0.0, poll_s)
    moved = {"NOT_CONNECTED": flip_s, "STOPPED": flip_s + 1.0}
    events: list[RunEvent] = [
        first,
        replace(baseline, clock_offset_low_s=skew_s - below_s, clock_offset_high_s=skew_s + above_s),
        ClockSampled(T0, RUN, 100.0, "life", skew_s - below_s, skew_s + above_s),
        SessionAttached(attached.at, RUN, live),
        steady,
    ]
    for event in disrupted():
        name = getattr(getattr(event, "status", getattr(event, "state", None)), "name", "")
        seconds = moved.get(name)
        if seconds is not None:
            event = replace(event, at=at(seconds + skew_s))
        events.append(event)
    events.append(SessionLeftActive(at(seen_s + skew_s), RUN, over, at(poll_begin_s + skew_s)))
    events += recorded(film=film)
    return Truth(events, ended_s - film_end_s, late, early_s > 0, dated_s == film_from_s)


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


TIMELINES = [_timeline(seed) for seed in range(1500)]


def test_that_the_interval_contains_the_truth_and_is_narrow() -> None:
    inside = count = 0
    widths: dict[bool, list[float]] = {False: [], True: []}
    prompt: list[float] = []
    for truth in TIMELINES:
        run = state_of(truth.events)
        if truth.early and truth.late_notice:
            continue  # the next test's
        gap = shutdown_gap(run, facts_of(run))
        assert gap is not None
        count += 1
        inside += gap.interval.low_s <= truth.gap_s <= gap.interval.high_s
        if not truth.early:
            width_s = gap.interval.high_s - gap.interval.low_s
            widths[truth.dated].append(width_s)
            prompt += [width_s] if truth.dated and not truth.late_notice else []
    assert count >= 1000
    assert inside / count >= 0.99
    assert statistics.median(widths[False] + widths[True]) <= 1.0
    assert statistics.median(widths[True]) <= statistics.median(widths[False]) - 0.3
    assert statistics.median(prompt) <= 0.6


def test_that_a_film_without_its_end_is_never_said_to_reach_it() -> None:
    """Also when the service notices the end late, so that EndDate says little."""
    for truth in TIMELINES:
        if truth.early and truth.gap_s > 3.5:
            run = state_of(truth.events)
            gap = shutdown_gap(run, facts_of(run))
            assert gap is not None
            assert gap.interval.high_s > 3.0


def facts_of(run: RunState) -> FilmFacts:
    film = run.inspected[-1].facts
    assert film is not None
    return film


def test_that_local_times_are_shifted_by_the_bounds_of_the_offset() -> None:
    moved = on_aws_clock(at(10.0), Interval(2.0, 3.0))
    assert (moved.low_at, moved.high_at) == (at(7.0), at(8.0))


def test_that_swapped_offset_bounds_are_put_in_order() -> None:
    baseline = begin()[1]
    assert isinstance(baseline, BaselineTaken)
    offset = clock_offset(replace(baseline, clock_offset_low_s=2.0, clock_offset_high_s=1.0))
    assert (offset.low_s, offset.high_s) == (1.0, 2.0)


def test_that_an_end_date_before_the_instance_was_gone_counts() -> None:
    end = session_end(good_run())
    assert end is not None
    assert end.basis is EndBasis.END_DATE
    assert end.stated is not None
    assert end.stated.low_at == at(10.0)
    assert (end.range.high_at - at(10.0)).total_seconds() <= 0.001


def test_that_a_whole_second_end_date_stands_for_its_second_and_polls_cut_it() -> None:
    run = state_of([*begin(), *disrupted(), *ended(at(10.0).replace(microsecond=0))])
    end = session_end(run)
    assert end is not None
    assert end.stated is not None
    assert end.stated.low_at == at(10.0).replace(microsecond=0)
    assert 0.5 < (end.range.high_at - end.stated.low_at).total_seconds() <= 1.0


def test_that_an_end_date_after_the_instance_was_gone_does_not_count() -> None:
    end = session_end(state_of([*begin(), *disrupted(), *ended(at(60.0))]))
    assert end is not None
    assert end.basis is EndBasis.NOTICED_LATE
    assert end.range.low_at <= at(8.0)
    assert end.range.high_at <= at(10.9)


def test_that_an_end_date_may_be_late_but_not_before_the_action() -> None:
    end = session_end(good_run())
    assert end is not None
    assert (at(10.0) - end.range.low_at).total_seconds() == pytest.approx(2.05)
    slow = [replace(e, not_before_at=at(1.0)) if isinstance(e, ConnectionChanged) else e for e in disrupted()]
    floor = session_end(state_of([*begin(), *slow, *ended()]))
    assert floor is not None
    assert (at(8.0) - floor.range.low_at).total_seconds() == pytest.approx(0.05)


def test_that_there_is_no_end_while_the_session_is_active() -> None:
    assert session_end(state_of([*begin(), *disrupted()])) is None


@pytest.mark.parametrize(
    ("created_s", "duration_s", "basis"),
    [
        (1.75, 8.5, StartBasis.CREATION_TIME),
        (None, 8.5, StartBasis.SESSION_LENGTH),
        (10.75, 8.5, StartBasis.SESSION_LENGTH),
        (-20.25, 8.5, StartBasis.SESSION_LENGTH),
        (6.75, 8.5, StartBasis.SESSION_LENGTH),
    ],
    ids=["at its start", "none", "when written", "before the session", "neither"],
)
def test_that_the_creation_time_is_believed_only_where_it_fits(
    created_s: float | None, duration_s: float, basis: StartBasis | None
) -> None:
    run = good_run()
    created_at = None if created_s is None else at(created_s)
    end = session_end(run)
    assert end is not None and run.session is not None
    start = film_start(facts(created_at=created_at, duration_s=duration_s), run.session, end)
    assert (start.basis if start is not None else None) == basis


@pytest.mark.parametrize(
    ("dated_s", "duration_s", "basis"),
    [
        (1.5, 8.5, StartBasis.DATE_TAG),
        (None, 8.5, StartBasis.CREATION_TIME),
        (2.5, 8.5, StartBasis.CREATION_TIME),
        (0.5, 8.5, StartBasis.CREATION_TIME),
        (0.75, 8.5, StartBasis.CREATION_TIME),
        (1.6, 9.0, StartBasis.CREATION_TIME),
    ],
    ids=["inside", "none", "later", "earlier", "whole second", "film would outlast the session"],
)
def test_that_a_date_tag_counts_only_where_it_refines_the_creation_time(
    dated_s: float | None, duration_s: float, basis: StartBasis
) -> None:
    run = good_run()
    end = session_end(run)
    assert end is not None and run.session is not None
    film = facts(dated_at=None if dated_s is None else at(dated_s), duration_s=duration_s)
    start = film_start(film, run.session, end)
    assert start is not None
    assert start.basis is basis
    assert (start.range.width_s <= 0.001) is (basis is StartBasis.DATE_TAG)


def test_that_the_film_cannot_begin_before_its_session() -> None:
    run = good_run()
    end = session_end(run)
    assert end is not None and run.session is not None
    start = film_start(facts(created_at=at(0.75)), run.session, end)
    assert start is not None
    assert start.range.low_at >= run.session.started_at - timedelta(seconds=0.2)


def test_that_a_film_that_ends_after_its_session_has_no_gap() -> None:
    assert shutdown_gap(good_run(), facts(created_at=None, duration_s=20.0)) is None


def test_that_the_painted_gap_is_end_date_minus_painted_clock() -> None:
    assert painted_gap_s(good_run(), facts(painted_at=at(9.9))) == pytest.approx(0.1)
    assert painted_gap_s(good_run(), facts(**NOT_PAINTED)) is None


def test_that_extreme_times_do_not_raise() -> None:
    far = T0.replace(year=9999, month=12, day=31, hour=23, minute=59, second=59)
    run = state_of([*begin(), *disrupted(), *ended(far), *recorded(film=facts(created_at=far, duration_s=1e9))])
    assert shutdown_gap(run, facts(created_at=far, duration_s=1e9)) is None
