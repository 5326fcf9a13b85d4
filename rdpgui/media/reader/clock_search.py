"""The taskbar's clock of a film that is not decoded whole: where to look for it, and for the minute that changes.

From a key picture near the end that shows the clock, others within a minute are compared until one group of pictures is
left in which the clock changes; only that is decoded, and followed picture by picture.
"""

from __future__ import annotations

import bisect

import numpy as np
from av.video.frame import VideoFrame

from rdpgui.core.film import FilmClock
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film, pts_of
from rdpgui.media.idle import SampleTable
from rdpgui.media.reader.film_clock import ClockWatch, changed_part, lateness_s, part_of, same_reading
from rdpgui.media.reader.lines import ground_of, luma_of, sparse_luma
from rdpgui.media.reader.model import LineReader
from rdpgui.media.reader.screen import MIN_GROUND_SHARE
from rdpgui.media.reader.taskbar import ClockReading, read_clock

BACK_S = (10.0, 3.0, 90.0)
"""How far before the end a clock is looked for: an end screen shows none."""
MINUTE_S = 61.0
MAX_PIXELS = 1280 * 720 * 300
"""Of all pictures of one stretch: 0.4 s of decoding. A group of pictures may be as long as its film."""
_MAX_KEYS = 20_000


def find_film_clock(
    film: Film, table: SampleTable, last: VideoFrame, reader: LineReader, deadline: Deadline
) -> FilmClock | None:
    """Return when a film began by the clock in some of its pictures, None when they do not tell.

    Args:
        film: opened film.
        table: its index.
        last: its last picture.
        reader: reads the clock.
        deadline: limit for the work.

    Raises:
        RecordingUnreadable: the deadline passed.
        ReaderUnusable: it cannot be read here.
    """
    search = _Search(film, table, last, reader, deadline)
    watch = ClockWatch(reader, lateness_s(np.diff(table.at_s)))
    for begin, end in search.stretches():
        search.follow(begin, end, watch)
    return watch.result()


class _Search:
    """The key pictures of a film, by their places among each other, and which of them show the clock alike."""

    def __init__(
        self, film: Film, table: SampleTable, last: VideoFrame, reader: LineReader, deadline: Deadline
    ) -> None:
        self._film, self._last_picture, self._reader, self._deadline = film, last, reader, deadline
        flagged = np.flatnonzero(table.key)[-_MAX_KEYS:].tolist()
        self._keys = [number for number in flagged if film.samples.starts_decoding(number)] or [0]
        self._times_s = [float(table.at_s[number]) for number in self._keys]
        self._pts: dict[int, int] = {}
        self._like: dict[int, bool] = {}
        self._shown: tuple[ClockReading, VideoFrame] | None = None

    def stretches(self) -> list[tuple[int, int | None]]:
        """Return the stretches to be decoded, from one key to another (None: to the end), in order."""
        at = self._anchor()
        if at is None or self._shown is None:
            return []
        if self._shown[0].seconds:
            return [(max(0, at - 1), self._next(at))]
        if not self._shows_it(at):  # it changes behind the last key
            return [(max(0, at - 1), None)]
        first, last = self._first(at), self._last(at)
        before, after = (max(0, first - 2), first if first else self._next(0)), (max(0, last - 1), self._next(last))
        if before[1] is not None and after[0] > before[1]:
            return [before, after]
        return [(min(before[0], after[0]), after[1])]

    def follow(self, begin: int, end: int | None, watch: ClockWatch) -> None:
        """Decode from one key up to the picture of another, and let the clock be followed."""
        film = self._film
        if self._keys[begin] > 0 or watch.seen:
            watch.cut()
        until = None if end is None else self._pts_of(end)
        left = max(2, MAX_PIXELS // max(1, film.width * film.height))
        for frame in film.frames_from(self._keys[begin], self._deadline, Run()):
            pts = pts_of(frame)
            if watch.done or left <= 0 or (until is not None and pts > until):
                break
            watch.next(film.seconds(pts), frame)
            left -= 1

    def _next(self, at: int) -> int | None:
        return at + 1 if at + 1 < len(self._keys) else None

    def _anchor(self) -> int | None:
        """Return a key near the end that shows the clock, or the last one where the last picture does."""
        at = len(self._keys) - 1
        if self._read(self._last_picture):
            return at
        plain = ground_of(sparse_luma(self._last_picture, 4)).share >= MIN_GROUND_SHARE
        for back_s in BACK_S if plain else BACK_S[:1]:
            at = max(0, bisect.bisect_right(self._times_s, self._times_s[-1] - back_s) - 1)
            frame = self._picture(at)
            if frame is not None and self._read(frame):
                self._like[at] = True
                return at
        return None

    def _read(self, picture: VideoFrame) -> bool:
        """Take a picture as the one that others are compared with, if it shows the clock."""
        reading = read_clock(luma_of(picture), self._reader)
        if reading is not None:
            self._shown = (reading, picture)
        return reading is not None

    def _first(self, at: int) -> int:
        """Return the first key, within a minute before one, that shows what it shows."""
        low = bisect.bisect_left(self._times_s, self._times_s[at] - MINUTE_S)
        if self._shows_it(low):
            return low
        return bisect.bisect_left(range(at), 1, lo=low + 1, key=self._shows_it)

    def _last(self, at: int) -> int:
        """Return the last key, within a minute after one, that shows what it shows."""
        high = bisect.bisect_right(self._times_s, self._times_s[at] + MINUTE_S) - 1
        if self._shows_it(high):
            return high
        return bisect.bisect_left(range(high), 1, lo=at + 1, key=self._shows_another) - 1

    def _shows_another(self, place: int) -> bool:
        return not self._shows_it(place)

    def _shows_it(self, place: int) -> bool:
        """Say whether a key picture shows the clock as the one it was found in does."""
        if place not in self._like and self._shown is not None:
            reading, picture = self._shown
            frame = self._picture(place)
            if frame is None:
                self._like[place] = False
            elif not changed_part(part_of(picture, reading.box), part_of(frame, reading.box)):
                self._like[place] = True
            else:
                again = read_clock(luma_of(frame), self._reader)
                self._like[place] = again is not None and same_reading(again, reading)
        return self._like.get(place, False)

    def _picture(self, place: int) -> VideoFrame | None:
        frame = self._film.decode_alone(self._keys[place], self._deadline)
        if frame is not None:
            self._pts[place] = pts_of(frame)
        return frame

    def _pts_of(self, place: int) -> int:
        """Return the tick of a key picture: decoding time is a lower bound where it was not decoded."""
        known = self._pts.get(place)
        if known is None:
            self._picture(place)
        return self._pts.get(place, self._film.samples.at(self._keys[place]).dts)
