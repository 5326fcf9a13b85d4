"""The verdict: one big word, the shutdown gap with its bounds, the last frame, and every check with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.remark import Remark
from rdpgui.core.run import Phase
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict
from rdpgui.i18n import N_, _, named, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.models.runs import result_word
from rdpgui.ui.panels.testimony import VisualAnswer
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import FactRow, flat_button, label, set_property, set_text
from rdpgui.ui.widgets.still import StillView

_PLACE_ROOM = 72
"""Columns of a place in a line of its own: two lines, so that no name pushes the verdict out of view."""
_PLACE_LINE = 30
"""Above the word there may be a line or two about where the run was made instead of here."""
_STILL_PX, _SMALL_STILL_PX = (132, 74), (104, 58)
"""As high as the words beside it: the film stands large in its own card. In a narrow one the longest word is wide."""
_NARROW_PX = 370
_MARKS = {CheckResult.HELD: "check", CheckResult.CONTRADICTED: "cross", CheckResult.NOT_MADE: "question"}


class VerdictPanel(Card):
    """Verdict of the selected run.

    Signals:
        visually_confirmed: True: the person sees the shutdown; False: does not. withdraw_requested: takes it back.
        report_requested, folder_requested. lead_requested: be led through a first run.
    """

    visually_confirmed = Signal(bool)
    withdraw_requested = Signal()
    report_requested = Signal()
    folder_requested = Signal()
    lead_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Verdict"), "verdict_panel", parent)
        self._run: RunState | None = None
        self._still_path: Path | None = None
        self._place = ("", False, True)
        self._report = flat_button("", "verdict_report")
        self._report.clicked.connect(self.report_requested)
        self._folder = flat_button("", "verdict_folder")
        self._folder.clicked.connect(self.folder_requested)
        self.more = QToolButton()
        self.more.setObjectName("verdict_more")
        self.more.setProperty("flat", True)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self))
        self._remark = label(role="dim", wrap=True, name="verdict_remark")
        self.head.addWidget(self._folder)
        self.head.addWidget(self._report)
        self.head.addWidget(self.more)
        self._elsewhere = label(wrap=True, name="verdict_elsewhere")
        set_property(self._elsewhere, "tone", Tone.WARN.value)
        self._here = label(role="dim", wrap=True, name="verdict_place")
        self._word = label(name="verdict_word")
        self._word.setFont(sans_font(scale=2.1, bold=True))
        self._gap_title = label(role="dim", name="verdict_gap_title")
        self._gap = label(role="dim", wrap=True, name="verdict_gap")
        self._painted = label(role="dim", wrap=True, name="verdict_painted")
        self._still = StillView("verdict_still")
        self._still.setFixedSize(*_STILL_PX)
        self._testimony = VisualAnswer()
        self._testimony.answered.connect(self.visually_confirmed)
        self._testimony.withdraw_requested.connect(self.withdraw_requested)
        self._phases = {phase: FactRow(f"phase_{phase.value}") for phase in Phase}
        self._rows = [FactRow(f"check_{check_id.value}") for check_id in CheckId]
        self._reasons = [_Reason() for _check in CheckId]
        self._lead = flat_button("", "verdict_lead")
        self._lead.clicked.connect(self.lead_requested)
        self._area = self._make_area()
        self.body.addWidget(self._area, 1)
        self._render()

    def _make_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setObjectName("verdict_scroll")
        area.setAccessibleName(_("Verdict"))
        area.setWidgetResizable(True)
        area.setWidget(self._make_inside())
        return area

    def _make_inside(self) -> QWidget:
        """Return what is scrolled: the answer, then what it rests on, in the order in which it comes to be known."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(0)
        column.addWidget(self._elsewhere)
        column.addLayout(self._head_row())
        column.addWidget(self._lead, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._testimony)
        for row in self._phases.values():
            column.addWidget(row)
        for row, reason in zip(self._rows, self._reasons, strict=True):
            column.addWidget(row)
            column.addWidget(reason)
        column.addWidget(self._remark)
        column.addStretch(1)
        return inside

    def _head_row(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        gap = QHBoxLayout()
        gap.setSpacing(6)
        gap.addWidget(self._gap_title, 0, Qt.AlignmentFlag.AlignTop)
        gap.addWidget(self._gap, 1)
        words.addWidget(self._word)
        words.addLayout(gap)
        words.addWidget(self._painted)
        words.addWidget(self._here)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addLayout(words, 1)
        row.addWidget(self._still, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def show_run(self, run: RunState | None, still: Path | None) -> None:
        """Render a run's verdict; ``still`` is the PNG of the last frame."""
        if run is not self._run or still != self._still_path:
            self._run, self._still_path = run, still
            self._render()

    def to_top(self) -> None:
        """Show the word first: another run is looked at, or its verdict has come."""
        self._area.verticalScrollBar().setValue(0)

    def show_place(self, name: str, *, elsewhere: bool, recorded: bool = True) -> None:
        """Render where the run was made: beside the title, or below the gap where it does not fit there.

        Args:
            name: of the place.
            elsewhere: it is not where the window looks at.
            recorded: it is known.
        """
        self._place = (name, elsewhere, recorded)
        self._render_place()

    def _render_place(self) -> None:
        name, elsewhere, recorded = self._place
        alone = not elsewhere and self.subtitle.fontMetrics().horizontalAdvance(name) > self.room_for_subtitle()
        self.subtitle.set_whole("" if elsewhere or alone else name)
        away = _("Made elsewhere: {place}").format(place=name) if elsewhere and recorded else name
        set_text(self._elsewhere, away if elsewhere else "", _PLACE_ROOM)
        self._elsewhere.setVisible(elsewhere)
        set_text(self._here, name if alone else "", _PLACE_ROOM)
        self._here.setVisible(alone)
        self.setMinimumHeight(self.minimumSizeHint().height() + (_PLACE_LINE if elsewhere else 0))

    def _render(self) -> None:
        run, verdict = self._run, self._run.verdict if self._run else None
        self._still.set_lab(run is not None and run.plan.lab)
        self._report.setText(_("Report"))
        self._folder.setText(_("Folder"))
        self._lead.setText(_("Lead me through a first run"))
        self._lead.setVisible(run is None)
        self._word.setVisible(run is not None)
        self.more.setText(_("More"))
        self.more.setAccessibleName(_("More to do with this run"))
        for button in (self._report, self._folder, self.more):
            button.setVisible(run is not None)
        self._render_remark(run)
        self._render_place()  # what it may take of the header is known now
        if verdict is None:
            self._render_waiting(run)
        else:
            tone = labels.tone(verdict.value)
            set_text(self._word, labels.word(verdict.value))
            set_property(self._word, "tone", tone.value)
            self._render_gap(verdict)
            self._still.show_still(
                self._still_path, tokens().tone(tone), _("No last frame: the film could not be decoded.")
            )
        self._painted.setVisible(verdict is not None and verdict.painted_gap_s is not None)
        self._gap_title.setVisible(verdict is not None)
        self._still.setVisible(verdict is not None or self._still_path is not None)
        self._render_checks(verdict)
        self._testimony.show_run(run)
        self._render_phases(run)

    def _render_remark(self, run: RunState | None) -> None:
        """What a tester wrote, below what the verdict rests on."""
        written = run.remark if run is not None else Remark()
        parts = ((_("Tester"), written.tester), (_("Ticket"), written.ticket), (_("Note"), written.note))
        set_text(self._remark, "\n".join(named(name, text) for name, text in parts if text))
        self._remark.setVisible(written.says_anything)

    def offer(self, actions: Sequence[QAction]) -> None:
        """Offer more that can be done with the run."""
        self.more.menu().addActions(list(actions))

    def _render_waiting(self, run: RunState | None) -> None:
        set_property(self._word, "tone", "idle")
        if run is None:
            set_text(self._word, "–")
            text = _("After a run: did the recording survive, how far does it reach, and the last frame as proof.")
        elif run.active:
            set_text(self._word, "…")
            text = _("The run is under way: {phase}.").format(phase=labels.doing(run))
        elif run.is_open:
            set_text(self._word, result_word(run))
            text = _("Its journal has no end. It was last seen at {time}: {phase}.").format(
                time=formats.day_clock(run.last_at), phase=labels.word(run.phase)
            )
        else:
            set_text(self._word, labels.word(run.status))
            text = retell(run.reason) or _("The run ended without a verdict.")
        set_text(self._gap, text)
        set_property(self._gap, "role", "dim")
        self._still.show_still(self._still_path, "")

    def _render_gap(self, verdict: Verdict) -> None:
        set_text(self._gap_title, _("Shutdown gap"))
        set_text(self._gap, _("not bounded") if verdict.gap is None else formats.interval(verdict.gap))
        set_property(self._gap, "role", "strong")
        tip = _("Session end − film end, with the error bounds of every clock involved")
        for widget in (self._gap, self._gap_title):
            set_tip(widget, tip)
        if verdict.painted_gap_s is not None:
            set_text(self._painted, _("painted clock {n} s").format(n=f"{verdict.painted_gap_s:.2f}"))
            set_tip(self._painted, _("The lab's truth, read from the pixels of the last frame"))

    def _render_checks(self, verdict: Verdict | None) -> None:
        """What is not held comes first: it is why the verdict is what it is."""
        checks = {check.check_id: check for check in verdict.checks} if verdict else {}
        made = [(check_id, checks.get(check_id)) for check_id in CheckId] if verdict else []
        made.sort(key=_rank)
        for place, row in enumerate(self._rows):
            reason = self._reasons[place]
            row.setVisible(place < len(made))
            reason.setVisible(place < len(made))
            if place >= len(made):
                continue
            check_id, check = made[place]
            row.setObjectName(f"check_{check_id.value}")
            result = check.result if check else CheckResult.NOT_MADE
            text = labels.sentence(check.reason, check.fields) if check else ""
            value = "" if result is CheckResult.HELD else labels.word(result)
            row.show_fact(_MARKS[result], labels.tone(result), labels.word(check_id), value, text)
            reason.show_reason(text)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the place beside the title, or in a line of its own where it does not fit there."""
        super().resizeEvent(event)
        self._still.setFixedSize(*(_STILL_PX if self.width() >= _NARROW_PX else _SMALL_STILL_PX))
        self._render_place()

    def show_witness(self, *, can_say: bool, can_undo: bool) -> None:
        """Let the person answer (the run's film is on screen) or take the answer back (no run has begun since)."""
        self._testimony.allow(can_say=can_say, can_undo=can_undo)

    def _render_phases(self, run: RunState | None) -> None:
        """While there is no verdict: how far the run is."""
        shown = run is not None and run.verdict is None
        for phase, row in self._phases.items():
            row.setVisible(shown)
            if run is None or not shown:
                continue
            at = run.entered_at(phase)
            if at is None:
                row.show_fact("idle", Tone.IDLE, labels.word(phase))
            elif run.active and phase is run.phase:
                row.show_fact("play", Tone.INFO, labels.word(phase), formats.clock(at))
            else:
                row.show_fact("check", Tone.OK, labels.word(phase), formats.clock(at))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._render()


class _Reason(QWidget):
    """What a check found, in full: a verdict is read with its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = label(role="dim", wrap=True, name="check_reason")
        self._whole.setFont(sans_font(scale=0.9))
        column = QVBoxLayout(self)
        column.setContentsMargins(23, 0, 0, 3)
        column.addWidget(self._whole)

    def show_reason(self, text: str) -> None:
        """Show a sentence; empty hides it."""
        set_text(self._whole, text)
        self.setVisible(bool(text))


def _rank(made: tuple[CheckId, Check | None]) -> int:
    result = made[1].result if made[1] is not None else CheckResult.NOT_MADE
    return (CheckResult.CONTRADICTED, CheckResult.NOT_MADE, CheckResult.HELD).index(result)
