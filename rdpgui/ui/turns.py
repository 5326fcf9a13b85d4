"""Something long in several turns of the loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

BREATH_S = 0.010
"""What is left after this waits for the loop's next turn: others on it are late by one part at most."""


class Turns(QObject):
    """Does parts one after the other, as many in a turn as there is time for.

    Args:
        parts: begins anew and gives back after each part; called again when it was asked for meanwhile.
    """

    def __init__(self, parts: Callable[[], Iterator[None]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._going: Iterator[None] | None = None
        self._again = False
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go_on)

    @property
    def going(self) -> bool:
        """Whether parts are left."""
        return self._going is not None

    def request(self) -> None:
        """Do all parts: now, or from the first one again when those under way are done."""
        if self._going is not None:
            self._again = True
            return
        self._going = self._parts()
        self._go_on()

    def finish(self) -> None:
        """Do all parts now."""
        self._stop()
        for _part in self._parts():
            pass

    def _stop(self) -> None:
        self._next.stop()
        self._going, self._again = None, False

    def _go_on(self) -> None:
        going, begun_mono_s = self._going, time.monotonic()
        if going is None:
            return
        done = True  # a part that fails ends them: the next request begins anew
        try:
            for _part in going:
                if time.monotonic() - begun_mono_s > BREATH_S:
                    done = False
                    self._next.start(0)
                    return
        finally:
            if done:
                again = self._again
                self._stop()
                if again:
                    self._going = self._parts()
                    self._next.start(0)
