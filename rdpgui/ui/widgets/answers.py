"""The last row of a question: Cancel, and what goes on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton

from rdpgui.i18n import _


def answer_row(dialog: QDialog, kind: str, go: str, on_go: Callable[[], object]) -> tuple[QHBoxLayout, QPushButton]:
    """Return the row and the button that goes on, which Enter presses while it is enabled.

    Args:
        dialog: is rejected by Cancel.
        kind: begins the buttons' names: ``{kind}_cancel`` and ``{kind}_go``.
        go: what the button says, in the reader's language.
        on_go: what it does.
    """
    cancel = QPushButton(_("Cancel"))
    cancel.setObjectName(f"{kind}_cancel")
    cancel.setAutoDefault(False)
    cancel.clicked.connect(dialog.reject)
    button = QPushButton(go)
    button.setObjectName(f"{kind}_go")
    button.setDefault(True)
    button.clicked.connect(on_go)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(cancel)
    row.addWidget(button)
    return row, button
