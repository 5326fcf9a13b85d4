"""The word LAB on a picture: the same colours on every theme, since pictures have none."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from rdpgui.i18n import _
from rdpgui.ui.theme import sans_font

_GROUND = "#b996ff"
_TEXT = "#1d0f38"
_SIDES_PX = 14
_TALL_PX, _TALL_SHARE = 30, 0.62
"""A box that is higher than this is on a whole screen: the word grows with it."""


def clock_tip() -> str:
    """Say what the black and white cells at the lower edge of a lab picture are."""
    return _("The black and white cells at the lower edge are the lab's clock, written for machines: no fault.")


def paint_lab_mark(painter: QPainter, box: QRectF, *, scale: float = 0.9) -> float:
    """Paint the mark into a box as wide as the word needs; return its right edge.

    Args:
        painter: its font stays as it is.
        box: place and height; the width is set here.
        scale: of the font, against the text's.
    """
    font = painter.font()
    mark = sans_font(scale=scale, bold=True)
    if box.height() > _TALL_PX:
        mark.setPixelSize(round(box.height() * _TALL_SHARE))
    painter.setFont(mark)
    box.setWidth(painter.fontMetrics().horizontalAdvance("LAB") + _SIDES_PX)
    path = QPainterPath()
    path.addRoundedRect(box, 3, 3)
    painter.fillPath(path, QColor(_GROUND))
    painter.setPen(QColor(_TEXT))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "LAB")
    painter.setFont(font)
    return box.right()
