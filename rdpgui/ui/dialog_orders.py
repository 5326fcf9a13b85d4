"""What opens a dialog: command palette, settings, help, files, faults of the lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.access import ProfileLine
from rdpgui.core.ids import Region
from rdpgui.core.regions import RegionOptIn
from rdpgui.core.settings import ZOOM_PERCENT, ZOOM_STEP, Theme
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.commands import Commands, LabFault
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.dialogs.faults import FaultsDialog
    from rdpgui.ui.dialogs.place import PlaceDialog
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class DialogOrders(QObject):
    """Opens dialogs and passes on what is chosen in them.

    Args:
        window: the parent of the dialogs. looked: the newest snapshot. commands: what is ordered.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands
        self._faults: FaultsDialog | None = None
        self._place: PlaceDialog | None = None
        actions = window.actions_by_name
        actions.on("theme", self._on_next_theme)
        actions.on("aliases", self._on_aliases)
        actions.on("zoom-in", partial(self._on_zoom, ZOOM_STEP))
        actions.on("zoom-out", partial(self._on_zoom, -ZOOM_STEP))
        actions.on("zoom-reset", partial(self._on_zoom, 0))
        actions.on("lab-faults", self._on_faults)
        actions.on("open-film", self._on_open_film)
        actions.on("palette", self._on_palette)
        actions.on("settings", self._on_settings)
        actions.on("place", self.on_place)
        actions.on("sign-in", commands.sign_in.again)
        window.banner.place_requested.connect(self.on_place)
        window.sign_in.change_requested.connect(self.on_place)
        window.sign_in.retry_requested.connect(commands.sign_in.retry)
        window.sign_in.sign_in_requested.connect(commands.sign_in.again)
        window.sign_in.give_up_requested.connect(commands.sign_in.give_up)
        actions.on("shortcuts", self._on_shortcuts)
        actions.on("about", self._on_about)

    def _on_palette(self) -> None:
        from rdpgui.ui.dialogs.palette import PaletteDialog

        PaletteDialog(self._window.actions_by_name, self._window).open()

    def _on_settings(self) -> None:
        from rdpgui.ui.dialogs.settings import SettingsDialog

        place = self._looked.state.place
        name = labels.place_name(place, lab=place.lab) if place is not None else "–"
        dialog = SettingsDialog(self._window.settings, name, self._window)
        dialog.place_requested.connect(self.on_place)
        dialog.theme_chosen.connect(self._commands.settings.set_theme)
        dialog.language_chosen.connect(self._commands.settings.set_language)
        dialog.setting_changed.connect(self._commands.settings.set_setting)
        dialog.open()

    def on_place(self) -> None:
        """Ask for another place; while a run is under way the dialog says why there can be none."""
        from rdpgui.ui.dialogs.place import PlaceDialog

        window = self._window
        busy = bool(self._looked.state.active_runs)
        why_not = _("The place cannot be changed while a run is under way.") if busy else ""
        dialog = PlaceDialog(window.settings, window.scenarios, why_not, window)
        dialog.chosen.connect(self._commands.place.switch_place)
        dialog.finished.connect(self._on_place_closed)
        self._place = dialog
        self._commands.place.list_profiles()
        dialog.open()

    def _on_place_closed(self) -> None:
        self._place = None

    def show_profiles(self, profiles: Sequence[ProfileLine], problem: str) -> None:
        """Fill the dialog, if it is still open."""
        if self._place is not None:
            self._place.show_profiles(profiles, problem)

    def show_opt_in(self, profile: str, regions: Mapping[Region, RegionOptIn]) -> None:
        """Mark in the dialog, if it is still open, which Regions an account may not use."""
        if self._place is not None:
            self._place.show_opt_in(profile, regions)

    def _on_shortcuts(self) -> None:
        from rdpgui.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window).open()

    def _on_about(self) -> None:
        from rdpgui.ui.dialogs.about import AboutDialog

        AboutDialog(self._looked.state, self._window.notifications.kept, self._window).open()

    def _on_open_film(self) -> None:
        from rdpgui.ui.dialogs.open_film import OpenFilmDialog

        dialog = OpenFilmDialog(self._window)
        dialog.film_chosen.connect(self._commands.films.open_film)
        dialog.films_chosen.connect(self._commands.films.open_films)
        dialog.object_chosen.connect(self._commands.films.open_object)
        dialog.open()

    def _on_next_theme(self) -> None:
        order = list(Theme)
        chosen = order[(order.index(self._window.settings.theme) + 1) % len(order)]
        self._commands.settings.set_theme(chosen)

    def _on_zoom(self, step: int) -> None:
        least, most = ZOOM_PERCENT
        wanted = min(most, max(least, self._window.settings.zoom + step)) if step else 100
        if wanted != self._window.settings.zoom:
            self._commands.settings.set_setting("zoom", wanted)

    def _on_aliases(self) -> None:
        self._commands.settings.set_setting("aliases", not self._window.settings.aliases)

    def _on_faults(self) -> None:
        from rdpgui.ui.dialogs.faults import FaultsDialog

        dialog = FaultsDialog(self._window)
        dialog.added.connect(self._commands.faults.add_lab_fault)
        dialog.cleared.connect(self._commands.faults.clear_lab_faults)
        dialog.finished.connect(self._on_faults_closed)
        self._faults = dialog
        self._commands.faults.list_lab_faults()
        dialog.open()

    def _on_faults_closed(self) -> None:
        self._faults = None

    def ask_before_close(self) -> None:
        """Ask whether to leave while runs are under way; a yes is the window's ``leave_confirmed``."""
        from rdpgui.ui.dialogs.close_question import CloseDialog

        dialog = CloseDialog(self._looked.state.active_runs, self._window)
        dialog.leave.connect(self._window.leave_confirmed)
        dialog.open()

    def show_lab_faults(self, faults: Sequence[LabFault], kinds: Sequence[str]) -> None:
        """Fill the dialog, if it is open; else say how many rules are in force."""
        if self._faults is not None:
            self._faults.show_faults(faults, kinds)
        else:
            text = _("Faults in force in the lab: {n}").format(n=len(faults))
            self._window.notifications.say(Tone.INFO, text)
