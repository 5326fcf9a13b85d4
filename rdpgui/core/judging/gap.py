"""The shutdown gap: how much of the session's end the film does not show, as an interval.

Two facts bound what the resolution of the clocks leaves open: a film cannot begin before its session, nor
end after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.clocks import SERVICE_SKEW_S, TimeRange, shifted
from rdpgui.core.judging.film_place import FilmStart, StartBasis, film_start
from rdpgui.core.judging.session_end import EndBasis, SessionEnd, session_end
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Interval


@dataclass(frozen=True, slots=True)
class Gap:
    """The shutdown gap and what it rests on."""

    interval: Interval
    end: SessionEnd
    start: FilmStart
    film_end: TimeRange


def shutdown_gap(run: RunState, facts: FilmFacts) -> Gap | None:
    """Return the shutdown gap = session end - film end with its bounds.

    None when the session's end or the film's place in time is not known, or when they contradict each other
    (a film that ends clearly after its session).
    """
    session, end = run.session, session_end(run)
    if session is None or end is None:
        return None
    start = film_start(facts, session, end)
    if start is None:
        return None
    film_end = TimeRange(shifted(start.range.low_at, facts.duration_s), shifted(start.range.high_at, facts.duration_s))
    low_s = (end.range.low_at - film_end.high_at).total_seconds() - SERVICE_SKEW_S
    high_s = (end.range.high_at - film_end.low_at).total_seconds() + SERVICE_SKEW_S
    if high_s < -SERVICE_SKEW_S:
        return None
    return Gap(Interval(max(low_s, -SERVICE_SKEW_S), high_s), end, start, film_end)


def painted_gap_s(run: RunState, facts: FilmFacts) -> float | None:
    """Return the gap as the painted clock of the lab tells it, None without one or without EndDate."""
    end = session_end(run)
    if end is None or end.basis is not EndBasis.END_DATE or facts.painted_at is None or run.session is None:
        return None
    ended_at = run.session.ended_at
    return None if ended_at is None else (ended_at - facts.painted_at).total_seconds()


def frozen_for_s(facts: FilmFacts) -> float | None:
    """Return for how long the last picture had been standing still at the film's end, by the painted clock."""
    if facts.painted_at is None or facts.first_painted_at is None:
        return None
    painted_s = (facts.painted_at - facts.first_painted_at).total_seconds()
    return max(facts.duration_s, facts.last_frame_pts_s) - painted_s


def painted_clock_error_s(facts: FilmFacts, start: FilmStart) -> float:
    """Return how far the painted clock is outside the film's start range, 0 when inside or unknown."""
    first_at = facts.first_painted_at
    if first_at is None or start.basis is StartBasis.SESSION_LENGTH:
        return 0.0
    return max(
        0.0,
        (start.range.low_at - first_at).total_seconds(),
        (first_at - start.range.high_at).total_seconds(),
    )
