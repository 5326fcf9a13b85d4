"""Asks before a matrix on AWS: which instances it may disrupt, whether side by side, and the account's number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance
from rdpgui.core.plain import shortened
from rdpgui.i18n import _
from rdpgui.ui.plain import is_typed, named, one_line
from rdpgui.ui.theme import box_palette, sans_font, tokens
from rdpgui.ui.widgets.answers import answer_row
from rdpgui.ui.widgets.small import label, set_text

_NAME_ROOM = 40
_FACT_ROOM = 160


class MatrixDialog(QDialog):
    """The question. Nothing is chosen beforehand, and lanes are not the habit of an account.

    Args:
        identity: who calls, and where. instances: those that may be named. whole: what is passed on.

    Signals:
        confirmed: whole, ids of the named instances (a tuple), whether side by side.
    """

    confirmed = Signal(bool, object, bool)

    def __init__(
        self, identity: IdentityObserved, instances: Sequence[Instance], *, whole: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_dialog")
        self.setWindowTitle(_("Run the matrix"))
        self.setMinimumWidth(560)
        self._identity, self._whole = identity, whole
        title = label(_("Run the matrix on AWS"), name="matrix_dialog_title")
        title.setFont(sans_font(scale=1.4, bold=True))
        self._add_choice(instances)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(title)
        text = _("Every run restarts or stops one of the instances that you name here, and starts again what it "
                 "stopped. You open each connection when asked.")  # fmt: skip
        column.addWidget(label(text, wrap=True))
        column.addLayout(self._facts())
        column.addWidget(self.choice)
        column.addWidget(self.none)
        column.addWidget(self.side_by_side)
        column.addWidget(self._hint)
        column.addWidget(self._question)
        column.addWidget(self.typed)
        column.addLayout(self._buttons())
        self._on_changed()

    def _add_choice(self, instances: Sequence[Instance]) -> None:
        self.choice = QListWidget()
        self.choice.setObjectName("matrix_instances")
        self.choice.setAccessibleName(_("Instances that the matrix may disrupt"))
        self.choice.setMaximumHeight(160)
        self.choice.setItemDelegate(_Boxes(self.choice))
        for instance in instances:
            name = shortened(one_line(instance.name), _NAME_ROOM)
            item = QListWidgetItem(f"{name}  {named(instance.instance_id)}".strip(), self.choice)
            item.setData(Qt.ItemDataRole.UserRole, instance.instance_id)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.choice.itemChanged.connect(self._on_changed)
        self.none = label(
            _("No instance can be used: it has to be running, managed and tagged."),
            "dim",
            wrap=True,
            name="matrix_none",
        )
        self.choice.setVisible(bool(instances))
        self.none.setVisible(not instances)
        self.side_by_side = QCheckBox(_("Side by side: a lane on each instance"))
        self.side_by_side.setObjectName("matrix_side_by_side")
        self.side_by_side.toggled.connect(self._on_changed)
        self._hint = label(
            _("Several connections are open at once. Lanes only go side by side where films name their session; "
              "the first run shows it."), "dim", wrap=True, name="matrix_lanes_hint",
        )  # fmt: skip
        question = _("Type {word} to confirm:").format(word=self._identity.account_id)
        self._question = label(question, "strong", wrap=True)
        self.typed = QLineEdit()
        self.typed.setObjectName("matrix_typed")
        self.typed.setAccessibleName(one_line(question))
        self.typed.textChanged.connect(self._on_changed)
        self._question.setBuddy(self.typed)

    def _facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(5)
        identity = self._identity
        for title, text in (
            (_("Account and Region"), f"{identity.account_id}  {identity.region}"),
            (_("Identity"), identity.arn),
        ):
            value = label("", "strong", wrap=True)
            set_text(value, one_line(text), _FACT_ROOM)
            form.addRow(label(title, "dim"), value)
        return form

    def _buttons(self) -> QHBoxLayout:
        row, self.go = answer_row(self, "matrix", _("Run the matrix"), self._on_go)
        return row

    def _named(self) -> tuple[InstanceId, ...]:
        items = [self.choice.item(row) for row in range(self.choice.count())]
        checked = [item for item in items if item.checkState() is Qt.CheckState.Checked]
        return tuple(InstanceId(str(item.data(Qt.ItemDataRole.UserRole))) for item in checked)

    def _on_changed(self) -> None:
        chosen = self._named()
        self.side_by_side.setEnabled(len(chosen) > 1)
        self._hint.setVisible(self.side_by_side.isChecked() and len(chosen) > 1)
        self.go.setEnabled(bool(chosen) and is_typed(self.typed.text(), self._identity.account_id))

    def _on_go(self) -> None:
        named = self._named()
        self.accept()
        self.confirmed.emit(self._whole, named, self.side_by_side.isChecked() and len(named) > 1)


class _Boxes(QStyledItemDelegate):
    """Paints the boxes of items as those of check boxes are painted: by itself Qt draws them dark on dark."""

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Take their colours."""
        super().initStyleOption(option, index)
        option.palette = box_palette(tokens())
