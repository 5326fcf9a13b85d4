"""The clock in a film's pictures against the start that its file states: the instance's clock against the recorder's.

The picture's clock is local time in a zone that is not known. Zones differ from UTC by quarters of an hour, so only
what is left of one is evidence: a difference of 898 s is told as -2 s.
"""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.film import FilmClock
from rdpgui.core.verdict import Interval

QUARTER_S = 900.0
WHOLE_S = 1.0
"""A container's creation time is cut to whole seconds."""
SHORTEST_S = 0.001
"""A date tag keeps milliseconds."""


def clock_skew(stated_at: datetime | None, resolution_s: float, clock: FilmClock) -> Interval | None:
    """Return the clock in the pictures minus a stated start, seconds, as the one that is nearest to 0.

    Args:
        stated_at: when the film began, as its file states it; None gives None.
        resolution_s: it was cut to so much.
        clock: the film's time zero by its pictures.
    """
    if stated_at is None:
        return None
    low_s = (clock.zero_low_at - stated_at).total_seconds() - resolution_s
    high_s = (clock.zero_high_at - stated_at).total_seconds()
    quarters = round((low_s + high_s) / 2 / QUARTER_S)
    return Interval(low_s - quarters * QUARTER_S, high_s - quarters * QUARTER_S)
