"""When a film began, from the taskbar's clock in its pictures, without any tag of the file.

Each picture is at least as late as its clock says: a picture can be late, never early. So a reading bounds the film's
time zero from below, and a minute that changes between two pictures bounds it from above. The times are local times of
the instance, whose zone no picture tells; they are held as if they were UTC.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rdpgui.core.film import ClockBasis, FilmClock
from rdpgui.media.reader.lines import Box, luma_of, sparse_luma
from rdpgui.media.reader.model import LineReader, Luma, ReaderUnusable
from rdpgui.media.reader.taskbar import ClockReading, DateOrder, read_clock

MAX_READINGS = 24
MAX_SEARCHES = 4
"""Pictures in which a clock is looked for in vain before it is given up: 0.3 s each."""
SEARCH_EVERY_S = 2.0
_CHANGED_STEP = 24
_CHANGED_PIXELS = 2
_STEP = 8
LATE_S = 0.3
"""How late a picture can be whose time is that of its arrival: 0.28 s at most in films of the lab, usually 0.02."""
_REGULAR_WITHIN = 0.2
"""Steps of a film's pictures that differ by less, relative: they are taken at fixed times and not as they arrive."""
_NEVER_AT = datetime.max.replace(tzinfo=UTC)
_STOOD_S = 2.0
"""A picture that stood longer, and then changed elsewhere with the clock, had been standing still."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading.

    Attributes:
        from_s: film time of the first picture that shows it. to_s: of the last one that does.
        fresh_s: of the last one in which anything was new.
        before_s: of the picture before ``from_s``, None where the clock was not seen then, or may have stood still.
        reading: what it says.
        new: the first picture that shows it was new then; nobody knows that of one from which decoding began.
    """

    from_s: float
    to_s: float
    fresh_s: float
    before_s: float | None
    reading: ClockReading
    new: bool = True


@dataclass(slots=True)
class ClockWatch:
    """Follows the clock through the pictures.

    Attributes:
        reader: reads it. late_s: how late a picture can be, seconds. seen: what was read. done: nothing more is read.
        failure: why nothing can be read.
    """

    reader: LineReader
    late_s: float
    seen: list[Seen] = field(default_factory=list)
    done: bool = False
    failure: ReaderUnusable | None = None
    _box: Box | None = None
    _part: NDArray[np.int16] | None = None
    _sparse: Luma | None = None
    _picture: VideoFrame | None = None
    _at_s: float | None = None
    _fresh_s: float = 0.0
    _new_s: float = 0.0
    _pictures: int = 0
    _searched_s: float = -SEARCH_EVERY_S
    _searches: int = 0
    _readings: int = 0

    def next(self, at_s: float, picture: VideoFrame) -> None:
        """Take one picture."""
        if self.done:
            return
        try:
            self._next(at_s, picture)
        except ReaderUnusable as error:
            self.failure, self.done = error, True

    def cut(self) -> None:
        """Go on with pictures that do not follow those before: how long the next one has stood is not known."""
        self._sparse = self._at_s = None
        self._fresh_s = self._new_s = -math.inf
        self._pictures = 0
        self._searched_s = -math.inf

    def result(self) -> FilmClock | None:
        """Return when the film began by what was seen, None when that does not tell.

        Raises:
            ReaderUnusable: nothing can be read here.
        """
        if self.failure is not None:
            raise self.failure
        return bounds(self.end(), self.late_s)

    def _next(self, at_s: float, picture: VideoFrame) -> None:
        sparse = sparse_luma(picture, _STEP)
        begins = self._pictures == 0
        elsewhere = self._fresh_s > -math.inf if begins else self._changed_elsewhere(sparse)
        self._fresh_s = self._new_s  # of the picture before: the last one may be an old one, held or written once more
        stood = self._at_s is not None and self._at_s - self._fresh_s > _STOOD_S and elsewhere
        stood = stood or self._pictures == 1  # the first picture may be as old
        if elsewhere:
            self._new_s = at_s
        self._pictures += 1
        if self._box is None:
            self._search(at_s, picture)
        elif self._clock_changed(picture):
            self._read_again(at_s, picture, stood=stood)
        elif self.seen:
            last = self.seen[-1]
            self.seen[-1] = replace(last, to_s=at_s, fresh_s=max(last.fresh_s, self._fresh_s))
        self._sparse, self._picture, self._at_s = sparse, picture, at_s

    def end(self) -> list[Seen]:
        """Return all readings; a single one is read once more, from the last picture that shows it."""
        if len(self.seen) == 1 and self._picture is not None and self._box is not None:
            again = read_clock(luma_of(self._picture), self.reader)
            if again is None or (again.at, again.dates) != (self.seen[0].reading.at, self.seen[0].reading.dates):
                return []
        return self.seen

    def _search(self, at_s: float, picture: VideoFrame) -> None:
        if at_s - self._searched_s < SEARCH_EVERY_S:
            return
        if self._searches >= MAX_SEARCHES:
            self.done = not self.seen
            return
        self._searched_s = at_s
        self._searches += 1
        self._take(at_s, None, read_clock(luma_of(picture), self.reader), picture)

    def _read_again(self, at_s: float, picture: VideoFrame, *, stood: bool) -> None:
        if self._readings >= MAX_READINGS:
            self.done = True
            return
        before_s = None if stood else self._at_s
        self._take(at_s, before_s, read_clock(luma_of(picture), self.reader), picture)

    def _take(self, at_s: float, before_s: float | None, reading: ClockReading | None, picture: VideoFrame) -> None:
        self._readings += 1
        if reading is None:
            self._box = self._part = None
            self._searched_s = at_s
            return
        self._box = reading.box
        self._part = part_of(picture, reading.box)
        last = self.seen[-1] if self.seen else None
        if last is not None and before_s is not None and same_reading(last.reading, reading):
            self.seen[-1] = replace(last, to_s=at_s, fresh_s=max(last.fresh_s, self._fresh_s), reading=reading)
        else:
            new = self._pictures > 1 or self._fresh_s > -math.inf
            self.seen.append(Seen(at_s, at_s, self._fresh_s, before_s, reading, new))

    def _clock_changed(self, picture: VideoFrame) -> bool:
        if self._box is None or self._part is None:
            return True
        return changed_part(self._part, part_of(picture, self._box))

    def _changed_elsewhere(self, sparse: Luma) -> bool:
        """Say whether anything above the taskbar is new."""
        if self._sparse is None or self._sparse.shape != sparse.shape:
            return True
        above = slice(0, round(0.9 * len(sparse)))
        return not np.array_equal(self._sparse[above], sparse[above])


