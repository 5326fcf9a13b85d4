"""Where the other threads (standard input, RFB sessions) put things for the guest's loop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from rdpgui.lab.guest.protocol import Command


@dataclass(frozen=True, slots=True)
class KeyInput:
    """A key event of a viewer."""

    keysym: int
    down: bool


@dataclass(frozen=True, slots=True)
class PointerInput:
    """A pointer event of a viewer."""

    x: int
    y: int
    buttons: int


@dataclass(frozen=True, slots=True)
class ClientJoined:
    """A viewer is past the password; ``shown`` is set when what it will see first is painted."""

    shown: threading.Event


@dataclass(frozen=True, slots=True)
class EndOfInput:
    """Standard input ended: whoever started this machine is gone."""


JOIN_WAIT_S = 2.0
"""How long a viewer waits for a fresh picture; a machine that hangs shows its last one."""

Item = Command | KeyInput | PointerInput | ClientJoined | EndOfInput


class Inbox:
    """A queue with the callbacks of an RFB server. Any thread may put; one takes."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()

    def put(self, item: Item) -> None:
        """Add an item."""
        self._queue.put(item)

    def on_key(self, keysym: int, down: bool) -> None:
        """Add a key event."""
        self._queue.put(KeyInput(keysym, down))

    def on_pointer(self, x: int, y: int, buttons: int) -> None:
        """Add a pointer event."""
        self._queue.put(PointerInput(x, y, buttons))

    def on_join(self) -> None:
        """Add that a viewer joined, and let it wait for its first picture: the machine sleeps while nobody looks."""
        joined = ClientJoined(threading.Event())
        self._queue.put(joined)
        joined.shown.wait(JOIN_WAIT_S)

    def waiting(self, timeout_s: float | None) -> Iterator[Item]:
        """Yield everything that is there, after waiting up to ``timeout_s`` (None: for ever) for the first item."""
        try:
            yield self._queue.get(timeout=timeout_s)
            while True:
                yield self._queue.get_nowait()
        except queue.Empty:
            return
