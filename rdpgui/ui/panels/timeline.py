"""One time axis for everything: API calls, EC2, SSM, session, recording and film, with the film's playhead.

Inferred spans are hatched. A click, or arrows and Enter, seeks the film to that instant.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.i18n import N_, _, named
from rdpgui.ui import formats
from rdpgui.ui.accessible import tell_as
from rdpgui.ui.panels.lane_painting import AXIS_H, LANE_H, LanePainter, LaneView, TimeScale
from rdpgui.ui.plain import show_tip, visible
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import label, set_text


class TimelineView(QWidget):
    """The painted lanes.

    Signals:
        seek_requested: an aware datetime.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_view")
        tell_as(self, "chart")
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

    @property
    def _scale(self) -> TimeScale | None:
        if self._begin is None or self._end is None:
            return None
        return TimeScale(self._begin, self._end, self.width())

    def x_of(self, at: datetime) -> float:
        """Return the horizontal place of an instant."""
        return self._scale.x_of(at) if self._scale is not None else 0.0

    def at_of(self, x: float) -> datetime | None:
        """Return the instant of a horizontal place, None left of the lanes."""
        return self._scale.at_of(x) if self._scale is not None else None

    # -- painting --------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        """Return the height of all lanes and the axis."""
        return QSize(600, max(1, len(self._lanes)) * LANE_H + AXIS_H + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lanes, marks, axis and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lanes, below = LanePainter(painter, self.width(), self._scale), len(self._lanes) * LANE_H
        lanes.wells(len(self._lanes))
        lanes.axis(below)
        for place, lane in enumerate(self._lanes):
            lanes.lane(lane, place * LANE_H)
        lanes.line(self._playhead, QColor(tokens().text), 2.0, below)
        if self.hasFocus():
            lanes.line(self._cursor, QColor(tokens().accent), 1.5, below)

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
            lines += [named(lane.title, mark.text) for mark in lane.marks if abs((mark.at - at).total_seconds()) < 0.02]
            for span in lane.spans:
                if span.begin_at <= at and (span.end_at is None or at <= span.end_at):
                    suffix = _(" (inferred)") if span.inferred else ""
                    lines.append(named(lane.title, f"{span.text}{suffix}"))
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
