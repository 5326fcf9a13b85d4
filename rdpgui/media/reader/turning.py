"""Does something turn in the middle of a screen? Windows' screens have a ring of dots there, and no page of text has.

In one picture it is dots on a circle; over several, a small place that is another in each. A caret blinks between two
states, a pointer travels farther.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rdpgui.media.reader.lines import Box
from rdpgui.media.reader.model import Luma

MIN_STATES = 3
"""Different looks of what turns; a caret has two."""
_TOP, _BOTTOM = 0.2, 0.9
_SIDE = 0.03
"""Half the width of the middle, of the picture's."""
_BESIDE = 3.5
"""How far left of a line a ring may begin, and how far around it one may reach, in heights of the line."""
_LARGEST = 5.0
_STEP = 48
_MIN_CHANGED = 2
_MIN_DOTS, _MAX_DOTS = 4, 16
_MAX_INK = 4000
_DOT_SIZE = 0.6
_SAME_SIZE = 4.0
_OFF_CIRCLE = 0.25
_RADIUS = (0.35, 3.0)


def turns(pictures: Sequence[Luma], line: Box, step: int, *, anywhere: bool = False) -> bool:
    """Say whether something turns in the middle of pictures that follow each other, or left of their line of text.

    Args:
        pictures: all of one size.
        line: where the text stands, in pixels.
        step: which pixel of which row the pictures have: every ``step``-th.
        anywhere: it need not be one small place: a per cent changes as well.
    """
    if len(pictures) < MIN_STATES:
        return False
    height, width = pictures[0].shape
    left = min(round((0.5 - _SIDE) * width), round((line.left - _BESIDE * line.height) / step))
    rows = slice(round(_TOP * height), round(_BOTTOM * height))
    columns = slice(max(0, left), round((0.5 + _SIDE) * width))
    states: list[NDArray[np.int16]] = []
    changed = np.zeros(pictures[0][rows, columns].shape, dtype=bool)
    for picture in pictures:
        zone = picture[rows, columns].astype(np.int16)
        if states:
            changed |= np.abs(zone - states[-1]) > _STEP
        if all(int((np.abs(zone - known) > _STEP).sum()) >= _MIN_CHANGED for known in states):
            states.append(zone)
        if len(states) >= MIN_STATES and anywhere:
            return True
    return len(states) >= MIN_STATES and _is_small(changed, _LARGEST * line.height / step)


def _is_small(changed: NDArray[np.bool_], size: float) -> bool:
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return bool(rows[-1] - rows[0] < size and columns[-1] - columns[0] < size)


def has_dots(ink: NDArray[np.bool_], lines: Sequence[Box], size: int) -> bool:
    """Say whether dots stand on a circle in the middle of a picture.

    Args:
        ink: what stands out of its ground.
        lines: what is text for sure.
        size: height of the text, pixels.
    """
    height, width = ink.shape
    side = max(_SIDE * width, _RADIUS[1] * size)
    left, right = max(0, round(width / 2 - side)), round(width / 2 + side)
    zone = ink[:, left:right].copy()
    zone[: round(_TOP * height)] = False
    zone[round(_BOTTOM * height) :] = False
    for box in lines:
        zone[max(0, box.top - 2) : box.bottom + 2] = False
    if not 0 < int(zone.sum()) <= _MAX_INK:
        return False
    largest = max(3.0, _DOT_SIZE * size)
    dots = [dot for dot in _blobs(zone) if max(dot[2:]) <= min(largest, 2 * min(dot[2:]))]
    if not _MIN_DOTS <= len(dots) <= _MAX_DOTS:
        return False
    sizes = [max(dot[2:]) for dot in dots]
    return max(sizes) <= _SAME_SIZE * min(sizes) and _on_a_circle(dots, side, size)


def _on_a_circle(dots: list[tuple[float, float, int, int]], middle: float, size: int) -> bool:
    """Say whether dots lie on one circle round the middle (least squares)."""
    x, y = (np.array([dot[axis] for dot in dots]) for axis in (0, 1))
    rows = np.column_stack((2 * x, 2 * y, np.ones(len(dots))))
    (centre_x, centre_y, rest), *_ = np.linalg.lstsq(rows, x**2 + y**2, rcond=None)
    radius = float(np.sqrt(max(0.0, rest + centre_x**2 + centre_y**2)))
    if not _RADIUS[0] * size <= radius <= _RADIUS[1] * size or abs(centre_x - middle) > radius:
        return False
    off = np.abs(np.hypot(x - centre_x, y - centre_y) - radius)
    return bool(off.max() <= max(1.5, _OFF_CIRCLE * radius))


def _blobs(zone: NDArray[np.bool_]) -> Iterator[tuple[float, float, int, int]]:
    """Yield middle (x, y) and size (wide, high) of each piece of ink that hangs together."""
    left = set(zip(*(axis.tolist() for axis in np.nonzero(zone)), strict=True))
    while left:
        found, at = [], [left.pop()]
        while at:
            row, column = at.pop()
            found.append((row, column))
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            at += near
        rows, columns = [row for row, _ in found], [column for _, column in found]
        wide, high = max(columns) - min(columns) + 1, max(rows) - min(rows) + 1
        yield (max(columns) + min(columns)) / 2, (max(rows) + min(rows)) / 2, wide, high
