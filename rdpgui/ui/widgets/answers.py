"""What every question has: its head, and its last row with Cancel and what goes on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton

from rdpgui.i18n import _
from rdpgui.ui.theme import sans_font
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import label, pill


def question_head(text: str, kind: str, *, lab: bool, wrap: bool = False) -> QHBoxLayout:
    """Return the title, and LAB beside it where the question is of the lab.

    Args:
        text: the title, in the reader's language.
        kind: begins the label's name: ``{kind}_title``.
        lab: whether it is of the lab.
        wrap: whether a long title may take several lines.
    """
    title = label(text, wrap=wrap, name=f"{kind}_title")
    title.setFont(sans_font(scale=1.4, bold=True))
    head = QHBoxLayout()
    head.addWidget(title, 1)
    if lab:
        head.addWidget(pill("LAB", Tone.LAB))
    return head


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
