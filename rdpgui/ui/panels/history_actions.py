"""What may be done with the runs that are chosen in the history: a row of buttons."""

from __future__ import annotations

from collections.abc import Sequence, Set

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from rdpgui.core.ids import RunId
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import _
from rdpgui.ui.plain import set_tip
from rdpgui.ui.widgets.flow import FlowLayout

_GAP_PX = 8


class HistoryActions(QWidget):
    """Buttons for the runs that were offered last; each is enabled when it makes sense for them.

    Signals:
        open_requested, report_requested, folder_requested, judge_requested: a run id.
        again_requested, remark_requested, hand_in_requested: a run id.
        compare_requested: two run ids, the upper one first.
        archive_requested: run ids, and whether they go into the archive. delete_requested: run ids.
    """

    open_requested = Signal(str)
    report_requested = Signal(str)
    folder_requested = Signal(str)
    judge_requested = Signal(str)
    again_requested = Signal(str)
    remark_requested = Signal(str)
    hand_in_requested = Signal(str)
    compare_requested = Signal(str, str)
    archive_requested = Signal(object, bool)
    delete_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: tuple[RunSummary, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._row = FlowLayout(self, _GAP_PX)
        self._open = self._button("history_open")
        self._open.clicked.connect(self._on_open)
        self._again = self._button("history_again")
        self._again.clicked.connect(self._on_again)
        self._remark = self._button("history_remark")
        self._remark.clicked.connect(self._on_remark)
        self._hand_in = self._button("history_hand_in")
        self._hand_in.clicked.connect(self._on_hand_in)
        self._report = self._button("history_report")
        self._report.clicked.connect(self._on_report)
        self._folder = self._button("history_folder")
        self._folder.clicked.connect(self._on_folder)
        self._judge = self._button("history_judge")
        self._judge.clicked.connect(self._on_judge)
        self._compare = self._button("history_compare")
        self._compare.clicked.connect(self._on_compare)
        self._archive = self._button("history_archive")
        self._archive.clicked.connect(self._on_archive)
        self._delete = self._button("history_delete")
        self._delete.clicked.connect(self._on_delete)
        self.retranslate()
        self.offer((), frozenset())

    def _button(self, name: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        self._row.addWidget(button)
        return button

    def offer(self, chosen: Sequence[RunSummary], open_ids: Set[RunId]) -> None:
        """Enable what may be done.

        Args:
            chosen: from the top.
            open_ids: runs without an end, which are neither put away nor deleted.
        """
        self._chosen = tuple(chosen)
        count, readable = len(chosen), not any(line.damage for line in chosen)
        for button in (self._open, self._report, self._judge, self._remark):
            button.setEnabled(count == 1 and readable)
        self._folder.setEnabled(count == 1)
        for button in (self._again, self._hand_in):
            button.setEnabled(count == 1 and readable and chosen[0].run_id not in open_ids)
        over = count > 0 and not any(line.run_id in open_ids for line in chosen)
        self._archive.setEnabled(over and readable)
        self._archive.setText(_("Take back from the archive") if self._all_archived() else _("Archive"))
        self._delete.setEnabled(over)
        self._compare.setEnabled(count == 2 and readable)
        set_tip(
            self._compare,
            _("Shows the films of both runs side by side on one clock")
            if count == 2
            else _("Choose two rows: click one, then Ctrl+click another"),
        )

    def retranslate(self) -> None:
        """Show everything in the language in use."""
        self._open.setText(_("Show the run"))
        set_tip(self._open, _("In the experiment page, with its film"))
        self._again.setText(_("Run again"))
        set_tip(self._again, _("The same disruption of the same instance, by the same access; asks before"))
        self._remark.setText(_("Tester, note …"))
        set_tip(self._remark, _("Tester, ticket and note: in the journal and the report, no evidence"))
        self._hand_in.setText(_("Hand in …"))
        set_tip(self._hand_in, _("The run's folder as one ZIP file, checked against its manifest"))
        self._report.setText(_("Open the report"))
        self._folder.setText(_("Open the folder"))
        self._judge.setText(_("Judge again"))
        set_tip(self._judge, _("Derives the verdict again from the journal; the written one stays as it is"))
        self._compare.setText(_("Compare two"))
        self._delete.setText(_("Delete …"))

    def _all_archived(self) -> bool:
        return bool(self._chosen) and all(line.archived for line in self._chosen)

    def _on_open(self) -> None:
        self.open_requested.emit(self._chosen[0].run_id)

    def _on_again(self) -> None:
        self.again_requested.emit(self._chosen[0].run_id)

    def _on_remark(self) -> None:
        self.remark_requested.emit(self._chosen[0].run_id)

    def _on_hand_in(self) -> None:
        self.hand_in_requested.emit(self._chosen[0].run_id)

    def _on_report(self) -> None:
        self.report_requested.emit(self._chosen[0].run_id)

    def _on_folder(self) -> None:
        self.folder_requested.emit(self._chosen[0].run_id)

    def _on_judge(self) -> None:
        self.judge_requested.emit(self._chosen[0].run_id)

    def _on_compare(self) -> None:
        upper, lower = self._chosen
        self.compare_requested.emit(upper.run_id, lower.run_id)

    def _on_archive(self) -> None:
        self.archive_requested.emit([str(line.run_id) for line in self._chosen], not self._all_archived())

    def _on_delete(self) -> None:
        self.delete_requested.emit([str(line.run_id) for line in self._chosen])
