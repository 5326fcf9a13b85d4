"""From the run that is looked at to the live stage: its newest picture, what is said of it, and the phases."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from rdpgui.core.film import Still
from rdpgui.core.freshness import Look, sight
from rdpgui.core.ids import RunId
from rdpgui.core.passing_events import ScreenRead
from rdpgui.core.screen import FOLDER, ScreenPicture, may_look, picture_of, wants_pictures, with_consent
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.player.images import image_of
from rdpgui.ui.stage import words
from rdpgui.ui.stage.live_picture import StageWords
from rdpgui.ui.stage.phase_strip import steps_of

if TYPE_CHECKING:
    from rdpgui.ui.commands import SettingsPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.stage.port import PicturePort

_TICK_MS = 500


class StageRenderer(QObject):
    """Renders the stage, and lets its times go on while the run does.

    Args:
        window: its experiment page and settings. looked: which run it is. film: shown as soon as there is one.
        pictures: reads picture files. settings: keeps a person's consent.
    """

    def __init__(
        self, window: MainWindow, looked: LookedAt, film: FilmView, pictures: PicturePort, settings: SettingsPort
    ) -> None:
        super().__init__(window)
        self._window = window
        self._place = window.experiment.stage
        self._looked = looked
        self._film = film
        self._pictures = pictures
        self._settings = settings
        self._path: Path | None = None
        self._asked: Path | None = None
        self._shown: ScreenPicture | None = None
        self._look: Look | None = None  # in which the shown picture was taken
        self._run_id: RunId | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.render)
        self._place.live.consent_given.connect(partial(self._on_consent, True))
        self._place.live.consent_withdrawn.connect(partial(self._on_consent, False))

    def render(self) -> None:
        """Show the run as it is now."""
        run = self._looked.run
        active = run is not None and run.active
        self._place.strip.setVisible(active)
        self._place.show_live(run is not None and self._is_live(run))
        if run is None or not active:
            self._tick.stop()
            self._forget()
            self._place.live.show_words(StageWords(), "", lab=False)
            return
        self._tick.start()
        if run.run_id != self._run_id:
            self._run_id = run.run_id
            self._forget()
        now = self._looked.moment()
        self._place.strip.show_steps(steps_of(run, now.at))
        if self._place.is_live:
            self._render_picture(run)
            self._render_words(run)

    def _is_live(self, run: RunState) -> bool:
        """Whether the run goes on without a film, and no other film was opened meanwhile."""
        return run.active and self._film.frame is None and not self._looked.files.films_of(run)

    def _forget(self) -> None:
        if self._path is not None or self._asked is not None:
            self._path = self._asked = None
            self._shown = self._look = None
            self._place.live.show_picture(QImage())

    # -- the picture -------------------------------------------------------------

    def _newest(self, run: RunState) -> tuple[Path, ScreenPicture, Look | None] | None:
        """Return the newest picture with file and look: the stage's own, else the run's second witness."""
        seen, folder = self._looked.state.screens.get(run.run_id), self._looked.files.folder_of(run)
        picture = picture_of(seen.name) if seen is not None else None
        if folder is not None and seen is not None and picture is not None:
            return folder / FOLDER / picture.name, picture, seen.look
        path, witness = self._looked.files.witness_of(run), run.witness
        if path is None or witness is None:
            return None
        return path, ScreenPicture(witness.taken_not_before_at, witness.at), None

    def _render_picture(self, run: RunState) -> None:
        newest = self._newest(run)
        if newest is None:
            self._forget()
        elif newest[0] not in (self._path, self._asked):
            self._asked = newest[0]
            self._pictures.read(newest[0], partial(self._on_read, *newest), partial(self._on_failed, newest[0]))

    def _on_read(self, path: Path, picture: ScreenPicture, look: Look | None, still: Still) -> None:
        """Show a picture, unless another run is looked at or a newer one came first."""
        if path == self._asked:
            self._path, self._asked, self._shown, self._look = path, None, picture, look
            self._place.live.show_picture(image_of(still))
            self.render()

    def _on_failed(self, path: Path, _why: str) -> None:
        if path == self._asked:  # the next picture comes; this one is not asked for again
            self._path, self._asked = path, None

    # -- the words ---------------------------------------------------------------

    def _render_words(self, run: RunState) -> None:
        live, now = self._place.live, self._looked.moment()
        seen = self._looked.state.screens.get(run.run_id)
        allowed = self._allowed(run)
        fresh = sight(self._look, now).live
        said = words.stage_words(run, self._shown, seen, live=fresh, now=now.at)
        live.show_words(said, self._about(run, seen, allowed=allowed), lab=run.plan.lab)
        live.show_statement(self._looked.as_seen(run).statement)
        asks = not allowed and wants_pictures(run) and run.place is not None and run.place.known
        live.show_consent(
            asked=words.pace(run) if asks else "", given=allowed and not run.plan.lab and wants_pictures(run)
        )

    def _allowed(self, run: RunState) -> bool:
        return may_look(run.place, self._window.settings.live_pictures)

    def _about(self, run: RunState, seen: ScreenRead | None, *, allowed: bool) -> str:
        parts = [self._looked.name_of(run.plan.instance_id)]
        if allowed and wants_pictures(run):
            parts.append(words.pace(run))
        if seen is not None and seen.kept:
            parts.append(_("{n} kept").format(n=seen.kept))
        return " · ".join(parts)

    def _on_consent(self, given: bool) -> None:
        run = self._looked.run
        if run is not None and run.place is not None:
            value = with_consent(run.place, self._window.settings.live_pictures, given=given)
            self._settings.set_setting("live_pictures", value)
