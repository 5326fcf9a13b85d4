"""Check (b): the disruption ended the session, which was live until then.

After the order is not because of it: the session's end has to lie where the disruption acted. Before its earliest
effect the session was ended by something else; long before the agent went away, too, unless its film shows the
shutdown.
"""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.clocks import TimeRange, shifted
from rdpgui.core.disruption import Effect
from rdpgui.core.judging.case import Case
from rdpgui.core.judging.session_end import LAB_OUTLIVES_S, NOTICE_SLACK_S, SessionEnd
from rdpgui.core.judging.shown import Witness
from rdpgui.core.run import Phase
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, Fields, contradicted, held, moment, not_made

AGENT_OUTLIVES_S = 3.0
"""A session that a shutdown ends is over at most this long before the agent: both are services of one system."""

AGENT_OUTLIVES_SEEN_S = {Witness.PICTURE: 6.0, Witness.READER: 6.0, Witness.PERSON: 60.0}
"""The same where somebody sees the shutdown at the film's end."""

HALT_FOLLOWS_S = 60.0
"""EC2 notices a halt at most this long after it ended the session: Windows goes down, and is looked at, meanwhile."""

STOP_FOLLOWS_S = 45.0
"""An instance without power is stopped, in EC2's words, at most this long after its agent was lost."""

STOP_TAKES_S = 30.0
"""The same between the first look that missed the agent and the last that did not find it stopped."""

CRASH_BOOTS_S = 180.0
"""A machine that crashed has written its memory and boots again at most this long after its agent was lost."""

UNSEEN_S = 20.0
"""In so much time without a look the agent may have gone away long after the session."""

CUT_OUTLIVES_S = 0.5
"""A power cut ends session and agent in one moment."""

STATED_STOP_SLACK_S = 1.0
"""EC2 states the time of a stop in whole seconds, by its own clock."""

ANSWER_OLD_S = 5.0
"""An answer of AWS about the agent may be so old. The lab's are fresh."""

_CHECK = CheckId.ENDED_AFTER


def check_ended_after(case: Case) -> Check:
    """Check (b)."""
    end, attached, left = case.end, case.run.attached, case.run.left
    if left is not None and (attached is None or attached.session.session_id != left.session.session_id):
        fields = (("session", left.session.session_id),)
        text = N_("{session} ended, which is not the session that the run was attached to.")
        return not_made(_CHECK, text, "session-end-not-seen", fields)
    if end is None:
        return not_made(_CHECK, N_("The session's end was not seen."), "session-end-not-seen")
    if case.disruption.is_control:
        return _ended_control(case, end)
    earliest = case.onset.earliest
    if earliest is None and not case.run.plan.by_hand:
        return not_made(_CHECK, N_("There was no disruption to compare with."), "not-disrupted")
    found = _ended_before(case, end) or _long_before_halt(case, end) or _order_not_known(case, end)
    return found or _lived_on(case, end) or _ended_by(case, end)


def _ended_control(case: Case, end: SessionEnd) -> Check:
    began_at = case.run.entered_at(Phase.STEADY)
    if began_at is None:
        return not_made(_CHECK, N_("There was no disruption to compare with."), "not-disrupted")
    began = case.clock.on_aws(began_at)
    fields = _fields(began, end)
    if end.range.high_at < began.low_at:
        text = N_("The session ended before the disruption ({high} is before {began}, {zone}).")
        return _ended_early(end, text, fields)
    old_s = 0.0 if case.run.plan.lab else ANSWER_OLD_S
    lived = TimeRange(min(end.range.low_at, _lived_until(case)), end.range.high_at)
    if any(_may_be_one(lost, lived, old_s) for lost in case.onset.losses):
        text = N_("The session may have ended with a loss of the agent: that it was closed is not certain.")
        return not_made(_CHECK, text, "end-cause-unknown", fields)
    left = case.run.left
    if _stated_after(end, began.high_at) or (left is not None and left.last_active_at >= began_at):
        return held(_CHECK, N_("The session ended between {low} and {high}, after {began} ({zone})."), fields)
    return _order_unknown(case, fields)


def _lived_until(case: Case) -> datetime:
    """Return until when the session certainly was there: one that was cut is said to be active for a while.

    That the program closes a control's session itself says nothing of when it ended: it may have been over.
    """
    run = case.run
    seen_at = run.left.last_active_at if run.left is not None else run.started_at
    return shifted(case.clock.on_aws(seen_at).low_at, -(LAB_OUTLIVES_S if run.plan.lab else NOTICE_SLACK_S))


