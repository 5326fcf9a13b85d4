"""A dense table over a keyed model: keeps the selected key, explains itself when empty."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QStyleOptionHeader, QTableView, QWidget
from typing_extensions import override

from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.plain import visible
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.small import flat_button

_HEAD_HEIGHT = 26
_ROW_HEIGHT = 25
_EMPTY_INSET = 8
_EMPTY_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_FLAT_EDGE = 6
"""Inside a button without a border, before its word."""
_TITLE_EDGES = 14
_ARROW = 8
"""Pixels of a column's title besides its word, and of the sorted one's arrow beside a short word."""
_ARROW_UP, _ARROW_DOWN = QStyleOptionHeader.SortIndicator.SortUp, QStyleOptionHeader.SortIndicator.SortDown


class WholeRows(QTableView):
    """A table with rows of one height that never shows half a row, and explains itself when it has none.

    Signals:
        offer_taken: the button under the sentence was pressed.
    """

    offer_taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty_text = ""
        self._offer: QPushButton | None = None

    @property
    def empty_text(self) -> str:
        """What is said while there are no rows."""
        return self._empty_text

    def set_empty_text(self, text: str) -> None:
        """Say what is missing and what to do; shown when there are no rows."""
        if text != self._empty_text:  # painting all rows anew costs as much as a frame
            self._empty_text = text
            self._show_offer()
            self.viewport().update()

    def offer(self, text: str) -> None:
        """Offer the way out in a button under the sentence, while there are no rows; empty offers none."""
        if self._offer is None:
            if not text:
                return
            self._offer = flat_button("", f"{self.objectName()}_offer")
            self._offer.setParent(self.viewport())
            self._offer.clicked.connect(self.offer_taken)
            model = self.model()
            for signal in (model.modelReset, model.layoutChanged, model.rowsInserted, model.rowsRemoved):
                signal.connect(self._show_offer)
        self._offer.setText(text)
        self._show_offer()

    def _show_offer(self) -> None:
        """Show the button where it fits under the whole sentence; what it does is elsewhere in the window, too."""
        offer = self._offer
        if offer is None:
            return
        area, below = self._empty_area()
        size = offer.sizeHint()
        fits = below + size.height() <= self.viewport().height()
        offer.setGeometry(QRect(QPoint(area.left() - _FLAT_EDGE, below), size))
        offer.setVisible(bool(offer.text()) and fits and self.model().rowCount() == 0)

    def _empty_area(self) -> tuple[QRect, int]:
        """Return where the sentence stands, and where it ends."""
        metrics, room = self.fontMetrics(), self.viewport().rect()
        inset = max(0, min(_EMPTY_INSET, (room.height() - metrics.height()) // 2))
        area = room.adjusted(_EMPTY_INSET, inset, -_EMPTY_INSET, -inset)
        return area, area.top() + metrics.boundingRect(area, _EMPTY_FLAGS, self._empty_text).height()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button under the sentence."""
        super().resizeEvent(event)
        self._show_offer()

    def whole_rows(self) -> QRect:
        """Return the part of the viewport that is filled with whole rows; all of it when not even one fits."""
        area = self.viewport().rect()
        first, last = self.rowAt(0), self.rowAt(area.bottom())
        top, bottom = area.top(), area.bottom()
        if first >= 0 and self.rowViewportPosition(first) < 0:
            top = self.rowViewportPosition(first) + self.rowHeight(first)
        if last >= 0 and self.rowViewportPosition(last) + self.rowHeight(last) > area.height():
            bottom = self.rowViewportPosition(last) - 1
        return QRect(area.left(), top, area.width(), bottom - top + 1) if bottom > top else area

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are whole, or the sentence in their place; what is left stays empty."""
        super().paintEvent(QPaintEvent(event.region().intersected(self.whole_rows())))
        if self._empty_text and self.model().rowCount() == 0:
            self._paint_empty_text()

    def _paint_empty_text(self) -> None:
        """Paint the sentence whole, or the line of it that fits: no line is cut in two."""
        painter = QPainter(self.viewport())
        painter.setPen(QColor(tokens().dim))
        area, below = self._empty_area()
        text = visible(self._empty_text)
        if below - area.top() > area.height():
            text = painter.fontMetrics().elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, _EMPTY_FLAGS, text)


class _Head(QHeaderView):
    """A header whose arrow points up for ascending; Qt's styles draw it the other way round."""

    @override
    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logicalIndex: int) -> None:
        """Turn the arrow round."""
        super().initStyleOptionForIndex(option, logicalIndex)
        turned = {_ARROW_UP: _ARROW_DOWN, _ARROW_DOWN: _ARROW_UP}
        option.sortIndicator = turned.get(option.sortIndicator, option.sortIndicator)


