"""What may be said of the recording of any session, also without a run: only what the watchers of the account read.

Nobody had a look before such a session and nobody followed it, so less is known than of a run. An object in the time
after the session is not called its recording unless it names the session; that none is there is never a failure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from rdpgui.core.account_events import Topic
from rdpgui.core.clocks import shifted
from rdpgui.core.freshness import Moment, Sight
from rdpgui.core.judging.naming import names_session_only
from rdpgui.core.judging.own_film import WINDOW_SLACK_S
from rdpgui.core.judging.recording_status import (
    OBJECTS_SOURCE,
    PREFERENCES_SOURCE,
    SESSIONS_SOURCE,
    RecordingFacts,
    recording_status,
)
from rdpgui.core.recording import (
    Basis,
    Evidence,
    RecordingObject,
    RecordingPreferences,
    RecordingStatus,
    StatusStatement,
)
from rdpgui.core.session import Session, SessionStatus
from rdpgui.core.settings import AWS_TIMING, LAB_TIMING
from rdpgui.core.standing import aged, topic_sight
from rdpgui.core.state import AppState
from rdpgui.core.texts import N_

STABLE_AFTER_S = 5.0
"""An object counts as whole when a listing shows it this long after it was written."""

OVERDUE_FOR_S = 24 * 3600.0
"""Later, that nothing is there says nothing: objects expire, and a destination is changed."""

SHOWN_OBJECTS = 3
NOT_RECORDED = N_("Nothing is recorded of this session: {document} is not the document of a remote desktop.")
NOT_LISTED = N_("The selected session is not listed here.")
NO_RUN = Evidence(
    N_("No run in the history watched it: no verdict. One comes of a run that is begun before its session."),
    None,
    "rdpgui",
    None,
)
_TUNNEL = Evidence(N_("A local tunnel has the same document and is not recorded."), None, "ssm:DescribeSessions", None)
_UNREAD = {
    Topic.PREFERENCES: (N_("The recording preferences could not be read."), PREFERENCES_SOURCE),
    Topic.SESSIONS: (N_("The sessions could not be read."), SESSIONS_SOURCE),
    Topic.OBJECTS: (N_("The recording destination could not be read."), OBJECTS_SOURCE),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watchers know at one moment, made once for all sessions.

    Attributes:
        sights: how each topic stands; one whose last poll failed is not live.
        failed: topics whose last poll failed.
        objects: of the destination that is set now, oldest first; rows that could not be read are left out.
        listed_at: when they were listed, None when they were not.
        usual_s: usual range of the processing time. limit_s: when a recording counts as overdue.
    """

    now: Moment
    sights: dict[Topic, Sight]
    failed: frozenset[Topic]
    preferences: RecordingPreferences | None
    sessions: tuple[Session, ...]
    objects: tuple[RecordingObject, ...]
    listed_at: datetime | None
    usual_s: tuple[float, float]
    limit_s: float


def watched(state: AppState, now: Moment) -> Watched:
    """Return what the watchers know of the place that is looked at."""
    sights = {}
    for topic in _UNREAD:
        seen = topic_sight(state, topic, now)
        sights[topic] = Sight(seen.live and topic not in state.stale, seen.seen_at)
    preferences = state.preferences.preferences if state.preferences is not None else None
    objects, listed_at = state.objects, None
    found: tuple[RecordingObject, ...] = ()
    if objects is not None and preferences is not None and objects.bucket == preferences.bucket:
        found = tuple(sorted((item for item in objects.objects if not item.flaws), key=attrgetter("modified_at")))
        listed_at = objects.at
    timing = LAB_TIMING if state.place is not None and state.place.lab else AWS_TIMING
    return Watched(
        now,
        sights,
        frozenset(state.stale),
        preferences,
        state.sessions,
        found,
        listed_at,
        timing.recording_usual_s,
        timing.recording_limit_s,
    )


def is_never_recorded(session: Session) -> bool:
    """Whether a session's document says that it is no remote desktop; a row that could not be read says nothing."""
    return bool(session.document_name) and not session.flaws and not session.may_be_remote_desktop


def statement_of_session(seen: Watched, session: Session) -> StatusStatement | None:
    """Return what may be said of the recording of a session that no run watched; None when there never is one."""
    if is_never_recorded(session):
        return None
    topics = (Topic.PREFERENCES, Topic.SESSIONS if session.active else Topic.OBJECTS)
    doubt = _doubt_about(session) or _unread(seen, topics)
    stated = (
        _unknown(doubt) if doubt is not None else _active(seen, session) if session.active else _over(seen, session)
    )
    sights = [seen.sights[topic] for topic in topics]
    if stated.status is not RecordingStatus.UNKNOWN and not all(sight.live for sight in sights):
        stated = aged(stated, min(sight.seen_at for sight in sights if sight.seen_at is not None))
    return replace(stated, evidence=(*stated.evidence, NO_RUN))


def _doubt_about(session: Session) -> Evidence | None:
    if session.flaws:
        return _open(N_("Its row could not be read: {what}."), None, SESSIONS_SOURCE, what=", ".join(session.flaws))
    if not session.document_name:
        return _open(N_("The session's document is not known."), None, SESSIONS_SOURCE)
    return None


def _unread(seen: Watched, topics: tuple[Topic, ...]) -> Evidence | None:
    """Return what was never read of the place that is looked at."""
    for topic in topics:
        if topic is Topic.OBJECTS and seen.preferences is None:
            continue  # there is no destination to list
        if seen.sights[topic].seen_at is None or (topic is Topic.OBJECTS and seen.listed_at is None):
            text, source = _UNREAD[topic]
            return _open(text if topic in seen.failed else N_("Not read yet: {what}."), None, source, what=source)
    return None


