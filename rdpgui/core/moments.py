"""Times as texts of journals and films carry them: one that is read can be shown in every zone, and reckoned with."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""A time nearer to the ends of the calendar leaves it in some zone, or by a day. An mp4 counts from 1904."""


def moment_of(text: str, *, unzoned: bool = False) -> datetime:
    """Return the time of a text in ISO form, in UTC.

    Args:
        text: anybody's.
        unzoned: a text without a zone is UTC, else it is refused.

    Raises:
        ValueError: it is no time, has no zone, or is of a year that nobody can have seen.
    """
    at = datetime.fromisoformat(text)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"{text!r} is not a time")
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    if not unzoned:
        raise ValueError(f"{text!r} has no time zone")
    return at.replace(tzinfo=UTC)
