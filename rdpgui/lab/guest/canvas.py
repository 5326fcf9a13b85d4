"""Fonts, colours and small drawing helpers shared by the painters."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QPainter, QPen

from rdpgui.lab.guest.layout import Rect

WHITE: Final = QColor(255, 255, 255)
BLACK: Final = QColor(0, 0, 0)
ACCENT: Final = QColor(0x3B, 0x8E, 0xEA)
LAB_VIOLET: Final = QColor(0x7C, 0x4D, 0xD8)
SYSTEM_BLUE: Final = QColor(0x0A, 0x5C, 0xAB)
INK: Final = QColor(0x1E, 0x24, 0x2E)
FAINT_INK: Final = QColor(0x5B, 0x66, 0x76)
PAPER: Final = QColor(0xF4, 0xF6, 0xF9)
CARD: Final = QColor(0xFF, 0xFF, 0xFF)
RULE: Final = QColor(0xD8, 0xDE, 0xE6)
GREEN: Final = QColor(0x1F, 0x9D, 0x63)

CENTRE: Final = Qt.AlignmentFlag.AlignCenter
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_UI_FAMILIES: Final[tuple[str, ...]] = (
    "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "Yu Gothic UI", "Meiryo UI", "Hiragino Sans",
    "IPAexGothic", "TakaoPGothic", "VL PGothic", "Segoe UI", "Noto Sans", "DejaVu Sans",
)  # fmt: skip
_MONO_FAMILIES: Final[tuple[str, ...]] = (
    "Noto Sans Mono CJK JP", "DejaVu Sans Mono", "Cascadia Mono", "Consolas", "Menlo", "Noto Sans Mono",
)  # fmt: skip
_SHADOW_PX: Final = 15
_SHADOW_STEP_PX: Final = 3
_SPINNER_DOTS: Final = 12
_SPINNER_TURN_S: Final = 1.2


class Fonts:
    """The fonts that this machine really has.

    Attributes:
        japanese: whether some font has Japanese characters.
    """

    def __init__(self) -> None:
        families = set(QFontDatabase.families())
        with_japanese = QFontDatabase.families(QFontDatabase.WritingSystem.Japanese)
        self.japanese = bool(with_japanese)
        known = [family for family in _UI_FAMILIES if family in families]
        self._ui = known or with_japanese[:1] or ["sans-serif"]
        mono = [family for family in _MONO_FAMILIES if family in families] or ["monospace"]
        self._mono = [*mono[:1], *self._ui]
        self._cache: dict[tuple[int, bool, bool], QFont] = {}

    def ui(self, size_px: int, *, bold: bool = False) -> QFont:
        """Return the interface font."""
        return self._font(size_px, bold, mono=False)

    def mono(self, size_px: int) -> QFont:
        """Return the console font."""
        return self._font(size_px, bold=False, mono=True)

    def _font(self, size_px: int, bold: bool, *, mono: bool) -> QFont:
        key = (size_px, bold, mono)
        font = self._cache.get(key)
        if font is None:
            font = QFont()
            font.setFamilies(self._mono if mono else self._ui)
            font.setPixelSize(size_px)
            font.setBold(bold)
            # Whole-pixel advances paint the same picture at every place, so equal text stays equal tiles.
            font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
            self._cache[key] = font
        return font


def qrect(rect: Rect) -> QRect:
    """Return the Qt rectangle of one of ours."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


def text(
    painter: QPainter, rect: QRect, words: str, font: QFont, colour: QColor, align: Qt.AlignmentFlag = LEFT
) -> None:
    """Write one line into a rectangle."""
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect, int(align), words)


def wrapped(painter: QPainter, rect: QRect, words: str, font: QFont, colour: QColor) -> None:
    """Write several lines into a rectangle, from its upper left corner."""
    painter.setFont(font)
    painter.setPen(colour)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextWordWrap.value), words)


def panel(painter: QPainter, rect: QRect, fill: QColor, radius: float = 0.0, border: QColor | None = None) -> None:
    """Fill a rectangle, rounded by ``radius`` pixels."""
    painter.setPen(QPen(border) if border is not None else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QBrush(fill))
    area = QRectF(rect)
    if border is not None:
        area = area.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=radius > 0)
    painter.drawRoundedRect(area, radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)


def soft_shadow(painter: QPainter, rect: QRect) -> None:
    """Paint a shadow round a rectangle: thin strips only, because what lies under it is painted over anyway."""
    # With antialiasing on, Qt rasterises each strip as a path: ten times the work for the same pixels.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    outer = rect.translated(0, 4)
    step = _SHADOW_STEP_PX
    for grow in range(_SHADOW_PX, 0, -step):
        ring = outer.adjusted(-grow, -grow, grow, grow)
        shade = QColor(0, 0, 0, int(52 * (1 - grow / (_SHADOW_PX + step)) ** 2))
        painter.fillRect(ring.x() + step, ring.y(), ring.width() - 2 * step, step, shade)
        painter.fillRect(ring.x() + step, ring.bottom() + 1 - step, ring.width() - 2 * step, step, shade)
        painter.fillRect(ring.x(), ring.y() + step, step, ring.height() - 2 * step, shade)
        painter.fillRect(ring.right() + 1 - step, ring.y() + step, step, ring.height() - 2 * step, shade)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)


def spinner(painter: QPainter, centre: QPointF, radius: float, elapsed_s: float, colour: QColor = WHITE) -> None:
    """Paint a ring of dots with a bright head that runs round it, position given by ``elapsed_s``."""
    painter.setPen(Qt.PenStyle.NoPen)
    head = elapsed_s / _SPINNER_TURN_S * _SPINNER_DOTS
    for index in range(_SPINNER_DOTS):
        behind = (head - index) % _SPINNER_DOTS / _SPINNER_DOTS
        shade = QColor(colour)
        shade.setAlphaF(0.16 + 0.84 * (1 - behind) ** 2)
        painter.setBrush(shade)
        angle = 2 * math.pi * index / _SPINNER_DOTS - math.pi / 2
        dot = radius * (0.09 + 0.06 * (1 - behind))
        place = QPointF(centre.x() + radius * math.cos(angle), centre.y() + radius * math.sin(angle))
        painter.drawEllipse(place, dot, dot)


def emblem(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    """Paint the lab's own mark: a ring with a pulse line through it."""
    pen = QPen(colour, max(1.6, size / 9), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = size / 2
    painter.drawEllipse(centre, half, half)
    shape = ((-0.58, 0.0), (-0.22, 0.0), (-0.06, -0.5), (0.14, 0.48), (0.28, 0.0), (0.58, 0.0))
    painter.drawPolyline([QPointF(centre.x() + x * half, centre.y() + y * half) for x, y in shape])


def lab_mark(painter: QPainter, width: int, fonts: Fonts) -> None:
    """Paint the word LAB into the right upper corner: on every screen, over everything."""
    rect = QRect(width - 78, 10, 66, 26)
    panel(painter, rect, LAB_VIOLET, 6.0, QColor(255, 255, 255, 150))
    text(painter, rect, "LAB", fonts.ui(15, bold=True), WHITE, CENTRE)
