"""The lab's painted clock: reading it back from pixels, and painting it for fake guests.

A strip of 52 cells of 8 x 8 pixels whose left upper corner is (width - 416, height - 8):
white, black, 44 bits of Unix milliseconds, 4 bits of checksum, black, white.
Source: ``resources/docs/lab.md``, written anew here so that a misreading shows up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

CELLS = 52
CELL = 8
_TIME_BITS = 44
_CHECK_BITS = 4

Picture = npt.NDArray[np.uint8]


def read_clock(picture: Picture) -> int | None:
    """Unix milliseconds painted into a picture, or None when no intact strip is there.

    Args:
        picture: (height, width) grey or (height, width, channels), uint8.
    """
    height, width = picture.shape[:2]
    if height < CELL or width < CELLS * CELL:
        return None
    strip = picture[height - CELL :, width - CELLS * CELL :]
    grey = strip if strip.ndim == 2 else strip[:, :, :3].mean(axis=2)
    # the middle of each cell: compression blurs the borders
    middles = grey[2:6].reshape(4, CELLS, CELL)[:, :, 2:6].mean(axis=(0, 2))
    bits = [int(value > 127) for value in middles]
    if bits[:2] != [1, 0] or bits[-2:] != [0, 1]:
        return None
    value = int("".join(map(str, bits[2 : 2 + _TIME_BITS])), 2)
    check = int("".join(map(str, bits[2 + _TIME_BITS : -2])), 2)
    return value if check == checksum(value) else None


def checksum(unix_ms: int) -> int:
    """The sum of the eleven 4-bit groups, modulo 16."""
    return sum((unix_ms >> shift) & 15 for shift in range(0, _TIME_BITS, 4)) % 16


def paint_clock(picture: Picture, unix_ms: int) -> None:
    """Paint the strip into a BGRX picture of shape (height, width, 4)."""
    bits = f"10{unix_ms:0{_TIME_BITS}b}{checksum(unix_ms):0{_CHECK_BITS}b}01"
    cells = np.array([255 * int(bit) for bit in bits], dtype=np.uint8)
    height, width = picture.shape[:2]
    picture[height - CELL :, width - CELLS * CELL :, :3] = np.repeat(cells, CELL)[None, :, None]


@dataclass(frozen=True, slots=True)
class FilmedClock:
    """What one picture of a film says.

    Attributes:
        at_ms: place in the film, milliseconds.
        painted_ms: the painted clock, Unix milliseconds; None when unreadable.
    """

    at_ms: int
    painted_ms: int | None


def read_film(path: Path) -> list[FilmedClock]:
    """The painted clock of each picture of a film, in order."""
    import av

    with av.open(str(path)) as film:
        return [
            FilmedClock(round(float(frame.pts * frame.time_base) * 1000), read_clock(frame.to_ndarray(format="gray")))
            for frame in film.decode(video=0)
        ]
