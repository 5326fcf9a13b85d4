"""All shortcuts, read from the registry of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from rdpgui.i18n import N_, _
from rdpgui.ui.actions import SPECS, keys_text
from rdpgui.ui.widgets.small import label

PLAYER_KEYS = (
    ("Space", N_("Play or pause")),
    ("J  K  L", N_("Backwards, pause, forwards")),
    (",  .", N_("One frame back, one frame on")),
    ("Home  End", N_("First frame, last frame")),
    ("[  ]", N_("Begin and end of a loop")),
    ("S", N_("Save the picture")),
    ("F", N_("Full screen")),
)
"""Keys of the film panel, which handles them itself while it has the focus."""


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
        grid.addWidget(label(_("In the film"), "title"), place, 0, 1, 2)
        place += 1
        for keys, text in PLAYER_KEYS:
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
