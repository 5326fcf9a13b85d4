"""Waiting for a condition, with a limit; never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], *, limit_s: float = 10.0) -> None:
    """Return once ``condition`` holds.

    Raises:
        AssertionError: it did not hold within the limit.
    """
    deadline_mono_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline_mono_s:
            raise AssertionError(f"the condition did not hold within {limit_s:g} s")
        time.sleep(0.005)
