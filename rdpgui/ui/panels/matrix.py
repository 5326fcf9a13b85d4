"""The matrix page: the article's table, live, with the last frame of every film."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS, CONTROLS, DISRUPTIONS
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.i18n import N_, _, ngettext
from rdpgui.ui import labels
from rdpgui.ui.accessible import tell_as
from rdpgui.ui.models.runs import film_length, gap_text, result_tone, result_word, status_text
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import ElidedLabel, Mark, label, set_property, set_text
from rdpgui.ui.widgets.still import StillView

CellKey = tuple[DisruptionId, AccessType]
StillOf = Callable[[RunState], Path | None]
ROWS: tuple[DisruptionId, ...] = tuple(DISRUPTIONS)
CLASSIC = frozenset(
    {(disruption_id, access_type) for disruption_id in ARTICLE_DISRUPTIONS for access_type in AccessType}
    | {(disruption_id, AccessType.STANDARD) for disruption_id in CONTROLS}
)
"""What the classic matrix runs; other cells fill when somebody runs them alone, or with the whole one."""
_STILL_PX = (200, 400)
_WORDS_PX = 228
"""Beside a still; it takes what the words leave, so that a screen can be recognized."""
_EMPTY_PX = 156


def _beyond(key: CellKey) -> bool:
    """Whether the whole matrix runs a cell that the article's does not."""
    return key[0] not in CONTROLS


