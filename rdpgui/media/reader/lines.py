"""Where words may stand in a picture: ink on a plain ground, in lines.

The numbers were measured on drawn end screens of many fonts, sizes and qualities. On a desktop the result means
nothing: the share of the ground comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rdpgui.media.reader.model import Luma

GROUND_WITHIN = 12
"""Levels on both sides of the commonest one that are the ground."""
MAX_HEIGHT_SHARE = 0.2
"""Of the picture's height; what is taller is no line of text."""
MAX_PIECES = 14
MIN_HEIGHT = 6
READ_WIDTH = 1.6
"""Width over height from which on a piece may be a line of text; under ``_DUST_WIDTH`` it is dust."""
_DUST_WIDTH = 0.6
_COLUMN_GAP = 2.0
"""Widest gap inside a line, in heights: less takes the long vowel mark for the end of a word."""
_EIGHT_BIT_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")
_FULL_RANGE = 2
_FULL_OF_LIMITED = np.clip(np.round((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; right and bottom are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return its width."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return its height."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Return its middle from left to right."""
        return (self.left + self.right) / 2

    def padded(self, share: float, picture: Luma) -> Luma:
        """Return what is in it, with a margin of ``share`` of its height."""
        margin = max(1, round(self.height * share))
        rows = slice(max(0, self.top - margin), self.bottom + margin)
        return picture[rows, max(0, self.left - margin) : self.right + margin]


@dataclass(frozen=True, slots=True)
class Ground:
    """The commonest level of a picture, and the share of its pixels that are near it, 0-1."""

    level: int
    share: float


def luma_of(frame: VideoFrame, area: Box | None = None) -> Luma:
    """Return a frame's brightness in full range; the table cannot overflow as arithmetic on bytes does.

    Args:
        frame: the picture.
        area: only this part of it; None for all.
    """
    raw, full = _raw_luma(frame)
    part = raw if area is None else raw[max(0, area.top) : area.bottom, max(0, area.left) : area.right]
    return part if full else _FULL_OF_LIMITED[part]


def sparse_luma(frame: VideoFrame, step: int) -> Luma:
    """Return every ``step``-th pixel of every ``step``-th row."""
    raw, full = _raw_luma(frame)
    sparse = raw[::step, ::step]
    return sparse.copy() if full else _FULL_OF_LIMITED[sparse]


def _raw_luma(frame: VideoFrame) -> tuple[Luma, bool]:
    full = frame.format.name == "gray" or frame.format.name.startswith("yuvj") or frame.color_range == _FULL_RANGE
    if frame.format.name not in _EIGHT_BIT_LUMA:
        frame, full = frame.reformat(format="gray"), True
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8)[: plane.line_size * frame.height]
    return rows.reshape(frame.height, plane.line_size)[:, : frame.width], full


def ground_of(sparse: Luma) -> Ground:
    """Return the ground of a picture, or of every few pixels of it."""
    counts = np.bincount(sparse.ravel(), minlength=256)
    level = int(counts.argmax())
    near = int(counts[max(0, level - GROUND_WITHIN) : level + GROUND_WITHIN + 1].sum())
    return Ground(level, near / sparse.size)


def ink_of(picture: Luma, ground: int) -> NDArray[np.bool_]:
    """Return what stands out of the ground, against the contrast that there is."""
    levels = np.abs(np.arange(256) - ground).astype(np.uint8)
    difference = levels[picture]
    counts = np.bincount(difference.ravel(), minlength=256)[21:].cumsum()
    above = int(np.searchsorted(counts, counts[-1] * 0.95)) + 21 if counts[-1] else 255
    return difference > max(24.0, 0.28 * above)


def pieces_of(ink: NDArray[np.bool_]) -> tuple[Box, ...] | None:
    """Return the pieces of ink from top to bottom and left to right; None when they are no lines of text.

    A strip on the bottom edge (a painted clock, and a taskbar that hides itself) is left out.
    """
    height = ink.shape[0]
    found: list[Box] = []
    for top, bottom in runs(np.asarray(ink.sum(axis=1) >= 2), 1 + height // 400):
        size = bottom - top
        if bottom >= height - 1 and size <= max(MIN_HEIGHT, 0.015 * height):
            continue
        if size > MAX_HEIGHT_SHARE * height:
            return None
        if size < MIN_HEIGHT:
            continue
        band = ink[top:bottom]
        for left, right in runs(np.asarray(band.any(axis=0)), round(_COLUMN_GAP * size)):
            if right - left >= _DUST_WIDTH * size:
                rows = np.flatnonzero(band[:, left:right].any(axis=1))
                found.append(Box(left, top + int(rows[0]), right, top + int(rows[-1]) + 1))
        if len(found) > MAX_PIECES:
            return None
    return tuple(found)


def runs(marks: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """Return (begin, end) of the stretches of marks, those nearer than ``gap`` + 1 joined."""
    places = np.flatnonzero(marks)
    if not len(places):
        return []
    cuts = np.flatnonzero(np.diff(places) > gap + 1)
    begins = places[np.append(0, cuts + 1)]
    ends = places[np.append(cuts, len(places) - 1)] + 1
    return list(zip(begins.tolist(), ends.tolist(), strict=True))
