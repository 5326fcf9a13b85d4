"""The numbers along an axis: few, round, and enough of them."""

from __future__ import annotations

import math
from typing import NamedTuple

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Axis(NamedTuple):
    """From where to where, and where the marks are."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int


def axis(low: float, high: float, wanted: int = 5) -> Axis:
    """Return an axis on which both ends lie; zero is on it, so that lengths can be compared.

    Args:
        low: the smallest value.
        high: the largest one.
        wanted: about so many marks.
    """
    low, high = min(0.0, low), max(0.0, high)
    if high - low < 1e-9:
        high = low + 1.0
    raw = (high - low) / wanted
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * part for part in _STEPS if size * part >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    decimals = max(0, -math.floor(math.log10(step))) + (1 if round(step / size, 1) == 2.5 else 0)
    ticks = tuple(round(step * number, 9) + 0.0 for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, decimals)
