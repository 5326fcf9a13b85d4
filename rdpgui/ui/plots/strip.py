"""A plot of distributions: for each measure its series below each other, every run a mark, median and interval beside.

The same painting goes on screen, into a PNG and into an SVG.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from rdpgui.core.spread import Spread
from rdpgui.i18n import _
from rdpgui.ui.plain import visible
from rdpgui.ui.plots.axis import Axis, axis
from rdpgui.ui.theme import sans_font
from rdpgui.ui.tokens import Tokens

_PAD_PX = 14.0
_ROW_PX = 42.0
_AXIS_PX = 24.0
_BELOW_PX = 14.0
_DOT_PX = 4.0
_NAME_SHARE, _VALUE_SHARE = 0.23, 0.25
"""Of the width: what a series is called, and its numbers."""
_JITTER = (0.0, -0.55, 0.55, -0.28, 0.28, -0.8, 0.8)
"""Where marks stand in their lane, so that equal values are seen as several."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of a plot: what it is called, its values, and whether it is the counterfactual (another mark)."""

    name: str
    values: tuple[float, ...]
    spread: Spread | None
    counterfactual: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """One measure: what it is called, what that means, and its series."""

    title: str
    hint: str
    series: tuple[Series, ...]


def height_of(plots: tuple[Plot, ...]) -> float:
    """Return the height in pixels that these plots need."""
    line = QFontMetricsF(sans_font(bold=True)).height()
    return _PAD_PX + sum(_head(line) + len(p.series) * _ROW_PX + _AXIS_PX + _BELOW_PX for p in plots)


def _head(line: float) -> float:
    return 2 * line + 8


