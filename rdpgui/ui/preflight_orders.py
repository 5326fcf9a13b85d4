"""The preflight in full, and the repairs that are asked for in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.ids import InstanceId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.repair import Repair
from rdpgui.ui.plain import one_line

if TYPE_CHECKING:
    from rdpgui.ui.commands import PreflightPort
    from rdpgui.ui.dialogs.preflight import PreflightDialog
    from rdpgui.ui.hand_orders import HandOrders
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class PreflightOrders(QObject):
    """Opens the dialog, keeps it up to date, and asks before a repair.

    Args:
        window: its panels must exist. looked: what a person looks at. commands: what is ordered. by_hand: says why
            nothing may be changed now.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: PreflightPort, by_hand: HandOrders) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands
        self._by_hand = by_hand
        self._checks: tuple[PreflightCheck, ...] = ()
        self._made: tuple[Repair, ...] = ()
        self._dialog: PreflightDialog | None = None
        window.experiment.preflight.details_requested.connect(self.on_details)
        window.actions_by_name.on("preflight", self.on_details)

    def render(self) -> None:
        """Say whether something may be changed, as long as the dialog is open."""
        if self._dialog is not None:
            self._dialog.show_refused(self._refused())

    def show_checks(self, checks: Sequence[PreflightCheck] | None) -> None:
        """Take over what was checked; None while it is going on, or when nothing is selected."""
        self._checks = tuple(checks or ())
        if self._dialog is not None:
            self._dialog.show_checks(checks)

    def show_repairs(self, made: Sequence[Repair]) -> None:
        """Take over what was repaired here."""
        self._made = tuple(made)
        if self._dialog is not None:
            self._dialog.show_repairs(self._made)

    def on_details(self) -> None:
        """Open the dialog for the selected instance; without effect where nothing was checked."""
        from rdpgui.ui.dialogs.preflight import PreflightDialog

        instance_id = self._window.ui_state.instance_id
        if not self._checks or instance_id is None:
            return
        place = self._looked.state.place
        lab = place is not None and place.lab
        dialog = PreflightDialog(one_line(self._looked.name_of(instance_id)), self._window, lab=lab)
        dialog.show_checks(self._checks)
        dialog.show_refused(self._refused())
        dialog.show_repairs(self._made)
        dialog.apply_requested.connect(partial(self._ask, instance_id, undo=False))
        dialog.undo_requested.connect(partial(self._ask, instance_id, undo=True))
        dialog.again_requested.connect(self._commands.refresh)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        dialog.open()

    def _refused(self) -> str:
        instance_id = self._window.ui_state.instance_id
        return self._by_hand.change_refused(instance_id) if instance_id is not None else ""

    def _on_closed(self) -> None:
        self._dialog = None

    def _ask(self, instance_id: InstanceId, repair: Repair, *, undo: bool) -> None:
        from rdpgui.ui.dialogs.repair import RepairDialog

        identity = self._looked.state.identity
        if identity is None or self._refused():
            return
        shown = repair.undo() if undo else repair
        dialog = RepairDialog(shown, identity, undo=undo, parent=self._dialog or self._window)
        dialog.confirmed.connect(partial(self._commands.repair, repair, instance_id, undo=undo))
        dialog.open()
