"""When the run's session ended, on AWS's clock, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.clocks import SERVICE_SKEW_S, TimeRange, shifted, stated_range
from rdpgui.core.instance import ConnectionStatus
from rdpgui.core.judging.clock_track import ClockTrack
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.kinds.seen import Onset
from rdpgui.core.run import Phase
from rdpgui.core.run_events import SessionLeftActive
from rdpgui.core.session import OVER, Session, SessionOrigin
from rdpgui.core.state import RunState

NOTICE_SLACK_S = 5.0
"""An EndDate that is not after the agent's loss may still be when the service noticed; this much after the end."""

SHUTDOWN_OUTLIVES_S = 20.0
"""Windows goes on for a while after a shutdown has cut remote desktop, and its agent with it."""

CUT_OUTLIVES_S = 5.0
"""A power cut takes both at once, but an answer about the agent may be a few seconds old."""

LAB_OUTLIVES_S = 3.0
"""The lab's guests are down in a second or two, and its answers are fresh."""


class EndBasis(StrEnum):
    """What the session's end rests on."""

    END_DATE = "end-date"
    NOTICED_LATE = "noticed-late"
    POLLS = "polls"


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """When the connection ended, on AWS's clock.

    Attributes:
        stated: what EndDate says, where it counts.
        unlisted: nobody says that it ended: two listings lacked it, and listings may lack a session that goes on.
    """

    range: TimeRange
    basis: EndBasis
    stated: TimeRange | None = None
    unlisted: bool = False


def session_end(run: RunState, clock: ClockTrack, seen: Onset) -> SessionEnd | None:
    """Return when the run's session ended, None while nothing says that it did.

    EndDate counts, unless the session was certainly over before it: then the service noticed late, and what was
    polled is all that is known. What it means is not documented: the session ended at the latest then, and at the
    earliest a little before it, or before the agent was lost where that is earlier (after a time without looks).

    Source: ssm:DescribeSessions (EndDate), ssm:GetConnectionStatus, ec2:DescribeInstances.
    """
    session = run.session
    if session is None or run.left is None:
        return None
    upper_at = _gone_by(run, run.left, clock, seen)
    low_at = min(_not_before(run, session, clock, seen), upper_at)
    if session.ended_at is None:
        first = [seen_away.high_at for seen_away in (seen.loss, seen.stopped) if seen_away is not None]
        unlisted = session.status not in OVER and all(upper_at < at for at in first)
        return SessionEnd(TimeRange(low_at, upper_at), EndBasis.POLLS, unlisted=unlisted)
    stated = stated_range(session.ended_at)
    if shifted(stated.low_at, -SERVICE_SKEW_S) > upper_at:
        return SessionEnd(TimeRange(low_at, upper_at), EndBasis.NOTICED_LATE)
    high_at = max(stated.low_at, min(stated.high_at, upper_at))
    near_at = low_at
    if seen.loss is not None:
        last_at = shifted(seen.loss.low_at, -_outlives_s(run))
        near_at = min(shifted(stated.low_at, -NOTICE_SLACK_S), last_at)
    return SessionEnd(TimeRange(min(max(low_at, near_at), stated.low_at), high_at), EndBasis.END_DATE, stated)


def may_have_lived_on_s(run: RunState, clock: ClockTrack, end: SessionEnd) -> float:
    """Return how much later a session may have ended that was listed as active after its agent was lost, seconds.

    The listing may only be late; or the agent flapped shortly before it was lost for good, and the session went on.

    Args:
        run: its reads. The lab's listings are fresh.
        clock: the local clock.
        end: the session's, as far as nothing speaks against the agent's loss; what EndDate says is the end itself.
    """
    left = run.left
    if run.plan.lab or left is None or end.basis is EndBasis.END_DATE:
        return 0.0
    known = [change.status for change in run.connection_changes if change.at <= left.last_active_at]
    if not known or known[-1] is ConnectionStatus.CONNECTED:
        return 0.0
    over_at = clock.on_aws(run.first_left_at or left.at).high_at
    if left.session.ended_at is not None:
        over_at = min(over_at, stated_range(left.session.ended_at).high_at)
    return max(0.0, (over_at - end.range.high_at).total_seconds())


def _outlives_s(run: RunState) -> float:
    """Return how long before the first look without the agent the session can have been ended by what took it away."""
    if run.plan.lab:
        return LAB_OUTLIVES_S
    shown = DISRUPTIONS[run.plan.disruption_id].shows_shutdown or run.plan.by_hand
    return SHUTDOWN_OUTLIVES_S if shown else CUT_OUTLIVES_S


def _not_before(run: RunState, session: Session, clock: ClockTrack, seen: Onset) -> datetime:
    """Return before when the session did not end, if it was the disruption that ended it.

    What EndDate means after an abrupt end is not documented: it may be when the service noticed, long after.
    """
    if seen.earliest is not None:
        return max(session.started_at, seen.earliest.low_at)
    acted_at = run.entered_at(Phase.DISRUPTING)
    by_program = run.attached is not None and run.attached.origin is SessionOrigin.PROGRAM
    if DISRUPTIONS[run.plan.disruption_id].is_control and by_program and acted_at is not None:
        return max(session.started_at, clock.on_aws(acted_at).low_at)
    return session.started_at


def _gone_by(run: RunState, left: SessionLeftActive, clock: ClockTrack, seen: Onset) -> datetime:
    """Return the earliest moment at which the session was certainly over.

    It is no longer listed; or, when it was a disruption that ended it, the agent through which its tunnel runs was
    gone for good, or the machine was off. An agent that only flapped ends nothing.
    """
    left_at = clock.on_aws(run.first_left_at or left.at).high_at
    ended_at = left.session.ended_at
    # A service that states an end after the session was no longer listed says that the listings lacked it.
    over = [left_at if ended_at is None else max(left_at, stated_range(ended_at).high_at)]
    over += [seen.loss.high_at] if seen.loss is not None else []
    over += [seen.stopped.high_at] if seen.stopped is not None else []
    return max(min(over), run.attached.session.started_at if run.attached is not None else min(over))
