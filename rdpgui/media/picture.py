"""A decoded frame as plain bytes, as Qt and PNG take them."""

from __future__ import annotations

from typing import Literal

from av.video.frame import VideoFrame

from rdpgui.core.film import Still
from rdpgui.media.film import Film, pts_of
from rdpgui.media.picture_shape import shape_of

_PIXEL_BYTES = {"rgb24": 3, "bgra": 4}


def pixels(frame: VideoFrame, pixel_format: Literal["rgb24", "bgra"]) -> bytes:
    """Return a frame's pixels row by row, without padding.

    Not by numpy: the program itself needs it nowhere else, and it would take 13 MB of memory.
    """
    plane = frame.reformat(format=pixel_format).planes[0]
    row_bytes = frame.width * _PIXEL_BYTES[pixel_format]
    data = memoryview(plane)
    if plane.line_size == row_bytes:
        return bytes(data[: row_bytes * frame.height])
    starts = range(0, plane.line_size * frame.height, plane.line_size)
    return b"".join(data[start : start + row_bytes] for start in starts)


def still_of(film: Film, frame: VideoFrame, index: int | None) -> Still:
    """Return a decoded frame as RGB still.

    Args:
        film: where it is from.
        frame: the picture.
        index: its number from 0, None when not counted.
    """
    shape = shape_of(film.stream, frame)
    return Still(film.seconds(pts_of(frame)), frame.width, frame.height, pixels(frame, "rgb24"), index, shape)
