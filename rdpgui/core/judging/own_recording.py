"""Check (c): this object belongs to this session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.judging.own_film import Elsewhere, Match, MatchKind, elsewhere, match_recording, own_film
from rdpgui.core.recording import Denial
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, Fields, contradicted, held, moment, not_made


@dataclass(frozen=True, slots=True)
class Destination:
    """What was read of the recording destination when the wait ended.

    Attributes:
        readable: the listing was read. unchanged: the preferences still are the baseline's.
        unread: why a candidate's bytes could not be taken, a cause word; empty when they could.
        denials: calls that the destination refused to the service principal, newest first.
        looks: successful listings since the session left Active; None when they were not counted.
        listed: new objects in the last listing, read or not.
        bucket_key: KMS key of the bucket's default encryption, empty without one, None when it was not read.
    """

    readable: bool
    unchanged: bool
    read_at: datetime | None = None
    unread: str = ""
    denials: tuple[Denial, ...] = ()
    looks: int | None = None
    listed: int = 0
    bucket_key: str | None = None


NOT_READ = Destination(readable=False, unchanged=False)


def destination_of(run: RunState) -> Destination:
    """Return what the journal says was read of the destination."""
    read = run.destination
    if read is None:
        return NOT_READ
    return Destination(
        read.readable,
        read.unchanged,
        read.listed_at,
        read.unread,
        read.denials,
        read.looks,
        read.listed,
        read.bucket_key,
    )


def check_own_recording(run: RunState, destination: Destination) -> Check:
    """Check (c): this object belongs to this session."""
    check_id = CheckId.OWN_RECORDING
    match = match_recording(run)
    fields = (("count", str(match.count)), ("key", match.item.key if match.item is not None else "-"))
    if match.kind is MatchKind.NONE:
        return _check_missing(run, destination)
    if match.kind is MatchKind.SEVERAL:
        return _several(run, match, fields)
    match match.misfit:
        case "":
            return held(check_id, _own_text(run, match), fields)
        case "other-session" | "stale-object":
            return _not_own(run, match, fields)
        case "clock-skew":
            text = N_("The film in {key} states a time that cannot be: a clock is wrong.")
            return not_made(check_id, text, match.misfit, fields)
        case "not-a-film":
            text = N_("{key} is no film, so it cannot be told whose recording it is.")
            return not_made(check_id, text, match.misfit, fields)
        case "not-inspected" if destination.unread == "object-changed":
            text = N_("{key} changed while it was read, so it is not one recording.")
            return not_made(check_id, text, destination.unread, fields)
        case "not-inspected" if destination.unread == "disk-full":
            text = N_("There was no room on the disk for {key}; it is still in S3.")
            return not_made(check_id, text, destination.unread, fields)
        case "not-inspected" if destination.unread:
            return not_made(check_id, N_("The bytes of {key} could not be read."), destination.unread, fields)
        case _:
            return not_made(check_id, N_("It could not be told whose recording {key} is."), match.misfit, fields)


def _own_text(run: RunState, match: Match) -> str:
    before = {key for key, _etag in run.baseline.object_keys} if run.baseline is not None else set()
    if match.item is not None and match.item.key in before:
        return N_("{key} replaced an older object; it is in the window, and its film fits (candidates: {count}).")
    return N_("{key} is new, in the window, and its film fits the session (candidates: {count}).")


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
    return not_made(CheckId.OWN_RECORDING, text, match.misfit or "several-candidates", fields)


def _not_own(run: RunState, match: Match, fields: Fields) -> Check:
    """An object of another session: which one, as far as it can be told."""
    item, session, own = match.item, run.session, own_film(run)
    texts = {
        Elsewhere.OTHER_INSTANCE: N_("{key} names another instance: it shows another session."),
        Elsewhere.LONGER: N_("{key} shows another session: its film is {film} s long, longer than the session."),
        Elsewhere.EARLIER: N_(
            "{key} shows another session, an earlier one that arrived late: its film begins at {film_at}, "
            "this session at {session_at} ({zone})."
        ),
        Elsewhere.LATER: N_(
            "{key} shows another session, a later one: its film begins at {film_at}, "
            "this session at {session_at} ({zone})."
        ),
        Elsewhere.UNPLACED: N_("{key} shows another session."),
    }
    facts = own.facts if own is not None else None
    if item is not None and session is not None:
        fields = (*fields, ("object_at", moment(item.modified_at)), ("session_at", moment(session.started_at)))
    if facts is not None:
        fields = (*fields, ("film", f"{facts.duration_s:.1f}"))
        fields = (*fields, ("film_at", moment(facts.created_at))) if facts.created_at is not None else fields
    if match.misfit == "stale-object":
        text = N_("{key} lay there before: it is of {object_at}, the session began at {session_at} ({zone}).")
    else:
        where = elsewhere(run, item) if item is not None else None
        text = texts[where or Elsewhere.UNPLACED]
    return contradicted(CheckId.OWN_RECORDING, text, match.misfit, fields)


def _check_missing(run: RunState, destination: Destination) -> Check:
    check_id = CheckId.OWN_RECORDING
    if run.session is None:
        return not_made(check_id, N_("There was no session."), "no-session")
    if run.left is None:
        return not_made(check_id, N_("The session has not ended, so there is no recording yet."), "session-active")
    if not destination.readable:
        text = N_("The recording destination could not be read.")
        return not_made(check_id, text, "destination-unreadable")
    if not destination.unchanged:
        text = N_("The recording preferences changed during the run.")
        return not_made(check_id, text, "preferences-changed")
    waited_s = _seconds_between(run.first_left_at, destination.read_at)
    fields: Fields = (("seconds", f"{waited_s:.0f}"), ("limit", f"{run.plan.recording_limit_s:.0f}"))
    if waited_s < run.plan.recording_limit_s:
        text = N_("No recording after {seconds} s; it is overdue after {limit} s.")
        return not_made(check_id, text, "no-recording-yet", fields)
    if destination.denials:
        denial = destination.denials[0]
        refused: Fields = (("operation", denial.operation), ("code", denial.code))
        text = N_("No recording arrived: the destination refused {operation} to GUI Connect ({code}).")
        return not_made(check_id, text, "destination-refused", refused)
    older = len(run.baseline.object_keys) if run.baseline is not None else 0
    text = N_("No recording arrived within {seconds} s, although the destination was read and the session was active.")
    if older:
        fields = (*fields, ("older", str(older)))
        text = N_("No recording arrived within {seconds} s; the destination holds only older objects ({older}).")
    return contradicted(check_id, text, "recording-missing", fields)


def _seconds_between(begin_at: datetime | None, end_at: datetime | None) -> float:
    return 0.0 if begin_at is None or end_at is None else (end_at - begin_at).total_seconds()
