"""Where a film lies in time: when it began, on AWS's clock, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from rdpgui.core.clocks import SERVICE_SKEW_S, TimeRange, shifted, stated_range
from rdpgui.core.film import FilmFacts
from rdpgui.core.film_clock import clock_skew
from rdpgui.core.judging.session_end import SessionEnd
from rdpgui.core.session import Session
from rdpgui.core.verdict import Interval

END_SLACK_S = 1.0
"""A film whose creation time plus duration is later than the session's end by more was not created at its start."""


RECORDER_CLOCK_S = 6.0
"""How far the clock of an unknown recorder may be off; a film is placed by it alone no finer than this."""

PAINTED_CLOCK_LIMIT_S = 2.0
"""A painted clock that starts further from the film's start was not set to UTC."""


PUT_SLACK_S = 1.0 + SERVICE_SKEW_S
"""S3 states LastModified in whole seconds, by a clock that is near AWS's own."""


NEAR_S = 0.5
"""A picture is painted this long before it is in the film, at most."""

_FIRST_YEAR = 1990


class StartBasis(StrEnum):
    """What the film's start rests on."""

    DATE_TAG = "date-tag"
    CREATION_TIME = "creation-time"
    SESSION_LENGTH = "session-length"


@dataclass(frozen=True, slots=True)
class FilmStart:
    """When the film began, on AWS's clock."""

    range: TimeRange
    basis: StartBasis


def film_start(facts: FilmFacts, session: Session, end: SessionEnd, put_at: datetime | None = None) -> FilmStart | None:
    """Return when the film began, None when it is longer than its session.

    A film cannot begin before its session, nor end after it: its length alone bounds its place. A creation time near
    the start is the film's time zero (cut to whole seconds, or with the fraction that a date tag keeps), by the clock
    of a recorder that nobody has compared with another: alone it counts only within that clock's error. With a
    second source that agrees (the painted clock) it counts to its resolution. A time that fits nowhere says nothing.

    Args:
        facts: the film.
        session: whose it is.
        end: when that ended.
        put_at: when the object was written, by S3's own clock, whole seconds: two clocks that agree and say that the
            film went on afterwards are wrong alike.
    """
    earliest_at = shifted(session.started_at, -SERVICE_SKEW_S)
    latest_at = shifted(end.range.high_at, SERVICE_SKEW_S - facts.duration_s)
    if shifted(latest_at, END_SLACK_S) < earliest_at:
        return None  # the film is longer than its session
    by_length = FilmStart(
        TimeRange(min(earliest_at, latest_at), max(earliest_at, latest_at)), StartBasis.SESSION_LENGTH
    )
    if facts.created_at is None:
        return by_length
    agreed = agrees_with_picture(facts)
    if facts.first_painted_at is not None and not agreed:
        return by_length  # two clocks contradict each other, so neither counts
    stated, basis = _stated_start(facts, facts.created_at, TimeRange(earliest_at, latest_at))
    possible = left_open(facts, stated)
    ends_at = shifted(possible.low_at, facts.duration_s)
    if possible.high_at < earliest_at or ends_at > shifted(end.range.high_at, END_SLACK_S):
        return by_length  # it is of another event than the film's start, or of a clock that is wrong
    if agreed and put_at is not None and ends_at > shifted(put_at, PUT_SLACK_S):
        return by_length
    low_at, high_at = max(possible.low_at, earliest_at), possible.high_at
    if not agreed:
        # It may as well mean something else: it never moves a film nearer to its session's end than its length does.
        low_at, high_at = by_length.range.low_at, min(high_at, latest_at)
    return FilmStart(TimeRange(low_at, max(low_at, high_at)), basis)


def own_time(facts: FilmFacts) -> datetime | None:
    """Return the film's own statement of when it is of: its creation time, else the clock in its first picture.

    The epoch is what muxers write that know no time.
    """
    created_at = facts.created_at
    if created_at is None or created_at.year < _FIRST_YEAR:
        return facts.first_painted_at
    return created_at


