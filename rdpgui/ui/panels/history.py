"""All runs, newest first; open one, its folder or its report."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from rdpgui.core.state import RunState
from rdpgui.i18n import N_, _, ngettext
from rdpgui.ui.icons import icon
from rdpgui.ui.models.runs import RunRow, history_model
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import label, set_text
from rdpgui.ui.widgets.table import DenseTable


class HistoryPanel(Card):
    """Table of runs.

    Signals:
        run_selected, run_opened: a run id. report_requested, folder_requested: a run id.
    """

    run_selected = Signal(str)
    run_opened = Signal(str)
    report_requested = Signal(str)
    folder_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("History"), "history_panel", parent)
        self._model = history_model()
        self._count = label(role="dim", name="history_count")
        self.search = QLineEdit()
        self.search.setObjectName("history_search")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(280)
        place = QLineEdit.ActionPosition.LeadingPosition
        self._search_icon = self.search.addAction(icon("search", tokens().dim), place)
        self.search.textChanged.connect(self._on_search)
        self.head.addWidget(self._count)
        self.head.addWidget(self.search)
        self.table = DenseTable(self._model, "history_table")
        self.table.make_sortable(0, Qt.SortOrder.DescendingOrder)
        self.table.set_widths((190, 210, 130, 180, 170, 170, 110, 150, 150), stretch=8)
        self.table.key_selected.connect(self._on_selected)
        self.table.key_activated.connect(self.run_opened)
        self.body.addWidget(self.table, 1)
        self._add_buttons()
        self._retranslate_own()

    def _add_buttons(self) -> None:
        self._open = QPushButton()
        self._open.setObjectName("history_open")
        self._open.clicked.connect(self._on_open)
        self._report = QPushButton()
        self._report.setObjectName("history_report")
        self._report.clicked.connect(self._on_report)
        self._folder = QPushButton()
        self._folder.setObjectName("history_folder")
        self._folder.clicked.connect(self._on_folder)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._open, self._report, self._folder):
            button.setEnabled(False)
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)

    def show_runs(self, runs: Iterable[RunState], name_of: Callable[[str], str]) -> None:
        """Render."""
        self._model.set_rows([RunRow(run, name_of(run.plan.instance_id)) for run in runs])
        self._show_count()

    def select(self, run_id: str | None) -> None:
        """Show which run is looked at."""
        self.table.select_key(run_id)
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.selected_key() is not None
        for button in (self._open, self._report, self._folder):
            button.setEnabled(chosen)

    def _show_count(self) -> None:
        total = self._model.total
        set_text(self._count, ngettext("{n} run", "{n} runs", total).format(n=total))
        if total:
            self.table.set_empty_text(_("No run matches the filter. Clear it to see all."))
        else:
            self.table.set_empty_text(
                _("No run yet. Every run is kept here with its film, stills, journal and report.")
            )

    def _on_search(self, text: str) -> None:
        self._model.set_filter(text)
        self._show_count()

    def _on_selected(self, key: object) -> None:
        self._enable()
        self.run_selected.emit(str(key))

    def _on_open(self) -> None:
        self.run_opened.emit(str(self.table.selected_key()))

    def _on_report(self) -> None:
        self.report_requested.emit(str(self.table.selected_key()))

    def _on_folder(self) -> None:
        self.folder_requested.emit(str(self.table.selected_key()))

    def _retranslate_own(self) -> None:
        self.search.setPlaceholderText(_("Filter by disruption, instance, verdict"))
        self.search.setAccessibleName(_("Filter the runs"))
        self.table.setAccessibleName(_("Runs"))
        self._open.setText(_("Show in the experiment page"))
        self._report.setText(_("Open the report"))
        self._folder.setText(_("Open the folder"))
        self._show_count()

    @override
    def restyle(self) -> None:
        if hasattr(self, "_search_icon"):  # the first style change comes while the panel is being built
            self._search_icon.setIcon(icon("search", tokens().dim))

    @override
    def retranslate(self) -> None:
        super().retranslate()
        self._model.refresh()
        self._retranslate_own()
