"""What changed between two pictures, in tiles of 64 x 16 pixels.

Pictures are arrays of shape (height, width, 4), uint8, BGRX.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rdpgui.lab.rfb.wire import PixelFormat, Rect

TILE_WIDTH = 64
TILE_HEIGHT = 16

Frame = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


def mask_shape(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of tiles that cover a picture of that size in pixels."""
    return -(-height // TILE_HEIGHT), -(-width // TILE_WIDTH)


def full_mask(width: int, height: int) -> Mask:
    """Every tile is dirty."""
    return np.ones(mask_shape(width, height), dtype=np.bool_)


def empty_mask(width: int, height: int) -> Mask:
    """No tile is dirty."""
    return np.zeros(mask_shape(width, height), dtype=np.bool_)


def as_pixels(frame: Frame) -> npt.NDArray[np.uint32]:
    """A contiguous picture as one 32-bit number a pixel, shape (height, width); no copy."""
    return frame.view(np.uint32)[:, :, 0]


def dirty_mask(old: Frame, new: Frame) -> Mask:
    """Which tiles differ.

    Args:
        old: a contiguous picture.
        new: another of the same size.

    Returns:
        Booleans of shape (tile rows, tile columns).
    """
    height, width = new.shape[:2]
    differs = as_pixels(old) != as_pixels(new)
    rows = np.logical_or.reduceat(differs, np.arange(0, height, TILE_HEIGHT), axis=0)
    return np.logical_or.reduceat(rows, np.arange(0, width, TILE_WIDTH), axis=1)


def area_mask(area: Rect, width: int, height: int) -> Mask:
    """The tiles that a rectangle of pixels touches, in a picture of that size."""
    mask = empty_mask(width, height)
    inside = area.clipped(width, height)
    if inside.area:
        rows = slice(inside.y // TILE_HEIGHT, -(-(inside.y + inside.height) // TILE_HEIGHT))
        columns = slice(inside.x // TILE_WIDTH, -(-(inside.x + inside.width) // TILE_WIDTH))
        mask[rows, columns] = True
    return mask


def rects_of(mask: Mask, width: int, height: int) -> list[Rect]:
    """Few rectangles that cover the dirty tiles exactly and do not overlap.

    Runs of tiles in a row become one rectangle; equal runs in neighbouring rows are joined.
    """
    open_runs: dict[tuple[int, int], int] = {}
    found: list[Rect] = []
    for row in range(mask.shape[0] + 1):
        runs = _runs(mask[row]) if row < mask.shape[0] else []
        ended = [run for run in open_runs if run not in runs]
        found += [_rect(run, open_runs.pop(run), row, width, height) for run in ended]
        for run in runs:
            open_runs.setdefault(run, row)
    return found


def _runs(row: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(row.astype(np.int8), prepend=0, append=0))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _rect(run: tuple[int, int], first_row: int, end_row: int, width: int, height: int) -> Rect:
    x, y = run[0] * TILE_WIDTH, first_row * TILE_HEIGHT
    return Rect(x, y, min(run[1] * TILE_WIDTH, width) - x, min(end_row * TILE_HEIGHT, height) - y)


def cut(frame: Frame, rect: Rect) -> Frame:
    """A copy of the pixels inside ``rect``."""
    return frame[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width].copy()


def pixels_for(block: Frame, pixel_format: PixelFormat) -> bytes:
    """A block of BGRX pixels as bytes of the format a client asked for, row by row."""
    if pixel_format == PixelFormat():
        return block.tobytes()
    blue, green, red = (block[:, :, channel].astype(np.uint32) for channel in range(3))
    packed = (
        (red * pixel_format.red_max // 255) << np.uint32(pixel_format.red_shift)
        | (green * pixel_format.green_max // 255) << np.uint32(pixel_format.green_shift)
        | (blue * pixel_format.blue_max // 255) << np.uint32(pixel_format.blue_shift)
    )
    order = ">" if pixel_format.big_endian else "<"
    data: bytes = packed.astype(f"{order}u{pixel_format.bits_per_pixel // 8}").tobytes()
    return data
