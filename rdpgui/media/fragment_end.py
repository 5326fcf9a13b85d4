"""The end of a fragmented film without its middle, so that its last frame costs neither an index nor the film.

FFmpeg walks every fragment of such a film. Here it is shown the film at its own offsets: the head up to the first
fragment, one free box over the middle, then the last fragments, found by searching backwards from the end of the file.
A hit counts only when the chain of boxes from it lands exactly on the end of the file; ``mfra`` and ``sidx`` are
neither needed nor believed. A long ``mfra`` is not read, where its last bytes say truly where it begins.

Only for films of one picture track whose fragments state their times; everything else is ``NotPlain``.
Source: ISO/IEC 14496-12 §4.2 (boxes), §8.8 (movie fragments), §8.1.2 (free space).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

from rdpgui.core.ports import RangeReader
from rdpgui.media.boxes import iterate_boxes
from rdpgui.media.disorder import overlaps
from rdpgui.media.fragments import Fragment, read_fragments
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.sample_tables import NotPlain
from rdpgui.media.tracks import VIDEO, Track, parts, read_tracks

HEAD_BYTES = 32 * 1024
FIRST_TAIL_BYTES = 256 * 1024
"""Measured: less makes a second read likely, more is mostly not needed."""
MAX_TAIL_BYTES = 64 * 1024 * 1024
_MAX_HEAD_BYTES = 4 * 1024 * 1024
_MAX_MOOF_BYTES = 16 * 1024 * 1024
_MAX_HEAD_BOXES = 16
_MFHD = b"\0\0\0\x10mfhd"
_MFRO = b"\0\0\0\x10mfro\0\0\0\0"
_BOX_HEADER_BYTES = 8
_CHAINED = frozenset(b"moof mdat styp sidx free skip emsg prft mfra uuid ssix wide meta".split())
_SHIFTS_GIVEN = 0x800
_GAP_HEADER_BYTES = 16


@dataclass(frozen=True, slots=True)
class Head:
    """A film up to its first fragment.

    Attributes:
        data: bytes from the begin on. moof_end, mdat_end: where the first fragment's boxes end.
        track: its picture track. reordered: frames may be decoded in another order than they are shown.
    """

    data: bytes
    moof_end: int
    mdat_end: int
    track: Track
    reordered: bool


class EndOfFilm:
    """A ``RangeReader`` of a film whose middle is one free box.

    Attributes:
        size_bytes: up to the end of the last fragment. tail_begin: offset of the first fragment that is there again.
        bytes_read, waited_s: none, for all is in memory.
    """

    def __init__(self, head: bytes, tail: bytes, tail_begin: int) -> None:
        self.size_bytes = tail_begin + len(tail)
        self.tail_begin = tail_begin
        self.bytes_read = 0
        self.waited_s = 0.0
        gap = tail_begin - len(head)
        self._head = head + struct.pack(">I4sQ", 1, b"free", gap)
        self._tail = tail

    def read_range(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``start``; the free box reads as zeros."""
        stop = min(start + length, self.size_bytes)
        found = self._head[start:stop]
        at = start + len(found)
        if at < min(stop, self.tail_begin):
            zeros = min(stop, self.tail_begin) - at
            found += bytes(zeros)
            at += zeros
        return found + self._tail[at - self.tail_begin : stop - self.tail_begin] if at < stop else found


def read_head(reader: RangeReader) -> Head:
    """Return the begin of a fragmented film.

    Args:
        reader: its bytes.

    Raises:
        NotPlain: it has to be read whole. AwsError: from a remote reader.
    """
    file = BlockFile(reader, block_bytes=HEAD_BYTES)
    moof_end = mdat_end = moov_end = 0
    for count, box in enumerate(iterate_boxes(file, 0, file.size_bytes)):
        end = box.start + box.size_bytes
        if box.cut or count >= _MAX_HEAD_BOXES or (box.kind == "moov" and moov_end):
            raise NotPlain
        if box.kind == "moov":
            moov_end = end
        elif box.kind == "moof" and moov_end:
            moof_end = end
        elif box.kind == "mdat":
            mdat_end = end
            break
    if not moof_end or mdat_end <= moof_end or mdat_end > _MAX_HEAD_BYTES:
        raise NotPlain
    tracks = [track for track in read_tracks(file) if track.handler == VIDEO]
    if len(tracks) != 1 or tracks[0].samples or any(entry.scheme for entry in tracks[0].entries):
        raise NotPlain
    reordered = _has_shifts(file.read_exactly(moov_end, moof_end - moov_end))
    # FFmpeg learns the order of frames from the first ones; without reordering it does not look at them.
    end = mdat_end if reordered else moof_end
    return Head(file.read_exactly(0, end), moof_end, mdat_end, tracks[0], reordered)


