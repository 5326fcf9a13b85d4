"""Bounds of the clock offset: they always hold the truth, and close in on it."""

from __future__ import annotations

import math
from email.utils import formatdate

from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.aws.skew import ClockOffset, next_cut_s

START_S = 1_795_400_000.0


def answer(offset: ClockOffset, truth_s: float, sent_s: float, trip_s: float, served: float = 0.5) -> None:
    """Feed one answer of a server whose clock is ``truth_s`` behind the local one."""
    aws_s = sent_s + trip_s * served - truth_s
    offset.feed(sent_s, sent_s + trip_s, {"date": formatdate(math.floor(aws_s), usegmt=True)})


@settings(max_examples=300, deadline=None)
@given(
    st.floats(-400.0, 400.0),
    st.lists(st.tuples(st.floats(0.01, 4.0), st.floats(0.0, 3.0), st.floats(0.0, 1.0)), min_size=1, max_size=40),
)
def test_that_the_bounds_hold_the_truth(truth_s: float, answers: list[tuple[float, float, float]]) -> None:
    offset, now_s = ClockOffset(), START_S
    for pause_s, trip_s, served in answers:
        now_s += pause_s
        answer(offset, truth_s, now_s, trip_s, served)
        now_s += trip_s
        bounds = offset.bounds(now_s)
        assert bounds is not None
        assert bounds[0] - 1e-6 <= truth_s <= bounds[1] + 1e-6


@settings(max_examples=100, deadline=None)
@given(st.floats(-400.0, 400.0), st.floats(0.0, 0.05))
def test_that_five_placed_calls_leave_less_than_a_sixth_of_a_second(truth_s: float, trip_s: float) -> None:
    offset, now_s = ClockOffset(), START_S
    for _ in range(5):
        bounds = offset.bounds(now_s)
        if bounds is not None:
            wait_s = next_cut_s(bounds, now_s, trip_s)
            assert 0.0 <= wait_s < 1.0
            now_s += wait_s
        answer(offset, truth_s, now_s, trip_s)
        now_s += trip_s
    bounds = offset.bounds(now_s)
    assert bounds is not None
    assert bounds[1] - bounds[0] < 1 / 6 + 2 * trip_s


def test_that_a_clock_that_was_set_starts_anew() -> None:
    offset = ClockOffset()
    answer(offset, 0.0, START_S, 0.01)
    answer(offset, 120.0, START_S + 1, 0.01)
    bounds = offset.bounds(START_S + 1.01)
    assert bounds is not None
    assert bounds[0] <= 120.0 <= bounds[1]


def test_that_old_answers_are_forgotten() -> None:
    offset = ClockOffset()
    answer(offset, 0.0, START_S, 0.01)
    assert offset.bounds(START_S + 1000.0) is None


def test_that_an_answer_without_a_date_says_nothing() -> None:
    offset = ClockOffset()
    offset.feed(START_S, START_S, {})
    offset.feed(START_S, START_S, {"date": "yesterday"})
    assert offset.bounds(START_S) is None
