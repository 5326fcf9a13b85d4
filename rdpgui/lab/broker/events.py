"""Events of a broker: JSON lines on standard output, and the clock that dates them."""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import BinaryIO

_log = logging.getLogger(__name__)


class Clock:
    """Unix time that never jumps: read once, then carried on by the monotonic clock.

    Film and events share it, so that a place in the film and an event can be compared.
    """

    def __init__(self) -> None:
        self._unix_ns = time.time_ns()
        self._mono_ns = time.monotonic_ns()

    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        return (self._unix_ns + time.monotonic_ns() - self._mono_ns) // 1_000_000


class EventWriter:
    """Writes events, one JSON object a line, from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._guard = threading.Lock()
        self._broken = False

    def emit(self, event: str, **members: str | int | float | bool | None) -> None:
        """Write one event. When nobody reads any more, the film is still finished."""
        line = json.dumps({"event": event, **members}, ensure_ascii=False).encode() + b"\n"
        with self._guard:
            if self._broken:
                return
            try:
                self._stream.write(line)
                self._stream.flush()
            except OSError as error:
                self._broken = True
                _log.warning("nobody reads the events any more: %s", error)
