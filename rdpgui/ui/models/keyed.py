"""A table of keyed rows: smallest row signals, own filter and sort.

The visible order is a list of keys. Every change computes the new list and walks from the old one to it with the fewest
signals: remove runs, reorder once, insert runs, then ``dataChanged`` for what differs.
No QSortFilterProxyModel: it calls back into Python per row and per comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.icons import tone_icon
from rdpgui.ui.models.row_order import RowOrder
from rdpgui.ui.plain import one_line, tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.tokens import Tone

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
KEY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_RESET_ABOVE = 400
"""More separate runs than this are cheaper as one reset; so are more rows than this that a filter lets come or go."""
_LOOKED_FOR_SINGLY = 8
"""Places that are looked for one by one before all are noted."""
_READ_AT_ONCE = 1000
"""Texts made in one turn of the loop: about 3 ms."""


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
        self._all = RowOrder([column.sort_key or column.text for column in self._columns], search_text)
        self._rows: dict[Hashable, Row] = self._all.rows  # what Qt has been told of
        self._visible: list[Hashable] = []
        self._places: dict[Hashable, int] | None = None
        self._looked_for = 0
        self._words: tuple[str, ...] = ()
        # While nothing else is to be done: the first letter typed into the filter is as quick as the others.
        self._reading = QTimer(self)
        self._reading.timeout.connect(self._read_some)
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
            self._looked_for += 1
            if self._looked_for <= _LOOKED_FOR_SINGLY:
                return _place_in(self._visible, key)
            self._places = {visible: place for place, visible in enumerate(self._visible)}
        return self._places.get(key, -1)

    def _forget_places(self) -> None:
        self._places, self._looked_for = None, 0

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
        target = self._all.matching(self._words)
        gone = [key for key in self._visible if key not in new]
        if gone:  # the old rows must still be readable while Qt is told that they go
            self._walk([key for key in self._visible if key in new])
        self._rows = new
        self._walk(target)
        self._announce(changed)
        self._reading.start()

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Show these in place of the rows that have their keys; costs what changed, not what is there.

        Raises:
            KeyError: there is no row with such a key.
        """
        changed = {key: row for row in rows if self._rows[key := self._key(row)] != row}
        if not changed:
            return
        self._all.patch(changed)
        target = self._all.matching(self._words)
        if self._words:
            self._walk(target)
        else:  # the same rows, perhaps in another order
            self._reorder(target)
        self._announce(changed)
        self._reading.start()

    def set_filter(self, text: str) -> None:
        """Show only rows that contain every word of ``text``."""
        words = tuple(text.lower().split())
        if words != self._words:
            target = self._all.narrowed(self._visible, words) if self._narrows(words) else self._all.matching(words)
            self._words = words
            if abs(len(target) - len(self._visible)) > _RESET_ABOVE:
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
        self._reorder(self._all.matching(self._words))

    def refresh(self) -> None:
        """Make every word anew and repaint everything: another language."""
        self._fonts = (None, None)
        self._all.forget_words()
        self._reading.start()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._columns) - 1))
        self.repaint()

    def repaint(self) -> None:
        """Paint every cell anew: what is shown depends on the time, what is sorted and searched does not."""
        if self._visible:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._visible) - 1, len(self._columns) - 1))

    def _read_some(self) -> None:
        if not self._all.fill_texts(_READ_AT_ONCE):
            self._reading.stop()

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
            self._reset(target)
            return
        for first, last in reversed(removals):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._visible[first : last + 1]
            self._forget_places()
            self.endRemoveRows()
        self._reorder([key for key in target if key in had])
        for first, last in inserts:
            self.beginInsertRows(QModelIndex(), first, last)
            self._visible[first:first] = target[first : last + 1]
            self._forget_places()
            self.endInsertRows()

    def _narrows(self, words: tuple[str, ...]) -> bool:
        """Whether all that these words leave is among the few rows that the last ones left: a letter more was typed."""
        few = len(self._visible) < self.total // 2
        return few and all(any(was in word for word in words) for was in self._words)

    def _reset(self, target: list[Hashable]) -> None:
        self.beginResetModel()
        self._visible = target
        self._forget_places()
        self.endResetModel()

    def _reorder(self, order: list[Hashable]) -> None:
        if order == self._visible:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [(self._visible[index.row()], index.column()) for index in before]
        self._visible = order
        self._forget_places()
        places = {key: self.place_of(key) for key in {key for key, _column in keys}}
        self.changePersistentIndexList(before, [self.index(places[key], column) for key, column in keys])
        self.layoutChanged.emit()

    def _announce(self, changed: Collection[Hashable]) -> None:
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


def _place_in(keys: list[Hashable], key: Hashable) -> int:
    try:
        return keys.index(key)
    except ValueError:
        return -1


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