def _ended_before(case: Case, end: SessionEnd) -> Check | None:
    """Return the check when the session certainly ended before the disruption can have acted."""
    earliest, ordered = case.onset.earliest, case.onset.stop_ordered
    if earliest is not None and end.range.high_at < earliest.low_at:
        text = N_("The session ended before the disruption could act ({high} is before {began}, {zone}).")
        return _ended_early(end, text, _fields(earliest, end))
    once = len(case.onset.losses) <= 1 and case.onset.boot is None
    once = once and (case.run.plan.by_hand or case.disruption.effect is Effect.HALT)
    once = once and case.clock.known and not case.clock.stepped_s  # which loss of the agent is meant rests on it
    if once and ordered is not None and end.range.high_at < shifted(ordered.low_at, -STATED_STOP_SLACK_S):
        text = N_("The session ended before the stop that EC2 states ({high} is before {began}, {zone}).")
        return _ended_early(end, text, _fields(ordered, end))
    return None


def _ended_early(end: SessionEnd, text: str, fields: Fields) -> Check:
    """Return the check of an end that came too early, as far as anybody states it."""
    if end.unlisted:
        text = N_("The session was no longer listed at {high}, before {began} ({zone}); nobody states that it ended.")
        return not_made(_CHECK, text, "session-ended-before", fields)
    return contradicted(_CHECK, text, "session-ended-before", fields)


def _long_before_halt(case: Case, end: SessionEnd) -> Check | None:
    """Return the check when the instance went on long after the session: what halted it did not end the session."""
    first = next(iter(case.onset.halts), None)
    if first is None:
        return None
    since_at = case.clock.on_aws(first.not_before_at or first.at).low_at
    seconds = (since_at - end.range.high_at).total_seconds()
    if seconds <= HALT_FOLLOWS_S:
        return None
    text = N_("The session ended {seconds} s before the instance halted: something else may have ended it.")
    return not_made(_CHECK, text, "session-ended-before", (*_fields(end.range, end), ("seconds", f"{seconds:.1f}")))


def _lived_on(case: Case, end: SessionEnd) -> Check | None:
    """Return the check when what shows nothing of itself may have come long after the agent went away.

    Then its network was cut, perhaps, or somebody closed the window while nobody looked.
    """
    loss, seen = case.onset.loss, case.onset
    if case.disruption.shows_shutdown or case.run.plan.by_hand or loss is None:
        return None
    fields = (*_fields(loss, end), ("seconds", f"{loss.width_s:.0f}"))
    if loss.width_s > UNSEEN_S:
        text = N_("What ended the session is not known: nobody looked for {seconds} s, in which the agent was lost.")
        return not_made(_CHECK, text, "end-cause-unknown", fields)
    down, follows_s = seen.stopped, STOP_FOLLOWS_S
    if seen.boot is not None:
        down, follows_s = seen.boot.range, CRASH_BOOTS_S
    if down is None:
        return None
    certainly_s = 0.0 if seen.boot is not None else (down.low_at - loss.high_at).total_seconds()
    if (down.high_at - loss.low_at).total_seconds() <= follows_s and certainly_s <= STOP_TAKES_S:
        return None
    text = N_("What ended the session is not known: the instance went on long after its agent was lost.")
    return not_made(_CHECK, text, "end-cause-unknown", fields)


def _order_not_known(case: Case, end: SessionEnd) -> Check | None:
    """Return the check when it is not certain that the session outlived the order."""
    earliest = case.onset.earliest
    doubt = case.clock.doubt
    if earliest is None or _stated_after(end, earliest.high_at):
        return None
    if doubt:
        return _clock_doubt(doubt)
    if _shutdown_since(case, earliest) or _seen_since(case, earliest):
        return None
    return _order_unknown(case, _fields(earliest, end))


def _shutdown_since(case: Case, earliest: TimeRange) -> bool:
    """Whether the film shows a shutdown that the order can have caused, so that the session was live then.

    Somebody else's looks the same: one that a film shows before the order could act is none of it.
    """
    if _witness(case) is Witness.NOBODY:
        return False
    return case.gap is not None and case.gap.film_end.low_at >= earliest.low_at


def _seen_since(case: Case, earliest: TimeRange) -> bool:
    left = case.run.left
    return left is not None and case.clock.on_aws(left.last_active_at).low_at >= earliest.low_at


