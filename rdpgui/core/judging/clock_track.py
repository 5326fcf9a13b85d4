"""The local clock over a whole run: what (local - AWS) can have been at any moment of it.

One measurement says nothing about the rest of a run: clocks are set, drift, and sleep. Monotonic time shows a step
between two samples; the date of an answer bounds the offset itself. What a local time means on AWS's clock is bounded
by everything the offset was in the run, so that a step widens it instead of moving it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.clocks import SKEW_LIMIT_S, TimeRange, clock_offset, on_aws_clock, shifted
from rdpgui.core.run_events import ClockSampled
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Interval

STEP_S = 0.2
"""Local and monotonic time that differ by more between two samples were stepped (or the computer slept)."""

DRIFT = 1e-3
"""Drift between local and monotonic time that is no step: a clock that is being slewed moves this fast."""

UNKNOWN_S = 86_400.0
"""Bounds of an offset of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the run between two samples.

    Attributes:
        low_at, high_at: every local time that the clock can have shown in it; None where it is open.
        offset: what (local - AWS) can have been in it, seconds.
    """

    low_at: datetime | None
    high_at: datetime | None
    offset: Interval

    def holds(self, local_at: datetime) -> bool:
        """Whether a local time can be of this stretch."""
        after = self.low_at is None or self.low_at <= local_at
        return after and (self.high_at is None or local_at <= self.high_at)


@dataclass(frozen=True, slots=True)
class ClockTrack:
    """What is known of the local clock over a run.

    Attributes:
        stretches: the parts of the run, in order; at least one.
        tracked: the clock was watched; journals of 0.1.0 hold one measurement only.
        stepped_s: the largest step that was seen, signed; 0 when none was.
        lives: of the program; what the clock did between two of them is bounded by measurements only.
    """

    stretches: tuple[Stretch, ...]
    tracked: bool
    stepped_s: float = 0.0
    lives: int = 1

    @property
    def offset(self) -> Interval:
        """Return the bounds of (local - AWS) over the whole run, seconds."""
        return _hull(*(stretch.offset for stretch in self.stretches))

    @property
    def known(self) -> bool:
        """Whether the clock is near enough to AWS's for its times to order events."""
        return max(abs(self.offset.low_s), abs(self.offset.high_s)) <= SKEW_LIMIT_S

    @property
    def doubt(self) -> str:
        """Return why nothing may rest on the local clock, a cause word; empty when it may."""
        if not self.tracked:
            return "clock-not-tracked"
        if self.stepped_s:
            return "clock-stepped"
        return "" if self.known else "clock-skew"

    def on_aws(self, local_at: datetime) -> TimeRange:
        """Return a local moment on AWS's clock; after a step it may be of more than one stretch."""
        offsets = [stretch.offset for stretch in self.stretches if stretch.holds(local_at)]
        return on_aws_clock(local_at, _hull(*offsets) if offsets else self.offset)

    def passed_s(self, since_at: datetime, until_at: datetime) -> float:
        """Return how long it certainly was between two local moments, seconds; a clock that was set tells less."""
        if not self.stepped_s and self.lives <= 1:
            return max(0.0, (until_at - since_at).total_seconds())
        return max(0.0, (self.on_aws(until_at).low_at - self.on_aws(since_at).high_at).total_seconds())


def clock_track(run: RunState) -> ClockTrack:
    """Return what a run's samples say of the local clock."""
    now = clock_offset(run.baseline)
    stretches: list[Stretch] = []
    stepped_s = 0.0
    last: ClockSampled | None = None
    for sample in run.clock_samples:
        step_s, measured = _step_s(last, sample), _measured(sample)
        if step_s is None:  # another life of the program: nothing bounds the clock but a new measurement
            then = measured or Interval(-UNKNOWN_S, UNKNOWN_S)
        else:
            stepped_s = max(stepped_s, step_s, key=abs)
            then = Interval(now.low_s + min(step_s, 0.0), now.high_s + max(step_s, 0.0))
            if measured is not None:
                stepped_s = max(stepped_s, _apart_s(then, measured), key=abs)
                then = measured
        stretches.append(_stretch(last, sample, _hull(now, then) if last is not None else then))
        now, last = then, sample
    stretches.append(Stretch(last.at if last is not None else None, None, now))
    lives = len({sample.life for sample in run.clock_samples})
    return ClockTrack(tuple(stretches), bool(run.clock_samples), stepped_s, max(1, lives))


def _stretch(last: ClockSampled | None, sample: ClockSampled, offset: Interval) -> Stretch:
    if last is None:
        return Stretch(None, sample.at, offset)
    elapsed_s = sample.mono_s - last.mono_s if last.life == sample.life else 0.0
    low_at = min(last.at, shifted(sample.at, -elapsed_s))
    return Stretch(low_at, max(sample.at, shifted(last.at, elapsed_s)), offset)


def _hull(*offsets: Interval) -> Interval:
    return Interval(min(o.low_s for o in offsets), max(o.high_s for o in offsets))


def _step_s(last: ClockSampled | None, sample: ClockSampled) -> float | None:
    """Return how far the clock stepped between two samples, 0 for none; None when they do not compare."""
    if last is None:
        return 0.0
    if last.life != sample.life:
        return None
    elapsed_s = sample.mono_s - last.mono_s
    step_s = (sample.at - last.at).total_seconds() - elapsed_s
    return step_s if abs(step_s) > STEP_S + DRIFT * abs(elapsed_s) else 0.0


def _measured(sample: ClockSampled) -> Interval | None:
    if sample.offset_low_s is None or sample.offset_high_s is None:
        return None
    low_s, high_s = sorted((sample.offset_low_s, sample.offset_high_s))
    return Interval(low_s, high_s)


def _apart_s(before: Interval, after: Interval) -> float:
    """Return by how much two measurements cannot both be true, signed; a clock that drifted tells on itself."""
    apart_s = max(0.0, after.low_s - before.high_s) + min(0.0, after.high_s - before.low_s)
    return apart_s if abs(apart_s) > STEP_S else 0.0
