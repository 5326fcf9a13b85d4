"""When the run's session ended, on AWS's clock, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.disruption import DISRUPTIONS
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.clocks import SERVICE_SKEW_S, TimeRange, clock_offset, on_aws_clock, shifted, stated_range
from rdpgui.core.run import Phase
from rdpgui.core.run_events import ConnectionChanged
from rdpgui.core.state import RunState

NOTICE_SLACK_S = 1.5
"""EndDate may be when the service noticed; it may lie this much (or one poll of the agent) after the true end."""


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
    """

    range: TimeRange
    basis: EndBasis
    stated: TimeRange | None = None


def session_end(run: RunState) -> SessionEnd | None:
    """Return when the run's session ended, None while nothing says that it did.

    EndDate counts, unless the instance was seen to be gone before it: then the service noticed
    late, and what was polled is all that is known.

    Source: ssm:DescribeSessions (EndDate), ssm:GetConnectionStatus, ec2:DescribeInstances.
    """
    session = run.session
    if session is None or run.left is None:
        return None
    upper_at = _gone_by(run)
    if session.ended_at is None:
        return SessionEnd(TimeRange(min(session.started_at, upper_at), upper_at), EndBasis.POLLS)
    stated = stated_range(session.ended_at)
    if shifted(stated.low_at, -SERVICE_SKEW_S) > upper_at:
        return SessionEnd(TimeRange(min(session.started_at, upper_at), upper_at), EndBasis.NOTICED_LATE)
    high_at = max(stated.low_at, min(stated.high_at, upper_at))
    low_at = max(session.started_at, _not_before(run, stated.low_at))
    return SessionEnd(TimeRange(min(low_at, stated.low_at), high_at), EndBasis.END_DATE, stated)


def _not_before(run: RunState, stated_at: datetime) -> datetime:
    """Return the earliest end that a stated end allows.

    What EndDate means after an abrupt end is not documented. If it is when the service noticed, the true end
    is earlier, but not before the action; when the agent was watched going away, it is not much earlier either.
    """
    acted_at = run.disruption_intent.at if run.disruption_intent is not None else run.entered_at(Phase.DISRUPTING)
    floor_at = None if acted_at is None else on_aws_clock(acted_at, clock_offset(run.baseline)).low_at
    if DISRUPTIONS[run.plan.disruption_id].is_control:
        return floor_at or stated_at
    gone = _agent_gone(run)
    polled_s = 0.0 if gone is None or gone.not_before_at is None else (gone.at - gone.not_before_at).total_seconds()
    slack_at = shifted(stated_at, -max(NOTICE_SLACK_S, polled_s + 1.0))
    return slack_at if floor_at is None else max(floor_at, slack_at)


def _gone_by(run: RunState) -> datetime:
    """Return the earliest moment at which the session was certainly over."""
    offset = clock_offset(run.baseline)
    assert run.left is not None  # noqa: S101  (asked by the caller)
    seen = [run.first_left_at or run.left.at]
    attached_at = run.attached.at if run.attached is not None else run.started_at
    if run.disruption_intent is not None or run.plan.by_hand:
        # The tunnel runs through the agent of an operating system that is going down.
        gone = _agent_gone(run)
        seen += [] if gone is None else [gone.at]
        seen += [c.at for c in run.instance_changes if c.state is InstanceState.STOPPED and c.at > attached_at][:1]
    return on_aws_clock(min(seen), offset).high_at


def _agent_gone(run: RunState) -> ConnectionChanged | None:
    """Return when Session Manager lost the agent during the session, None when it was not seen."""
    attached_at = run.attached.at if run.attached is not None else run.started_at
    lost = (c for c in run.connection_changes if c.status is ConnectionStatus.NOT_CONNECTED and c.at > attached_at)
    return next(lost, None)