def left_open(facts: FilmFacts, stated: TimeRange, agreed_slack_s: float = 0.0) -> TimeRange:
    """Return what a film's own time leaves open: two clocks that agree bound it, one alone is a recorder's.

    Args:
        facts: the film.
        stated: its own time, to its resolution.
        agreed_slack_s: by how much more two clocks that agree may be off.
    """
    if facts.first_painted_at is None or not agrees_with_picture(facts):
        return TimeRange(shifted(stated.low_at, -RECORDER_CLOCK_S), shifted(stated.high_at, RECORDER_CLOCK_S))
    low_at, high_at = both_of(stated, facts.first_painted_at)
    return TimeRange(shifted(low_at, -agreed_slack_s), shifted(high_at, agreed_slack_s))


def both_of(stated: TimeRange, painted_at: datetime) -> tuple[datetime, datetime]:
    """Return what two clocks that agree leave open: the finer one, or both where they differ by more than a little."""
    near = shifted(stated.low_at, -NEAR_S) <= painted_at <= shifted(stated.high_at, NEAR_S)
    if near:
        return stated.low_at, stated.high_at
    return min(stated.low_at, painted_at), max(stated.high_at, painted_at)


def agrees_with_picture(facts: FilmFacts) -> bool:
    """Whether the clock painted into the first picture agrees with the time the container states."""
    if facts.created_at is None or facts.first_painted_at is None:
        return False
    stated = stated_range(facts.created_at)
    low_s = (stated.low_at - facts.first_painted_at).total_seconds()
    high_s = (facts.first_painted_at - stated.high_at).total_seconds()
    return max(low_s, high_s) <= PAINTED_CLOCK_LIMIT_S


def begins_by_two_clocks(facts: FilmFacts, guest_off: Interval | None) -> bool:
    """Whether a second clock agrees with the time that the file states for its begin: one in the film's pictures.

    The file's alone may be when the recorder was told to begin, long before its first picture came (a person was still
    signing in): then the film ends later than it says. The instance's clock, too, speaks only where it was measured:
    one that is slow by as much agrees by accident.

    Args:
        facts: of the film.
        guest_off: the instance's clock minus AWS's, None when it was not measured.
    """
    if agrees_with_picture(facts):
        return True
    if facts.created_at is None or facts.clock is None or guest_off is None:
        return False
    low_at, high_at = facts.clock.zero_low_at, facts.clock.zero_high_at
    by_aws = replace(
        facts.clock, zero_low_at=shifted(low_at, -guest_off.high_s), zero_high_at=shifted(high_at, -guest_off.low_s)
    )
    off = clock_skew(facts.created_at, stated_range(facts.created_at).width_s, by_aws)
    return off is not None and max(abs(off.low_s), abs(off.high_s)) <= RECORDER_CLOCK_S


def _stated_start(facts: FilmFacts, created_at: datetime, possible: TimeRange) -> tuple[TimeRange, StartBasis]:
    """Return the finest time the container states for the film's start.

    mvhd holds whole seconds; a date tag may keep the fraction. It counts only inside what the creation
    time and the session leave open: a tag that contradicts them was written for something else.

    Args:
        facts: the film.
        created_at: its creation time.
        possible: from the session's start to the latest start of a film of this length.

    Source: ISO/IEC 14496-12 §8.2.2 (mvhd); the date tag has no meaning fixed by a specification.
    """
    created = stated_range(created_at)
    if facts.dated_at is None:
        return created, StartBasis.CREATION_TIME
    dated = stated_range(facts.dated_at)
    refines = created.low_at <= dated.low_at <= created.high_at and dated.width_s < created.width_s
    fits = dated.high_at >= possible.low_at and dated.low_at <= shifted(possible.high_at, SERVICE_SKEW_S)
    return (dated, StartBasis.DATE_TAG) if refines and fits else (created, StartBasis.CREATION_TIME)
