"""Tells the desktop that a long run is over, when nobody looks at the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.app_icon import app_icon
from rdpgui.ui.models.runs import result_word
from rdpgui.ui.plain import named

LONG_S = 20.0
"""A run that took longer is one that a person turned away from."""
_SHOWN_MS = 10_000


class EndNotice(QObject):
    """A notice of the desktop, and the window's mark in the taskbar; neither takes the focus.

    Args:
        window: what comes to the front when the notice is clicked.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(_SHOWN_MS)
        self._over.timeout.connect(self._hide)

    def run_ended(self, run: RunState) -> None:
        """Tell of a run that was long."""
        if run.ended_at is not None and (run.ended_at - run.started_at).total_seconds() >= LONG_S:
            self.tell(result_word(run), f"{labels.run_name(run)} × {labels.access_name(run)}")

    def runs_ended(self, done: int, total: int) -> None:
        """Tell of several runs that were one order."""
        self.tell(_("The runs are over"), _("{done} of {total} runs").format(done=done, total=total))

    def tell(self, title: str, text: str) -> None:
        """Tell, unless somebody works with the window."""
        frame = self._window.window()
        if frame.isActiveWindow() and not frame.isMinimized():
            return
        QApplication.alert(frame)
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(app_icon(), self)
            self._tray.messageClicked.connect(self._on_clicked)
        self._tray.show()
        self._tray.showMessage(named(title), named(text), app_icon(), _SHOWN_MS)
        self._over.start()

    def _on_clicked(self) -> None:
        frame = self._window.window()
        frame.showNormal() if frame.isMinimized() else frame.raise_()
        frame.activateWindow()
        self._hide()

    def _hide(self) -> None:
        if self._tray is not None:
            self._tray.hide()
