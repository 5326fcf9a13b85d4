"""The painted clock: milliseconds as black and white cells in the right lower corner of every screen.

Source: ``resources/docs/lab.md``, painted clock.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

CELL: Final = 8
CELLS: Final = 52
STRIP_WIDTH: Final = CELL * CELLS
STRIP_HEIGHT: Final = CELL
_TIME_BITS: Final = 44
_CHECK_BITS: Final = 4


def checksum(at_ms: int) -> int:
    """Return the sum of the eleven 4-bit groups of ``at_ms`` modulo 16."""
    return sum((at_ms >> shift) & 0xF for shift in range(0, _TIME_BITS, 4)) % 16


def cells(at_ms: int) -> list[bool]:
    """Return the 52 cells, left to right; True = white.

    Raises:
        ValueError: ``at_ms`` does not fit into 44 bits.
    """
    if not 0 <= at_ms < 1 << _TIME_BITS:
        raise ValueError(f"{at_ms} ms does not fit into {_TIME_BITS} bits")
    word = at_ms << _CHECK_BITS | checksum(at_ms)
    last = _TIME_BITS + _CHECK_BITS - 1
    return [True, False, *(bool(word >> (last - index) & 1) for index in range(last + 1)), False, True]


def paint(frame: NDArray[np.uint8], at_ms: int) -> None:
    """Paint the strip into a frame of shape (height, width, 4), uint8 BGRX, in place."""
    height, width = frame.shape[:2]
    row = np.repeat(np.where(cells(at_ms), 255, 0).astype(np.uint8), CELL)
    frame[height - STRIP_HEIGHT :, width - STRIP_WIDTH :, :] = row[np.newaxis, :, np.newaxis]
