"""Console pictures against the frames of a film: small grey copies of both, compared off the loop.

Without numpy, which the program itself needs nowhere else: ``math.dist`` compares two pictures in 60 µs.
"""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Iterator, Sequence
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
    found: dict[WantedPicture, ScreenMatch] = {}
    greys = {picture: grey for picture in wanted if (grey := _grey_of_file(Path(picture.path))) is not None}
    for group in _together(sorted(greys, key=_begin)):
        frames, end_s = _frames(film, group[0].low_s - NEAR_S, group[-1].high_s + NEAR_S)
        for picture in group:
            near = [
                Candidate(frame.begin_s, frame.end_s, _difference(greys[picture], frame.grey))
                for frame in frames
                if is_near(frame.begin_s, frame.end_s, picture.low_s, picture.high_s)
            ]
            found[picture] = matched(near, picture.low_s, picture.high_s, end_s)
    return tuple(found.get(picture, ScreenMatch(MatchIs.UNREAD)) for picture in wanted)


def _begin(picture: WantedPicture) -> float:
    return picture.low_s


def _together(pictures: Sequence[WantedPicture]) -> Iterator[list[WantedPicture]]:
    group: list[WantedPicture] = []
    for picture in pictures:
        if group and picture.low_s - group[-1].high_s > _GAP_S:
            yield group
            group = []
        group.append(picture)
    if group:
        yield group


def _frames(path: Path, begin_s: float, end_s: float) -> tuple[list[_Frame], float]:
    """Return small copies of the frames between two film times, and where the film ends."""
    from rdpgui.media.decoding import Deadline
    from rdpgui.media.demuxer import open_film
    from rdpgui.media.groups import GroupTable
    from rdpgui.media.remote_file import LocalReader

    reader = LocalReader(path)
    try:
        with open_film(reader, path.name) as film:
            deadline = Deadline(path.name, LIMIT_S, reader)
            groups = GroupTable(film)
            last = groups.of_tick(film.tick(1e6), deadline)
            film_end_s = film.seconds(last.ticks[-1]) if last.ticks else 0.0
            first = groups.of_tick(film.tick(max(0.0, min(begin_s, film_end_s))), deadline)
            made = list(_decoded(film, first.key_sample, end_s, deadline))
            ends = [at_s for at_s, _grey_bytes in made[1:]]
            return [_Frame(at, to, grey) for (at, grey), to in zip(made, [*ends, film_end_s], strict=False)], film_end_s
    finally:
        reader.close()


def _decoded(film: Film, key_sample: int, end_s: float, deadline: Deadline) -> Iterator[tuple[float, bytes]]:
    """Yield film time and small copy of frames; when the time is over, what is left stays unread, and is said so."""
    from rdpgui.media.decoding import Run
    from rdpgui.media.film import pts_of

    try:
        for frame in film.frames_from(key_sample, deadline, Run()):
            at_s = film.seconds(pts_of(frame))
            if at_s > end_s:
                return
            yield at_s, _grey(frame)
    except RdpguiError:
        return


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
