"""Which object in the bucket is this run's recording.

The destination is the account's: any session of the account, of another Region, or a person may have put an object
there. The key's layout is unknown and never parsed. An object is this session's when an id says so; or when its film
has a place in time that fits this session, and no other session could have made it. That nothing contradicts is no
proof, and length alone never identifies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.clocks import WHOLE_SECOND_S, shifted, stated_range
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.film_day import is_of_another_day
from rdpgui.core.judging.film_place import END_SLACK_S, RECORDER_CLOCK_S, agrees_with_picture, left_open, own_time
from rdpgui.core.judging.naming import Naming, named_instances, naming
from rdpgui.core.judging.session_end import SessionEnd
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import FilmInspected, FilmSaved, NeighboursRead
from rdpgui.core.session import Session
from rdpgui.core.state import RunState

WINDOW_SLACK_S = 2.0
"""S3 states LastModified in whole seconds, and its clock is not the session's."""

START_LIMIT_S = 10.0
"""A film begins at most this long after its session; one that begins later shows another connection."""

LONGER_SLACK_S = 2.0
"""A film may be longer than its session by rounding only."""

ROUNDED_S = 0.5
"""By so much a film's stated length may be rounded up; more, and it is as well somebody else's that names nobody."""

WRITTEN_LIMIT_S = 120.0
"""A creation time this near to LastModified may be when the object was written."""

_QUARTER_S = 900.0
_LEAST_QUARTERS, _MOST_QUARTERS = 4, 56
"""Zones are whole quarters of an hour from UTC; the nearest to it that is none is an hour off."""


class MatchKind(StrEnum):
    """How many objects can be the recording."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


class Elsewhere(StrEnum):
    """Which other session a film shows."""

    OTHER_INSTANCE = "other-instance"
    OTHER_SESSION = "other-session"
    LONGER = "longer"
    EARLIER = "earlier"
    LATER = "later"
    OTHER_DAY = "other-day"


@dataclass(frozen=True, slots=True)
class Match:
    """The recording among the candidates.

    Attributes:
        item: the object, None when there is none or it cannot be told.
        misfit: why the object is not certainly this session's, a cause word; empty when it is.
        count: candidates seen.
        naming: what the object says of itself.
        rival: another session that could have made it, None when none could.
        pieces: objects of other bytes that name the session, this one included; a recording may come in several.
    """

    kind: MatchKind
    item: RecordingObject | None = None
    misfit: str = ""
    count: int = 0
    naming: Naming = Naming.NOTHING
    rival: Session | None = None
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class OwnFilm:
    """This run's recording, as far as it got."""

    item: RecordingObject
    saved: FilmSaved | None
    inspected: FilmInspected | None

    @property
    def facts(self) -> FilmFacts | None:
        """Return the film's facts, None when it was not inspected or is no film."""
        return self.inspected.facts if self.inspected is not None else None

    @property
    def is_the_object(self) -> bool:
        """Whether nothing says that what was saved differs from what lies in S3.

        S3 takes no object whose bytes differ from its checksum, and checks what it stores: bytes that differ were
        changed on their way or on this machine's disk. Source: S3 User Guide, checking object integrity.
        """
        if self.saved is not None and self.saved.checksum_matched is False:
            return False
        return self.facts is None or self.item.size_bytes in (0, self.facts.size_bytes)


def new_objects(
    known: Iterable[tuple[str, str]], listing: Iterable[RecordingObject], session_started_at: datetime
) -> tuple[RecordingObject, ...]:
    """Return the objects that can be the recording: not in the earlier listing, and modified since the session began.

    Args:
        known: (key, ETag) of the listing before the connection.
        listing: the objects now.
        session_started_at: start of the session, aware UTC.
    """
    before = frozenset(known)
    since_at = shifted(session_started_at, -WINDOW_SLACK_S)
    fresh = [item for item in listing if (item.key, item.etag) not in before and item.modified_at >= since_at]
    return tuple(sorted(fresh, key=_by_time))


