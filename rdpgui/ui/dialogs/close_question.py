"""Asks before leaving while a run is under way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rdpgui.core.state import RunState
from rdpgui.i18n import _, named, ngettext
from rdpgui.ui import labels
from rdpgui.ui.theme import sans_font
from rdpgui.ui.widgets.small import label


class CloseDialog(QDialog):
    """The question.

    Signals:
        leave: the person leaves anyway.
    """

    leave = Signal()

    def __init__(self, runs: Sequence[RunState], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("close_dialog")
        self.setWindowTitle(_("Quit"))
        self.setMinimumWidth(460)
        title = ngettext("{n} run is under way", "{n} runs are under way", len(runs)).format(n=len(runs))
        head = label(title, name="close_title")
        head.setFont(sans_font(scale=1.3, bold=True))
        lines = [named(labels.run_name(r), labels.doing(r)) for r in runs]
        stay = QPushButton(_("Stay"))
        stay.setObjectName("close_stay")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        leave = QPushButton(_("Quit anyway"))
        leave.setObjectName("close_leave")
        leave.setAutoDefault(False)
        leave.clicked.connect(self._on_leave)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(stay)
        row.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(head)
        column.addWidget(label("\n".join(lines), "dim"))
        text = _("The journal is kept. At the next start the program goes on waiting for the recording; it never "
                 "repeats a disruption.")  # fmt: skip
        column.addWidget(label(text, wrap=True))
        column.addLayout(row)

    def _on_leave(self) -> None:
        self.accept()
        self.leave.emit()
