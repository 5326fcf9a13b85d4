"""The question as a picture: a person, the session, a server that goes down, and where the recording should come to."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from rdpgui.i18n import _
from rdpgui.ui.show.writing import Writer
from rdpgui.ui.theme import mix, tokens


def paint_diagram(painter: QPainter, writer: Writer, box: QRectF) -> None:
    """Paint it into a box."""
    px, t = writer.px, tokens()
    height = min(px(130), box.height() / 4.6)
    gap = (min(box.height(), px(700)) - 4 * height) / 3
    texts = (
        (_("A person at work"), t.border_strong),
        (_("Recorded session (Systems Manager)"), t.accent),
        (_("Windows server"), t.bad),
        (_("Recording in the bucket?"), t.lab),
    )
    boxes = [QRectF(box.left(), box.top() + n * (height + gap), box.width(), height) for n in range(len(texts))]
    for place, (text, colour) in zip(boxes, texts, strict=True):
        painter.setPen(QPen(QColor(colour), px(4)))
        painter.setBrush(mix(t.surface, colour, 0.1))
        painter.drawRoundedRect(place, px(14), px(14))
        writer.line(place.adjusted(px(24), 0, -px(24), 0), text, 32, t.text, bold=True, middle=True)
    for first, second in pairwise(boxes[:3]):
        _arrow(painter, writer, first, second, t.border_strong)
    _arrow(painter, writer, boxes[2], boxes[3], t.lab, dashed=True)
    _cross(painter, boxes[2], px(8), px(34))


def _arrow(
    painter: QPainter, writer: Writer, first: QRectF, second: QRectF, colour: str, *, dashed: bool = False
) -> None:
    px = writer.px
    line = QLineF(first.center().x(), first.bottom() + px(6), second.center().x(), second.top() - px(8))
    pen = QPen(QColor(colour), px(5))
    if dashed:
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    painter.drawLine(line.p1(), line.p2() - QPointF(0, px(14)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    end = line.p2()
    painter.drawPolygon(QPolygonF([end, end + QPointF(-px(13), -px(20)), end + QPointF(px(13), -px(20))]))


def _cross(painter: QPainter, place: QRectF, width: float, size: float) -> None:
    """Cross the server out, at its right end: it goes down."""
    pen = QPen(QColor(tokens().bad), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    middle = QPointF(place.right() - size * 1.6, place.center().y())
    half = size / 2
    painter.drawLine(middle + QPointF(-half, -half), middle + QPointF(half, half))
    painter.drawLine(middle + QPointF(-half, half), middle + QPointF(half, -half))
