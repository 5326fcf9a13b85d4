"""Transport signs painted from paths, as in ``ui/icons.py``: sharp at any scale, no fonts needed."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from rdpgui.ui.theme import tokens

_RATIO = 2
_SIZE = 16


class Sign(StrEnum):
    """What a transport button does."""

    FIRST = "first"
    BACK = "back"
    PLAY = "play"
    PAUSE = "pause"
    FORWARD = "forward"
    LAST = "last"
    SKIP_IDLE = "skip-idle"
    SNAPSHOT = "snapshot"
    FULL_SCREEN = "full-screen"


def sign_icon(sign: Sign, colour: str = "") -> QIcon:
    """Return a sign in the text colour unless told otherwise, with its disabled form."""
    made = QIcon(_pixmap(sign, colour or tokens().text))
    made.addPixmap(_pixmap(sign, tokens().faint), QIcon.Mode.Disabled)
    return made


def _pixmap(sign: Sign, colour: str) -> QPixmap:
    pixmap = QPixmap(_SIZE * _RATIO, _SIZE * _RATIO)
    pixmap.setDevicePixelRatio(_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    _paint(painter, sign)
    painter.end()
    return pixmap


def _paint(painter: QPainter, sign: Sign) -> None:
    match sign:
        case Sign.FIRST:
            _bar(painter, 3.2)
            _left(painter, 12.8, 5.4)
        case Sign.BACK:
            _left(painter, 11.2, 4.4)
        case Sign.PLAY:
            _right(painter, 4.4, 12.8)
        case Sign.PAUSE:
            painter.drawRoundedRect(QRectF(4.0, 3.2, 2.8, 9.6), 0.8, 0.8)
            painter.drawRoundedRect(QRectF(9.2, 3.2, 2.8, 9.6), 0.8, 0.8)
        case Sign.FORWARD:
            _right(painter, 4.8, 11.6)
        case Sign.LAST:
            _right(painter, 3.2, 10.6)
            _bar(painter, 11.2)
        case Sign.SKIP_IDLE:
            _right(painter, 2.0, 8.2)
            _right(painter, 8.0, 14.2)
        case Sign.SNAPSHOT:
            _camera(painter)
        case Sign.FULL_SCREEN:
            _corners(painter)


def _camera(painter: QPainter) -> None:
    body = QPainterPath()
    body.addRoundedRect(QRectF(1.6, 4.6, 12.8, 8.6), 1.6, 1.6)
    body.addRoundedRect(QRectF(5.4, 2.6, 5.2, 3.4), 1.0, 1.0)
    lens = QPainterPath()
    lens.addEllipse(QPointF(8.0, 8.8), 2.6, 2.6)
    painter.drawPath(body.simplified().subtracted(lens))


def _corners(painter: QPainter) -> None:
    for x, y in ((2.4, 2.8), (13.6, 2.8), (2.4, 13.2), (13.6, 13.2)):
        across, down = (1 if x < 8 else -1), (1 if y < 8 else -1)
        painter.drawRect(QRectF(QPointF(x, y), QPointF(x + 4.2 * across, y + 1.6 * down)).normalized())
        painter.drawRect(QRectF(QPointF(x, y), QPointF(x + 1.6 * across, y + 4.2 * down)).normalized())


def _bar(painter: QPainter, x: float) -> None:
    painter.drawRoundedRect(QRectF(x, 3.6, 1.8, 8.8), 0.6, 0.6)


def _left(painter: QPainter, right: float, left: float) -> None:
    painter.drawPolygon(QPolygonF([QPointF(right, 3.6), QPointF(left, 8), QPointF(right, 12.4)]))


def _right(painter: QPainter, left: float, right: float) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, 3.6), QPointF(right, 8), QPointF(left, 12.4)]))
