"""Checks (d) to (f): the film is whole, reaches the session's end, and its last frame was decoded."""

from __future__ import annotations

from rdpgui.core.disruption import DISRUPTIONS
from rdpgui.core.film import FilmFacts, TailClass
from rdpgui.core.judging.clocks import SKEW_LIMIT_S, clock_offset
from rdpgui.core.judging.gap import Gap, frozen_for_s, painted_clock_error_s
from rdpgui.core.judging.own_film import OwnFilm
from rdpgui.core.judging.session_end import EndBasis
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, Fields, contradicted, held, not_made

PAINTED_CLOCK_LIMIT_S = 2.0
"""A painted clock that starts further from the film's start was not set to UTC."""

FROZEN_LIMIT_S = 1.5
"""The painted clock moves ten times a second; when it stood longer at the film's end, the source had frozen."""


def check_integrity(own: OwnFilm | None) -> Check:
    """Check (d): the bytes are the object's, none that the index lists is missing, and the end decodes.

    What lies between is not decoded: the sentence claims no more than that.
    """
    check_id = CheckId.INTEGRITY
    if own is None or (own.saved is None and own.inspected is None):
        return not_made(check_id, N_("There is no recording to check."), "no-recording")
    fields: Fields = (("key", own.item.key), ("bytes", str(own.item.size_bytes)))
    if own.saved is not None and own.saved.checksum_matched is False:
        text = N_("The bytes of {key} do not match the object's checksum.")
        return contradicted(check_id, text, "checksum-mismatch", fields)
    if own.item.size_bytes == 0:
        return contradicted(check_id, N_("{key} has no bytes."), "object-empty", fields)
    if own.inspected is None:
        return not_made(check_id, N_("{key} was not inspected."), "not-inspected", fields)
    facts = own.inspected.facts
    if facts is None:
        text, fields = N_("{key} is no film that can be read: {error}"), (*fields, ("error", own.inspected.error))
        return contradicted(check_id, text, "not-a-film", fields)
    if facts.truncated:
        text = N_("The film in {key} is cut off, or its end is damaged.")
        return contradicted(check_id, text, "film-truncated", fields)
    if facts.size_bytes != own.item.size_bytes:
        fields = (*fields, ("file", str(facts.size_bytes)))
        text = N_("The file has {file} bytes, the object {bytes}.")
        return contradicted(check_id, text, "size-differs", fields)
    if own.saved is None or own.saved.checksum_matched is None:
        text = N_(
            "{key} is complete to its end ({bytes} bytes) and its end decodes; "
            "S3 has no full-object checksum to compare with."
        )
        return held(check_id, text, fields)
    text = N_("{key} is complete to its end ({bytes} bytes), its end decodes, and it matches its checksum.")
    return held(check_id, text, fields)


def check_reaches_end(run: RunState, facts: FilmFacts | None, gap: Gap | None) -> Check:
    """Check (e): the film's end reaches the session's end within the tolerance."""
    check_id = CheckId.REACHES_END
    offset = clock_offset(run.baseline)
    if max(abs(offset.low_s), abs(offset.high_s)) > SKEW_LIMIT_S:
        fields: Fields = (("seconds", f"{offset.middle_s:.0f}"),)
        text = N_("The local clock differs from AWS by {seconds} s; set it and run again.")
        return not_made(check_id, text, "clock-skew", fields)
    if facts is None:
        return not_made(check_id, N_("There is no film to measure."), "no-film")
    if gap is None:
        return not_made(check_id, N_("Where the film ends could not be placed in time."), "film-end-not-known")
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
        return not_made(check_id, text, "clock-skew", (*fields, ("off", f"{off_s:.0f}")))
    if low_s > run.plan.tolerance_s:
        text = N_("Session end minus film end: {low} to {high} s (tolerance {tolerance} s).")
        return contradicted(check_id, text, "film-ends-early", fields)
    if high_s > run.plan.tolerance_s:
        text = N_("Session end minus film end: {low} to {high} s, too coarse for {tolerance} s.")
        return not_made(check_id, text, _coarse_cause(gap, run.plan.tolerance_s), fields)
    return held(check_id, N_("Session end minus film end: {low} to {high} s (tolerance {tolerance} s)."), fields)


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
        return not_made(check_id, N_("The last frame was not decoded."), "no-last-frame")
    facts = own.facts
    fields = (("pts", f"{facts.last_frame_pts_s:.3f}"), ("tail", facts.tail.tail_class.value if facts.tail else "-"))
    frozen_s = frozen_for_s(facts)
    if frozen_s is not None and frozen_s > FROZEN_LIMIT_S:
        text = N_("The picture had been standing still for {frozen} s when the film ended.")
        return contradicted(check_id, text, "source-frozen", (*fields, ("frozen", f"{frozen_s:.1f}")))
    idle_s = _idle_at_end_s(facts)
    expected = DISRUPTIONS[run.plan.disruption_id].shows_shutdown
    if expected and frozen_s is None and _shows_content(facts) and idle_s > run.plan.tolerance_s:
        text = N_("The picture does not change in the last {idle} s and shows no shutdown: the source may have frozen.")
        return not_made(check_id, text, "source-frozen", (*fields, ("idle", f"{idle_s:.1f}")))
    return held(check_id, N_("The last frame at {pts} s was decoded ({tail})."), fields)


def _idle_at_end_s(facts: FilmFacts) -> float:
    """Return how long the picture had not changed when the film ended; a last frame held long counts, too."""
    idle = bool(facts.idle) and facts.idle[-1].end_s >= facts.last_frame_pts_s - 0.5
    since_s = min(facts.last_frame_pts_s, facts.idle[-1].begin_s) if idle else facts.last_frame_pts_s
    return max(facts.duration_s, facts.last_frame_pts_s) - since_s


def _shows_content(facts: FilmFacts) -> bool:
    return facts.tail is not None and facts.tail.tail_class is TailClass.CONTENT