def part_of(picture: VideoFrame, box: Box) -> NDArray[np.int16]:
    """Return the brightness of the clock's place in a picture, and of a little around it."""
    margin = max(2, box.height // 4)
    wider = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
    return luma_of(picture, wider).astype(np.int16)


def changed_part(before: NDArray[np.int16], after: NDArray[np.int16]) -> bool:
    """Say whether anything is different there: a digit, or the picture's size."""
    if before.shape != after.shape:
        return True
    return int((np.abs(after - before) > _CHANGED_STEP).sum()) >= _CHANGED_PIXELS


def same_reading(one: ClockReading, other: ClockReading) -> bool:
    """Say whether two readings say the same."""
    return (one.at, one.dates) == (other.at, other.dates)


def lateness_s(steps_s: NDArray[np.float64]) -> float:
    """Return how late a picture can be, seconds; none where all are taken at fixed times.

    Args:
        steps_s: the distances between the film's pictures, in time.
    """
    if not len(steps_s):
        return 0.0
    shortest_s = float(steps_s.min())
    return 0.0 if float(steps_s.max()) - shortest_s <= _REGULAR_WITHIN * shortest_s else LATE_S


def bounds(seen: list[Seen], late_s: float = 0.0) -> FilmClock | None:
    """Return what readings say of the film's time zero, None when they contradict each other or leave the date open.

    Args:
        seen: what was read, in order.
        late_s: how much later than what it shows a picture's time can be.
    """
    orders = {order for order in (*DateOrder, None) if all(_day(item.reading, order) is not None for item in seen)}
    if not seen or not orders:
        return None
    if None not in orders and len(orders) > 1:
        return None  # 03/04 may be the third of April or the fourth of March
    order = None if None in orders else next(iter(orders))
    low_at, high_at, basis = datetime.min.replace(tzinfo=UTC), _NEVER_AT, ClockBasis.READINGS
    for number, item in enumerate(seen):
        at, unit = _moment(item.reading, order), _unit(item.reading)
        if at is None:
            return None
        low_at = max(low_at, at - timedelta(seconds=item.from_s))
        fresh_s = min(item.fresh_s, item.to_s)
        if item.new or fresh_s >= item.from_s:
            high_at = min(high_at, at + unit - timedelta(seconds=max(item.from_s, fresh_s)))
        before = _moment(seen[number - 1].reading, order) if number else None
        if item.before_s is not None and before is not None and at - before == unit:
            high_at = min(high_at, at - timedelta(seconds=item.before_s))
            basis = ClockBasis.FLIP
    if high_at == _NEVER_AT:
        return None
    high_at += timedelta(seconds=late_s)
    return FilmClock(low_at, high_at, basis) if low_at <= high_at else None


def _unit(reading: ClockReading) -> timedelta:
    return timedelta(seconds=1) if reading.seconds else timedelta(minutes=1)


def _day(reading: ClockReading, order: DateOrder | None) -> date | None:
    """Return the day in an order; a date that says itself which is which holds in any."""
    for known, day in reading.dates:
        if known is None or known is order:
            return day
    return None


def _moment(reading: ClockReading, order: DateOrder | None) -> datetime | None:
    day = _day(reading, order)
    return None if day is None else datetime.combine(day, reading.at, UTC)
