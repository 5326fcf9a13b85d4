"""A frame round a widget that lights it in place; nothing of the widget is covered, and no click is taken."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.ui.theme import tokens

_AROUND_PX = 5
_LINE_PX = 2
_GLOW_ALPHA = 70


class Ring(QWidget):
    """The frame; it does not move by itself, so nobody's reduced motion is disturbed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guide_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def put_round(self, lit: QRect) -> None:
        """Light this part of the parent."""
        self.setGeometry(lit.adjusted(-_AROUND_PX, -_AROUND_PX, _AROUND_PX, _AROUND_PX))
        inside = self.rect().adjusted(_AROUND_PX, _AROUND_PX, -_AROUND_PX, -_AROUND_PX)
        self.setMask(QRegion(self.rect()) - QRegion(inside))  # what changes inside is painted without this one

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line and a glow round it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(tokens().accent)
        glow = QColor(colour)
        glow.setAlpha(_GLOW_ALPHA)
        for pen, inset in ((QPen(glow, _AROUND_PX), _AROUND_PX / 2), (QPen(colour, _LINE_PX), _AROUND_PX - 2.0)):
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 7, 7)
