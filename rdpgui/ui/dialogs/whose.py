"""Asks whether a session is the one that the person opened: its owner does not tell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rdpgui.i18n import _
from rdpgui.ui.plain import one_line
from rdpgui.ui.widgets.answers import answer_row, question_head
from rdpgui.ui.widgets.small import label, set_text

_FACT_ROOM = 160
_WIDTH = 820
"""An owner is a long name, and it is what the question is about: it stands in one line."""


class WhoseDialog(QDialog):
    """The question. Closed without an answer the run waits on, and it can be asked again.

    Args:
        facts: name and value of what is known of the session, in the reader's language.

    Signals:
        answered: whether it is the person's own.
    """

    answered = Signal(bool)

    def __init__(self, facts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("whose_dialog")
        title = _("Did you open this session?")
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addLayout(question_head(title, "whose", lab=False))
        text = _(
            "A session is open on the instance, and its owner does not tell who opened it: with just-in-time access "
            "one role of the service owns the sessions of everybody. A disruption would cut its user off. "
            "The run takes it for yours only if you say so."
        )
        column.addWidget(label(text, wrap=True, name="whose_text"))
        column.addLayout(self._facts(facts))
        column.addLayout(self._buttons())
        self.finished.connect(self.deleteLater)

    @staticmethod
    def _facts(facts: Sequence[tuple[str, str]]) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(5)
        for place, (name, value) in enumerate(facts):
            shown = label("", "strong", wrap=True, name=f"whose_fact_{place}")
            set_text(shown, one_line(value), _FACT_ROOM)
            form.addRow(label(name, "dim"), shown)
        return form

    def _buttons(self) -> QHBoxLayout:
        """Return the answers; none of them is what Enter presses by itself."""
        row, own = answer_row(self, "whose", _("Yes, it is mine"), self._on_own)
        own.setDefault(False)
        own.setAutoDefault(False)
        other = QPushButton(_("No, it is somebody else's"))
        other.setObjectName("whose_other")
        other.setAutoDefault(False)
        other.clicked.connect(self._on_other)
        row.insertWidget(row.count() - 1, other)
        return row

    def _on_own(self) -> None:
        self.accept()
        self.answered.emit(True)

    def _on_other(self) -> None:
        self.accept()
        self.answered.emit(False)
