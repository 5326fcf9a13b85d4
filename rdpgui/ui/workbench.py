"""Builds the window with all that renders into it and all that is asked for in it; the app speaks to this one.

main_window <- looked_at <- render, render_run <- pages <- workbench; the orders stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rdpgui.core.access import ProfileLine
from rdpgui.core.account_events import Topic
from rdpgui.core.ids import RunId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.repair import Repair
from rdpgui.core.run_events import Source
from rdpgui.core.settings import Settings
from rdpgui.core.sign_in import SignInStep
from rdpgui.core.standing import run_sight, topic_sight
from rdpgui.core.state import AppState, only_looked_at
from rdpgui.ui.changes import Changes
from rdpgui.ui.commands import Commands, LabFault
from rdpgui.ui.end_notice import EndNotice
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.looked_at import LookedAt
from rdpgui.ui.main_window import MainWindow, Page
from rdpgui.ui.naming import Naming
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.orders import Orders
from rdpgui.ui.pages import Pages
from rdpgui.ui.render import Renderer
from rdpgui.ui.render_pictures import PicturesRenderer
from rdpgui.ui.render_room import RoomRenderer
from rdpgui.ui.render_run import RunRenderer
from rdpgui.ui.render_stage import StageRenderer
from rdpgui.ui.run_files import RunFiles
from rdpgui.ui.stage.port import NoPictures, PicturePort
from rdpgui.ui.throttle import Throttle
from rdpgui.ui.turns import Turns
from rdpgui.ui.watched_sessions import WatchedSessions

if TYPE_CHECKING:
    from rdpgui.core.aliases import Number
    from rdpgui.ui.guide.lead import Guide
    from rdpgui.ui.show.director import Director
    from rdpgui.ui.show.port import FrameDesk

_RENDER_MS = 100
_AGING_MS = 1000
_AHEAD_MS = 1500
"""Between two pages that are built while nobody waits for them."""
RunFolder = Callable[[RunId], Path | None]


class Workbench(QObject):
    """The window, what it shows, and what it asks for.

    Args:
        make_commands: makes what it may ask for; the orders keep the workbench, to show what comes of them.
        film: the film panel, a QWidget too.
        run_folder: gives the folder of a run, for its stills and film.
        pictures: reads console pictures, for the live stage. frames: reads films, for the presenter view.
        aliases: the table of invented names as it was kept.

    Attributes:
        naming: invented names, where they are wanted. show: the presenter view; None until it is first asked for.
        window: what is on screen. commands: what it asks for. looked: the newest snapshot, and what of it is looked at.
        orders: from what a person does to commands. pages: those behind the first one.
        end_notice: tells the desktop that a long run is over.
        guide: leads through the first run; None while nobody is led.
    """

    def __init__(
        self,
        make_commands: Callable[[Workbench], Commands],
        *,
        film: FilmView,
        notifications: Notifications,
        run_folder: RunFolder,
        settings: Settings,
        pictures: PicturePort | None = None,
        frames: FrameDesk | None = None,
        aliases: Mapping[str, Number] | None = None,
    ) -> None:
        self.window = window = MainWindow(film=film, notifications=notifications, settings=settings)
        super().__init__(window)
        self.naming = Naming(aliases, self)
        self.naming.start(settings)
        window.show_aliases(on=settings.aliases)
        self.commands = commands = make_commands(self)
        self._changes = changes = Changes()
        self.looked = looked = LookedAt(window.ui_state, film, RunFiles(run_folder), commands.records.read_runs)
        watched = WatchedSessions(looked)
        self._account = Renderer(window, looked, changes, watched)
        self._run = RunRenderer(window, looked, film, changes, watched)
        self._room = RoomRenderer(window, looked)
        self._album = album = pictures or NoPictures()
        self._frames = frames
        self.show: Director | None = None  # the presenter view, when it is first asked for
        self._stage = StageRenderer(window, looked, film, album, commands.settings)
        self._pictures = PicturesRenderer(window, looked, film, album)
        self.orders = orders = Orders(window, looked, commands, film, changes)
        self.pages = Pages(window, looked, commands, orders.of_runs, orders.of_tester, orders.of_matrix, changes)
        self.guide: Guide | None = None
        self.end_notice = EndNotice(window)
        self._turns = Turns(self._parts, self)
        self._throttle = Throttle(self._render_next, _RENDER_MS, self)
        self._chosen = False
        self._aging = self._every(_AGING_MS, self._on_aging)
        self._aging.start()
        self._ahead = self._every(_AHEAD_MS, self._on_ahead)
        self._listen()

    def _every(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    def _listen(self) -> None:
        """Hear what a person chooses and asks for in the window."""
        window = self.window
        window.ui_state.changed.connect(self._on_choice)
        window.page_opening.connect(self.pages.build)
        window.page_shown.connect(self._on_page)
        window.actions_by_name.on("present", self.present)
        window.actions_by_name.on("first-steps", self._on_lead)
        window.experiment.verdict.lead_requested.connect(self._on_lead)

    # -- rendering -------------------------------------------------------------

    def render(self) -> None:
        """Show the newest snapshot, now and whole."""
        self._turns.finish()

    def _parts(self) -> Iterator[None]:
        """Render part after part; what did not change since the last time costs next to nothing."""
        self.naming.learn(self.looked.state)
        self.looked.prepare()
        self._room.render()
        yield
        self._account.render()
        yield
        yield from self._run.parts()
        self._stage.render()
        self._pictures.render()
        self.orders.by_hand.render()
        self.orders.of_sessions.render()
        self.orders.of_preflight.render()
        yield
        self.pages.render()
        if self.guide is not None:
            self.guide.render()

    def _on_choice(self) -> None:
        self._chosen = True
        self._throttle.request()

    def _render_next(self) -> None:
        """What a person chose is shown whole; what was read may take some turns, as the first run at the start does."""
        chosen, self._chosen = self._chosen, False
        if chosen:
            self._turns.finish()
        else:
            self._turns.request()

    def force(self) -> None:
        """Render everything again, whether it changed or not."""
        self._changes.forget()
        self.render()

    def render_state(self, state: AppState) -> None:
        """Show a snapshot: now, or with the newest one when the last was shown a moment ago.

        A poll that found the same again changes nothing but when it was seen, which is shown only of what had aged.
        """
        same, self.looked.state = only_looked_at(self.looked.state, state), state
        if self._has_aged() or not same:
            self._throttle.request()

    def _on_lead(self) -> None:
        self.lead(asked=True)

    def _on_page(self, page: int) -> None:
        if page == Page.HISTORY:
            self.commands.records.look_for_films()
        self._throttle.request()

    def present(self) -> None:
        """Show the run that is looked at on the whole screen."""
        if self.show is None:
            from rdpgui.ui.show.director import Director

            self.show = Director(self.window, self.looked, self.commands, self._album, self._frames)
        self.show.open()

    def build_ahead(self) -> None:
        """Build the pages behind the first one, one after the other: who opens one does not wait for that."""
        self._ahead.start()

    def _on_ahead(self) -> None:
        if not self.pages.build_ahead():
            self._ahead.stop()

    def _on_aging(self) -> None:
        """Words age without any event: that nothing was read is what no event tells."""
        if self.window.isVisible() and self._has_aged():
            self.render()

    def _has_aged(self) -> bool:
        """Whether something may no longer be said in the present, or may be again."""
        now, state = self.looked.moment(), self.looked.state
        live = tuple(topic_sight(state, topic, now).live for topic in Topic)
        seen = tuple(run_sight(state, run, source, now).live for run in state.active_runs for source in Source)
        armed = any(arming.holds_at(now.at) for arming in state.armings)
        return self._changes.changed("live", live, seen, armed)

    # -- what the app calls ----------------------------------------------------

    def lead(self, *, asked: bool) -> None:
        """Lead through a first run from its beginning; ``asked``: a person wants it, so on an account, too."""
        # Imported when somebody is led: nobody else waits for it.
        from rdpgui.ui.guide.lead import Guide

        if self.guide is not None:
            self.guide.leave()
        self.guide = Guide(self.window, self.looked, self.commands.settings, everywhere=asked)
        if asked:
            self.window.show_page(Page.EXPERIMENT)
            self._room.choose_next()
        self.guide.render()

    def retranslate(self) -> None:
        """Show everything in the language in use: called by the app after ``set_language``."""
        self.naming.retranslate()
        self.window.retranslate()
        self.force()

    def show_settings(self, settings: Settings) -> None:
        """Take over changed settings."""
        self.window.settings = settings
        self.naming.learn_settings(settings)
        if self.naming.use(on=settings.aliases):
            self.window.show_aliases(on=settings.aliases)
            self.naming.learn(self.looked.state)
            self.retranslate()
        self._throttle.request()

    def show_preflight(self, checks: Sequence[PreflightCheck] | None, *, running: bool = False) -> None:
        """Show the preflight checks of the selected instance."""
        self.window.experiment.preflight.show_checks(checks, running=running)
        self.orders.of_preflight.show_checks(checks)

    def show_repairs(self, made: Sequence[Repair]) -> None:
        """Show what was repaired here and can be taken back."""
        self.orders.of_preflight.show_repairs(made)

    def show_matrix_progress(self, done: int, total: int, *, running: bool, under_way: int = 0) -> None:
        """Show how far the matrix is, and how many of its runs go on at once."""
        self.pages.show_matrix_progress(done, total, running=running, under_way=under_way)

    def forget_place(self) -> None:
        """Let go of everything that belongs to the place looked at: choices, dialogs, checks, messages."""
        self.window.forget_place()
        self.orders.of_preflight.show_checks(None)
        self.orders.of_preflight.show_repairs(())
        self.show_matrix_progress(0, 0, running=False)

    def let_go_of(self, run_ids: Sequence[RunId]) -> None:
        """Show nothing of runs whose folders are about to go, their films least of all."""
        self._run.let_go_of(run_ids)
        if self.window.ui_state.run_id in run_ids:
            self.window.ui_state.select_run(None)

    def show_films_gone(self, run_ids: frozenset[RunId]) -> None:
        """Tell of these runs that their films are no longer here."""
        self.looked.films_gone = run_ids
        self._throttle.request()

    def show_lab_faults(self, faults: Sequence[LabFault], kinds: Sequence[str]) -> None:
        """Show the fault rules of the lab, and which kinds there are."""
        self.orders.of_dialogs.show_lab_faults(faults, kinds)

    def show_profiles(self, profiles: Sequence[ProfileLine], problem: str = "") -> None:
        """Show the profiles of the AWS files, or why they cannot be read, in the dialog that asked for them."""
        self.orders.of_dialogs.show_profiles(profiles, problem)

    def show_sign_in_step(self, step: SignInStep | None) -> None:
        """Show what the person does in the browser; None: nothing any more."""
        self.window.sign_in.show_step(step)

    def ask_before_close(self) -> None:
        """Ask whether to leave while runs are under way; ``leave_confirmed`` comes when the answer is yes."""
        self.orders.of_dialogs.ask_before_close()
