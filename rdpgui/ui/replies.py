"""What comes back for an order, to whatever part of the window waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rdpgui.core.access_requests import AccessRequest
from rdpgui.core.ids import Region, RunId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.regions import RegionOptIn
from rdpgui.core.repair import Repair
from rdpgui.core.sign_in import SignInStep

if TYPE_CHECKING:
    from rdpgui.core.access import ProfileLine
    from rdpgui.ui.commands import LabFault
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.orders import Orders
    from rdpgui.ui.pages import Pages
    from rdpgui.ui.rendering import Rendering


class Replies:
    """The answers that no snapshot holds, because nobody but the one who asked wants them.

    Args:
        window: its cards show some of them. orders: their dialogs wait for others, and so do the pages.
        looked: keeps which films are gone. rendering: shows that with the snapshot.
    """

    def __init__(
        self, window: MainWindow, orders: Orders, pages: Pages, looked: LookedAt, rendering: Rendering
    ) -> None:
        self._window = window
        self._orders = orders
        self._pages = pages
        self._looked = looked
        self._rendering = rendering

    def show_preflight(self, checks: Sequence[PreflightCheck] | None, *, running: bool = False) -> None:
        """Show the preflight checks of the selected instance."""
        self._window.experiment.preflight.show_checks(checks, running=running)
        self._orders.of_preflight.show_checks(checks)
        self._orders.of_access.show_checks(checks)

    def show_access_requests(self, requests: Sequence[AccessRequest], problem: str = "") -> None:
        """Show the access requests, or why they cannot be read, in the dialog that asked for them."""
        self._orders.of_access.show_requests(requests, problem)

    def show_repairs(self, made: Sequence[Repair]) -> None:
        """Show what was repaired here and can be taken back."""
        self._orders.of_preflight.show_repairs(made)

    def show_matrix_progress(self, done: int, total: int, *, running: bool, under_way: int = 0) -> None:
        """Show how far the matrix is, and how many of its runs go on at once."""
        self._pages.show_matrix_progress(done, total, running=running, under_way=under_way)

    def show_films_gone(self, run_ids: frozenset[RunId]) -> None:
        """Tell of these runs that their films are no longer here."""
        self._looked.films_gone = run_ids
        self._rendering.request()

    def show_lab_faults(self, faults: Sequence[LabFault], kinds: Sequence[str]) -> None:
        """Show the fault rules of the lab, and which kinds there are."""
        self._orders.of_dialogs.show_lab_faults(faults, kinds)

    def show_profiles(self, profiles: Sequence[ProfileLine], problem: str = "") -> None:
        """Show the profiles of the AWS files, or why they cannot be read, in the dialog that asked for them."""
        self._orders.of_dialogs.show_profiles(profiles, problem)

    def show_opt_in(self, profile: str, regions: Mapping[Region, RegionOptIn]) -> None:
        """Say in the dialog that asks for a place which Regions the account of a profile may not use."""
        self._orders.of_dialogs.show_opt_in(profile, regions)

    def show_sign_in_step(self, step: SignInStep | None) -> None:
        """Show what the person does in the browser; None: nothing any more."""
        self._window.sign_in.show_step(step)

    def forget_place(self) -> None:
        """Take back what was answered about the place that is left; its dialogs are closed already."""
        self._orders.of_preflight.show_checks(None)
        self._orders.of_access.show_checks(None)
        self._orders.of_preflight.show_repairs(())
        self.show_matrix_progress(0, 0, running=False)