def match_candidates(run: RunState, end: SessionEnd | None) -> Match:
    """Return which candidate is the recording of the run's session.

    One that names the session wins; objects with the same bytes count once. Without a name, one is told apart only
    when no other candidate could be the recording, too. A single candidate is returned even when it does not fit,
    with the reason.
    """
    count = len(run.candidates)
    if count == 0:
        return Match(MatchKind.NONE)
    found = {item.key: _match(run, item, end) for item in run.candidates}
    naming_it = [m for m in found.values() if m.naming in (Naming.SESSION, Naming.KEY)]
    named = [m for m in naming_it if _is_open(m)]
    pieces = max(1, len({_content(run, m.item) for m in naming_it if m.item is not None}))
    open_ones = [m for m in found.values() if _is_open(m)]
    for group in (named, open_ones, list(found.values())):
        if not group:
            continue
        distinct = {_content(run, m.item): m for m in reversed(group) if m.item is not None}
        if len(distinct) > 1:
            return Match(MatchKind.SEVERAL, misfit="several-candidates", count=count)
        one = next(iter(distinct.values()))
        return Match(MatchKind.ONE, one.item, one.misfit, count, one.naming, one.rival, pieces)
    return Match(MatchKind.SEVERAL, misfit="several-candidates", count=count)


def own_film_of(run: RunState, match: Match) -> OwnFilm | None:
    """Return the run's recording, None while it is not known which one it is."""
    if match.item is None:
        return None
    return OwnFilm(match.item, _saved(run, match.item), _inspection(run, match.item))


def elsewhere(run: RunState, item: RecordingObject, end: SessionEnd | None) -> Elsewhere | None:
    """Return which other session an object's film shows; None when it can be the run's, or nothing is known."""
    session, facts = run.session, _facts(run, item)
    if naming(run, item, facts) is Naming.OTHER:
        other = named_instances(item, facts) - {run.plan.instance_id}
        return Elsewhere.OTHER_INSTANCE if other else Elsewhere.OTHER_SESSION
    if session is None or end is None or facts is None:
        return None
    if facts.duration_s > _length_s(session, end) + LONGER_SLACK_S:
        return Elsewhere.LONGER
    zero_at = own_time(facts)
    if zero_at is None or _placed(facts, session, end):
        return Elsewhere.OTHER_DAY if is_of_another_day(facts, session, end) else None
    return Elsewhere.EARLIER if zero_at < session.started_at else Elsewhere.LATER


def could_be_own(run: RunState, item: RecordingObject, end: SessionEnd | None) -> bool:
    """Whether an object could be the run's recording, as far as it can be told; a film that was read, at least."""
    return _facts(run, item) is not None and _is_open(_match(run, item, end))


def _is_open(match: Match) -> bool:
    """Whether a candidate could be the recording: it fits, or what it is cannot be told."""
    return match.misfit not in ("other-session", "stale-object", "not-a-film")


def _match(run: RunState, item: RecordingObject, end: SessionEnd | None) -> Match:
    named = naming(run, item, _facts(run, item))
    misfit, rival = _misfit(run, item, end, named)
    return Match(MatchKind.ONE, item, misfit, naming=named, rival=rival)


def _misfit(run: RunState, item: RecordingObject, end: SessionEnd | None, named: Naming) -> tuple[str, Session | None]:
    session, facts = run.session, _facts(run, item)
    if session is None:
        return "no-session", None
    if named is Naming.OTHER:
        return "other-session", None
    if item.modified_at < shifted(session.started_at, -WINDOW_SLACK_S):
        return "stale-object", None
    if run.baseline is not None and item.bucket != run.baseline.preferences.bucket:
        return "other-bucket", None
    inspection = _inspection(run, item)
    if inspection is None:
        return "not-inspected", None
    if facts is None:
        return "not-a-film", None
    if end is None:
        return "session-end-not-known", None
    return _film_misfit(run, item, facts, session, end, named)


