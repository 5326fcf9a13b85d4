"""What a cell shows of its row, by role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont

from rdpgui.i18n import _
from rdpgui.ui.icons import tone_icon
from rdpgui.ui.plain import one_line, tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.tokens import Tone

Row = TypeVar("Row")


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


class Cells(Generic[Row]):
    """Answers every role but the key's, for a row and the number of a column.

    Args:
        columns: what is shown.

    Attributes:
        count: of the columns.
    """

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        self._columns = tuple(columns)
        self.count = len(self._columns)
        self._fonts: tuple[QFont | None, QFont | None] = (None, None)

    def forget_fonts(self) -> None:
        """Take the fonts anew that belong to the language in use."""
        self._fonts = (None, None)

    def of(self, row: Row, number: int, role: int) -> object:
        """Return what is shown; None where a role says nothing here."""
        column = self._columns[number]
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

    def title(self, number: int, role: int) -> object:
        """Return what a column's header shows."""
        if not 0 <= number < self.count:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(self._columns[number].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._columns[number].numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
