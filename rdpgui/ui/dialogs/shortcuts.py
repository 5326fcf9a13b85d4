"""All shortcuts, read from the registry of actions and from the film's keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from rdpgui.i18n import _
from rdpgui.ui.actions import SPECS, keys_text
from rdpgui.ui.player.keys import KEY_HELP
from rdpgui.ui.widgets.small import label


class ShortcutsDialog(QDialog):
    """A plain table of keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle(_("Keyboard shortcuts"))
        self.resize(560, 620)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(6, 0, 6, 0)
        grid.setHorizontalSpacing(22)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        place, group = 0, ""
        for spec in SPECS:
            if not spec.keys:
                continue
            if spec.group != group:
                group = spec.group
                grid.addWidget(label(_(group), "title"), place, 0, 1, 2)
                place += 1
            place = self._line(grid, place, keys_text(spec), _(spec.text))
        grid.addWidget(label(_("In the film, while it has the focus"), "title"), place, 0, 1, 2)
        place += 1
        for keys, text, _commands in KEY_HELP:
            place = self._line(grid, place, keys, _(text))
        grid.setRowStretch(place, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        close = QPushButton(_("Close"))
        close.setObjectName("shortcuts_close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.addWidget(area, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _line(self, grid: QGridLayout, place: int, keys: str, text: str) -> int:
        grid.addWidget(label(keys, "mono"), place, 0)
        grid.addWidget(label(text), place, 1)
        return place + 1
