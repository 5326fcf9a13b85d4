"""The door from slots to coroutines: nothing else in the user interface starts a task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from rdpgui.core.errors import RdpguiError

_LOG = logging.getLogger(__name__)
KEPT_LIMIT_S = 3.0
"""How long closing waits for what a person said to be written down: a line of a journal, or the settings."""
END_TURNS = 25
"""Turns of the loop that a cancelled task gets at least: one that waits for several others needs about ten."""
T = TypeVar("T")
ErrorSink = Callable[[str, RdpguiError], None]
"""Called with the task's name and an error raised on purpose."""
BugSink = Callable[[str, BaseException], None]
"""Called with the task's name and an exception nobody meant."""


def _drop(coroutine: Coroutine[Any, Any, Any], _task: object) -> None:
    """Close what a task was to run: one that was cancelled before its first step has not touched it."""
    coroutine.close()


class TaskScope:
    """Owns the tasks of one part of the window: keeps references, reports failures, cancels them all on close.

    Args:
        on_error: where errors go that the starter does not handle itself.
        on_bug: where everything else goes (the crash report).
    """

    def __init__(self, on_error: ErrorSink, on_bug: BugSink) -> None:
        self._on_error = on_error
        self._on_bug = on_bug
        self._tasks: set[asyncio.Task[Any]] = set()
        self._kept: set[asyncio.Task[Any]] = set()
        self._closed = False

    def another(self) -> TaskScope:
        """Return an empty scope that reports to the same places."""
        return TaskScope(self._on_error, self._on_bug)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tasks under way, for the diagnostics page."""
        return tuple(sorted(task.get_name() for task in self._tasks))

    def start(
        self,
        name: str,
        coroutine: Coroutine[Any, Any, T],
        *,
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[RdpguiError], None] | None = None,
        kept: bool = False,
    ) -> asyncio.Task[None] | None:
        """Start a coroutine.

        Args:
            name: for logs and messages.
            coroutine: what to run; closed unrun when the scope is closed already.
            on_done: called with its result.
            on_error: called instead of the scope's own sink.
            kept: it writes down what a person said, or closes a file; closing waits for it before anything is cut off.

        Returns:
            The task, None when the scope is closed.
        """
        if self._closed:
            coroutine.close()
            return None
        task = asyncio.get_running_loop().create_task(self._guard(name, coroutine, on_done, on_error), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(partial(_drop, coroutine))
        if kept:
            self._kept.add(task)
            task.add_done_callback(self._kept.discard)
        return task

    async def _guard(
        self,
        name: str,
        coroutine: Coroutine[Any, Any, T],
        on_done: Callable[[T], None] | None,
        on_error: Callable[[RdpguiError], None] | None,
    ) -> None:
        try:
            result = await coroutine
            if on_done is not None and not self._closed:
                on_done(result)
        except RdpguiError as error:
            _LOG.warning("%s: %s", name, error)
            if on_error is not None:
                on_error(error)
            else:
                self._on_error(name, error)
        except Exception as error:  # noqa: BLE001  (the boundary of tasks: what nobody meant is a bug report)
            self._on_bug(name, error)

    def cancel(self, name: str) -> None:
        """Cancel the tasks of a name."""
        for task in tuple(self._tasks):
            if task.get_name() == name:
                task.cancel()

    async def aclose(self, limit_s: float = 2.0) -> bool:
        """Cancel everything and wait for it; what is kept is waited for first.

        Returns:
            False when a task was still running after ``limit_s``, in which the loop was not held up.
        """
        self._closed = True
        own = asyncio.current_task()
        left = {task for task in self._tasks if task is not own}
        if not left:
            return True
        for task in left - self._kept:
            task.cancel()
        if left & self._kept:
            await _not_ended(left & self._kept, KEPT_LIMIT_S)
        for task in left & self._kept:
            task.cancel()
        for task in await _not_ended(left, limit_s):
            _LOG.warning("task %s did not end within %s s", task.get_name(), limit_s)
        return all(task.done() for task in left)


async def _not_ended(tasks: set[asyncio.Task[Any]], limit_s: float) -> set[asyncio.Task[Any]]:
    """Wait for tasks that are to end, and return those that go on all the same.

    A loop that is held up (a busy machine, a long paint) gives no task a turn, so the time is not counted as a whole:
    each of its parts is a turn of the loop at least, however late that comes.
    """
    pending = tasks
    for _turn in range(END_TURNS):
        _done, pending = await asyncio.wait(pending, timeout=limit_s / END_TURNS)
        if not pending:
            break
    return pending
