"""Check (c): this object belongs to this session."""

from __future__ import annotations

from rdpgui.core.judging.case import NOT_READ, Case
from rdpgui.core.judging.naming import Naming, names_other_instance
from rdpgui.core.judging.own_film import Elsewhere, Match, MatchKind, elsewhere
from rdpgui.core.session import SessionOrigin
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, Fields, contradicted, held, moment, not_made

LEAST_LOOKS = 3
"""Listings after the session's end that are made before a recording counts as missing: a deadline that passed while
nobody looked is none."""

MEASURED_S = 2.0
"""A clock is compared with AWS's to about a second, each time."""

_CHECK = CheckId.OWN_RECORDING


def check_own_recording(case: Case) -> Check:
    """Check (c): this object belongs to this session."""
    match, run = case.match, case.run
    fields = (("count", str(match.count)), ("key", match.item.key if match.item is not None else "-"))
    if case.session is not None and not case.session.may_be_remote_desktop:
        text = N_("The session's document is not that of a remote desktop, so nothing of it is recorded.")
        return not_made(_CHECK, text, "not-a-remote-desktop", fields)
    if match.kind is MatchKind.NONE:
        return _check_missing(case)
    if match.kind is MatchKind.SEVERAL:
        return _several(run, match, fields)
    match match.misfit:
        case "":
            return _own(case, fields)
        case "other-session" | "stale-object":
            return _not_own(case, fields)
        case "no-painted-clock":
            text = N_("The film in {key} carries no painted clock: it is not the lab's.")
            alone = match.count == 1 and _looked_fully(case)
            return (contradicted if alone else not_made)(_CHECK, text, match.misfit, fields)
        case "not-inspected" if case.destination.unread:
            return _unread(case.destination.unread, fields)
        case _:
            return _not_told(case, fields)


def _own(case: Case, fields: Fields) -> Check:
    run, item = case.run, case.match.item
    key_doubt = _key_doubt(case)
    if key_doubt is not None:
        return key_doubt
    if run.baseline is None:
        text = N_("What lay in the destination before is not in the journal: that {key} is new is not known.")
        return not_made(_CHECK, text, "destination-unreadable", fields)
    before = dict(run.baseline.object_keys)
    if item is not None and before.get(item.key) == item.etag:
        text = N_("{key} lay there before the session, with the same content.")
        return not_made(_CHECK, text, "stale-object", fields)
    if item is not None and item.key in before:
        text = N_("{key} replaced an older object; it is in the window, and its film fits (candidates: {count}).")
        return held(_CHECK, text, fields)
    if case.match.naming in (Naming.SESSION, Naming.KEY):
        return held(_CHECK, N_("{key} is new, in the window, and names this session (candidates: {count})."), fields)
    text = N_(
        "{key} is new, in the window, its film fits the session, and no other session of this account and Region "
        "could have made it (candidates: {count})."
    )
    return held(_CHECK, text, fields)


def _key_doubt(case: Case) -> Check | None:
    """Return the check when the object is encrypted with a key that neither preferences nor bucket name."""
    item, baseline = case.match.item, case.run.baseline
    if item is None or baseline is None or not item.kms_key:
        return None
    known = [key for key in (baseline.preferences.kms_key_arn, case.destination.bucket_key) if key]
    if any("alias/" in key or _key_id(key) == _key_id(item.kms_key) for key in known):
        return None
    fields = (("key", item.key), ("used", item.kms_key), ("wanted", baseline.preferences.kms_key_arn))
    text = N_("{key} is encrypted with {used}; the preferences name {wanted}.")
    return not_made(_CHECK, text, "other-encryption-key", fields)


