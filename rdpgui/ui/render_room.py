"""From the run that is looked at to the room it gets: choose, run, judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.ids import RunId
from rdpgui.ui.main_window import Page
from rdpgui.ui.room.layout import Room

if TYPE_CHECKING:
    from rdpgui.core.state import RunState
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class RoomRenderer(QObject):
    """Decides what the experiment page is for now.

    A verdict is read when this window saw its run go on, or when the run was opened from another page. A run that
    happens to be the newest takes no room from choosing.

    Args:
        window: its experiment page. looked: which run it is.
    """

    def __init__(self, window: MainWindow, looked: LookedAt) -> None:
        super().__init__(window)
        self._window = window
        self._page = window.experiment
        self._looked = looked
        self._watched: set[RunId] = set()
        self._subject: tuple[RunId | None, bool] = (None, False)
        window.ui_state.changed.connect(self._on_chosen)
        self._page.rooms.bar.choose_requested.connect(self.choose_next)

    def render(self) -> None:
        """Give the room to what is done now, and show a new subject from its beginning."""
        run = self._looked.run
        if run is not None and run.active:
            self._watched.add(run.run_id)
        self._page.rooms.use(self._room_of(run))
        subject = (run.run_id if run is not None else None, run is not None and run.verdict is not None)
        if subject != self._subject:
            self._subject = subject
            self._page.verdict.to_top()

    def _room_of(self, run: RunState | None) -> Room:
        if run is None or run.run_id not in self._watched:
            return Room.CHOOSE
        return Room.RUN if run.active else Room.JUDGE

    def _on_chosen(self) -> None:
        run_id = self._window.ui_state.run_id
        if run_id is not None and self._window.page is not Page.EXPERIMENT:
            self._watched.add(run_id)

    def choose_next(self) -> None:
        """Go back to choosing; the run stays what is looked at."""
        self._watched.clear()
        self.render()
