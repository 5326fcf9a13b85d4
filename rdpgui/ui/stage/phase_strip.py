"""Where the run is, as a story in one line: what is behind, what is waited for and for how long, what comes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.run import Phase
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import formats, labels
from rdpgui.ui.icons import pixmap
from rdpgui.ui.stage.words import usual
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.tokens import Tone

STORY = (
    Phase.CONNECTING,
    Phase.STEADY,
    Phase.DISRUPTING,
    Phase.ENDING,
    Phase.PROCESSING,
    Phase.VERIFYING,
    Phase.RESTORING,
)
_HEIGHT = 46
_BAR_PX = 3
_MARK_PX = 14
_MARK_GAP_PX, _STEP_GAP_PX = 5, 6
_SCALE = 0.88
_NOTE_STEP_PX = 24
"""The time of the step that goes on grows: the others move no more often than by so much."""


class StepIs(Enum):
    """Where a step is."""

    BEHIND = "behind"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, texts in the reader's language."""

    phase: Phase
    where: StepIs
    name: str
    note: str


def steps_of(run: RunState, now: datetime) -> tuple[Step, ...]:
    """Return the steps of a run: of those behind how long they took, of the one that goes on how long it has lasted."""
    marks = [mark for mark in run.phases if mark.phase in (*STORY, Phase.DONE)]
    ends = {mark.phase: later.at for mark, later in pairwise(marks)}
    made = []
    for phase in STORY:
        began_at, ended_at = run.entered_at(phase), ends.get(phase)
        if began_at is not None and ended_at is not None:
            note = formats.seconds((ended_at - began_at).total_seconds())
            made.append(Step(phase, StepIs.BEHIND, labels.word(phase), note))
        elif began_at is not None and phase is run.phase:
            elapsed = formats.span((now - began_at).total_seconds())
            note = " · ".join(filter(None, (elapsed, usual(run, phase))))
            made.append(Step(phase, StepIs.NOW, labels.word(phase), note))
        else:
            made.append(Step(phase, StepIs.AHEAD, labels.word(phase), usual(run, phase)))
    return tuple(made)


class PhaseStrip(QWidget):
    """The painted steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("phase_strip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.steps: tuple[Step, ...] = ()

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Render."""
        if steps != self.steps:
            self.steps = steps
            self.setAccessibleName(_("Phases of the run"))
            now = next((step for step in steps if step.where is StepIs.NOW), None)
            self.setAccessibleDescription(f"{now.name} {now.note}" if now is not None else "")
            self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return two lines of text."""
        return QSize(700, _HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return a width in which the names can be read."""
        return QSize(420, _HEIGHT)

    def boxes(self) -> tuple[QRectF, ...]:
        """Return the place of each step: what it has to say, and an equal part of the rest."""
        needs = [self._need(step) for step in self.steps]
        spare, left, found = (self.width() - sum(needs)) / max(1, len(needs)), 0.0, []
        for need in needs:
            found.append(QRectF(left, 0, need + spare, self.height()))
            left += need + spare
        return tuple(found)

    def _need(self, step: Step) -> float:
        name = QFontMetricsF(sans_font(scale=_SCALE, bold=True)).horizontalAdvance(step.name)
        note = 0.0
        if step.where is StepIs.NOW:
            note = QFontMetricsF(sans_font(scale=_SCALE)).horizontalAdvance(step.note)
            note = math.ceil(note / _NOTE_STEP_PX) * _NOTE_STEP_PX
        return max(name, note) + _MARK_PX + _MARK_GAP_PX + _STEP_GAP_PX + 1

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bar, a mark, the name and the time of each step."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step, box in zip(self.steps, self.boxes(), strict=True):
            self._paint_step(painter, step, box.adjusted(0, 0, -_STEP_GAP_PX, 0))

    def _paint_step(self, painter: QPainter, step: Step, box: QRectF) -> None:
        t = tokens()
        tone, mark, name, note = {
            StepIs.BEHIND: (Tone.OK, "check", t.text, t.dim),
            StepIs.NOW: (Tone.INFO, "play", t.text, t.tone(Tone.INFO)),
            StepIs.AHEAD: (Tone.IDLE, "idle", t.dim, t.dim),
        }[step.where]
        bar = QColor(t.border if step.where is StepIs.AHEAD else t.tone(tone))
        painter.fillRect(QRectF(box.left(), 0, box.width(), _BAR_PX), bar)
        picture = pixmap(mark, t.tone(tone), _MARK_PX, self.devicePixelRatioF())
        painter.drawPixmap(QRectF(box.left(), 10, _MARK_PX, _MARK_PX).toRect(), picture)
        line = QRectF(box.left() + _MARK_PX + _MARK_GAP_PX, 7, box.width() - _MARK_PX - _MARK_GAP_PX, 20)
        self._write(painter, line, step.name, name, bold=step.where is StepIs.NOW)
        self._write(painter, line.translated(0, 19), step.note, note, bold=False)

    @staticmethod
    def _write(painter: QPainter, place: QRectF, text: str, colour: str, *, bold: bool) -> None:
        painter.setFont(sans_font(scale=_SCALE, bold=bold))
        painter.setPen(QColor(colour))
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(place.width())))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), fitting)
