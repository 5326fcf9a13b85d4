"""Checks (d) to (f): the film is whole, reaches the session's end, and shows it."""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.clocks import WHOLE_SECOND_S, shifted
from rdpgui.core.disruption import Effect
from rdpgui.core.film import BreakWhy, EndClass, FilmFacts, TailClass, gravest_join
from rdpgui.core.judging.case import Case
from rdpgui.core.judging.ended_after import ANSWER_OLD_S
from rdpgui.core.judging.film_place import PAINTED_CLOCK_LIMIT_S, begins_by_two_clocks
from rdpgui.core.judging.gap import Gap, painted_clock_error_s
from rdpgui.core.judging.guest_clock import guest_off
from rdpgui.core.judging.naming import Naming
from rdpgui.core.judging.own_film import OwnFilm
from rdpgui.core.judging.session_end import EndBasis, may_have_lived_on_s
from rdpgui.core.judging.shown import Witness
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, Fields, contradicted, held, not_made

HELD_S = 1.5
"""A slow recorder holds each picture for up to a second; one that stood longer may have frozen."""

ORDER_SLACK_S = 1.0
"""A film that ends before the order by less may do so by its clock only."""


WRITTEN_SLACK_S = 2.0
"""S3 states LastModified in whole seconds, and its clock is not the session's."""


PAINTED_EVERY_S = 0.1
"""The lab's clock is painted so often: a picture tells no finer than this until when its guest lived."""

GUEST_CLOCK_S = 0.5
"""The clock in a picture is the guest's; one that is kept right is off by less."""

CLOCKS_APART_S = 0.25
"""Two clocks of one service, or of one machine, are nearer to each other."""

REST_S = 25.0

_JOINED = {
    BreakWhy.OUT_OF_ORDER: (
        N_("Parts of {key} are stored out of order: behind {at} s comes an earlier one."),
        "film-disordered",
    ),
    BreakWhy.STORED_TWICE: (N_("A part of {key} is stored a second time, behind {at} s."), "film-disordered"),
}
"""How parts of one recording may be joined, and the cause."""


def rest_limit_s(recording_limit_s: float) -> float:
    """Return for how long a second object of the same recording is awaited after the first, in seconds.

    How a service cuts recordings is not known. In a place where a recording is overdue earlier, so is its rest.
    """
    return min(REST_S, recording_limit_s)


def check_integrity(case: Case) -> Check:
    """Check (d): the bytes are the object's, none that the index lists is missing, and the end decodes.

    Interruptions are read from the container. What lies between is not decoded: the sentence claims no more than that.
    """
    check_id, own = CheckId.INTEGRITY, case.own
    broken = contradicted if _speaks(case) else not_made
    if own is None or (own.saved is None and own.inspected is None):
        return not_made(check_id, N_("There is no recording to check."), "no-recording")
    fields: Fields = (("key", own.item.key), ("bytes", str(own.item.size_bytes)))
    if own.item.size_bytes == 0:
        return broken(check_id, N_("{key} has no bytes."), "object-empty", fields)
    if (other := _other_bytes(own, fields)) is not None:
        return other
    if own.inspected is None:
        return not_made(check_id, N_("{key} was not inspected."), "not-inspected", fields)
    facts = own.inspected.facts
    if facts is None:
        text, fields = N_("{key} is no film that can be read: {error}"), (*fields, ("error", own.inspected.error))
        return broken(check_id, text, "not-a-film", fields)
    if facts.truncated:
        text = N_("The film in {key} is cut off, or its end is damaged.")
        return broken(check_id, text, "film-truncated", fields)
    if (interrupted := _interrupted(facts, fields)) is not None:
        return interrupted
    if own.saved is None or own.saved.checksum_matched is None:
        text = N_(
            "{key} is complete to its end ({bytes} bytes) and its end decodes; "
            "S3 has no full-object checksum to compare with."
        )
        return held(check_id, text, fields)
    text = N_("{key} is complete to its end ({bytes} bytes), its end decodes, and it matches its checksum.")
    return held(check_id, text, fields)


