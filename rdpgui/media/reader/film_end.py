"""What the screens at the end of a film say, and when each is first seen.

The last picture decides whether there is anything to read: of a film that ends with a desktop nothing more is decoded.
Else the pictures before it are followed back as long as the words stand where they are.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rdpgui.core.film import EndClass, EndText, ReaderState
from rdpgui.media.changes import MAX_PIXELS
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film, pts_of
from rdpgui.media.last_frame import LastFrame
from rdpgui.media.reader.lines import Box, ground_of, luma_of, sparse_luma
from rdpgui.media.reader.model import LineReader, Luma, ReaderUnusable
from rdpgui.media.reader.screen import MIN_GROUND_SHARE, Screen, is_blank, read_screen
from rdpgui.media.reader.turning import turns

WINDOWS_S = (5.0, 30.0, 120.0)
"""How far back the pictures are looked at: further only while the words stand there from the window's begin on."""
MAX_READINGS = 4
MAX_TEXT = 200
_KEPT_BYTES = 96 * 1024 * 1024
_GROUND_STEP = 4
"""Pixels apart at which the ground of a picture is measured: within 0.02 of all of them."""
_CHANGED_STEP = 48
_CHANGED_SHARE = 0.02
_CHANGED_SHARE_COUNTING = 0.08
"""Where a per cent runs, two digits of the line are others."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """One picture near the end: its tick, and its brightness at every ``step``-th pixel."""

    pts: int
    sparse: Luma


def read_end(
    film: Film, last: LastFrame, deadline: Deadline, reader: LineReader | None = None
) -> tuple[tuple[EndText, ...], ReaderState]:
    """Return what the screens at the end of a film say, in the order they are seen.

    Args:
        film: opened film.
        last: its last frame.
        deadline: limit for the work.
        reader: reads the lines; None loads one.

    Raises:
        RecordingUnreadable: the deadline passed.
    """
    if ground_of(sparse_luma(last.frame, _GROUND_STEP)).share < MIN_GROUND_SHARE:
        return (), ReaderState.DONE
    try:
        return _read_back(film, last, reader or LineReader(), deadline), ReaderState.DONE
    except ReaderUnusable as error:
        return (), error.state


def _read_back(film: Film, last: LastFrame, reader: LineReader, deadline: Deadline) -> tuple[EndText, ...]:
    picture = luma_of(last.frame)
    screen = read_screen(picture, reader)
    if screen is None and not is_blank(picture):
        return ()
    found: list[EndText] = []
    for window_s in WINDOWS_S:
        found, more = _Walk(film, last, reader, deadline, screen).back(window_s)
        if not more:
            break
    return tuple(reversed(found))


class _Walk:
    """Follows the words back through the pictures of one window."""

    def __init__(
        self, film: Film, last: LastFrame, reader: LineReader, deadline: Deadline, screen: Screen | None
    ) -> None:
        self._film = film
        self._last = last
        self._reader = reader
        self._deadline = deadline
        self._screen = screen
        self._step = 2
        self._from = 0

    def back(self, window_s: float) -> tuple[list[EndText], bool]:
        """Return the texts from the last to the first, and whether the first may begin before the window."""
        kept = self._kept(window_s)
        end_s = self._film.seconds(self._last.pts + self._last.duration)
        screen, at = self._screen, len(kept) - 1
        found: list[EndText] = []
        for number in range(MAX_READINGS):
            if number > 0:
                picture = self._again(kept[at].pts)
                screen = None if picture is None else read_screen(picture, self._reader)
                if picture is None or (screen is None and not is_blank(picture)):
                    break
            first = _first_like(kept, at, self._step, screen)
            if screen is not None and not self._is_told(found, screen, kept[first : at + 1]):
                break
            if screen is not None:
                _add(found, screen, self._film.seconds(kept[first].pts), end_s, at - first + 1)
            end_s, at = self._film.seconds(kept[first].pts), first - 1
            if at < 0:
                break
        return found, at < 0 and self._from > 0 and self._cheap(window_s)

    def _is_told(self, found: list[EndText], screen: Screen, pictures: list[_Kept]) -> bool:
        """Whether a screen is none of a page that shows these words: something turns in it, or its kind needs nothing.

        Args:
            found: what follows it.
            screen: what its last picture says.
            pictures: those in which the same stands in the same place.
        """
        if screen.text_class is EndClass.STOP or screen.dots:
            return True
        if found and found[-1].text_class is screen.text_class:
            return True
        zones = [item.sparse for item in pictures]
        return turns(zones, screen.box, self._step, anywhere=screen.per_cent is not None)

    def _kept(self, window_s: float) -> list[_Kept]:
        """Decode a window; return its last pictures that are nearly of one ground, without a gap."""
        film, last = self._film, self._last
        self._from = _key_before(film, last, window_s)
        pixels = film.width * film.height
        self._step = 2
        while pixels * (len(film.samples) - self._from) > _KEPT_BYTES * self._step**2 and self._step < 8:
            self._step += 1
        kept: list[_Kept] = []
        for frame in film.frames_from(self._from, self._deadline, Run()):
            if pts_of(frame) >= last.pts:
                break
            sparse = sparse_luma(frame, self._step)
            stale = bool(kept) and kept[-1].sparse.shape != sparse.shape
            coarse = max(1, _GROUND_STEP // self._step)
            plain = ground_of(sparse[::coarse, ::coarse]).share >= MIN_GROUND_SHARE
            if stale or not plain:
                kept.clear()
            if plain:
                kept.append(_Kept(pts_of(frame), sparse))
        own = _Kept(last.pts, sparse_luma(last.frame, self._step))
        return [own] if kept and kept[-1].sparse.shape != own.sparse.shape else [*kept, own]

    def _cheap(self, window_s: float) -> bool:
        """Whether the next window costs no more than a look at all pictures of a short film."""
        wider = next((item for item in WINDOWS_S if item > window_s), None)
        if wider is None:
            return False
        samples = len(self._film.samples) - _key_before(self._film, self._last, wider)
        return samples * self._film.width * self._film.height <= MAX_PIXELS

    def _again(self, pts: int) -> Luma | None:
        """Return one picture of the window in full, None when it does not decode again."""
        for frame in self._film.frames_from(self._from, self._deadline, Run()):
            if pts_of(frame) == pts:
                return luma_of(frame)
        return None


def _key_before(film: Film, last: LastFrame, window_s: float) -> int:
    """Return the key sample from which a window is decoded."""
    begin = film.tick(max(0.0, film.seconds(last.pts) - window_s))
    numbers = range(len(film.samples))
    number = bisect.bisect_right(numbers, begin, key=lambda at: film.samples.at(at).dts) - 1
    key = film.samples.key_at_or_before(max(0, number))
    return last.key_sample if key is None else min(key, last.key_sample)


def _first_like(kept: list[_Kept], at: int, step: int, screen: Screen | None) -> int:
    """Return the first of the pictures up to one in which the same stands in the same place."""
    area = None if screen is None else screen.box
    allowed = _CHANGED_SHARE if screen is None or screen.per_cent is None else _CHANGED_SHARE_COUNTING
    wanted = _part(kept[at].sparse, area, step)
    first = at
    while first > 0 and _differing(wanted, _part(kept[first - 1].sparse, area, step)) <= allowed:
        first -= 1
    return first


def _part(sparse: Luma, area: Box | None, step: int) -> NDArray[np.int16]:
    if area is None:
        return sparse.astype(np.int16)
    rows = slice(area.top // step, area.bottom // step + 1)
    return sparse[rows, area.left // step : area.right // step + 1].astype(np.int16)


def _differing(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    return float((np.abs(one - other) > _CHANGED_STEP).mean())


def _add(found: list[EndText], screen: Screen, at_s: float, end_s: float, pictures: int) -> None:
    """Put a text before those found; what says the same with another per cent is one."""
    text = screen.text[:MAX_TEXT]
    if found and (found[-1].text_class, found[-1].language) == (screen.text_class, screen.language):
        later = found.pop()
        end_s, text, pictures = later.end_s, later.text, pictures + later.pictures
    found.append(EndText(round(at_s, 6), round(end_s, 6), screen.text_class, text, screen.language, pictures))