class DenseTable(WholeRows):
    """Rows of one line each; the selection is by key and survives updates.

    Signals:
        key_selected: a person chose a row (its key as text). key_activated: Enter or double click.
    """

    key_selected = Signal(str)
    key_activated = Signal(str)

    def __init__(self, model: KeyedTableModel[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        head = _Head(Qt.Orientation.Horizontal, self)
        head.setSectionsClickable(True)
        self.setHorizontalHeader(head)
        self._keyed = model
        self._wanted: Hashable | None = None
        self._fitting: _Fitting | None = None
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIconSize(QSize(14, 14))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(18)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(30)
        head.setFixedHeight(_HEAD_HEIGHT)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.activated.connect(self._on_activated)
        for signal in (model.modelReset, model.layoutChanged, model.rowsInserted):
            signal.connect(self._restore)

    def make_sortable(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Let a person sort by clicking a header; start with this column."""
        self.setSortingEnabled(True)
        self.sortByColumn(column, order)

    def set_widths(
        self,
        widths: Sequence[int],
        stretch: int,
        *,
        yielding: int | None = None,
        fitted: bool = False,
        also: int | None = None,
    ) -> None:
        """Set the columns' widths in pixels; the one that stretches takes the rest.

        Args:
            widths: as they are, or to begin with.
            stretch: number of the column that takes the rest.
            yielding: number of the column that is left out when the words of the others do not fit beside it; then
                each column is as wide as its words. What it says is in the rows' tooltips.
            fitted: whether columns may be as wide as the words in view also where none of them yields.
            also: number of a column that has the rest with the one that stretches, half each.
        """
        head = self.horizontalHeader()
        if yielding is not None or fitted:
            self._fitting = _Fitting(self, widths, stretch, yielding)
        for column, width in enumerate(widths):
            if column in (stretch, also):
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(column, width)

    def height_of(self, rows: int) -> int:
        """Return the height in pixels in which that many rows fit below the header."""
        return _HEAD_HEIGHT + rows * _ROW_HEIGHT + 2 * self.frameWidth()

    def select_key(self, key: Hashable | None) -> None:
        """Select a row by key without telling ``key_selected``; waits for the row when it is not there yet."""
        moved, self._wanted = key != self._wanted, key
        self._restore()
        if moved and key is not None and self._keyed.place_of(key) >= 0:
            self.executeDelayedItemsLayout()  # rows that came a moment ago: the scroll bar does not know of them yet
            self.scrollTo(self._keyed.index(self._keyed.place_of(key), 0))

    def selected_key(self) -> Hashable | None:
        """Return the key of the selected row."""
        chosen = self.selectionModel().selectedRows()
        return self._keyed.key_at(chosen[0].row()) if chosen else None

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the selected row in view when there is less room."""
        super().resizeEvent(event)
        if self._fitting is not None:
            self._fitting.begin_anew()
        place = -1 if self._wanted is None else self._keyed.place_of(self._wanted)
        if place >= 0 and event.size().height() < event.oldSize().height():
            self.scrollTo(self._keyed.index(place, 0))

    def _restore(self) -> None:
        place = -1 if self._wanted is None else self._keyed.place_of(self._wanted)
        selection = self.selectionModel()
        rows = [index.row() for index in selection.selectedRows()]
        if rows == ([place] if place >= 0 else []):
            return
        was = selection.blockSignals(True)
        if place < 0:
            selection.clearSelection()
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.select(self._keyed.index(place, 0), flags)
            selection.setCurrentIndex(self._keyed.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.blockSignals(was)
        self.viewport().update()

    def _on_selection(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        key = self.selected_key()
        if key is not None and key != self._wanted:
            self._wanted = key
            self.key_selected.emit(str(key))

    def _on_activated(self) -> None:
        key = self.selected_key()
        if key is not None:
            self.key_activated.emit(str(key))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate the row with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_activated()
            return
        super().keyPressEvent(event)


class _Fitting(QObject):
    """Makes the columns of a narrow table as wide as the words of the rows in view.

    A column never becomes narrower while the table keeps its size: nothing jumps when rows come and go. A person who
    sets a width by hand ends it.

    Args:
        table: what is fitted. widths: kept where there is room for them.
        stretch: takes the rest. yielding: is left out when there is none; None: all stay.
    """

    def __init__(self, table: DenseTable, widths: Sequence[int], stretch: int, yielding: int | None) -> None:
        super().__init__(table)
        self._table = table
        self._widths = tuple(widths)
        self._stretch = stretch
        self._yielding = yielding
        self._needs: dict[int, int] = {}
        self._setting = self._by_hand = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._fit)
        table.horizontalHeader().setResizeContentsPrecision(0)  # the rows in view; by itself Qt asks for a thousand
        model = table.model()
        for signal in (model.modelReset, model.layoutChanged, model.rowsInserted, model.dataChanged):
            signal.connect(self._later)
        model.headerDataChanged.connect(self.begin_anew)
        table.horizontalHeader().sectionResized.connect(self._on_resized)

    def begin_anew(self) -> None:
        """Fit to another size, or to other words in the header."""
        self._needs.clear()
        self._later()

    def _later(self) -> None:
        if not self._soon.isActive() and not self._by_hand:
            self._soon.start()

    def _on_resized(self, column: int, _old: int, _new: int) -> None:
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        self._by_hand |= pressed and not self._setting and column != self._stretch

    def _fit(self) -> None:
        table, head = self._table, self._table.horizontalHeader()
        columns = range(table.model().columnCount())
        for column in columns:
            title = str(table.model().headerData(column, Qt.Orientation.Horizontal))
            word = head.fontMetrics().horizontalAdvance(title) + _TITLE_EDGES
            word += _ARROW if column == head.sortIndicatorSection() else 0
            wanted = max(table.sizeHintForColumn(column), word)
            self._needs[column] = max(self._needs.get(column, 0), wanted)
        room, needs = table.viewport().width(), self._needs
        wide = {column: max(needs[column], self._widths[column]) for column in columns if column != self._stretch}
        roomy = sum(wide.values()) + needs[self._stretch] <= room
        self._setting = True
        if self._yielding is not None:
            head.setSectionHidden(self._yielding, sum(needs.values()) > room)
        for column in wide:
            if not head.isSectionHidden(column):
                head.resizeSection(column, wide[column] if roomy else needs[column])
        self._setting = False
