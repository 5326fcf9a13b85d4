"""The program behind the window: builds everything, carries out its orders, and ends in order."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path

from rdpgui.app.alias_memory import read_aliases, write_aliases
from rdpgui.app.collector import Collector
from rdpgui.app.comparison import RecorderComparison
from rdpgui.app.console_pictures import ConsolePictures
from rdpgui.app.crash import CrashReporter
from rdpgui.app.ending import on_end_signal
from rdpgui.app.fault_commands import FaultCommands
from rdpgui.app.film_commands import FilmCommands
from rdpgui.app.film_panel import build_film_panel
from rdpgui.app.guided_commands import GuidedCommands
from rdpgui.app.hand_commands import HandCommands
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.matrix_commands import MatrixCommands, MatrixRows
from rdpgui.app.note_commands import NoteCommands
from rdpgui.app.paper_commands import PaperCommands
from rdpgui.app.paths import Paths, scenario_names
from rdpgui.app.place_commands import TASKS_END_LIMIT_S, PlaceCommands
from rdpgui.app.place_notebook import PlaceNotebook
from rdpgui.app.preflight_commands import PreflightCommands
from rdpgui.app.reading_commands import ReadingCommands
from rdpgui.app.record_commands import RecordCommands
from rdpgui.app.run_commands import RunCommands
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.settings_commands import SettingsCommands
from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import InstancesObserved, PollFailed
from rdpgui.core.attention import Attention
from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import Event
from rdpgui.core.ids import RunId, is_run_id
from rdpgui.core.log_lines import UNWORDED
from rdpgui.core.run_events import NoteAdded, RunEnded
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import _
from rdpgui.runner.store import Store
from rdpgui.ui import labels
from rdpgui.ui.app_icon import wear
from rdpgui.ui.attention import AttentionWatch
from rdpgui.ui.commands import Commands
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.player.still_desk import StillDesk
from rdpgui.ui.shell import Shell
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.theme import Theming
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

_log = logging.getLogger(__name__)


class Program:
    """One window on one place at a time.

    Attributes:
        store: the snapshot that the window renders. work: what is open. commands: the window's orders.
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
        self.store = Store()
        scope = TaskScope(self._on_error, self._on_bug)
        self.work = Workplace(scope, self.store, self.notifications, settings, lab)
        self.folders = FileRunFolders(Path(settings.run_folder) if settings.run_folder else paths.runs)
        self._aliases_file = paths.aliases_file
        self.theming = theming
        self._shell = shell
        self._crash = crash
        self._exit: asyncio.Event | None = None  # of the loop, which comes after the panels
        self._leaving = False
        self._film = build_film_panel(self.work.window_scope, prefer=settings.player)
        self.film = self._film.panel
        self._frames = StillDesk(self._film.stills, self.work.window_scope)
        self._pictures = ConsolePictures(self.work, self.folders)
        self._notebook = PlaceNotebook(self.work, self.folders)
        self._films = FilmCommands(self.work, self.film, paths.objects)
        self.workbench = self._make_workbench(paths, settings)
        self.commands = self.workbench.commands
        self.window = self.workbench.window
        self.window.scenarios = tuple(scenario_names())
        self._checked: tuple[object, ...] = ()
        self._collector = Collector(self.window)
        self._attention = AttentionWatch(self.window)
        self._unshow = self.store.show(self._on_event)
        self._listen()

    def _make_workbench(self, paths: Paths, settings: Settings) -> Workbench:
        return Workbench(
            partial(self._make_commands, paths),
            film=self.film,
            notifications=self.notifications,
            run_folder=self._run_folder,
            settings=settings,
            pictures=self._pictures,
            frames=self._frames,
            aliases=read_aliases(paths.aliases_file),
        )

    def _listen(self) -> None:
        """Hear what comes from the window, from the person, and from the crash reporter."""
        self.window.close_requested.connect(self._on_close_requested)
        if self._shell is not None:
            self._shell.close_requested.connect(self._on_close_requested)
        self.window.leave_confirmed.connect(self.leave)
        self.window.ui_state.changed.connect(self._on_selection)
        self._crash.on_bundle = self._on_crash_bundle
        self.workbench.naming.grown.connect(self._keep_aliases)
        self._attention.changed.connect(self._on_attention)

    def _make_commands(self, paths: Paths, workbench: Workbench) -> Commands:
        """Return the window's orders, each with what it needs."""
        work = self.work
        self._preflight = PreflightCommands(work, workbench)
        self._places = PlaceCommands(
            work,
            workbench,
            self.film,
            self.folders,
            paths,
            on_opened=self._on_opened,
            on_history=self._on_history,
        )
        rows = MatrixRows(work, workbench)
        return Commands(
            runs=RunCommands(work),
            matrix=MatrixCommands(work, rows, RecorderComparison(work, self._places, rows)),
            by_hand=HandCommands(work),
            preflight=self._preflight,
            records=RecordCommands(work, workbench.let_go_of),
            reading=ReadingCommands(work, workbench),
            papers=PaperCommands(work, workbench.naming, paths.shown),
            notes=NoteCommands(work, self.folders),
            guided=GuidedCommands(work, workbench),
            films=self._films,
            place=self._places,
            sign_in=self._places.signing_in,
            settings=SettingsCommands(work, workbench, self.theming, paths.settings_file),
            faults=FaultCommands(work, workbench),
        )

    # -- life ------------------------------------------------------------------

    def show(self) -> None:
        """Show the window as it looks while nothing is known yet; the rest is built on the loop.

        The frame is not painted meanwhile: each of flags, central widget and style sheet polishes every widget anew.
        """
        self.workbench.rendering.render()
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
        wear()
        self._collector.start()
        self._attention.start()
        if open_environment:
            self.work.scope.start("open", self._places.open_place())
        self._exit = asyncio.Event()
        if not self._leaving:
            await self._exit.wait()
        await self._end()
        self._collector.stop()

    def _on_attention(self, attention: Attention) -> None:
        """Read at the pace of who looks, and say so."""
        self.window.banner.show_pace(slow=attention is Attention.IDLE)
        if self.work.session is not None:
            self.work.session.watchers.attend(attention)

    def leave(self) -> None:
        """Let ``live`` end everything and return."""
        self._leaving = True
        if self._exit is not None:
            self._exit.set()

    def _on_opened(self) -> None:
        self._checked = ()
        if self.work.session is not None:
            self.work.session.watchers.attend(self._attention.attention)
            self._pictures.watch(self.work.session)
            self._notebook.watch(self.work.session)
        self._collector.settle()
        self.workbench.build_ahead()

    def _on_history(self, remade: str) -> None:
        if remade:
            self.notifications.say(
                Tone.INFO, _("The index of the history could not be used and was made anew from the journals."), remade
            )
        self.commands.reading.look_for_films()
        if self.work.settings.first_steps and not self.store.state.history:
            self.workbench.lead(asked=False)
        self.notifications.unreadable_runs([line for line in self.store.state.history.values() if line.damage])

    async def _end(self) -> None:
        """End everything, in the reverse order of its making. No child process is left."""
        (self._shell or self.window).hide()
        self._film.panel.clock_box.settle()
        await self.work.window_scope.aclose(TASKS_END_LIMIT_S)
        await self._frames.aclose()
        await self._film.aclose()
        await self._places.close_place()
        await self._films.close_inspector()
        await self._pictures.aclose()
        if self.work.records is not None:
            await self.work.records.aclose()
        self._unshow()

    # -- from the window and the store -------------------------------------------

    def _on_event(self, state: AppState, event: Event) -> None:
        self._report_unworded(state, event)
        self._notebook.hear(state, event)
        self.workbench.rendering.render_state(state)
        if isinstance(event, NoteAdded) and event.level == "error":
            self.notifications.say(Tone.BAD, labels.sentence(event.text, event.fields))
        if isinstance(event, PollFailed) and event.need is not None:
            self._places.signing_in.renew()
        if isinstance(event, RunEnded):
            self._checked = ()  # what held before the disruption has to hold again
            if self.work.session is None or self.work.session.matrix is None:  # of several runs the last word is told
                self.workbench.end_notice.run_ended(state.runs[event.run_id])
        if isinstance(event, InstancesObserved | RunEnded):
            self._on_selection()

    def _report_unworded(self, state: AppState, event: Event) -> None:
        """Report an event that has no words by a bug of this program; the log says so, too."""
        last = state.log[-1] if state.log else None
        if last is not None and last.text == UNWORDED and last.at == event.at:
            self._crash.report(ValueError(last.shown()))

    def _on_selection(self) -> None:
        """Check what is looked at as soon as it is another one, or is in another state."""
        state = self.window.ui_state
        instances, nodes = self.store.state.instances, self.store.state.nodes
        instance = instances.get(state.instance_id) if state.instance_id else None
        chosen = (state.instance_id, state.access_type, instance and instance.state, state.instance_id in nodes)
        if self.work.session is not None and state.instance_id is not None and chosen != self._checked:
            self._checked = chosen
            self._preflight.check_selected()

    def _on_close_requested(self) -> None:
        if self.store.state.active_runs:
            self.workbench.ask_before_close()
        else:
            self.leave()

    def _keep_aliases(self) -> None:
        """Keep the table of invented names; the index's thread has time for it."""
        if self.work.records is not None:
            numbers = dict(self.workbench.naming.aliases.numbers)
            kept = self.work.records.history.off_loop(write_aliases, self._aliases_file, numbers)
            self.work.window_scope.start("aliases", kept, kept=True)

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
