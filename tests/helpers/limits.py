"""How long a test waits before it gives up: every limit comes from here and grows with what the machine is busy with.

A limit says "this will never happen"; it is no measurement. What holds is returned at once, so a generous limit costs
nothing where things are right. Three things make it longer:

- a margin, because other processes begin at any moment;
- the load: how many processes wait for a processor, over the last minute and now;
- the speed: how long a small piece of work takes here and now, against a quiet machine of today.
"""

from __future__ import annotations

import os
import time
from typing import Final

MARGIN: Final = 3.0
"""How much longer than expected a thing may take on a machine that seems to be quiet."""
MOST: Final = 40.0
"""Nothing is waited for longer than this many times its base."""
MEASURED_FOR_S: Final = 2.0
_WORK: Final = 600_000
_QUIET_WORK_S: Final = 0.012
"""What ``sum(range(_WORK))`` takes on a quiet core of 2024; long enough to be interrupted on a busy machine."""


class _Machine:
    """How much slower than a quiet one the machine is, measured now and then."""

    def __init__(self) -> None:
        self._slowness = 1.0
        self._measured_mono_s = float("-inf")

    def slowness(self) -> float:
        """Return a factor from 1.0."""
        if time.monotonic() - self._measured_mono_s > MEASURED_FOR_S:
            self._slowness = max(1.0, _load(), _delay())
            self._measured_mono_s = time.monotonic()
        return self._slowness


def _load() -> float:
    """Return how many processes share a processor."""
    if not hasattr(os, "getloadavg"):
        return 1.0
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def _delay() -> float:
    """Return how much longer a piece of work takes than on a quiet machine."""
    begun_mono_s = time.monotonic()
    sum(range(_WORK))
    return (time.monotonic() - begun_mono_s) / _QUIET_WORK_S


_MACHINE: Final = _Machine()


def limit_s(base_s: float) -> float:
    """Return after how many seconds a test gives up on what takes well under ``base_s`` on a quiet machine."""
    return base_s * min(MOST, MARGIN * _MACHINE.slowness())


def limit_ms(base_s: float) -> int:
    """Return the same in milliseconds, for Qt's own waiting."""
    return round(1000 * limit_s(base_s))


class Limit:
    """A limit that begins now. A machine that becomes busy meanwhile makes it longer.

    Args:
        base_s: what is enough on a quiet machine.
    """

    def __init__(self, base_s: float) -> None:
        self._base_s = base_s
        self._begun_mono_s = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether there is nothing left to wait for."""
        elapsed_s = time.monotonic() - self._begun_mono_s
        return elapsed_s > self._base_s and elapsed_s > limit_s(self._base_s)

    def __str__(self) -> str:
        """Say how long was waited."""
        return f"{time.monotonic() - self._begun_mono_s:.1f} s"
