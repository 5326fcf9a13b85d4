"""Console pictures against the frames of a film: small grey copies of both, compared off the loop.

Without numpy, which the program itself needs nowhere else: ``math.dist`` compares two pictures in 60 µs.
"""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    """Finds pictures in films, in one thread of its own."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def match(self, film: Path, wanted: Sequence[WantedPicture]) -> tuple[ScreenMatch, ...]:
        """Return where each picture is in a film that was inspected; what could not be read in time is said so.

        Raises:
            RecordingUnreadable: the film cannot be opened.
        """
        if self._threads is None:
            self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="console-match")
        return await asyncio.wrap_future(self._threads.submit(match, film, tuple(wanted)))

    async def aclose(self) -> None:
        """End the thread after what it is doing."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)


def match(film: Path, wanted: Sequence[WantedPicture]) -> tuple[ScreenMatch, ...]:
    """Return where each picture is in a film. Blocking.

    Raises:
        RecordingUnreadable: the film cannot be opened.
    """
    greys = {picture: grey for picture in wanted if (grey := _grey_of_file(Path(picture.path))) is not None}
    found = _found(film, greys) if greys else {}
    return tuple(found.get(picture, ScreenMatch(MatchIs.UNREAD)) for picture in wanted)


def _found(path: Path, greys: Mapping[WantedPicture, bytes]) -> dict[WantedPicture, ScreenMatch]:
    from rdpgui.media.decoding import Deadline
    from rdpgui.media.demuxer import open_film
    from rdpgui.media.remote_file import LocalReader

    found: dict[WantedPicture, ScreenMatch] = {}
    reader = LocalReader(path)
    try:
        with open_film(reader, path.name) as film:
            frames = _Frames(film, Deadline(path.name, LIMIT_S, reader))
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

    Attributes:
        film_end_s: where the film ends.
        read_s: every frame that was asked for and begins before this film time was given.

    Raises:
        RecordingUnreadable: the deadline passed before the film's end was known.
    """

    def __init__(self, film: Film, deadline: Deadline) -> None:
        from rdpgui.media.groups import GroupTable

        self._film, self._deadline = film, deadline
        self._groups = GroupTable(film)
        last = self._groups.of_tick(film.tick(1e6), deadline)
        self.film_end_s = film.seconds(last.ticks[-1]) if last.ticks else 0.0
        self.read_s = -math.inf

    def between(self, begin_s: float, end_s: float) -> Iterator[_Frame]:
        """Yield the frames between two film times, each once it is known until when it is shown."""
        self.read_s = -math.inf
        before: tuple[float, bytes] | None = None
        try:
            for at_s, frame in self._decoded(begin_s):
                if before is not None:
                    yield _Frame(before[0], at_s, before[1])
                self.read_s = at_s
                if at_s > end_s:
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
