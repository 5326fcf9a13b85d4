"""How long to wait after a failure: doubling, with a cap and jitter, reset by a success."""

from __future__ import annotations

import random
from collections.abc import Callable

JITTER = 0.2
"""Share by which a wait is varied, so that watchers do not march in step."""


class Backoff:
    """Waits after failures in a row.

    Attributes:
        failures: failures in a row.
    """

    def __init__(self, first_s: float, cap_s: float, chance: Callable[[], float] = random.random) -> None:
        self.failures = 0
        self._first_s = first_s
        self._cap_s = cap_s
        self._chance = chance

    def next_s(self) -> float:
        """Count a failure and return the wait in seconds: doubled each time, with jitter, never over the cap."""
        wait_s = self._cap_s
        if self.failures < 32:
            wait_s = min(self._cap_s, self._first_s * 2.0**self.failures)
        self.failures += 1
        return min(self._cap_s, wait_s * (1.0 - JITTER + 2.0 * JITTER * self._chance()))

    def reset(self) -> None:
        """Forget the failures after a success."""
        self.failures = 0
