"""What the window needs of the film panel; ``ui/player`` implements it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance

from rdpgui.core.film import FilmFacts
from rdpgui.core.ports import RangeReader
from rdpgui.core.state import RunState

Marker = tuple[datetime, str, str]
"""Instant, text, kind."""


@dataclass(frozen=True, slots=True)
class RemoteFilm:
    """An object that is looked at before its download is done.

    Attributes:
        name: for messages.
        reader: ranged reads of exactly this version, for stills; never a URL.
        sign: returns a presigned URL for the player.
        life_s: how long the URL lasts.
    """

    name: str
    reader: RangeReader
    sign: Callable[[], Coroutine[Any, Any, str]]
    life_s: float


@dataclass(frozen=True, slots=True)
class FilmOrigin:
    """Which session a film shows.

    Attributes:
        instance_name: its Name tag, empty without one. session_at: when the session began.
    """

    instance_name: str
    instance_id: str
    session_at: datetime


@dataclass(frozen=True, slots=True)
class PlacedFilm:
    """A film and the instant of its first frame.

    Attributes:
        path: where it is, or where its download will be. starts_at: None when unknown.
        remote: set while the download is not done.
        origin: of a run's recording. name: of an object in S3, whose file is named otherwise.
    """

    path: Path
    facts: FilmFacts
    starts_at: datetime | None
    remote: RemoteFilm | None = None
    origin: FilmOrigin | None = None
    name: str = ""

    @property
    def source(self) -> Path | RemoteFilm:
        """Where its bytes come from now."""
        return self.remote or self.path


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One of two runs whose films are looked at side by side.

    Attributes:
        name: of its instance. film: None when there is none. facts: None when it was not inspected.
        last_frame: PNG of the last frame, None without one.
    """

    run: RunState
    name: str
    film: Path | None
    facts: FilmFacts | None
    last_frame: Path | None


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """The picture that is on screen: of which film, and at which film time, seconds."""

    film: Path
    film_s: float


class FilmView(Protocol):
    """A widget that plays one film on the wall clock."""

    @property
    def position_changed(self) -> SignalInstance:
        """Emits seconds from the film's start."""

    @property
    def frame_changed(self) -> SignalInstance:
        """Emits when another picture, or none, is on screen."""

    @property
    def frame(self) -> SeenFrame | None:
        """Return the picture on screen, None while there is none."""

    @property
    def clock_adjusted(self) -> SignalInstance:
        """Emits the film's path and a person's correction of its clock, seconds."""

    @property
    def open_requested(self) -> SignalInstance:
        """Emits when there is no film and a person wants to open one."""

    def show_film(
        self, path: Path, facts: FilmFacts, *, starts_at: datetime | None, lab: bool, adjusted_s: float = 0.0
    ) -> None:
        """Open a film; ``adjusted_s`` is a person's correction of ``starts_at``."""

    def show_films(self, films: Sequence[PlacedFilm], *, lab: bool, adjusted_s: float = 0.0) -> None:
        """Open several films as one, laid out on the clock by their starts."""

    def show_download(self, path: Path, done_bytes: int, total_bytes: int) -> None:
        """Say how far the download of a film is that is looked at already."""

    def use_download(self, path: Path, *, verified: bool) -> None:
        """Read a film from the file from now on; ``verified``: its bytes were compared with S3's checksum."""

    def set_offset(self, path: Path, adjusted_s: float) -> None:
        """Take over a correction that was recorded for a film, if it is the one that is shown."""

    def set_markers(self, markers: list[Marker]) -> None:
        """Show events on the seek bar."""

    def seek_wall(self, at: datetime) -> None:
        """Go to an instant."""

    def seek_end(self) -> None:
        """Go to the last frame."""

    def clear(self, why: str = "") -> None:
        """Show no film, and why there is none; empty while one may still come."""

    def compare(self, left: ComparedRun, right: ComparedRun) -> None:
        """Show two films side by side on one clock, in a window of their own."""
