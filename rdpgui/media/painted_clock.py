"""Read the machine-readable clock that the lab paints into every screen.

The program's own decoder, written from the contract, not from the lab's code: a misunderstanding must show up as an
unreadable clock. Source: resources/docs/lab.md, "Painted clock".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

CELLS = 52
CELL_PIXELS = 8
STRIP_WIDTH = CELLS * CELL_PIXELS
TIME_BITS = 44
CHECK_BITS = 4
MIN_CONTRAST = 80.0
"""Least difference of white and black markers, 0-255; compression keeps far more."""
MAX_DOUBT = 0.3
"""How far from its colour a cell may be, as share of the contrast."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

EIGHT_BIT_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")
"""Formats of pictures whose first plane is their brightness; limited or full range makes no difference to the clock."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKERS = (True, False)


def read_frame(frame: VideoFrame) -> datetime | None:
    """Return the instant painted into a decoded frame, None when there is no clock."""
    if frame.width < STRIP_WIDTH or frame.height < CELL_PIXELS:
        return None
    if frame.format.name in EIGHT_BIT_LUMA:  # as it is: to convert it all takes longer than to decode it
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), dtype=np.uint8)[: plane.line_size * frame.height]
        return read_grey(rows.reshape(frame.height, plane.line_size)[:, : frame.width])
    return read_grey(np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8))


def read_grey(grey: NDArray[np.uint8]) -> datetime | None:
    """Return the instant painted into a picture, None unless both markers and the checksum fit.

    Args:
        grey: height x width, uint8, full resolution.
    """
    height, width = grey.shape
    if width < STRIP_WIDTH or height < CELL_PIXELS:
        return None
    strip = grey[height - CELL_PIXELS :, width - STRIP_WIDTH :].astype(np.float64)
    cells = strip.reshape(CELL_PIXELS, CELLS, CELL_PIXELS)[2:6, :, 2:6].mean(axis=(0, 2))
    bits = _bits(cells)
    return None if bits is None else _instant(bits)


def _bits(cells: NDArray[np.float64]) -> list[bool] | None:
    """Return 48 bits from 52 mean levels, None when a cell is neither black nor white."""
    white = float(min(cells[0], cells[-1]))
    black = float(max(cells[1], cells[-2]))
    contrast = white - black
    if contrast < MIN_CONTRAST:
        return None
    levels = (cells - black) / contrast
    ones = levels > 0.5
    if bool((np.minimum(np.abs(levels), np.abs(levels - 1.0)) > MAX_DOUBT).any()):
        return None
    found = [bool(one) for one in ones]
    if tuple(found[:2]) != _MARKERS or tuple(found[-2:]) != _MARKERS[::-1]:
        return None
    return found[2:-2]


def _instant(bits: list[bool]) -> datetime | None:
    milliseconds = _number(bits[:TIME_BITS])
    checksum = sum(_number(bits[at : at + CHECK_BITS]) for at in range(0, TIME_BITS, CHECK_BITS)) % 16
    if checksum != _number(bits[TIME_BITS:]):
        return None
    instant = _EPOCH + timedelta(milliseconds=milliseconds)
    return instant if EARLIEST <= instant < LATEST else None


def _number(bits: list[bool]) -> int:
    value = 0
    for bit in bits:
        value = value * 2 + bit
    return value
