"""A track that does not say how long a tick is: found from how long it says it lasts.

FFmpeg takes a tick for a second then, and an edit list hides all pictures but one.
Source: ISO/IEC 14496-12 §8.2.2 (mvhd), §8.3.2 (tkhd), §8.4.2 (mdhd).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from rdpgui.core.texts import N_
from rdpgui.media import reasons
from rdpgui.media.boxes import MAX_CHILDREN, Box, iterate_boxes
from rdpgui.media.remote_file import BlockFile

_MAX_SCALE = 2**31 - 1
_PICTURES = b"vide"
_MAX_EDITS = 8
_MAX_TABLE_BYTES = 8 * 1024 * 1024
_OPENED = frozenset(("edts", "mdia", "minf", "stbl"))


def mend_timescales(file: BlockFile, name: str) -> bool:
    """Let the film say how long its ticks are where its tracks do not; returns whether that was needed.

    Args:
        file: a film with an index; read with the mended numbers from now on.
        name: for messages.

    Raises:
        RecordingUnreadable: nothing tells how long a tick of its pictures is.
    """
    moov = next((box for box in iterate_boxes(file, 0, file.size_bytes) if box.kind == "moov"), None)
    if moov is None:
        return False
    parts = list(children(file, moov))
    movie_scale = next((scale_of(file, box)[1] for box in parts if box.kind == "mvhd"), 0)
    mended = [_mend_track(file, name, box, movie_scale) for box in parts if box.kind == "trak"]
    return any(mended)


def _mend_track(file: BlockFile, name: str, trak: Box, movie_scale: int) -> bool:
    found = {box.kind: box for box in inside(file, trak)}
    place, scale = scale_of(file, found["mdhd"]) if "mdhd" in found else (0, 0)
    if not place or 0 < scale <= _MAX_SCALE:
        return False
    shown = _track_duration(file, found["tkhd"]) if "tkhd" in found else 0
    ticks, first_shift = ticks_of(file, found)
    if "elst" in found:
        pause, begin = _edits(file, found["elst"])
        shown, ticks = shown - pause, ticks - max(0, begin - first_shift)
    wanted = round(ticks * movie_scale / shown) if shown > 0 and 0 < movie_scale <= _MAX_SCALE else 0
    if 0 < wanted <= _MAX_SCALE:
        file.overlay(place, wanted.to_bytes(4, "big"))
        return True
    handler = found.get("hdlr")
    if handler is not None and file.read_exactly(handler.start + handler.header_bytes + 8, 4) == _PICTURES:
        raise reasons.index_damaged(name, N_("it does not say how long its units of time are"))
    return False


def inside(file: BlockFile, parent: Box) -> Iterator[Box]:
    """Yield the boxes of a track, also those in its other boxes."""
    for box in children(file, parent):
        if box.kind in _OPENED:
            yield from inside(file, box)
        else:
            yield box


def children(file: BlockFile, parent: Box) -> Iterator[Box]:
    """Yield the boxes in a box."""
    end = parent.start + parent.size_bytes
    return islice(iterate_boxes(file, parent.start + parent.header_bytes, end), MAX_CHILDREN)


def scale_of(file: BlockFile, box: Box) -> tuple[int, int]:
    """Return where ``mvhd`` or ``mdhd`` has its timescale, and the timescale; zeros when it is cut."""
    start = box.start + box.header_bytes
    content = file.read_exactly(start, 24)
    if len(content) < 24:
        return 0, 0
    at = 20 if content[0] == 1 else 12
    return start + at, int.from_bytes(content[at : at + 4], "big")


def ticks_of(file: BlockFile, found: dict[str, Box]) -> tuple[int, int]:
    """Return the ticks of all samples together, and by how many the first is shown later than it is decoded.

    Source: ISO/IEC 14496-12 §8.6.1.2 (stts), §8.6.1.3 (ctts).
    """
    stts = found.get("stts")
    rows = (
        b"" if stts is None else file.read_exactly(stts.start + stts.header_bytes + 8, _within(stts, _MAX_TABLE_BYTES))
    )
    ticks = sum(count * length for count, length in struct.iter_unpack(">II", rows[: len(rows) // 8 * 8]))
    ctts = found.get("ctts")
    first = b"" if ctts is None else file.read_exactly(ctts.start + ctts.header_bytes + 12, _within(ctts, 4))
    return ticks, int.from_bytes(first, "big", signed=True)


def _within(table: Box, limit_bytes: int) -> int:
    return max(0, min(limit_bytes, table.size_bytes - table.header_bytes - 8))


def _edits(file: BlockFile, box: Box) -> tuple[int, int]:
    """Return how long an edit list shows nothing, in the movie's units, and how many ticks of the track it hides.

    Source: ISO/IEC 14496-12 §8.6.6 (elst).
    """
    content = file.read_exactly(box.start + box.header_bytes, 8 + _MAX_EDITS * 20)
    entry = struct.Struct(">QqI" if content[:1] == b"\1" else ">IiI")
    pause = 0
    for at in range(8, min(len(content), box.size_bytes - box.header_bytes) - entry.size + 1, entry.size):
        length, begin, _speed = entry.unpack_from(content, at)
        if begin >= 0:
            return pause, begin
        pause += length
    return pause, 0


def _track_duration(file: BlockFile, box: Box) -> int:
    content = file.read_exactly(box.start + box.header_bytes, 36)
    if content[:1] == b"\1":
        return int.from_bytes(content[28:36], "big")
    return int.from_bytes(content[20:24], "big")
