"""How repeated measurements spread: median, an interval that claims nothing about their shape, least and most."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Spread:
    """What n values say.

    Attributes:
        values: in ascending order. median: of them.
        interval: holds the median of all runs like these at least 19 times in 20; None where there are too few values.
    """

    values: tuple[float, ...]
    median: float
    interval: tuple[float, float] | None

    @property
    def least(self) -> float:
        """The smallest value."""
        return self.values[0]

    @property
    def most(self) -> float:
        """The largest value."""
        return self.values[-1]


def spread(values: Iterable[float]) -> Spread | None:
    """Return how values spread, None of none."""
    ordered = tuple(sorted(values))
    if not ordered:
        return None
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return Spread(ordered, median, _interval(ordered))


def _interval(ordered: tuple[float, ...]) -> tuple[float, float] | None:
    """Return the narrowest pair of order statistics, as far from both ends, that holds the median often enough.

    The number of values below the median is binomial with one half, whatever they are: from six values on.
    """
    count, found = len(ordered), None
    outside = 0.0
    for left_out in range((count + 1) // 2):
        outside += math.comb(count, left_out) / 2**count
        if 1 - 2 * outside < CONFIDENCE:
            break
        found = left_out
    return None if found is None else (ordered[found], ordered[count - 1 - found])