def _other_bytes(own: OwnFilm, fields: Fields) -> Check | None:
    """Return the check when what was saved is not what lies in S3; then nothing was seen of the recording."""
    if own.is_the_object:
        return None
    if own.saved is not None and own.saved.checksum_matched is False:
        text = N_("The bytes of {key} do not match the object's checksum.")
        return not_made(CheckId.INTEGRITY, text, "checksum-mismatch", fields)
    fields = (*fields, ("file", str(own.facts.size_bytes if own.facts is not None else 0)))
    return not_made(CheckId.INTEGRITY, N_("The file has {file} bytes, the object {bytes}."), "size-differs", fields)


def _interrupted(facts: FilmFacts, fields: Fields) -> Check | None:
    """Return the check when part of the film cannot be seen, or is of another recording.

    What can be seen may be all that matters, or not: neither is proof.
    """
    if facts.encrypted and facts.encrypted_from_s is not None:
        text = N_("The film in {key} is encrypted from {at} s on.")
        at_s, cause = facts.encrypted_from_s, "film-encrypted"
    elif facts.joins:
        join = gravest_join(facts.joins)
        text, cause = _JOINED.get(join.why, (N_("Another recording begins inside {key}, at {at} s."), "film-joined"))
        at_s = join.at_s
    elif facts.holes:
        text = N_("{seconds} s are missing in {key}, at {at} s.")
        at_s, cause = facts.holes[0].at_s, "film-has-hole"
        fields = (*fields, ("seconds", f"{facts.holes[0].seconds:.1f}"))
    elif facts.hidden_end_s:
        text = N_("{key} goes on for {seconds} s behind {at} s, where an edit list ends what is shown.")
        at_s, cause = facts.duration_s, "film-end-hidden"
        fields = (*fields, ("seconds", f"{facts.hidden_end_s:.1f}"))
    else:
        return None
    return not_made(CheckId.INTEGRITY, text, cause, (*fields, ("at", f"{at_s:.1f}")))


def _speaks(case: Case) -> bool:
    """Whether what is wrong with the object is wrong with this session's recording."""
    if case.certain or case.match.naming in (Naming.SESSION, Naming.KEY, Naming.INSTANCE):
        return True
    read = case.run.neighbours
    alone = read is not None and read.complete and not read.sessions and case.match.count == 1
    # Nothing else lies there unread, and recordings still go there.
    alone = alone and case.destination.listed <= 1 and case.destination.unchanged and not case.destination.unread
    return alone and case.match.misfit == "not-a-film"


def check_reaches_end(case: Case) -> Check:
    """Check (e): the film's end reaches the session's end within the tolerance, and contains the disruption."""
    check_id, gap, facts = CheckId.REACHES_END, case.gap, case.facts
    if not case.clock.known:
        fields: Fields = (("seconds", f"{case.clock.offset.middle_s:.0f}"),)
        text = N_("The local clock differs from AWS by {seconds} s; set it and run again.")
        return not_made(check_id, text, "clock-skew", fields)
    if facts is None:
        return not_made(check_id, N_("There is no film to measure."), "no-film")
    if case.match.misfit == "clock-disagrees":
        text = N_("The file states another day than the clock in its pictures: when it ends is not known.")
        return not_made(check_id, text, "clock-disagrees")
    if gap is None:
        return not_made(check_id, N_("Where the film ends could not be placed in time."), "film-end-not-known")
    tolerance_s = case.run.plan.tolerance_s
    low_s, high_s = gap.interval.low_s, gap.interval.high_s
    fields = (
        ("low", f"{low_s:.2f}"),
        ("high", f"{high_s:.2f}"),
        ("tolerance", f"{tolerance_s:g}"),
        ("end_basis", gap.end.basis.value),
        ("start_basis", gap.start.basis.value),
    )
    off_s = painted_clock_error_s(facts, gap.start)
    if off_s > PAINTED_CLOCK_LIMIT_S:
        text = N_("The painted clock is {off} s away from the film's start: a clock is wrong.")
        return not_made(check_id, text, "clock-skew", (*fields, ("off", f"{off_s:.0f}")))
    if not case.clock.tracked:
        text = N_("The local clock was measured once only; whether it was set meanwhile is not known.")
        return not_made(check_id, text, "clock-not-tracked", fields)
    if low_s > tolerance_s:
        text = N_("Session end minus film end: {low} to {high} s (tolerance {tolerance} s).")
        return _early(case, text, fields)
    if (later_s := may_have_lived_on_s(case.run, case.clock, gap.end)) > 0.0:
        high_s += later_s
        fields = (fields[0], ("high", f"{high_s:.2f}"), *fields[2:])
    if high_s > tolerance_s:
        text = N_("Session end minus film end: {low} to {high} s, too coarse for {tolerance} s.")
        return not_made(check_id, text, _coarse_cause(case, gap, tolerance_s), fields)
    return _contains(case, gap, fields)


