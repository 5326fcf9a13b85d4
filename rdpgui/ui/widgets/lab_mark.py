"""The word LAB on a picture: the same colours on every theme, since pictures have none."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from rdpgui.ui.theme import sans_font

_GROUND = "#b996ff"
_TEXT = "#1d0f38"
_SIDES_PX = 14


def paint_lab_mark(painter: QPainter, box: QRectF, *, scale: float = 0.9) -> float:
    """Paint the mark into a box as wide as the word needs; return its right edge.

    Args:
        painter: its font stays as it is.
        box: place and height; the width is set here.
        scale: of the font, against the text's.
    """
    font = painter.font()
    painter.setFont(sans_font(scale=scale, bold=True))
    box.setWidth(painter.fontMetrics().horizontalAdvance("LAB") + _SIDES_PX)
    path = QPainterPath()
    path.addRoundedRect(box, 3, 3)
    painter.fillPath(path, QColor(_GROUND))
    painter.setPen(QColor(_TEXT))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "LAB")
    painter.setFont(font)
    return box.right()
