"""How late an event loop is: a timer on it, and a thread that looks at what held it up."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from types import FrameType

from PySide6.QtCore import Qt, QTimer

BEAT_MS = 5
_LOOK_S = 0.005
_LONG_S = 0.030


class Heartbeat:
    """Beats every 5 ms on the loop of the thread that makes it.

    Attributes:
        gaps_ms: how much later than due each beat came.
        cpu_ms: processor time of the loop's thread in the same span: much less than the gap means that the thread
            waited, for the interpreter's lock or for the machine.
    """

    def __init__(self) -> None:
        self.gaps_ms: list[float] = []
        self.cpu_ms: list[float] = []
        self._last_s = self._last_cpu_s = 0.0
        self._ident = threading.get_ident()
        self._seen: tuple[float, str] | None = None
        self._worst: list[tuple[float, float, str]] = []
        self._stopping = threading.Event()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._watch = threading.Thread(target=self._look, daemon=True)

    def start(self, *, watch: bool) -> None:
        """Begin; ``watch`` also looks at what holds the loop up."""
        self._last_s, self._last_cpu_s = time.perf_counter(), time.thread_time()
        self._timer.start()
        if watch:
            self._watch.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()
        self._stopping.set()

    def worst(self, count: int = 12) -> list[tuple[float, float, str]]:
        """Return the longest gaps in ms, the loop's own processor time in them, and the stacks seen in them."""
        return sorted(self._worst, reverse=True)[:count]

    def _beat(self) -> None:
        now_s, cpu_s = time.perf_counter(), time.thread_time()
        gap_ms = max((now_s - self._last_s) * 1000 - BEAT_MS, 0.0)
        used_ms = (cpu_s - self._last_cpu_s) * 1000
        self.gaps_ms.append(round(gap_ms, 2))
        self.cpu_ms.append(round(used_ms, 2))
        if gap_ms > _LONG_S * 1000:
            seen = self._seen[1] if self._seen and self._seen[0] == self._last_s else "(not seen)"
            self._worst.append((round(gap_ms, 1), round(used_ms, 1), seen))
        self._last_s, self._last_cpu_s = now_s, cpu_s

    def _look(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            last_s = self._last_s
            overdue = time.perf_counter() - last_s > _LONG_S
            if overdue and (self._seen is None or self._seen[0] != last_s):
                self._seen = (last_s, _stacks(self._ident))


def _stacks(loop: int) -> str:
    own = threading.get_ident()
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    parts = []
    for ident, frame in sys._current_frames().items():
        if ident == own:
            continue
        name = "LOOP" if ident == loop else names.get(ident, "?")
        parts.append(f"{name}: {_short(frame, 9 if ident == loop else 3)}")
    return " | ".join(sorted(parts, key=lambda part: not part.startswith("LOOP")))


def _short(frame: FrameType, depth: int) -> str:
    return " < ".join(
        f"{'/'.join(one.filename.rsplit('/', 2)[-2:])}:{one.lineno} {one.name}"
        for one in reversed(traceback.extract_stack(frame)[-depth:])
    )