def _early(case: Case, text: str, fields: Fields) -> Check:
    """The film ends early; where it belongs to another session, that says nothing of this one.

    Nor does its length, where the clock in its last picture says that it lacks something in between.
    """
    facts, end = case.facts, case.end
    if facts is not None and facts.hidden_end_s:  # nobody saw where it ends
        return not_made(CheckId.REACHES_END, text, "film-end-hidden", fields)
    if facts is not None and facts.painted_at is not None and end is not None:
        painted_s = (end.range.low_at - facts.painted_at).total_seconds()
        if painted_s <= case.run.plan.tolerance_s:
            return not_made(CheckId.REACHES_END, text, "film-ends-early", fields)
    elif case.shown is not None and case.shown.witness in (Witness.PERSON, Witness.READER):
        # A recorder that leaves out what stands still makes films that are short and whole.
        text = N_(
            "Session end minus film end: {low} to {high} s by its length; but its last pictures show the shutdown."
        )
        return not_made(CheckId.REACHES_END, text, "film-ends-early", fields)
    speaks = case.certain and _is_all(case) and _begin_is_sure(case)
    return (contradicted if speaks else not_made)(CheckId.REACHES_END, text, "film-ends-early", fields)


def _begin_is_sure(case: Case) -> bool:
    return case.facts is not None and begins_by_two_clocks(case.facts, guest_off(case.run, case.clock))


def _is_all(case: Case) -> bool:
    """Whether the object is all there is of the recording: one may go on in a second object, named or not.

    What lies there unread may be the rest, and what was written before the session's end has one.
    """
    match, item, end = case.match, case.match.item, case.end
    if case.destination.listed > match.count or item is None or end is None:
        return False
    if item.modified_at < shifted(end.range.low_at, -WRITTEN_SLACK_S):
        return False
    if not _rest_was_awaited(case):
        return False
    return match.count == 1 or (match.naming in (Naming.SESSION, Naming.KEY) and match.pieces == 1)


def _rest_was_awaited(case: Case) -> bool:
    """Whether the destination was listed for long enough after the object was read: a second one may come later."""
    saved, read_at = case.own.saved if case.own is not None else None, case.destination.read_at
    if saved is None or read_at is None or case.clock.stepped_s:
        return False
    return case.clock.passed_s(saved.at, read_at) >= rest_limit_s(case.run.plan.recording_limit_s)


def _coarse_cause(case: Case, gap: Gap, tolerance_s: float) -> str:
    """Return whether the film ends early if EndDate is taken at its word, or nothing can be said."""
    if case.clock.stepped_s and gap.end.basis is not EndBasis.END_DATE:
        return "clock-stepped"
    stated = gap.end.stated
    if stated is None:
        return "end-date-missing" if gap.end.basis is EndBasis.POLLS else "gap-too-coarse"
    early = (stated.low_at - gap.film_end.high_at).total_seconds() > tolerance_s
    by_length = gap.interval.half_width_s * 2 > tolerance_s and not early
    return "gap-too-coarse" if by_length else "film-ends-early"


