"""An event loop whose time is virtual, and the clock that reads it.

``run_virtual(main())`` runs a coroutine in virtual time: a wait of ten minutes takes no time, and the order
of events is the same in every run. On a real loop the clock is the real one.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

EPOCH = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)


class _InstantSelector(selectors.DefaultSelector):
    """Moves the loop's time on instead of waiting."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        idle = not ready and (timeout is None or timeout > 0)
        if idle and self.loop.outside is not None and self.loop.outside():
            return super().select(None)  # a real thread works: time stands still until it answers
        if not ready and timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled any more")
        if not ready and timeout is not None and timeout > 0:
            self.loop.virtual_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits."""

    def __init__(self) -> None:
        self.virtual_s = 0.0
        self.outside: Callable[[], object] | None = None
        selector = _InstantSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.virtual_s


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time; fails when it leaves tasks behind."""
    loop = VirtualLoop()
    loop.set_debug(False)  # under "-X dev" tracebacks of every task cost ten times what is tested
    try:
        result = loop.run_until_complete(main)
        left = asyncio.all_tasks(loop)
        assert not left, f"left behind: {left}"
        return result
    finally:
        loop.close()


class FakeClock:
    """The running loop's time as a clock. ``skew_s``: local clock minus AWS's clock."""

    def __init__(self, skew_s: float = 0.0) -> None:
        self.skew_s = skew_s

    def true_now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.monotonic())

    def now(self) -> datetime:
        return self.true_now() + timedelta(seconds=self.skew_s)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
