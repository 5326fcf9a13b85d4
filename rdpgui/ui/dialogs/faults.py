"""Faults of the lab: see which rules are in force, add one, clear all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rdpgui.i18n import _
from rdpgui.ui.commands import LabFault
from rdpgui.ui.plain import one_line
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import label, pill, roomy


class FaultsDialog(QDialog):
    """The fault panel.

    Signals:
        added: kind, service, operation, times (None: until cleared). cleared.
    """

    added = Signal(str, str, str, object)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("faults_dialog")
        self.setWindowTitle(_("Faults of the lab"))
        self.resize(540, 440)
        hint = label(_("The lab misbehaves on purpose. Rules hold for the calls that fit them."), "dim", wrap=True)
        top = QHBoxLayout()
        top.addWidget(hint, 1)
        top.addWidget(pill("LAB", Tone.LAB))
        self._list = QListWidget()
        self._list.setObjectName("faults_list")
        self._list.setAccessibleName(_("Faults in force"))
        self._none = label(_("No fault is in force."), "dim", name="faults_none")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._none)
        column.addWidget(self._list, 1)
        column.addLayout(self._rule_form())
        column.addLayout(self._buttons())
        self.show_faults((), ())

    def _rule_form(self) -> QFormLayout:
        self._kind = Choice()
        self._service = QLineEdit("*")
        self._operation = QLineEdit("*")
        self._times = QSpinBox()
        self._times.setRange(0, 1000)
        self._times.setSpecialValueText(_("until cleared"))
        roomy(self._times)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        for text, widget, name in (
            (_("Kind"), self._kind, "fault_kind"),
            (_("Service"), self._service, "fault_service"),
            (_("Operation"), self._operation, "fault_operation"),
            (_("Times"), self._times, "fault_times"),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(text)
            title = label(text)
            title.setBuddy(widget)
            form.addRow(title, widget)
        return form

    def _buttons(self) -> QHBoxLayout:
        clear = QPushButton(_("Clear all"))
        clear.setObjectName("faults_clear")
        clear.setAutoDefault(False)
        clear.clicked.connect(self.cleared)
        self._add = QPushButton(_("Add"))
        self._add.setObjectName("fault_add")
        self._add.setDefault(True)
        self._add.clicked.connect(self._on_add)
        close = QPushButton(_("Close"))
        close.setObjectName("faults_close")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(clear)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._add)
        return row

    def show_faults(self, faults: Sequence[LabFault], kinds: Sequence[str]) -> None:
        """Render the rules in force and the kinds to choose from."""
        self._list.clear()
        for fault in faults:
            left = _("until cleared") if fault.left is None else _("{n} left").format(n=fault.left)
            self._list.addItem(one_line(f"{fault.kind}   {fault.service}:{fault.operation}   {left}"))
        self._none.setVisible(not faults)
        self._list.setVisible(bool(faults))
        if kinds and self._kind.count() != len(kinds):
            self._kind.clear()
            self._kind.addItems(list(kinds))
        self._add.setEnabled(self._kind.count() > 0)

    def _on_add(self) -> None:
        times = self._times.value() or None
        service, operation = self._service.text().strip() or "*", self._operation.text().strip() or "*"
        self.added.emit(self._kind.currentText(), service, operation, times)
