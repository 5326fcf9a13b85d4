"""All runs, newest first; open one, its folder or its report, or compare two."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget
from typing_extensions import override

from rdpgui.core.ids import RunId
from rdpgui.core.run import RunStatus
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import N_, _, ngettext, retell
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.models.row_order import changed_keys
from rdpgui.ui.models.runs import history_model, unfinished
from rdpgui.ui.panels.history_actions import HistoryActions
from rdpgui.ui.panels.history_filter import HistoryFilter
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import label, set_property, set_text
from rdpgui.ui.widgets.table import DenseTable

_READ_AND_COPY = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
_UNREADABLE_SHOWN = 5
_VERDICT_COLUMN = 4


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


def _as_told(line: RunSummary, now: Mapping[RunId, RunSummary], gone: Set[RunId]) -> RunSummary:
    """Return a line as it may be told now."""
    told = now.get(line.run_id)
    if told is not None:
        return told
    if line.run_id in gone:
        return line._replace(film_gone=True)
    return unfinished(line) if line.status is RunStatus.RUNNING else line


def _where(line: RunSummary) -> tuple[object, ...]:
    """Return what decides where in the panel a run is shown."""
    return line.place, line.archived, line.damage, line.tester, line.verdict


class HistoryPanel(Card):
    """Table of runs.

    Attributes:
        filter: what narrows the table. buttons: what may be done with the chosen runs.

    Signals:
        run_opened: a run id, of a row or by its button. first_run_requested: there is none, be led through one.
    """

    run_opened = Signal(str)
    first_run_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("History"), "history_panel", parent)
        self._model = history_model()
        self._count = label(role="dim", name="history_count")
        self._known: Mapping[RunId, RunSummary] = {}
        self._now: Mapping[RunId, RunSummary] = {}
        self._gone: Set[RunId] = frozenset()
        self._lines: dict[RunId, RunSummary] = {}
        self._open_ids: set[RunId] = set()
        self.filter = HistoryFilter()
        self.filter.changed.connect(self._on_filter)
        self.filter.search.textChanged.connect(self._on_search)
        self.filter.failures_first.connect(self._on_failures)
        self.head.addWidget(self._count)
        self.body.addWidget(self.filter)
        self.table = _PairTable(self._model, "history_table")
        self.table.make_sortable(0, Qt.SortOrder.DescendingOrder)
        self.table.set_widths((148, 142, 88, 96, 134, 124, 58, 92, 112, 180), stretch=9, fitted=True)
        self.table.offer_taken.connect(self._on_offer)
        self.table.key_activated.connect(self.run_opened)
        self.table.pair_changed.connect(self._offer)
        self.body.addWidget(self.table, 1)
        self._unreadable = label(wrap=True, name="history_unreadable")
        set_property(self._unreadable, "tone", Tone.WARN.value)
        self._unreadable.setTextInteractionFlags(_READ_AND_COPY)
        self._unreadable.hide()
        self.body.addWidget(self._unreadable)
        self.buttons = HistoryActions()
        self.buttons.open_requested.connect(self.run_opened)
        self.body.addWidget(self.buttons)
        self.table.setAccessibleName(_("Runs"))
        self._show_count()

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
            self.filter.offer(self._lines.values())
            self._show_rows()
            self._show_unreadable()
            self._open_ids = {key for key, line in lines.items() if line.is_open}
        else:
            self._open_ids = {key for key in rows if lines[key].is_open}
        self._offer()

    def _update_rows(self, rows: Mapping[RunId, RunSummary]) -> bool:
        """Take over rows that changed; False when one of them belongs elsewhere now: all have to be shown again."""
        if any(_where(self._lines[key]) != _where(row) for key, row in rows.items()):
            return False
        self._lines.update(rows)
        self._model.update_rows(row for row in rows.values() if self.filter.lets_through(row))
        return True

    def _show_rows(self) -> None:
        """Render the runs that the filter lets through."""
        self._model.set_rows([line for line in self._lines.values() if self.filter.lets_through(line)])
        self._show_count()

    def _on_filter(self) -> None:
        self._show_rows()
        self._offer()

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

    def _offer(self) -> None:
        chosen = [self._model.row_at(self._model.place_of(key)) for key in self.table.chosen]
        self.buttons.offer(chosen, self._open_ids)

    def _on_failures(self, wanted: bool) -> None:
        if wanted:
            self.table.sortByColumn(_VERDICT_COLUMN, Qt.SortOrder.AscendingOrder)
        else:
            self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.table.scrollToTop()

    def _on_offer(self) -> None:
        if self._lines:
            self.filter.clear()
        else:
            self.first_run_requested.emit()

    def _show_count(self) -> None:
        total = self._model.total
        narrowed = bool(self._lines)
        self.table.offer(_("Clear the filter") if narrowed else _("Lead me through a first run"))
        set_text(self._count, ngettext("{n} run", "{n} runs", total).format(n=total))
        if narrowed:
            self.table.set_empty_text(_("No run matches the filter. Clear it to see all."))
        else:
            self.table.set_empty_text(
                _("No run yet. Every run is kept here with its film, stills, journal and report.")
            )

    def _on_search(self, text: str) -> None:
        self._model.set_filter(text)
        self._show_count()
        self._offer()

    @override
    def restyle(self) -> None:
        """Take over another theme's colours."""
        if hasattr(self, "filter"):  # the first style change comes while the panel is being built
            self.filter.restyle()

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._model.refresh()
        self._show_unreadable()
        self.table.setAccessibleName(_("Runs"))
        self.filter.retranslate()
        self.buttons.retranslate()
        self._offer()
        self._show_count()
