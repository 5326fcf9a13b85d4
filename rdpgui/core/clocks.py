"""Three clocks take part: the service's (session times, the film's creation time), S3's, and the local one (polls).

Local times are shifted by the measured bounds of (local - AWS).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rdpgui.core.run_events import BaselineTaken
from rdpgui.core.verdict import Interval

SERVICE_SKEW_S = 0.15
"""AWS services' clocks agree within this; widens every comparison between two of them."""

WHOLE_SECOND_S = 1.0
"""Resolution of times without a fraction; muxers cut the creation time, they do not round it."""

SKEW_LIMIT_S = 60.0
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
