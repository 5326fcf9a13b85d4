"""From what a person does to commands: every signal of the panels and every action ends here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from rdpgui.core.disruption import DISRUPTIONS, DisruptionId
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Theme
from rdpgui.i18n import _
from rdpgui.ui.commands import LabFault
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.theme import Tone

if TYPE_CHECKING:
    from rdpgui.ui.dialogs.faults import FaultsDialog
    from rdpgui.ui.main_window import MainWindow


class Orders(QObject):
    """Connects panels and actions with the commands and the dialogs.

    Args:
        window: its panels must exist. film: the film panel.
    """

    def __init__(self, window: MainWindow, film: FilmView) -> None:
        super().__init__(window)
        self._window = window
        self._film = film
        self._commands = window.commands
        self._faults: FaultsDialog | None = None
        self._connect_panels()
        self._connect_actions()

    def _connect_panels(self) -> None:
        page, banner, commands = self._window.experiment, self._window.banner, self._commands
        banner.emergency_requested.connect(commands.emergency_stop)
        banner.reset_requested.connect(commands.emergency_reset)
        page.instances.instance_selected.connect(self._on_instance)
        page.instances.connect_requested.connect(self._on_connect)
        page.instances.refresh_requested.connect(commands.refresh)
        page.sessions.session_selected.connect(self._on_session)
        page.recording.console_word_entered.connect(self._on_console_word)
        page.timeline.seek_requested.connect(self._on_seek)
        self._film.clock_adjusted.connect(self._on_clock_adjusted)
        page.disruptions.connect_requested.connect(self._on_connect)
        page.disruptions.arm_requested.connect(self._on_arm)
        page.disruptions.start_requested.connect(self._on_start)
        page.disruptions.abort_requested.connect(commands.abort)
        page.disruptions.disruption_requested.connect(self._on_disruption)
        page.disruptions.access_type_chosen.connect(self._on_access_type)
        page.preflight.requested.connect(commands.refresh)
        page.verdict.visually_confirmed.connect(self._on_visual)
        page.verdict.report_requested.connect(self._on_report)
        page.verdict.folder_requested.connect(self._on_folder)

    def _connect_actions(self) -> None:
        actions, commands, page = self._window.actions_by_name, self._commands, self._window.experiment
        actions.on("connect", self._on_connect)
        actions.on("arm", self._on_arm_action)
        for disruption_id in DisruptionId:
            actions.on(disruption_id.value, partial(self._on_disruption, disruption_id))
        actions.on("abort", commands.abort)
        actions.on("emergency-stop", commands.emergency_stop)
        actions.on("emergency-reset", commands.emergency_reset)
        actions.on("matrix-start", commands.start_matrix)
        actions.on("matrix-stop", commands.stop_matrix)
        actions.on("refresh", commands.refresh)
        for place, name in enumerate(("page-experiment", "page-matrix", "page-claims", "page-history")):
            actions.on(name, partial(self._window.show_page, place))
        actions.on("find-instance", page.instances.search.setFocus)
        actions.on("find-log", page.log.search.setFocus)
        actions.on("theme", self._on_next_theme)
        actions.on("lab-faults", self._on_faults)
        actions.on("open-film", self._on_open_film)
        actions.on("film-end", self._film.seek_end)
        actions.on("see-yes", partial(self._on_visual, True))
        actions.on("see-no", partial(self._on_visual, False))
        actions.on("open-report", self._on_report)
        actions.on("open-folder", self._on_folder)
        actions.on("palette", self._on_palette)
        actions.on("settings", self._on_settings)
        actions.on("shortcuts", self._on_shortcuts)
        actions.on("about", self._on_about)
        actions.on("quit", self._window.close)

    # -- selections ------------------------------------------------------------

    def _on_instance(self, instance_id: str) -> None:
        self._window.ui_state.select_instance(InstanceId(instance_id))

    def _on_session(self, session_id: str) -> None:
        ui_state = self._window.ui_state
        ui_state.select_session(SessionId(session_id))
        for run in self._window.renderer.state.runs.values():
            if run.session is not None and run.session.session_id == session_id:
                ui_state.select_run(run.run_id)

    def _on_access_type(self, access_type: object) -> None:
        if isinstance(access_type, AccessType):
            self._window.ui_state.choose_access_type(access_type)

    def open_run_here(self, run_id: str) -> None:
        """Show a run on the experiment page."""
        state = self._window.ui_state
        run = self._window.renderer.state.runs.get(RunId(run_id))
        if run is not None:
            state.select_run(run.run_id)
            state.select_session(run.session.session_id if run.session else None)
            self._window.show_page(0)

    # -- the experiment --------------------------------------------------------

    def _on_connect(self) -> None:
        instance_id = self._window.ui_state.instance_id
        action = self._window.actions_by_name["connect"]
        if instance_id is not None and action.isEnabled():
            self._follow_newest()
            self._commands.connect(instance_id, self._window.ui_state.access_type, attended=True)

    def _follow_newest(self) -> None:
        """Look at the run that is about to start instead of an older one."""
        self._window.ui_state.select_run(None)
        self._window.ui_state.select_session(None)

    def _on_arm(self, wanted: bool) -> None:
        instance_id = self._window.ui_state.instance_id
        if not wanted:
            self._commands.disarm()
        elif instance_id is not None:
            self._commands.arm(instance_id)

    def _on_arm_action(self) -> None:
        arming = self._window.renderer.state.arming
        self._on_arm(arming is None or arming.instance_id != self._window.ui_state.instance_id)

    def _on_start(self) -> None:
        if self._window.ui_state.instance_id is not None:
            self._commands.start_instance(self._window.ui_state.instance_id)

    def _on_disruption(self, disruption_id: DisruptionId) -> None:
        from rdpgui.ui.dialogs.confirm import ConfirmDialog

        window = self._window
        state, instance_id = window.renderer.state, window.ui_state.instance_id
        instance = state.instances.get(instance_id) if instance_id else None
        if instance is None or not window.actions_by_name[disruption_id.value].isEnabled():
            return
        dialog = ConfirmDialog(
            DISRUPTIONS[disruption_id],
            instance,
            state.identity,
            window.ui_state.access_type,
            restore=window.settings.restore_after_halt,
            parent=window,
        )
        dialog.confirmed.connect(self._on_confirmed)
        dialog.open()

    def _on_confirmed(self, disruption_id: DisruptionId, instance_id: str, access_type: AccessType) -> None:
        self._follow_newest()
        self._commands.run(disruption_id, InstanceId(instance_id), access_type, by_hand=False)

    # -- the run that is looked at ---------------------------------------------

    def _on_seek(self, at: object) -> None:
        if isinstance(at, datetime):
            self._film.seek_wall(at)

    def _on_clock_adjusted(self, path: object, offset_s: float) -> None:
        run = self._window.renderer.run_of_film(path)
        if run is not None and run.film_offset_s != offset_s:
            self._commands.adjust_film_clock(run.run_id, offset_s)

    def _on_console_word(self, word: object) -> None:
        run = self._window.renderer.run
        if run is not None and isinstance(word, ConsoleWord):
            self._commands.enter_console_word(run.run_id, word)

    def _on_visual(self, seen: bool) -> None:
        run = self._window.renderer.run
        if run is not None and run.verdict is not None:
            self._commands.confirm_visual(run.run_id, seen=seen)

    def _on_report(self) -> None:
        run = self._window.renderer.run
        if run is not None:
            self._commands.open_report(run.run_id)

    def _on_folder(self) -> None:
        run = self._window.renderer.run
        if run is not None:
            self._commands.open_run(run.run_id)

    def on_report_of(self, run_id: str) -> None:
        """Open the report of a run of the history."""
        self._commands.open_report(RunId(run_id))

    def on_folder_of(self, run_id: str) -> None:
        """Open the folder of a run of the history."""
        self._commands.open_run(RunId(run_id))

    def on_compare(self, left: str, right: str) -> None:
        """Show the films of two runs of the history side by side."""
        sides = [self._window.renderer.compared(RunId(run_id)) for run_id in (left, right)]
        if sides[0] is not None and sides[1] is not None:
            self._film.compare(sides[0], sides[1])

    # -- dialogs ---------------------------------------------------------------

    def _on_palette(self) -> None:
        from rdpgui.ui.dialogs.palette import PaletteDialog

        PaletteDialog(self._window.actions_by_name, self._window).open()

    def _on_settings(self) -> None:
        from rdpgui.ui.dialogs.settings import SettingsDialog

        dialog = SettingsDialog(self._window.settings, self._window)
        dialog.theme_chosen.connect(self._commands.set_theme)
        dialog.language_chosen.connect(self._commands.set_language)
        dialog.setting_changed.connect(self._commands.set_setting)
        dialog.open()

    def _on_shortcuts(self) -> None:
        from rdpgui.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window).open()

    def _on_about(self) -> None:
        from rdpgui.ui.dialogs.about import AboutDialog

        AboutDialog(self._window.renderer.state, self._window.notifications.kept, self._window).open()

    def _on_open_film(self) -> None:
        dialog = QFileDialog(self._window, _("Open a film file"), "", _("Films (*.mp4);;All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._commands.open_film)
        dialog.open()

    def _on_next_theme(self) -> None:
        order = list(Theme)
        chosen = order[(order.index(self._window.settings.theme) + 1) % len(order)]
        self._commands.set_theme(chosen)

    def _on_faults(self) -> None:
        from rdpgui.ui.dialogs.faults import FaultsDialog

        dialog = FaultsDialog(self._window)
        dialog.added.connect(self._commands.add_lab_fault)
        dialog.cleared.connect(self._commands.clear_lab_faults)
        dialog.finished.connect(self._on_faults_closed)
        self._faults = dialog
        self._commands.list_lab_faults()
        dialog.open()

    def _on_faults_closed(self) -> None:
        self._faults = None

    def show_lab_faults(self, faults: Sequence[LabFault], kinds: Sequence[str]) -> None:
        """Fill the dialog, if it is open; else say how many rules are in force."""
        if self._faults is not None:
            self._faults.show_faults(faults, kinds)
        else:
            text = _("Faults in force in the lab: {n}").format(n=len(faults))
            self._window.notifications.say(Tone.INFO, text)
