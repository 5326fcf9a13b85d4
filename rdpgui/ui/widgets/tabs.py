"""The tabs of the pages: all in view, and each as wide as its word is when it is chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QTabBar, QWidget
from typing_extensions import override

_EDGES = 32
"""Pixels beside a word, as the style sheet has them, and one to spare on each side."""


class Tabs(QTabBar):
    """The style sheet makes the chosen word bold; none moves because of it, and none is scrolled out of view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)

    @override
    def tabSizeHint(self, index: int) -> QSize:
        """Return room for the bold word, chosen or not."""
        chosen = QFont(self.font())
        chosen.setWeight(QFont.Weight.DemiBold)
        width = QFontMetrics(chosen).horizontalAdvance(self.tabText(index)) + _EDGES
        return QSize(width, super().tabSizeHint(index).height())
