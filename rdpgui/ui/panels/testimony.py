"""The question whether a person sees the shutdown, with the answer that counts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from rdpgui.core.state import RunState
from rdpgui.core.testimony import counted_answer, has_film
from rdpgui.i18n import _
from rdpgui.ui import formats
from rdpgui.ui.plain import set_tip
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import FactRow, flat_button


class VisualAnswer(QWidget):
    """Asks, shows who answered what and when, and lets the answer be taken back.

    Signals:
        answered: True: the person sees the shutdown; False: does not. withdraw_requested: takes it back.
    """

    answered = Signal(bool)
    withdraw_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._run: RunState | None = None
        self._can_say, self._can_undo = False, False
        self._fact = FactRow("check_visual")
        self._yes = QPushButton()
        self._yes.setObjectName("visual_yes")
        self._yes.clicked.connect(self._on_yes)
        self._no = QPushButton()
        self._no.setObjectName("visual_no")
        self._no.clicked.connect(self._on_no)
        self._undo = flat_button("", "visual_undo")
        self._undo.clicked.connect(self.withdraw_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._fact, 1)
        row.addWidget(self._undo)
        row.addWidget(self._yes)
        row.addWidget(self._no)

    def show_run(self, run: RunState | None) -> None:
        """Render a run's answer in the language in use; without a verdict there is nothing to answer."""
        self._run = run
        self._yes.setText(_("Yes"))
        self._no.setText(_("No"))
        self._yes.setAccessibleName(_("I see the shutdown: yes"))
        self._no.setAccessibleName(_("I see the shutdown: no"))
        self._undo.setText(_("Take back"))
        self._render()

    def allow(self, *, can_say: bool, can_undo: bool) -> None:
        """Let the person answer (the run's film is on screen) or take the answer back (no run has begun since)."""
        self._can_say, self._can_undo = can_say, can_undo
        self._render()

    def _render(self) -> None:
        run = self._run
        answer = counted_answer(run) if run is not None else None
        asked = run is not None and run.verdict is not None and has_film(run)
        self._fact.setVisible(run is not None and run.verdict is not None)
        self._undo.setVisible(answer is not None)
        self._undo.setEnabled(self._can_undo)
        set_tip(self._undo, "" if self._can_undo else _("Fixed: another run has begun since then."))
        for button in (self._yes, self._no):
            button.setVisible(asked and answer is None)
            button.setEnabled(self._can_say)
            set_tip(button, "" if self._can_say else _("Only while this run's film is on screen"))
        question = _("I see the shutdown")
        if answer is None:
            self._fact.show_fact("question", Tone.IDLE, question, "" if asked else _("no film"))
            return
        mark, tone = ("check", Tone.OK) if answer.seen else ("cross", Tone.BAD)
        value = _("yes") if answer.seen else _("no")
        if answer.film_s is not None:
            value = _("{answer}, at {seconds} s").format(answer=value, seconds=f"{answer.film_s:.2f}")
        self._fact.show_fact(mark, tone, question, value, f"{answer.by} {formats.day_clock(answer.at)} {answer.film}")

    def _on_yes(self) -> None:
        self.answered.emit(True)

    def _on_no(self) -> None:
        self.answered.emit(False)
