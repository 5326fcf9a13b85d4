"""The preflight in full: every check with its evidence, what mends it to copy, and the repairs that can be made."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from rdpgui.core.plain import shortened
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.repair import Repair
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.icons import icon
from rdpgui.ui.panels.preflight import mark_of, rank_of
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.widgets.answers import question_head
from rdpgui.ui.widgets.copied import CopiedText
from rdpgui.ui.widgets.small import flat_button, label, set_text

_ROW_ROOM = 180
"""Columns of a check in the list: two or three lines."""


class PreflightDialog(QDialog):
    """The list on the left, what is chosen in it on the right.

    Args:
        target: name of the instance. lab: whether it is the lab's.

    Signals:
        apply_requested: a Repair that is offered. undo_requested: a Repair that was made. again_requested: check anew.
    """

    apply_requested = Signal(object)
    undo_requested = Signal(object)
    again_requested = Signal()

    def __init__(self, target: str, parent: QWidget | None = None, *, lab: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("preflight_dialog")
        self.setWindowTitle(_("Preflight"))
        self.resize(1040, 620)
        self._checks: tuple[PreflightCheck, ...] = ()
        self._refused = ""
        self._list = QListWidget()
        self._list.setObjectName("preflight_checks")
        self._list.setAccessibleName(_("Preflight checks"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setWordWrap(True)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.currentRowChanged.connect(self._on_row)
        title = question_head(_("Preflight of {target}").format(target=target), "preflight", lab=lab, wrap=True)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._list)
        split.addWidget(self._details())
        split.setSizes([430, 590])
        self._made = QVBoxLayout()
        self._made.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addLayout(title)
        column.addWidget(split, 1)
        column.addLayout(self._made)
        column.addLayout(self._buttons())
        self.finished.connect(self.deleteLater)

    def _details(self) -> QWidget:
        self._text = label(wrap=True, name="preflight_text")
        self._text.setFont(sans_font(scale=1.1, bold=True))
        self._remedy = label(wrap=True, name="preflight_remedy")
        self._source = label("", "dim", wrap=True, name="preflight_source")
        self._policy = CopiedText("preflight_policy", _("The statement that has to be there"))
        self._file = CopiedText("preflight_file", _("The whole file"))
        self._file_name = label("", wrap=True, name="preflight_file_name")
        self._file_name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._cli = CopiedText("preflight_cli", _("On the command line"))
        self._apply = QPushButton(_("Apply …"))
        self._apply.setObjectName("preflight_apply")
        self._apply.clicked.connect(self._on_apply)
        self._why = label("", "dim", wrap=True, name="preflight_why")
        row = QHBoxLayout()
        row.addWidget(self._apply)
        row.addWidget(self._why, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setSpacing(9)
        for part in (self._text, self._remedy, self._source):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self._policy)
        column.addWidget(self._cli)
        column.addWidget(self._file_name)
        column.addWidget(self._file)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _buttons(self) -> QHBoxLayout:
        again, done = QPushButton(_("Check again")), QPushButton(_("Close"))
        again.setObjectName("preflight_check_again")
        again.clicked.connect(self.again_requested)
        done.setObjectName("preflight_close")
        done.setDefault(True)
        done.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(again)
        row.addStretch(1)
        row.addWidget(done)
        return row

    # -- what is shown -----------------------------------------------------------

    def show_checks(self, checks: Sequence[PreflightCheck] | None) -> None:
        """Show the checks, those that need a look first; None: they are being made, the old ones stay in view."""
        self._list.setEnabled(checks is not None)
        if checks is None:
            return
        before = self._chosen()
        self._checks = tuple(sorted(checks, key=rank_of))
        self._list.clear()
        for check in self._checks:
            mark, tone = mark_of(check)
            text = shortened(one_line(labels.sentence(check.text, check.fields)), _ROW_ROOM)
            self._list.addItem(QListWidgetItem(icon(mark, tokens().tone(tone)), text))
        ids = [check.check_id for check in self._checks]
        self._list.setCurrentRow(ids.index(before.check_id) if before is not None and before.check_id in ids else 0)

    def show_refused(self, why: str) -> None:
        """Say why nothing may be changed now; empty: it may."""
        self._refused = why
        self._show_chosen()

    def show_repairs(self, made: Sequence[Repair]) -> None:
        """List the repairs that were made here and can be taken back."""
        while (item := self._made.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, repair in enumerate(made):
            self._made.addWidget(self._made_row(number, repair))

    def _made_row(self, number: int, repair: Repair) -> QWidget:
        text = _("Repaired here: {name} ({subject})").format(name=_(repair.name), subject=one_line(repair.subject))
        undo = flat_button(_("Undo …"), f"preflight_undo_{number}")
        undo.setEnabled(not self._refused)
        set_tip(undo, self._refused)
        undo.clicked.connect(partial(self.undo_requested.emit, repair))
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(shortened(text, 2 * _ROW_ROOM)), 1)
        row.addWidget(undo)
        return made

    def _chosen(self) -> PreflightCheck | None:
        row = self._list.currentRow()
        return self._checks[row] if 0 <= row < len(self._checks) else None

    def _on_row(self, _row: int) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        check = self._chosen()
        if check is None:
            return
        set_text(self._text, labels.sentence(check.text, check.fields))
        remedy = labels.sentence(check.remedy, check.fields) if check.remedy else ""
        set_text(self._remedy, remedy)
        self._remedy.setVisible(bool(remedy))
        set_text(self._source, _("Read with {source}").format(source=check.source))
        self._policy.show_text(check.policy)
        self._file.show_text(_read(check.file))
        set_text(self._file_name, labels.sentence(check.helps, (("file", check.file),)) if check.file else "")
        self._file_name.setVisible(bool(check.file))
        mends = check.held is not True and bool(check.remedy)
        self._cli.show_text(check.cli, _("On the command line: what helps") if mends else _("On the command line"))
        offered = check.repair is not None
        self._apply.setVisible(offered)
        self._apply.setEnabled(offered and not self._refused)
        set_text(self._why, self._refused if offered else "")

    def _on_apply(self) -> None:
        check = self._chosen()
        if check is not None and check.repair is not None and not self._refused:
            self.apply_requested.emit(check.repair)


def _read(file: str) -> str:
    """Return what a file of the program says, empty where there is none: then only the check's own words help."""
    try:
        return Path(file).read_text(encoding="utf-8") if file else ""
    except OSError:
        return ""
