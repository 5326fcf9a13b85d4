"""Waiting for a condition, with a limit; never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.helpers.limits import Limit


def wait_for(condition: Callable[[], bool], *, limit_s: float = 10.0) -> None:
    """Return once ``condition`` holds.

    Args:
        condition: looked at every few milliseconds.
        limit_s: what is enough on a quiet machine; see ``limits``.

    Raises:
        AssertionError: it did not hold within the limit.
    """
    limit = Limit(limit_s)
    while not condition():
        if limit.over:
            raise AssertionError(f"the condition did not hold within {limit}")
        time.sleep(0.005)
