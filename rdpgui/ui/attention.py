"""Whether anybody looks at the window: shown or hidden, used or left alone."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid
from typing_extensions import override

from rdpgui.core.attention import Attention

IDLE_AFTER_S = 300.0
_LOOK_MS = 2000


class AttentionWatch(QObject):
    """Tells when the window is hidden, left alone for minutes, or looked at again.

    No event filter of the application: every event of every widget would pass through Python. A moved pointer, another
    focus and a command are signs of a person; a moved pointer is noticed within two seconds.

    Args:
        window: the top-level window.

    Signals:
        changed: another Attention.
    """

    changed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.attention = Attention.LOOKING
        self._pointer = QCursor.pos()
        self._used_mono_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self)  # dies with the window, other than a call put off
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look, at the frame that is on screen."""
        self._window.window().installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self.note_use)
            application.applicationStateChanged.connect(self.note_use)
        self._timer.start()

    def note_use(self) -> None:
        """Somebody does something."""
        self._used_mono_s = time.monotonic()
        self.look()

    def look(self) -> None:
        """Find out, and tell when it is another one."""
        if not isValid(self._window):
            return  # a signal of the application that came after the window's end
        pointer, now_mono_s = QCursor.pos(), time.monotonic()
        if pointer != self._pointer:
            self._pointer, self._used_mono_s = pointer, now_mono_s
        frame = self._window.window()
        if not frame.isVisible() or frame.isMinimized():
            found = Attention.HIDDEN
        elif now_mono_s - self._used_mono_s >= IDLE_AFTER_S:
            found = Attention.IDLE
        else:
            found = Attention.LOOKING
        if found is not self.attention:
            self.attention = found
            self.changed.emit(found)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice at once that the window is shown, hidden or minimised."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate):
            self.note_use()
        elif event.type() in (QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._soon.start()
        return False
