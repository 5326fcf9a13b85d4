"""The life of the place that is open, and the order that opens another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rdpgui.app import settings_store
from rdpgui.app.clock import SystemClock
from rdpgui.app.lab_process import LabProcess, lab_of
from rdpgui.app.later import BEFORE_FIRST_FILM, import_later
from rdpgui.app.memory import give_back_big_blocks
from rdpgui.app.paths import Paths, scenario_title
from rdpgui.app.place_entrance import PlaceEntrance
from rdpgui.app.run_folders import FileRunFolders, drop_unfinished
from rdpgui.app.screen_rows import follow_screen
from rdpgui.app.signing_in import SigningIn
from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import PlaceOpened, Topic
from rdpgui.core.errors import AwsError, LabError, RdpguiError
from rdpgui.core.ids import Region, RunId
from rdpgui.core.place import Place, endpoint_of
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import N_, _, fill, ngettext
from rdpgui.ui.commands import PlaceChoice
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.records import RunRecords
    from rdpgui.app.session import WorkSession
    from rdpgui.core.sign_in import SignInStep

TASKS_END_LIMIT_S = 0.8
FIRST_TABLE_LIMIT_S = 5.0
"""How long what can wait does so for the first table; an account that answers more slowly has it beside."""

OBJECT_KEPT_S = 7 * 24 * 3600.0
"""An object's unfinished download goes on when the object is opened again within this time; then it is removed."""