def _contains(case: Case, gap: Gap, fields: Fields) -> Check:
    """The film reaches the end; does it also contain the disruption that ended the session?"""
    check_id, earliest = CheckId.REACHES_END, case.onset.earliest
    text = N_("Session end minus film end: {low} to {high} s (tolerance {tolerance} s).")
    seen = case.disruption.shows_shutdown and case.shown is not None and case.shown.witness is not Witness.NOBODY
    if case.disruption.is_control or earliest is None:
        return held(check_id, text, fields)
    if gap.film_end.high_at < shifted(earliest.low_at, -ORDER_SLACK_S):
        early = N_("The film ends before the disruption could act: it does not contain it.")
        # As in _early: the clock in the last picture may say that the film lacks something before it.
        painted_at = case.facts.painted_at if case.facts is not None else None
        over = painted_at is None or painted_at < shifted(earliest.low_at, -ORDER_SLACK_S)
        speaks = case.certain and over and _begin_is_sure(case)
        return (contradicted if speaks else not_made)(check_id, early, "film-without-disruption", fields)
    if seen and gap.film_end.low_at >= earliest.low_at:
        return held(check_id, text, fields)
    # EC2 states the very second of a stop, which the call may reach some time after its intent.
    stated = case.onset.stop_ordered
    acted_at = _called_by(case, earliest.high_at)
    acted_at = acted_at if stated is None else max(acted_at, stated.low_at)
    if _live_until(case, gap) < acted_at:
        text = N_("Whether the film contains the disruption is not certain: it may end before the order.")
        cause = "source-frozen" if case.shown is not None and case.shown.still else "film-without-disruption"
        return not_made(check_id, text, cause, fields)
    if _over_before_the_agent(case, gap):
        text = N_("The film ends while the agent was still seen: that it contains the disruption is not certain.")
        return not_made(check_id, text, "film-without-disruption", fields)
    return held(check_id, text, fields)


def _called_by(case: Case, earliest_at: datetime) -> datetime:
    """Return when a call that is answered was certainly made: it may reach the service long after its intent.

    Where the film shows nothing of the disruption, only its time says that it goes on until then.
    """
    intent, loss = case.run.disruption_intent, case.onset.loss
    if case.disruption.shows_shutdown or intent is None:
        return earliest_at
    answered = next((told for told in case.run.accepted if told.at >= intent.at), None)
    if answered is None:
        return earliest_at
    made_at = case.clock.on_aws(answered.at).high_at
    return max(earliest_at, made_at if loss is None else min(made_at, loss.high_at))


def _over_before_the_agent(case: Case, gap: Gap) -> bool:
    """Whether a look still saw the agent when the film was over, where nothing in the film shows the disruption.

    Where the disruption takes the agent, the film's own end counts; else when the object was written, whatever the
    clocks of recorder and guest say. A machine that is cut off is missed by Systems Manager later only. A look after
    the session's end was old, so one counts up to the end that is stated.
    """
    loss, stated = case.onset.loss, gap.end.stated
    if case.disruption.shows_shutdown or case.own is None or loss is None:
        return False
    seen_at = loss.low_at if stated is None else min(loss.low_at, stated.low_at)
    slack_s = WHOLE_SECOND_S + (0.0 if case.run.plan.lab else ANSWER_OLD_S)
    if shifted(case.own.item.modified_at, slack_s + CLOCKS_APART_S) < seen_at:
        return True
    return case.disruption.effect is Effect.AGENT and stated is not None and _film_over(case, gap) < seen_at


def _film_over(case: Case, gap: Gap) -> datetime:
    """Return the latest time at which the film can have ended; the clock in its last picture counts, too."""
    facts, over_at = case.facts, gap.film_end.high_at
    if facts is None or facts.painted_at is None:
        return over_at
    held_s = max(0.0, facts.duration_s - facts.last_frame_pts_s)
    return min(over_at, shifted(facts.painted_at, held_s + GUEST_CLOCK_S))


def _live_until(case: Case, gap: Gap) -> datetime:
    """Return until when the film certainly shows the living desktop: a picture that stood still shows no more."""
    shown, facts = case.shown, case.facts
    if shown is None or facts is None:
        return gap.film_end.low_at
    still_s = shown.idle_s if shown.frozen_s is None else shown.frozen_s - PAINTED_EVERY_S
    live_at = shifted(gap.film_end.low_at, -max(0.0, still_s))
    return live_at if facts.painted_at is None else min(live_at, shifted(facts.painted_at, PAINTED_EVERY_S))


