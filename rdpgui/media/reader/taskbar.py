"""The clock in the taskbar's corner of one picture: time over date, as Windows 10 and 11 paint it.

Accepted is only a time with a date under it, read with confidence and large enough: menus, editors and players show
times, too. The clock is local time of the instance; its zone is not in the picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum

import numpy as np

from rdpgui.media.reader.lines import GROUND_WITHIN, Box, ground_of, ink_of, runs
from rdpgui.media.reader.model import LineReader, Luma

_LEFT_SHARE, _TOP_SHARE = 0.70, 0.915
"""The corner in which the clock stands."""
_WAYS = ((8, 0.3), (8, 0.0), (5, 0.3), (12, 0.3), (8, 0.6), (5, 0.6), (12, 0.6), (18, 0.0), (5, 0.0))
"""Gap between columns in pixels, and share of the bar's ground under which a row is above the bar; tried in turn."""
_BAR_SHARE = 0.4
"""Of the corner's lower half that is of one ground, at least: the bar. Reading lines in a picture takes seconds."""
_MAX_GROUPS = 6
_MIN_DIGIT_HEIGHT = 8
"""Smaller ones were read wrongly with confidence."""
_MIN_CONFIDENCE = 0.8
_PAD = 0.35
_LETTERS = "0123456789:/-.年月日火水木金土()（）曜AMPM午前後 "
_TIME = re.compile(r"^(午前|午後|AM|PM)?\s?(\d{1,2})[:.\s]{0,2}(\d{2})(?:[:.](\d{2}))?\s?(AM|PM|午前|午後)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/\-.年](\d{1,2})[/\-.月](\d{1,2})日?(?!\d)")
_YEAR_LAST = re.compile(r"^(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})(?!\d)")


class DateOrder(StrEnum):
    """Which comes first in a date whose year is last."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock that was read.

    Attributes:
        at: its time, to the second if ``seconds``. dates: what its date can mean; by order where that decides.
        box: around both lines.
    """

    at: time
    seconds: bool
    dates: tuple[tuple[DateOrder | None, date], ...]
    box: Box


@dataclass(frozen=True, slots=True)
class _Row:
    box: Box
    text: str
    confidence: float


def read_clock(picture: Luma, reader: LineReader) -> ClockReading | None:
    """Return the clock of a picture's taskbar, None when there is none that can be read.

    Args:
        picture: brightness, full range and full resolution.
        reader: reads its lines.
    """
    height, width = picture.shape
    left, top = round(_LEFT_SHARE * width), round(_TOP_SHARE * height)
    corner = _without_strip(picture[top:, left:])
    if not len(corner) or ground_of(corner[len(corner) // 2 :]).share < _BAR_SHARE:
        return None
    read: dict[Box, _Row] = {}
    for gap, cut in _WAYS:
        for rows in _groups(corner, gap, cut):
            for box in rows:
                if box not in read:
                    found = reader.read(box.padded(_PAD, corner), reader.classes_of(_LETTERS))
                    read[box] = _Row(box, unicodedata.normalize("NFKC", found.text).strip(), found.confidence)
            clock = _clock([read[box] for box in rows])
            if clock is not None:
                box = clock.box
                return replace(clock, box=Box(box.left + left, box.top + top, box.right + left, box.bottom + top))
    return None


def _without_strip(corner: Luma) -> Luma:
    """Return the corner without rows at the bottom edge that are not the bar's, such as a painted clock."""
    level = ground_of(corner[len(corner) // 2 :]).level
    near = np.abs(corner.astype(np.int16) - level) <= GROUND_WITHIN
    shares = near.mean(axis=1)
    end = len(corner)
    while end > 0 and shares[end - 1] < 0.5:
        end -= 1
    return corner[:end]


def _groups(corner: Luma, gap: int, cut: float) -> Iterator[list[Box]]:
    """Yield the rows of text of each group of columns, from the right."""
    level = ground_of(corner[len(corner) // 2 :]).level
    begin = 0
    if cut:
        shares = (np.abs(corner.astype(np.int16) - level) <= GROUND_WITHIN).mean(axis=1)
        above = np.flatnonzero(shares < cut)
        begin = int(above[-1]) + 1 if len(above) else 0
    bar = corner[begin:]
    if len(bar) < 2 * _MIN_DIGIT_HEIGHT:
        return
    ink = ink_of(bar, level)
    for left, right in reversed(runs(np.asarray(ink.any(axis=0)), gap)[-_MAX_GROUPS:]):
        part = ink[:, left:right]
        rows = []
        for top, bottom in runs(np.asarray(part.any(axis=1)), 1):
            columns = np.flatnonzero(part[top:bottom].any(axis=0))
            box = Box(left + int(columns[0]), begin + top, left + int(columns[-1]) + 1, begin + bottom)
            if box.height >= _MIN_DIGIT_HEIGHT and box.width >= 2 * box.height:
                rows.append(box)
        if len(rows) >= 2:
            yield rows


def _clock(rows: list[_Row]) -> ClockReading | None:
    """Return the time that has a date under it."""
    for upper in rows:
        told = _TIME.match(upper.text)
        if told is None or upper.confidence < _MIN_CONFIDENCE:
            continue
        at = _time_of(told)
        for lower in rows:
            away = lower.box.top - upper.box.top
            under = 0.5 * upper.box.height <= away <= 3.2 * upper.box.height
            overlap = min(upper.box.right, lower.box.right) > max(upper.box.left, lower.box.left)
            dates = dates_of(lower.text)
            if at is None or not under or not overlap or not dates or lower.confidence < _MIN_CONFIDENCE:
                continue
            left, right = min(upper.box.left, lower.box.left), max(upper.box.right, lower.box.right)
            box = Box(left, upper.box.top, right, lower.box.bottom)
            return ClockReading(at, told[4] is not None, dates, box)
    return None


def _time_of(told: re.Match[str]) -> time | None:
    half, hours, minutes = told[1] or told[5], int(told[2]), int(told[3])
    if half in ("午後", "PM") and 1 <= hours <= 11:
        hours += 12
    elif half in ("午前", "AM") and hours == 12:
        hours = 0
    seconds = int(told[4] or 0)
    return time(hours, minutes, seconds) if hours < 24 and minutes < 60 and seconds < 60 else None


def dates_of(text: str) -> tuple[tuple[DateOrder | None, date], ...]:
    """Return what a date can mean. AM or PM beside it decides nothing: Australia writes day first, and "3:28 PM".

    Args:
        text: as it was read.
    """
    found = _YEAR_FIRST.match(text)
    if found is not None:
        day = _date(int(found[1]), int(found[2]), int(found[3]))
        return () if day is None else ((None, day),)
    found = _YEAR_LAST.match(text)
    if found is None:
        return ()
    one, other, year = int(found[1]), int(found[2]), int(found[3])
    if one == other:
        day = _date(year, one, other)
        return () if day is None else ((None, day),)
    by_month, by_day = _date(year, one, other), _date(year, other, one)
    meant = [(DateOrder.MONTH, by_month)] if by_month is not None else []
    if by_day is not None:
        meant.append((DateOrder.DAY, by_day))
    return tuple(meant)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 2000 <= year < 2200 else None
    except ValueError:
        return None
