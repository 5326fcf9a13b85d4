"""Large writing in boxes: as large as asked for, smaller where the box is small, never under the floor, never outside.

What was written where is kept, so that a test, and who hears the screen read, knows what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rdpgui.ui.plain import visible
from rdpgui.ui.theme import mono_font, sans_font

FLOOR_PX = 24
"""Of all type at 1080 lines: read from the last row."""
_LINE_SHARE = 1.28
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class Written:
    """One text on screen: where, how large, and whether all of it is there."""

    box: QRectF
    text: str
    whole: str
    px: int

    @property
    def cut(self) -> bool:
        """Whether something of it is missing."""
        return self.text != self.whole


class Writer:
    """Writes with one painter.

    Args:
        painter: of the widget. scale: 1 at 1080 lines.

    Attributes:
        written: everything so far.
    """

    def __init__(self, painter: QPainter, scale: float) -> None:
        self._painter = painter
        self.scale = scale
        self.written: list[Written] = []

    def px(self, at_1080: float) -> float:
        """Return a length on this screen."""
        return at_1080 * self.scale

    def font(self, px: float, *, bold: bool = False, mono: bool = False) -> QFont:
        """Return a font of so many pixels at 1080 lines."""
        font = mono_font() if mono else sans_font(bold=bold)
        font.setPixelSize(max(1, round(self.px(px))))
        return font

    def width(self, text: str, px: float, *, bold: bool = False) -> float:
        """Return how wide one line is."""
        return QFontMetricsF(self.font(px, bold=bold)).horizontalAdvance(visible(text))

    def line(
        self,
        box: QRectF,
        text: str,
        px: float,
        colour: str,
        *,
        bold: bool = False,
        right: bool = False,
        middle: bool = False,
        mono: bool = False,
    ) -> float:
        """Write one line, its middle in the box's; return how wide it is."""
        whole = " ".join(visible(text).split("\n"))
        fitting = whole
        for size in _sizes(px):
            font = self.font(size, bold=bold, mono=mono)
            metrics = QFontMetricsF(font)
            fitting = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, max(0.0, box.width()))
            if fitting == whole:
                break
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        side = Qt.AlignmentFlag.AlignHCenter if middle else side
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), fitting)
        width = metrics.horizontalAdvance(fitting)
        left = box.left() + (box.width() - width) * (1.0 if right else 0.5 if middle else 0.0)
        place = QRectF(left, box.center().y() - metrics.height() / 2, width, metrics.height())
        self.written.append(Written(place, fitting, whole, font.pixelSize()))
        return width

    def block(self, box: QRectF, text: str, px: float, colour: str, *, bold: bool = False) -> float:
        """Write lines from the top of a box; return how high they are."""
        whole = visible(text)
        if not whole or box.height() <= 0:
            return 0.0
        fitting, height = whole, 0.0
        for size in _sizes(px):
            font = self.font(size, bold=bold)
            metrics = QFontMetricsF(font)
            height = self._height(metrics, box, whole)
            if height <= box.height() + 1:
                break
        else:
            fitting = self._cut(metrics, box, whole)
            height = min(box.height(), self._height(metrics, box, fitting))
        place = QRectF(box.left(), box.top(), box.width(), height)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(place, _WRAP, fitting)
        self.written.append(Written(place, fitting, whole, font.pixelSize()))
        return height

    def height(self, width: float, text: str, px: float, *, bold: bool = False) -> float:
        """Return how high a text is in a width."""
        metrics = QFontMetricsF(self.font(px, bold=bold))
        return self._height(metrics, QRectF(0, 0, width, 0), visible(text)) if text else 0.0

    @staticmethod
    def _height(metrics: QFontMetricsF, box: QRectF, text: str) -> float:
        return metrics.boundingRect(QRectF(0, 0, max(1.0, box.width()), 1e6), _WRAP, text).height()

    def _cut(self, metrics: QFontMetricsF, box: QRectF, whole: str) -> str:
        """Return as much of a text as fits, with dots at its end."""
        low, high = 0, len(whole)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self._height(metrics, box, f"{whole[:middle]}…") <= box.height() + 1
            low, high = (middle, high) if fits else (low, middle - 1)
        return f"{whole[:low].rstrip()}…"


def _sizes(px: float) -> tuple[float, ...]:
    """Return the sizes that are tried, the wanted one first."""
    if px <= FLOOR_PX:
        return (FLOOR_PX,)
    steps = 6
    return tuple(px - (px - FLOOR_PX) * n / steps for n in range(steps + 1))