class PlaceCommands:
    """The part of ``ui.commands.Commands`` that opens a place.

    Args:
        work: what is open; its scope, session and lab are of the place that is. workbench, film: show it.
        folders: of the runs. paths: where settings and downloads are kept.
        on_opened: called once a session is there. on_history: called once every run has its line, with a remade index.

    Attributes:
        signing_in: carries out what is asked about who calls.
    """

    def __init__(
        self,
        work: Workplace,
        workbench: Workbench,
        film: FilmView,
        folders: FileRunFolders,
        paths: Paths,
        *,
        on_opened: Callable[[], None],
        on_history: Callable[[str], None],
    ) -> None:
        self._work = work
        self._workbench = workbench
        self._film = film
        self._folders = folders
        self._paths = paths
        self._on_opened = on_opened
        self._on_history = on_history
        self._clock = SystemClock()
        self._switching = False
        self.signing_in = SigningIn(work, self._clock, self._reopen, self._show_sign_in_step)
        self._entrance = PlaceEntrance(work, workbench.window, folders, paths, self.signing_in, self._look_at)

    # -- another place ---------------------------------------------------------

    def switch_place(self, choice: PlaceChoice) -> None:
        """Close what is open and open another place; refused while something is under way, with the reason."""
        why = self._why_not_now()
        if why:
            self._work.notifications.say(Tone.WARN, _(why), _("Wait for its end, or abort it."))
            return
        self._switching = True
        self._work.window_scope.start("switch place", self._switch(choice), kept=True)

    def _why_not_now(self) -> str:
        """Return why the place cannot be left, an English message id; empty when it can."""
        if self._switching:
            return N_("Another place is being opened.")
        busy = self._work.session is not None and self._work.session.busy
        if busy or self._work.store.state.active_runs or any(map(self._works_on_an_instance, self._work.scope.names)):
            return N_("The place cannot be changed while a run is under way.")
        return ""

    def _works_on_an_instance(self, task: str) -> bool:
        """Whether a task is a run about to begin, or an order by hand; the report of a run may be made again."""
        kind, _space, subject = task.partition(" ")
        runs = self._work.store.state.runs
        return kind in ("start", "end", "clean") or (kind == "run" and RunId(subject) not in runs)

    async def _switch(self, choice: PlaceChoice) -> None:
        try:
            settings = choice.put_into(self._work.settings)
            self._leave_place(_first_place(settings, None))
            await self.close_place()
            self._work.settings = settings
            self._workbench.show_settings(settings)
            self._work.lab = lab_of(settings)
            self._work.scope = self._work.scope.another()
            self._work.scope.start("open", self.open_place())
        finally:
            self._switching = False
        settings_store.save(self._paths.settings_file, settings)

    def _leave_place(self, place: Place) -> None:
        """Show nothing of the place before from here on, although it is still being closed."""
        if self._work.session is not None:
            self._work.session.watchers.stop()
        self.signing_in.leave()
        self._workbench.forget_place()
        self._film.clear()
        self._work.store.publish(PlaceOpened(self._clock.now(), place))

    async def close_place(self) -> None:
        """End everything of the place, in the reverse order of its making. No child process is left."""
        await self._work.scope.aclose(TASKS_END_LIMIT_S)
        session, self._work.session = self._work.session, None
        if session is not None:
            await session.aclose()
        lab, self._work.lab = self._work.lab, None
        if lab is not None:
            await lab.aclose()

    # -- opening ---------------------------------------------------------------

    async def open_place(self) -> None:
        """Open what the settings name, show its tables; the history is shown whatever becomes of it."""
        records = await self._records_of_all()
        await import_later()
        give_back_big_blocks()
        from rdpgui.app.session import WorkSession

        self._look_at(_first_place(self._work.settings, self._work.lab))
        try:
            environment = await self._entrance.enter()
        except RdpguiError as error:
            self.signing_in.fail(error)
            if self._work.lab is None:  # the bar says it, with a Retry
                return
            raise
        self._look_at(environment.place)
        session = WorkSession(environment, self._work.store, self._work.settings, records)
        self._work.session = session
        self._on_opened()
        self._work.scope.start("screen", follow_screen(session, self._workbench.window))
        self._work.scope.start("watch", session.watchers.start())
        await self._work.store.until(_is_first_table_there, FIRST_TABLE_LIMIT_S)
        await environment.films.start()
        self._work.scope.start("take up", self._take_up(session))
        self._work.scope.start("tidy", self._tidy())
        if self._work.lab is not None:
            self._work.scope.start("lab", self._watch_lab(self._work.lab))

    async def _take_up(self, session: WorkSession) -> None:
        from rdpgui.app.left_runs import take_up_results

        await session.take_up()
        data, settings = self._paths.data, self._work.settings
        await take_up_results(data, session.environment, settings, self._place_here, self._say_left)

    def _say_left(self, count: int) -> None:
        """Say that runs of ``rdpgui run`` are open: here neither the emergency stop nor the tables would know them."""
        text = ngettext(
            "{n} run of `rdpgui run` in this account was left open.",
            "{n} runs of `rdpgui run` in this account were left open.",
            count,
        )
        self._work.notifications.say(Tone.WARN, text.format(n=count), _("The next `rdpgui run` here takes them up."))

    def _place_here(self) -> Place | None:
        return self._work.store.state.place

    def list_profiles(self) -> None:
        """Read the profiles of the AWS files, beside what is remembered of each."""
        self._work.window_scope.start("profiles", self._list_profiles())
        self._work.scope.start("regions", self._list_regions())

    async def _list_regions(self) -> None:
        """Read which Regions the account that is open may use; where nobody may know, none is marked."""
        session, place = self._work.session, self._place_here()
        if session is None or place is None or place.lab:
            return
        try:
            regions = await session.environment.aws.regions.opt_in()
        except AwsError:
            return
        self._workbench.replies.show_opt_in(self._work.settings.profile, regions)

    async def _list_profiles(self) -> None:
        from rdpgui.app.profile_list import known_profiles

        try:
            self._workbench.replies.show_profiles(await known_profiles(self._paths.places_file))
        except RdpguiError as error:  # said where they would stand
            self._workbench.replies.show_profiles((), fill(error.template, error.fields))

    def _show_sign_in_step(self, step: SignInStep | None) -> None:
        self._workbench.replies.show_sign_in_step(step)

    def _reopen(self) -> None:
        """Open the place anew that could not be opened."""
        if "open" not in self._work.scope.names:
            self._work.scope.start("open", self.open_place())

    async def _records_of_all(self) -> RunRecords:
        """Return the records of all runs, which outlive a place; their history is read once, beside everything else."""
        if self._work.records is None:
            await import_later("rdpgui.app.records")
            from rdpgui.app.history import RunHistory
            from rdpgui.app.records import RunRecords

            history = RunHistory(self._work.store, self._folders, self._workbench.rendering.render_state)
            self._work.records = RunRecords(self._work.store, history, self._clock)
            self._work.window_scope.start("history", history.load(), on_done=self._on_history)
        return self._work.records

    def _look_at(self, place: Place) -> None:
        """Show nothing but this place from here on."""
        if self._work.store.state.place != place:
            self._work.store.publish(PlaceOpened(self._clock.now(), place))

    async def _tidy(self) -> None:
        """Do what the first tables do not wait for."""
        await import_later(*BEFORE_FIRST_FILM)
        drop_unfinished(self._paths.objects, older_than_s=OBJECT_KEPT_S)

    async def _watch_lab(self, lab: LabProcess) -> None:
        status = await lab.ended()
        raise LabError(
            "The lab ended (exit status {status}).",
            "Open the lab again from the banner; nothing recorded is lost.",
            status=status,
        )


def _is_first_table_there(state: AppState) -> bool:
    return Topic.INSTANCES in state.observed_at or Topic.INSTANCES in state.stale


def _first_place(settings: Settings, lab: LabProcess | None) -> Place:
    """Return the place as far as it is known before anything is opened."""
    if lab is not None:
        return Place(scenario=lab.scenario)
    return (
        Place(scenario=scenario_title(settings.scenario))
        if settings.endpoint == "lab"
        else Place(region=Region(settings.region), endpoint=endpoint_of(settings.endpoint_url))
    )
