"""Clocks: what a local time means on AWS's, what a stated time can mean, and what a run's samples say of steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.core.clocks import SKEW_LIMIT_S, TimeRange, clock_offset, on_aws_clock, shifted, stated_range
from rdpgui.core.events import RunEvent
from rdpgui.core.judging.clock_track import DRIFT, STEP_S, UNKNOWN_S, ClockTrack, clock_track
from rdpgui.core.run_events import BaselineTaken, ClockSampled
from rdpgui.core.verdict import Interval
from tests.unit.core.samples import RUN, T0, at, begin, state_of

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _s(moment_at: datetime) -> float:
    return (moment_at - T0).total_seconds()


@pytest.mark.parametrize(
    ("moment_at", "seconds", "shifted_at"),
    [
        (T0, 1.5, T0 + timedelta(seconds=1.5)),
        (T0, -1.5, T0 - timedelta(seconds=1.5)),
        (T0, 0.0, T0),
        (LAST, 1.0, LAST),
        (FIRST, -1.0, FIRST),
        (T0, 1e18, T0),  # no calendar holds it
    ],
)
def test_that_a_moment_is_moved_as_far_as_there_is_a_calendar(
    moment_at: datetime, seconds: float, shifted_at: datetime
) -> None:
    assert shifted(moment_at, seconds) == shifted_at


@pytest.mark.parametrize(
    ("stated", "width_s"),
    [
        (T0.replace(microsecond=0), 1.0),  # whole seconds: it was cut, not rounded
        (T0.replace(microsecond=1), 0.001),
        (T0.replace(microsecond=999_999), 0.001),
    ],
)
def test_that_a_time_without_a_fraction_stands_for_its_whole_second(stated: datetime, width_s: float) -> None:
    found = stated_range(stated)
    assert found.low_at == stated
    assert found.width_s == pytest.approx(width_s)


@given(st.floats(-100.0, 100.0), st.floats(-100.0, 100.0), st.floats(-50.0, 50.0))
def test_that_the_true_moment_lies_in_what_a_local_time_means(one_s: float, other_s: float, share: float) -> None:
    low_s, high_s = sorted((one_s, other_s))
    offset_s = low_s + (high_s - low_s) * abs(share) / 50.0
    true_at = T0
    meant = on_aws_clock(shifted(true_at, offset_s), Interval(low_s, high_s))
    slack = timedelta(milliseconds=1)
    assert meant.low_at - slack <= true_at <= meant.high_at + slack
    assert meant.width_s == pytest.approx(high_s - low_s, abs=1e-5)


def test_that_without_a_baseline_the_clocks_are_taken_as_equal_and_swapped_bounds_are_put_in_order() -> None:
    assert clock_offset(None) == Interval(0.0, 0.0)
    baseline = state_of(begin()[:2]).baseline
    assert baseline is not None
    swapped = replace(baseline, clock_offset_low_s=3.0, clock_offset_high_s=-1.0)
    assert clock_offset(swapped) == Interval(-1.0, 3.0)


# -- a run ------------------------------------------------------------------------------------------------


def _sample(
    local_s: float, mono_s: float, offset_s: float | None = None, *, life: str = "a", width_s: float = 0.1
) -> ClockSampled:
    bounds = (None, None) if offset_s is None else (offset_s - width_s / 2, offset_s + width_s / 2)
    return ClockSampled(at(local_s), RUN, mono_s, life, *bounds)


def _track(*samples: ClockSampled, offset_s: float = 0.0) -> ClockTrack:
    events: list[RunEvent] = []
    for event in begin():
        if isinstance(event, BaselineTaken):
            event = replace(event, clock_offset_low_s=offset_s - 0.05, clock_offset_high_s=offset_s + 0.05)
        if not isinstance(event, ClockSampled):
            events.append(event)
    return clock_track(state_of([*events, *samples]))


def test_that_one_measurement_of_an_old_journal_is_no_track() -> None:
    track = _track()
    assert (track.tracked, track.doubt, track.stepped_s) == (False, "clock-not-tracked", 0.0)
    assert (track.offset.low_s, track.offset.high_s) == pytest.approx((-0.05, 0.05))
    assert _s(track.on_aws(at(5.0)).low_at) == pytest.approx(4.95)


@pytest.mark.parametrize(
    ("elapsed_s", "beyond_s", "stepped"),
    [
        (10.0, 0.0, False),
        (10.0, STEP_S, False),
        (10.0, STEP_S + DRIFT * 10.0 + 0.01, True),
        (10.0, -(STEP_S + DRIFT * 10.0 + 0.01), True),
        (1000.0, STEP_S + 0.9, False),  # in a quarter of an hour a clock that is slewed moves by a second
        (1000.0, STEP_S + 1.1, True),
        (0.0, STEP_S - 0.01, False),
        (0.0, STEP_S + 0.01, True),
        (10.0, 3600.0, True),
        (10.0, -3600.0, True),
    ],
)
def test_that_a_clock_stepped_when_it_moved_more_than_one_that_is_slewed(
    elapsed_s: float, beyond_s: float, stepped: bool
) -> None:
    track = _track(_sample(0.0, 100.0, 0.0), _sample(elapsed_s + beyond_s, 100.0 + elapsed_s))
    assert bool(track.stepped_s) is stepped
    assert track.doubt == ("clock-stepped" if stepped else "")
    if stepped:
        assert track.stepped_s == pytest.approx(beyond_s)


def test_that_after_a_step_a_time_means_all_that_the_clock_can_have_been() -> None:
    track = _track(_sample(0.0, 100.0, 0.0), _sample(40.0, 110.0))  # set on by half a minute somewhere in ten seconds
    before, between, after = (track.on_aws(at(s)) for s in (-5.0, 20.0, 50.0))
    assert (_s(before.low_at), _s(before.high_at)) == pytest.approx((-5.05, -4.95))
    assert (_s(between.low_at), _s(between.high_at)) == pytest.approx((-10.05, 20.05))
    assert after.width_s == pytest.approx(30.1)
    assert (track.offset.low_s, track.offset.high_s) == pytest.approx((-0.05, 30.05))


def test_that_a_new_measurement_bounds_the_clock_again() -> None:
    track = _track(_sample(0.0, 100.0, 0.0), _sample(40.0, 110.0, 30.0), _sample(50.0, 120.0))
    after = track.on_aws(at(55.0))
    assert (_s(after.low_at), _s(after.high_at)) == pytest.approx((24.95, 25.05))


@pytest.mark.parametrize(("apart_s", "stepped"), [(0.0, False), (0.25, False), (0.35, True), (-0.35, True)])
def test_that_measurements_that_cannot_both_be_true_tell_of_a_step(apart_s: float, stepped: bool) -> None:
    track = _track(_sample(0.0, 100.0, 0.0), _sample(10.0, 110.0, apart_s))  # each known to 0.05 s
    assert bool(track.stepped_s) is stepped


def test_that_of_several_steps_the_largest_is_told_with_its_sign() -> None:
    samples = [_sample(0.0, 100.0, 0.0), _sample(15.0, 110.0), _sample(5.0, 120.0), _sample(18.0, 130.0)]
    assert _track(*samples).stepped_s == pytest.approx(-20.0)


def test_that_another_life_of_the_program_knows_nothing_of_the_clock_until_it_is_measured() -> None:
    unmeasured = _track(_sample(0.0, 100.0, 0.0), _sample(500.0, 3.0, life="b"))
    assert (unmeasured.stepped_s, unmeasured.known, unmeasured.doubt) == (0.0, False, "clock-skew")
    assert unmeasured.offset.high_s == pytest.approx(UNKNOWN_S)
    measured = _track(_sample(0.0, 100.0, 0.0), _sample(500.0, 3.0, 0.1, life="b"))
    assert measured.doubt == ""
    assert _s(measured.on_aws(at(600.0)).low_at) == pytest.approx(599.85)


@pytest.mark.parametrize(
    ("offset_s", "known"),
    [(0.0, True), (SKEW_LIMIT_S - 0.1, True), (SKEW_LIMIT_S + 0.1, False), (-SKEW_LIMIT_S - 0.1, False)],
)
def test_that_a_clock_that_is_a_minute_wrong_orders_nothing(offset_s: float, known: bool) -> None:
    track = _track(_sample(0.0, 100.0, offset_s), offset_s=offset_s)
    assert track.known is known
    assert track.doubt == ("" if known else "clock-skew")


@given(st.lists(st.tuples(st.floats(0.1, 50.0), st.floats(-40.0, 40.0)), max_size=6), st.integers(0, 2**16))
def test_that_whatever_a_clock_did_its_true_offset_lies_in_the_bounds(
    parts: list[tuple[float, float]], chosen: int
) -> None:
    samples, mono_s, offset_s = [_sample(0.0, 100.0, 0.0)], 0.0, 0.0
    truth = [(0.0, 0.0)]
    for elapsed_s, step_s in parts:  # a step somewhere in the stretch
        mono_s += elapsed_s
        truth.append((mono_s - elapsed_s * (chosen % 7) / 8, offset_s + step_s))
        offset_s += step_s
        truth.append((mono_s, offset_s))
        samples.append(_sample(mono_s + offset_s, 100.0 + mono_s))
    track, slack = _track(*samples), timedelta(milliseconds=1)
    missed_s = 0.2 * len(parts) + 0.001 * mono_s  # what is too small to be a step
    for true_s, off_s in truth:
        meant = track.on_aws(at(true_s + off_s))
        wide = TimeRange(shifted(meant.low_at, -missed_s) - slack, shifted(meant.high_at, missed_s) + slack)
        assert wide.low_at <= at(true_s) <= wide.high_at
