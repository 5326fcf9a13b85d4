"""A table of keyed rows: smallest row signals, own filter and sort.

The visible order is a list of keys (``visible``). Every change computes the new list and walks from the old one to it
with the fewest signals: remove runs, reorder once, insert runs, then ``dataChanged`` for what differs.
No QSortFilterProxyModel: it calls back into Python per row and per comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from rdpgui.ui.models.cells import Cells, Column
from rdpgui.ui.models.read_ahead import ReadAhead
from rdpgui.ui.models.row_order import RowOrder
from rdpgui.ui.models.visible import RESET_ABOVE, Visible, runs_of

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
KEY_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class KeyedTableModel(QAbstractTableModel, Generic[Row]):
    """Rows by key.

    Args:
        columns: what is shown. key: identity of a row. search_text: what the filter looks into.
    """

    def __init__(
        self, columns: Sequence[Column[Row]], key: Callable[[Row], Hashable], search_text: Callable[[Row], str]
    ) -> None:
        super().__init__()
        self._key = key
        self._cells = Cells(columns)
        self._all = RowOrder([column.sort_key or column.text for column in columns], search_text)
        self._rows: dict[Hashable, Row] = self._all.rows  # what Qt has been told of
        self._visible = Visible(self._all)
        self._ahead = ReadAhead(self._all, self)

    # -- reading ---------------------------------------------------------------

    @property
    def total(self) -> int:
        """Number of rows before the filter."""
        return len(self._rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Visible rows in their order."""
        return tuple(self._rows[key] for key in self._visible.keys)

    def row_at(self, place: int) -> Row:
        """Return the visible row at a place."""
        return self._rows[self._visible.keys[place]]

    def key_at(self, place: int) -> Hashable:
        """Return the key of the visible row at a place."""
        return self._visible.keys[place]

    def place_of(self, key: Hashable) -> int:
        """Return the place of a key, -1 when it is not visible."""
        return self._visible.place_of(key)

    # -- changing --------------------------------------------------------------

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows from now on; equal rows cost nothing."""
        new = {self._key(row): row for row in rows}
        old = self._rows
        changed = {key for key, row in new.items() if key in old and old[key] is not row and old[key] != row}
        same = len(new) == len(old) and not changed and all(a == b for a, b in zip(new, old, strict=True))
        if same:
            return
        self._all.replace(new, changed)
        target, shown = self._visible.wanted(), self._visible.keys
        gone = [key for key in shown if key not in new]
        if gone:  # the old rows must still be readable while Qt is told that they go
            self._walk([key for key in shown if key in new])
        self._rows = new
        self._walk(target)
        self._announce(changed)
        self._ahead.start()

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Show these in place of the rows that have their keys; costs what changed, not what is there.

        Raises:
            KeyError: there is no row with such a key.
        """
        changed = {key: row for row in rows if self._rows[key := self._key(row)] != row}
        if not changed:
            return
        self._all.patch(changed)
        target = self._visible.wanted()
        if self._visible.filtered:
            self._walk(target)
        else:  # the same rows, perhaps in another order
            self._reorder(target)
        self._announce(changed)
        self._ahead.start()

    def set_filter(self, text: str) -> None:
        """Show only rows that contain every word of ``text``."""
        target = self._visible.narrow(text)
        if target is None:
            return
        if abs(len(target) - len(self._visible.keys)) > RESET_ABOVE:
            self._reset(target)
        else:
            self._walk(target)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column."""
        descending = order is Qt.SortOrder.DescendingOrder
        if (column, descending) == self._all.sorted_by:
            return
        self._all.sort_by(column, descending=descending)
        self._reorder(self._visible.wanted())

    def refresh(self) -> None:
        """Make every word anew and repaint everything: another language."""
        self._cells.forget_fonts()
        self._all.forget_words()
        self._ahead.start()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self._cells.count - 1))
        self.repaint()

    def repaint(self) -> None:
        """Paint every cell anew: what is shown depends on the time, what is sorted and searched does not."""
        if self._visible.keys:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._visible.keys) - 1, self._cells.count - 1))

    # -- telling Qt ------------------------------------------------------------

    def _walk(self, target: list[Hashable]) -> None:
        """Go from the visible list to ``target`` with the fewest signals."""
        if target == self._visible.keys:
            return
        steps = self._visible.steps_to(target)
        if steps is None:
            self._reset(target)
            return
        for first, last in steps.removals:
            self.beginRemoveRows(QModelIndex(), first, last)
            self._visible.remove(first, last)
            self.endRemoveRows()
        self._reorder(steps.order)
        for first, last in steps.inserts:
            self.beginInsertRows(QModelIndex(), first, last)
            self._visible.insert(first, target[first : last + 1])
            self.endInsertRows()

    def _reset(self, target: list[Hashable]) -> None:
        self.beginResetModel()
        self._visible.become(target)
        self.endResetModel()

    def _reorder(self, order: list[Hashable]) -> None:
        if order == self._visible.keys:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [(self._visible.keys[index.row()], index.column()) for index in before]
        self._visible.become(order)
        places = {key: self._visible.place_of(key) for key in {key for key, _column in keys}}
        self.changePersistentIndexList(before, [self.index(places[key], column) for key, column in keys])
        self.layoutChanged.emit()

    def _announce(self, changed: Collection[Hashable]) -> None:
        last_column = self._cells.count - 1
        places = sorted(place for place in map(self._visible.place_of, changed) if place >= 0)
        for first, last in runs_of(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    # -- Qt --------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return how many rows pass the filter."""
        return 0 if parent.isValid() else len(self._visible.keys)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return the number of columns."""
        return 0 if parent.isValid() else self._cells.count

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows, by role."""
        keys = self._visible.keys
        if not index.isValid() or not 0 <= index.row() < len(keys):
            return None
        key = keys[index.row()]
        return key if role == KEY_ROLE else self._cells.of(self._rows[key], index.column(), role)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        return self._cells.title(section, role) if orientation is Qt.Orientation.Horizontal else None
