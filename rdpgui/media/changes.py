"""Where a film's picture changes, from the pictures themselves: one pass over all of them.

Sizes of packets cannot tell: a blue screen or a dialog may cost a few bytes more than a still desktop. Each picture is
looked at on a grid of every eighth pixel, which costs a tenth of decoding it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rdpgui.core.film import Span, SpanBasis
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film, pts_of
from rdpgui.media.tail import BLACK_LUMA_BELOW, CHANGED_PIXEL_ABOVE, GREY_HEIGHT, OVERLAY_ROWS

MAX_PIXELS = 1280 * 720 * 1200
"""Of all frames together: 1.5 s of decoding. A longer film is looked at key frame by key frame."""
CHANGED_SHARE_ABOVE = 0.001
"""Share of grid points from which on something happened; a caret or the mouse is less."""
FROZEN_MIN_S = 2.0
BLACK_MIN_S = 0.5
_STEP = 8
_OFFSET = 4
_EIGHT_BIT_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")

Grid = NDArray[np.int16]


@dataclass(slots=True)
class Changes:
    """What one pass over the pictures found; film times in seconds.

    Attributes:
        changed_s: when something visible happened, beginning with the first picture.
        frozen, black: stretches of identical and of black pictures.
        end_s: end of the last picture.
    """

    changed_s: list[float] = field(default_factory=list)
    frozen: list[Span] = field(default_factory=list)
    black: list[Span] = field(default_factory=list)
    end_s: float = 0.0

    def idle(self, min_s: float) -> tuple[Span, ...]:
        """Return the stretches of at least ``min_s`` without a visible change."""
        ends = [*self.changed_s[1:], self.end_s]
        pairs = zip(self.changed_s, ends, strict=True)
        spans = (Span(round(begin, 3), round(end, 3), SpanBasis.PICTURES) for begin, end in pairs)
        return tuple(span for span in spans if span.end_s - span.begin_s >= min_s)


def may_be_watched(film: Film) -> bool:
    """Say whether a pass over all pictures is cheap enough to be made at once."""
    return film.width * film.height * len(film) <= MAX_PIXELS


def watch(film: Film, duration_s: float, deadline: Deadline) -> Changes:
    """Decode a film once and say where its picture changes.

    Args:
        film: opened film.
        duration_s: end of its last picture.
        deadline: limit for the work.

    Raises:
        RecordingUnreadable: the deadline passed.
    """
    found = Changes(end_s=duration_s)
    reference: Grid | None = None
    frozen = _Stretch(found.frozen, FROZEN_MIN_S, with_one_before=True)  # the picture that the others equal
    black = _Stretch(found.black, BLACK_MIN_S)
    before: VideoFrame | None = None
    for frame in film.frames_from(0, deadline, Run()):
        at_s = film.seconds(pts_of(frame))
        grid = _grid(frame)
        inner = grid[: -max(1, len(grid) * OVERLAY_ROWS // GREY_HEIGHT)]
        if reference is None or reference.shape != inner.shape or _differs(reference, inner):
            found.changed_s.append(at_s)
            reference = inner
        frozen.next(at_s, holds=before is not None and _is_same(before, frame))
        black.next(at_s, holds=bool((inner < BLACK_LUMA_BELOW).all()))
        before = frame
    frozen.end(duration_s)
    black.end(duration_s)
    return found


class _Stretch:
    """Collects stretches over which something holds."""

    def __init__(self, found: list[Span], min_s: float, *, with_one_before: bool = False) -> None:
        self._found = found
        self._min_s = min_s
        self._begin_s: float | None = None
        self._with_one_before = with_one_before
        self._before_s = 0.0

    def next(self, at_s: float, *, holds: bool) -> None:
        """Take one picture."""
        if holds and self._begin_s is None:
            self._begin_s = self._before_s if self._with_one_before else at_s
        elif not holds:
            self.end(at_s)
        self._before_s = at_s

    def end(self, at_s: float) -> None:
        """End the stretch under way."""
        if self._begin_s is not None and at_s - self._begin_s >= self._min_s:
            self._found.append(Span(round(self._begin_s, 3), round(at_s, 3), SpanBasis.PICTURES))
        self._begin_s = None


def _luma(frame: VideoFrame) -> NDArray[np.uint8]:
    if frame.format.name not in _EIGHT_BIT_LUMA:
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), dtype=np.uint8)[: plane.line_size * frame.height]
    return rows.reshape(frame.height, plane.line_size)[:, : frame.width]


def _grid(frame: VideoFrame) -> Grid:
    return _luma(frame)[_OFFSET::_STEP, _OFFSET::_STEP].astype(np.int16)


def _differs(before: Grid, after: Grid) -> bool:
    return float((np.abs(before - after) > CHANGED_PIXEL_ABOVE).mean()) > CHANGED_SHARE_ABOVE


def _is_same(before: VideoFrame, after: VideoFrame) -> bool:
    """Say whether two pictures are the same in every eighth row, exactly: what stands still has not one other pixel."""
    if (before.width, before.height, before.format.name) != (after.width, after.height, after.format.name):
        return False
    return bool(np.array_equal(_luma(before)[::_STEP], _luma(after)[::_STEP]))
