"""The shutdown gap: how much of the session's end the film does not show, as an interval.

Two facts bound what the resolution of the clocks leaves open: a film cannot begin before its session, nor
end after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.clocks import SERVICE_SKEW_S, TimeRange, shifted
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.film_place import FilmStart
from rdpgui.core.judging.session_end import EndBasis, SessionEnd
from rdpgui.core.session import Session
from rdpgui.core.verdict import Interval


@dataclass(frozen=True, slots=True)
class Gap:
    """The shutdown gap and what it rests on."""

    interval: Interval
    end: SessionEnd
    start: FilmStart
    film_end: TimeRange


def shutdown_gap(facts: FilmFacts, end: SessionEnd, start: FilmStart) -> Gap | None:
    """Return the shutdown gap = session end - film end with its bounds.

    None when session and film contradict each other (a film that ends clearly after its session).
    """
    film_end = TimeRange(shifted(start.range.low_at, facts.duration_s), shifted(start.range.high_at, facts.duration_s))
    low_s = (end.range.low_at - film_end.high_at).total_seconds() - SERVICE_SKEW_S
    high_s = (end.range.high_at - film_end.low_at).total_seconds() + SERVICE_SKEW_S
    if high_s < -SERVICE_SKEW_S:
        return None
    return Gap(Interval(max(low_s, -SERVICE_SKEW_S), high_s), end, start, film_end)


def painted_gap_s(session: Session | None, end: SessionEnd | None, facts: FilmFacts) -> float | None:
    """Return the gap as the painted clock of the lab tells it, None without one or without EndDate."""
    if end is None or end.basis is not EndBasis.END_DATE or facts.painted_at is None or session is None:
        return None
    return None if session.ended_at is None else (session.ended_at - facts.painted_at).total_seconds()


def frozen_for_s(facts: FilmFacts) -> float | None:
    """Return for how long the last picture had been standing still at the film's end, by the painted clock."""
    if facts.painted_at is None or facts.first_painted_at is None:
        return None
    painted_s = (facts.painted_at - facts.first_painted_at).total_seconds()
    return max(facts.duration_s, facts.last_frame_pts_s) - painted_s


def painted_clock_error_s(facts: FilmFacts, start: FilmStart) -> float:
    """Return how far the painted clock is outside the film's start range, 0 when inside or unknown."""
    first_at = facts.first_painted_at
    if first_at is None:
        return 0.0
    return max(
        0.0,
        (start.range.low_at - first_at).total_seconds(),
        (first_at - start.range.high_at).total_seconds(),
    )
