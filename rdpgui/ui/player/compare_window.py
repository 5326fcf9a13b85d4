"""Two films side by side, locked on one clock."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui import formats
from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.player.compare_axis import CompareAxis
from rdpgui.ui.player.compare_clock import Lock, lock_at, possible_anchors
from rdpgui.ui.player.compare_controls import CompareControls
from rdpgui.ui.player.compare_pace import ComparePace
from rdpgui.ui.player.compare_side import CompareSide
from rdpgui.ui.player.keys import KeyCommand, key_command
from rdpgui.ui.player.seek_bar import SeekBar
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.tasks import TaskScope


class CompareWindow(QWidget):
    """Shows two runs; what is done is done to both films at the same instant of the common clock.

    Args:
        compared: two runs. stills: exact frames, of which alone it is made.

    Attributes:
        sides: left and right. bar: the common axis. controls: the row of buttons. pace: the common clock's hand.

    Signals:
        closed: the window was closed.
    """

    closed = Signal()

    def __init__(
        self,
        compared: tuple[ComparedRun, ComparedRun],
        stills: StillsPort,
        tasks: TaskScope,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("compare_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._compared, self._tasks = compared, tasks
        self._anchors = possible_anchors(compared)
        self.sides = tuple(
            CompareSide(run, stills, tasks, name) for run, name in zip(compared, ("left", "right"), strict=True)
        )
        self.bar = SeekBar()
        self.bar.setObjectName("compare_seek_bar")
        self.controls = CompareControls(self._anchors)
        self.pace = ComparePace(self.sides, self)
        self._axis = CompareAxis(self.bar, self.pace, compared, self)
        self._lay_out()
        self._connect()
        self.resize(1480, 700)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def start(self) -> None:
        """Open the films and show them aligned."""
        self._align(at_s=0.0)
        for side in self.sides:
            side.start()
        self.show()
        self.setFocus()

    async def aclose(self) -> None:
        """Close the window and wait until its films are closed."""
        self.pace.stop()
        await asyncio.gather(*(side.desk.aclose() for side in self.sides))
        self.close()

    def retranslate(self) -> None:
        """Show all texts in the language in use."""
        self.setWindowTitle(_("Two films on one clock"))
        self.bar.setAccessibleName(_("Position on the common clock"))
        self.controls.retranslate()
        self._axis.show_marks(self.controls.anchor_words())
        self._show_time()

    def step(self, frames: int) -> None:
        """Stand on the next change of a picture on either side, or on the one before."""
        self.pace.pause()
        self._tasks.start("compare step", self._step(frames))

    def to_begin(self) -> None:
        """Go to the first frame of the film that begins first."""
        self.pace.seek(self.pace.lock.begin_s)

    def to_end(self) -> None:
        """Go to the last frame of the film that ends last."""
        self.pace.seek(self.pace.lock.end_s)

    async def _step(self, frames: int) -> None:
        at_s = await self.pace.change_beside(frames)
        if at_s is not None:
            self.pace.seek(at_s)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for side in self.sides:
            row.addWidget(side, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(row, 1)
        column.addWidget(self.bar)
        column.addWidget(self.controls)

    def _connect(self) -> None:
        controls, pace = self.controls, self.pace
        pace.moved.connect(self._show_time)
        pace.playing_changed.connect(controls.show_playing)
        for side in self.sides:
            side.opened.connect(self._on_opened)
            side.clicked.connect(pace.toggle)
        controls.first.connect(self.to_begin)
        controls.back.connect(self._on_back)
        controls.play_pause.connect(pace.toggle)
        controls.forward.connect(self._on_forward)
        controls.last.connect(self.to_end)
        controls.rate_chosen.connect(pace.set_rate)
        controls.anchor_chosen.connect(self._on_anchor)

    def _align(self, at_s: float) -> None:
        anchor = self.controls.anchor
        self.pace.set_lock(lock_at(self._compared, anchor) if anchor else Lock((None, None), (0.0, 0.0)), at_s)
        self._axis.show_lock(self.controls.anchor_words())
        self._show_time()

    def _show_time(self) -> None:
        anchor = self.controls.anchor
        if anchor is not None:
            span = formats.seconds(self.pace.at_s, decimals=3)
            sign = "+" if self.pace.at_s >= 0 else ""
            self.controls.show_time(f"{sign}{span}")

    def _on_opened(self) -> None:
        if not any(side.has_film and side.desk.film is None for side in self.sides):
            self.controls.set_loaded(loaded=any(side.has_film for side in self.sides))
            self.pace.seek(self.pace.at_s)

    def _on_back(self) -> None:
        self.step(-1)

    def _on_forward(self) -> None:
        self.step(1)

    def _on_anchor(self) -> None:
        self._align(at_s=0.0)
        self.pace.seek(0.0)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = key_command(event.key(), event.modifiers())
        pace = self.pace
        match command:
            case KeyCommand.PLAY_PAUSE:
                pace.toggle()
            case KeyCommand.PAUSE:
                pace.pause()
            case KeyCommand.FORWARDS | KeyCommand.BACKWARDS:
                pace.faster(1 if command is KeyCommand.FORWARDS else -1)
            case KeyCommand.FRAME_BACK | KeyCommand.FRAME_ON:
                self.step(1 if command is KeyCommand.FRAME_ON else -1)
            case KeyCommand.SECOND_BACK | KeyCommand.SECOND_ON:
                pace.seek(pace.at_s + (1.0 if command is KeyCommand.SECOND_ON else -1.0))
            case KeyCommand.FIRST:
                self.to_begin()
            case KeyCommand.LAST:
                self.to_end()
            case KeyCommand.FULL_SCREEN:
                self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
            case KeyCommand.LEAVE_FULL_SCREEN if self.isFullScreen():
                self.showNormal()
            case KeyCommand.LEAVE_FULL_SCREEN:
                self.close()
            case _:
                super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.pace.stop()
        for side in self.sides:
            side.desk.clear()
        self.closed.emit()
        super().closeEvent(event)
