"""What starts the matrix: at once in the lab, after a person named and confirmed the instances on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.instance import Instance
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS, DISRUPTIONS
from rdpgui.core.seen_target import bears

if TYPE_CHECKING:
    from rdpgui.ui.commands import MatrixPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class MatrixOrders(QObject):
    """Starts and stops the matrix.

    Args:
        window: the parent of the dialog. looked: the newest snapshot. commands: what is ordered.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: MatrixPort) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands
        window.actions_by_name.on("matrix-start", self.on_start)
        window.actions_by_name.on("matrix-stop", commands.stop_matrix)

    def on_start(self, whole: bool = False, one_at_a_time: bool = False) -> None:
        """Start it; on AWS ask first which instances it may disrupt."""
        state = self._looked.state
        if state.place is None or state.place.lab or state.identity is None:
            self._commands.start_matrix(whole, (), not one_at_a_time)
            return
        from rdpgui.ui.dialogs.matrix import MatrixDialog

        dialog = MatrixDialog(state.identity, self._choice(whole), whole=whole, parent=self._window)
        dialog.confirmed.connect(self._commands.start_matrix)
        dialog.open()

    def _choice(self, whole: bool) -> list[Instance]:
        """Return the instances that may carry the matrix, as far as is known."""
        state, tag = self._looked.state, self._window.settings.allow_tag
        kinds = tuple(DISRUPTIONS) if whole else ARTICLE_DISRUPTIONS
        return [instance for instance in state.instances.values() if bears(state, instance, kinds, tag)]
