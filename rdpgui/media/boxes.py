"""Structure of an mp4 file: top-level boxes over ranged reads.

Source: ISO/IEC 14496-12 §4.2 (size, type, largesize, size 0 = to the end of the file).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.texts import N_
from rdpgui.media import reasons
from rdpgui.media.other_kinds import HEAD_BYTES, UNKNOWN, ZEROS, looks_like
from rdpgui.media.remote_file import BlockFile

MAX_BOXES = 500_000
"""A four-hour film in fragments of 0.1 s has 288,000."""

MAX_CHILDREN = 64
_VISUAL_ENTRIES = frozenset(("avc1", "avc3", "hvc1", "hev1", "mp4v", "av01", "vp09", "jpeg"))
_FILM_BOXES = frozenset(("ftyp", "styp", "moov", "moof", "mdat"))
_KNOWN_FIRST = frozenset(
    b"ftyp styp moov moof mdat free skip wide uuid sidx pnot prft emsg".split(b" "),
)
_INVALID = "Invalid data found when processing input"
"""What FFmpeg says of everything it cannot read."""


@dataclass(frozen=True, slots=True)
class Box:
    """One top-level box.

    Attributes:
        kind: four characters. start: offset of its header. size_bytes: with header, as the file says.
        header_bytes: 8 or 16. cut: it reaches beyond the end of the file.
    """

    kind: str
    start: int
    size_bytes: int
    header_bytes: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What the top level of a file says.

    Attributes:
        order: kinds of the boxes; a repeated run of moof, mdat pairs is written once.
        fragmented: has moof boxes. faststart: moov before the first mdat.
        truncated: the last box is cut, or the file ends inside a header.
        has_index: a moov box exists. index_cut: it is not whole.
        boxes: all of them.
    """

    order: tuple[str, ...]
    fragmented: bool
    faststart: bool
    truncated: bool
    has_index: bool
    index_cut: bool
    boxes: tuple[Box, ...] = field(default=(), repr=False)

    def refusal(self, name: str, error: Exception) -> RecordingUnreadable:
        """Return the reason why FFmpeg could not open the film.

        Args:
            name: of the film.
            error: what FFmpeg said.
        """
        if not set(self.order) & _FILM_BOXES:
            return reasons.not_a_film(name, UNKNOWN)
        if not self.has_index:
            return reasons.index_missing(name)
        if self.index_cut:
            return reasons.index_cut(name)
        detail = getattr(error, "strerror", None) or str(error)
        return reasons.index_damaged(name, N_("its numbers contradict each other") if detail == _INVALID else detail)


def iterate_boxes(file: BlockFile, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two offsets; stops at the first header that makes no sense.

    Args:
        file: the film.
        start: offset of the first header.
        end: offset where the parent ends.
    """
    for _ in range(MAX_BOXES):
        header = file.read_exactly(start, min(16, end - start))
        if len(header) < 8:
            if header:
                yield Box("", start, 8, 8, cut=True)
            return
        size, kind = struct.unpack(">I4s", header[:8])
        header_bytes = 8
        if size == 1:
            if len(header) < 16:
                yield Box(_text(kind), start, 16, 16, cut=True)
                return
            (size,) = struct.unpack(">Q", header[8:16])
            header_bytes = 16
        elif size == 0:
            size = end - start
        if size < header_bytes:
            yield Box(_text(kind), start, size, header_bytes, cut=True)
            return
        yield Box(_text(kind), start, size, header_bytes, cut=start + size > end)
        start += size
        if start >= end:
            return


def read_layout(file: BlockFile, name: str) -> Layout:
    """Return the top-level structure.

    Args:
        file: the film.
        name: its name, for messages.

    Raises:
        RecordingUnreadable: empty, or clearly another kind of file.
    """
    if file.size_bytes == 0:
        raise reasons.empty(name)
    head = file.read_exactly(0, HEAD_BYTES)
    if head[4:8] not in _KNOWN_FIRST:
        words = looks_like(head)
        if words not in (UNKNOWN, ZEROS):  # a film with a damaged beginning may still be one
            raise reasons.not_a_film(name, words)
    return _layout(tuple(iterate_boxes(file, 0, file.size_bytes)))


def described_sizes(file: BlockFile) -> frozenset[tuple[int, int]]:
    """Return the picture sizes the video sample descriptions name; more than one means the size changes.

    Args:
        file: a film whose layout was read.

    Source: ISO/IEC 14496-12 §8.5.2 (stsd), §12.1.3 (visual sample entry: width and height at offset 32).
    """
    sizes: set[tuple[int, int]] = set()
    for entry in _descend(file, 0, file.size_bytes, ("moov", "trak", "mdia", "minf", "stbl", "stsd")):
        if entry.kind in _VISUAL_ENTRIES and not entry.cut:
            head = file.read_exactly(entry.start, 36)
            if len(head) == 36:
                sizes.add(struct.unpack(">HH", head[32:36]))
    return frozenset(sizes)


def has_signed_offsets(file: BlockFile) -> bool:
    """Say whether presentation times may lie before decoding times: a composition offset box of version 1.

    Args:
        file: a film whose layout was read.

    Source: ISO/IEC 14496-12 §8.6.1.3 (ctts).
    """
    tables = _descend(file, 0, file.size_bytes, ("moov", "trak", "mdia", "minf", "stbl"))
    return any(box.kind == "ctts" and file.read_exactly(box.start + box.header_bytes, 1) == b"\x01" for box in tables)


def _descend(file: BlockFile, start: int, end: int, path: tuple[str, ...]) -> Iterator[Box]:
    for box in islice(iterate_boxes(file, start, end), MAX_CHILDREN):
        if not path:
            yield box
        elif box.kind == path[0] and not box.cut:
            # stsd is a full box: version, flags and a count stand before its entries.
            skip = box.header_bytes + (8 if box.kind == "stsd" else 0)
            yield from _descend(file, box.start + skip, box.start + box.size_bytes, path[1:])


def _layout(boxes: tuple[Box, ...]) -> Layout:
    kinds = [box.kind for box in boxes]
    index = next((box for box in boxes if box.kind == "moov"), None)
    first_data = kinds.index("mdat") if "mdat" in kinds else len(kinds)
    return Layout(
        order=_collapsed(kinds),
        fragmented="moof" in kinds,
        faststart=index is not None and kinds.index("moov") < first_data,
        truncated=any(box.cut for box in boxes),
        has_index=index is not None,
        index_cut=index is not None and index.cut,
        boxes=boxes,
    )


def _collapsed(kinds: list[str]) -> tuple[str, ...]:
    order: list[str] = []
    for kind in kinds:
        order.append(kind)
        if order[-4:] == ["moof", "mdat", "moof", "mdat"]:
            del order[-2:]
    return tuple(kind or "?" for kind in order)


@lru_cache(maxsize=64)
def _text(kind: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in kind)
