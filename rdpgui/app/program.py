"""The program behind the window: builds everything, carries out its orders, and ends in order."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.app.clock import SystemClock
from rdpgui.app.collector import Collector
from rdpgui.app.crash import CrashReporter
from rdpgui.app.ending import on_end_signal
from rdpgui.app.fault_commands import FaultCommands
from rdpgui.app.film_commands import FilmCommands
from rdpgui.app.film_panel import build_film_panel
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.later import BEFORE_FIRST_FILM, import_later, make_clients
from rdpgui.app.memory import give_back_big_blocks
from rdpgui.app.paths import Paths
from rdpgui.app.record_commands import RecordCommands
from rdpgui.app.run_commands import RunCommands
from rdpgui.app.run_folders import FileRunFolders, drop_unfinished
from rdpgui.app.settings_commands import SettingsCommands
from rdpgui.core.account_events import InstancesObserved, PlaceOpened
from rdpgui.core.attention import Attention
from rdpgui.core.errors import LabError, RdpguiError
from rdpgui.core.events import Event
from rdpgui.core.ids import Region, RunId, is_run_id
from rdpgui.core.place import Place
from rdpgui.core.run_events import NoteAdded, RunEnded
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import _
from rdpgui.runner.store import Store
from rdpgui.ui import labels
from rdpgui.ui.attention import AttentionWatch
from rdpgui.ui.main_window import MainWindow
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.shell import Shell
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.theme import Theming, Tone

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession

_log = logging.getLogger(__name__)

TASKS_END_LIMIT_S = 0.8

OBJECT_KEPT_S = 7 * 24 * 3600.0
"""An object's unfinished download goes on when the object is opened again within this time; then it is removed."""


