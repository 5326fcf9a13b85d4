"""The verdict: six checks, each a small total function over one run, and the rule that joins them.

Source: design, verdict. PASS only if all six hold; FAIL when one is contradicted by
evidence; INCONCLUSIVE when one could not be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from rdpgui.core.disruption import DISRUPTIONS
from rdpgui.core.film import FilmFacts, TailClass
from rdpgui.core.gap import (
    SKEW_LIMIT_S,
    EndBasis,
    Gap,
    clock_offset,
    frozen_for_s,
    on_aws_clock,
    painted_clock_error_s,
    painted_gap_s,
    session_end,
    shutdown_gap,
)
from rdpgui.core.matching import Elsewhere, Match, MatchKind, OwnFilm, elsewhere, match_recording, own_film
from rdpgui.core.proof import check_disruption, disruption_began_at
from rdpgui.core.recording import Denial
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue

PAINTED_CLOCK_LIMIT_S = 2.0
"""A painted clock that starts further from the film's start was not set to UTC."""

FROZEN_LIMIT_S = 1.5
"""The painted clock moves ten times a second; when it stood longer at the film's end, the source had frozen."""

BY_HAND_LIMIT_S = 120.0
"""By hand, the session's end and the first sign of the disruption are at most this far apart."""

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """What was read of the recording destination when the wait ended.

    Attributes:
        readable: the listing was read. unchanged: the preferences still are the baseline's.
        unread: why a candidate's bytes could not be taken, a cause word; empty when they could.
        denials: calls that the destination refused to the service principal, newest first.
    """

    readable: bool
    unchanged: bool
    read_at: datetime | None = None
    unread: str = ""
    denials: tuple[Denial, ...] = ()


def judge(run: RunState, destination: Destination) -> Verdict:
    """Return the verdict on a run from what its events say, and the destination's health."""
    own = own_film(run)
    facts = own.facts if own is not None else None
    gap = shutdown_gap(run, facts) if facts is not None else None
    checks = (
        check_disruption(run, facts),
        check_ended_after(run),
        check_own_recording(run, destination),
        check_integrity(own),
        check_reaches_end(run, facts, gap),
        check_last_frame(run, own),
    )
    painted_s = painted_gap_s(run, facts) if facts is not None and run.plan.lab else None
    return Verdict(verdict_of(checks), checks, gap.interval if gap is not None else None, painted_s)


def verdict_of(checks: tuple[Check, ...]) -> VerdictValue:
    """Return the value that follows from the checks."""
    results = {check.result for check in checks}
    if CheckResult.CONTRADICTED in results:
        return VerdictValue.FAIL
    if CheckResult.NOT_MADE in results or {c.check_id for c in checks} != set(CheckId):
        return VerdictValue.INCONCLUSIVE
    return VerdictValue.PASS


def check_ended_after(run: RunState) -> Check:
    """Check (b): the session ended after the disruption, not before."""
    check_id = CheckId.ENDED_AFTER
    end = session_end(run)
    if end is None or run.left is None:
        return _not_made(check_id, N_("The session's end was not seen."), "session-end-not-seen")
    if run.plan.by_hand:
        return _ended_with_disruption_by_hand(run)
    began_at = disruption_began_at(run)
    if began_at is None:
        return _not_made(check_id, N_("There was no disruption to compare with."), "not-disrupted")
    began = on_aws_clock(began_at, clock_offset(run.baseline))
    low, high = _moment(end.range.low_at), _moment(end.range.high_at)
    fields = (("began", _moment(began.low_at)), ("low", low), ("high", high))
    if end.range.high_at < began.low_at:
        text = N_("The session ended before the disruption ({high} is before {began}, {zone}).")
        return _contradicted(check_id, text, "session-ended-before", fields)
    if end.range.low_at >= began.high_at or run.left.last_active_at >= began_at:
        return _held(check_id, N_("The session ended between {low} and {high}, after {began} ({zone})."), fields)
    text = N_("The session ended between {low} and {high}; that this is after {began} is not certain ({zone}).")
    return _not_made(check_id, text, "session-end-order-unknown", fields)


