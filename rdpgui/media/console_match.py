"""Console pictures against the frames of a film: small grey copies of both, compared off the loop.

Without numpy, which the program itself needs nowhere else: ``math.dist`` compares two pictures in 60 µs.
"""

from __future__ import annotations

import asyncio
import io
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.core.errors import RdpguiError
from rdpgui.core.screen_match import NEAR_S, Candidate, MatchIs, ScreenMatch, WantedPicture, is_near, matched
from rdpgui.files import read_whole

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from rdpgui.media.decoding import Deadline
    from rdpgui.media.film import Film

WIDTH, HEIGHT = 96, 54
ROWS = 53
"""Compared; the lowest row holds the lab's clock for machines, which is another one in every frame."""
LIMIT_S = 20.0
_GAP_S = 10.0
"""Pictures that are nearer to each other are looked for in one go; between others the film is skipped."""


@dataclass(frozen=True, slots=True)
class _Frame:
    begin_s: float
    end_s: float
    grey: bytes


class FrameMatcher:
    """Finds pictures in films, in one thread of its own; a newer request ends an older one.

    Args:
        new_pool: gives one thread, by its name; the program's exit must not wait for it.
    """

    def __init__(self, new_pool: Callable[[str], Executor]) -> None:
        self._new_pool = new_pool
        self._pool: Executor | None = None
        self._given_up = threading.Event()

    async def match(self, film: Path, wanted: Sequence[WantedPicture]) -> tuple[ScreenMatch, ...]:
        """Return where each picture is in a film that was inspected; what could not be read in time is said so.

        Raises:
            RecordingUnreadable: the film cannot be opened.
        """
        self._given_up.set()
        given_up = self._given_up = threading.Event()
        if self._pool is None:
            self._pool = self._new_pool("console-match")
        try:
            return await asyncio.wrap_future(self._pool.submit(match, film, tuple(wanted), given_up))
        finally:
            given_up.set()

    async def aclose(self) -> None:
        """End what is being done, and the thread."""
        self._given_up.set()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def match(
    film: Path, wanted: Sequence[WantedPicture], given_up: threading.Event | None = None
) -> tuple[ScreenMatch, ...]:
    """Return where each picture is in a film. Blocking.

    Args:
        film: its file.
        wanted: the pictures.
        given_up: once set nobody waits for the answer, and nothing more is read.

    Raises:
        RecordingUnreadable: the film cannot be opened.
    """
    given_up = given_up or threading.Event()
    greys: dict[WantedPicture, bytes] = {}
    for picture in wanted:
        grey = None if given_up.is_set() else _grey_of_file(Path(picture.path))
        if grey is not None:
            greys[picture] = grey
    found = _found(film, greys, given_up) if greys and not given_up.is_set() else {}
    return tuple(found.get(picture, ScreenMatch(MatchIs.UNREAD)) for picture in wanted)


def _found(
    path: Path, greys: Mapping[WantedPicture, bytes], given_up: threading.Event
) -> dict[WantedPicture, ScreenMatch]:
    from rdpgui.media.decoding import Deadline
    from rdpgui.media.demuxer import open_film
    from rdpgui.media.remote_file import LocalReader

    found: dict[WantedPicture, ScreenMatch] = {}
    reader = LocalReader(path)
    try:
        with open_film(reader, path.name) as film:
            frames = _Frames(film, Deadline(path.name, LIMIT_S, reader), given_up)
            for group in _together(sorted(greys, key=_begin)):
                near: dict[WantedPicture, list[Candidate]] = {picture: [] for picture in group}
                for frame in frames.between(group[0].low_s - NEAR_S, max(map(_end, group)) + NEAR_S):
                    for picture, candidates in near.items():
                        if is_near(frame.begin_s, frame.end_s, picture.low_s, picture.high_s):
                            apart = _difference(greys[picture], frame.grey)
                            candidates.append(Candidate(frame.begin_s, frame.end_s, apart))
                for picture, candidates in near.items():
                    whole = picture.high_s + NEAR_S < frames.read_s
                    said = candidates if whole else []
                    found[picture] = matched(said, picture.low_s, picture.high_s, frames.film_end_s)
    finally:
        reader.close()
    return found


def _begin(picture: WantedPicture) -> float:
    return picture.low_s


def _end(picture: WantedPicture) -> float:
    return picture.high_s


def _together(pictures: Sequence[WantedPicture]) -> Iterator[list[WantedPicture]]:
    group: list[WantedPicture] = []
    for picture in pictures:
        if group and picture.low_s - group[-1].high_s > _GAP_S:
            yield group
            group = []
        group.append(picture)
    if group:
        yield group


class _Frames:
    """The frames of a film as small copies.

    Args:
        film: opened film. deadline: for all that is asked; when it is over, what is left stays unread.
        given_up: as if it were over.

    Attributes:
        film_end_s: where the film ends.
        read_s: every frame that was asked for and begins before this film time was given.

    Raises:
        RecordingUnreadable: the deadline passed before the film's end was known.
    """

    def __init__(self, film: Film, deadline: Deadline, given_up: threading.Event) -> None:
        from rdpgui.media.groups import GroupTable

        self._film, self._deadline, self._given_up = film, deadline, given_up
        self._groups = GroupTable(film)
        last = self._groups.of_tick(film.tick(1e6), deadline)
        self.film_end_s = film.seconds(last.ticks[-1]) if last.ticks else 0.0
        self.read_s = -math.inf

    def between(self, begin_s: float, end_s: float) -> Iterator[_Frame]:
        """Yield the frames between two film times, each once it is known until when it is shown."""
        self.read_s = -math.inf
        if self._given_up.is_set():
            return
        before: tuple[float, bytes] | None = None
        try:
            for at_s, frame in self._decoded(begin_s):
                if before is not None:
                    yield _Frame(before[0], at_s, before[1])
                self.read_s = at_s
                if at_s > end_s or self._given_up.is_set():
                    return
                before = at_s, _grey(frame)
        except RdpguiError:
            return
        if before is not None:
            yield _Frame(before[0], max(before[0], self.film_end_s), before[1])
        self.read_s = math.inf

    def _decoded(self, begin_s: float) -> Iterator[tuple[float, VideoFrame]]:
        from rdpgui.media.decoding import Run
        from rdpgui.media.film import pts_of

        tick = self._film.tick(max(0.0, min(begin_s, self.film_end_s)))
        first = self._groups.of_tick(tick, self._deadline)
        for frame in self._film.frames_from(first.key_sample, self._deadline, Run()):
            yield self._film.seconds(pts_of(frame)), frame


def _grey_of_file(path: Path) -> bytes | None:
    """Return a small copy of a picture file, None when it cannot be read."""
    import av

    try:
        with av.open(io.BytesIO(read_whole(path)), format="jpeg_pipe") as container:
            return _grey(next(container.decode(video=0)))
    except (av.FFmpegError, StopIteration, ValueError, OSError, RdpguiError):
        return None


def _grey(frame: VideoFrame) -> bytes:
    """Return the compared rows of a frame, averaged down and grey."""
    small = frame.reformat(width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA")
    plane = small.planes[0]
    data = memoryview(plane)
    starts = range(0, plane.line_size * ROWS, plane.line_size)
    return b"".join(data[start : start + WIDTH] for start in starts)


def _difference(one: bytes, other: bytes) -> float:
    return math.dist(one, other) / math.sqrt(WIDTH * ROWS)