def _film_misfit(
    run: RunState, item: RecordingObject, facts: FilmFacts, session: Session, end: SessionEnd, named: Naming
) -> tuple[str, Session | None]:
    if run.plan.lab and facts.painted_at is None and facts.first_painted_at is None:
        return "no-painted-clock", None
    if named is Naming.BOTH:
        return "names-several", None
    if facts.duration_s > _length_s(session, end) + LONGER_SLACK_S:
        return "longer" if named in (Naming.SESSION, Naming.KEY) else "other-session", None
    if is_of_another_day(facts, session, end):
        says_so = named in (Naming.SESSION, Naming.KEY) or _placed(facts, session, end)
        return ("clock-disagrees" if says_so else "other-session"), None
    if named is Naming.SESSION:
        return "", None
    if named is Naming.KEY:
        return ("" if _may_be_of(item, facts, session, end) else "other-session"), None
    latest_at = shifted(item.modified_at, WINDOW_SLACK_S + WHOLE_SECOND_S + RECORDER_CLOCK_S)
    if facts.created_at is not None and stated_range(facts.created_at).low_at > latest_at:
        return "clock-skew", None
    if own_time(facts) is None:
        return "not-placed", None
    if not _placed(facts, session, end):
        return "other-session", None
    if facts.duration_s > _length_s(session, end) + ROUNDED_S:
        return "longer", None  # its time may be off by a clock's error, and so may anybody's
    if item.modified_at < shifted(end.range.low_at, -WINDOW_SLACK_S) and not item.in_parts:
        return "written-before-end", None
    return _rivalled(_that_count(run, session), item, facts, session, named)


def _that_count(run: RunState, session: Session) -> NeighboursRead | None:
    """Return the account's other sessions, None when they were read before this one's end, or for a later time only."""
    read = run.neighbours
    if read is None or read.since_at > session.started_at:
        return None
    return None if run.first_left_at is not None and read.at < run.first_left_at else read


def _rivalled(
    neighbours: NeighboursRead | None, item: RecordingObject, facts: FilmFacts, session: Session, named: Naming
) -> tuple[str, Session | None]:
    """Return whether another session could have made an object that names no session."""
    if neighbours is None or not neighbours.complete:
        return "neighbours-unknown", None
    for other in neighbours.sessions:
        elsewhere_on = other.target and other.target != session.target
        if other.session_id == session.session_id or (named is Naming.INSTANCE and elsewhere_on):
            continue
        if _could_make(other, item, facts):
            return "looks-alike", other
    return "", None


def _could_make(other: Session, item: RecordingObject, facts: FilmFacts) -> bool:
    """Whether an object can be the recording of another session, whatever its creation time means.

    Of a row that lacks what is always sent, its begin for example, nothing can be ruled out.
    """
    if not other.may_be_recorded:
        return False
    if other.flaws:
        return True
    until_at = other.ended_at or shifted(item.modified_at, WINDOW_SLACK_S)
    if item.in_parts:  # written since then, and nobody says until when
        until_at = other.ended_at or shifted(other.started_at, facts.duration_s)
    if facts.duration_s > (until_at - other.started_at).total_seconds() + LONGER_SLACK_S + WHOLE_SECOND_S:
        return False
    written_at = shifted(item.modified_at, WINDOW_SLACK_S + WHOLE_SECOND_S)
    if shifted(other.started_at, facts.duration_s) > written_at and not item.in_parts:
        return False  # it was not yet long enough when the object was written
    zero_at = own_time(facts)
    return zero_at is None or _means_something(facts, zero_at, other.started_at, until_at, item)


