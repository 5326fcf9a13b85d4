"""The widget that shows the desktop, scaled with its aspect, and turns Qt input into RFB input."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.lab.console.keysyms import keysym_of, keysym_of_character

_BUTTONS: Final = {
    Qt.MouseButton.LeftButton: 1,
    Qt.MouseButton.MiddleButton: 2,
    Qt.MouseButton.RightButton: 4,
}
_WHEEL_UP: Final = 8
_WHEEL_DOWN: Final = 16
_WHEEL_LEFT: Final = 32
_WHEEL_RIGHT: Final = 64
_WHEEL_STEP: Final = 120
_MAX_STEPS: Final = 10
_SURROUND: Final = QColor(0x12, 0x14, 0x1A)
_NOTICE_FILL: Final = QColor(0x16, 0x1A, 0x24, 225)
_NOTICE_EDGE: Final = QColor(255, 255, 255, 70)
_NOTICE_TOP_PX: Final = 18


class DesktopView(QWidget):
    """Shows the last picture; while ``live``, passes mouse and keyboard.

    Signals:
        pointer_changed: x, y in pixels of the desktop, RFB mask of buttons.
        key_changed: X11 keysym, whether it went down.
    """

    pointer_changed = Signal(int, int, int)
    key_changed = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._live = False
        self._notice = ""
        self._buttons = 0
        self._wheel = QPointF()
        self._held: dict[int, int] = {}
        self.setObjectName("desktop-view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)

    @property
    def picture(self) -> QImage:
        """Return the picture shown; null before the first one."""
        return self._picture

    def show_picture(self, picture: QImage) -> None:
        """Show a newer picture."""
        if picture.size() != self._picture.size():
            self.updateGeometry()
        self._picture = picture
        self.update()

    def set_live(self, live: bool) -> None:
        """Pass input from now on, or stop doing so."""
        if not live:
            self._release_all()
        self._live = live
        # The desktop paints its own pointer.
        self.setCursor(Qt.CursorShape.BlankCursor if live else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_notice(self, words: str) -> None:
        """Write something over the picture; empty takes it away."""
        self._notice = words
        self.update()

    def target(self) -> QRectF:
        """Return where the picture is painted, in widget coordinates."""
        if self._picture.isNull():
            return QRectF(self.rect())
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) / 2
        top = (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())

    def to_desktop(self, place: QPointF) -> tuple[int, int]:
        """Return the desktop's pixel under a widget position, clamped to the desktop."""
        target = self.target()
        x = int((place.x() - target.x()) * self._picture.width() / max(1.0, target.width()))
        y = int((place.y() - target.y()) * self._picture.height() / max(1.0, target.height()))
        return min(max(x, 0), self._picture.width() - 1), min(max(y, 0), self._picture.height() - 1)

    @override
    def sizeHint(self) -> QSize:
        return QSize(1280, 720) if self._picture.isNull() else self._picture.size()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SURROUND)
        if not self._picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.target(), self._picture)
        if self._notice:
            paint_notice(painter, self.target(), self._notice)
        painter.end()

    # -- mouse ----------------------------------------------------------------
    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._buttons |= _BUTTONS.get(event.button(), 0)
        self._pass_pointer(event.position())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._buttons &= ~_BUTTONS.get(event.button(), 0)
        self._pass_pointer(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pass_pointer(event.position())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel step is a button pressed and released. Source: RFC 6143 §7.5.5."""
        self._wheel += QPointF(event.angleDelta())
        for value, positive, negative in (
            (self._wheel.y(), _WHEEL_UP, _WHEEL_DOWN),
            (self._wheel.x(), _WHEEL_LEFT, _WHEEL_RIGHT),
        ):
            steps = min(_MAX_STEPS, int(abs(value) // _WHEEL_STEP))
            for _ in range(steps):
                self._pass_pointer(event.position(), positive if value > 0 else negative)
                self._pass_pointer(event.position())
        self._wheel = QPointF(_remainder(self._wheel.x()), _remainder(self._wheel.y()))
        event.accept()

    def _pass_pointer(self, place: QPointF, extra: int = 0) -> None:
        if self._live and not self._picture.isNull():
            self.pointer_changed.emit(*self.to_desktop(place), self._buttons | extra)

    # -- keyboard -------------------------------------------------------------
    @override
    def event(self, event: QEvent) -> bool:
        """Take Tab and shortcuts, which Qt would keep for itself."""
        if event.type() == QEvent.Type.ShortcutOverride and self._live:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keypad = bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        keysym = keysym_of(event.key(), event.text(), keypad=keypad)
        if keysym is None or not self._live:
            return
        # Released is what was pressed, even if Shift changed in between.
        self._held[_identity(event)] = keysym
        self.key_changed.emit(keysym, True)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        keysym = self._held.pop(_identity(event), None)
        if keysym is not None and self._live:
            self.key_changed.emit(keysym, False)

    @override
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """What an input method commits (Japanese text) goes out character by character."""
        if self._live:
            for character in event.commitString():
                keysym = keysym_of_character(character)
                self.key_changed.emit(keysym, True)
                self.key_changed.emit(keysym, False)
        event.accept()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of every key: their releases will go to another window."""
        self._release_all()
        super().focusOutEvent(event)

    def _release_all(self) -> None:
        held, self._held = self._held, {}
        if self._live:
            for keysym in held.values():
                self.key_changed.emit(keysym, False)


def paint_notice(painter: QPainter, picture: QRectF, words: str) -> None:
    """Paint words as a pill over the upper middle of a picture, which stays as it was otherwise."""
    font = painter.font()
    font.setPixelSize(17)
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(words) + 56
    pill = QRectF(picture.center().x() - width / 2, picture.y() + _NOTICE_TOP_PX, width, 40)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_NOTICE_EDGE)
    painter.setBrush(_NOTICE_FILL)
    painter.drawRoundedRect(pill, 20, 20)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


def _identity(event: QKeyEvent) -> int:
    """Return what names the physical key: its scan code, or the Qt key where there is none."""
    return event.nativeScanCode() or -event.key()


def _remainder(value: float) -> float:
    """Return what is left of a wheel movement after its whole steps."""
    return value - int(value / _WHEEL_STEP) * _WHEEL_STEP
