"""Reads what the filter looks into while nothing else is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from rdpgui.ui.models.row_order import RowOrder

_READ_AT_ONCE = 1000
"""Texts made in one turn of the loop: about 3 ms."""


class ReadAhead(QObject):
    """Makes the texts of new and changed rows: the first letter typed into the filter is as quick as the others.

    Args:
        order: the rows. parent: lives as long as they do.
    """

    def __init__(self, order: RowOrder[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._order = order
        self._turn = QTimer(self)
        self._turn.timeout.connect(self.read_some)

    @property
    def going(self) -> bool:
        """Whether there may be something left to read."""
        return self._turn.isActive()

    def start(self) -> None:
        """Go on with every turn of the loop until all is read."""
        self._turn.start()

    def read_some(self) -> None:
        """Read as much as fits into one turn."""
        if not self._order.fill_texts(_READ_AT_ONCE):
            self._turn.stop()