class MatrixCell(QFrame):
    """One run: last frame, verdict, recording status, gap and length.

    Signals:
        opened: a run id.
    """

    opened = Signal(str)

    def __init__(self, disruption_id: DisruptionId, access_type: AccessType) -> None:
        super().__init__()
        self.setObjectName(f"cell_{disruption_id.value}_{access_type.value}")
        self.setProperty("notice", True)
        tell_as(self, "button")
        self._title = (disruption_id, access_type)
        self._planned = self._title in CLASSIC
        self._run_id: RunId | None = None
        self._still = StillView("")
        self._still.setFixedSize(_STILL_PX[0], _STILL_PX[0] * 9 // 16)
        self._mark = Mark()
        self._word = label()
        self._word.setFont(sans_font(scale=1.25, bold=True))
        self._lines = [ElidedLabel(role="dim") for _place in range(3)]
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self._mark)
        first.addWidget(self._word, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(first)
        for line in self._lines:
            words.addWidget(line)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 10, 6)
        row.setSpacing(12)
        row.addWidget(self._still)
        row.addLayout(words, 1)

    @property
    def tells(self) -> bool:
        """Whether there is a run to show here, or one to come."""
        return self._planned or self._run_id is not None

    def plan(self, planned: bool) -> None:
        """Say whether the matrix runs this cell."""
        if planned != self._planned:
            self._planned = planned
            if self._run_id is None:
                self.show_run(None, None)

    def show_run(self, run: RunState | None, still: Path | None) -> None:
        """Render a run, or that it did not run yet."""
        self._run_id = run.run_id if run else None
        self._fit_still()
        title = f"{labels.disruption_name(self._title[0])} × {labels.word(self._title[1])}"
        tone = result_tone(run) if run else Tone.IDLE
        word = result_word(run) if run else (_("not run yet") if self._planned else _("not in the matrix"))
        set_property(self, "tone", tone.value if run else "")
        self._still.set_lab(run is not None and run.plan.lab)
        self._mark.show_mark(tone.value, tone)
        set_text(self._word, word)
        set_property(self._word, "tone", tone.value)
        self._still.show_still(still, tokens().tone(tone) if still else tokens().border, "–" if run else "")
        texts = ("", "", "")
        if run is not None:
            texts = (
                _("Recording: {word}").format(word=status_text(run)),
                _("Shutdown gap: {gap}").format(gap=gap_text(run)),
                _("Film: {length}").format(length=film_length(run)),
            )
        for line, text in zip(self._lines, texts, strict=True):
            line.set_whole(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor if run else Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if run else Qt.FocusPolicy.NoFocus)
        set_tip(self, _("Click to see the film and the evidence") if run else "")
        self.setAccessibleName(f"{title}: {word}")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the still what the words leave."""
        super().resizeEvent(event)
        self._fit_still()

    def _fit_still(self) -> None:
        """Give a still what the words leave; where nothing was run yet there is no picture to be recognized."""
        width = min(_STILL_PX[1], max(_STILL_PX[0], self.width() - _WORDS_PX))
        width = width if self._run_id is not None else _EMPTY_PX
        self._still.setFixedSize(width, width * 9 // 16)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the run."""
        if self._run_id is not None and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._run_id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the run with Enter or Space."""
        if self._run_id is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._run_id)
            return
        super().keyPressEvent(event)


class MatrixPanel(Card):
    """Disruptions down, access types across.

    Signals:
        run_opened: a run id. stop_requested. report_requested: one report of the whole table.
        start_requested: whether the whole one, beyond the article; whether one run at a time.
    """

    run_opened = Signal(str)
    start_requested = Signal(bool, bool)
    stop_requested = Signal()
    report_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Matrix"), "matrix_panel", parent)
        self._lab = True
        self._progress: tuple[int, int, int] | None = None
        self.start = QPushButton()
        self.start.setObjectName("matrix_start")
        self.start.setProperty("primary", True)
        self.start.clicked.connect(self._on_start)
        self.scope = Choice()
        self.scope.setObjectName("matrix_scope")
        self.scope.addItems(["", ""])
        self.scope.currentIndexChanged.connect(self._on_scope)
        self.pace = Choice()
        self.pace.setObjectName("matrix_pace")
        self.pace.addItems(["", ""])
        self.stop = QPushButton()
        self.stop.setObjectName("matrix_stop")
        self.stop.clicked.connect(self.stop_requested)
        self._bar = QProgressBar()
        self._bar.setObjectName("matrix_progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self._note = label(role="dim", name="matrix_note")
        for widget in (self._note, self._bar, self.pace, self.scope, self.stop, self.start):
            self.head.addWidget(widget)
        self._hint = label(role="dim", wrap=True, name="matrix_hint")
        self.body.addWidget(self._hint)
        self._add_finding()
        self._cells: dict[tuple[DisruptionId, AccessType], MatrixCell] = {}
        self._heads: list[tuple[DisruptionId, QWidget, list[ElidedLabel]]] = []
        self._columns = {access_type: label(role="title") for access_type in AccessType}
        self.body.addWidget(self._grid(), 1)
        self._retranslate_own()

    def _add_finding(self) -> None:
        """What a finished one found, and its report."""
        self._mark = Mark()
        self._said = label(role="strong", wrap=True, name="matrix_said")
        self._report = QPushButton()
        self._report.setObjectName("matrix_report")
        self._report.clicked.connect(self.report_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self._said, 1)
        row.addWidget(self._report)
        self.body.addLayout(row)
        self.show_finding("", Tone.IDLE)

    def show_finding(self, text: str, tone: Tone) -> None:
        """Say what the matrix found, and offer its report; empty while it is not finished."""
        set_text(self._said, text)
        self._mark.show_mark(tone.value, tone)
        for widget in (self._mark, self._said, self._report):
            widget.setVisible(bool(text))

    def _grid(self) -> QScrollArea:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 220)
        for column, access_type in enumerate(AccessType, start=1):
            grid.addWidget(self._columns[access_type], 0, column)
            grid.setColumnStretch(column, 1)
        for place, disruption_id in enumerate(ROWS, start=1):
            grid.addWidget(self._row_head(disruption_id), place, 0)
            for column, access_type in enumerate(AccessType, start=1):
                cell = MatrixCell(disruption_id, access_type)
                cell.opened.connect(self.run_opened)
                cell.show_run(None, None)
                self._cells[disruption_id, access_type] = cell
                grid.addWidget(cell, place, column)
        grid.setRowStretch(len(ROWS) + 1, 1)
        self._fold()
        area = QScrollArea()
        area.setObjectName("matrix_scroll")
        area.setAccessibleName(_("Matrix"))
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _row_head(self, disruption_id: DisruptionId) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(2, 4, 0, 4)
        column.setSpacing(2)
        lines = [ElidedLabel(role="strong"), ElidedLabel(role="dim"), ElidedLabel(role="mono")]
        column.addStretch(1)
        for line in lines:
            column.addWidget(line)
        column.addStretch(1)
        self._heads.append((disruption_id, made, lines))
        return made

    @property
    def whole(self) -> bool:
        """Whether every disruption was chosen, not the article's alone."""
        return self.scope.currentIndex() == 1

    @property
    def planned(self) -> frozenset[CellKey]:
        """The cells that the matrix runs."""
        return frozenset(CLASSIC if not self.whole else {key for key in self._cells if key in CLASSIC or _beyond(key)})

    def _on_start(self) -> None:
        self.start_requested.emit(self.whole, self.pace.currentIndex() == 1)

    def offer_pace(self, lab: bool) -> None:
        """Offer lanes in the lab; on AWS a person says it where the instances are named."""
        self.pace.setVisible(lab and self._progress is None)
        self._lab = lab

    def _on_scope(self) -> None:
        for key, cell in self._cells.items():
            cell.plan(key in CLASSIC or (self.whole and _beyond(key)))
        self._fold()

    def _fold(self) -> None:
        """Show the rows that have something to tell: what is neither chosen nor was ever run takes no room."""
        for disruption_id, head, _lines in self._heads:
            cells = [self._cells[disruption_id, access_type] for access_type in AccessType]
            shown = any(cell.tells for cell in cells)
            for widget in (head, *cells):
                widget.setVisible(shown)

    def newest(self, lines: Iterable[RunSummary]) -> dict[CellKey, RunId]:
        """Return the newest run of every cell that has one; what a person did by hand counts as what was observed."""
        found: dict[CellKey, RunId] = {}
        for line in lines:
            if line.observed is not None and (line.observed, line.access) in self._cells:
                found[line.observed, line.access] = line.run_id
        return found

    def show_runs(self, runs: Mapping[CellKey, RunState], still_of: StillOf) -> None:
        """Render the run of every cell."""
        for key, cell in self._cells.items():
            shown = runs.get(key)
            cell.show_run(shown, still_of(shown) if shown else None)
        self._fold()

    def show_start(self, refused: str) -> None:
        """Enable starting the matrix, or say why it cannot be started."""
        self.start.setEnabled(not refused)
        set_tip(self.start, refused)
        self.start.setAccessibleDescription(one_line(refused))

    def show_progress(self, done: int, total: int, *, running: bool, under_way: int = 0) -> None:
        """Render how far the matrix is, and how many runs go on at once."""
        self._progress = (done, total, under_way) if running else None
        self._render_progress()

    def _render_progress(self) -> None:
        running = self._progress is not None
        done, total, under_way = self._progress or (0, 0, 0)
        self._bar.setVisible(running)
        self._bar.setMaximum(max(1, total))
        self._bar.setValue(done)
        self._note.setVisible(running)
        text = _("{done} of {total} runs").format(done=done, total=total)
        if under_way > 1:
            text += " · " + ngettext("{n} under way", "{n} under way", under_way).format(n=under_way)
        set_text(self._note, text)
        self._bar.setAccessibleName(self._note.text())
        self.start.setVisible(not running)
        self.scope.setVisible(not running)
        self.pace.setVisible(self._lab and not running)
        self.stop.setVisible(running)

    def _retranslate_own(self) -> None:
        self.start.setText(_("Run the matrix"))
        self.stop.setText(_("Stop the matrix"))
        self._report.setText(_("Open the report"))
        for place, text in enumerate((_("The article's disruptions"), _("All disruptions"))):
            self.scope.setItemText(place, text)
        for place, text in enumerate((_("Side by side"), _("One run at a time"))):
            self.pace.setItemText(place, text)
        self.pace.setAccessibleName(_("How many runs go on at once"))
        set_tip(self.pace, _("Side by side, each run has an instance of its own."))
        self.scope.setAccessibleName(_("What the matrix runs"))
        set_tip(self.scope, _("What the matrix runs"))
        set_text(
            self._hint,
            _("Every disruption with both kinds of session, and controls that must not look like a shutdown. "
              "In the lab it runs by itself; on AWS you open each connection when asked."),
        )  # fmt: skip
        for access_type, head in self._columns.items():
            set_text(head, labels.word(access_type))
        for disruption_id, _widget, lines in self._heads:
            disruption = DISRUPTIONS[disruption_id]
            number = f"{disruption.article_row}  " if disruption.article_row else ""
            lines[0].set_whole(number + labels.disruption_name(disruption_id))
            lines[1].set_whole(labels.word(disruption.origin))
            lines[2].set_whole(disruption.call or "–")
        self._render_progress()

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