def paint(painter: QPainter, size: QRectF, plots: tuple[Plot, ...], tokens: Tokens) -> None:
    """Paint plots below each other into an area as wide as one likes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(size, QColor(tokens.surface))
    line = QFontMetricsF(sans_font(bold=True)).height()
    top = size.top() + _PAD_PX
    for plot in plots:
        height = _head(line) + len(plot.series) * _ROW_PX + _AXIS_PX
        area = QRectF(size.left() + _PAD_PX, top, size.width() - 2 * _PAD_PX, height)
        _Painting(painter, area, plot, tokens).paint()
        top += height + _BELOW_PX


class _Painting:
    """One plot in its area."""

    def __init__(self, painter: QPainter, area: QRectF, plot: Plot, tokens: Tokens) -> None:
        self._painter, self._area, self._plot, self._tokens = painter, area, plot, tokens
        values = [value for series in plot.series for value in series.values]
        self._axis: Axis = axis(_told(min(values, default=0.0)), _told(max(values, default=1.0)))
        left = area.left() + area.width() * _NAME_SHARE
        self._room = QRectF(left, area.top(), area.width() * (1 - _NAME_SHARE - _VALUE_SHARE) - 18, area.height())

    def paint(self) -> None:
        """Paint title, rows and axis."""
        bold, plain = sans_font(bold=True), sans_font(scale=0.92)
        line = QFontMetricsF(bold).height()
        self._text(QRectF(self._area.left(), self._area.top(), self._area.width(), line), self._plot.title, bold)
        below = QRectF(self._area.left(), self._area.top() + line + 1, self._area.width(), line)
        self._text(below, self._plot.hint, plain, self._tokens.dim)
        top = self._area.top() + _head(line)
        bottom = top + len(self._plot.series) * _ROW_PX
        self._paint_axis(top, bottom)
        for number, series in enumerate(self._plot.series):
            self._paint_row(series, top + number * _ROW_PX)

    def _x(self, value: float) -> float:
        scale = self._axis
        return self._room.left() + (value - scale.low) / (scale.high - scale.low) * self._room.width()

    def _paint_axis(self, top: float, bottom: float) -> None:
        font = sans_font(scale=0.88)
        for tick in self._axis.ticks:
            self._painter.setPen(QPen(QColor(self._tokens.border), 1))
            self._painter.drawLine(QPointF(self._x(tick), top), QPointF(self._x(tick), bottom))
            place = QRectF(self._x(tick) - 40, bottom + 3, 80, _AXIS_PX - 4)
            text = _("{seconds} s").format(seconds=f"{tick:.{self._axis.decimals}f}")
            self._text(place, text, font, self._tokens.dim, Qt.AlignmentFlag.AlignHCenter)

    def _paint_row(self, series: Series, top: float) -> None:
        colour = QColor(self._tokens.lab if series.counterfactual else self._tokens.accent)
        middle = top + _ROW_PX / 2
        name = QRectF(self._area.left(), top, self._room.left() - self._area.left() - 12, _ROW_PX)
        self._text(name, series.name, sans_font(), align=Qt.AlignmentFlag.AlignVCenter, wrap=True)
        if series.spread is not None:
            self._paint_spread(series.spread, colour, middle)
        self._painter.setPen(QPen(colour, 1.4))
        fill = QColor(colour)
        fill.setAlpha(110)
        self._painter.setBrush(fill)
        for number, value in enumerate(series.values):
            at = QPointF(self._x(value), middle + _JITTER[number % len(_JITTER)] * _ROW_PX * 0.34)
            self._mark(at, series.counterfactual)
        self._paint_numbers(series, top)

    def _mark(self, at: QPointF, counterfactual: bool) -> None:
        """A round mark, or for the counterfactual a square on its corner: never colour alone."""
        if not counterfactual:
            self._painter.drawEllipse(at, _DOT_PX, _DOT_PX)
            return
        far = _DOT_PX * 1.3
        points = [QPointF(0, -far), QPointF(far, 0), QPointF(0, far), QPointF(-far, 0)]
        self._painter.drawPolygon(QPolygonF([at + point for point in points]))

    def _paint_spread(self, found: Spread, colour: QColor, middle: float) -> None:
        half = _ROW_PX * 0.4
        if found.interval is not None:
            low, high = (self._x(value) for value in found.interval)
            band = QColor(colour)
            band.setAlpha(46)
            self._painter.fillRect(QRectF(low, middle - half, max(2.0, high - low), 2 * half), band)
        self._painter.setPen(QPen(QColor(self._tokens.text), 2))
        x = self._x(found.median)
        self._painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))

    def _paint_numbers(self, series: Series, top: float) -> None:
        bold, plain = sans_font(bold=True), sans_font(scale=0.88)
        line = QFontMetricsF(bold).height()
        left = self._room.right() + 18
        width = self._area.right() - left
        first, second = numbers(series)
        self._text(QRectF(left, top + _ROW_PX / 2 - line, width, line), first, bold)
        self._text(QRectF(left, top + _ROW_PX / 2, width, line), second, plain, self._tokens.dim)

    def _text(
        self,
        place: QRectF,
        text: str,
        font: QFont,
        colour: str = "",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignTop,
        *,
        wrap: bool = False,
    ) -> None:
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour or self._tokens.text))
        text = visible(text)
        shown = text if wrap else QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        flags = int(align) | (int(Qt.TextFlag.TextWordWrap) if wrap else 0)
        self._painter.drawText(place, flags, shown)


def _told(seconds: float) -> float:
    """Return a value as it is told: in hundredths, and never a nothing that is less than nothing."""
    return round(seconds, 2) + 0.0


def numbers(series: Series) -> tuple[str, str]:
    """Return the median of a series, and between what it lies, in words."""
    found = series.spread
    if found is None:
        return _("no value"), _("no run with one yet")
    median = _("median {seconds} s").format(seconds=f"{_told(found.median):.2f}")
    low, high = found.interval or (found.least, found.most)
    bounds = {"low": f"{_told(low):.2f}", "high": f"{_told(high):.2f}", "n": len(found.values)}
    if found.interval is not None:
        return median, _("95 %: {low} to {high} s, n = {n}").format(**bounds)
    return median, _("from {low} to {high} s, n = {n}").format(**bounds)