def _ended_with_disruption_by_hand(run: RunState) -> Check:
    check_id = CheckId.ENDED_AFTER
    signs = [c.not_before_at or c.at for c in run.connection_changes]
    signs += [c.not_before_at or c.at for c in run.instance_changes]
    left_at = run.first_left_at
    if not signs or left_at is None:
        return _not_made(check_id, N_("No disruption was seen."), "disruption-not-proven")
    apart_s = (min(signs) - left_at).total_seconds()
    fields = (("seconds", f"{abs(apart_s):.1f}"),)
    if apart_s > BY_HAND_LIMIT_S:
        text = N_("The session ended {seconds} s before the first sign of the disruption.")
        return _contradicted(check_id, text, "session-ended-before", fields)
    return _held(check_id, N_("The session ended with the disruption ({seconds} s apart)."), fields)


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
            return _held(check_id, _own_text(run, match), fields)
        case "other-session" | "stale-object":
            return _not_own(run, match, fields)
        case "clock-skew":
            text = N_("The film in {key} states a time that cannot be: a clock is wrong.")
            return _not_made(check_id, text, match.misfit, fields)
        case "not-a-film":
            text = N_("{key} is no film, so it cannot be told whose recording it is.")
            return _not_made(check_id, text, match.misfit, fields)
        case "not-inspected" if destination.unread == "object-changed":
            text = N_("{key} changed while it was read, so it is not one recording.")
            return _not_made(check_id, text, destination.unread, fields)
        case "not-inspected" if destination.unread == "disk-full":
            text = N_("There was no room on the disk for {key}; it is still in S3.")
            return _not_made(check_id, text, destination.unread, fields)
        case "not-inspected" if destination.unread:
            return _not_made(check_id, N_("The bytes of {key} could not be read."), destination.unread, fields)
        case _:
            return _not_made(check_id, N_("It could not be told whose recording {key} is."), match.misfit, fields)


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
        ("first_at", _moment(first.modified_at)),
        ("last", last.key),
        ("last_at", _moment(last.modified_at)),
    )
    return _not_made(CheckId.OWN_RECORDING, text, match.misfit or "several-candidates", fields)


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
        fields = (*fields, ("object_at", _moment(item.modified_at)), ("session_at", _moment(session.started_at)))
    if facts is not None:
        fields = (*fields, ("film", f"{facts.duration_s:.1f}"))
        fields = (*fields, ("film_at", _moment(facts.created_at))) if facts.created_at is not None else fields
    if match.misfit == "stale-object":
        text = N_("{key} lay there before: it is of {object_at}, the session began at {session_at} ({zone}).")
    else:
        where = elsewhere(run, item) if item is not None else None
        text = texts[where or Elsewhere.UNPLACED]
    return _contradicted(CheckId.OWN_RECORDING, text, match.misfit, fields)


def _check_missing(run: RunState, destination: Destination) -> Check:
    check_id = CheckId.OWN_RECORDING
    if run.session is None:
        return _not_made(check_id, N_("There was no session."), "no-session")
    if run.left is None:
        return _not_made(check_id, N_("The session has not ended, so there is no recording yet."), "session-active")
    if not destination.readable:
        text = N_("The recording destination could not be read.")
        return _not_made(check_id, text, "destination-unreadable")
    if not destination.unchanged:
        text = N_("The recording preferences changed during the run.")
        return _not_made(check_id, text, "preferences-changed")
    waited_s = _seconds_between(run.first_left_at, destination.read_at)
    fields: Fields = (("seconds", f"{waited_s:.0f}"), ("limit", f"{run.plan.recording_limit_s:.0f}"))
    if waited_s < run.plan.recording_limit_s:
        text = N_("No recording after {seconds} s; it is overdue after {limit} s.")
        return _not_made(check_id, text, "no-recording-yet", fields)
    if destination.denials:
        denial = destination.denials[0]
        refused: Fields = (("operation", denial.operation), ("code", denial.code))
        text = N_("No recording arrived: the destination refused {operation} to GUI Connect ({code}).")
        return _not_made(check_id, text, "destination-refused", refused)
    older = len(run.baseline.object_keys) if run.baseline is not None else 0
    text = N_("No recording arrived within {seconds} s, although the destination was read and the session was active.")
    if older:
        fields = (*fields, ("older", str(older)))
        text = N_("No recording arrived within {seconds} s; the destination holds only older objects ({older}).")
    return _contradicted(check_id, text, "recording-missing", fields)


