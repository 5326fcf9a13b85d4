"""Check (b): the session ended with the disruption, not before it."""

from __future__ import annotations

from rdpgui.core.judging.clocks import clock_offset, on_aws_clock
from rdpgui.core.judging.proof import disruption_began_at
from rdpgui.core.judging.session_end import session_end
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, contradicted, held, moment, not_made

BY_HAND_LIMIT_S = 120.0
"""By hand, the session's end and the first sign of the disruption are at most this far apart."""


def check_ended_after(run: RunState) -> Check:
    """Check (b): the session ended after the disruption, not before."""
    check_id = CheckId.ENDED_AFTER
    end = session_end(run)
    if end is None or run.left is None:
        return not_made(check_id, N_("The session's end was not seen."), "session-end-not-seen")
    if run.plan.by_hand:
        return _ended_with_disruption_by_hand(run)
    began_at = disruption_began_at(run)
    if began_at is None:
        return not_made(check_id, N_("There was no disruption to compare with."), "not-disrupted")
    began = on_aws_clock(began_at, clock_offset(run.baseline))
    low, high = moment(end.range.low_at), moment(end.range.high_at)
    fields = (("began", moment(began.low_at)), ("low", low), ("high", high))
    if end.range.high_at < began.low_at:
        text = N_("The session ended before the disruption ({high} is before {began}, {zone}).")
        return contradicted(check_id, text, "session-ended-before", fields)
    if end.range.low_at >= began.high_at or run.left.last_active_at >= began_at:
        return held(check_id, N_("The session ended between {low} and {high}, after {began} ({zone})."), fields)
    text = N_("The session ended between {low} and {high}; that this is after {began} is not certain ({zone}).")
    return not_made(check_id, text, "session-end-order-unknown", fields)


def _ended_with_disruption_by_hand(run: RunState) -> Check:
    check_id = CheckId.ENDED_AFTER
    signs = [c.not_before_at or c.at for c in run.connection_changes]
    signs += [c.not_before_at or c.at for c in run.instance_changes]
    left_at = run.first_left_at
    if not signs or left_at is None:
        return not_made(check_id, N_("No disruption was seen."), "disruption-not-proven")
    apart_s = (min(signs) - left_at).total_seconds()
    fields = (("seconds", f"{abs(apart_s):.1f}"),)
    if apart_s > BY_HAND_LIMIT_S:
        text = N_("The session ended {seconds} s before the first sign of the disruption.")
        return contradicted(check_id, text, "session-ended-before", fields)
    return held(check_id, N_("The session ended with the disruption ({seconds} s apart)."), fields)
