"""The life of the place that is open, and the order that opens another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.app import settings_store
from rdpgui.app.clock import SystemClock
from rdpgui.app.command_base import CommandBase
from rdpgui.app.lab_process import LabProcess, lab_of
from rdpgui.app.later import BEFORE_FIRST_FILM, import_later, make_clients
from rdpgui.app.memory import give_back_big_blocks
from rdpgui.app.paths import Paths, scenario_title
from rdpgui.app.run_folders import FileRunFolders, drop_unfinished
from rdpgui.core.account_events import PlaceOpened, PollFailed, Topic
from rdpgui.core.errors import LabError, RdpguiError
from rdpgui.core.ids import Region, RunId
from rdpgui.core.place import Place
from rdpgui.core.settings import Settings
from rdpgui.i18n import N_, _
from rdpgui.runner.store import Store
from rdpgui.ui.commands import PlaceChoice
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.app.environment import Environment
    from rdpgui.app.records import RunRecords
    from rdpgui.app.session import WorkSession

TASKS_END_LIMIT_S = 0.8

OBJECT_KEPT_S = 7 * 24 * 3600.0
"""An object's unfinished download goes on when the object is opened again within this time; then it is removed."""


class PlaceCommands(CommandBase):
    """The part of ``ui.commands.Commands`` that opens a place. ``scope`` and ``session`` are of the place that is open.

    Attributes:
        lab: None on AWS. film: the film panel.
        store, folders, paths, settings: of the program.
    """

    lab: LabProcess | None
    store: Store
    folders: FileRunFolders
    paths: Paths
    settings: Settings
    film: FilmView

    def __init__(self, scope: TaskScope) -> None:
        super().__init__(scope)
        self._clock = SystemClock()
        self._switching = False

    # -- another place ---------------------------------------------------------

    def switch_place(self, choice: PlaceChoice) -> None:
        """Close what is open and open another place; refused while something is under way, with the reason."""
        why = self._why_not_now()
        if why:
            self.window.notifications.say(Tone.WARN, _(why), _("Wait for its end, or abort it."))
            return
        self._switching = True
        self.window_scope.start("switch place", self._switch(choice), kept=True)

    def _why_not_now(self) -> str:
        """Return why the place cannot be left, an English message id; empty when it can."""
        if self._switching:
            return N_("Another place is being opened.")
        busy = self.session is not None and self.session.busy
        if busy or self.store.state.active_runs or any(map(self._works_on_an_instance, self.scope.names)):
            return N_("The place cannot be changed while a run is under way.")
        return ""

    def _works_on_an_instance(self, task: str) -> bool:
        """Whether a task is a run about to begin, or an order by hand; the report of a run may be made again."""
        kind, _space, subject = task.partition(" ")
        return kind in ("start", "end", "clean") or (kind == "run" and RunId(subject) not in self.store.state.runs)

    async def _switch(self, choice: PlaceChoice) -> None:
        try:
            settings = choice.put_into(self.settings)
            self._leave_place(_first_place(settings, None))
            await self.close_place()
            self.settings = settings
            self.workbench.show_settings(settings)
            self.lab = lab_of(settings)
            self.scope = self.scope.another()
            self.scope.start("open", self.open_place())
        finally:
            self._switching = False
        settings_store.save(self.paths.settings_file, settings)

    def _leave_place(self, place: Place) -> None:
        """Show nothing of the place before from here on, although it is still being closed."""
        if self.session is not None:
            self.session.watchers.stop()
        self.workbench.forget_place()
        self.film.clear()
        self.store.publish(PlaceOpened(self._clock.now(), place))

    async def close_place(self) -> None:
        """End everything of the place, in the reverse order of its making. No child process is left."""
        await self.scope.aclose(TASKS_END_LIMIT_S)
        session, self.session = self.session, None
        if session is not None:
            await session.aclose()
        lab, self.lab = self.lab, None
        if lab is not None:
            await lab.aclose()

    # -- opening ---------------------------------------------------------------

    async def open_place(self) -> None:
        """Open what the settings name, show its tables; the history is shown whatever becomes of it."""
        records = await self._records_of_all()
        await import_later()
        give_back_big_blocks()
        from rdpgui.app.session import WorkSession

        self._look_at(_first_place(self.settings, self.lab))
        try:
            environment = await self._environment()
        except RdpguiError as error:
            what, remedy = error.template.format(**error.fields), error.remedy.format(**error.fields)
            self.store.publish(PollFailed(self._clock.now(), Topic.IDENTITY, what, remedy))
            raise
        self._look_at(environment.place)
        session = WorkSession(environment, self.store, self.settings, records)
        self.session = session
        self._on_opened()
        self.scope.start("watch", session.watchers.start())
        await environment.films.start()
        self.scope.start("take up", self._take_up(session))
        self.scope.start("tidy", self._tidy())
        if self.lab is not None:
            self.scope.start("lab", self._watch_lab(self.lab))

    async def _take_up(self, session: WorkSession) -> None:
        from rdpgui.app.left_runs import take_up_results

        await session.take_up()
        await take_up_results(self.paths.data, session.environment, self.settings)

    def _on_opened(self) -> None:
        """Do what the program does once a session is there."""

    async def _environment(self) -> Environment:
        from rdpgui.app.environment import open_aws, open_lab
        from rdpgui.runner.concurrency import Together

        if self.lab is None:
            return await open_aws(self.settings.profile, self.settings.region, self.folders)
        environment = await open_lab(self.lab, await self.lab.ready(), self.folders)
        try:
            async with Together() as starting:
                starting.start(self.lab.seeded())
                starting.start(make_clients(environment.aws.caller))
        except BaseException:
            await environment.aclose()
            raise
        return environment

    async def _records_of_all(self) -> RunRecords:
        """Return the records of all runs, which outlive a place; their history is read once, beside everything else."""
        if self.records is None:
            await import_later("rdpgui.app.records")
            from rdpgui.app.history import RunHistory
            from rdpgui.app.records import RunRecords

            history = RunHistory(self.store, self.folders, self.workbench.render_state)
            self.records = RunRecords(self.store, history, self._clock)
            self.window_scope.start("history", history.load(), on_done=self._on_history)
        return self.records

    def _on_history(self, remade: str) -> None:
        """Do what the program does once every run has its line."""

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
            "The lab ended (exit status {status}).",
            "Open the lab again from the banner; nothing recorded is lost.",
            status=status,
        )


def _first_place(settings: Settings, lab: LabProcess | None) -> Place:
    """Return the place as far as it is known before anything is opened."""
    if lab is not None:
        return Place(scenario=lab.scenario)
    return (
        Place(scenario=scenario_title(settings.scenario))
        if settings.endpoint == "lab"
        else Place(region=Region(settings.region))
    )
