"""What a tester writes on a run: name, ticket, note."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from rdpgui.core.remark import LONGEST_WORD, Remark, remark
from rdpgui.i18n import _
from rdpgui.ui.theme import sans_font
from rdpgui.ui.widgets.answers import answer_row
from rdpgui.ui.widgets.small import label

_NOTE_LINES = 5


class RemarkDialog(QDialog):
    """Three fields.

    Args:
        name: of the run. written: what is on it already; ``usual``: what the settings would write.

    Signals:
        written: the Remark, and whether tester and ticket are for the runs to come, too.
    """

    written = Signal(object, bool)

    def __init__(self, name: str, written: Remark, usual: Remark, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("remark_dialog")
        self.setWindowTitle(_("Tester, ticket and note"))
        self.setMinimumWidth(520)
        title = label(name, name="remark_title")
        title.setFont(sans_font(scale=1.2, bold=True))
        self._tester = self._line("remark_tester", written.tester or usual.tester, _("Tester"))
        self._ticket = self._line("remark_ticket", written.ticket or usual.ticket, _("Ticket"))
        self._note = QPlainTextEdit(written.note)
        self._note.setObjectName("remark_note")
        self._note.setAccessibleName(_("Note"))
        self._note.setTabChangesFocus(True)
        self._note.setFixedHeight(_NOTE_LINES * self._note.fontMetrics().lineSpacing() + 18)
        self._keep = QCheckBox(_("Write tester and ticket on the runs to come, too"))
        self._keep.setObjectName("remark_keep")
        self._keep.setChecked(usual.says_anything)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        for text, field in ((_("Tester"), self._tester), (_("Ticket"), self._ticket), (_("Note"), self._note)):
            form.addRow(label(text, "dim"), field)
        row, _go = answer_row(self, "remark", _("Write it on the run"), self._on_go)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(self._keep)
        said = _("It stands in the journal and the report as what a person wrote. The verdict does not rest on it.")
        column.addWidget(label(said, "dim", wrap=True))
        column.addLayout(row)
        self._tester.setFocus()

    @staticmethod
    def _line(name: str, text: str, title: str) -> QLineEdit:
        made = QLineEdit(text)
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setMaxLength(LONGEST_WORD)
        return made

    def _on_go(self) -> None:
        self.accept()
        written = remark(self._tester.text(), self._ticket.text(), self._note.toPlainText())
        self.written.emit(written, self._keep.isChecked())
