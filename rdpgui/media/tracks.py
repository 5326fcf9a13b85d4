"""What the headers of a film say of its tracks: kind, sample descriptions, protection, defaults of fragments.

Read from the boxes themselves, before FFmpeg: it refuses many protected films, and never tells what it decodes.
Source: ISO/IEC 14496-12 §8.4 (media), §8.5.2 (stsd), §8.8.3 (trex), §8.9 (groups), §8.12 (protection);
ISO/IEC 23001-7 §8.2 (tenc), §6 (seig).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from rdpgui.media.boxes import MAX_CHILDREN, Box, iterate_boxes
from rdpgui.media.remote_file import BlockFile

VIDEO = "vide"
MAX_TRACKS = 32
_VISUAL_ENTRY_BYTES = 78
"""Fields of a visual sample entry before its boxes, behind size and type."""
_MAX_HEADER_BYTES = 256 * 1024
_FULL_BOX_BYTES = 4
_PROTECTED_ENTRY = "encv"
_PIFF_TENC = bytes.fromhex("8974dbce7be74c5184f97149f9882554")
PIFF_SENC = bytes.fromhex("a2394f525a9b4f14a2446c427c648df4")
"""Boxes of the format from before the standard. Source: Protected Interoperable File Format 1.1 §5.3.2."""
AUXILIARY = frozenset(("senc", "saiz", "saio"))


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """One sample description.

    Attributes:
        kind: four characters of the entry. codec: those of the coding itself; the same unless it is protected.
        width, height: of the picture in pixels.
        scheme: of the protection, for example ``cenc``; empty when it is not protected.
        protected: samples are encrypted unless a group says otherwise.
        key_id: of the default key, hexadecimal.
        constant_iv: all samples begin alike, so that besides the key nothing is needed (``cbcs``).
    """

    kind: str
    codec: str
    width: int
    height: int
    scheme: str = ""
    protected: bool = False
    key_id: str = ""
    constant_iv: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """One track.

    Attributes:
        track_id: number in the file. handler: four characters, ``vide`` for pictures.
        entries: sample descriptions. used: their numbers, from 1, that samples outside of fragments use.
        samples: how many are listed outside of fragments.
        timescale: ticks per second. duration_ticks: as the header states it.
        default_entry, default_duration_ticks: for fragments.
        auxiliary: carries what a decryption needs.
        first_protected: number of the first sample whose group is encrypted, None when no group says so.
        all_clear: groups cover every sample and none is encrypted.
    """

    track_id: int
    handler: str
    entries: tuple[SampleEntry, ...]
    used: tuple[int, ...]
    samples: int
    timescale: int
    duration_ticks: int
    default_entry: int = 1
    default_duration_ticks: int = 0
    auxiliary: bool = False
    first_protected: int | None = None
    all_clear: bool = False


def read_tracks(file: BlockFile) -> tuple[Track, ...]:
    """Return the tracks of the first moov box; what is cut or makes no sense is left out.

    Args:
        file: a film whose layout was read.
    """
    moov = next((box for box in iterate_boxes(file, 0, file.size_bytes) if box.kind == "moov" and not box.cut), None)
    if moov is None:
        return ()
    defaults: dict[int, tuple[int, int]] = {}
    found: list[Track] = []
    for box in _children(file, moov):
        if box.kind == "mvex":
            defaults |= dict(_defaults(file, box))
        elif box.kind == "trak" and len(found) < MAX_TRACKS:
            track = _track(file, box)
            if track is not None:
                found.append(track)
    return tuple(_with_defaults(track, defaults) for track in found)


def parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield kind and content of the boxes in a stretch of bytes; stops at the first that does not fit."""
    at = 0
    for _ in range(MAX_CHILDREN):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            return
        yield kind.decode("latin-1"), data[at + 8 : at + size]
        at += size


def seig_groups(content: bytes) -> tuple[bool, ...]:
    """Return of each group in an ``sgpd`` of kind ``seig`` whether its samples are encrypted; empty for others."""
    if len(content) < 12 or content[4:8] != b"seig":
        return ()
    version, at = content[0], 8
    length = 20
    if version >= 1:
        length = int.from_bytes(content[at : at + 4], "big")
        at += 4
    count = int.from_bytes(content[at : at + 4], "big")
    at += 4
    groups: list[bool] = []
    for _ in range(min(count, 10_000)):
        size = length
        if version >= 1 and length == 0:
            size = int.from_bytes(content[at : at + 4], "big")
            at += 4
        if size < 20 or at + size > len(content):
            break
        groups.append(content[at + 2] == 1)
        at += size
    return tuple(groups)


