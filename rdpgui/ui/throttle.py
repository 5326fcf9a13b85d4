"""First call now, last call later, never more often than the interval."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Throttle(QObject):
    """Calls a function at most once per interval; the last request always gets its call.

    Args:
        call: what to do; takes no arguments, so that it reads the newest state itself.
        interval_ms: shortest time between two calls.
    """

    def __init__(self, call: Callable[[], None], interval_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._wanted = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_timeout)

    def request(self) -> None:
        """Ask for a call: now when there was none lately, else when the interval is over."""
        if self._timer.isActive():
            self._wanted = True
            return
        self._timer.start()
        self._call()

    def flush(self) -> None:
        """Make the outstanding call now, if there is one."""
        if self._wanted:
            self._on_timeout()

    def cancel(self) -> None:
        """Forget the outstanding call."""
        self._wanted = False
        self._timer.stop()

    def _on_timeout(self) -> None:
        if self._wanted:
            self._wanted = False
            self._timer.start()
            self._call()
