"""The fragments of a film one by one: number, times, description in use, protection, without decoding.

Source: ISO/IEC 14496-12 §8.8.4 (moof), §8.8.5 (mfhd), §8.8.7 (tfhd), §8.8.8 (trun), §8.8.12 (tfdt).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdpgui.media.boxes import Box, iterate_boxes
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.tracks import AUXILIARY, PIFF_SENC, Track, grouped_runs, parts, seig_groups

MAX_MOOF_BYTES = 16 * 1024 * 1024
_BASE_GIVEN = 0x1
_ENTRY_GIVEN = 0x2
_DURATION_GIVEN = 0x8
_SIZE_GIVEN = 0x10
_TRUN_OFFSET = 0x1
_TRUN_FIRST_FLAGS = 0x4
_TRUN_SAMPLES = 12
"""Behind the offset of the media, which says where they are and not what."""
_TRUN_FIELDS = (0x100, 0x200, 0x400, 0x800)
"""Duration, size, flags and shift of each sample, in this order when given."""
_LOCAL_GROUP = 0x10000
"""Group numbers from here on are of the fragment itself. Source: §8.9.4."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one moof box says of one track.

    Attributes:
        start: offset of the box. number: its sequence number, None when it has none.
        begin_tick: decoding time of its first sample, None when it is not stated.
        duration_ticks: of all its samples. last_ticks: of the last one. samples: how many.
        entry: number of the sample description in use, from 1.
        auxiliary: carries what a decryption needs.
        grouped: True or False when a group says that samples are encrypted or that all are clear, else None.
        spliced: its samples lie before the box itself: it was made for another place.
        runs_hash: tells what it says of its samples from what others say.
    """

    start: int
    number: int | None
    begin_tick: int | None
    duration_ticks: int
    samples: int
    entry: int
    auxiliary: bool
    grouped: bool | None
    spliced: bool
    last_ticks: int = 0
    runs_hash: int = 0


def read_fragments(file: BlockFile, track: Track, boxes: Iterable[Box] | None = None) -> Iterator[Fragment]:
    """Yield the fragments of a track in the order of the file; cut and oversized boxes are left out.

    Args:
        file: the film.
        track: the track.
        boxes: of its top level, where they are known; None reads them.
    """
    for box in iterate_boxes(file, 0, file.size_bytes) if boxes is None else boxes:
        if box.kind == "moof" and not box.cut and box.size_bytes <= MAX_MOOF_BYTES:
            found = _fragment(file, box, track)
            if found is not None:
                yield found


def _fragment(file: BlockFile, moof: Box, track: Track) -> Fragment | None:
    number: int | None = None
    content = file.read_exactly(moof.start + moof.header_bytes, moof.size_bytes - moof.header_bytes)
    for kind, body in parts(content):
        if kind == "mfhd" and len(body) >= 8:
            number = int.from_bytes(body[4:8], "big")
        elif kind == "traf":
            found = _of_track(moof.start, number, body, track)
            if found is not None:
                return found
    return None


def _of_track(start: int, number: int | None, traf: bytes, track: Track) -> Fragment | None:
    head = _Head(track)
    begin: int | None = None
    duration = samples = last = told = 0
    auxiliary = spliced = False
    groups: tuple[bool, ...] = ()
    runs: tuple[tuple[int, int], ...] = ()
    for kind, body in parts(traf):
        match kind:
            case "tfhd":
                if not head.read(body):
                    return None
            case "tfdt" if len(body) >= 8:
                begin = int.from_bytes(body[4:12] if body[0] == 1 else body[4:8], "big")
            case "trun" if len(body) >= 8:
                offset, count, ticks, last = _run(body, head.duration_ticks)
                duration, samples, told = duration + ticks, samples + count, hash((told, body[_TRUN_SAMPLES:]))
                spliced = spliced or (head.base is not None and head.base + offset < start)
            case "sgpd":
                groups = groups or seig_groups(body)
            case "sbgp":
                runs = runs or grouped_runs(body)
        auxiliary = auxiliary or kind in AUXILIARY or (kind == "uuid" and body[:16] == PIFF_SENC)
    grouped = _grouped(groups, runs, samples)
    return Fragment(start, number, begin, duration, samples, head.entry, auxiliary, grouped, spliced, last, told)


class _Head:
    """The defaults of one ``traf``: its own, else the track's.

    Attributes:
        base: offset that sample offsets count from, None when it is the box itself.
        entry: sample description. duration_ticks: of a sample.
    """

    def __init__(self, track: Track) -> None:
        self.base: int | None = None
        self.entry = track.default_entry
        self.duration_ticks = track.default_duration_ticks
        self._track_id = track.track_id

    def read(self, body: bytes) -> bool:
        """Take ``tfhd``; returns whether it is of the track."""
        if len(body) < 8 or int.from_bytes(body[4:8], "big") != self._track_id:
            return False
        flags, at = int.from_bytes(body[1:4], "big"), 8
        if flags & _BASE_GIVEN:
            self.base, at = int.from_bytes(body[at : at + 8], "big"), at + 8
        if flags & _ENTRY_GIVEN:
            self.entry, at = int.from_bytes(body[at : at + 4], "big"), at + 4
        if flags & _DURATION_GIVEN:
            self.duration_ticks = int.from_bytes(body[at : at + 4], "big")
        return True


def _run(body: bytes, default_ticks: int) -> tuple[int, int, int, int]:
    """Return data offset, samples, their ticks and those of the last one of a ``trun``."""
    flags, count, at, offset = int.from_bytes(body[1:4], "big"), int.from_bytes(body[4:8], "big"), 8, 0
    if flags & _TRUN_OFFSET and len(body) >= at + 4:
        (offset,) = struct.unpack_from(">i", body, at)
        at += 4
    if flags & _TRUN_FIRST_FLAGS:
        at += 4
    width = 4 * sum(bool(flags & field) for field in _TRUN_FIELDS)
    if not flags & _TRUN_FIELDS[0]:
        return offset, count, count * default_ticks, default_ticks if count else 0
    count = min(count, (len(body) - at) // width)
    ticks = [int.from_bytes(body[i : i + 4], "big") for i in range(at, at + count * width, width)]
    return offset, count, sum(ticks), ticks[-1] if ticks else 0


def _grouped(groups: tuple[bool, ...], runs: tuple[tuple[int, int], ...], samples: int) -> bool | None:
    clear = 0
    for length, group in runs:
        at = group - _LOCAL_GROUP if group > _LOCAL_GROUP else 0
        if 0 < at <= len(groups):
            if groups[at - 1]:
                return True
            clear += length
    return False if samples and clear >= samples else None
