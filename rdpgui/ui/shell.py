"""The first thing on screen: the window's frame, there before its panels are imported and built.

It takes input at once (moving, resizing, closing); ``adopt`` puts the real
window into it a moment later. Imports next to nothing, because everything it
imports is waited for.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QMainWindow

from rdpgui.i18n import _

WANTED_SIZE = QSize(1600, 1000)
SHARE_OF_SCREEN = 0.96


class Shell(QMainWindow):
    """The frame of the program's window.

    Attributes:
        close_wanted: whether the person has wanted to leave; also before anybody listened.

    Signals:
        close_requested: the person wants to leave; nothing is closed by itself.
    """

    close_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.close_wanted = False
        self.setObjectName("shell")
        self.setWindowTitle("rdpgui")
        waiting = QLabel(_("Opening…"))
        waiting.setObjectName("shell_waiting")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(waiting)
        self.resize(WANTED_SIZE.boundedTo(self.screen().availableSize() * SHARE_OF_SCREEN))

    def is_on_screen(self) -> bool:
        """Whether the display has shown the frame: it is painted by then. Only of a frame that was shown."""
        return self.windowHandle().isExposed()

    def adopt(self, window: QMainWindow) -> None:
        """Show the real window inside this frame, with its title and its smallest size."""
        window.setWindowFlags(Qt.WindowType.Widget)
        self.setMinimumSize(window.minimumSize().boundedTo(self.screen().availableSize()))
        self.setCentralWidget(window)
        self.setWindowTitle(window.windowTitle())
        window.windowTitleChanged.connect(self.setWindowTitle)
        window.show()

    # No @override: its import would cost the first picture a tenth of its time.
    def closeEvent(self, event: QCloseEvent) -> None:
        """Pass the wish on; the program ends in its own order."""
        event.ignore()
        self.close_wanted = True
        self.close_requested.emit()