def _key_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _not_told(case: Case, fields: Fields) -> Check:
    """Return the check of an object of which it cannot be told whose recording it is."""
    texts = {
        "clock-skew": N_("The film in {key} states a time that cannot be: a clock is wrong."),
        "clock-disagrees": N_(
            "By the taskbar's clock in its pictures the film in {key} begins at {clock_at}, local time of the "
            "instance: in no time zone is that of this session, although the object says that it is."
        ),
        "not-a-film": N_("{key} is no film, so it cannot be told whose recording it is."),
        "neighbours-unknown": N_(
            "Which other sessions could have made {key} is not known, and it names none: it may be of any of them."
        ),
        "looks-alike": N_("{key} may as well be of session {rival} on {instance}, and it names none."),
        "not-placed": N_("{key} names no session and no time: by its length alone it cannot be told whose it is."),
        "longer": N_("{key} names no session, and its film is longer than this one: it may be of another."),
        "names-several": N_("{key} names more than one session or instance."),
        "other-bucket": N_("{key} lies in another bucket than the preferences name."),
        "written-before-end": N_("{key} was written before the session ended."),
    }
    text = texts.get(case.match.misfit, N_("It could not be told whose recording {key} is."))
    if case.match.misfit == "longer" and case.match.naming in (Naming.SESSION, Naming.KEY):
        text = N_("{key} names this session, but its film is longer: what else it shows is not known.")
    rival = case.match.rival
    if case.match.misfit == "clock-disagrees":
        fields = (*fields, *_clock_field(case))
    if rival is not None:
        fields = (*fields, ("rival", rival.session_id), ("instance", rival.target))
    return not_made(_CHECK, text, case.match.misfit, fields)


def _clock_field(case: Case) -> Fields:
    """Return the film's begin by the clock in its pictures, as it stands there: its zone is not known."""
    clock = case.facts.clock if case.facts is not None else None
    return () if clock is None else (("clock_at", f"{clock.zero_low_at:%Y-%m-%d %H:%M:%S}"),)


def _unread(cause: str, fields: Fields) -> Check:
    texts = {
        "object-changed": N_("{key} changed while it was read, so it is not one recording."),
        "disk-full": N_("There was no room on the disk for {key}; it is still in S3."),
    }
    return not_made(_CHECK, texts.get(cause, N_("The bytes of {key} could not be read.")), cause, fields)


def _several(run: RunState, match: Match, fields: Fields) -> Check:
    """Several objects: the first and the one that came last, so that a late one can be seen for what it is."""
    first, last = run.candidates[0], run.candidates[-1]
    text = N_(
        "{count} new objects could be the recording, and they cannot be told apart: "
        "{first} of {first_at} up to {last} of {last_at} ({zone})."
    )
    fields = (
        *fields,
        ("first", first.key),
        ("first_at", moment(first.modified_at)),
        ("last", last.key),
        ("last_at", moment(last.modified_at)),
    )
    return not_made(_CHECK, text, match.misfit, fields)


def _not_own(case: Case, fields: Fields) -> Check:
    """An object of another session: which one, as far as it can be told.

    Only the lab's own title in the film, and an age, contradict, and only where the own recording was awaited: what
    others write into names and times may be wrong, and the own one may lie beside it, or come.
    """
    item, session, facts, misfit = case.match.item, case.session, case.facts, case.match.misfit
    where = elsewhere(case.run, item, case.end) if item is not None else None
    if item is not None and session is not None:
        fields = (*fields, ("object_at", moment(item.modified_at)), ("session_at", moment(session.started_at)))
    if facts is not None:
        zero_at = facts.created_at or facts.first_painted_at
        fields = (*fields, ("film", f"{facts.duration_s:.1f}"))
        fields = (*fields, ("film_at", moment(zero_at))) if zero_at is not None else fields
        fields = (*fields, *_clock_field(case)) if where is Elsewhere.OTHER_DAY else fields
    if misfit == "stale-object":
        text: str = N_("{key} lay there before: it is of {object_at}, the session began at {session_at} ({zone}).")
    else:
        text = _ELSEWHERE[where] if where is not None else N_("{key} shows another session.")
    certain = misfit == "stale-object" or (
        case.run.plan.lab and facts is not None and names_other_instance(case.run, facts)
    )
    return (contradicted if certain and _looked_fully(case) else not_made)(_CHECK, text, misfit, fields)


def _looked_fully(case: Case) -> bool:
    """Whether the own recording would have been seen: another one that lies there says nothing of one still to come."""
    seen, count = case.destination, case.match.count
    return seen.readable and seen.unchanged and not seen.unread and seen.listed <= count and _waited(case) is None


