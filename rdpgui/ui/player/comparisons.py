"""The one window in which two films are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.tasks import TaskScope

if TYPE_CHECKING:
    from rdpgui.ui.player.compare_window import CompareWindow


class Comparisons:
    """Opens it, and closes the one before.

    Args:
        stills: exact frames. tasks: where requests for them run.

    Attributes:
        window: the one that is open, None while there is none.
    """

    def __init__(self, stills: StillsPort, tasks: TaskScope) -> None:
        self._stills, self._tasks = stills, tasks
        self.window: CompareWindow | None = None

    def show(self, left: ComparedRun, right: ComparedRun, parent: QWidget) -> None:
        """Show two films side by side on one clock."""
        from rdpgui.ui.player.compare_window import CompareWindow

        if self.window is not None:
            self.window.close()
        self.window = CompareWindow((left, right), self._stills, self._tasks, parent)
        self.window.closed.connect(self._on_closed)
        self.window.start()

    async def aclose(self) -> None:
        """Close the window and its films."""
        if self.window is not None:
            await self.window.aclose()

    def _on_closed(self) -> None:
        self.window = None