def _stopped_late(case: Case, end: SessionEnd) -> bool:
    """Whether the instance was stopped so late that the shutdown in the film may be another one, before it."""
    stopped = case.onset.stopped
    return stopped is not None and stopped.low_at > shifted(end.range.high_at, HALT_FOLLOWS_S + STOP_FOLLOWS_S)


def _ended_by(case: Case, end: SessionEnd) -> Check:
    """Compare the session's end with the loss of the agent."""
    loss, witness = case.onset.loss, _witness(case)
    if loss is None:
        if witness is Witness.NOBODY or _stopped_late(case, end):
            text = N_("What ended the session is not known: that the agent went away with it was not seen.")
            return not_made(_CHECK, text, "end-cause-unknown")
        text = N_("The session ended between {low} and {high}; its film shows the shutdown ({zone}).")
        if case.run.plan.by_hand:
            text = N_(
                "The session ended between {low} and {high}; "
                "its film shows the shutdown, by whom is not known ({zone})."
            )
        return held(_CHECK, text, _fields(end.range, end))
    stopped, gone_at = case.onset.stopped, loss.low_at
    if stopped is not None and not case.disruption.shows_shutdown:
        gone_at = min(gone_at, stopped.low_at)  # a power cut closes no connection: it is noticed late that it is gone
    outlived_s = (gone_at - end.range.high_at).total_seconds()
    fields = (*_fields(loss, end), ("seconds", f"{max(0.0, outlived_s):.1f}"))
    if any(_apart_s(lost, end.range) < outlived_s for lost in case.onset.losses if lost != loss):
        text = N_("The session ended with an earlier loss of the agent than the disruption's.")
        return not_made(_CHECK, text, "session-ended-before", fields)
    allowed_s = AGENT_OUTLIVES_SEEN_S.get(witness, AGENT_OUTLIVES_S)
    if not case.disruption.shows_shutdown and not case.run.plan.by_hand:
        allowed_s = CUT_OUTLIVES_S
    if outlived_s > allowed_s:
        text = N_("The session ended {seconds} s before the agent went away: something else may have ended it.")
        return not_made(_CHECK, text, "session-ended-before", fields)
    if case.run.plan.by_hand:
        text = N_("The session ended with the disruption, by whom is not known (agent lost at {began}, {zone}).")
        return held(_CHECK, text, fields)
    return held(_CHECK, N_("The session ended between {low} and {high}, with the agent ({began}, {zone})."), fields)


def _apart_s(lost: TimeRange, ended: TimeRange) -> float:
    """Return how far apart they certainly are, 0 where they may be one."""
    before_s = (ended.low_at - lost.high_at).total_seconds()
    return max(0.0, before_s, (lost.low_at - ended.high_at).total_seconds())


def _may_be_one(lost: TimeRange, ended: TimeRange, old_s: float) -> bool:
    """Whether the agent may have been lost when the session ended: it may still be said to be there for a while."""
    return lost.low_at <= shifted(ended.high_at, old_s) and lost.high_at >= ended.low_at


def _witness(case: Case) -> Witness:
    """Return who saw the shutdown in the film. Whether the film is this session's is the next check's question."""
    return case.shown.witness if case.shown is not None else Witness.NOBODY


def _stated_after(end: SessionEnd, since_at: datetime) -> bool:
    """Whether the service states an end after a moment; without EndDate it states nothing."""
    return end.stated is not None and end.stated.low_at >= since_at


def _fields(began: TimeRange, end: SessionEnd) -> Fields:
    high, low = moment(end.range.high_at), moment(end.range.low_at)
    return (("began", moment(began.low_at)), ("low", low), ("high", high))


def _order_unknown(case: Case, fields: Fields) -> Check:
    if case.clock.doubt:
        return _clock_doubt(case.clock.doubt)
    text = N_("The session ended between {low} and {high}; that this is after {began} is not certain ({zone}).")
    return not_made(_CHECK, text, "session-end-order-unknown", fields)


def _clock_doubt(doubt: str) -> Check:
    texts = {
        "clock-not-tracked": N_("The local clock was measured once only; whether it was set meanwhile is not known."),
        "clock-stepped": N_("The local clock was set during the run, so it does not tell what came first."),
        "clock-skew": N_("The local clock differs too much from AWS to tell what came first."),
    }
    return not_made(_CHECK, texts[doubt], doubt)