def _seconds_between(begin_at: datetime | None, end_at: datetime | None) -> float:
    return 0.0 if begin_at is None or end_at is None else (end_at - begin_at).total_seconds()


def check_integrity(own: OwnFilm | None) -> Check:
    """Check (d): the bytes are the object's, none that the index lists is missing, and the end decodes.

    What lies between is not decoded: the sentence claims no more than that.
    """
    check_id = CheckId.INTEGRITY
    if own is None or (own.saved is None and own.inspected is None):
        return _not_made(check_id, N_("There is no recording to check."), "no-recording")
    fields: Fields = (("key", own.item.key), ("bytes", str(own.item.size_bytes)))
    if own.saved is not None and own.saved.checksum_matched is False:
        text = N_("The bytes of {key} do not match the object's checksum.")
        return _contradicted(check_id, text, "checksum-mismatch", fields)
    if own.item.size_bytes == 0:
        return _contradicted(check_id, N_("{key} has no bytes."), "object-empty", fields)
    if own.inspected is None:
        return _not_made(check_id, N_("{key} was not inspected."), "not-inspected", fields)
    facts = own.inspected.facts
    if facts is None:
        text, fields = N_("{key} is no film that can be read: {error}"), (*fields, ("error", own.inspected.error))
        return _contradicted(check_id, text, "not-a-film", fields)
    if facts.truncated:
        text = N_("The film in {key} is cut off, or its end is damaged.")
        return _contradicted(check_id, text, "film-truncated", fields)
    if facts.size_bytes != own.item.size_bytes:
        fields = (*fields, ("file", str(facts.size_bytes)))
        text = N_("The file has {file} bytes, the object {bytes}.")
        return _contradicted(check_id, text, "size-differs", fields)
    if own.saved is None or own.saved.checksum_matched is None:
        text = N_(
            "{key} is complete to its end ({bytes} bytes) and its end decodes; "
            "S3 has no full-object checksum to compare with."
        )
        return _held(check_id, text, fields)
    text = N_("{key} is complete to its end ({bytes} bytes), its end decodes, and it matches its checksum.")
    return _held(check_id, text, fields)


def check_reaches_end(run: RunState, facts: FilmFacts | None, gap: Gap | None) -> Check:
    """Check (e): the film's end reaches the session's end within the tolerance."""
    check_id = CheckId.REACHES_END
    offset = clock_offset(run.baseline)
    if max(abs(offset.low_s), abs(offset.high_s)) > SKEW_LIMIT_S:
        fields: Fields = (("seconds", f"{offset.middle_s:.0f}"),)
        text = N_("The local clock differs from AWS by {seconds} s; set it and run again.")
        return _not_made(check_id, text, "clock-skew", fields)
    if facts is None:
        return _not_made(check_id, N_("There is no film to measure."), "no-film")
    if gap is None:
        return _not_made(check_id, N_("Where the film ends could not be placed in time."), "film-end-not-known")
    low_s, high_s = gap.interval.low_s, gap.interval.high_s
    fields = (
        ("low", f"{low_s:.2f}"),
        ("high", f"{high_s:.2f}"),
        ("tolerance", f"{run.plan.tolerance_s:g}"),
        ("end_basis", gap.end.basis.value),
        ("start_basis", gap.start.basis.value),
    )
    off_s = painted_clock_error_s(facts, gap.start)
    if off_s > PAINTED_CLOCK_LIMIT_S:
        text = N_("The painted clock is {off} s away from the film's start: a clock is wrong.")
        return _not_made(check_id, text, "clock-skew", (*fields, ("off", f"{off_s:.0f}")))
    if low_s > run.plan.tolerance_s:
        text = N_("Session end minus film end: {low} to {high} s (tolerance {tolerance} s).")
        return _contradicted(check_id, text, "film-ends-early", fields)
    if high_s > run.plan.tolerance_s:
        text = N_("Session end minus film end: {low} to {high} s, too coarse for {tolerance} s.")
        return _not_made(check_id, text, _coarse_cause(gap, run.plan.tolerance_s), fields)
    return _held(check_id, N_("Session end minus film end: {low} to {high} s (tolerance {tolerance} s)."), fields)


