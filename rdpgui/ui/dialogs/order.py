"""Asks once more before an order outside of runs: what is done, to what, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from rdpgui.i18n import _
from rdpgui.ui.plain import is_typed, one_line
from rdpgui.ui.widgets.answers import answer_row, question_head
from rdpgui.ui.widgets.copied import CopiedText
from rdpgui.ui.widgets.small import label


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked, in the reader's language.

    Attributes:
        title, consequence, go: heading, what will happen, and the button's word.
        facts: name and value of what it concerns.
        typed: what has to be typed to confirm, empty in the lab.
        cli: the same as a line for the shell, empty for none.
    """

    title: str
    consequence: str
    facts: Sequence[tuple[str, str]]
    go: str
    typed: str = ""
    lab: bool = False
    cli: str = ""


class OrderDialog(QDialog):
    """The question.

    Signals:
        confirmed: the person says yes.
    """

    confirmed = Signal()

    def __init__(self, order: Order, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("order_dialog")
        self._order = order
        self.setWindowTitle(one_line(order.title))
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addLayout(question_head(order.title, "order", lab=order.lab))
        column.addWidget(label(order.consequence, wrap=True, name="order_consequence"))
        column.addLayout(self._facts())
        line = CopiedText("order_cli", _("The same on the command line"), most=2)
        line.show_text(order.cli)
        column.addWidget(line)
        self._typed = QLineEdit()
        self._typed.setObjectName("order_typed")
        self._typed.textChanged.connect(self._on_typed)
        if order.typed:
            text = _("Type {word} to confirm:").format(word=order.typed)
            question = label(text, "strong", name="order_question")
            question.setBuddy(self._typed)
            self._typed.setAccessibleName(one_line(text))
            column.addWidget(question)
            column.addWidget(self._typed)
        column.addLayout(self._buttons())
        self._on_typed("")
        self.finished.connect(self.deleteLater)

    def _facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(5)
        for place, (name, value) in enumerate(self._order.facts):
            form.addRow(label(name, "dim"), label(value, "strong", wrap=True, name=f"order_fact_{place}"))
        return form

    def _buttons(self) -> QHBoxLayout:
        row, self._go = answer_row(self, "order", self._order.go, self._on_go)
        return row

    def _on_typed(self, text: str) -> None:
        self._go.setEnabled(is_typed(text, self._order.typed))

    def _on_go(self) -> None:
        self.accept()
        self.confirmed.emit()