_ELSEWHERE = {
    Elsewhere.OTHER_INSTANCE: N_("{key} names another instance: it shows another session."),
    Elsewhere.OTHER_SESSION: N_("{key} names another session."),
    Elsewhere.LONGER: N_("{key} shows another session: its film is {film} s long, longer than the session."),
    Elsewhere.EARLIER: N_(
        "{key} shows another session, an earlier one that arrived late: its film begins at {film_at}, "
        "this session at {session_at} ({zone})."
    ),
    Elsewhere.LATER: N_(
        "{key} shows another session, a later one: its film begins at {film_at}, this session at {session_at} ({zone})."
    ),
    Elsewhere.OTHER_DAY: N_(
        "{key} shows another session: by the taskbar's clock in its pictures its film begins at {clock_at}, local time "
        "of the instance, and this session at {session_at} ({zone})."
    ),
}


def _check_missing(case: Case) -> Check:
    """No candidate: missing only when it was looked for long and often enough where it would have been seen."""
    run, destination = case.run, case.destination
    if run.session is None:
        return not_made(_CHECK, N_("There was no session."), "no-session")
    if run.left is None:
        return not_made(_CHECK, N_("The session has not ended, so there is no recording yet."), "session-active")
    if destination is NOT_READ:
        text = N_(
            "What was read of the recording destination is not in the journal: nothing is said of what is missing."
        )
        return not_made(_CHECK, text, "destination-unreadable")
    if not destination.readable:
        return not_made(_CHECK, N_("The recording destination could not be read."), "destination-unreadable")
    if not destination.unchanged:
        return not_made(_CHECK, N_("The recording preferences changed during the run."), "preferences-changed")
    if destination.listed or destination.unread:
        text = N_("New objects are listed ({listed}), but they could not be read: the recording may be among them.")
        return not_made(_CHECK, text, destination.unread or "object-unreadable", (("listed", str(destination.listed)),))
    return _waited(case) or _missing(case)


def _waited(case: Case) -> Check | None:
    """Return the check when nobody looked long or often enough."""
    run, destination = case.run, case.destination
    waited_s = _waited_s(case)
    fields: Fields = (("seconds", f"{waited_s:.0f}"), ("limit", f"{run.plan.recording_limit_s:.0f}"))
    set_meanwhile = case.clock.stepped_s or case.clock.lives > 1
    if waited_s < run.plan.recording_limit_s - (MEASURED_S if set_meanwhile else 0.0):
        text = N_("No recording after {seconds} s; it is overdue after {limit} s.")
        return not_made(_CHECK, text, "no-recording-yet", fields)
    if destination.looks is None or destination.looks < LEAST_LOOKS:
        fields = (*fields, ("looks", str(destination.looks or 0)), ("least", str(LEAST_LOOKS)))
        text = N_("The destination was looked at {looks} times only since the session ended (at least {least}).")
        return not_made(_CHECK, text, "looked-too-little", fields)
    return None


def _missing(case: Case) -> Check:
    run, destination = case.run, case.destination
    waited_s = _waited_s(case)
    fields: Fields = (("seconds", f"{waited_s:.0f}"), ("limit", f"{run.plan.recording_limit_s:.0f}"))
    if destination.denials:
        denial = destination.denials[0]
        refused: Fields = (("operation", denial.operation), ("code", denial.code))
        text = N_("No recording arrived: the destination refused {operation} to GUI Connect ({code}).")
        return not_made(_CHECK, text, "destination-refused", refused)
    known = {run.attached.origin if run.attached is not None else SessionOrigin.UNKNOWN, destination.origin}
    if not known & {SessionOrigin.PROGRAM, SessionOrigin.CONSOLE_EVENT}:
        text = N_("No recording arrived, but the session may be a local tunnel, which is not recorded.")
        return not_made(_CHECK, text, "may-be-a-tunnel", fields)
    older = run.baseline.objects_there if run.baseline is not None else 0
    text = N_("No recording arrived within {seconds} s, although the destination was read and the session was active.")
    if older:
        fields = (*fields, ("older", str(older)))
        text = N_("No recording arrived within {seconds} s; the destination holds only older objects ({older}).")
    return contradicted(_CHECK, text, "recording-missing", fields)


def _waited_s(case: Case) -> float:
    """Return for how long somebody certainly waited: never less than nothing, though the last look was earlier."""
    left_at, read_at = case.run.first_left_at, case.destination.read_at
    return 0.0 if left_at is None or read_at is None else case.clock.passed_s(left_at, read_at)
