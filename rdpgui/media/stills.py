"""Exact stills of one film: by time, by number, before, after, and a strip of thumbnails.

Blocking; meant for one worker thread (calls from several wait for each other). For films that were inspected: this
runs in the program itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import TracebackType
from typing import Self

from av.video.frame import VideoFrame

from rdpgui.core.film import Still
from rdpgui.core.ports import RangeReader
from rdpgui.media import reasons
from rdpgui.media.decoded_frames import DecodedFrames
from rdpgui.media.decoding import Deadline
from rdpgui.media.demuxer import open_film
from rdpgui.media.film import Film
from rdpgui.media.groups import Group, GroupTable
from rdpgui.media.last_frame import find_last_frame
from rdpgui.media.picture import still_of
from rdpgui.media.remote_file import LocalReader

CACHE_FRAMES = 10
"""Decoded frames kept around the position: 28 MB at 1280 x 720."""
DEFAULT_LIMIT_S = 30.0


class StillReader:
    """Random access to the exact frames of a film.

    Attributes:
        frame_count: frames listed in the index.
        width: picture width at the start, pixels.
        height: picture height at the start, pixels.
    """

    def __init__(
        self,
        source: PurePath | RangeReader,
        *,
        name: str = "",
        cache_frames: int = CACHE_FRAMES,
        limit_s: float = DEFAULT_LIMIT_S,
    ) -> None:
        self._name = source.name if isinstance(source, PurePath) else name
        self._own: LocalReader | None = None
        self._limit_s = limit_s
        self._lock = threading.RLock()
        self._closed = False
        self._film = self._open(source)
        self._groups = GroupTable(self._film)
        self._frames = DecodedFrames(self._film, max(2, cache_frames))
        self.frame_count = self._groups.frame_count
        self.width = self._film.width
        self.height = self._film.height

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the film."""
        self.close()

    def close(self) -> None:
        """Close the film and forget its frames; everything asked for later raises ``RecordingUnreadable``."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._frames.clear()
            self._film.close()
            if self._own is not None:
                self._own.close()

    def at_index(self, index: int) -> Still:
        """Return frame number ``index``, counted from 0 in presentation order.

        Args:
            index: 0 to ``frame_count`` - 1.

        Raises:
            RecordingUnreadable: there is no such frame, or it is damaged.
        """
        with self._opened():
            if not 0 <= index < self.frame_count:
                raise reasons.no_such_frame(self._name, index, self.frame_count)
            group = self._groups.of_index(index, self._deadline())
            return self._still(group, index - group.first_index)

    def at_pts(self, pts_s: float) -> Still:
        """Return the frame that is shown at a film time: the last one that begins at or before it.

        Args:
            pts_s: seconds from the first frame; before it gives the first, after the end the last.

        Raises:
            RecordingUnreadable: the frame is damaged.
        """
        with self._opened():
            tick = self._film.tick(pts_s)
            group = self._groups.of_tick(tick, self._deadline())
            return self._still(group, group.place_of(tick))

    def thumbnail(self, pts_s: float, width_px: int) -> Still:
        """Return the frame that is shown at a film time, made small; see ``at_pts``."""
        with self._opened():
            tick = self._film.tick(pts_s)
            group = self._groups.of_tick(tick, self._deadline())
            frame, index = self._shown(group, group.place_of(tick))
            return self._thumbnail(frame, width_px, index)

    def nearest(self, at_s: float) -> Still:
        """Return the frame whose presentation time is nearest to a film time, damaged ones left out.

        Args:
            at_s: seconds from the first frame.

        Raises:
            RecordingUnreadable: no frame near it can be decoded.
        """
        with self._opened():
            tick = self._film.tick(at_s)
            group = self._groups.of_tick(tick, self._deadline())
            near = sorted(range(len(group.ticks)), key=lambda at: abs(group.ticks[at] - tick))
            if near and group.end_index < self.frame_count:
                after = self._groups.of_index(group.end_index, self._deadline())
                if after.ticks and abs(after.ticks[0] - tick) < abs(group.ticks[near[0]] - tick):
                    return self._still(after, 0)
            for at in near[: self._frames.most]:
                frame = self._frames.of(group, group.ticks[at], self._deadline())
                if frame is not None:
                    return still_of(self._film, frame, group.first_index + at)
            raise reasons.frame_not_decodable(self._name, at_s)

    def next(self, still: Still) -> Still | None:
        """Return the frame after, None at the end. Damaged frames raise ``RecordingUnreadable``."""
        index = self._index_of(still) + 1
        return self.at_index(index) if index < self.frame_count else None

    def previous(self, still: Still) -> Still | None:
        """Return the frame before, None at the beginning. Damaged frames raise ``RecordingUnreadable``."""
        index = self._index_of(still) - 1
        return self.at_index(index) if index >= 0 else None

    def first(self) -> Still:
        """Return the first frame."""
        return self.at_index(0)

    def last(self) -> Still:
        """Return the last frame that decodes, found from the end.

        Raises:
            RecordingUnreadable: none does.
        """
        with self._opened():
            found = find_last_frame(self._film, self._deadline())
            self._frames.keep(found.frame)
            return still_of(self._film, found.frame, found.index)

    def thumbnails(self, count: int, width_px: int = 160) -> tuple[Still, ...]:
        """Return small pictures of key frames, spread evenly; fewer when there are fewer key frames.

        Args:
            count: how many at most.
            width_px: their width; the height follows.
        """
        with self._opened():
            found: list[Still] = []
            deadline = self._deadline()
            for key in self._groups.spread_keys(count):
                deadline.check()
                frame = self._film.decode_bytes(key) if self._own is None else None
                frame = frame or self._film.decode_alone(key, deadline)
                if frame is not None:
                    found.append(self._thumbnail(frame, width_px, None))
            return tuple(found)

    def _thumbnail(self, frame: VideoFrame, width_px: int, index: int | None) -> Still:
        height_px = max(2, round(frame.height * width_px / frame.width / 2) * 2)
        small = frame.reformat(width=width_px, height=height_px, format="rgb24", interpolation="AREA")
        small.pts = frame.pts
        return still_of(self._film, small, index)

    @contextmanager
    def _opened(self) -> Iterator[None]:
        """Hold the film while it is read. NOTE: PyAV ends the process when a closed film is read."""
        with self._lock:
            if self._closed:
                raise reasons.film_closed(self._name)
            if self._own is not None:
                self._own.check_in_place()
            yield

    def _open(self, source: PurePath | RangeReader) -> Film:
        if not isinstance(source, PurePath):
            return open_film(source, self._name)
        self._own = LocalReader(source)
        try:
            return open_film(self._own, self._name)
        except BaseException:
            self._own.close()
            raise

    def _deadline(self) -> Deadline:
        return Deadline(self._name, self._limit_s, self._film.file.reader)

    def _index_of(self, still: Still) -> int:
        if still.index is not None:
            return still.index
        with self._opened():
            tick = self._film.tick(still.pts_s)
            group = self._groups.of_tick(tick, self._deadline())
            return group.first_index + group.place_of(tick)

    def _still(self, group: Group, at: int) -> Still:
        return still_of(self._film, *self._shown(group, at))

    def _shown(self, group: Group, at: int) -> tuple[VideoFrame, int]:
        if not group.ticks:
            raise reasons.no_frames(self._name)
        at = min(max(0, at), len(group.ticks) - 1)
        frame = self._frames.of(group, group.ticks[at], self._deadline())
        if frame is None:
            raise reasons.frame_not_decodable(self._name, self._film.seconds(group.ticks[at]))
        return frame, group.first_index + at
