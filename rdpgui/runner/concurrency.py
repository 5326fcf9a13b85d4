"""Waiting for several things, or not for ever, without ever losing a cancellation.

The standard library's ways lose one on Python 3.11: ``asyncio.wait_for`` returns a result that comes in the same turn,
and a TaskGroup whose child fails in the same turn raises the child's error instead. A watcher that takes the error
for a failed poll then goes on after its end. ``asyncio.wait`` loses nothing, so both are made of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")


async def within(limit_s: float | None, awaitable: Awaitable[_T]) -> _T:
    """Return what an awaitable gives.

    Args:
        limit_s: seconds; None waits for ever.
        awaitable: is cancelled, and waited for, when the limit passes or the caller is cancelled.

    Raises:
        TimeoutError: the limit passed.
    """
    task = asyncio.ensure_future(awaitable)
    try:
        await asyncio.wait({task}, timeout=limit_s)
        if task.done():
            return task.result()
    finally:
        await _end({task})
    raise TimeoutError


async def noticed(limit_s: float, awaitable: Awaitable[_T], on_slow: Callable[[], None]) -> _T:
    """Return what an awaitable gives, however long it takes; ``on_slow`` is called once it takes longer than a limit.

    Args:
        limit_s: seconds.
        awaitable: is cancelled, and waited for, when the caller is cancelled.
        on_slow: says so.
    """
    task = asyncio.ensure_future(awaitable)
    try:
        await asyncio.wait({task}, timeout=limit_s)
        if not task.done():
            on_slow()
            await asyncio.wait({task})
        return task.result()
    finally:
        await _end({task})


class Together:
    """Coroutines that go on at the same time until all are done; the first error ends the others and is raised."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self, coroutine: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Start one; its result is there after the block."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.append(task)
        return task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        done: set[asyncio.Task[Any]] = set()
        try:
            if kind is None and self._tasks:
                done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            await _end(self._tasks)
        for task in self._tasks:
            if task in done:
                task.result()


async def _end(tasks: list[asyncio.Task[Any]] | set[asyncio.Future[Any]]) -> None:
    """Cancel what still runs and wait for it; nobody asks for the errors of what is left."""
    left = [task for task in tasks if not task.done()]
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left)
    for task in tasks:
        if not task.cancelled():
            task.exception()
