"""Asks before a repair, or before one is taken back: what changes line by line, where, and by which call."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.cli import CliPlace, as_cli
from rdpgui.core.repair import Repair
from rdpgui.i18n import _
from rdpgui.ui import plain
from rdpgui.ui.theme import mono_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.answers import answer_row, question_head
from rdpgui.ui.widgets.copied import CopiedText
from rdpgui.ui.widgets.small import label, set_text

_FACT_ROOM = 160
_TONES = {"+": Tone.OK, "-": Tone.BAD}


class RepairDialog(QDialog):
    """The question; everything that is not lab needs the account's number typed.

    Args:
        repair: what would be done: also the undoing of an earlier one. undo: whether it is one. identity: who, where.

    Signals:
        confirmed: the person says yes.
    """

    confirmed = Signal()

    def __init__(
        self, repair: Repair, identity: IdentityObserved, *, undo: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("repair_dialog")
        self._repair, self._identity = repair, identity
        name = _(repair.name)
        text = _("Put back: {name}").format(name=name) if undo else _("Repair: {name}").format(name=name)
        self.setWindowTitle(text)
        self.setMinimumWidth(640)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        column.addLayout(question_head(text, "repair", lab=identity.lab, wrap=True))
        column.addLayout(self._facts())
        column.addWidget(self._diff())
        column.addWidget(self._line())
        column.addWidget(label(self._promise(undo), "dim", wrap=True, name="repair_promise"))
        self._typed = QLineEdit()
        self._typed.setObjectName("repair_typed")
        self._typed.textChanged.connect(self._on_typed)
        if not identity.lab:
            question = _("Type {word} to confirm:").format(word=identity.account_id)
            asked = label(question, "strong", name="repair_question")
            asked.setBuddy(self._typed)
            self._typed.setAccessibleName(plain.named(question))
            column.addWidget(asked)
            column.addWidget(self._typed)
        row, self.go = answer_row(self, "repair", _("Put back") if undo else _("Apply"), self._on_go)
        column.addLayout(row)
        self._on_typed("")
        self.finished.connect(self.deleteLater)

    def _promise(self, undo: bool) -> str:
        if undo:
            return _(
                "What was there before the repair is put back exactly. The change is in the account's journal first."
            )
        return _("What is there now is kept in the account's journal before the call, and can be put back exactly.")

    def _facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(5)
        identity = self._identity
        for name, text in (
            (_("Changed"), self._repair.subject),
            (_("Call"), self._repair.call().action),
            (_("Account and Region"), f"{identity.account_id}  {identity.region}"),
            (_("Identity"), identity.arn),
        ):
            value = label("", "strong", wrap=True)
            set_text(value, plain.one_line(text), _FACT_ROOM)
            form.addRow(label(name, "dim"), value)
        return form

    def _diff(self) -> QPlainTextEdit:
        """Return what goes and what comes, line by line; signs say it too, not colours alone."""
        shown = QPlainTextEdit()
        shown.setObjectName("repair_diff")
        shown.setReadOnly(True)
        shown.setFont(mono_font())
        shown.setAccessibleName(_("What changes"))
        shown.setMinimumHeight(150)
        shown.setMaximumHeight(260)
        cursor = QTextCursor(shown.document())
        for number, line in enumerate(self._repair.diff()):
            style = QTextCharFormat()
            tone = _TONES.get(line[:1])
            if tone is not None:
                style.setForeground(QColor(tokens().tone(tone)))
            cursor.insertText(("\n" if number else "") + plain.one_line(line[:1]) + plain.visible(line[1:]), style)
        changed = [number for number, line in enumerate(self._repair.diff()) if line[:1] in _TONES]
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        cursor.movePosition(
            QTextCursor.MoveOperation.Down, QTextCursor.MoveMode.MoveAnchor, max(changed[0] - 2, 0) if changed else 0
        )
        self._change = cursor
        return shown

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Show the first line that changes, as soon as there is a room for it."""
        super().showEvent(event)
        shown = self.findChild(QPlainTextEdit, "repair_diff")
        if shown is not None:
            shown.verticalScrollBar().setValue(self._change.blockNumber())

    def _line(self) -> CopiedText:
        identity = self._identity
        place = CliPlace(identity.region, identity.profile, identity.endpoint_url)
        made = CopiedText("repair_cli", _("The same on the command line"), most=4)
        made.show_text(as_cli(self._repair.call(), place))
        return made

    def _on_typed(self, text: str) -> None:
        self.go.setEnabled(self._identity.lab or plain.is_typed(text, self._identity.account_id))

    def _on_go(self) -> None:
        self.accept()
        self.confirmed.emit()
