"""The world's clock: what time it is, and what happens later. One thread for all timed transitions."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

_log = logging.getLogger(__name__)


class Timer:
    """One call planned for later."""

    __slots__ = ("_call", "what")

    def __init__(self, call: Callable[[], None], what: str) -> None:
        self._call: Callable[[], None] | None = call
        self.what = what

    def cancel(self) -> None:
        """Never make the call, unless it has begun."""
        self._call = None

    def fire(self) -> None:
        """Make the call, once. For timelines only."""
        call, self._call = self._call, None
        if call is not None:
            call()


class Timeline(Protocol):
    """What the world needs of time; tests replace it by one that they move by hand."""

    def now(self) -> datetime:
        """Return the present time (aware, UTC)."""

    def after(self, delay_s: float, call: Callable[[], None], what: str) -> Timer:
        """Make a call after a delay, outside any lock of the caller. ``what`` names it in the log."""

    def close(self) -> None:
        """Make no further calls; returns when a running call has ended."""


class ThreadTimeline:
    """A timeline on the real clock, with one daemon thread."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()
        self._wake = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="lab-timeline", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        """Return the present time (aware, UTC)."""
        return datetime.now(UTC)

    def after(self, delay_s: float, call: Callable[[], None], what: str) -> Timer:
        """Make a call after a delay, in the timeline's thread."""
        timer = Timer(call, what)
        with self._wake:
            heapq.heappush(self._due, (time.monotonic() + max(delay_s, 0.0), next(self._count), timer))
            self._wake.notify()
        return timer

    def close(self) -> None:
        """Make no further calls; returns when a running call has ended."""
        with self._wake:
            self._closed = True
            self._due.clear()
            self._wake.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=10.0)

    def _run(self) -> None:
        while (timer := self._next()) is not None:
            try:
                timer.fire()
            except Exception:  # noqa: BLE001 - thread boundary: one failed transition must not stop all others
                _log.exception("lab transition failed: %s", timer.what)

    def _next(self) -> Timer | None:
        """Wait for the next call that is due; None when closed."""
        with self._wake:
            while not self._closed:
                if not self._due:
                    self._wake.wait()
                    continue
                wait_s = self._due[0][0] - time.monotonic()
                if wait_s <= 0:
                    return heapq.heappop(self._due)[2]
                self._wake.wait(wait_s)
            return None
