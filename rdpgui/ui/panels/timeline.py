"""One time axis for everything: API calls, EC2, SSM, session, recording and film, with the film's playhead.

Inferred spans are hatched. A click, or arrows and Enter, seeks the film to that instant.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.i18n import N_, _
from rdpgui.ui import formats
from rdpgui.ui.plain import one_line, show_tip, visible
from rdpgui.ui.theme import mix, mono_font, sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import label, set_text

_LANE_H = 22
_BAR_H = 15
_AXIS_H = 17
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


class TimelineView(QWidget):
    """The painted lanes.

    Signals:
        seek_requested: an aware datetime.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lanes: tuple[LaneView, ...] = ()
        self._begin: datetime | None = None
        self._end: datetime | None = None
        self._playhead: datetime | None = None
        self._cursor: datetime | None = None
        self._instants: list[datetime] = []

    def show_lanes(self, lanes: Sequence[LaneView], begin: datetime | None, end: datetime | None) -> None:
        """Render the lanes between two instants."""
        new = tuple(lanes)
        if (new, begin, end) == (self._lanes, self._begin, self._end):
            return
        self._lanes, self._begin, self._end = new, begin, end
        instants = {mark.at for lane in new for mark in lane.marks} | {s.begin_at for lane in new for s in lane.spans}
        instants |= {span.end_at for lane in new for span in lane.spans if span.end_at is not None}
        self._instants = sorted(instants)
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def show_playhead(self, at: datetime | None) -> None:
        """Show where the film is."""
        if at != self._playhead:
            self._playhead = at
            self.update()

    @property
    def cursor_at(self) -> datetime | None:
        """The instant chosen with the keyboard."""
        return self._cursor

    def x_of(self, at: datetime) -> float:
        """Return the horizontal place of an instant."""
        if self._begin is None or self._end is None:
            return float(_LEFT)
        whole_s = max(0.001, (self._end - self._begin).total_seconds())
        return _LEFT + (self.width() - _LEFT - _RIGHT) * (at - self._begin).total_seconds() / whole_s

    def at_of(self, x: float) -> datetime | None:
        """Return the instant of a horizontal place, None left of the lanes."""
        if self._begin is None or self._end is None or x < _LEFT - 4:
            return None
        share = min(1.0, max(0.0, (x - _LEFT) / max(1, self.width() - _LEFT - _RIGHT)))
        return self._begin + (self._end - self._begin) * share

    # -- painting --------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        """Return the height of all lanes and the axis."""
        return QSize(600, max(1, len(self._lanes)) * _LANE_H + _AXIS_H + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lanes, marks, axis and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(len(self._lanes)):
            self._paint_well(painter, place * _LANE_H)
        if self._begin is not None:
            self._paint_axis(painter)
        for place, lane in enumerate(self._lanes):
            self._paint_lane(painter, lane, place * _LANE_H)
        self._paint_line(painter, self._playhead, QColor(tokens().text), 2.0)
        if self.hasFocus():
            self._paint_line(painter, self._cursor, QColor(tokens().accent), 1.5)

    def _paint_well(self, painter: QPainter, top: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().sunken))
        bar_top = top + (_LANE_H - _BAR_H) / 2
        painter.drawRoundedRect(QRectF(_LEFT, bar_top, self.width() - _LEFT - _RIGHT, _BAR_H), 3, 3)

    def _paint_lane(self, painter: QPainter, lane: LaneView, top: int) -> None:
        t = tokens()
        painter.setPen(QColor(t.dim))
        painter.setFont(sans_font(scale=0.94))
        aligned = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        title = painter.fontMetrics().elidedText(lane.title, Qt.TextElideMode.ElideRight, _LEFT - 8)
        painter.drawText(QRect(0, top, _LEFT - 6, _LANE_H), aligned, title)
        bar_top = top + (_LANE_H - _BAR_H) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.save()
        painter.setClipRect(QRectF(_LEFT, bar_top - 4, self.width() - _LEFT - _RIGHT, _BAR_H + 8))
        for span in lane.spans:
            self._paint_span(painter, span, bar_top)
        painter.restore()
        for mark in lane.marks:
            self._paint_mark(painter, mark, bar_top)

    def _paint_span(self, painter: QPainter, span: LaneSpan, bar_top: float) -> None:
        end = span.end_at or self._end
        if end is None:
            return
        t = tokens()
        left, right = self.x_of(span.begin_at), self.x_of(end)
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

    def _paint_mark(self, painter: QPainter, mark: LaneMark, bar_top: float) -> None:
        x = self.x_of(mark.at)
        colour = QColor(tokens().tone(mark.tone))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(x - 1.25, bar_top - 3, 2.5, _BAR_H + 6), 1, 1)
        painter.drawEllipse(QPointF(x, bar_top - 2.5), 2.6, 2.6)

    def _paint_axis(self, painter: QPainter) -> None:
        if self._begin is None or self._end is None:
            return
        t = tokens()
        top = len(self._lanes) * _LANE_H
        painter.setFont(mono_font(scale=0.78))
        width = painter.fontMetrics().horizontalAdvance("00:00:00") + 22
        whole_s = max(0.001, (self._end - self._begin).total_seconds())
        room = max(1.0, (self.width() - _LEFT - _RIGHT) / width)
        step_s = next((step for step in _STEPS_S if whole_s / step <= room), _STEPS_S[-1])
        first = self._begin.timestamp() // step_s * step_s + step_s
        at = self._begin + timedelta(seconds=first - self._begin.timestamp())
        while at <= self._end:
            x = self.x_of(at)
            painter.setPen(QPen(QColor(t.border), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, top))
            if _LEFT + 4 < x < self.width() - width / 2:
                painter.setPen(QColor(t.dim))
                box = QRectF(x - width / 2, top, width, _AXIS_H)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), formats.clock(at))
            at += timedelta(seconds=step_s)

    def _paint_line(self, painter: QPainter, at: datetime | None, colour: QColor, width: float) -> None:
        if at is None or self._begin is None or self._end is None or not self._begin <= at <= self._end:
            return
        x = self.x_of(at)
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(x, 1), QPointF(x, len(self._lanes) * _LANE_H))

    # -- mouse and keyboard ----------------------------------------------------

    def _nearest(self, at: datetime, x: float) -> datetime:
        """Snap to an event that is nearer than 5 pixels."""
        place = bisect.bisect_left(self._instants, at)
        near = [i for i in self._instants[max(0, place - 1) : place + 1] if abs(self.x_of(i) - x) < 5]
        return min(near, key=lambda instant: abs(instant - at)) if near else at

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the moment under the mouse."""
        at = self.at_of(event.position().x())
        if at is not None and event.button() is Qt.MouseButton.LeftButton:
            self._cursor = self._nearest(at, event.position().x())
            self.seek_requested.emit(self._cursor)
            self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from instant to instant."""
        if not self._instants:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Right:
                self._move(1)
            case Qt.Key.Key_Left:
                self._move(-1)
            case Qt.Key.Key_Home:
                self._go(self._instants[0])
            case Qt.Key.Key_End:
                self._go(self._instants[-1])
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self._cursor is not None:
                    self.seek_requested.emit(self._cursor)
            case _:
                super().keyPressEvent(event)

    def _move(self, step: int) -> None:
        if self._cursor is None:
            self._go(self._instants[0 if step > 0 else -1])
            return
        place = bisect.bisect_right(self._instants, self._cursor) if step > 0 else (
            bisect.bisect_left(self._instants, self._cursor) - 1
        )  # fmt: skip
        self._go(self._instants[min(len(self._instants) - 1, max(0, place))])

    def _go(self, at: datetime) -> None:
        self._cursor = at
        self.setAccessibleDescription(visible(self.text_at(at)))
        self.update()

    def text_at(self, at: datetime) -> str:
        """Return what happened at an instant, for tooltips and screen readers."""
        lines = [formats.clock(at, decimals=2)]
        for lane in self._lanes:
            lines += [f"{lane.title}: {mark.text}" for mark in lane.marks if abs((mark.at - at).total_seconds()) < 0.02]
            for span in lane.spans:
                if span.begin_at <= at and (span.end_at is None or at <= span.end_at):
                    suffix = _(" (inferred)") if span.inferred else ""
                    lines.append(f"{lane.title}: {span.text}{suffix}")
        return "\n".join(lines)

    @override
    def event(self, event: QEvent) -> bool:
        """Say what lies under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.at_of(event.pos().x())
            if at is not None and self._lanes:
                show_tip(event.globalPos() + QPoint(10, 12), self.text_at(self._nearest(at, event.pos().x())))
            return True
        return super().event(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor."""
        super().focusOutEvent(event)
        self.update()