def grouped_runs(content: bytes) -> tuple[tuple[int, int], ...]:
    """Return (samples, group number) runs of an ``sbgp`` of kind ``seig``; empty for others."""
    if len(content) < 12 or content[4:8] != b"seig":
        return ()
    at = 12 if content[0] == 1 else 8
    count = int.from_bytes(content[at : at + 4], "big")
    rows = content[at + 4 : at + 4 + 8 * min(count, (len(content) - at - 4) // 8)]
    return tuple(struct.iter_unpack(">II", rows))


def _children(file: BlockFile, parent: Box) -> Iterator[Box]:
    end = parent.start + parent.size_bytes
    for box in islice(iterate_boxes(file, parent.start + parent.header_bytes, end), MAX_CHILDREN):
        if not box.cut:
            yield box


def _content(file: BlockFile, box: Box, limit_bytes: int = _MAX_HEADER_BYTES) -> bytes:
    start = box.start + box.header_bytes
    return file.read_exactly(start, min(limit_bytes, box.size_bytes - box.header_bytes))


def _defaults(file: BlockFile, mvex: Box) -> Iterator[tuple[int, tuple[int, int]]]:
    for box in _children(file, mvex):
        if box.kind == "trex":
            content = _content(file, box)
            if len(content) >= 24:
                track_id, entry, duration = struct.unpack_from(">III", content, _FULL_BOX_BYTES)
                yield track_id, (entry, duration)


def _with_defaults(track: Track, defaults: dict[int, tuple[int, int]]) -> Track:
    entry, duration = defaults.get(track.track_id, (1, 0))
    return replace(track, default_entry=entry, default_duration_ticks=duration)


def _track(file: BlockFile, trak: Box) -> Track | None:
    track_id = 0
    for box in _children(file, trak):
        if box.kind == "tkhd":
            content = _content(file, box, 64)
            at = 20 if content[:1] == b"\1" else 12
            track_id = int.from_bytes(content[at : at + 4], "big")
        elif box.kind == "mdia":
            return _media(file, box, track_id)
    return None


def _media(file: BlockFile, mdia: Box, track_id: int) -> Track | None:
    handler, timescale, duration = "", 0, 0
    for box in _children(file, mdia):
        if box.kind == "mdhd":
            timescale, duration = _media_times(_content(file, box, 64))
        elif box.kind == "hdlr":
            handler = _content(file, box, 64)[8:12].decode("latin-1")
        elif box.kind == "minf":
            tables = next((inner for inner in _children(file, box) if inner.kind == "stbl"), None)
            if tables is not None:
                return _of_tables(file, tables, (track_id, handler, timescale, duration))
    return None


def _media_times(content: bytes) -> tuple[int, int]:
    """Return timescale and duration of ``mdhd``."""
    if content[:1] == b"\1" and len(content) >= 32:
        timescale, duration = struct.unpack_from(">IQ", content, 20)
    elif len(content) >= 20:
        timescale, duration = struct.unpack_from(">II", content, 12)
    else:
        return 0, 0
    return int(timescale), int(duration)


def _of_tables(file: BlockFile, stbl: Box, head: tuple[int, str, int, int]) -> Track:
    entries: tuple[SampleEntry, ...] = ()
    used: tuple[int, ...] = ()
    groups: tuple[bool, ...] = ()
    runs: tuple[tuple[int, int], ...] = ()
    samples, auxiliary = 0, False
    for box in _children(file, stbl):
        match box.kind:
            case "stsd":
                entries = tuple(_entry(kind, content) for kind, content in parts(_content(file, box)[8:]))
            case "stsz" | "stz2":
                samples = int.from_bytes(_content(file, box, 12)[8:12], "big")
            case "stsc" if len(entries) > 1 or any(entry.scheme for entry in entries):
                rows = _content(file, box)[8:]
                used = tuple(sorted({row[2] for row in struct.iter_unpack(">III", rows[: len(rows) // 12 * 12])}))
            case "sgpd":
                groups = groups or seig_groups(_content(file, box))
            case "sbgp":
                runs = runs or grouped_runs(_content(file, box))
        auxiliary = auxiliary or box.kind in AUXILIARY
    track_id, handler, timescale, duration = head
    first, clear = _grouped(groups, runs, samples)
    return Track(
        track_id, handler, entries, used, samples, timescale, duration,
        auxiliary=auxiliary, first_protected=first, all_clear=clear,
    )  # fmt: skip


def _grouped(groups: tuple[bool, ...], runs: tuple[tuple[int, int], ...], samples: int) -> tuple[int | None, bool]:
    """Return the first sample in an encrypted group, and whether every sample is in a clear one."""
    number, clear = 0, 0
    for length, group in runs:
        known = 0 < group <= len(groups)
        if known and groups[group - 1]:
            return number, False
        clear += length if known else 0
        number += length
    return None, samples > 0 and clear >= samples


def _entry(kind: str, content: bytes) -> SampleEntry:
    width, height = struct.unpack_from(">HH", content, 24) if len(content) >= _VISUAL_ENTRY_BYTES else (0, 0)
    if kind == _PROTECTED_ENTRY:
        sinf = next((body for inner, body in parts(content[_VISUAL_ENTRY_BYTES:]) if inner == "sinf"), None)
        if sinf is not None:
            return _protected_entry(width, height, sinf)
    return SampleEntry(kind, kind, width, height)


def _protected_entry(width: int, height: int, sinf: bytes) -> SampleEntry:
    """Return an entry by its ``sinf``. Source: ISO/IEC 23001-7 §8.2 (tenc, with a constant IV)."""
    codec, scheme, protected, key_id, constant = _PROTECTED_ENTRY, "unknown scheme", True, "", False
    for kind, body in parts(sinf):
        if kind == "frma":
            codec = body[:4].decode("latin-1")
        elif kind == "schm":
            scheme = body[4:8].decode("latin-1").strip()
        elif kind == "schi":
            for inner, tenc in parts(body):
                if inner == "uuid" and tenc[:16] == _PIFF_TENC:
                    tenc = tenc[16:]
                elif inner != "tenc":
                    continue
                if len(tenc) >= 24:
                    protected, key_id = tenc[6] == 1, tenc[8:24].hex()
                    constant = protected and tenc[7] == 0 and tenc[24:25] in (b"\x08", b"\x10")
    return SampleEntry(_PROTECTED_ENTRY, codec, width, height, scheme, protected, key_id, constant)