def _means_something(
    facts: FilmFacts, zero_at: datetime, started_at: datetime, ended_at: datetime, item: RecordingObject
) -> bool:
    """Whether a film's own time can be the start, the end, or the writing of a session's film."""
    stated = left_open(facts, stated_range(zero_at), 0.5)
    low_at, high_at = stated.low_at, stated.high_at
    near_start = high_at >= started_at and low_at <= shifted(started_at, START_LIMIT_S)
    fits = shifted(low_at, facts.duration_s) <= shifted(ended_at, END_SLACK_S + WHOLE_SECOND_S)
    if near_start and fits:
        return True
    if agrees_with_picture(facts):
        return False  # the picture says that it is the film's start
    near_end = high_at >= shifted(ended_at, -END_SLACK_S) and low_at <= shifted(ended_at, START_LIMIT_S)
    written = abs((item.modified_at - zero_at).total_seconds()) <= WRITTEN_LIMIT_S and high_at >= ended_at
    return near_end or written


def _placed(facts: FilmFacts, session: Session, end: SessionEnd) -> bool:
    """Whether a film's own time places its start into the session, and its end not behind it.

    A time that means the film's end or its writing places nothing: any film that was put then has it.
    """
    zero_at = own_time(facts)
    if zero_at is None:
        return False
    stated = left_open(facts, stated_range(zero_at), 1.0)
    low_at, high_at = stated.low_at, stated.high_at
    at_start = high_at >= session.started_at and low_at <= shifted(session.started_at, START_LIMIT_S)
    return at_start and shifted(low_at, facts.duration_s) <= shifted(end.range.high_at, END_SLACK_S)


def _may_be_of(item: RecordingObject, facts: FilmFacts, session: Session, end: SessionEnd) -> bool:
    """Whether an object whose key names the session may hold its film: the key is written apart from the bytes.

    A time that fits nowhere speaks against it, unless it is when the film or the writing ended, or one that a wrong
    clock explains: none at all (the epoch), or a local time written as UTC (off by quarters of an hour).
    """
    zero_at = own_time(facts)
    if zero_at is None or _placed(facts, session, end):
        return True
    written_s = (item.modified_at - zero_at).total_seconds()
    slack_s, ended_at = RECORDER_CLOCK_S + WHOLE_SECOND_S, (end.stated or end.range).high_at
    if abs((zero_at - ended_at).total_seconds()) <= slack_s:
        return True
    earliest_at = shifted(session.started_at, facts.duration_s - RECORDER_CLOCK_S)
    if abs(written_s) <= WRITTEN_LIMIT_S and zero_at >= earliest_at:
        return True
    meant = ((session.started_at, START_LIMIT_S), (ended_at, slack_s), (item.modified_at, slack_s))
    return any(_zones_apart(zero_at, at, late_s) for at, late_s in meant)


def _zones_apart(zero_at: datetime, at: datetime, late_s: float) -> bool:
    """Whether a time is another one, told in another zone: up to ``late_s`` after it, or a clock's error before."""
    off_s = (zero_at - at).total_seconds()
    quarters = round(off_s / _QUARTER_S)
    fits = -RECORDER_CLOCK_S - WHOLE_SECOND_S <= off_s - quarters * _QUARTER_S <= late_s
    return fits and _LEAST_QUARTERS <= abs(quarters) <= _MOST_QUARTERS


def _length_s(session: Session, end: SessionEnd) -> float:
    return (end.range.high_at - session.started_at).total_seconds()


def _content(run: RunState, item: RecordingObject) -> str:
    saved = _saved(run, item)
    return saved.sha256 if saved is not None else f"{item.key} {item.etag}"


def _saved(run: RunState, item: RecordingObject) -> FilmSaved | None:
    return run.read_of(item.key).saved


def _inspection(run: RunState, item: RecordingObject) -> FilmInspected | None:
    return run.read_of(item.key).inspected


def _facts(run: RunState, item: RecordingObject) -> FilmFacts | None:
    found = _inspection(run, item)
    return found.facts if found is not None else None


def _by_time(item: RecordingObject) -> tuple[datetime, str]:
    return item.modified_at, item.key
