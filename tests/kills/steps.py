"""Steps of a program's life, each a moment at which it may be killed: events, calls, lines of journals, files."""

from __future__ import annotations

import functools
import inspect
import os
import signal
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from rdpgui.core.events import Event
from rdpgui.core.ports import JournalPort, Ports
from rdpgui.core.state import AppState


class Steps:
    """Counts, and kills this process at one of them.

    Args:
        kill_at: the number of the step, from 1, or its name, for example ``IntentRecorded`` or ``after perform``; 0 or
            the empty name for never.
    """

    def __init__(self, kill_at: int | str) -> None:
        self.count = 0
        self._kill_at = kill_at

    def step(self, name: str = "") -> None:
        """Take one step, on any thread."""
        self.count += 1
        if self._kill_at and self._kill_at in (self.count, name):
            os.kill(os.getpid(), signal.SIGKILL)

    def on_event(self, _state: AppState, event: Event) -> None:
        """Take a step that has the event's name."""
        self.step(type(event).__name__)

    def around(self, ports: Ports) -> Ports:
        """Return ports whose calls take a step before and one after; clock and folders stay as they are."""
        kept = {"clock", "folders"}
        wrapped = {f.name: _Stepping(getattr(ports, f.name), self.step) for f in fields(ports) if f.name not in kept}
        return replace(ports, **wrapped)


class _Stepping:
    """Anything, with steps around its coroutines."""

    def __init__(self, inner: Any, step: Callable[[str], None]) -> None:
        self._inner = inner
        self._step = step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found

        @functools.wraps(found)
        async def stepping(*args: Any, **kwargs: Any) -> Any:
            self._step(f"before {name}")
            answer = await found(*args, **kwargs)
            self._step(f"after {name}")
            return answer

        return stepping


class SteppingJournal:
    """A journal with a step before and after each write."""

    def __init__(self, inner: JournalPort, step: Callable[[], None]) -> None:
        self._inner = inner
        self._step = step

    def append(self, *lines: str) -> None:
        """Write lines."""
        self._step()
        self._inner.append(*lines)
        self._step()

    def close(self) -> None:
        """Close the file."""
        self._inner.close()
