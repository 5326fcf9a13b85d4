"""File work on the records of runs, off the loop and one piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from rdpgui.threads import DaemonPool

P = ParamSpec("P")
T = TypeVar("T")

FILES_END_LIMIT_S = 0.5
"""How long the end waits for evidence that is being written; a report can be made again."""


class FileWork:
    """One thread for rendering, hashing and reading whole journals, which take longer than a frame."""

    def __init__(self) -> None:
        self._pool = DaemonPool(1, "files")
        self._under_way: set[asyncio.Future[Any]] = set()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run file work on the one thread for it. Cancelling the awaiter does not cut it off."""
        future = asyncio.wrap_future(self._pool.submit(work, *args, **kwargs))
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return await asyncio.shield(future)

    async def aclose(self) -> None:
        """Wait a little for what is under way, and end the thread."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FILES_END_LIMIT_S)
        self._pool.shutdown()
