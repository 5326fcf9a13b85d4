"""Which object in the bucket is this run's recording.

The key is never parsed (its layout is unknown). What decides is the difference of
two listings, the window, and whether the film fits the session in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import InstanceId
from rdpgui.core.judging.clocks import SERVICE_SKEW_S, WHOLE_SECOND_S, shifted, stated_range
from rdpgui.core.judging.film_place import film_start
from rdpgui.core.judging.session_end import session_end
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import FilmInspected, FilmSaved
from rdpgui.core.state import RunState

WINDOW_SLACK_S = 2.0
"""S3 states LastModified in whole seconds, and its clock is not the session's."""

START_LIMIT_S = 30.0
"""A film begins at most this long after its session; one that begins later shows another connection."""

LONGER_SLACK_S = 2.0
"""A film may be longer than its session by rounding only."""

_INSTANCE_ID = re.compile(r"\bi-[0-9a-f]{8,17}\b")


class MatchKind(StrEnum):
    """How many objects can be the recording."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


class Elsewhere(StrEnum):
    """Which other session a film shows."""

    OTHER_INSTANCE = "other-instance"
    LONGER = "longer"
    EARLIER = "earlier"
    LATER = "later"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True)
class Match:
    """The recording among the candidates.

    Attributes:
        item: the object, None when there is none or it cannot be told.
        misfit: why the object does not belong to this session, a cause word; empty when it fits.
        count: candidates seen.
    """

    kind: MatchKind
    item: RecordingObject | None = None
    misfit: str = ""
    count: int = 0


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


def match_recording(run: RunState) -> Match:
    """Return which candidate is the recording of the run's session.

    A film that fits the session wins over others; objects with the same bytes count once. A single
    candidate is returned even when it does not fit, with the reason.
    """
    count = len(run.candidates)
    if count == 0:
        return Match(MatchKind.NONE)
    reasons = {item.key: misfit(run, item) for item in run.candidates}
    fitting = [item for item in run.candidates if reasons[item.key] == ""]
    distinct = {_content(run, item): item for item in reversed(fitting)}
    if len(distinct) == 1:
        return Match(MatchKind.ONE, next(iter(distinct.values())), count=count)
    if len(distinct) > 1:
        return Match(MatchKind.SEVERAL, misfit="several-candidates", count=count)
    films = [item for item in run.candidates if _facts(run, item) is not None] or list(run.candidates)
    if len({_content(run, item) for item in films}) == 1:
        return Match(MatchKind.ONE, films[0], reasons[films[0].key], count)
    return Match(MatchKind.SEVERAL, misfit="several-candidates", count=count)


def own_film(run: RunState) -> OwnFilm | None:
    """Return the run's recording, None while it is not known which one it is."""
    item = match_recording(run).item
    if item is None:
        return None
    return OwnFilm(item, _saved(run, item), _inspection(run, item))


def misfit(run: RunState, item: RecordingObject) -> str:
    """Return why an object cannot be the recording of the run's session, a cause word; empty when it can be."""
    session, facts = run.session, _facts(run, item)
    if session is None:
        return "no-session"
    if _named_instances(item, facts) - {run.plan.instance_id}:
        return "other-session"
    if item.modified_at < shifted(session.started_at, -WINDOW_SLACK_S):
        return "stale-object"
    inspection = _inspection(run, item)
    if inspection is None:
        return "not-inspected"
    if facts is None:
        return "not-a-film"
    return _film_misfit(run, item, facts)


def elsewhere(run: RunState, item: RecordingObject) -> Elsewhere | None:
    """Return which other session an object's film shows; None when it can be the run's, or nothing is known."""
    facts = _facts(run, item)
    if _named_instances(item, facts) - {run.plan.instance_id}:
        return Elsewhere.OTHER_INSTANCE
    return _film_elsewhere(run, facts) if facts is not None else None


def _film_misfit(run: RunState, item: RecordingObject, facts: FilmFacts) -> str:
    if session_end(run) is None:
        return "session-end-not-known"
    where = _film_elsewhere(run, facts)
    if where in (Elsewhere.LONGER, Elsewhere.EARLIER):
        return "other-session"
    latest_at = shifted(item.modified_at, WINDOW_SLACK_S + WHOLE_SECOND_S)
    if facts.created_at is not None and stated_range(facts.created_at).low_at > latest_at:
        return "clock-skew"
    return "" if where is None else "other-session"


def _film_elsewhere(run: RunState, facts: FilmFacts) -> Elsewhere | None:
    session, end = run.session, session_end(run)
    if session is None or end is None:
        return None
    length_s = (end.range.high_at - session.started_at).total_seconds()
    if facts.duration_s > length_s + LONGER_SLACK_S:
        return Elsewhere.LONGER
    if facts.created_at is None:
        return None
    created = stated_range(facts.created_at)
    if created.high_at < shifted(session.started_at, -SERVICE_SKEW_S):
        return Elsewhere.EARLIER
    if created.low_at > shifted(session.started_at, START_LIMIT_S) and created.low_at < end.range.low_at:
        return Elsewhere.LATER
    return None if film_start(facts, session, end) is not None else Elsewhere.UNPLACED


def _named_instances(item: RecordingObject, facts: FilmFacts | None) -> set[InstanceId]:
    """Return the instance ids that the object's metadata or the film's title states; most recorders state none."""
    texts = [value for _, value in item.metadata] + ([facts.title, facts.comment] if facts is not None else [])
    return {InstanceId(found) for text in texts for found in _INSTANCE_ID.findall(text)}


def _content(run: RunState, item: RecordingObject) -> str:
    saved = _saved(run, item)
    return saved.sha256 if saved is not None else f"{item.key} {item.etag}"


def _saved(run: RunState, item: RecordingObject) -> FilmSaved | None:
    return next((saved for saved in reversed(run.saved) if saved.key == item.key), None)


def _inspection(run: RunState, item: RecordingObject) -> FilmInspected | None:
    return next((found for found in reversed(run.inspected) if found.key == item.key), None)


def _facts(run: RunState, item: RecordingObject) -> FilmFacts | None:
    found = _inspection(run, item)
    return found.facts if found is not None else None


def _by_time(item: RecordingObject) -> tuple[datetime, str]:
    return item.modified_at, item.key
