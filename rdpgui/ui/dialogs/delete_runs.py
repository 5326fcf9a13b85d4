"""Asks before runs are deleted with their folders."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rdpgui.i18n import _, ngettext
from rdpgui.ui.theme import sans_font
from rdpgui.ui.widgets.small import label

_SHOWN = 8


class DeleteDialog(QDialog):
    """The question.

    Args:
        names: what the runs are called. wastebasket: whether they can be taken back from there.

    Signals:
        confirmed: delete them.
    """

    confirmed = Signal()

    def __init__(self, names: Sequence[str], *, wastebasket: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("delete_dialog")
        self.setWindowTitle(_("Delete runs"))
        self.setMinimumWidth(480)
        count = len(names)
        head = label(ngettext("Delete {n} run?", "Delete {n} runs?", count).format(n=count), name="delete_title")
        head.setFont(sans_font(scale=1.3, bold=True))
        lines = [*names[:_SHOWN], *(["…"] if count > _SHOWN else [])]
        basket = _("The folder goes to the wastebasket, with journal, film, stills and report.")
        gone = _("There is no wastebasket here: the folder is deleted for good, with journal, film, stills and report.")
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("delete_cancel")
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        delete = QPushButton(_("Delete"))
        delete.setObjectName("delete_go")
        delete.setAutoDefault(False)
        delete.clicked.connect(self._on_delete)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(head)
        column.addWidget(label("\n".join(lines), "dim"))
        column.addWidget(label(basket if wastebasket else gone, wrap=True))
        column.addLayout(row)

    def _on_delete(self) -> None:
        self.accept()
        self.confirmed.emit()