class Tail:
    """The last bytes of a film's fragments. What was read of them is kept when more is needed.

    Attributes:
        stop: offset where they end: the film does, or an index of them begins.
    """

    def __init__(self, reader: RangeReader, head: Head) -> None:
        self.stop = reader.size_bytes
        self._reader = reader
        self._floor = head.mdat_end
        self._data = b""

    @property
    def begin(self) -> int:
        """Return the offset of the first byte that was read."""
        return self.stop - len(self._data)

    def last(self, length: int) -> bytes:
        """Return so many bytes, fewer where the first fragment is.

        Raises:
            AwsError: from a remote reader.
        """
        first, known = not self._data, self.begin
        begin = max(self._floor, self.stop - length)
        if begin < known:
            self._data = self._reader.read_range(begin, known - begin) + self._data
        if first:
            self._leave_out_index(length)
        # A file may have been made longer than what was written into it.
        return self._data.rstrip(b"\0") if self.stop == self._reader.size_bytes else self._data

    def _leave_out_index(self, length: int) -> None:
        """Go before an index that takes most of what was read. Source: ISO/IEC 14496-12 §8.8.9, §8.8.11 (mfro)."""
        index_bytes = int.from_bytes(self._data[-4:], "big")
        at = self.stop - index_bytes
        begin = max(self._floor, at - length)
        if self._data[-16:-4] != _MFRO or 2 * index_bytes < length or begin >= at:
            return
        data = self._reader.read_range(begin, at + _BOX_HEADER_BYTES - begin)
        if data[-_BOX_HEADER_BYTES:] == struct.pack(">I4s", index_bytes, b"mfra"):
            self.stop, self._data = at, data[:-_BOX_HEADER_BYTES]


def read_end(tail: Tail, head: Head, tail_bytes: int) -> EndOfFilm | None:
    """Return a film with its last fragments only, None when so little of the end holds no whole one.

    Args:
        tail: its end.
        head: its begin.
        tail_bytes: how much of the end to look at.

    Raises:
        NotPlain: it has to be read whole. AwsError: from a remote reader.
    """
    data = tail.last(tail_bytes)
    begin = tail.begin
    if b"moov" in data:  # another film may begin here, with times of its own
        raise NotPlain
    found = _chain(data)
    if found is None:
        return None
    at, end = found
    end_of_film = EndOfFilm(head.data, data[at:end], begin + at)
    if begin + at - len(head.data) < _GAP_HEADER_BYTES:
        raise NotPlain
    fragments = list(read_fragments(BlockFile(end_of_film), head.track))
    if len(fragments) < 2 or not all(_is_plain(item) for item in fragments[1:]):
        raise NotPlain
    if any(overlaps(before, after) for before, after in pairwise(fragments)):
        raise NotPlain
    return end_of_film


def _is_plain(fragment: Fragment) -> bool:
    return fragment.begin_tick is not None and not fragment.spliced


def _chain(tail: bytes) -> tuple[int, int] | None:
    """Return where the first fragment begins from which boxes lead to the end, and where the last fragment ends."""
    at = tail.find(b"moof")
    while at >= 0:
        begin = at - 4
        end = _end_of_chain(tail, begin) if begin >= 0 and tail[begin + 8 : begin + 16] == _MFHD else None
        if end is not None:
            return begin, end
        at = tail.find(b"moof", at + 1)
    return None


def _end_of_chain(tail: bytes, at: int) -> int | None:
    """Follow the boxes to the end of the file; returns where the fragments end, None when a box makes no sense."""
    end = None
    while at + 8 <= len(tail):
        size, kind = struct.unpack_from(">I4s", tail, at)
        header = 8
        if size == 1 and at + 16 <= len(tail):
            (size,) = struct.unpack_from(">Q", tail, at + 8)
            header = 16
        if size < header or kind not in _CHAINED or (kind == b"moof" and size > _MAX_MOOF_BYTES):
            return None
        if kind != b"mfra" or at + size < len(tail):  # an index of fragments behind the last one is left out
            end = min(at + size, len(tail))
        at += size
    return end


def _has_shifts(boxes: bytes) -> bool:
    """Say whether a ``trun`` among these boxes shifts presentation from decoding times."""
    for kind, content in parts(boxes):
        if kind == "trun" and int.from_bytes(content[1:4], "big") & _SHIFTS_GIVEN:
            return True
        if kind in ("moof", "traf") and _has_shifts(content):
            return True
    return False
