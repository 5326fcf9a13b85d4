"""Small pictures painted from paths: sharp at any scale, tinted from the tokens, no image files and no QtSvg.

Tones have their own shapes, so that a status reads without colour.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from rdpgui.ui.theme import tokens
from rdpgui.ui.tokens import Tone

Paint = Callable[[QPainter, QColor], None]
"""Paints into a 16 x 16 square."""


def _stroke(painter: QPainter, colour: QColor, width: float = 1.8) -> None:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _solid(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour))


def _line(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _area(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _dot(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    painter.drawEllipse(QRectF(4, 4, 8, 8))


def _half(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.6)
    painter.drawEllipse(QRectF(4.2, 4.2, 7.6, 7.6))
    _solid(painter, colour)
    painter.drawPie(QRectF(4.2, 4.2, 7.6, 7.6), 90 * 16, 180 * 16)


def _ring(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.6)
    painter.drawEllipse(QRectF(4.5, 4.5, 7, 7))


def _triangle(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    _area(painter, (8, 3.2), (13, 12.2), (3, 12.2))


def _square(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    painter.drawRoundedRect(QRectF(4, 4, 8, 8), 1, 1)


def _check(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.0)
    _line(painter, (3.2, 8.6), (6.6, 12), (12.8, 4.4))


def _cross(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.0)
    _line(painter, (4, 4), (12, 12))
    _line(painter, (12, 4), (4, 12))


def _question(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.8)
    path = QPainterPath(QPointF(5.2, 5.6))
    path.cubicTo(5.2, 1.8, 11, 1.8, 11, 5.4)
    path.cubicTo(11, 7.6, 8, 7.4, 8, 10)
    painter.drawPath(path)
    _solid(painter, colour)
    painter.drawEllipse(QRectF(6.9, 11.8, 2.2, 2.2))


def _stop(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    _area(painter, (5.4, 2), (10.6, 2), (14, 5.4), (14, 10.6), (10.6, 14), (5.4, 14), (2, 10.6), (2, 5.4))


def _play(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    _area(painter, (4.5, 2.8), (13, 8), (4.5, 13.2))


def _search(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.7)
    painter.drawEllipse(QRectF(2.6, 2.6, 7.6, 7.6))
    _line(painter, (9.4, 9.4), (13.4, 13.4))


def _copy(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.5)
    painter.drawRoundedRect(QRectF(5.5, 5.5, 8, 8), 1.5, 1.5)
    _line(painter, (3, 10.4), (2.6, 10), (2.6, 2.6), (10, 2.6), (10.4, 3))


def _folder(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.5)
    _line(painter, (2, 4), (6.4, 4), (7.8, 5.6), (14, 5.6), (14, 12.8), (2, 12.8), (2, 4))


def _page(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.5)
    _line(painter, (3.5, 2), (10, 2), (12.5, 4.6), (12.5, 14), (3.5, 14), (3.5, 2))
    _line(painter, (6, 7.4), (10, 7.4))
    _line(painter, (6, 10.4), (10, 10.4))


def _gear(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.6)
    for y, knob in ((4.0, 10.0), (8.0, 5.2), (12.0, 9.0)):
        _line(painter, (2.4, y), (13.6, y))
        _solid(painter, colour)
        painter.drawEllipse(QPointF(knob, y), 2.1, 2.1)
        _stroke(painter, colour, 1.6)


def _shield(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 1.5)
    path = QPainterPath(QPointF(8, 2))
    path.lineTo(13, 4)
    path.cubicTo(13, 9, 11.4, 12, 8, 14)
    path.cubicTo(4.6, 12, 3, 9, 3, 4)
    path.closeSubpath()
    painter.drawPath(path)


def _fold(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.0)
    _line(painter, (3, 5.5), (8, 10.5), (13, 5.5))


def _unfold(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.0)
    _line(painter, (5.5, 3), (10.5, 8), (5.5, 13))


_PAINTERS: dict[str, Paint] = {
    "ok": _dot,
    "info": _half,
    "idle": _ring,
    "warn": _triangle,
    "bad": _square,
    "lab": _dot,
    "check": _check,
    "cross": _cross,
    "question": _question,
    "stop": _stop,
    "play": _play,
    "search": _search,
    "copy": _copy,
    "folder": _folder,
    "page": _page,
    "gear": _gear,
    "shield": _shield,
    "fold": _fold,
    "unfold": _unfold,
}


@lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    _PAINTERS[name](painter, QColor(colour))
    painter.end()
    return pixmap


def pixmap(name: str, colour: str, size: int = 16, ratio: float = 2.0) -> QPixmap:
    """Return a picture by name in a colour (``#rrggbb``); ``size`` in device-independent pixels."""
    return _pixmap(name, colour, size, ratio)


def tone_pixmap(tone: Tone, size: int = 16) -> QPixmap:
    """Return the shape of a tone in its colour."""
    return _pixmap(tone.value, tokens().tone(tone), size, 2.0)


def tone_icon(tone: Tone, size: int = 16) -> QIcon:
    """Return the shape of a tone as an icon that keeps its colour in selected rows."""
    picture = tone_pixmap(tone, size)
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)
    return made


def icon(name: str, colour: str = "") -> QIcon:
    """Return an icon by name, in the text colour unless told otherwise."""
    made = QIcon(_pixmap(name, colour or tokens().text, 16, 2.0))
    made.addPixmap(_pixmap(name, tokens().faint, 16, 2.0), QIcon.Mode.Disabled)
    return made
