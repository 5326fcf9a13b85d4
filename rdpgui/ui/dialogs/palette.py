"""The command palette: type a few letters, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.actions import Actions, ActionSpec, keys_text
from rdpgui.ui.plain import set_tip, told_tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.small import label


def score(typed: str, text: str) -> int:
    """Return how well letters fit a text: lower is better, -1 when they do not occur in their order."""
    wanted, place, gaps = typed.lower().replace(" ", ""), -1, 0
    hay = text.lower()
    if typed.lower() in hay:
        return hay.index(typed.lower())
    for letter in wanted:
        found = hay.find(letter, place + 1)
        if found < 0:
            return -1
        gaps += found - place
        place = found
    return 100 + gaps


class PaletteDialog(QDialog):
    """Lists the registry's actions; the English text is searched too."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette_dialog")
        self.setWindowTitle(_("Command palette"))
        self.resize(560, 440)
        self._actions = list(actions.items())
        self._typed = QLineEdit()
        self._typed.setObjectName("palette_text")
        self._typed.setPlaceholderText(_("Type a command"))
        self._typed.setAccessibleName(_("Type a command"))
        self._typed.textChanged.connect(self._fill)
        self._typed.installEventFilter(self)
        self._list = QListWidget()
        self._list.setObjectName("palette_list")
        self._list.setAccessibleName(_("Commands"))
        self._list.itemActivated.connect(self._on_chosen)
        self._list.itemClicked.connect(self._on_chosen)
        self._none = label(_("No command fits."), "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.addWidget(self._typed)
        column.addWidget(self._none)
        column.addWidget(self._list, 1)
        self._fill("")

    def _fill(self, typed: str) -> None:
        self._list.clear()
        found: list[tuple[int, int, ActionSpec, QAction]] = []
        for place, (spec, action) in enumerate(self._actions):
            fits = [points for points in (score(typed, action.text()), score(typed, spec.text)) if points >= 0]
            if fits and spec.name != "palette":
                found.append((min(fits), place, spec, action))
        for _points, _place, spec, action in sorted(found, key=_rank if typed else _by_place):
            keys = keys_text(spec)
            item = QListWidgetItem(f"{_(spec.group)}  ›  {action.text()}" + (f"    {keys}" if keys else ""))
            item.setData(Qt.ItemDataRole.UserRole, spec.name)
            if not action.isEnabled():
                item.setForeground(QColor(tokens().faint))
                set_tip(item, told_tip(action))
            self._list.addItem(item)
        self._none.setVisible(self._list.count() == 0)
        if self._list.count():
            self._list.setCurrentRow(0)

    def _on_chosen(self, item: QListWidgetItem) -> None:
        name = item.data(Qt.ItemDataRole.UserRole)
        action = next(action for spec, action in self._actions if spec.name == name)
        if action.isEnabled():
            self.accept()
            action.trigger()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys of the search field move through the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}.get(event.key(), 0)
            if step:
                last = self._list.count() - 1
                self._list.setCurrentRow(min(last, max(0, self._list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self._list.currentItem()
                if item is not None:
                    self._on_chosen(item)
                return True
        return super().eventFilter(watched, event)


def _rank(entry: tuple[int, int, ActionSpec, QAction]) -> tuple[bool, int, int]:
    return (not entry[3].isEnabled(), entry[0], entry[1])


def _by_place(entry: tuple[int, int, ActionSpec, QAction]) -> int:
    return entry[1]
