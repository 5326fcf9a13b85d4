"""From the console pictures of the run that is looked at to their card beside the film."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from rdpgui.core.film import Still
from rdpgui.core.ids import RunId
from rdpgui.core.screen import FOLDER, ScreenPicture
from rdpgui.core.screen_match import MatchIs, ScreenMatch, WantedPicture
from rdpgui.i18n import _
from rdpgui.ui import formats
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.player.images import image_of
from rdpgui.ui.stage import words

if TYPE_CHECKING:
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.stage.port import PicturePort

_HELD_S = 0.6
"""A picture that was stepped to stays while the film stands where it shows the same."""


class PicturesRenderer(QObject):
    """Shows the picture that was taken where the film stands, and takes the film to where a picture was taken.

    Args:
        window: its experiment page. looked: which run it is. film: moves, and is moved.
        pictures: lists, reads and finds them.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, film: FilmView, pictures: PicturePort) -> None:
        super().__init__(window)
        self._page = window.experiment
        self._card = window.experiment.pictures
        self._looked = looked
        self._film = film
        self._port = pictures
        self._run_id: RunId | None = None
        self._pictures: tuple[ScreenPicture, ...] = ()
        self._matches: tuple[ScreenMatch, ...] = ()
        self._zero_at: datetime | None = None
        self._place = 0
        self._read: Path | None = None
        self._held_s: float | None = None
        self._card.opened.connect(self._match)
        self._card.stepped.connect(self._on_stepped)
        film.position_changed.connect(self._on_position)

    def render(self) -> None:
        """Offer the pictures of the run that is looked at, once it is over; find them again when its clock moved."""
        run = self._looked.run
        run_id = run.run_id if run is not None and not run.active else None
        if run_id != self._run_id:
            self._run_id, self._pictures, self._matches, self._place = run_id, (), (), 0
            self._zero_at, self._read, self._held_s = None, None, None
            self._page.rooms.offer(self._card.objectName(), False)
            if run_id is not None:
                self._port.list(run_id, partial(self._on_listed, run_id))
        elif self._card.isVisible():
            self._match()

    def _on_listed(self, run_id: RunId, pictures: tuple[ScreenPicture, ...]) -> None:
        if run_id == self._run_id and pictures != self._pictures:
            self._pictures, self._place = pictures, len(pictures) - 1
            self._page.rooms.offer(self._card.objectName(), bool(pictures))

    # -- in the film -------------------------------------------------------------

    def _match(self) -> None:
        """Look for the pictures in the film, once for each place of the film on the clock."""
        run = self._looked.run
        if run is None or run.run_id != self._run_id or not self._pictures:
            return
        films = self._looked.files.films_of(run)
        starts_at = films[0].starts_at if films else None
        zero_at = starts_at + timedelta(seconds=run.film_offset_s) if starts_at is not None else None
        if zero_at == self._zero_at and self._read is not None:
            return
        self._zero_at, self._matches = zero_at, ()
        self._show()
        folder = self._looked.files.folder_of(run)
        if zero_at is not None and folder is not None:
            wanted = [
                WantedPicture(
                    folder / FOLDER / picture.name,
                    (picture.asked_at - zero_at).total_seconds(),
                    (picture.answered_at - zero_at).total_seconds(),
                )
                for picture in self._pictures
            ]
            self._port.match(films[0].path, wanted, partial(self._on_matched, run.run_id, zero_at))

    def _on_matched(self, run_id: RunId, zero_at: datetime, matches: tuple[ScreenMatch, ...]) -> None:
        if (run_id, zero_at) == (self._run_id, self._zero_at):
            self._matches = matches
            self._show()

    def _on_position(self, position_s: float) -> None:
        if not self._card.isVisible() or not self._matches:
            return
        if self._held_s is not None and abs(position_s - self._held_s) <= _HELD_S:
            return
        self._held_s = None
        found = [place for place, match in enumerate(self._matches) if match.found is MatchIs.FOUND]
        if found:
            self._place = min(found, key=partial(self._apart, position_s))
            self._show()

    def _apart(self, position_s: float, place: int) -> float:
        return abs(self._matches[place].at_s - position_s)

    def _on_stepped(self, step: int) -> None:
        self._place = min(len(self._pictures) - 1, max(0, self._place + step))
        self._show()
        match = self._matches[self._place] if self._matches else None
        if match is not None and match.found is MatchIs.FOUND and self._zero_at is not None:
            self._held_s = match.at_s
            self._film.seek_wall(self._zero_at + timedelta(seconds=match.at_s))

    # -- the picture -------------------------------------------------------------

    def _show(self) -> None:
        run = self._looked.run
        folder = self._looked.files.folder_of(run) if run is not None else None
        if run is None or folder is None or not self._pictures:
            return
        picture = self._pictures[self._place]
        self._card.show_words(words.taken(picture), self._where(), self._place, len(self._pictures))
        path = folder / FOLDER / picture.name
        if path != self._read:
            self._read = path
            self._port.read(path, partial(self._on_read, path, run.plan.lab), partial(self._on_failed, path))

    def _where(self) -> str:
        """Say where the film shows the same."""
        if not self._matches or self._zero_at is None:
            return _("Where the film shows the same is not known.")
        match = self._matches[self._place]
        match match.found:
            case MatchIs.FOUND:
                begin, end = (
                    formats.clock(self._zero_at + timedelta(seconds=at_s), decimals=1)
                    for at_s in (match.begin_s, match.end_s)
                )
                return _("The film shows the same from {begin} to {end}.").format(begin=begin, end=end)
            case MatchIs.AFTER:
                return _("Taken after the film's end.")
            case MatchIs.BEFORE:
                return _("Taken before the film's begin.")
            case MatchIs.OTHER:
                return _("The film shows another picture at this time.")
            case MatchIs.UNREAD:
                return _("Where the film shows the same is not known.")

    def _on_read(self, path: Path, lab: bool, still: Still) -> None:
        if path == self._read:
            self._card.show_picture(image_of(still), lab=lab)

    def _on_failed(self, path: Path, _why: str) -> None:
        if path == self._read:
            self._card.show_picture(QImage(), lab=False)
