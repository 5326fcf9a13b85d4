"""A table of keyed rows: smallest row signals, own filter and sort.

The visible order is a list of keys. Every change computes the new list and walks from the old one to it with the fewest
signals: remove runs, reorder once, insert runs, then ``dataChanged`` for what differs.
No QSortFilterProxyModel: it calls back into Python per row and per comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from rdpgui.core.plain import one_line
from rdpgui.i18n import _
from rdpgui.ui.icons import tone_icon
from rdpgui.ui.plain import tip
from rdpgui.ui.theme import Tone, tokens

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
KEY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_RESET_ABOVE = 400
"""More separate runs than this are cheaper as one reset."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        title: English message id. text: what is shown. sort_key: what is sorted by, the text by default.
        tone: the status shape beside the text, if any. mono: ids and times.
        italic: set for a row whose value is inferred. tooltip: the long form. numeric: aligned right.
    """

    title: str
    text: Callable[[Row], str]
    sort_key: Callable[[Row], Any] | None = None
    tone: Callable[[Row], Tone | None] | None = None
    tooltip: Callable[[Row], str] | None = None
    italic: Callable[[Row], bool] | None = None
    mono: bool = False
    numeric: bool = False


class KeyedTableModel(QAbstractTableModel, Generic[Row]):
    """Rows by key.

    Args:
        columns: what is shown. key: identity of a row. search_text: what the filter looks into.
    """

    def __init__(
        self, columns: Sequence[Column[Row]], key: Callable[[Row], Hashable], search_text: Callable[[Row], str]
    ) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._key = key
        self._search_text = search_text
        self._rows: dict[Hashable, Row] = {}
        self._texts: dict[Hashable, str] = {}
        self._sort_keys: dict[int, dict[Hashable, Any]] = {}  # by column
        self._visible: list[Hashable] = []
        self._order: list[Hashable] | None = None  # all keys as sorted, until rows or sorting change
        self._places: dict[Hashable, int] | None = None
        self._words: tuple[str, ...] = ()
        self._sort_column = -1
        self._descending = False
        self._fonts: tuple[QFont | None, QFont | None] = (None, None)

    # -- reading ---------------------------------------------------------------

    @property
    def total(self) -> int:
        """Number of rows before the filter."""
        return len(self._rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Visible rows in their order."""
        return tuple(self._rows[key] for key in self._visible)

    def row_at(self, place: int) -> Row:
        """Return the visible row at a place."""
        return self._rows[self._visible[place]]

    def key_at(self, place: int) -> Hashable:
        """Return the key of the visible row at a place."""
        return self._visible[place]

    def place_of(self, key: Hashable) -> int:
        """Return the place of a key, -1 when it is not visible."""
        if self._places is None:
            self._places = {visible: place for place, visible in enumerate(self._visible)}
        return self._places.get(key, -1)

    # -- changing --------------------------------------------------------------

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows from now on; equal rows cost nothing."""
        new = {self._key(row): row for row in rows}
        old = self._rows
        changed = {key for key, row in new.items() if key in old and old[key] is not row and old[key] != row}
        same = len(new) == len(old) and not changed and all(a == b for a, b in zip(new, old, strict=True))
        if same:
            return
        for key in [key for key in self._texts if key not in new or key in changed]:
            del self._texts[key]
        for cache in self._sort_keys.values():
            for key in [key for key in cache if key not in new or key in changed]:
                del cache[key]
        self._fill_texts(new)  # now, so that the first letter typed into the filter is as quick as the others
        self._order = None
        target = self._target(new)
        gone = [key for key in self._visible if key not in new]
        if gone:  # the old rows must still be readable while Qt is told that they go
            self._walk([key for key in self._visible if key in new])
        self._rows = new
        self._walk(target)
        self._announce(changed)

    def set_filter(self, text: str) -> None:
        """Show only rows that contain every word of ``text``."""
        words = tuple(text.lower().split())
        if words != self._words:
            self._words = words
            self._walk(self._target(self._rows))

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column."""
        descending = order is Qt.SortOrder.DescendingOrder
        if (column, descending) == (self._sort_column, self._descending):
            return
        self._sort_column, self._descending = column, descending
        self._order = None
        self._reorder(self._target(self._rows))

    def refresh(self) -> None:
        """Repaint everything: another language, theme or clock."""
        self._fonts = (None, None)
        self._texts = {}
        self._sort_keys = {}
        self._order = None
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._columns) - 1))
        if self._visible:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._visible) - 1, len(self._columns) - 1))

    def _target(self, rows: dict[Hashable, Row]) -> list[Hashable]:
        if self._order is None:
            self._order = self._sorted(rows)
        return self._matching(rows, self._order) if self._words else list(self._order)

    def _sorted(self, rows: dict[Hashable, Row]) -> list[Hashable]:
        keys = list(rows)
        if not 0 <= self._sort_column < len(self._columns):
            return keys
        column = self._columns[self._sort_column]
        of, cache = column.sort_key or column.text, self._sort_keys.setdefault(self._sort_column, {})
        for key in keys:
            if key not in cache:
                cache[key] = of(rows[key])
        keys.sort(key=cache.__getitem__, reverse=self._descending)
        return keys

    def _matching(self, rows: dict[Hashable, Row], order: list[Hashable]) -> list[Hashable]:
        self._fill_texts(rows)
        texts = self._texts
        if len(self._words) == 1:
            word = self._words[0]
            return [key for key in order if word in texts[key]]
        return [key for key in order if all(word in texts[key] for word in self._words)]

    def _fill_texts(self, rows: dict[Hashable, Row]) -> None:
        texts = self._texts
        if len(texts) < len(rows):
            for key, row in rows.items():
                if key not in texts:
                    texts[key] = self._search_text(row).lower()

    def _walk(self, target: list[Hashable]) -> None:
        """Go from the visible list to ``target`` with the fewest signals."""
        old = self._visible
        if target == old:
            return
        wanted, had = set(target), set(old)
        # Counted no further than where one reset is cheaper.
        removals = list(islice(_runs(place for place, key in enumerate(old) if key not in wanted), _RESET_ABOVE + 1))
        inserts = list(islice(_runs(place for place, key in enumerate(target) if key not in had), _RESET_ABOVE + 1))
        if len(removals) + len(inserts) > _RESET_ABOVE:
            self.beginResetModel()
            self._visible, self._places = target, None
            self.endResetModel()
            return
        for first, last in reversed(removals):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._visible[first : last + 1]
            self._places = None
            self.endRemoveRows()
        self._reorder([key for key in target if key in had])
        for first, last in inserts:
            self.beginInsertRows(QModelIndex(), first, last)
            self._visible[first:first] = target[first : last + 1]
            self._places = None
            self.endInsertRows()

    def _reorder(self, order: list[Hashable]) -> None:
        if order == self._visible:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [(self._visible[index.row()], index.column()) for index in before]
        self._visible, self._places = order, None
        self.changePersistentIndexList(before, [self.index(self.place_of(key), column) for key, column in keys])
        self.layoutChanged.emit()

    def _announce(self, changed: set[Hashable]) -> None:
        last_column = len(self._columns) - 1
        places = sorted(place for place in map(self.place_of, changed) if place >= 0)
        for first, last in _runs(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    # -- Qt --------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return how many rows pass the filter."""
        return 0 if parent.isValid() else len(self._visible)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows, by role."""
        if not index.isValid() or not 0 <= index.row() < len(self._visible):
            return None
        row, column = self._rows[self._visible[index.row()]], self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(column.text(row))
            case Qt.ItemDataRole.DecorationRole:
                shown = column.tone(row) if column.tone else None
                return None if shown is None else tone_icon(shown)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(column.tooltip(row) if column.tooltip else column.text(row))
            case Qt.ItemDataRole.FontRole:
                return self._font(column, row)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(tokens().dim) if column.italic and column.italic(row) else None
            case Qt.ItemDataRole.TextAlignmentRole if column.numeric:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case role if role == KEY_ROLE:
                return self._visible[index.row()]
        return None

    def _font(self, column: Column[Row], row: Row) -> QFont | None:
        from rdpgui.ui.theme import mono_font, sans_font

        if self._fonts[0] is None:
            italic = sans_font()
            italic.setItalic(True)
            self._fonts = (mono_font(), italic)
        if column.italic and column.italic(row):
            return self._fonts[1]
        return self._fonts[0] if column.mono else None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(self._columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._columns[section].numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each unbroken run in ascending places."""
    begin = previous = -2
    for place in places:
        if place != previous + 1:
            if begin >= 0:
                yield begin, previous
            begin = place
        previous = place
    if begin >= 0:
        yield begin, previous