class TimelinePanel(Card):
    """The card around the lanes.

    Signals:
        seek_requested: an aware datetime.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Timeline"), "timeline_panel", parent)
        self._range = label(role="mono", name="timeline_range")
        self.head.addWidget(self._range)
        self.view = TimelineView()
        self.view.seek_requested.connect(self.seek_requested)
        self._empty = label(role="dim", wrap=True, name="timeline_empty")
        self.body.addWidget(self._empty)
        self.body.addWidget(self.view)
        self._retranslate_own()
        self.show_lanes("", (), None, None)

    def show_lanes(
        self, subtitle: str, lanes: Sequence[LaneView], begin: datetime | None, end: datetime | None
    ) -> None:
        """Render; no lanes: the empty state."""
        self.subtitle.set_whole(subtitle)
        self._empty.setVisible(not lanes)
        self.view.setVisible(bool(lanes))
        text = ""
        if begin is not None and end is not None:
            text = f"{formats.clock(begin)} – {formats.clock(end)}  {formats.zone(begin)}"
        set_text(self._range, text)
        self.view.show_lanes(lanes, begin, end)

    def show_playhead(self, at: datetime | None) -> None:
        """Show where the film is."""
        self.view.show_playhead(at)

    def _retranslate_own(self) -> None:
        set_text(
            self._empty,
            _("No run yet. Calls, instance state, session and recording appear here on one time axis with the film."),
        )
        self.view.setAccessibleName(_("Timeline: arrows go from event to event, Enter moves the film there"))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
        self.view.update()
