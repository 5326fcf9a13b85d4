"""The lanes of the timeline: what stands in them, where an instant lies, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from rdpgui.ui import formats
from rdpgui.ui.plain import one_line
from rdpgui.ui.theme import mix, mono_font, sans_font, tokens
from rdpgui.ui.tokens import Tone

LANE_H = 22
AXIS_H = 17
_BAR_H = 15
_LEFT = 96
_RIGHT = 8
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600)


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """A stretch in a lane. ``end_at`` None: still going on."""

    begin_at: datetime
    end_at: datetime | None
    tone: Tone
    inferred: bool
    text: str


@dataclass(frozen=True, slots=True)
class LaneMark:
    """An instant in a lane."""

    at: datetime
    tone: Tone
    inferred: bool
    text: str


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane, texts in the reader's language."""

    lane_id: str
    title: str
    spans: tuple[LaneSpan, ...] = ()
    marks: tuple[LaneMark, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Instants and their horizontal places.

    Attributes:
        begin, end: of the axis. width: of titles and lanes, pixels.
    """

    begin: datetime
    end: datetime
    width: int

    @property
    def whole_s(self) -> float:
        """Length of the axis, never zero."""
        return max(0.001, (self.end - self.begin).total_seconds())

    def x_of(self, at: datetime) -> float:
        """Return the horizontal place of an instant."""
        return _LEFT + (self.width - _LEFT - _RIGHT) * (at - self.begin).total_seconds() / self.whole_s

    def at_of(self, x: float) -> datetime | None:
        """Return the instant of a horizontal place, None left of the lanes."""
        if x < _LEFT - 4:
            return None
        share = min(1.0, max(0.0, (x - _LEFT) / max(1, self.width - _LEFT - _RIGHT)))
        return self.begin + (self.end - self.begin) * share

    def ticks(self, label_width: float) -> tuple[datetime, ...]:
        """Return the round instants that are labelled, so many that labels of a width in pixels have room."""
        room = max(1.0, (self.width - _LEFT - _RIGHT) / label_width)
        step_s = next((step for step in _STEPS_S if self.whole_s / step <= room), _STEPS_S[-1])
        at_s = self.begin.timestamp() // step_s * step_s + step_s
        at, found = self.begin + timedelta(seconds=at_s - self.begin.timestamp()), []
        while at <= self.end:
            found.append(at)
            at += timedelta(seconds=step_s)
        return tuple(found)


class LanePainter:
    """Paints lanes on one painter.

    Args:
        painter: active. width: of the widget, pixels. scale: None before there is a time to show.
    """

    def __init__(self, painter: QPainter, width: int, scale: TimeScale | None) -> None:
        self._painter = painter
        self._width = width
        self._scale = scale

    def wells(self, count: int) -> None:
        """Paint the empty lanes."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(tokens().sunken))
        for place in range(count):
            bar_top = place * LANE_H + (LANE_H - _BAR_H) / 2
            self._painter.drawRoundedRect(QRectF(_LEFT, bar_top, self._width - _LEFT - _RIGHT, _BAR_H), 3, 3)

    def lane(self, lane: LaneView, top: int) -> None:
        """Paint one lane: title, spans, marks."""
        painter = self._painter
        painter.setPen(QColor(tokens().dim))
        painter.setFont(sans_font(scale=0.94))
        aligned = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        title = painter.fontMetrics().elidedText(lane.title, Qt.TextElideMode.ElideRight, _LEFT - 8)
        painter.drawText(QRect(0, top, _LEFT - 6, LANE_H), aligned, title)
        if self._scale is None:
            return
        bar_top = top + (LANE_H - _BAR_H) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.save()
        painter.setClipRect(QRectF(_LEFT, bar_top - 4, self._width - _LEFT - _RIGHT, _BAR_H + 8))
        for span in lane.spans:
            self._span(span, self._scale, bar_top)
        painter.restore()
        for mark in lane.marks:
            self._mark(mark, self._scale, bar_top)

    def axis(self, top: int) -> None:
        """Paint the clock below the lanes, and its lines through them."""
        if self._scale is None:
            return
        painter, t = self._painter, tokens()
        painter.setFont(mono_font(scale=0.78))
        width = painter.fontMetrics().horizontalAdvance("00:00:00") + 22
        for at in self._scale.ticks(width):
            x = self._scale.x_of(at)
            painter.setPen(QPen(QColor(t.border), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, top))
            if _LEFT + 4 < x < self._width - width / 2:
                painter.setPen(QColor(t.dim))
                box = QRectF(x - width / 2, top, width, AXIS_H)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), formats.clock(at))

    def line(self, at: datetime | None, colour: QColor, width: float, height: int) -> None:
        """Paint an instant through all lanes; one outside of the axis is left out."""
        if at is None or self._scale is None or not self._scale.begin <= at <= self._scale.end:
            return
        x = self._scale.x_of(at)
        self._painter.setPen(QPen(colour, width))
        self._painter.drawLine(QPointF(x, 1), QPointF(x, height))

    def _span(self, span: LaneSpan, scale: TimeScale, bar_top: float) -> None:
        painter, t = self._painter, tokens()
        left, right = scale.x_of(span.begin_at), scale.x_of(span.end_at or scale.end)
        area = QRectF(left, bar_top, max(2.0, right - left), _BAR_H)
        fill = mix(t.surface, t.tone(span.tone), 0.55 if t.dark else 0.62)
        if span.inferred:
            painter.setBrush(mix(t.surface, t.tone(span.tone), 0.24))
            painter.drawRoundedRect(area, 3, 3)
            painter.setBrush(QBrush(fill, Qt.BrushStyle.BDiagPattern))
        else:
            painter.setBrush(fill)
        painter.drawRoundedRect(area, 3, 3)
        room = area.width() - 10
        if room > 34:
            painter.setPen(QColor(t.text))
            painter.setFont(sans_font(scale=0.8))
            text = painter.fontMetrics().elidedText(one_line(span.text), Qt.TextElideMode.ElideRight, int(room))
            painter.drawText(area.adjusted(6, -1, -4, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
            painter.setPen(Qt.PenStyle.NoPen)

    def _mark(self, mark: LaneMark, scale: TimeScale, bar_top: float) -> None:
        x = scale.x_of(mark.at)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(tokens().tone(mark.tone)))
        self._painter.drawRoundedRect(QRectF(x - 1.25, bar_top - 3, 2.5, _BAR_H + 6), 1, 1)
        self._painter.drawEllipse(QPointF(x, bar_top - 2.5), 2.6, 2.6)
