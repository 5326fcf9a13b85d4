"""Which film of the reel is in the players: in the one that moves and in the one that stands alike."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rdpgui.core.film import FilmFacts
from rdpgui.ui.player.motion import Motion
from rdpgui.ui.player.reel import Reel, ReelPart
from rdpgui.ui.player.still_desk import StillDesk


class Mount(QObject):
    """Holds a reel, and opens one of its films at a time.

    Args:
        motion, desk: get the film.

    Attributes:
        reel: the films, None without any. part: place of the one that is shown.

    Signals:
        part_changed: another film is shown; its place. watched: every picture of a film was looked at by now.
    """

    part_changed = Signal(int)
    watched = Signal()

    def __init__(self, motion: Motion, desk: StillDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._motion, self._desk = motion, desk
        self.reel: Reel | None = None
        self.part = 0

    @property
    def shown(self) -> ReelPart | None:
        """The film that is shown, None without one."""
        return self.reel.parts[self.part] if self.reel is not None else None

    @property
    def facts(self) -> FilmFacts | None:
        """Facts of the film that is shown."""
        return self.shown.facts if self.shown is not None else None

    @property
    def begin_s(self) -> float:
        """Reel time at which the film that is shown begins."""
        return self.shown.begin_s if self.shown is not None else 0.0

    @property
    def end_s(self) -> float:
        """Reel time of the end."""
        return self.reel.end_s if self.reel is not None else 0.0

    def reel_s(self, film_s: float) -> float:
        """Return the reel time of a time of the film that is shown, not beyond the end."""
        return min(film_s + self.begin_s, self.end_s)

    def load(self, reel: Reel) -> None:
        """Take films; none of them is open yet."""
        self.reel = reel
        self._desk.clear()

    def unload(self) -> None:
        """Hold no film."""
        self.reel, self.part = None, 0
        self._desk.clear()

    def enter(self, place: int) -> None:
        """Show another film of the reel; nothing when it is shown already."""
        if self.reel is None:
            return
        film, facts = self.reel.parts[place].film, self.reel.parts[place].facts
        if place == self.part and self._desk.opened_film == film.source:
            return
        self.part = place
        # Over HTTP libvlc reads a fragmented film several times over before its first picture.
        exact = facts.libvlc_differs or (film.remote is not None and facts.fragmented)
        self._motion.open(film.source, facts.width, facts.height, exact=exact)
        self._desk.open(film.source)
        self.part_changed.emit(place)

    def take_download(self, path: Path) -> bool:
        """Read a film from its file when it is opened next; says whether it is one of these, and was not yet."""
        if self.reel is None or not any(part.film.remote and part.film.path == path for part in self.reel.parts):
            return False
        self.reel = self.reel.downloaded(path)
        return True

    def take_watched(self, path: Path, facts: FilmFacts) -> None:
        """Take over what was found by looking at every picture of a film."""
        if self.reel is not None:
            self.reel = self.reel.watched(path, facts)
            self.watched.emit()
