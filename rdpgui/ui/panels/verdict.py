"""The verdict: one big word, the shutdown gap with its bounds, the last frame, and every check with its numbers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, CheckResult, Verdict
from rdpgui.i18n import N_, _, fill
from rdpgui.ui import formats, labels
from rdpgui.ui.theme import Tone, sans_font, tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import FactRow, flat_button, label, set_property, set_text
from rdpgui.ui.widgets.still import StillView

_MARKS = {CheckResult.HELD: "check", CheckResult.CONTRADICTED: "cross", CheckResult.NOT_MADE: "question"}


class VerdictPanel(Card):
    """Verdict of the selected run.

    Signals:
        visually_confirmed: True: the person sees the shutdown; False: does not.
        report_requested, folder_requested, end_requested (show the film's end).
    """

    visually_confirmed = Signal(bool)
    report_requested = Signal()
    folder_requested = Signal()
    end_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Verdict"), "verdict_panel", parent)
        self._run: RunState | None = None
        self._still_path: Path | None = None
        self._report = flat_button("", "verdict_report")
        self._report.clicked.connect(self.report_requested)
        self._folder = flat_button("", "verdict_folder")
        self._folder.clicked.connect(self.folder_requested)
        self.head.addWidget(self._folder)
        self.head.addWidget(self._report)
        self._word = label(name="verdict_word")
        self._word.setFont(sans_font(scale=2.1, bold=True))
        self._gap = label(role="dim", wrap=True, name="verdict_gap")
        self._painted = label(role="dim", wrap=True, name="verdict_painted")
        self._still = StillView("verdict_still")
        self._still.setMaximumHeight(190)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(4)
        for widget in (self._word, self._gap, self._painted, self._still):
            column.addWidget(widget)
        self._rows = {check_id: FactRow(f"check_{check_id.value}") for check_id in CheckId}
        self._reasons = {check_id: label(role="dim", wrap=True) for check_id in CheckId}
        for check_id, row in self._rows.items():
            column.addWidget(row)
            self._reasons[check_id].setIndent(23)
            column.addWidget(self._reasons[check_id])
        column.addLayout(self._visual_row())
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setObjectName("verdict_scroll")
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self.body.addWidget(self._area, 1)
        self._render()

    def _visual_row(self) -> QHBoxLayout:
        self._visual = FactRow("check_visual")
        self._yes = QPushButton()
        self._yes.setObjectName("visual_yes")
        self._yes.clicked.connect(self._on_yes)
        self._no = QPushButton()
        self._no.setObjectName("visual_no")
        self._no.clicked.connect(self._on_no)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._visual, 1)
        row.addWidget(self._yes)
        row.addWidget(self._no)
        return row

    def show_run(self, run: RunState | None, still: Path | None) -> None:
        """Render a run's verdict; ``still`` is the PNG of the last frame."""
        if run is not self._run or still != self._still_path:
            self._run, self._still_path = run, still
            self._render()

    def _render(self) -> None:
        run, verdict = self._run, self._run.verdict if self._run else None
        self._report.setText(_("Report"))
        self._folder.setText(_("Folder"))
        self._yes.setText(_("Yes"))
        self._no.setText(_("No"))
        self._yes.setAccessibleName(_("I see the shutdown: yes"))
        self._no.setAccessibleName(_("I see the shutdown: no"))
        for button in (self._report, self._folder):
            button.setVisible(run is not None)
        if verdict is None:
            self._render_waiting(run)
        else:
            tone = labels.tone(verdict.value)
            set_text(self._word, labels.word(verdict.value))
            set_property(self._word, "tone", tone.value)
            self._render_gap(verdict)
            self._still.show_still(self._still_path, tokens().tone(tone), _("No last frame: the film could not be decoded."))
        self._painted.setVisible(verdict is not None and verdict.painted_gap_s is not None)
        self._still.setVisible(verdict is not None or self._still_path is not None)
        self._render_checks(verdict)
        self._render_visual(run)

    def _render_waiting(self, run: RunState | None) -> None:
        set_property(self._word, "tone", "idle")
        if run is None:
            set_text(self._word, "–")
            text = _("After a run: did the recording survive, how far does it reach, and the last frame as proof.")
        elif run.active:
            set_text(self._word, "…")
            text = _("The run is under way: {phase}.").format(phase=labels.word(run.phase))
        else:
            set_text(self._word, labels.word(run.status))
            text = run.reason or _("The run ended without a verdict.")
        set_text(self._gap, text)
        self._still.show_still(self._still_path, "")

    def _render_gap(self, verdict: Verdict) -> None:
        if verdict.gap is None:
            set_text(self._gap, _("Shutdown gap: could not be bounded"))
        else:
            set_text(self._gap, _("Shutdown gap {gap}").format(gap=formats.interval(verdict.gap)))
        self._gap.setToolTip(_("Session end − film end, with the error bounds of every clock involved"))
        if verdict.painted_gap_s is not None:
            text = _("By the lab's painted clock: {n} s").format(n=f"{verdict.painted_gap_s:.2f}")
            set_text(self._painted, text)

    def _render_checks(self, verdict: Verdict | None) -> None:
        checks = {check.check_id: check for check in verdict.checks} if verdict else {}
        for check_id, row in self._rows.items():
            check = checks.get(check_id)
            row.setVisible(verdict is not None)
            reason = self._reasons[check_id]
            if check is None:
                row.show_fact("question", Tone.IDLE, labels.word(check_id), labels.word(CheckResult.NOT_MADE))
                reason.hide()
                continue
            text = fill(check.reason, check.fields)
            held = check.result is CheckResult.HELD
            value = "" if held else labels.word(check.result)
            row.show_fact(_MARKS[check.result], labels.tone(check.result), labels.word(check_id), value, text)
            set_text(reason, text)
            reason.setVisible(verdict is not None and bool(text))

    def _render_visual(self, run: RunState | None) -> None:
        shown = run is not None and run.verdict is not None
        for widget in (self._visual, self._yes, self._no):
            widget.setVisible(shown)
        if run is None:
            return
        answer = run.confirmation
        question = _("I see the shutdown")
        if answer is None:
            self._visual.show_fact("question", Tone.IDLE, question)
        else:
            mark, tone = ("check", Tone.OK) if answer.seen else ("cross", Tone.BAD)
            value = _("yes") if answer.seen else _("no")
            tip = f"{answer.by} {formats.day_clock(answer.at)}"
            self._visual.show_fact(mark, tone, question, value, tip)
            self._yes.hide()
            self._no.hide()

    def _on_yes(self) -> None:
        self.visually_confirmed.emit(True)

    def _on_no(self) -> None:
        self.visually_confirmed.emit(False)

    @override
    def retranslate(self) -> None:
        super().retranslate()
        self._render()
