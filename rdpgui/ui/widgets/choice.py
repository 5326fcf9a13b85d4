"""A combo box with a painted chevron: the style sheet takes away the style's own arrow."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QComboBox
from typing_extensions import override

from rdpgui.ui.theme import tokens


class Choice(QComboBox):
    """Changes by click and keyboard; the wheel passes through, so that scrolling changes nothing by accident."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow that the style sheet leaves out."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens().dim if self.isEnabled() else tokens().faint), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y = self.width() - 15.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 3.5, y - 1.8), QPointF(x, y + 1.8), QPointF(x + 3.5, y - 1.8)]))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Pass the wheel on, so that scrolling past changes nothing."""
        event.ignore()
