"""Items 5, 6 and 8: how a connection is listed as a session, and what each disruption does to it, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rdpgui.core.clocks import TimeRange
from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.instance import ConnectionStatus
from rdpgui.core.judging.case import Case
from rdpgui.core.judging.proof import proven_in
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.notes.model import Fields, Finding, Material, Question, RunRecord, Sureness, missing
from rdpgui.core.notes.recording import form_of, span_text
from rdpgui.core.run_events import SessionSeenAgain
from rdpgui.core.session import AccessType, Session, SessionOrigin, caller_name
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_

_NO_SESSION = N_("No run here was attached to such a session. Connect to an instance and run once.")
_NO_RUN = N_("This disruption was not run here.")
_NO_RESTART = N_("No restart was run here to its end.")
_MAY_BE_TUNNEL = N_("It is not known whether this was a remote desktop of GUI Connect or a local tunnel.")
_NOT_PROVEN = N_("It is not proven that the disruption took effect.")
_NOT_ALL = N_("Not everything was measured.")
_CLOCK_SET = N_("The local clock was set during the run.")
_ONLY_LISTED = N_("That it is listed does not tell whether its picture went on: look at the console and at the film.")
_NOT_LOOKED_AFTER = N_("The run did not look for long enough, or other sessions could not be read.")

_LOOKS = "ssm:GetConnectionStatus, ssm:DescribeSessions, s3:ListObjectsV2"
_CHANGES = "ConnectionChanged, SessionLeftActive, CandidatesFound"

_OF_SESSION = N_(
    "{access}: which DocumentName, SessionId form, Owner, Reason and AccessType does DescribeSessions give?"
)
_OF_TIMES = N_(
    "{disruption}: after how many seconds does the connection status flip, does the session leave Active (final "
    "Status, EndDate), does the object appear?"
)
_BY_ACCESS = {AccessType.STANDARD: "5.standard", AccessType.JUST_IN_TIME: "5.just-in-time"}
TIMED = tuple(kind.disruption_id for kind in DISRUPTIONS.values() if not kind.is_control)

QUESTIONS = (
    *(
        Question(note_id, 5, _OF_SESSION, _NO_SESSION, fields=(("access", access.value),))
        for access, note_id in _BY_ACCESS.items()
    ),
    *(Question(f"6.{kind.value}", 6, _OF_TIMES, _NO_RUN, fields=(("disruption", kind.value),)) for kind in TIMED),
    Question(
        "8.resumes",
        8,
        N_("Does the connection go on by itself after a reboot, or is a second one (with a second object) needed?"),
        _NO_RESTART,
    ),
)


def findings(material: Material) -> Iterator[tuple[str, Finding]]:
    """Yield what the runs show, each with the id of its question."""
    for record in material.runs:
        run, case = record.run, record.case
        note_id = _BY_ACCESS.get(run.access_type)
        if run.attached is not None and run.session is not None and note_id is not None:
            yield note_id, _listed(run, run.session)
        done = proven_in(case)
        kind = done or run.plan.disruption_id
        measured = _times(case, kind, proven=done is not None) if kind in TIMED else None
        if measured is not None:
            yield f"6.{kind.value}", measured
        if done is not None and DISRUPTIONS[done].effect is Effect.RESTART:
            yield from (("8.resumes", found) for found in _after_restart(record, case))


def session_form(session: Session) -> tuple[str, str]:
    """Return how a session id is made: what stands before its last dash, and what behind it."""
    before, dash, rest = session.session_id.rpartition("-")
    known = dash and before == caller_name(session.owner)
    head = N_("the user or role session of Owner") if known else N_("another text")
    return head if dash else N_("nothing"), form_of(rest)


def _listed(run: RunState, session: Session) -> Finding:
    head, rest = session_form(session)
    fields = (
        ("document", missing(session.document_name)),
        ("session", session.session_id),
        ("form", rest),
        ("owner", missing(session.owner)),
        ("reason", missing(session.reason)),
        ("access", missing(session.access_type.value)),
    )
    text = N_(
        "DocumentName {document}; SessionId {session}: {head}, then {form}; Owner {owner}; Reason {reason}; "
        "AccessType {access}"
    )
    origin = run.attached.origin if run.attached is not None else SessionOrigin.UNKNOWN
    read = run.destination.origin if run.destination is not None else SessionOrigin.UNKNOWN
    known = {origin, read} != {SessionOrigin.UNKNOWN}
    sure, why = (Sureness.SETTLED, "") if known else (Sureness.HINT, _MAY_BE_TUNNEL)
    at = run.attached.at if run.attached is not None else run.started_at
    call = "ssm:DescribeSessions"
    return Finding(text, fields, at, "SessionAttached", call, sure, why, run.run_id, (("head", (head,)),))


def _times(case: Case, kind: DisruptionId, *, proven: bool) -> Finding | None:
    """Return what was measured, from the order on, or from the first sign of what a person did; None without either."""
    run = case.run
    since_at = _since(run)
    if since_at is None:
        return None
    end, listed = _end_s(case, since_at), _listed_s(case, since_at)
    status = run.left.session.status.value if run.left is not None else ""
    measured = {"agent": _lost_s(run, since_at), "left": _left_s(run, since_at), "end": end, "object": listed}
    why = "" if proven else _NOT_PROVEN
    why = why or (_CLOCK_SET if case.clock_stepped else "")
    why = why or ("" if all(measured.values()) and status else _NOT_ALL)
    text = N_(
        "{access}, seconds after {since}: agent lost {agent}; no longer Active {left}; final Status {status}; "
        "EndDate {end}; object listed {object}"
    )
    fields: Fields = (
        ("access", run.access_type.value),
        ("status", missing(status)),
        *((name, missing(value)) for name, value in measured.items()),
    )
    ordered = run.disruption_intent is not None
    words = (("since", (N_("the order") if ordered else N_("the first sign of it"),)),)
    sure = Sureness.HINT if why else Sureness.SETTLED
    at = run.first_left_at or since_at
    return Finding(text, fields, at, _CHANGES, _LOOKS, sure, why, run.run_id, words)


def _since(run: RunState) -> datetime | None:
    """Return when the order was given, by the local clock; without one when the first sign was seen."""
    if run.disruption_intent is not None:
        return run.disruption_intent.at
    signs = [change.at for change in run.instance_changes]
    signs += [change.at for change in run.connection_changes if change.status is not ConnectionStatus.CONNECTED]
    return min(signs, default=None)


def _lost_s(run: RunState, since_at: datetime) -> str:
    lost = next(
        (c for c in run.connection_changes if c.at >= since_at and c.status is ConnectionStatus.NOT_CONNECTED), None
    )
    return "" if lost is None else _span(since_at, lost.not_before_at or since_at, lost.at)


def _left_s(run: RunState, since_at: datetime) -> str:
    if run.left is None or run.first_left_at is None:
        return ""
    return _span(since_at, min(run.left.last_active_at, run.first_left_at), run.first_left_at)


def _end_s(case: Case, since_at: datetime) -> str:
    """Return EndDate after the order, on AWS's clock; negative values are possible and kept."""
    session = case.session
    if session is None or session.ended_at is None:
        return ""
    since = case.clock.on_aws(since_at)
    low_s, high_s = ((session.ended_at - at).total_seconds() for at in (since.high_at, since.low_at))
    return span_text(low_s, high_s)