def check_last_frame(case: Case) -> Check:
    """Check (f): the last frame was decoded, the picture did not stand still, and it shows what it has to show."""
    check_id, own, facts, shown = CheckId.LAST_FRAME, case.own, case.facts, case.shown
    if own is None or own.inspected is None or facts is None or shown is None or not own.inspected.last_frame:
        return not_made(check_id, N_("The last frame was not decoded."), "no-last-frame")
    fields: Fields = (("pts", f"{facts.last_frame_pts_s:.3f}"), ("tail", shown.tail.value if shown.tail else "-"))
    if shown.still and shown.frozen_s is not None:
        text = N_("The picture had been standing still for {frozen} s when the film ended.")
        fields = (*fields, ("frozen", f"{shown.frozen_s:.1f}"))
        return (contradicted if _lacks_the_end(case) else not_made)(check_id, text, "source-frozen", fields)
    if shown.still:
        text = N_("The picture does not change in the last {idle} s: the source may have frozen.")
        return not_made(check_id, text, "source-frozen", (*fields, ("idle", f"{shown.idle_s:.1f}")))
    stood_s = shown.idle_s if shown.frozen_s is None else shown.frozen_s
    lacking_s = case.gap.interval.high_s if case.gap is not None else 0.0
    if stood_s > HELD_S and lacking_s + stood_s > case.run.plan.tolerance_s:
        text = N_("The picture does not change in the last {idle} s: the source may have frozen.")
        return not_made(check_id, text, "source-frozen", (*fields, ("idle", f"{stood_s:.1f}")))
    if case.disruption.shows_shutdown or case.run.plan.by_hand:
        return _shows_shutdown(case, fields)
    if shown.tail in (TailClass.BLACK, TailClass.UNIFORM) and shown.frozen_s is None:
        text = N_("The last picture is empty ({tail}): that it is of this desktop cannot be seen.")
        return not_made(check_id, text, "picture-empty", fields)
    return held(check_id, N_("The last frame at {pts} s was decoded ({tail})."), fields)


def _lacks_the_end(case: Case) -> bool:
    """Whether the picture certainly stood still before the session's end; a recorder may hold its last one after it."""
    if not case.certain or case.gap is None or case.shown is None or case.shown.frozen_s is None:
        return False
    if case.shown.idle_s < min(case.shown.frozen_s - 1.0, case.run.plan.tolerance_s):
        return False  # the picture changed: it was the clock in it that was set
    facts = case.facts
    if facts is None or painted_clock_error_s(facts, case.gap.start) > PAINTED_CLOCK_LIMIT_S:
        return False  # what rests on a clock that is wrong is no time
    if (
        facts.painted_at is not None
        and facts.first_painted_at is not None
        and facts.painted_at < facts.first_painted_at
    ):
        return False  # nor on one that was set back meanwhile
    early_s = (case.gap.end.range.low_at - case.gap.film_end.high_at).total_seconds()
    return early_s + case.shown.frozen_s > case.run.plan.tolerance_s


def _shows_shutdown(case: Case, fields: Fields) -> Check:
    check_id, shown = CheckId.LAST_FRAME, case.shown
    if shown is not None and shown.denied:
        return not_made(check_id, N_("A person looked at the end and saw no shutdown."), "shutdown-not-seen", fields)
    crashed = shown is not None and shown.read is not None and shown.read.text_class is EndClass.STOP
    if shown is not None and crashed and shown.witness is not Witness.PERSON:
        text = N_("The last frame at {pts} s is a stop screen: Windows crashed, and did not go down in order.")
        return not_made(check_id, text, "shutdown-not-seen", fields)
    if shown is None or shown.witness is Witness.NOBODY:
        text = N_("The last frame at {pts} s shows no shutdown ({tail}); say whether you see it.")
        return not_made(check_id, text, "shutdown-not-seen", fields)
    if shown.witness is Witness.PERSON:
        return held(check_id, N_("The last frame at {pts} s was decoded; a person sees the shutdown."), fields)
    if shown.witness is Witness.READER and shown.read is not None:
        text = N_("The picture reads “{words}” from {at} s to the last frame at {pts} s, which was decoded.")
        return held(check_id, text, (*fields, ("at", f"{shown.read.at_s:.3f}"), ("words", shown.read.text)))
    return held(check_id, N_("The last frame at {pts} s was decoded ({tail})."), fields)
