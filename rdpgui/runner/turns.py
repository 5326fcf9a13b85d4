"""Calls that can wait take turns: one at a time, so far apart that what a minute may cost is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rdpgui.core.ports import Clock


class Turns:
    """Gives turns at a pace.

    Args:
        clock: waits.
        apart_s: returns how far apart turns are now, seconds.
    """

    def __init__(self, clock: Clock, apart_s: Callable[[], float]) -> None:
        self._clock = clock
        self._apart_s = apart_s
        self._lock = asyncio.Lock()

    async def next(self) -> None:
        """Wait for the next turn."""
        async with self._lock:
            await self._clock.sleep(self._apart_s())
