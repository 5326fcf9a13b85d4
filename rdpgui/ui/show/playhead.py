"""The time of the run as a bar: what happened when, and where the presentation is. A slider for keys and readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui import formats
from rdpgui.ui.show.writing import Writer, Written
from rdpgui.ui.theme import tokens
from rdpgui.ui.tokens import Tone

_HEIGHT, _BAR, _TOP = 76, 16, 10


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened; ``text`` in the reader's language, empty for none."""

    at: datetime
    tone: Tone
    text: str = ""


class Playhead(QSlider):
    """A bar from the begin to the end of a run, in milliseconds.

    Signals:
        moved_to: a person put it somewhere, a ``datetime``.
    """

    moved_to = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("show_playhead")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.scale = 1.0
        self.written: tuple[Written, ...] = ()
        self._begin_at: datetime | None = None
        self._marks: tuple[Mark, ...] = ()
        self.actionTriggered.connect(self._on_action)

    def show_run(self, begin_at: datetime | None, end_at: datetime | None, marks: tuple[Mark, ...]) -> None:
        """Show the time of a run; None for none."""
        self._begin_at, self._marks = begin_at, marks
        length = 0 if begin_at is None or end_at is None else round((end_at - begin_at).total_seconds() * 1000)
        self.setRange(0, max(0, length))
        self.setSingleStep(500)
        self.setPageStep(max(1000, length // 10))
        self.setEnabled(length > 0)
        self.update()

    def show_at(self, at: datetime) -> None:
        """Show where the presentation is."""
        if self._begin_at is not None:
            self.setValue(round((at - self._begin_at).total_seconds() * 1000))
            self.setAccessibleDescription(formats.clock(self.at(), decimals=1))

    def at(self) -> datetime | None:
        """Return the moment that is shown; None without a run."""
        return None if self._begin_at is None else self._begin_at + timedelta(milliseconds=self.value())

    def retranslate(self) -> None:
        """Say what it is in the language in use."""
        self.setAccessibleName(_("Time of the run"))
        self.update()

    def _on_action(self, _action: int) -> None:
        self.setSliderPosition(self.sliderPosition())
        self._tell(self.sliderPosition())

    def _tell(self, value: int) -> None:
        if self._begin_at is not None:
            self.moved_to.emit(self._begin_at + timedelta(milliseconds=value))

    # -- the pointer -------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where it is pressed."""
        self._go(event.position().x())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on where it is drawn to."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more: it is there already."""

    def _go(self, x: float) -> None:
        if self.maximum() > 0:
            share = min(1.0, max(0.0, x / max(1, self.width())))
            self._tell(round(share * self.maximum()))

    # -- painting ----------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        """Return the bar with its words."""
        return QSize(round(800 * self.scale), round(_HEIGHT * self.scale))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return QSize(round(200 * self.scale), round(_HEIGHT * self.scale))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bar, marks, words and place."""
        painter, t = QPainter(self), tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        writer = Writer(painter, self.scale)
        px = writer.px
        bar = QRectF(0, px(_TOP), self.width(), px(_BAR))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.sunken))
        painter.drawRoundedRect(bar, px(4), px(4))
        if self.maximum() > 0:
            self._paint_time(painter, writer, bar)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(t.accent))
            painter.drawRoundedRect(bar.adjusted(1, -px(4), -1, px(4)), px(5), px(5))
        self.written = tuple(writer.written)

    def _paint_time(self, painter: QPainter, writer: Writer, bar: QRectF) -> None:
        t, px = tokens(), writer.px
        here = self._x(self.value())
        done = QRectF(bar.left(), bar.top(), here, bar.height())
        painter.setBrush(QColor(t.accent))
        painter.drawRoundedRect(done, px(4), px(4))
        line = QRectF(0, bar.bottom() + px(6), self.width(), px(38))
        begin = f"{formats.clock(self._begin_at)} {formats.zone(self._begin_at)}"
        now = _("shown: {time}").format(time=formats.clock(self.at(), decimals=1))
        taken = writer.line(line, begin, 24, t.dim) + px(30)
        now_width = writer.width(now, 24, bold=True)
        for mark in self._marks:
            x = self._mark_x(mark)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.tone(mark.tone)))
            painter.drawRect(QRectF(x - px(2.5), bar.top() - px(4), px(5), bar.height() + px(8)))
            width = writer.width(mark.text, 24) + px(34)
            left = min(x - px(12), self.width() - now_width - px(30) - width)
            if mark.text and left >= taken:
                self._word(painter, writer, QRectF(left, line.top(), width, line.height()), mark)
                taken = left + width + px(24)
        writer.line(line, now, 24, t.text, bold=True, right=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.text))
        painter.drawRoundedRect(QRectF(here - px(4), bar.top() - px(6), px(8), bar.height() + px(12)), px(3), px(3))

    def _word(self, painter: QPainter, writer: Writer, box: QRectF, mark: Mark) -> None:
        px, colour = writer.px, tokens().tone(mark.tone)
        painter.setBrush(QColor(colour))
        tip = QPointF(box.left() + px(11), box.top() + px(8))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-px(9), px(18)), tip + QPointF(px(9), px(18))]))
        writer.line(box.adjusted(px(28), 0, px(4), 0), mark.text, 24, colour)

    def _mark_x(self, mark: Mark) -> float:
        begin_at = self._begin_at or mark.at
        return self._x(round((mark.at - begin_at).total_seconds() * 1000))

    def _x(self, value: int) -> float:
        return self.width() * min(1.0, max(0.0, value / max(1, self.maximum())))
