"""Whether the taskbar's clock in a film's pictures lets the film be of a session at all.

The clock is the instance's, in a zone that no picture tells, and nobody has compared it with another: zones differ by
quarters of an hour, clocks by anything. So it can never place a film, nor make its place finer, and it overrides no
time that the file states. It can only speak against: no zone makes yesterday's evening of this morning.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rdpgui.core.clocks import shifted
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.session_end import SessionEnd
from rdpgui.core.session import Session

WESTERNMOST_S, EASTERNMOST_S = -12 * 3600.0, 14 * 3600.0
"""Local time minus UTC. Source: tz database, Etc/GMT+12 and Pacific/Kiritimati."""

WRONG_S = 3600.0
"""How far an instance's clock may be off besides: an agent whose clock is off by minutes cannot sign its requests; an
hour is daylight saving time that was set wrongly."""


def is_of_another_day(facts: FilmFacts, session: Session, end: SessionEnd) -> bool:
    """Say whether the clock in the pictures shows a time that cannot be this session's, in whatever zone.

    Facts do not say how their date was written, and earlier readers took 3/11 beside PM for the eleventh of March:
    where day and month could be the other way round, the clock speaks only when both are of another day.

    Args:
        facts: the film; without a clock that was read nothing speaks against it.
        session: the session.
        end: when it ended.
    """
    clock = facts.clock
    if clock is None:
        return False
    earliest_at, latest_at = session.started_at, shifted(end.range.high_at, -facts.duration_s)
    low_s = (clock.zero_low_at - latest_at).total_seconds()
    high_s = (clock.zero_high_at - earliest_at).total_seconds()
    shown = (clock.zero_low_at, shifted(clock.zero_high_at, facts.duration_s))  # a midnight may lie between them
    moves_s = (0.0, *(_swapped_s(at) for at in shown))
    return all(
        high_s + move_s < WESTERNMOST_S - WRONG_S or low_s + move_s > EASTERNMOST_S + WRONG_S for move_s in moves_s
    )


def _swapped_s(at: datetime) -> float:
    """Return how much later a time is when its day and its month change places, seconds; 0 when they cannot."""
    if at.day > 12:
        return 0.0
    return (at.replace(month=at.day, day=at.month) - at) / timedelta(seconds=1)