def _coarse_cause(gap: Gap, tolerance_s: float) -> str:
    """Return whether the film ends early if EndDate is taken at its word, or nothing can be said."""
    stated = gap.end.stated
    if stated is None:
        return "end-date-missing" if gap.end.basis is EndBasis.POLLS else "gap-too-coarse"
    early = (stated.low_at - gap.film_end.high_at).total_seconds() > tolerance_s
    return "film-ends-early" if early else "gap-too-coarse"


def check_last_frame(run: RunState, own: OwnFilm | None) -> Check:
    """Check (f): the last frame was decoded and saved to be shown, and the picture was not standing still."""
    check_id = CheckId.LAST_FRAME
    if own is None or own.inspected is None or own.facts is None or not own.inspected.last_frame:
        return _not_made(check_id, N_("The last frame was not decoded."), "no-last-frame")
    facts = own.facts
    fields = (("pts", f"{facts.last_frame_pts_s:.3f}"), ("tail", facts.tail.tail_class.value if facts.tail else "-"))
    frozen_s = frozen_for_s(facts)
    if frozen_s is not None and frozen_s > FROZEN_LIMIT_S:
        text = N_("The picture had been standing still for {frozen} s when the film ended.")
        return _contradicted(check_id, text, "source-frozen", (*fields, ("frozen", f"{frozen_s:.1f}")))
    idle_s = _idle_at_end_s(facts)
    expected = DISRUPTIONS[run.plan.disruption_id].shows_shutdown
    if expected and frozen_s is None and _shows_content(facts) and idle_s > run.plan.tolerance_s:
        text = N_("The picture does not change in the last {idle} s and shows no shutdown: the source may have frozen.")
        return _not_made(check_id, text, "source-frozen", (*fields, ("idle", f"{idle_s:.1f}")))
    return _held(check_id, N_("The last frame at {pts} s was decoded ({tail})."), fields)


def _idle_at_end_s(facts: FilmFacts) -> float:
    """Return how long the picture had not changed when the film ended; a last frame held long counts, too."""
    idle = bool(facts.idle) and facts.idle[-1].end_s >= facts.last_frame_pts_s - 0.5
    since_s = min(facts.last_frame_pts_s, facts.idle[-1].begin_s) if idle else facts.last_frame_pts_s
    return max(facts.duration_s, facts.last_frame_pts_s) - since_s


def _shows_content(facts: FilmFacts) -> bool:
    return facts.tail is not None and facts.tail.tail_class is TailClass.CONTENT


def _moment(at: datetime) -> str:
    """Return a moment as it is kept in fields; who shows it makes it a local clock time."""
    return at.astimezone(UTC).isoformat()


def _held(check_id: CheckId, text: str, fields: Fields = ()) -> Check:
    return Check(check_id, CheckResult.HELD, text, fields)


def _contradicted(check_id: CheckId, text: str, cause: str, fields: Fields = ()) -> Check:
    return Check(check_id, CheckResult.CONTRADICTED, text, fields, cause)


def _not_made(check_id: CheckId, text: str, cause: str, fields: Fields = ()) -> Check:
    return Check(check_id, CheckResult.NOT_MADE, text, fields, cause)
