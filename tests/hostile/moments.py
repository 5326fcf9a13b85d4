"""Moments that hang on an anchor, and clocks that read them wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NEVER = float("inf")


class Anchor(StrEnum):
    """What a moment hangs on: the start of the run, the own connection, the call of the order, its end."""

    START = "start"
    CONNECTED = "connected"
    ORDER = "order"
    END = "end"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: so many seconds after (or before) an anchor."""

    anchor: Anchor
    after_s: float


@dataclass(frozen=True, slots=True)
class Anchors:
    """When the anchors were, in true seconds; ``NEVER`` while they have not come."""

    connected_s: float = NEVER
    order_s: float = NEVER
    end_s: float = NEVER

    def at(self, moment: Moment) -> float:
        """Return the true time of a moment."""
        match moment.anchor:
            case Anchor.START:
                return moment.after_s
            case Anchor.CONNECTED:
                return self.connected_s + moment.after_s
            case Anchor.ORDER:
                return self.order_s + moment.after_s
            case Anchor.END:
                return self.end_s + moment.after_s


@dataclass(frozen=True, slots=True)
class Step:
    """A clock is set: from this moment it reads ``by_s`` more."""

    moment: Moment
    by_s: float


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A clock: offset from true time, drift (seconds a second) and steps."""

    offset_s: float = 0.0
    drift: float = 0.0
    steps: tuple[Step, ...] = ()

    def reading(self, true_s: float, anchors: Anchors) -> float:
        """Return what it reads at a true time."""
        stepped_s = sum(step.by_s for step in self.steps if anchors.at(step.moment) <= true_s)
        return true_s + self.offset_s + self.drift * true_s + stepped_s
