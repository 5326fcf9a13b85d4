"""Python's cyclic garbage collector, in the window's own thread only.

By itself it runs in whatever thread happens to allocate; there it may destroy
a QObject of the window, which ends the process ("Timers cannot be stopped from
another thread"). It is switched off and run by a timer instead, in small steps.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

STEP_MS = 1000
YOUNG_OBJECTS = 5_000
"""Newer objects than this before a step is worth its time."""
STEPS_BETWEEN_FULL = 30
SETTLING_STEPS = (1, 2, 3, 4, 5, 15, STEPS_BETWEEN_FULL - 1)
"""SDK clients, a fifth of a million objects that stay, are made by the first calls of each kind."""
LONG_S = 0.02


class Collector(QObject):
    """Collects while the loop runs, from ``start`` to ``stop``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = 0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Switch the automatic collection off and begin; what the start has made stays."""
        gc.disable()
        self.settle()
        self._timer.start()

    def settle(self) -> None:
        """Leave out from later steps what stays for good: modules, service models, widgets.

        Without a collection before it, which would hold the loop for a tenth of a second; the little garbage
        of the start stays with them. What is left out is still freed when its last reference goes.
        """
        gc.freeze()

    def stop(self) -> None:
        """Give collection back to the interpreter."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _step(self) -> None:
        self._steps += 1
        if self._steps in SETTLING_STEPS:
            gc.freeze()
        elif self._steps % STEPS_BETWEEN_FULL == 0:
            begun_mono_s = time.monotonic()
            gc.collect()
            if time.monotonic() - begun_mono_s > LONG_S:
                # There is too much to walk through without the window noticing: what survived this once is left out.
                gc.freeze()
        elif gc.get_count()[0] > YOUNG_OBJECTS:
            gc.collect(1)
