"""The shutdown gap: how much of the session's end the film does not show, as an interval.

Three clocks take part: the service's (session times, the film's creation time),
S3's, and the local one (polls). Local times are shifted by the measured bounds
of (local - AWS). Two facts bound what the resolution of the clocks leaves open:
a film cannot begin before its session, nor end after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rdpgui.core.disruption import DISRUPTIONS
from rdpgui.core.film import FilmFacts
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run import Phase
from rdpgui.core.run_events import BaselineTaken, ConnectionChanged
from rdpgui.core.session import Session
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Interval

SERVICE_SKEW_S = 0.15
"""AWS services' clocks agree within this; widens every comparison between two of them."""

WHOLE_SECOND_S = 1.0
"""Resolution of times without a fraction; muxers cut the creation time, they do not round it."""

END_SLACK_S = 1.0
"""A film whose creation time plus duration is later than the session's end by more was not created at its start."""

NOTICE_SLACK_S = 1.5
"""EndDate may be when the service noticed; it may lie this much (or one poll of the agent) after the true end."""

SKEW_LIMIT_S = 30.0
"""A local clock that differs by more makes the order of events doubtful."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A moment known between two bounds (both included), aware UTC."""

    low_at: datetime
    high_at: datetime

    @property
    def width_s(self) -> float:
        """Return the width in seconds."""
        return (self.high_at - self.low_at).total_seconds()


class EndBasis(StrEnum):
    """What the session's end rests on."""

    END_DATE = "end-date"
    NOTICED_LATE = "noticed-late"
    POLLS = "polls"


class StartBasis(StrEnum):
    """What the film's start rests on."""

    DATE_TAG = "date-tag"
    CREATION_TIME = "creation-time"
    SESSION_LENGTH = "session-length"


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """When the connection ended, on AWS's clock.

    Attributes:
        stated: what EndDate says, where it counts.
    """

    range: TimeRange
    basis: EndBasis
    stated: TimeRange | None = None


@dataclass(frozen=True, slots=True)
class FilmStart:
    """When the film began, on AWS's clock."""

    range: TimeRange
    basis: StartBasis


@dataclass(frozen=True, slots=True)
class Gap:
    """The shutdown gap and what it rests on."""

    interval: Interval
    end: SessionEnd
    start: FilmStart
    film_end: TimeRange


def clock_offset(baseline: BaselineTaken | None) -> Interval:
    """Return the bounds of (local clock - AWS clock) in seconds; without a baseline the clocks are taken as equal."""
    if baseline is None:
        return Interval(0.0, 0.0)
    low_s, high_s = sorted((baseline.clock_offset_low_s, baseline.clock_offset_high_s))
    return Interval(low_s, high_s)


def on_aws_clock(local_at: datetime, offset: Interval) -> TimeRange:
    """Return a local moment on AWS's clock."""
    return TimeRange(shifted(local_at, -offset.high_s), shifted(local_at, -offset.low_s))


