"""How a film states that its stored pictures are to be shown: turned, mirrored, with pixels that are no squares."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import cast

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rdpgui.core.film import PictureShape

_WIDEST = 16
"""Pixels that are longer than so many times their breadth come from a damaged header."""


def shape_of(stream: VideoStream, frame: VideoFrame) -> PictureShape:
    """Return what the container, or else the coding, says of the shape of a picture.

    Args:
        stream: of the film.
        frame: a decoded picture of it.

    Source: ISO/IEC 14496-12 §8.3.2 (matrix of the track header), §12.1.4 (pixel aspect ratio).
    """
    turned_deg, mirrored = _turn(frame)
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    wide, high = (aspect.numerator, aspect.denominator) if aspect else (1, 1)
    if wide <= 0 or high <= 0 or max(wide, high) > _WIDEST * min(wide, high):
        wide = high = 1
    return PictureShape(turned_deg, mirrored, wide, high)


def _turn(frame: VideoFrame) -> tuple[int, bool]:
    """Return the clockwise turn in degrees, to the nearest quarter, and whether left and right are swapped before.

    NOTE: ``frame.rotation`` says -90 of a mirrored picture, too.
    """
    # PyAV's stubs call it a record with members; it is a mapping by kind.
    found = cast("Mapping[Type, bytes]", frame.side_data)
    if Type.DISPLAYMATRIX not in found:
        return 0, False
    matrix = found[Type.DISPLAYMATRIX]
    a, b, _u, c, d, *_rest = struct.unpack("<9i", bytes(matrix))
    if not a * d - b * c:
        return 0, False
    quarters = round(math.atan2(-c, d) / (math.pi / 2))
    return quarters % 4 * 90, a * d - b * c < 0
