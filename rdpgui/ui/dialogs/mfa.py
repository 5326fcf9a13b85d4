"""Asks for a code of an MFA device."""

from __future__ import annotations

import re
import unicodedata

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from rdpgui.i18n import _
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.answers import answer_row
from rdpgui.ui.widgets.small import label, set_property

_LONGEST = 16
"""Characters that may be typed or pasted: the six digits of a code with blanks around them."""
_CODE = re.compile(r"[0-9]{6}")


class MfaDialog(QDialog):
    """Never modal to the loop: what waits for the code waits elsewhere.

    Args:
        serial: of the device, as the profile names it. problem: why the last code did not do, an English message id.

    Signals:
        answered: the code; empty when the person gives up.
    """

    answered = Signal(str)

    def __init__(self, serial: str, problem: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mfa_dialog")
        self.setWindowTitle(_("MFA code"))
        self.setMinimumWidth(460)
        self.code = QLineEdit()
        self.code.setObjectName("mfa_code")
        self.code.setAccessibleName(_("MFA code"))
        self.code.setMaxLength(_LONGEST)
        self.code.setPlaceholderText("123456")
        self.code.textChanged.connect(self._on_text)
        why = label(_(problem) if problem else "", wrap=True, name="mfa_problem")
        set_property(why, "tone", Tone.WARN.value)
        why.setVisible(bool(problem))
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(label(_("The role asks for a code of this device:"), wrap=True))
        column.addWidget(label(serial, "mono", name="mfa_serial"))
        column.addWidget(self.code)
        column.addWidget(why)
        column.addLayout(self._buttons())
        self.rejected.connect(self._on_rejected)

    def _buttons(self) -> QHBoxLayout:
        row, self._go = answer_row(self, "mfa", _("Sign in"), self._on_go)
        self._go.setProperty("primary", True)
        self._go.setEnabled(False)
        return row

    def _on_text(self, text: str) -> None:
        self._go.setEnabled(_CODE.fullmatch(_plain(text)) is not None)

    def _on_go(self) -> None:
        code = _plain(self.code.text())
        self.accept()
        self.answered.emit(code)

    def _on_rejected(self) -> None:
        self.answered.emit("")


def _plain(text: str) -> str:
    """Return a code as AWS takes it: a Japanese keyboard types digits of full width."""
    return unicodedata.normalize("NFKC", text).strip()