def shifted(at: datetime, seconds: float) -> datetime:
    """Return a moment moved by seconds; the first and last representable moments stay."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        return at


def stated_range(at: datetime) -> TimeRange:
    """Return what a stated time can mean: a time without a fraction stands for its whole second."""
    return TimeRange(at, shifted(at, WHOLE_SECOND_S if at.microsecond == 0 else 0.001))


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


def film_start(facts: FilmFacts, session: Session, end: SessionEnd) -> FilmStart | None:
    """Return when the film began, None when it is longer than its session or its creation time fits nowhere.

    A creation time near the start is the film's time zero (cut to whole seconds, or with the fraction that
    a date tag keeps); one at the end is
    when the file was written, so only the session bounds the film.
    """
    earliest_at = shifted(session.started_at, -SERVICE_SKEW_S)
    latest_at = shifted(end.range.high_at, SERVICE_SKEW_S - facts.duration_s)
    if shifted(latest_at, END_SLACK_S) < earliest_at:
        return None  # the film is longer than its session
    by_length = FilmStart(TimeRange(min(earliest_at, latest_at), latest_at), StartBasis.SESSION_LENGTH)
    if facts.created_at is None:
        return by_length
    stated, basis = _stated_start(facts, facts.created_at, TimeRange(earliest_at, latest_at))
    if stated.high_at < earliest_at:
        return None
    if shifted(stated.low_at, facts.duration_s) <= shifted(end.range.high_at, END_SLACK_S):
        return FilmStart(TimeRange(max(stated.low_at, earliest_at), max(stated.high_at, earliest_at)), basis)
    ended_at = (end.stated or end.range).low_at
    return by_length if stated.high_at >= shifted(ended_at, -END_SLACK_S) else None


def _stated_start(facts: FilmFacts, created_at: datetime, possible: TimeRange) -> tuple[TimeRange, StartBasis]:
    """Return the finest time the container states for the film's start.

    mvhd holds whole seconds; a date tag may keep the fraction. It counts only inside what the creation
    time and the session leave open: a tag that contradicts them was written for something else.

    Args:
        facts: the film.
        created_at: its creation time.
        possible: from the session's start to the latest start of a film of this length.

    Source: ISO/IEC 14496-12 §8.2.2 (mvhd); the date tag has no meaning fixed by a specification.
    """
    created = stated_range(created_at)
    if facts.dated_at is None:
        return created, StartBasis.CREATION_TIME
    dated = stated_range(facts.dated_at)
    refines = created.low_at <= dated.low_at <= created.high_at and dated.width_s < created.width_s
    fits = dated.high_at >= possible.low_at and dated.low_at <= shifted(possible.high_at, SERVICE_SKEW_S)
    return (dated, StartBasis.DATE_TAG) if refines and fits else (created, StartBasis.CREATION_TIME)


def shutdown_gap(run: RunState, facts: FilmFacts) -> Gap | None:
    """Return the shutdown gap = session end - film end with its bounds.

    None when the session's end or the film's place in time is not known, or when they contradict each other
    (a film that ends clearly after its session).
    """
    session, end = run.session, session_end(run)
    if session is None or end is None:
        return None
    start = film_start(facts, session, end)
    if start is None:
        return None
    film_end = TimeRange(shifted(start.range.low_at, facts.duration_s), shifted(start.range.high_at, facts.duration_s))
    low_s = (end.range.low_at - film_end.high_at).total_seconds() - SERVICE_SKEW_S
    high_s = (end.range.high_at - film_end.low_at).total_seconds() + SERVICE_SKEW_S
    if high_s < -SERVICE_SKEW_S:
        return None
    return Gap(Interval(max(low_s, -SERVICE_SKEW_S), high_s), end, start, film_end)


def painted_gap_s(run: RunState, facts: FilmFacts) -> float | None:
    """Return the gap as the painted clock of the lab tells it, None without one or without EndDate."""
    end = session_end(run)
    if end is None or end.basis is not EndBasis.END_DATE or facts.painted_at is None or run.session is None:
        return None
    ended_at = run.session.ended_at
    return None if ended_at is None else (ended_at - facts.painted_at).total_seconds()


def frozen_for_s(facts: FilmFacts) -> float | None:
    """Return for how long the last picture had been standing still at the film's end, by the painted clock."""
    if facts.painted_at is None or facts.first_painted_at is None:
        return None
    painted_s = (facts.painted_at - facts.first_painted_at).total_seconds()
    return max(facts.duration_s, facts.last_frame_pts_s) - painted_s


def painted_clock_error_s(facts: FilmFacts, start: FilmStart) -> float:
    """Return how far the painted clock is outside the film's start range, 0 when inside or unknown."""
    first_at = facts.first_painted_at
    if first_at is None or start.basis is StartBasis.SESSION_LENGTH:
        return 0.0
    return max(
        0.0,
        (start.range.low_at - first_at).total_seconds(),
        (first_at - start.range.high_at).total_seconds(),
    )
