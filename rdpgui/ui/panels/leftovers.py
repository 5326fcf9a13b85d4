"""What runs left behind: one line each under the banner, until it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rdpgui.core.ids import RunId
from rdpgui.i18n import _
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import ElidedLabel, Mark


@dataclass(frozen=True, slots=True)
class LeftOverLine:
    """One line, in the reader's language. ``refused``: why it cannot be cleaned up now, empty when it can."""

    run_id: RunId
    text: str
    refused: str


class _Row(QFrame):
    """One line with its button."""

    wanted = Signal(str)

    def __init__(self, place: int) -> None:
        super().__init__()
        self.setProperty("notice", True)
        self._run_id = ""
        mark = Mark()
        mark.show_mark(Tone.WARN.value, Tone.WARN)
        self._text = ElidedLabel(name=f"leftover_text_{place}")
        self._clean = QPushButton()
        self._clean.setObjectName(f"leftover_clean_{place}")
        self._clean.clicked.connect(self._on_clean)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 6, 3)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(self._text, 1)
        row.addWidget(self._clean)

    def show_line(self, line: LeftOverLine) -> None:
        """Render."""
        self._run_id = line.run_id
        self._text.set_whole(line.text)
        self._clean.setText(_("Clean up"))
        self._clean.setEnabled(not line.refused)
        set_tip(self._clean, line.refused)
        self._clean.setAccessibleName(one_line(f"{_('Clean up')}: {line.text}"))
        self._clean.setAccessibleDescription(one_line(line.refused))

    def _on_clean(self) -> None:
        self.wanted.emit(self._run_id)


class LeftOversBar(QWidget):
    """The lines; not there while nothing is left.

    Signals:
        clean_up_requested: a run id.
    """

    clean_up_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leftovers")
        self._rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_lines(self, lines: Sequence[LeftOverLine]) -> None:
        """Render."""
        while len(self._rows) < len(lines):
            row = _Row(len(self._rows))
            row.wanted.connect(self.clean_up_requested)
            self._rows.append(row)
            self._column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(lines))
            if place < len(lines):
                row.show_line(lines[place])
        self.setVisible(bool(lines))