def _listed_s(case: Case, since_at: datetime) -> str:
    key = case.own.item.key if case.own is not None and case.certain else None
    seen_at = dict(case.run.first_listed).get(key) if key is not None else None
    return "" if seen_at is None else f"{(seen_at - since_at).total_seconds():.1f}"


def _span(since_at: datetime, low_at: datetime, high_at: datetime) -> str:
    return span_text(max(0.0, (low_at - since_at).total_seconds()), (high_at - since_at).total_seconds())


def _after_restart(record: RunRecord, case: Case) -> Iterator[Finding]:
    run, boot = record.run, case.onset.boot
    if boot is None:
        return
    seen_at = run.boot_reads[-1].at if run.boot_reads else run.started_at
    again = next((event for event in record.events if isinstance(event, SessionSeenAgain)), None)
    if again is not None and again.at >= boot.range.low_at:
        text = N_("The session was listed as Active again after the restart.")
        yield _resumed(run, text, again.at, "SessionSeenAgain", _ONLY_LISTED)
    elif run.left is None:
        text = N_("The session was still listed as Active when the run looked no longer.")
        yield _resumed(run, text, seen_at, "BootTimeRead", _ONLY_LISTED)
    else:
        yield _ended(run, boot.range)
    near = run.neighbours
    for other in near.sessions if near is not None else ():
        if other.target == run.plan.instance_id and other.started_at >= boot.range.low_at and near is not None:
            after = _after(boot.range, other.started_at)
            fields = (("session", other.session_id), ("after", after), ("count", str(len(run.candidates))))
            text = N_(
                "Another session, {session}, began {after} s after the boot; objects that could be its own: {count}"
            )
            yield _resumed(run, text, near.at, "NeighboursRead", "", fields)


def _after(boot: TimeRange, at: datetime) -> str:
    """Return how long after a boot, whose moment is known as a range, something was that is not before it."""
    low_s, high_s = ((at - boot_at).total_seconds() for boot_at in (boot.high_at, boot.low_at))
    return span_text(max(0.0, low_s), high_s)


def _ended(run: RunState, boot: TimeRange) -> Finding:
    """Return that the session was over, and for how long after the boot it was looked for."""
    until_at = (
        run.neighbours.at if run.neighbours is not None else run.left.at if run.left is not None else boot.high_at
    )
    looked_s = (until_at - boot.high_at).total_seconds()
    status = run.left.session.status.value if run.left is not None else ""
    text = N_("The session was over ({status}) and not listed as Active again until {seconds} s after the boot.")
    fields = (("status", missing(status)), ("seconds", f"{max(0.0, looked_s):.0f}"))
    enough = looked_s > 0.0 and run.neighbours is not None and run.neighbours.complete
    return _resumed(run, text, until_at, "SessionLeftActive", "" if enough else _NOT_LOOKED_AFTER, fields)


def _resumed(run: RunState, text: str, at: datetime, event: str, why: str, fields: Fields = ()) -> Finding:
    sure = Sureness.HINT if why else Sureness.SETTLED
    return Finding(text, fields, at, event, "ssm:DescribeSessions", sure, why, run.run_id)
