"""All runs, newest first; open one, its folder or its report, or compare two."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from rdpgui.core.ids import RunId
from rdpgui.core.place import place_from_key
from rdpgui.core.plain import one_line
from rdpgui.core.run import RunStatus
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import N_, _, ngettext, retell
from rdpgui.ui import labels
from rdpgui.ui.icons import icon
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.models.row_order import changed_keys
from rdpgui.ui.models.runs import history_model, unfinished
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import label, set_property, set_text
from rdpgui.ui.widgets.table import DenseTable

_READ_AND_COPY = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
_UNREADABLE_SHOWN = 5


class _PairTable(DenseTable):
    """Lets two rows be chosen, which stay chosen when rows come and go.

    Signals:
        pair_changed: other rows are chosen.
    """

    pair_changed = Signal()

    def __init__(self, model: KeyedTableModel[RunSummary], name: str) -> None:
        super().__init__(model, name)
        self._chosen: tuple[Hashable, ...] = ()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    @property
    def chosen(self) -> tuple[Hashable, ...]:
        """Keys of the chosen rows, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._keyed.key_at(row) for row in rows)

    @override
    def _on_selection(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._chosen = self.chosen
        super()._on_selection(selected, deselected)
        self.pair_changed.emit()

    @override
    def _restore(self) -> None:
        places = [self._keyed.place_of(key) for key in self._chosen]
        if len(places) < 2 or min(places) < 0:
            super()._restore()
            return
        selection = self.selectionModel()
        if sorted(places) != sorted(index.row() for index in selection.selectedRows()):
            was = selection.blockSignals(True)
            selection.clearSelection()
            for place in places:
                flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
                selection.select(self._keyed.index(place, 0), flags)
            selection.blockSignals(was)
            self.viewport().update()


_PLACE_PX = 260
"""Of the choice of a place: an account and a Region, whole."""


def _as_told(line: RunSummary, now: Mapping[RunId, RunSummary], gone: Set[RunId]) -> RunSummary:
    """Return a line as it may be told now."""
    told = now.get(line.run_id)
    if told is not None:
        return told
    if line.run_id in gone:
        return line._replace(film_gone=True)
    return unfinished(line) if line.status is RunStatus.RUNNING else line


def _where(line: RunSummary) -> tuple[str, bool, str]:
    """Return what decides where in the panel a run is shown."""
    return line.place, line.archived, line.damage


class HistoryPanel(Card):
    """Table of runs.

    Signals:
        run_selected, run_opened: a run id. report_requested, folder_requested, judge_requested: a run id.
        compare_requested: two run ids, the upper one first.
        archive_requested: run ids, and whether they go into the archive. delete_requested: run ids.
    """

    run_selected = Signal(str)
    run_opened = Signal(str)
    report_requested = Signal(str)
    folder_requested = Signal(str)
    judge_requested = Signal(str)
    compare_requested = Signal(str, str)
    archive_requested = Signal(object, bool)
    delete_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("History"), "history_panel", parent)
        self._model = history_model()
        self._count = label(role="dim", name="history_count")
        self._known: Mapping[RunId, RunSummary] = {}
        self._now: Mapping[RunId, RunSummary] = {}
        self._gone: Set[RunId] = frozenset()
        self._lines: dict[RunId, RunSummary] = {}
        self._open_ids: set[RunId] = set()
        self._add_filters()
        self.table = _PairTable(self._model, "history_table")
        self.table.make_sortable(0, Qt.SortOrder.DescendingOrder)
        self.table.set_widths((148, 150, 96, 112, 130, 116, 62, 108, 220), stretch=8)
        self.table.key_selected.connect(self._on_selected)
        self.table.key_activated.connect(self.run_opened)
        self.table.pair_changed.connect(self._enable)
        self.body.addWidget(self.table, 1)
        self._unreadable = label(wrap=True, name="history_unreadable")
        set_property(self._unreadable, "tone", Tone.WARN.value)
        self._unreadable.setTextInteractionFlags(_READ_AND_COPY)
        self._unreadable.hide()
        self.body.addWidget(self._unreadable)
        self._add_buttons()
        self._retranslate_own()

    def _add_filters(self) -> None:
        """Add what narrows the table, beside how many runs are left."""
        self.place = Choice()
        self.place.setObjectName("history_place")
        self.place.setMaximumWidth(_PLACE_PX)
        self.place.currentIndexChanged.connect(self._on_filter)
        self.archived = QCheckBox()
        self.archived.setObjectName("history_archived")
        self.archived.toggled.connect(self._on_filter)
        self.search = QLineEdit()
        self.search.setObjectName("history_search")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(280)
        place = QLineEdit.ActionPosition.LeadingPosition
        self._search_icon = self.search.addAction(icon("search", tokens().dim), place)
        self.search.textChanged.connect(self._on_search)
        for widget in (self._count, self.place, self.archived, self.search):
            self.head.addWidget(widget)

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
        self._judge = QPushButton()
        self._judge.setObjectName("history_judge")
        self._judge.clicked.connect(self._on_judge)
        self._compare = QPushButton()
        self._compare.setObjectName("history_compare")
        self._compare.clicked.connect(self._on_compare)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._open, self._report, self._folder, self._judge, self._compare):
            button.setEnabled(False)
            row.addWidget(button)
        row.addStretch(1)
        self._archive = QPushButton()
        self._archive.setObjectName("history_archive")
        self._archive.clicked.connect(self._on_archive)
        self._delete = QPushButton()
        self._delete.setObjectName("history_delete")
        self._delete.clicked.connect(self._on_delete)
        for button in (self._archive, self._delete):
            button.setEnabled(False)
            row.addWidget(button)
        self.body.addLayout(row)

    def show_runs(
        self, lines: Mapping[RunId, RunSummary], now: Mapping[RunId, RunSummary], gone: Set[RunId] = frozenset()
    ) -> None:
        """Render; what is the same object as before costs nothing.

        Args:
            lines: one of every run.
            now: those that may be told otherwise now; one without an end that is not there is carried on by nobody.
            gone: those whose film is no longer here.
        """
        keys = changed_keys(self._known, lines)
        others = (*self._open_ids, *self._now, *now, *(gone ^ self._gone))
        self._known, self._now, self._gone = lines, now, gone
        again = () if keys is None else dict.fromkeys((*keys, *others))
        rows = {key: _as_told(lines[key], now, gone) for key in again if key in lines}
        if keys is None or not self._update_rows(rows):
            self._lines = {key: _as_told(line, now, gone) for key, line in lines.items()}
            self._offer_places()
            self._show_rows()
            self._show_unreadable()
            self._open_ids = {key for key, line in lines.items() if line.is_open}
        else:
            self._open_ids = {key for key in rows if lines[key].is_open}
        self._enable()

    def _update_rows(self, rows: Mapping[RunId, RunSummary]) -> bool:
        """Take over rows that changed; False when one of them belongs elsewhere now: all have to be shown again."""
        if any(_where(self._lines[key]) != _where(row) for key, row in rows.items()):
            return False
        self._lines.update(rows)
        self._model.update_rows(row for row in rows.values() if self._is_shown(row))
        return True

    def _is_shown(self, line: RunSummary) -> bool:
        key = self.place.currentData()
        return (key is None or line.place == key) and (self.archived.isChecked() or not line.archived)

    def _show_rows(self) -> None:
        """Render the runs of the chosen place; those in the archive only when they are asked for."""
        key, all_of_them = self.place.currentData(), self.archived.isChecked()
        lines = self._lines.values()
        shown = [line for line in lines if (key is None or line.place == key) and (all_of_them or not line.archived)]
        self._model.set_rows(shown)
        self._show_count()

    def _offer_places(self) -> None:
        """Offer every place of which there are runs; the chosen one stays chosen as long as it has some."""
        keys = [None, *sorted({line.place for line in self._lines.values()})]
        if keys == [self.place.itemData(number) for number in range(self.place.count())]:
            return
        chosen, was = self.place.currentData(), self.place.blockSignals(True)
        self.place.clear()
        for key in keys:
            place = place_from_key(key or "")
            unnamed = _("All places") if key is None else _("place not recorded")
            name = labels.place_name(place, lab=place.lab) if place is not None else unnamed
            self.place.addItem(one_line(name), key)
        self.place.setCurrentIndex(max(0, keys.index(chosen) if chosen in keys else 0))
        self.place.blockSignals(was)

    def _on_filter(self) -> None:
        self._show_rows()
        self._enable()

    def _on_archive(self) -> None:
        keys = self.table.chosen
        self.archive_requested.emit([str(key) for key in keys], not self._all_archived(keys))

    def _on_delete(self) -> None:
        self.delete_requested.emit([str(key) for key in self.table.chosen])

    def _all_archived(self, keys: Sequence[Hashable]) -> bool:
        return bool(keys) and all(self._model.row_at(self._model.place_of(key)).archived for key in keys)

    def _show_unreadable(self) -> None:
        """Name the runs that cannot be read, each with its reason and remedy; the first few of many."""
        lines = [line for line in self._lines.values() if line.damage]
        texts = [
            _("The run {name} cannot be shown: {reason}").format(name=line.run_id, reason=retell(line.damage))
            for line in lines[:_UNREADABLE_SHOWN]
        ]
        if len(lines) > _UNREADABLE_SHOWN:
            more = len(lines) - _UNREADABLE_SHOWN
            texts.append(ngettext("{n} more", "{n} more", more).format(n=more))
        set_text(self._unreadable, "\n".join(texts))
        self._unreadable.setVisible(bool(texts))

    def select(self, run_id: str | None) -> None:
        """Show which run is looked at."""
        self.table.select_key(run_id)
        self._enable()

    def _enable(self) -> None:
        keys = self.table.chosen
        chosen = len(keys)
        readable = all(not self._model.row_at(self._model.place_of(key)).damage for key in keys)
        for button in (self._open, self._report, self._judge):
            button.setEnabled(chosen == 1 and readable)
        self._folder.setEnabled(chosen == 1)
        over = chosen > 0 and not self._open_ids & set(keys)
        self._archive.setEnabled(over and readable)
        self._archive.setText(_("Take back from the archive") if self._all_archived(keys) else _("Archive"))
        self._delete.setEnabled(over)
        self._compare.setEnabled(chosen == 2 and readable)
        set_tip(
            self._compare,
            _("Shows the films of both runs side by side on one clock")
            if chosen == 2
            else _("Choose two rows: click one, then Ctrl+click another"),
        )

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

    def _on_judge(self) -> None:
        self.judge_requested.emit(str(self.table.selected_key()))

    def _on_compare(self) -> None:
        chosen = self.table.chosen
        if len(chosen) == 2:
            self.compare_requested.emit(str(chosen[0]), str(chosen[1]))

    def _retranslate_own(self) -> None:
        self.search.setPlaceholderText(_("Filter by disruption, instance, verdict"))
        self.search.setAccessibleName(_("Filter the runs"))
        self.table.setAccessibleName(_("Runs"))
        self._open.setText(_("Show in the experiment page"))
        self._report.setText(_("Open the report"))
        self._folder.setText(_("Open the folder"))
        self._judge.setText(_("Judge again"))
        set_tip(self._judge, _("Derives the verdict again from the journal; the written one stays as it is"))
        self._compare.setText(_("Compare two runs"))
        self._delete.setText(_("Delete …"))
        self.archived.setText(_("Show archived"))
        self.place.setAccessibleName(_("Place"))
        self.place.clear()
        self._offer_places()
        self._enable()
        self._show_count()

    @override
    def restyle(self) -> None:
        """Take over another theme's colours."""
        if hasattr(self, "_search_icon"):  # the first style change comes while the panel is being built
            self._search_icon.setIcon(icon("search", tokens().dim))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._model.refresh()
        self._show_unreadable()
        self._retranslate_own()
