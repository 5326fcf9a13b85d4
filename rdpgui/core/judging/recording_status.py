"""The evidence ladder: which recording status may be shown, and on which evidence.

AWS has no operation that reads a recording's status, so each is a statement that is
never stronger than its evidence. "No object yet" is never "failed": only a person who
reads the console can say that.

Source: design, evidence ladder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.judging.case import match_recording, own_film
from rdpgui.core.judging.own_film import MatchKind
from rdpgui.core.recording import (
    Basis,
    Denial,
    Evidence,
    RecordingObject,
    RecordingPreferences,
    RecordingStatus,
    StatusStatement,
)
from rdpgui.core.session import Session
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import CheckId, CheckResult

PREFERENCES_SOURCE = "ssm-guiconnect:GetConnectionRecordingPreferences"
SESSIONS_SOURCE = "ssm:DescribeSessions"
OBJECTS_SOURCE = "s3:ListObjectsV2"
AUDIT_SOURCE = "cloudtrail:LookupEvents"
CHECK_SOURCE = "rdpgui"
SHOWN_DENIALS = 3


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What is known about the recording of one session.

    Attributes:
        now: the moment of the statement.
        preferences_read_at: None when they could not be read.
        session: None when there is no session on the target.
        sessions_read_at: None when the sessions could not be read.
        left_at: when the session was first seen as no longer active.
        candidates: new objects in the window; ``stable``: seen unchanged in two reads.
        listing_read_at: None when the listing could not be read.
        verified: bytes, container and last frame were checked here.
        suspect: why the film is doubtful, a cause word; empty when it is not.
        denied: an observed refusal that would stop processing; empty when there is none.
        denials: refused calls of the service principal, newest first.
        usual_s: usual range of the processing time. limit_s: when it counts as overdue.
    """

    now: datetime
    preferences: RecordingPreferences | None = None
    preferences_read_at: datetime | None = None
    session: Session | None = None
    sessions_read_at: datetime | None = None
    left_at: datetime | None = None
    candidates: tuple[RecordingObject, ...] = ()
    stable: bool = False
    listing_read_at: datetime | None = None
    verified: bool = False
    suspect: str = ""
    denied: str = ""
    denials: tuple[Denial, ...] = ()
    usual_s: tuple[float, float] = (60.0, 600.0)
    limit_s: float = 1800.0


def recording_status(facts: RecordingFacts) -> StatusStatement:
    """Return the strongest status that the evidence carries."""
    if facts.candidates:
        return _with_object(facts)
    if facts.preferences_read_at is None:
        return _unknown(facts, N_("The recording preferences could not be read."), PREFERENCES_SOURCE)
    if facts.preferences is None:
        return StatusStatement(
            RecordingStatus.NOT_CONFIGURED,
            Basis.OBSERVED,
            facts.preferences_read_at,
            (_preferences(facts),),
        )
    if facts.sessions_read_at is None:
        return _unknown(facts, N_("The sessions could not be read."), SESSIONS_SOURCE)
    if facts.session is None:
        none = Evidence(N_("There is no session on the instance."), facts.sessions_read_at, SESSIONS_SOURCE)
        return StatusStatement(
            RecordingStatus.WAITING, Basis.OBSERVED, facts.sessions_read_at, (_preferences(facts), none)
        )
    if not facts.session.may_be_remote_desktop:
        return _unknown(facts, N_("The session's document is not that of a remote desktop."), SESSIONS_SOURCE)
    if facts.left_at is None and facts.session.active:
        evidence = (_preferences(facts), _session(facts, facts.session))
        return StatusStatement(RecordingStatus.RECORDING, Basis.INFERRED, facts.session.started_at, evidence)
    return _without_object(facts, facts.session, facts.left_at or facts.session.ended_at or facts.sessions_read_at)


def _without_object(facts: RecordingFacts, session: Session, left_at: datetime) -> StatusStatement:
    evidence = (_preferences(facts), _session(facts, session))
    refusals = _refusals(facts)
    if refusals:
        return StatusStatement(RecordingStatus.PROCESSING_ERROR, Basis.INFERRED, left_at, (*evidence, *refusals))
    if facts.listing_read_at is None:
        return _unknown(facts, N_("The recording destination could not be read."), OBJECTS_SOURCE)
    waited_s = max(0.0, (facts.listing_read_at - left_at).total_seconds())
    listed_since = facts.listing_read_at >= left_at
    missing = Evidence(
        N_("No new object {seconds} s after the session's end.")
        if listed_since
        else N_("No new object when the destination was listed."),
        facts.listing_read_at,
        OBJECTS_SOURCE,
        None,
        (("seconds", f"{waited_s:.0f}"),),
    )
    if waited_s >= facts.limit_s:
        return StatusStatement(
            RecordingStatus.OVERDUE, Basis.OBSERVED, left_at, (*evidence, missing), usual_s=facts.usual_s
        )
    return StatusStatement(
        RecordingStatus.PROCESSING, Basis.INFERRED, left_at, (*evidence, missing), usual_s=facts.usual_s
    )


