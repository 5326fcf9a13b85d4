"""Where a playing film jumps: at the end of its loop, and over idle stretches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdpgui.core.film import Span

_INTO_IDLE_S = 0.3
"""Shown of the begin and of the end of an idle stretch."""
_WORTH_S = 1.0
_SHORTEST_S = 0.2


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch that is played over and over; an absent end is the film's.

    Attributes:
        begin_s: film time. end_s: film time.
    """

    begin_s: float | None = None
    end_s: float | None = None

    def with_begin(self, at_s: float) -> Loop:
        """Return the loop from here; an end that is not after it is dropped."""
        return Loop(at_s, self.end_s if self.end_s is not None and self.end_s - at_s >= _SHORTEST_S else None)

    def with_end(self, at_s: float) -> Loop:
        """Return the loop up to here; a begin that is not before it is dropped."""
        return Loop(self.begin_s if self.begin_s is not None and at_s - self.begin_s >= _SHORTEST_S else None, at_s)

    def begin_of(self, at_s: float) -> float:
        """Return where playing begins when asked to begin at a film time."""
        if self.end_s is not None and at_s >= self.end_s:
            return self.begin_s or 0.0
        return at_s

    def jump(self, at_s: float) -> float | None:
        """Return where to go on when the loop's end is reached, None before."""
        return (self.begin_s or 0.0) if self.end_s is not None and at_s >= self.end_s else None


def idle_jump(idle: Iterable[Span], at_s: float) -> float | None:
    """Return the film time shortly before the end of the idle stretch around a film time, None outside of any."""
    for span in idle:
        target_s = span.end_s - _INTO_IDLE_S
        if span.begin_s + _INTO_IDLE_S <= at_s and target_s - at_s >= _WORTH_S:
            return target_s
    return None
