"""Lines of the run log: an append-mostly list with a filter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from rdpgui.core.state import LogLine
from rdpgui.ui import formats, labels
from rdpgui.ui.icons import tone_icon
from rdpgui.ui.plain import named, one_line, tip
from rdpgui.ui.theme import mono_font, tokens
from rdpgui.ui.tokens import Tone

_TONES = {"warning": Tone.WARN, "error": Tone.BAD}
Index = QModelIndex | QPersistentModelIndex


def line_text(line: LogLine) -> str:
    """Return a line in the reader's language; words of our own enums are translated too."""
    return labels.sentence(line.text, line.fields)


class RunLogModel(QAbstractTableModel):
    """Two columns: time and text. Appending costs one signal; anything else resets."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[LogLine, ...] = ()
        self._shown: list[LogLine] = []
        self._words: tuple[str, ...] = ()
        self._font: QFont | None = None

    def set_lines(self, lines: Sequence[LogLine]) -> None:
        """Show these lines from now on."""
        new, old = tuple(lines), self._all
        if new == old:
            return
        self._all = new
        if len(new) > len(old) and new[: len(old)] == old:
            more = [line for line in new[len(old) :] if self._matches(line)]
            if more:
                self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(more) - 1)
                self._shown += more
                self.endInsertRows()
            return
        self._rebuild()

    def set_filter(self, text: str) -> None:
        """Show only lines with every word of ``text``."""
        words = tuple(text.lower().split())
        if words != self._words:
            self._words = words
            self._rebuild()

    def refresh(self) -> None:
        """Repaint: another language or theme."""
        self._font = None
        self._rebuild()

    def text_of(self, rows: Sequence[int]) -> str:
        """Return lines for the clipboard, tab-separated."""
        shown = self._shown
        return named("\n".join(f"{formats.day_clock(shown[row].at)}\t{line_text(shown[row])}" for row in rows))

    def _matches(self, line: LogLine) -> bool:
        if not self._words:
            return True
        text = f"{line_text(line)} {line.run_id or ''}".lower()
        return all(word in text for word in self._words)

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._shown = [line for line in self._all if self._matches(line)]
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return how many lines pass the filter."""
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return 2: time and sentence."""
        return 0 if parent.isValid() else 2

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows, by role."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        line, first = self._shown[index.row()], index.column() == 0
        tone = _TONES.get(line.level)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return formats.clock(line.at, decimals=3) if first else one_line(line_text(line))
            case Qt.ItemDataRole.FontRole if first:
                self._font = self._font or mono_font(scale=0.9)
                return self._font
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(tokens().dim if first else tokens().tone(tone) if tone else tokens().text)
            case Qt.ItemDataRole.DecorationRole if not first and tone:
                return tone_icon(tone)
            case Qt.ItemDataRole.ToolTipRole if not first:
                return tip(f"{formats.day_clock(line.at)} {line_text(line)}\n{line.run_id or ''}".strip())
        return None
