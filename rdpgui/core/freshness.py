"""How long a look carries a live word: the one rule for window, history, report and terminal.

"Recording", "connected" or "running" are said of something that may change at any moment, so they hold only as
long as somebody keeps looking. What was not read within its poll time is "unknown, last seen at …".

Two clocks decide, and the one that says more time has passed is believed: the local time also counts while the machine
sleeps, the monotonic one is not moved when the local clock is set back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SLACK_S = 5.0
"""How much later than its poll time a look may come: one slow answer. More is silence."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, on both clocks: aware UTC, and seconds of a clock that never steps."""

    at: datetime
    mono_s: float


@dataclass(frozen=True, slots=True)
class Look:
    """One good reading.

    Attributes:
        at, mono_s: when it was answered, on both clocks.
        due_s: the poll time: the next reading comes within so many seconds, else nothing is known any more.
    """

    at: datetime
    mono_s: float
    due_s: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be said of something that was read.

    Attributes:
        live: its live words still hold.
        seen_at: when it was last read, None when it never was.
    """

    live: bool
    seen_at: datetime | None

    @property
    def aged_at(self) -> datetime | None:
        """When it was last seen, if that is all that can be said; None while it is live, and before any reading."""
        return None if self.live else self.seen_at


NEVER = Sight(live=False, seen_at=None)


def sight(look: Look | None, now: Moment) -> Sight:
    """Decide whether what a look found may still be said.

    A look that lies in the future of the local clock is one from before that clock was set back: it does not count.
    """
    if look is None:
        return NEVER
    wall_s = (now.at - look.at).total_seconds()
    age_s = max(wall_s, now.mono_s - look.mono_s)
    return Sight(wall_s >= -SLACK_S and age_s <= look.due_s + SLACK_S, look.at)
