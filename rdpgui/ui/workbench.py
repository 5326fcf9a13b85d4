"""Builds the window with all that renders into it and all that is asked for in it; the app speaks to this one.

main_window <- looked_at <- render, render_run <- pages, rendering <- replies <- workbench; beside them the orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rdpgui.core.ids import RunId
from rdpgui.core.settings import Settings
from rdpgui.ui.changes import Changes
from rdpgui.ui.commands import Commands
from rdpgui.ui.end_notice import EndNotice
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.looked_at import LookedAt
from rdpgui.ui.main_window import MainWindow, Page
from rdpgui.ui.naming import Naming
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.orders import Orders
from rdpgui.ui.pages import Pages
from rdpgui.ui.render import Renderer
from rdpgui.ui.render_limits import LimitsRenderer
from rdpgui.ui.render_pictures import PicturesRenderer
from rdpgui.ui.render_room import RoomRenderer
from rdpgui.ui.render_run import RunRenderer
from rdpgui.ui.render_stage import StageRenderer
from rdpgui.ui.rendering import Rendering
from rdpgui.ui.replies import Replies
from rdpgui.ui.run_files import RunFiles
from rdpgui.ui.stage.port import NoPictures, PicturePort
from rdpgui.ui.watched_sessions import WatchedSessions

if TYPE_CHECKING:
    from rdpgui.core.aliases import Number
    from rdpgui.ui.guide.lead import Guide
    from rdpgui.ui.show.director import Director
    from rdpgui.ui.show.port import FrameDesk

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
        rendering: shows snapshots. replies: what comes back for an order.
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
        changes = Changes()
        self.looked = looked = LookedAt(window.ui_state, film, RunFiles(run_folder), commands.reading.read_runs)
        watched = WatchedSessions(looked)
        self._account = Renderer(window, looked, changes, watched)
        self._run = RunRenderer(window, looked, film, changes, watched)
        self._room = RoomRenderer(window, looked)
        self._album = album = pictures or NoPictures()
        self._frames = frames
        self.show: Director | None = None  # the presenter view, when it is first asked for
        self._stage = StageRenderer(window, looked, film, album, commands.settings)
        self._limits = LimitsRenderer(window, looked, commands.guided)
        self._pictures = PicturesRenderer(window, looked, film, album)
        self.orders = orders = Orders(window, looked, commands, film, changes)
        self.pages = Pages(window, looked, commands, orders.of_runs, orders.of_tester, orders.of_matrix, changes)
        self.guide: Guide | None = None
        self.end_notice = EndNotice(window)
        self.rendering = Rendering(window, looked, changes, self._parts)
        self.replies = Replies(window, orders, self.pages, looked, self.rendering)
        self._ahead = QTimer(self)
        self._ahead.setInterval(_AHEAD_MS)
        self._ahead.timeout.connect(self._on_ahead)
        self._listen()

    def _listen(self) -> None:
        """Hear what a person chooses and asks for in the window."""
        window = self.window
        window.page_opening.connect(self.pages.build)
        window.page_shown.connect(self._on_page)
        window.actions_by_name.on("present", self.present)
        window.actions_by_name.on("first-steps", self._on_lead)
        window.experiment.verdict.lead_requested.connect(self._on_lead)

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
        self._limits.render()
        self._pictures.render()
        self.orders.by_hand.render()
        self.orders.of_sessions.render()
        self.orders.of_access.render()
        self.orders.of_preflight.render()
        yield
        self.pages.render()
        if self.guide is not None:
            self.guide.render()

    def _on_lead(self) -> None:
        self.lead(asked=True)

    def _on_page(self, page: int) -> None:
        if page == Page.HISTORY:
            self.commands.reading.look_for_films()
        self.rendering.request()

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
        self.rendering.force()

    def show_settings(self, settings: Settings) -> None:
        """Take over changed settings."""
        self.window.settings = settings
        self.naming.learn_settings(settings)
        if self.naming.use(on=settings.aliases):
            self.window.show_aliases(on=settings.aliases)
            self.naming.learn(self.looked.state)
            self.retranslate()
        self.rendering.request()

    def forget_place(self) -> None:
        """Let go of everything that belongs to the place looked at: choices, dialogs, checks, messages."""
        self.window.forget_place()
        self.replies.forget_place()

    def let_go_of(self, run_ids: Sequence[RunId]) -> None:
        """Show nothing of runs whose folders are about to go, their films least of all."""
        self._run.let_go_of(run_ids)
        if self.window.ui_state.run_id in run_ids:
            self.window.ui_state.select_run(None)

    def ask_before_close(self) -> None:
        """Ask whether to leave while runs are under way; ``leave_confirmed`` comes when the answer is yes."""
        self.orders.of_dialogs.ask_before_close()
