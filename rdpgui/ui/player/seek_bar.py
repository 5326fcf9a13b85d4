"""The seek bar: where the film is, gaps between films, idle stretches, the loop, and the run's events as markers."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.film import Span, Watched
from rdpgui.ui.theme import mix, tokens
from rdpgui.ui.tokens import Tone

_NEAR_PX = 5.0
_EDGE_PX = 2.0
_DUPLICATE_BAND, _FROZEN_BAND, _BLACK_BAND = (7.0, 1.0), (5.0, 5.0), (12.0, 4.0)
_SPOILED_BAND = (17.0, 3.0)
"""How far the top of a band lies above the bottom, and its height, pixels."""
_BLACK = "#000000"


@dataclass(frozen=True, slots=True)
class BarMarker:
    """An event on the bar.

    Attributes:
        at_s: film time. text: what happened. kind: name of a tone.
    """

    at_s: float
    text: str
    kind: str


class SeekBar(QWidget):
    """Click or drag to seek; a click on a marker takes the marker's exact time.

    Signals:
        seek_requested: film time. marker_requested: place in the list of markers.
        hovered: film time under the mouse. left: the mouse went away.
    """

    seek_requested = Signal(float)
    marker_requested = Signal(int)
    hovered = Signal(float)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("film_seek_bar")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._duration_s = 0.0
        self._position_s = 0.0
        self._markers: tuple[BarMarker, ...] = ()
        self._idle: tuple[Span, ...] = ()
        self._gaps: tuple[Span, ...] = ()
        self._seen = Watched()
        self._loop: tuple[float | None, float | None] = (None, None)
        self._hover_x: float | None = None

    def set_film(self, duration_s: float, idle: tuple[Span, ...], gaps: tuple[Span, ...] = ()) -> None:
        """Show another film, or several with gaps between them; a duration of 0 stands for none."""
        self._duration_s, self._idle, self._gaps = duration_s, idle, gaps
        self._seen = Watched()
        self._position_s, self._loop = 0.0, (None, None)
        self.setEnabled(duration_s > 0)
        self.update()

    def set_seen(self, seen: Watched) -> None:
        """Show what was found by looking at the pictures."""
        self._idle, self._seen = seen.idle, seen
        self.update()

    def set_position(self, at_s: float) -> None:
        """Move the playhead."""
        if at_s != self._position_s:
            self._position_s = at_s
            self.update()

    def set_markers(self, markers: tuple[BarMarker, ...]) -> None:
        """Show events."""
        self._markers = markers
        self.update()

    def set_loop(self, begin_s: float | None, end_s: float | None) -> None:
        """Show the ends of the loop."""
        self._loop = (begin_s, end_s)
        self.update()

    def x_of(self, at_s: float) -> float:
        """Return where a film time lies, pixels from the left."""
        span = max(1.0, self.width() - 2 * _EDGE_PX)
        return _EDGE_PX + span * (at_s / self._duration_s if self._duration_s > 0 else 0.0)

    def time_at(self, x: float) -> float:
        """Return the film time at a place, kept inside the film."""
        share = (x - _EDGE_PX) / max(1.0, self.width() - 2 * _EDGE_PX)
        return min(max(0.0, share), 1.0) * self._duration_s

    def marker_near(self, x: float) -> int | None:
        """Return the place of the marker at most 5 pixels away, None when there is none."""
        near = [(abs(self.x_of(marker.at_s) - x), at) for at, marker in enumerate(self._markers)]
        distance, at = min(near, default=(_NEAR_PX + 1, 0))
        return at if distance <= _NEAR_PX else None

    @override
    def sizeHint(self) -> QSize:
        """Return a flat bar."""
        return QSize(300, 26)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek, to a marker when one is near."""
        if event.button() != Qt.MouseButton.LeftButton or self._duration_s <= 0:
            return
        marker = self.marker_near(event.position().x())
        if marker is not None:
            self.marker_requested.emit(marker)
        else:
            self.seek_requested.emit(self.time_at(event.position().x()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Seek while the button is down, else tell the moment under the mouse."""
        if self._duration_s <= 0:
            return
        at_s = self.time_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.seek_requested.emit(at_s)
        self._hover_x = event.position().x()
        self.hovered.emit(at_s)
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Forget the moment under the mouse."""
        self._hover_x = None
        self.left.emit()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, idle stretches, loop, markers and position."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = tokens()
        track = QRectF(self.rect()).adjusted(0.5, 3.5, -0.5, -3.5)
        path = QPainterPath()
        path.addRoundedRect(track, 3, 3)
        painter.fillPath(path, QColor(t.sunken))
        if self._duration_s > 0:
            painter.save()
            painter.setClipPath(path)
            self._paint_spans(painter, track)
            painter.restore()
        painter.setPen(QPen(QColor(t.border), 1))
        painter.drawPath(path)
        if self._duration_s > 0:
            self._paint_markers(painter)
            self._paint_playhead(painter)

    def _paint_spans(self, painter: QPainter, track: QRectF) -> None:
        t = tokens()
        played = QRectF(track.left(), track.top(), self.x_of(self._position_s) - track.left(), track.height())
        painter.fillRect(played, mix(t.sunken, t.accent, 0.34 if t.dark else 0.28))
        hatch = mix(t.sunken, t.text, 0.22)
        for span in self._idle:
            left, right = self.x_of(span.begin_s), self.x_of(span.end_s)
            area = QRectF(left, track.bottom() - 5, right - left, 5)
            painter.fillRect(area, hatch)
        for spans, (top, height), colour in (
            (self._seen.duplicate, _DUPLICATE_BAND, hatch),
            (self._seen.frozen, _FROZEN_BAND, QColor(t.tone(Tone.INFO))),
            (self._seen.black, _BLACK_BAND, QColor(_BLACK)),
            (self._seen.spoiled, _SPOILED_BAND, QColor(t.tone(Tone.BAD))),
        ):
            for span in spans:
                left = self.x_of(span.begin_s)
                area = QRectF(left, track.bottom() - top, max(1.0, self.x_of(span.end_s) - left), height)
                painter.fillRect(area, colour)
                if colour == QColor(_BLACK):  # as dark as the ground of a dark theme
                    painter.setPen(QPen(QColor(t.border_strong), 1))
                    painter.drawRect(area)
        self._paint_gaps(painter, track)
        begin, end = self._loop
        if begin is not None or end is not None:
            left = self.x_of(begin or 0.0)
            right = self.x_of(self._duration_s if end is None else end)
            painter.fillRect(QRectF(left, track.top(), right - left, 4), QColor(t.accent))

    def _paint_gaps(self, painter: QPainter, track: QRectF) -> None:
        """Nothing was recorded there: the ground shows through, hatched, between two hard edges."""
        t = tokens()
        for gap in self._gaps:
            left, right = self.x_of(gap.begin_s), self.x_of(gap.end_s)
            area = QRectF(left, track.top(), max(2.0, right - left), track.height())
            painter.fillRect(area, QColor(t.surface))
            painter.fillRect(area, QBrush(QColor(t.border_strong), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(QColor(t.border_strong), 1))
            painter.drawLine(area.topLeft(), area.bottomLeft())
            painter.drawLine(area.topRight(), area.bottomRight())

    def _paint_markers(self, painter: QPainter) -> None:
        for marker in self._markers:
            x = self.x_of(marker.at_s)
            colour = QColor(_colour(marker.kind))
            painter.setPen(QPen(colour, 2))
            painter.drawLine(QPointF(x, 4), QPointF(x, self.height() - 4))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(x - 4, 0), QPointF(x + 4, 0), QPointF(x, 5)]))

    def _paint_playhead(self, painter: QPainter) -> None:
        t = tokens()
        if self._hover_x is not None:
            painter.setPen(QPen(QColor(t.dim), 1))
            painter.drawLine(QPointF(self._hover_x, 4), QPointF(self._hover_x, self.height() - 4))
        x = self.x_of(self._position_s)
        painter.setPen(QPen(QColor(t.text), 2))
        painter.drawLine(QPointF(x, 1), QPointF(x, self.height() - 1))


def _colour(kind: str) -> str:
    try:
        return tokens().tone(Tone(kind))
    except ValueError:
        return tokens().accent
