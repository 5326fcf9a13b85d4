"""The program's icon: a screen that is switched off while it is recorded. ``resources/desktop`` has the same as SVG.

Painted, because QtSvg is not needed for anything else.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPen, QPixmap

_SIZES = (16, 24, 32, 48, 64, 128, 256)
_WHOLE = 64.0
_GROUND, _SCREEN, _STAND, _SIGN, _RECORD = "#1b2230", "#4a9cff", "#c3cad4", "#ffffff", "#ff5a5f"


def app_icon() -> QIcon:
    """Return the icon in every size that a window, a taskbar or a switcher asks for."""
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(_painted(size))
    return made


def wear() -> None:
    """Give the icon to every window of the program."""
    QGuiApplication.setWindowIcon(app_icon())


def _painted(size: int) -> QPixmap:
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / _WHOLE, size / _WHOLE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_GROUND))
    painter.drawRoundedRect(QRectF(2, 2, 60, 60), 14, 14)
    painter.setBrush(QColor(_SCREEN))
    painter.drawRoundedRect(QRectF(11, 13, 42, 29), 4, 4)
    painter.setPen(_line(_STAND, 4.0))
    painter.drawLine(QPointF(25, 52), QPointF(39, 52))
    painter.drawLine(QPointF(32, 42), QPointF(32, 52))
    painter.setPen(_line(_SIGN, 3.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(24.4, 21.7, 15.2, 15.2), 129 * 16, 282 * 16)
    painter.drawLine(QPointF(32, 18.4), QPointF(32, 26.6))
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, radius in ((_GROUND, 9.0), (_RECORD, 6.4)):
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(49, 47), radius, radius)
    painter.end()
    return picture


def _line(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
