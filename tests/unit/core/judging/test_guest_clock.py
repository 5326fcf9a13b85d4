"""How far the instance's clock is off AWS's: its boot time and its uptime counter together, before the order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.judging.clock_track import clock_track
from rdpgui.core.judging.guest_clock import guest_off
from rdpgui.core.run_events import BootTimeRead
from rdpgui.core.verdict import Interval
from tests.unit.core.samples import RUN, at, begin, disrupted, state_of

UP_S = 3600.0
SLOW = BootTimeRead(at(4.0), RUN, at(3.5 - 17.0 - UP_S), UP_S, at(3.0))
"""Asked at 3 s and answered at 4 s: the clock of the instance is slow by 17 s."""
RIGHT = BootTimeRead(at(20.0), RUN, at(19.5 - 7.0), 7.0, at(19.0))


def _off(*reads: BootTimeRead) -> Interval | None:
    run = state_of([*begin(), *reads, *disrupted()])
    return guest_off(run, clock_track(run))


def test_that_the_sum_of_boot_time_and_uptime_is_what_its_clock_said_when_it_was_asked() -> None:
    found = _off(SLOW)
    assert found is not None
    # Half a second to each side for the answer, 0.05 s for the local clock, a whole second of the counter.
    assert found.low_s == pytest.approx(-17.55)
    assert found.high_s == pytest.approx(-15.45)


def test_that_without_the_time_of_the_question_the_answer_may_be_older() -> None:
    found = _off(replace(SLOW, asked_at=None))
    assert found is not None
    assert found.low_s == pytest.approx(-17.55)
    assert found.high_s == pytest.approx(-14.45)


def test_that_what_was_read_behind_the_order_is_of_another_boot_s_clock() -> None:
    assert _off(RIGHT) is None
    assert _off(SLOW, RIGHT) == _off(SLOW)


@pytest.mark.parametrize("uptime_s", [None, -1.0, 1e12])
def test_that_an_uptime_that_was_not_read_or_cannot_be_measures_nothing(uptime_s: float | None) -> None:
    assert _off(replace(SLOW, uptime_s=uptime_s)) is None


def test_that_two_readings_are_told_as_the_range_of_both() -> None:
    later = replace(SLOW, at=at(6.0), asked_at=at(5.0), boot_at=at(5.5 - 12.0 - UP_S))
    found = _off(SLOW, later)
    assert found is not None
    assert found.low_s == pytest.approx(-17.55)
    assert found.high_s == pytest.approx(-10.45)
