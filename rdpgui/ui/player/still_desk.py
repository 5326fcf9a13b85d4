"""Exact stills on demand: one request under way, one wanted, the newest wish wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath

from PySide6.QtCore import QObject, Signal

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Still
from rdpgui.ui.film_port import RemoteFilm
from rdpgui.ui.player.stills_port import FilmStills, StillsPort
from rdpgui.ui.tasks import TaskScope


class _Kind(StrEnum):
    TIME = "time"
    INDEX = "index"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class _Wish:
    """A frame that is wanted.

    Attributes:
        at_s: for a time. index: for a number. steps: frames to go on from there.
    """

    kind: _Kind
    at_s: float = 0.0
    index: int = 0
    steps: int = 0


class StillDesk(QObject):
    """Turns wishes into stills of the opened film.

    Signals:
        opened: the film can be asked. shown: a ``Still`` that was wished for.
        open_failed, still_failed: an ``RdpguiError``.
    """

    opened = Signal()
    shown = Signal(object)
    open_failed = Signal(object)
    still_failed = Signal(object)

    def __init__(self, port: StillsPort, tasks: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._tasks = tasks
        self._opening = 0
        self._source: PurePath | RemoteFilm | None = None
        self._film: FilmStills | None = None
        self._current: Still | None = None
        self._busy: _Wish | None = None
        self._wanted: _Wish | None = None

    @property
    def film(self) -> FilmStills | None:
        """The opened film, None while there is none."""
        return self._film

    @property
    def opened_film(self) -> PurePath | RemoteFilm | None:
        """The film that is open or being opened, None after ``clear``."""
        return self._source

    @property
    def current(self) -> Still | None:
        """The still shown last, None after something else was shown."""
        return self._current

    @property
    def waiting(self) -> bool:
        """Whether a still is wished for and not there yet."""
        return self._busy is not None or self._wanted is not None

    def open(self, source: PurePath | RemoteFilm) -> None:
        """Open a film; wishes from before are forgotten, later ones wait for it."""
        self.clear()
        self._source = source
        self._tasks.start("film open", self._open(source, self._opening), on_error=self.open_failed.emit)

    def clear(self) -> None:
        """Close the film."""
        self._opening += 1
        self._source = None
        film, self._film = self._film, None
        self.forget()
        if film is not None:
            self._tasks.start("film close", film.close(), kept=True)

    def forget(self) -> None:
        """Drop the wishes: the picture moves on by itself."""
        self._current = self._busy = self._wanted = None

    def at_time(self, at_s: float) -> None:
        """Wish for the frame at a film time."""
        self._wish(_Wish(_Kind.TIME, at_s=at_s))

    def first(self) -> None:
        """Wish for the first frame."""
        self._wish(_Wish(_Kind.INDEX))

    def last(self) -> None:
        """Wish for the last frame that decodes."""
        self._wish(_Wish(_Kind.LAST))

    def step(self, frames: int) -> None:
        """Wish for a frame before or after the one shown, or wished for before."""
        latest = self._wanted or self._busy
        if latest is not None:
            self._wish(replace(latest, steps=latest.steps + frames))
        elif self._current is not None and self._current.index is not None:
            self._wish(_Wish(_Kind.INDEX, index=self._current.index, steps=frames))

    async def aclose(self) -> None:
        """Close the film and wait for it."""
        self._opening += 1
        film, self._film = self._film, None
        self.forget()
        if film is not None:
            await film.close()

    async def _open(self, source: PurePath | RemoteFilm, opening: int) -> None:
        if isinstance(source, RemoteFilm):
            film = await self._port.open(source.reader, name=source.name)
        else:
            film = await self._port.open(source)
        if opening != self._opening:
            await film.close()
            return
        self._film = film
        self.opened.emit()
        self._start_next()

    def _wish(self, wish: _Wish) -> None:
        self._wanted = wish
        self._start_next()

    def _start_next(self) -> None:
        if self._film is not None and self._busy is None and self._wanted is not None:
            wish, self._wanted = self._wanted, None
            self._busy = wish
            self._tasks.start("film still", self._serve(self._film, wish))

    async def _serve(self, film: FilmStills, wish: _Wish) -> None:
        failure: RdpguiError | None = None
        still: Still | None = None
        try:
            still = await _resolve(film, wish)
        except RdpguiError as error:
            failure = error
        finally:
            current = self._busy is wish and film is self._film
            if current:
                self._busy = None
        if not current:
            return
        if still is not None:
            self._current = still
            self.shown.emit(still)
        elif failure is not None:
            self.still_failed.emit(failure)
        self._start_next()


async def _resolve(film: FilmStills, wish: _Wish) -> Still:
    match wish.kind:
        case _Kind.TIME:
            still = await film.at_time(wish.at_s)
        case _Kind.LAST:
            still = await film.last()
        case _Kind.INDEX:
            return await film.at_index(_inside(wish.index + wish.steps, film))
    if wish.steps and still.index is not None:
        return await film.at_index(_inside(still.index + wish.steps, film))
    return still


def _inside(index: int, film: FilmStills) -> int:
    return min(max(0, index), film.frame_count - 1)
