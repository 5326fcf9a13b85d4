"""The end of a long film as a small film of its own, so that its last frame costs neither the index nor the film.

FFmpeg reads an index sample by sample: 15-25 ms and 2 MB for four hours of variable rate, where the end needs 20
samples. Here the last group of pictures is put into memory as an mp4 with the film's own headers; its first sample
stands for the film's first one, so that times and edit lists mean what they mean in the film.

Only for plain films: one track, no fragments, whole, tables that agree. Everything else is ``NotPlain``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from rdpgui.core.ports import RangeReader
from rdpgui.media.boxes import MAX_CHILDREN, Box, iterate_boxes
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.sample_tables import NotPlain, Tail, read_tail

BLOCK_BYTES = 32 * 1024
"""Headers are some bytes each, far apart: larger blocks would mostly bring what is not needed."""
MAX_TAIL_BYTES = 32 * 1024 * 1024
_MAX_HEADER_BYTES = 64 * 1024
_NORMAL_SPEED = 0x10000
_PAUSE = -1
_MAX_STEP_TICKS = 2**31 - 1
_OPENED = ("moov", "trak", "mdia", "minf", "stbl")
_TABLES = frozenset(("stts", "ctts", "stss", "stsc", "stsz", "stco", "co64"))
_COPIED = frozenset(("mvhd", "tkhd", "edts", "mdhd", "hdlr", "vmhd", "dinf", "stsd"))
_LEFT_OUT = frozenset(("free", "skip", "udta", "meta", "sdtp"))
"""They change neither pictures nor times."""


@dataclass(frozen=True, slots=True)
class ShortFilm:
    """The end of a film.

    Attributes:
        data: an mp4. samples: how many it has. key_sample: the one that is the film's last key sample; those before it
            only stand for the film's beginning.
        skipped: samples of the film that are not there; a frame number is that much larger in the film.
        reordered: frames may be decoded in another order than they are shown.
    """

    data: bytes
    samples: int
    key_sample: int
    skipped: int
    reordered: bool


def shorten(reader: RangeReader) -> ShortFilm:
    """Return the last group of pictures of a film as a film.

    Args:
        reader: its bytes.

    Raises:
        NotPlain: it has to be read whole. AwsError: from a remote reader.
    """
    file = BlockFile(reader, block_bytes=BLOCK_BYTES)
    first, moov = _top_level(file)
    tree = _Headers(file)
    tree.read(moov)
    tail = read_tail(file, tree.tables, tree.duration_ticks())
    places = -(-tail.begin_tick // _MAX_STEP_TICKS)
    content = _content(reader, tail)
    ftyp = file.read_exactly(first.start, first.size_bytes)
    begin = len(ftyp) + len(tree.rebuilt(_new_tables(tail, places, 0))) + 8
    media = content[: int(tail.sizes[0])] * places + content
    return ShortFilm(
        data=ftyp + tree.rebuilt(_new_tables(tail, places, begin)) + _box("mdat", media),
        samples=places + len(tail.sizes),
        key_sample=places,
        skipped=tail.first - places,
        reordered=tail.shifts is not None,
    )


def _top_level(file: BlockFile) -> tuple[Box, Box]:
    """Return ftyp and moov of a whole film without fragments."""
    found: dict[str, Box] = {}
    end = 0
    for box in islice(iterate_boxes(file, 0, file.size_bytes), MAX_CHILDREN):
        if box.cut or box.kind == "moof" or (box.kind in ("ftyp", "moov") and box.kind in found):
            raise NotPlain
        found[box.kind] = box
        end = box.start + box.size_bytes
    if not {"ftyp", "moov", "mdat"} <= set(found) or end != file.size_bytes or found["ftyp"].start:
        raise NotPlain
    return found["ftyp"], found["moov"]


class _Headers:
    """What stands around the sample tables.

    Attributes:
        tables: the sample tables by kind.
    """

    def __init__(self, file: BlockFile) -> None:
        self.tables: dict[str, Box] = {}
        self._file = file
        self._before: dict[str, bytes] = {}
        self._headers: dict[str, bytes] = {}
        self._edits: list[tuple[int, int, int]] = []

    def read(self, moov: Box) -> None:
        """Take the headers down to the sample tables."""
        self._open(moov, _OPENED)
        if set(self._before) != set(_OPENED):
            raise NotPlain

    def rebuilt(self, tables: bytes) -> bytes:
        """Return the moov box with other sample tables."""
        inner = tables
        for kind in reversed(_OPENED):
            inner = _box(kind, self._before[kind] + inner)
        return inner

    def duration_ticks(self) -> int | None:
        """Return the duration of the track, None when it may not be relied on: edits may shift what it counts.

        A pause before the first sample shifts nothing where all headers tell it from what follows.
        """
        scale, ticks = _scale_and_duration(self._headers.get("mdhd", b""))
        if not self._edits:
            return ticks or None
        pause_ticks = sum(length for length, media_time, _rate in self._edits if media_time == _PAUSE)
        length, media_time, _rate = self._edits[-1]
        if media_time:
            return None
        if pause_ticks:
            movie_scale, _ = _scale_and_duration(self._headers.get("mvhd", b""))
            shown_ticks = _duration_of_track(self._headers.get("tkhd", b""))
            # Each is rounded to ticks of the movie on its own.
            if abs(length * scale - ticks * movie_scale) > scale or abs(shown_ticks - pause_ticks - length) > 1:
                return None
        return ticks or None

    def _open(self, parent: Box, path: tuple[str, ...]) -> None:
        if parent.kind in self._before:  # a second track
            raise NotPlain
        self._before[parent.kind] = b""
        copied: list[bytes] = []
        for box in self._children(parent):
            if box.kind in path[1:2]:
                self._open(box, path[1:])
            elif box.kind in _TABLES and parent.kind == "stbl" and box.kind not in self.tables:
                self.tables[box.kind] = box
            elif box.kind in _COPIED and box.size_bytes <= _MAX_HEADER_BYTES:
                copied.append(self._copy(box))
            elif box.kind not in _LEFT_OUT:
                raise NotPlain
        self._before[parent.kind] = b"".join(copied)

    def _children(self, parent: Box) -> Iterator[Box]:
        end = parent.start + parent.size_bytes
        for count, box in enumerate(iterate_boxes(self._file, parent.start + parent.header_bytes, end)):
            if box.cut or count >= MAX_CHILDREN:
                raise NotPlain
            yield box

    def _copy(self, box: Box) -> bytes:
        content = self._file.read_exactly(box.start + box.header_bytes, box.size_bytes - box.header_bytes)
        if box.kind == "stsd" and content[4:8] != b"\0\0\0\1":  # several descriptions: the size may change
            raise NotPlain
        if box.kind == "edts":
            self._edits = _plain_edits(content)
        self._headers[box.kind] = content
        return _box(box.kind, content)


def _plain_edits(content: bytes) -> list[tuple[int, int, int]]:
    """Return the length, media time and speed of each edit.

    Source: ISO/IEC 14496-12 §8.6.6 (elst).

    Raises:
        NotPlain: they are not one stretch at normal speed, at most after a pause.
    """
    if len(content) < 16 or content[4:8] != b"elst":
        raise NotPlain
    version, count = content[8], int.from_bytes(content[12:16], "big")
    entry = struct.Struct(">QqI" if version == 1 else ">IiI")
    if not 1 <= count <= 2 or len(content) != 16 + count * entry.size:
        raise NotPlain
    edits = list(entry.iter_unpack(content[16:]))
    pauses = [media_time == _PAUSE for _length, media_time, _rate in edits]
    if pauses not in ([False], [True, False]) or edits[-1][2] != _NORMAL_SPEED:
        raise NotPlain
    return edits


def _scale_and_duration(header: bytes) -> tuple[int, int]:
    """Return what ``mvhd`` or ``mdhd`` states: ticks a second, and how many there are. Source: §8.2.2, §8.4.2."""
    scale, duration = (slice(20, 24), slice(24, 32)) if header[:1] == b"\1" else (slice(12, 16), slice(16, 20))
    return int.from_bytes(header[scale], "big"), int.from_bytes(header[duration], "big")


def _duration_of_track(header: bytes) -> int:
    """Return the duration that ``tkhd`` states, in ticks of the movie. Source: §8.3.2."""
    return int.from_bytes(header[28:36] if header[:1] == b"\1" else header[20:24], "big")


def _content(reader: RangeReader, tail: Tail) -> bytes:
    """Return the bytes of the samples, one read for each stretch without a gap."""
    ends = tail.positions + tail.sizes
    if tail.sizes.min() < 1 or tail.positions.min() < 0 or int(ends.max()) > reader.size_bytes:
        raise NotPlain
    if int(tail.sizes.sum()) > MAX_TAIL_BYTES:
        raise NotPlain
    breaks = [0, *((tail.positions[1:] != ends[:-1]).nonzero()[0] + 1).tolist(), len(ends)]
    spans = [(int(tail.positions[at]), int(ends[to - 1])) for at, to in pairwise(breaks)]
    content = b"".join(reader.read_range(begin, end - begin) for begin, end in spans)
    if len(content) != int(tail.sizes.sum()):
        raise NotPlain
    return content


def _new_tables(tail: Tail, places: int, begin: int) -> bytes:
    """Return sample tables: the key sample in the place of the film's beginning, then all at their times.

    One step between samples is a number of 32 bits: a long beginning takes several places.
    """
    count, key_bytes = len(tail.sizes), int(tail.sizes[0])
    steps = [_MAX_STEP_TICKS] * (places - 1) + [tail.begin_tick - _MAX_STEP_TICKS * (places - 1)]
    sizes = [key_bytes] * places + tail.sizes.tolist()
    tables = [
        _runs("stts", [(1, step) for step in (*steps, *(int(length) for length in tail.durations))]),
        _runs("stsc", [(1, places, 1), (2, count, 1)]),
        _full_box("stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
        _runs("stco", [(begin,), (begin + key_bytes * places,)]),
    ]
    if tail.shifts is not None:
        shifts = [int(tail.shifts[0])] * (places - 1) + [int(shift) for shift in tail.shifts]
        tables.append(_runs("ctts", [(1, shift) for shift in shifts]))
    if not tail.every_key:
        tables.append(_runs("stss", [(number,) for number in range(1, places + 2)]))
    return b"".join(tables)


def _runs(kind: str, rows: list[tuple[int, ...]]) -> bytes:
    numbers = [number for row in rows for number in row]
    return _full_box(kind, struct.pack(f">I{len(numbers)}I", len(rows), *numbers))


def _full_box(kind: str, content: bytes) -> bytes:
    return _box(kind, bytes(4) + content)


def _box(kind: str, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind.encode()) + content
