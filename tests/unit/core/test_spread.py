"""Medians and intervals of repeated runs."""

from __future__ import annotations

import random

import pytest

from rdpgui.core.spread import spread


def test_that_nothing_spreads_nowhere_and_one_value_is_its_own_median() -> None:
    assert spread([]) is None
    one = spread([3.0])
    assert one is not None
    assert (one.median, one.interval, one.least, one.most) == (3.0, None, 3.0, 3.0)


@pytest.mark.parametrize(("count", "places"), [(5, None), (6, (0, 5)), (10, (1, 8)), (20, (5, 14))])
def test_that_the_interval_is_of_the_order_statistics_of_the_tables(count: int, places: tuple[int, int] | None) -> None:
    found = spread(float(n) for n in reversed(range(count)))
    assert found is not None
    assert found.interval == (None if places is None else tuple(map(float, places)))
    assert found.median == (count - 1) / 2


def test_that_the_interval_holds_the_true_median_as_often_as_it_says() -> None:
    draw = random.Random(1)
    held = 0
    for _round in range(400):
        found = spread(draw.expovariate(1.0) for _n in range(12))
        assert found is not None
        assert found.interval is not None
        held += found.interval[0] <= 0.6931 <= found.interval[1]
    assert held >= 380 * 0.97
