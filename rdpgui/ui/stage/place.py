"""The largest place of the window: the live stage while a run goes on, the film as soon as there is one."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from rdpgui.ui.stage.live_card import LiveCard
from rdpgui.ui.stage.phase_strip import PhaseStrip


class StagePlace(QWidget):
    """Holds the film's panel and the live card, one of them shown.

    Attributes:
        live: the screen now. film: the film panel. strip: the phases of a run; the page puts them above everything.
    """

    def __init__(self, film: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage_place")
        self.film = film
        self.live = LiveCard()
        self.strip = PhaseStrip()
        self.strip.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(film)
        self._stack.addWidget(self.live)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack, 1)

    @property
    def is_live(self) -> bool:
        """Whether the live stage is shown, and not the film."""
        return self._stack.currentWidget() is self.live

    def show_live(self, live: bool) -> None:
        """Show the live stage, or the film."""
        self._stack.setCurrentWidget(self.live if live else self.film)