class Program(RunCommands, RecordCommands, FilmCommands, SettingsCommands, FaultCommands):
    """One window on one environment; its bases carry out the window's orders.

    Attributes:
        store: the snapshot that the window renders.
        theming: started already. shell: the frame that is on screen already, None to stand alone.
    """

    def __init__(
        self,
        theming: Theming,
        paths: Paths,
        settings: Settings,
        lab: LabProcess | None,
        crash: CrashReporter,
        shell: Shell | None = None,
    ) -> None:
        self.notifications = Notifications()
        super().__init__(TaskScope(self._on_error, self._on_bug))
        self.paths = paths
        self.settings = settings
        self.lab = lab
        self.store = Store()
        self.folders = FileRunFolders(Path(settings.run_folder) if settings.run_folder else paths.runs)
        self.theming = theming
        self._shell = shell
        self._crash = crash
        self._exit = asyncio.Event()
        self._clock = SystemClock()
        self._film = build_film_panel(self.scope, prefer=settings.player)
        self.film = self._film.panel
        self.window = MainWindow(
            self,
            film=self.film,
            notifications=self.notifications,
            run_folder=self._run_folder,
            settings=settings,
        )
        self.window.close_requested.connect(self._on_close_requested)
        if shell is not None:
            shell.close_requested.connect(self._on_close_requested)
        self.window.leave_confirmed.connect(self.leave)
        self.window.ui_state.changed.connect(self._on_selection)
        self.store.subscribe(self._on_event)
        crash.on_bundle = self._on_crash_bundle
        self._checked: tuple[object, ...] = ()
        self._collector = Collector(self.window)
        self._attention = AttentionWatch(self.window)
        self._attention.changed.connect(self._on_attention)

    # -- life ------------------------------------------------------------------

    def show(self) -> None:
        """Show the window as it looks while nothing is known yet; the rest is built on the loop.

        The frame is not painted meanwhile: each of flags, central widget and style sheet polishes every widget anew.
        """
        self.window.renderer.render()
        if self._shell is None:
            self.theming.dress()
            self.window.show()
            return
        self._shell.setUpdatesEnabled(False)
        self._shell.adopt(self.window)
        self.theming.dress()
        self._shell.setUpdatesEnabled(True)

    async def live(self, *, open_environment: bool = True) -> None:
        """Open the environment, work until the window is closed, and end everything."""
        on_end_signal(lambda _number: self.leave())
        self._collector.start()
        self._attention.start()
        if open_environment:
            self.scope.start("open", self._open())
        await self._exit.wait()
        await self._end()
        self._collector.stop()

    def _on_attention(self, attention: Attention) -> None:
        """Read at the pace of who looks, and say so."""
        self.window.banner.show_pace(slow=attention is Attention.IDLE)
        if self.session is not None:
            self.session.watchers.attend(attention)

    def leave(self) -> None:
        """Let ``live`` end everything and return."""
        self._exit.set()

    async def _open(self) -> None:
        await import_later("rdpgui.app.history")
        from rdpgui.app.history import RunHistory

        history = self.history = RunHistory(self.store, self.folders, self.window.render_state)
        self.scope.start("history", history.load(), on_done=self._on_history)
        await import_later()
        give_back_big_blocks()
        from rdpgui.app.environment import open_aws, open_lab
        from rdpgui.app.session import WorkSession
        from rdpgui.runner.concurrency import Together

        self._look_at(Place(scenario=self.lab.scenario) if self.lab else Place(region=Region(self.settings.region)))
        if self.lab is not None:
            address = await self.lab.ready()
            environment = await open_lab(self.lab, address, self.folders)
            async with Together() as starting:
                starting.start(self.lab.seeded())
                starting.start(make_clients(environment.aws.caller))
        else:
            environment = await open_aws(self.settings.profile, self.settings.region, self.folders)
        self._look_at(environment.place)
        session = WorkSession(environment, self.store, self.settings, history)
        self.session = session
        session.watchers.attend(self._attention.attention)
        self._collector.settle()
        self.scope.start("watch", session.watchers.start())
        await environment.films.start()
        self.scope.start("take up", self._take_up(session))
        self.scope.start("tidy", self._tidy())
        if self.lab is not None:
            self.scope.start("lab", self._watch_lab(self.lab))

    def _on_history(self, remade: str) -> None:
        if remade:
            self.notifications.say(
                Tone.INFO, _("The index of the history could not be used and was made anew from the journals."), remade
            )
        self.notifications.unreadable_runs([line for line in self.store.state.history.values() if line.damage])

    async def _take_up(self, session: WorkSession) -> None:
        from rdpgui.app.left_runs import take_up_results

        await session.take_up()
        await take_up_results(self.paths.data, session.environment, self.settings)

    def _look_at(self, place: Place) -> None:
        """Show nothing but this place from here on."""
        if self.store.state.place != place:
            self.store.publish(PlaceOpened(self._clock.now(), place))

    async def _tidy(self) -> None:
        """Do what the first tables do not wait for."""
        await import_later(*BEFORE_FIRST_FILM)
        drop_unfinished(self.paths.objects, older_than_s=OBJECT_KEPT_S)

    async def _watch_lab(self, lab: LabProcess) -> None:
        status = await lab.ended()
        raise LabError(
            "The lab ended (exit status {status}).", "Start rdpgui again; nothing recorded is lost.", status=status
        )

    async def _end(self) -> None:
        """End everything, in the reverse order of its making. No child process is left."""
        (self._shell or self.window).hide()
        self._film.panel.settle()
        await self.scope.aclose(TASKS_END_LIMIT_S)
        await self._film.aclose()
        if self.session is not None:
            await self.session.aclose()
        if self.history is not None:
            await self.history.aclose()
        if self.lab is not None:
            await self.lab.aclose()

    # -- from the window and the store -------------------------------------------

    def _on_event(self, state: AppState, event: Event) -> None:
        self.window.render_state(state)
        if isinstance(event, NoteAdded) and event.level == "error":
            self.notifications.say(Tone.BAD, labels.sentence(event.text, event.fields))
        if isinstance(event, RunEnded):
            self._checked = ()  # what held before the disruption has to hold again
        if isinstance(event, InstancesObserved | RunEnded):
            self._on_selection()

    def _on_selection(self) -> None:
        """Check what is looked at as soon as it is another one, or is in another state."""
        state = self.window.ui_state
        instances, nodes = self.store.state.instances, self.store.state.nodes
        instance = instances.get(state.instance_id) if state.instance_id else None
        chosen = (state.instance_id, state.access_type, instance and instance.state, state.instance_id in nodes)
        if self.session is not None and state.instance_id is not None and chosen != self._checked:
            self._checked = chosen
            self.check_selected()

    def _on_close_requested(self) -> None:
        if self.store.state.active_runs:
            self.window.ask_before_close()
        else:
            self.leave()

    def _run_folder(self, run_id: RunId) -> Path | None:
        return self.folders.folder_of(run_id) if is_run_id(run_id) else None

    # -- when something goes wrong ----------------------------------------------

    def _on_error(self, task: str, error: RdpguiError) -> None:
        self.notifications.error(error, task=task)

    def _on_bug(self, task: str, error: BaseException) -> None:
        self._crash.report(error)
        self.notifications.bug(task, error)

    def _on_crash_bundle(self, what: str, path: Path) -> None:
        self.notifications.say(
            Tone.BAD,
            _("An unexpected error occurred: {what}").format(what=what),
            _("Details: {path}").format(path=path),
        )
