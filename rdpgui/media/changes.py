"""Where a film's picture changes, from the pictures themselves: one pass over all of them.

Sizes of packets cannot tell: a blue screen or a dialog may cost a few bytes more than a still desktop. Of each picture
every eighth row is copied, which costs a tenth of decoding it; all that is found is found on these rows.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rdpgui.core.film import Span, SpanBasis, Watched
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film, pts_of
from rdpgui.media.tail import BLACK_LUMA_BELOW, CHANGED_PIXEL_ABOVE, GREY_HEIGHT, OVERLAY_ROWS

MAX_PIXELS = 1280 * 720 * 1200
"""Of all frames together: 1.5 s of decoding. A longer film is looked at key frame by key frame."""
BRIEF_PIXELS = 1280 * 720 * 150
"""As many as are decoded before a person notices: 0.2 s."""
CHANGED_SHARE_ABOVE = 0.001
"""Share of grid points from which on something happened; a caret or the mouse is less."""
IDLE_MIN_S = 5.0
"""Shorter stretches are thinking, not idling."""
FROZEN_MIN_S = 2.0
BLACK_MIN_S = 0.5
MAX_SPANS = 500
"""Of one kind: a film that stores every second picture twice has tens of thousands."""
_STEP = 8
_OFFSET = 4
_SAME_S = 1e-6
_LEAD_S = 5.0
"""Pictures that come with the first key and are shown before it; what is longer before has a wrong time, or it has."""
_EIGHT_BIT_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")

Rows = NDArray[np.uint8]
Listener = Callable[[float, VideoFrame], None]
"""Takes a film time and the picture that begins then; the decoder uses the picture again."""
Picture = tuple[Rows, Rows]
"""Every eighth pixel of every eighth row, and these rows whole."""


def may_be_watched(film: Film, *, brief: bool = False) -> bool:
    """Say whether a pass over all pictures is cheap enough to be made at once; ``brief``: for somebody who waits."""
    return film.width * film.height * len(film.samples) <= (BRIEF_PIXELS if brief else MAX_PIXELS)


def watch(film: Film, duration_s: float, deadline: Deadline, listeners: Sequence[Listener] = ()) -> Watched:
    """Decode a film once and say where its picture changes.

    Args:
        film: opened film.
        duration_s: end of its last picture.
        deadline: limit for the work.
        listeners: take each picture as well.

    Raises:
        RecordingUnreadable: the deadline passed.
    """
    changes, run = _Changes(), Run()
    for frame in film.frames_from(0, deadline, run):
        at_s = film.seconds(pts_of(frame))
        if at_s < -_LEAD_S:
            run.note_damage(None)
        at_s = max(0.0, at_s)
        for listener in listeners:
            listener(at_s, frame)
        changes.next(at_s, _rows(frame))
    return changes.end(duration_s, _spoiled(film, run, duration_s))


def _spoiled(film: Film, run: Run, duration_s: float) -> tuple[Span, ...]:
    """Return from where to where pictures may be wrong: what refers to a damaged one is, and no decoder says so."""
    if not run.places:
        return ()
    keys = [
        number
        for number, entry in enumerate(film.samples.entries())
        if entry.is_keyframe and film.samples.starts_decoding(number)
    ]
    times = [film.seconds(film.samples.at(number).dts) for number in keys]
    found = _Spans(0.0)
    for at_s in sorted(0.0 if place is None else film.seconds(place) for place in run.places):
        after = bisect.bisect_right(times, at_s + _SAME_S)
        until_s = times[after] if after < len(times) and times[after] > 0.0 else duration_s
        found.join(at_s, min(until_s, duration_s))
    return found.end(duration_s)


class _Spans:
    """Collects stretches of one kind.

    Args:
        min_s: shorter ones do not count.
    """

    def __init__(self, min_s: float) -> None:
        self._min_s = min_s
        self._found: list[Span] = []
        self._begin_s: float | None = None

    def _close(self, at_s: float) -> None:
        begin_s, self._begin_s = self._begin_s, None
        if begin_s is not None and at_s > begin_s and at_s - begin_s >= self._min_s and len(self._found) < MAX_SPANS:
            self._found.append(Span(round(begin_s, 3), round(at_s, 3), SpanBasis.PICTURES))

    def join(self, begin_s: float, end_s: float) -> None:
        """Take a stretch that begins after those before; what overlaps is one."""
        begin_s, end_s = round(max(0.0, begin_s), 3), round(max(0.0, begin_s, end_s), 3)
        if self._found and begin_s <= self._found[-1].end_s:
            begin_s = self._found.pop().begin_s
        if len(self._found) < MAX_SPANS:
            self._found.append(Span(begin_s, end_s, SpanBasis.PICTURES))

    def end(self, at_s: float) -> tuple[Span, ...]:
        """End the stretch under way; return all."""
        self._close(at_s)
        return tuple(self._found)


class _Standing(_Spans):
    """Stretches over which pictures do not differ from the one that they begin with."""

    def __init__(self, min_s: float, differs: Callable[[Picture, Picture], bool]) -> None:
        super().__init__(min_s)
        self._differs = differs
        self._first: Picture | None = None

    def next(self, at_s: float, grid: Rows, rows: Rows) -> None:
        """Take one picture."""
        picture = (grid, rows)
        if self._first is None or self._first[1].shape != rows.shape or self._differs(self._first, picture):
            self._close(at_s)
            self._first, self._begin_s = picture, at_s


class _Holding(_Spans):
    """Stretches over which something holds."""

    def next(self, at_s: float, *, holds: bool, since_s: float) -> None:
        """Take one picture; ``since_s``: from when on it holds, should it hold anew."""
        if not holds:
            self._close(at_s)
        elif self._begin_s is None:
            self._begin_s = since_s


class _Changes:
    """Collects all kinds of stretches from one picture to the next."""

    def __init__(self) -> None:
        self._idle, self._frozen = _Standing(IDLE_MIN_S, _differs), _Standing(FROZEN_MIN_S, _differs_anywhere)
        self._black, self._duplicate = _Holding(BLACK_MIN_S), _Holding(0.0)
        self._before, self._before_s = b"", 0.0

    def next(self, at_s: float, shown: Rows) -> None:
        """Take the rows of one picture; the decoder uses them again."""
        data = shown.tobytes()  # the one copy; compared as a whole, four times as fast
        again = data == self._before
        self._duplicate.next(at_s, holds=again, since_s=self._before_s)
        if not again:
            self._see(at_s, np.frombuffer(data, dtype=np.uint8).reshape(shown.shape))
        self._before, self._before_s = data, at_s

    def _see(self, at_s: float, rows: Rows) -> None:
        """Take a picture that is another than the one before."""
        grid = np.ascontiguousarray(rows[:, _OFFSET::_STEP])
        inner = grid[: -max(1, len(rows) * OVERLAY_ROWS // GREY_HEIGHT)]  # a clock may be painted below
        self._idle.next(at_s, inner, rows)
        self._frozen.next(at_s, grid, rows)
        light = int(np.count_nonzero(inner >= BLACK_LUMA_BELOW))
        self._black.next(at_s, holds=light <= CHANGED_SHARE_ABOVE * inner.size, since_s=at_s)

    def end(self, at_s: float, spoiled: tuple[Span, ...]) -> Watched:
        """End the stretches under way; return all, beside those where pictures may be wrong."""
        return Watched(
            idle=self._idle.end(at_s),
            frozen=self._frozen.end(at_s),
            black=self._black.end(at_s),
            duplicate=self._duplicate.end(at_s),
            spoiled=spoiled,
        )


def _rows(frame: VideoFrame) -> Rows:
    """Return every eighth row of the luma, where the decoder has it: it uses the frame again."""
    if frame.format.name not in _EIGHT_BIT_LUMA:
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    data: Rows = np.frombuffer(memoryview(plane), dtype=np.uint8)[: plane.line_size * frame.height]
    return data.reshape(frame.height, plane.line_size)[_OFFSET % frame.height :: _STEP, : frame.width]


def _differs(before: Picture, after: Picture) -> bool:
    return _changed(before[0], after[0]) > CHANGED_SHARE_ABOVE * before[0].size


def _differs_anywhere(before: Picture, after: Picture) -> bool:
    """Say whether a single pixel differs visibly: key frames repeat a still picture with noise of some levels."""
    return _changed(before[0], after[0]) > 0 or _changed(before[1], after[1]) > 0


def _changed(before: Rows, after: Rows) -> int:
    return int(np.count_nonzero(np.maximum(before, after) - np.minimum(before, after) > CHANGED_PIXEL_ABOVE))