def _facts(seen: Watched, session: Session) -> RecordingFacts:
    return RecordingFacts(
        seen.now.at,
        seen.preferences,
        seen.sights[Topic.PREFERENCES].seen_at,
        session,
        seen.sights[Topic.SESSIONS].seen_at,
        None if session.active else session.ended_at,
        listing_read_at=seen.listed_at,
        usual_s=seen.usual_s,
        limit_s=seen.limit_s,
    )


def _active(seen: Watched, session: Session) -> StatusStatement:
    stated = recording_status(_facts(seen, session))
    if stated.status is not RecordingStatus.RECORDING:
        return stated
    if session.status is SessionStatus.CONNECTED:
        return _inferred(stated)
    if session.status is SessionStatus.CONNECTING:
        return replace(_inferred(stated), status=RecordingStatus.WAITING, since_at=None)
    return _unknown(_listed_as(seen, session), *stated.evidence)


def _listed_as(seen: Watched, session: Session) -> Evidence:
    text = N_("The session is listed as {word}: whether anything is recorded of it is not known.")
    return _open(text, seen.sights[Topic.SESSIONS].seen_at, SESSIONS_SOURCE, word=str(session.status.value))


def _over(seen: Watched, session: Session) -> StatusStatement:
    ended_at, read_at = session.ended_at, seen.sights[Topic.PREFERENCES].seen_at
    if seen.preferences is None:
        text = N_(
            "No recording preferences in this Region when they were read; what was set during the session is not known."
        )
        return _unknown(_open(text, read_at, PREFERENCES_SOURCE))
    named = _named(seen, session)
    if named:
        return _with_named(seen, session, named)
    if session.status is SessionStatus.FAILED:
        return _unknown(_listed_as(seen, session))
    if ended_at is None:
        at = seen.sights[Topic.SESSIONS].seen_at
        return _unknown(_open(N_("When the session ended is not known yet."), at, SESSIONS_SOURCE))
    possible = _written(seen, shifted(ended_at, -WINDOW_SLACK_S), shifted(ended_at, seen.limit_s))
    if possible:
        return _with_unnamed(seen, possible)
    listed_at = seen.listed_at or seen.now.at
    if (listed_at - ended_at).total_seconds() > OVERDUE_FOR_S:
        text = N_("No object was written within {seconds} s of its end; what was set then is not known.")
        return _unknown(_open(text, listed_at, OBJECTS_SOURCE, seconds=f"{seen.limit_s:.0f}"))
    return _inferred(recording_status(_facts(seen, session)))


def _inferred(stated: StatusStatement) -> StatusStatement:
    """Return what follows only if the session is a remote desktop, which its document alone does not say."""
    return replace(stated, basis=Basis.INFERRED, evidence=(*stated.evidence, _TUNNEL))


def _written(seen: Watched, since_at: datetime, until_at: datetime | None = None) -> tuple[RecordingObject, ...]:
    when = attrgetter("modified_at")
    first = bisect_left(seen.objects, since_at, key=when)
    last = len(seen.objects) if until_at is None else bisect_right(seen.objects, until_at, key=when)
    return seen.objects[first:last]


def _named(seen: Watched, session: Session) -> tuple[RecordingObject, ...]:
    """Return the objects that name this session, and neither another session nor another instance."""
    since_at = shifted(session.started_at, -WINDOW_SLACK_S)
    return tuple(
        item
        for item in _written(seen, since_at)
        if (session.session_id in item.key or item.metadata) and names_session_only(item, session, seen.sessions)
    )


def _with_named(seen: Watched, session: Session, named: tuple[RecordingObject, ...]) -> StatusStatement:
    listed_at, newest_at = seen.listed_at or seen.now.at, named[-1].modified_at
    found = tuple(
        Evidence(
            N_("Object {key}, {bytes} bytes, names this session."),
            listed_at,
            OBJECTS_SOURCE,
            item.size_bytes > 0,
            (("key", item.key), ("bytes", str(item.size_bytes))),
        )
        for item in named[:SHOWN_OBJECTS]
    )
    unchecked = _open(N_("Its bytes were not checked here."), None, "rdpgui")
    if newest_at > shifted(listed_at, -STABLE_AFTER_S) or not all(item.size_bytes > 0 for item in named):
        waiting = _open(N_("It has not been seen unchanged twice."), listed_at, OBJECTS_SOURCE)
        evidence = (*found, waiting, unchecked)
        return StatusStatement(RecordingStatus.PROCESSING, Basis.INFERRED, session.ended_at, evidence, seen.usual_s)
    return StatusStatement(RecordingStatus.FINISHED, Basis.OBSERVED, newest_at, (*found, unchecked))


def _with_unnamed(seen: Watched, possible: tuple[RecordingObject, ...]) -> StatusStatement:
    """Return that whose the objects are is not known: any session of the account, or a person, may have put them."""
    text = N_("Objects written in the time for its recording: {count}. None names this session.")
    keys = tuple(
        _open(
            N_("Object {key}, {bytes} bytes."), seen.listed_at, OBJECTS_SOURCE, key=item.key, bytes=str(item.size_bytes)
        )
        for item in possible[:SHOWN_OBJECTS]
    )
    return _unknown(_open(text, seen.listed_at, OBJECTS_SOURCE, count=str(len(possible))), *keys)


def _open(text: str, at: datetime | None, source: str, **fields: str) -> Evidence:
    return Evidence(text, at, source, None, tuple(fields.items()))


def _unknown(why: Evidence, *more: Evidence) -> StatusStatement:
    return StatusStatement(RecordingStatus.UNKNOWN, Basis.NONE, None, (why, *more))
