"""Which picture the presentation shows: the film at a moment, its last frame, or the newest of a run that goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Still
from rdpgui.core.screen import FOLDER, picture_of
from rdpgui.core.state import RunState
from rdpgui.files import is_file
from rdpgui.i18n import _, retell
from rdpgui.ui import formats
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player.images import image_of
from rdpgui.ui.stage.words import taken

if TYPE_CHECKING:
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.show.port import FrameDesk
    from rdpgui.ui.stage.port import PicturePort


_SAME_S = 0.0005


class ShowPictures(QObject):
    """Wishes for pictures and hands over the newest, with what it is.

    Args:
        looked: which run it is. port: reads picture files. frames: reads films; None where nothing can.

    Signals:
        changed: there is another picture.

    Attributes:
        image: the picture; null without one. problem: why there is none, empty as long as one may come.
    """

    changed = Signal()

    def __init__(self, looked: LookedAt, port: PicturePort, frames: FrameDesk | None, parent: QObject) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.problem = ""
        self._say: Callable[[], str] = str
        self._looked = looked
        self._port = port
        self._frames = frames
        self._film: PlacedFilm | None = None
        self._zero_at: datetime | None = None
        self._wished: object = None
        if frames is not None:
            frames.shown.connect(self._on_frame)
            frames.still_failed.connect(self._on_failed)
            frames.open_failed.connect(self._on_failed)

    @property
    def caption(self) -> str:
        """What the picture is, in the language of now; empty without one."""
        return self._say()

    @property
    def film(self) -> PlacedFilm | None:
        """The run's film; None without one that can be opened."""
        return self._film

    @property
    def film_end_at(self) -> datetime | None:
        """When the film ends, None when it has no place on the clock."""
        if self._film is None or self._zero_at is None:
            return None
        return self._zero_at + timedelta(seconds=self._film.facts.duration_s)

    def use(self, run: RunState | None) -> None:
        """Take the film of a run, if there is one."""
        films = self._looked.files.films_of(run) if run is not None and self._frames is not None else ()
        film = films[0] if films and is_file(films[0].path) else None
        starts_at = film.starts_at if film is not None else None
        offset_s = run.film_offset_s if run is not None else 0.0
        self._zero_at = starts_at + timedelta(seconds=offset_s) if starts_at is not None else None
        if film is None or self._frames is None:
            self._film = None
        elif self._film is None or film.path != self._film.path:
            self._film, self._wished = film, None
            self._frames.open(film.path)

    def forget(self) -> None:
        """Close the film and show nothing."""
        self._film, self._wished, self.problem = None, None, ""
        self._put(QImage(), str)
        if self._frames is not None:
            self._frames.clear()

    # -- wishes ------------------------------------------------------------------

    def film_at(self, at: datetime) -> None:
        """Wish for what the film shows at a moment: its first frame before it begins, its last after its end."""
        if self._film is None or self._frames is None or self._zero_at is None:
            self.last_frame()
            return
        film_s = (at - self._zero_at).total_seconds()
        if film_s >= self._film.facts.duration_s:
            self.last_frame()
        elif film_s >= 0:
            self._wish(("film", round(film_s, 2)), partial(self._frames.at_time, film_s))
        else:
            self._wish("none", partial(self._put, QImage(), str))

    def last_frame(self) -> None:
        """Wish for the last frame."""
        if self._film is not None and self._frames is not None:
            self._wish("last", self._frames.last)

    def newest(self, run: RunState) -> None:
        """Wish for the newest picture of the console of a run that goes on."""
        seen, folder = self._looked.state.screens.get(run.run_id), self._looked.files.folder_of(run)
        picture = picture_of(seen.name) if seen is not None else None
        if folder is not None and picture is not None:
            path = folder / FOLDER / picture.name
            say = partial(taken, picture)
            self._wish(path, partial(self._port.read, path, partial(self._on_read, path, say), self._on_unread))

    def nothing(self) -> None:
        """Show no picture."""
        self._wish("none", partial(self._put, QImage(), str))

    def _wish(self, wish: object, ask: object) -> None:
        if wish != self._wished and callable(ask):
            self._wished = wish
            ask()

    # -- answers -----------------------------------------------------------------

    def _on_frame(self, still: Still) -> None:
        if self._film is None or isinstance(self._wished, Path) or self._wished == "none":
            return
        at = self._zero_at + timedelta(seconds=still.pts_s) if self._zero_at is not None else None
        last = abs(still.pts_s - self._film.facts.last_frame_pts_s) < _SAME_S  # another may have been under way
        self._put(image_of(still), partial(_frame, at, last=last))

    def _on_read(self, path: Path, say: Callable[[], str], still: Still) -> None:
        if path == self._wished:
            self._put(image_of(still), say)

    def _on_failed(self, error: RdpguiError) -> None:
        """Say why the film cannot be seen; another frame may be."""
        if self._film is not None:
            self.problem = retell(error.text())
            self._put(QImage(), str)

    def _on_unread(self, _why: str) -> None:
        """The next picture comes."""

    def _put(self, image: QImage, say: Callable[[], str]) -> None:
        if not image.isNull():
            self.problem = ""
        self.image, self._say = image, say
        self.changed.emit()


def _frame(at: datetime | None, *, last: bool) -> str:
    text = _("Last frame of the film, {time}") if last else _("Film, {time}")
    return text.format(time=formats.clock(at, decimals=3))