def _refusals(facts: RecordingFacts) -> tuple[Evidence, ...]:
    """Return what stops processing, as far as it was seen."""
    here = Evidence(N_("Refused: {what}"), facts.now, CHECK_SOURCE, True, (("what", facts.denied),))
    audited = tuple(
        Evidence(
            N_("GUI Connect was refused {operation} on {resource} ({code})."),
            denial.at,
            AUDIT_SOURCE,
            True,
            (("operation", denial.operation), ("resource", denial.resource or "-"), ("code", denial.code)),
        )
        for denial in facts.denials[:SHOWN_DENIALS]
    )
    return (*((here,) if facts.denied else ()), *audited)


def _with_object(facts: RecordingFacts) -> StatusStatement:
    found = tuple(
        Evidence(
            N_("New object {key}, {bytes} bytes."),
            facts.listing_read_at,
            OBJECTS_SOURCE,
            item.size_bytes > 0,
            (("key", item.key), ("bytes", str(item.size_bytes))),
        )
        for item in facts.candidates
    )
    since_at = facts.candidates[0].modified_at
    if facts.suspect:
        doubt = Evidence(N_("Doubtful: {cause}"), facts.now, CHECK_SOURCE, False, (("cause", facts.suspect),))
        return StatusStatement(RecordingStatus.SUSPECT, Basis.OBSERVED, since_at, (*found, doubt))
    if facts.verified:
        checked = Evidence(N_("Bytes, container and last frame were checked here."), facts.now, CHECK_SOURCE)
        return StatusStatement(RecordingStatus.VERIFIED, Basis.VERIFIED_HERE, since_at, (*found, checked))
    if facts.stable and all(item.size_bytes > 0 for item in facts.candidates):
        stable = Evidence(N_("Unchanged over two reads."), facts.listing_read_at, OBJECTS_SOURCE)
        return StatusStatement(RecordingStatus.FINISHED, Basis.OBSERVED, since_at, (*found, stable))
    waiting = Evidence(N_("It has not been seen unchanged twice."), facts.listing_read_at, OBJECTS_SOURCE, None)
    return StatusStatement(
        RecordingStatus.PROCESSING, Basis.INFERRED, facts.left_at, (*found, waiting), usual_s=facts.usual_s
    )


def _preferences(facts: RecordingFacts) -> Evidence:
    if facts.preferences is None:
        text: str = N_("No recording preferences in this Region.")
        return Evidence(text, facts.preferences_read_at, PREFERENCES_SOURCE)
    text = N_("Recordings go to {bucket}.")
    return Evidence(text, facts.preferences_read_at, PREFERENCES_SOURCE, True, (("bucket", facts.preferences.bucket),))


def _session(facts: RecordingFacts, session: Session) -> Evidence:
    fields = (("session", session.session_id), ("status", session.status.value))
    if facts.left_at is None and session.active:
        text = N_("Session {session} is active ({status}).")
        return Evidence(text, facts.sessions_read_at, SESSIONS_SOURCE, True, fields)
    text = N_("Session {session} is no longer active ({status}).")
    return Evidence(text, facts.left_at or facts.sessions_read_at, SESSIONS_SOURCE, True, fields)


def _unknown(facts: RecordingFacts, text: str, source: str) -> StatusStatement:
    return StatusStatement(RecordingStatus.UNKNOWN, Basis.NONE, facts.now, (Evidence(text, None, source, None),))


def facts_of_run(
    run: RunState,
    now: datetime,
    *,
    usual_s: tuple[float, float],
    listing_read_at: datetime | None,
    denials: tuple[Denial, ...] = (),
) -> RecordingFacts:
    """Return what a run knows of its recording.

    Args:
        run: the run.
        now: the moment of the statement.
        usual_s: usual range of the processing time.
        listing_read_at: when the bucket was last listed; None when that failed.
        denials: refused calls of the service principal.
    """
    baseline = run.baseline
    return RecordingFacts(
        now=now,
        preferences=baseline.preferences if baseline is not None else None,
        preferences_read_at=baseline.at if baseline is not None else None,
        session=run.session,
        sessions_read_at=run.left.at if run.left is not None else (run.attached.at if run.attached else now),
        left_at=run.first_left_at,
        candidates=run.candidates,
        stable=bool(run.candidates),
        listing_read_at=run.candidates_at or listing_read_at,
        verified=_verified(run),
        suspect=_suspicion(run),
        denials=denials,
        usual_s=usual_s,
        limit_s=run.plan.recording_limit_s,
    )


def _verified(run: RunState) -> bool:
    own = own_film(run)
    if own is None or own.facts is None or own.saved is None or not own.inspected or not own.inspected.last_frame:
        return False
    return own.saved.checksum_matched is not False


def _suspicion(run: RunState) -> str:
    """Return the cause word of a doubt about the film, empty when there is none."""
    if not run.inspected:
        return ""
    match = match_recording(run)
    if match.kind is MatchKind.SEVERAL or match.misfit not in ("", "not-inspected", "session-end-not-known"):
        return match.misfit
    own = own_film(run)
    if own is not None and own.facts is not None and own.facts.truncated:
        return "film-truncated"
    for check in run.verdict.checks if run.verdict is not None else ():
        about_film = check.check_id in (CheckId.INTEGRITY, CheckId.REACHES_END, CheckId.LAST_FRAME)
        if about_film and check.result is CheckResult.CONTRADICTED:
            return check.cause
    return ""
