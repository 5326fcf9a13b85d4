"""The status of the selected session's recording, as a ladder of evidence: what, on which basis, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.recording import Basis, ConsoleWord, Evidence, RecordingStatus, StatusStatement
from rdpgui.core.state import RunState
from rdpgui.i18n import N_, _
from rdpgui.ui import formats, labels
from rdpgui.ui.panels.witness import WitnessBox
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import sans_font
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import FactRow, Mark, label, set_property, set_text

_HELD = {True: ("check", Tone.OK), False: ("cross", Tone.BAD), None: ("question", Tone.IDLE)}
_TICK_MS = 1000


class RecordingPanel(Card):
    """Status, basis, evidence with times, and the console's own word.

    Signals:
        console_word_entered: what a person read in the AWS console (a ConsoleWord).
    """

    console_word_entered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Recording status"), "recording_panel", parent)
        self._statement: StatusStatement | None = None
        self._instead: tuple[str, tuple[tuple[str, str], ...]] = ("", ())
        self._mark = Mark(size=18)
        self._word = label(name="recording_word")
        self._word.setFont(sans_font(scale=1.5, bold=True))
        self._basis = label(role="dim", wrap=True, name="recording_basis")
        line = QHBoxLayout()
        line.setSpacing(7)
        line.addWidget(self._mark)
        line.addWidget(self._word)
        line.addStretch(1)
        self.body.addLayout(line)
        self._empty = label(role="dim", wrap=True, name="recording_empty")
        self.body.addWidget(self._empty)
        self._add_evidence()
        self._add_console_menu()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_basis)
        self._render()

    def _add_evidence(self) -> None:
        self._rows: list[FactRow] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._witness = WitnessBox()
        self._column.addWidget(self._basis)  # it scrolls with what it rests on: none of its lines is cut in two
        self._column.addWidget(self._witness)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("recording_evidence")
        area.setAccessibleName(_("Evidence"))
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setMinimumHeight(48)
        self.body.addWidget(area, 1)

    def _add_console_menu(self) -> None:
        self._console = QToolButton()
        self._console.setObjectName("recording_console_word")
        self._console.setProperty("flat", True)
        self._console.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._console)
        self._actions: list[QAction] = []
        for word in ConsoleWord:
            action = self._menu.addAction("")
            action.setData(word)
            self._actions.append(action)
        self._menu.triggered.connect(self._on_word)
        self._console.setMenu(self._menu)
        self.head.addWidget(self._console)

    def show_statement(
        self,
        statement: StatusStatement | None,
        *,
        may_enter: bool,
        instead: str = "",
        fields: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Render.

        Args:
            statement: what is said, None when nothing is.
            may_enter: there is a run that a console word can be kept with.
            instead: why nothing is said of the selected session, an English message id; empty when none is selected.
            fields: its values.
        """
        self._statement, self._instead = statement, (instead, fields)
        self._console.setVisible(may_enter)
        self._render()

    def show_witness(self, run: RunState | None, path: Path | None) -> None:
        """Render the run's second witness; ``path`` is its picture."""
        self._witness.show_run(run, path)

    def _render(self) -> None:
        statement = self._statement
        for widget in (self._mark, self._word, self._basis):
            widget.setVisible(statement is not None)
        self._empty.setVisible(statement is None)
        nothing = _("Select a session. Its recording status appears here, with the evidence behind it: AWS offers no "
                    "call that reads the status.")  # fmt: skip
        set_text(self._empty, labels.sentence(*self._instead) if self._instead[0] else nothing)
        self._console.setText(_("Enter console word"))
        set_tip(self._console, _("Enter by hand what the AWS console says about this recording"))
        for action, word in zip(self._actions, ConsoleWord, strict=True):
            action.setText(labels.word(word))
        if statement is None:
            self._timer.stop()
            self._show_evidence(())
            return
        tone = labels.tone(statement.status)
        self._mark.show_mark(tone.value, tone)
        set_text(self._word, labels.word(statement.status))
        set_property(self._word, "tone", tone.value)
        if statement.status in (RecordingStatus.PROCESSING, RecordingStatus.RECORDING):
            self._timer.start()
        else:
            self._timer.stop()
        self._show_basis()
        self._show_evidence(statement.evidence)

    def _show_basis(self) -> None:
        statement = self._statement
        if statement is None:
            return
        parts = [labels.word(statement.basis)]
        if statement.basis is Basis.NONE and statement.evidence:
            parts = [labels.sentence(statement.evidence[0].text, statement.evidence[0].fields)]
        elif statement.since_at is not None:
            if self._timer.isActive():
                elapsed_s = (datetime.now(UTC) - statement.since_at).total_seconds()
                parts.append(_("for {span}").format(span=formats.span(elapsed_s)))
            else:
                parts.append(_("since {time}").format(time=formats.clock(statement.since_at)))
        if statement.usual_s is not None and statement.status is RecordingStatus.PROCESSING:
            low_s, high_s = statement.usual_s
            parts.append(_("usually {low}–{high} s").format(low=f"{low_s:g}", high=f"{high_s:g}"))
        if statement.console_word is not None:
            parts.append(_("console says: {word} (entered by hand)").format(word=labels.word(statement.console_word)))
        set_text(self._basis, " · ".join(parts))
        set_property(self._basis, "role", "inferred" if statement.basis is Basis.INFERRED else "dim")

    def _show_evidence(self, evidence: tuple[Evidence, ...]) -> None:
        while len(self._rows) < len(evidence):
            row = FactRow(f"evidence_{len(self._rows)}", wrap=True)
            self._rows.append(row)
            self._column.insertWidget(len(self._rows), row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(evidence))
            if place < len(evidence):
                item = evidence[place]
                mark, tone = _HELD[item.held]
                text = labels.sentence(item.text, item.fields)
                row.show_fact(mark, tone, text, formats.clock(item.observed_at), f"{text}\n{item.source}")

    def _on_word(self, action: QAction) -> None:
        self.console_word_entered.emit(ConsoleWord(action.data()))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._render()
        self._witness.retranslate()
