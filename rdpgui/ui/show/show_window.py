"""The presenter view's own window: the canvas, the time of the run, a few controls, and the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import N_, _
from rdpgui.ui.show.canvas import Canvas, scale_of
from rdpgui.ui.show.playhead import Playhead
from rdpgui.ui.show.writing import FLOOR_PX

_TWICE_MS = 500
"""While a run goes on: so long one Esc waits for a second one."""
SMALLEST = QSize(1024, 576)
_BUTTONS = {
    "show_back": N_("← Back"),
    "show_next": N_("Next →"),
    "show_play": N_("Run by itself (P)"),
    "show_new_run": N_("New run in the lab (N)"),
    "show_stop": N_("Emergency stop  Esc Esc"),
    "show_leave": N_("Leave (Esc)"),
}

_HOLD = N_("Hold (P)")


class ShowWindow(QWidget):
    """Shows scenes on the whole screen.

    Signals:
        stepped: by so many steps. play_requested: to go on by itself, or no longer. run_requested: a new run.
        stop_requested: the emergency stop. left: the person has left it.
    """

    stepped = Signal(int)
    play_requested = Signal()
    run_requested = Signal()
    stop_requested = Signal()
    left = Signal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self.setObjectName("show_window")
        self.setMinimumSize(SMALLEST)
        self.canvas = Canvas()
        self.playhead = Playhead()
        self._buttons: dict[str, QPushButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.canvas, 1)
        self._time = QHBoxLayout()
        self._time.addWidget(self.playhead)
        self._column.addLayout(self._time)
        self._row = QHBoxLayout()
        for name in _BUTTONS:
            button = QPushButton()
            button.setObjectName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # space goes on, also after a click on "back"
            self._buttons[name] = button
            self._row.addWidget(button)
        self._row.insertStretch(4, 1)
        self._column.addLayout(self._row)
        self._buttons["show_back"].clicked.connect(self._on_back)
        self._buttons["show_next"].clicked.connect(self._on_next)
        self._buttons["show_play"].clicked.connect(self.play_requested)
        self._buttons["show_new_run"].clicked.connect(self.run_requested)
        self._buttons["show_stop"].clicked.connect(self.stop_requested)
        self._buttons["show_leave"].clicked.connect(self.close)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._running = False
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(_TWICE_MS)
        self._leaving.timeout.connect(self.close)
        self.retranslate()

    def open(self) -> None:
        """Fill the screen that the program's window is on."""
        owner = self.parentWidget()
        screen = owner.screen() if owner is not None else QGuiApplication.primaryScreen()
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()

    def show_state(self, *, first: bool, last: bool, playing: bool, can_run: bool, running: bool) -> None:
        """Allow what can be done now."""
        self._running = running
        self._buttons["show_back"].setEnabled(not first)
        self._buttons["show_next"].setEnabled(not last)
        self._buttons["show_new_run"].setVisible(can_run)
        self._buttons["show_stop"].setVisible(running)
        self._buttons["show_play"].setText(_(_HOLD) if playing else _(_BUTTONS["show_play"]))

    def retranslate(self) -> None:
        """Show everything in the language in use."""
        self.setWindowTitle(_("Presenter view"))
        for name, text in _BUTTONS.items():
            self._buttons[name].setText(_(text))
        self.playhead.retranslate()
        self._dress()

    def _dress(self) -> None:
        """Let type, margins and buttons grow with the screen."""
        scale = scale_of(self.size())
        self.canvas.scale = self.playhead.scale = scale
        self.playhead.updateGeometry()
        side, font = round(72 * scale), max(1, round(FLOOR_PX * scale))
        self._column.setContentsMargins(0, 0, 0, round(26 * scale))
        self._time.setContentsMargins(side, round(6 * scale), side, 0)
        self._row.setContentsMargins(side, round(8 * scale), side, 0)
        self._row.setSpacing(round(16 * scale))
        pad = f"{round(8 * scale)}px {round(24 * scale)}px"
        self.setStyleSheet(f"QWidget#show_window QPushButton {{ font-size: {font}px; padding: {pad}; }}")
        self._keep_width(self._buttons["show_play"], _(_BUTTONS["show_play"]), _(_HOLD))

    @staticmethod
    def _keep_width(button: QPushButton, *texts: str) -> None:
        """Give a button the room of the longest of its texts: nothing jumps when it says another one."""
        now, widths = button.text(), []
        for text in texts:
            button.setText(text)
            button.ensurePolished()
            widths.append(button.sizeHint().width())
        button.setMinimumWidth(max(widths))
        button.setText(now)

    def _on_escape(self) -> None:
        """Leave; while a run goes on a second Esc is the emergency stop, as in the program's window."""
        if self._running and self._leaving.isActive():
            self._leaving.stop()
            self.stop_requested.emit()
        elif self._running:
            self._leaving.start()
        else:
            self.close()

    def _on_back(self) -> None:
        self.stepped.emit(-1)

    def _on_next(self) -> None:
        self.stepped.emit(1)

    @override
    def event(self, event: QEvent) -> bool:
        """Take every key here, also where the program's window has a shortcut on it: two Esc are its emergency stop."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow the keys of a presentation; a remote control sends the page keys."""
        match event.key():
            case Qt.Key.Key_Escape:
                self._on_escape()
            case Qt.Key.Key_F11:
                self.close()
            case Qt.Key.Key_Space | Qt.Key.Key_Right | Qt.Key.Key_Down | Qt.Key.Key_PageDown | Qt.Key.Key_Return:
                self.stepped.emit(1)
            case Qt.Key.Key_Left | Qt.Key.Key_Up | Qt.Key.Key_PageUp | Qt.Key.Key_Backspace:
                self.stepped.emit(-1)
            case Qt.Key.Key_Home:
                self.stepped.emit(-len(_BUTTONS))
            case Qt.Key.Key_End:
                self.stepped.emit(len(_BUTTONS))
            case Qt.Key.Key_P:
                self.play_requested.emit()
            case Qt.Key.Key_N if self._buttons["show_new_run"].isVisible():
                self.run_requested.emit()
            case _:
                super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language or theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Grow with the screen."""
        super().resizeEvent(event)
        self._dress()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Only hide: the program goes on behind it."""
        event.ignore()
        self.hide()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it is no longer shown."""
        super().hideEvent(event)
        self.left.emit()
