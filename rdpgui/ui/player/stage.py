"""Picture, seek bar, thumbnails and buttons in one column; moves to a window of its own for full screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.plain import one_line
from rdpgui.ui.player.hover import HoverThumbnail
from rdpgui.ui.player.picture import PictureView
from rdpgui.ui.player.seek_bar import SeekBar
from rdpgui.ui.player.strip import ThumbnailStrip
from rdpgui.ui.player.transport import Transport
from rdpgui.ui.tasks import TaskScope

_STRIP_FROM_PX = 380
"""A lower stage leaves its height to the picture; the seek bar shows thumbnails, too."""


class Stage(QWidget):
    """Everything that is shown of a film.

    Attributes:
        picture, bar, strip, transport: its parts. hover: the picture above the bar.
    """

    def __init__(self, tasks: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("film_stage")
        self.picture = PictureView()
        self.bar = SeekBar()
        self.strip = ThumbnailStrip(tasks)
        self.transport = Transport()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.picture, 1)
        column.addWidget(self.bar)
        column.addWidget(self.strip)
        column.addWidget(self.transport)
        self.hover = HoverThumbnail(self)
        self.bar.left.connect(self.hover.hide)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the thumbnails out where the picture needs their height."""
        super().resizeEvent(event)
        self.strip.setVisible(self.height() >= _STRIP_FROM_PX)

    def show_hover(self, at_s: float, image: QImage, lines: tuple[str, ...]) -> None:
        """Show a small picture above the bar at a film time."""
        above = self.bar.mapTo(self, QPoint(round(self.bar.x_of(at_s)), 0))
        self.hover.show_at(above, image, lines)

    def set_position(self, at_s: float) -> None:
        """Move the playhead everywhere."""
        self.bar.set_position(at_s)
        self.strip.set_position(at_s)


class FullScreen(QWidget):
    """The window the stage moves to.

    Signals:
        closed: somebody closed it. key_pressed: a ``QKeyEvent`` for the panel.
    """

    closed = Signal()
    key_pressed = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("film_full_screen_window")
        self.setWindowTitle(one_line(title, 120))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 10, 10, 10)

    def take(self, stage: Stage) -> None:
        """Show a stage in this window."""
        self._column.addWidget(stage)
        self.showFullScreen()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass keys on to the panel."""
        self.key_pressed.emit(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the film goes back to its panel."""
        self.closed.emit()
        super().closeEvent(event)


class WholeScreen(QObject):
    """Moves the stage to full screen and back.

    Args:
        stage: what moves. home: the layout where it stands else.

    Signals:
        key_pressed: a ``QKeyEvent`` in full screen, for the panel. left: it is back.
    """

    key_pressed = Signal(object)
    left = Signal()

    def __init__(self, stage: Stage, home: QBoxLayout, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._home = stage, home
        self._window: FullScreen | None = None
        home.addWidget(stage, 1)

    def toggle(self) -> None:
        """Go to full screen or back."""
        if self._window is not None:
            self.leave()
            return
        self._window = FullScreen(_("Recording"))
        self._window.key_pressed.connect(self.key_pressed)
        self._window.closed.connect(self.leave)
        self._window.take(self._stage)

    def leave(self) -> None:
        """Come back into the window."""
        window, self._window = self._window, None
        if window is not None:
            self._home.addWidget(self._stage, 1)
            window.close()
            window.deleteLater()
            self.left.emit()
