"""Fragments that are not in the order of their times, or are there twice.

FFmpeg decodes fragments as they lie in the file and drops what goes back in time, up to all but the first of them. It
is shown them here in the order of their times, and each once. Only where these fit together: of two recordings in one
file nobody can say what belongs where.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rdpgui.core.ports import RangeReader
from rdpgui.media.boxes import Box, Layout, iterate_boxes
from rdpgui.media.fragments import Fragment, read_fragments
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.tracks import Track

_BASE_GIVEN = 0x1
_APART_AT_MOST = 2
"""Times as long as all fragments together is what they may cover."""
_MAX_COPY_BYTES = 64 * 1024 * 1024
"""Of one fragment; a longer one counts as another."""
_COMPARED_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Bytes of the file, and where they are read instead."""

    start: int
    stop: int
    shown_at: int


class OrderedReader:
    """A ``RangeReader`` of the same bytes in another order.

    Attributes:
        size_bytes: of what is left. bytes_read, waited_s: of the reader underneath.
    """

    def __init__(self, reader: RangeReader, stretches: Sequence[tuple[int, int]]) -> None:
        lengths = accumulate((stop - start for start, stop in stretches), initial=0)
        self._stretches = [_Stretch(*item, at) for item, at in zip(stretches, lengths, strict=False)]
        self._places = [item.shown_at for item in self._stretches]
        self._reader = reader
        self.size_bytes = sum(stop - start for start, stop in stretches)
        self.bytes_read = reader.bytes_read
        self.waited_s = reader.waited_s

    def read_range(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``start``; raises as the reader underneath."""
        found: list[bytes] = []
        stop = min(start + length, self.size_bytes)
        while start < stop:
            piece = self._stretches[bisect_right(self._places, start) - 1]
            at = piece.start + start - piece.shown_at
            part = self._reader.read_range(at, min(stop - start, piece.stop - at))
            self.bytes_read, self.waited_s = self._reader.bytes_read, self._reader.waited_s
            if not part:
                break
            found.append(part)
            start += len(part)
        return b"".join(found)


def overlaps(before: Fragment, after: Fragment) -> bool:
    """Say whether a fragment begins no later than the last sample of another: that one's length may be a guess."""
    if before.begin_tick is None or after.begin_tick is None:
        return False
    return after.begin_tick <= before.begin_tick + before.duration_ticks - before.last_ticks


def fit_together(fragments: Sequence[Fragment]) -> bool:
    """Say whether fragments, in the order of their times, could be of one recording.

    A time far from all others is damaged, or of another recording.
    """
    if any(overlaps(before, after) for before, after in pairwise(fragments)):
        return False
    covered = sum(item.duration_ticks for item in fragments)
    return not fragments or _begin(fragments[-1]) - _begin(fragments[0]) <= _APART_AT_MOST * covered


def by_time(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Return those that state their times, in their order."""
    return sorted((item for item in fragments if item.begin_tick is not None), key=_begin)


def copies_in(file: BlockFile, layout: Layout, fragments: Sequence[Fragment]) -> frozenset[int]:
    """Return where the fragments begin that are there before already, to the byte.

    Args:
        file: the film.
        layout: its top level.
        fragments: of one track, as they lie in the file.
    """
    seen: dict[tuple[int | None, int, int], Fragment] = {}
    found: set[int] = set()
    for item in fragments:
        first = seen.setdefault((item.begin_tick, item.samples, item.runs_hash), item)
        if first is not item and _same_media(file, _media(layout, first), _media(layout, item)):
            found.add(item.start)
    return frozenset(found)


def in_order(file: BlockFile, layout: Layout, track: Track) -> BlockFile | None:
    """Return a film in the order of its times; None when it is, or when they do not fit together.

    A last fragment that is cut is left out: in the middle of a film nothing would tell where its bytes end.

    Args:
        file: the film.
        layout: its top level.
        track: its picture track.
    """
    fragments = list(read_fragments(file, track, layout.boxes))
    if track.samples or any(item.begin_tick is None or item.spliced for item in fragments):
        return None
    copies = copies_in(file, layout, fragments)
    cut = {item.start for item in fragments[-1:] if not _media(layout, item)}
    kept = [item for item in fragments if item.start not in copies | cut]
    ordered = by_time(kept)
    if not ordered or not fit_together(ordered) or (ordered == kept and not copies):
        return None
    begins = [item.start for item in fragments]
    ends = dict(zip(begins, [*begins[1:], _end_of_media(layout)], strict=True))
    stretches = [(0, begins[0]), *((item.start, ends[item.start]) for item in ordered)]
    reader = OrderedReader(file.reader, stretches)
    shown = BlockFile(reader, block_bytes=file.block_bytes)
    places = accumulate((stop - start for start, stop in stretches), initial=0)
    moved_by = {start: place - start for (start, _stop), place in zip(stretches, places, strict=False)}
    _move_bases(shown, moved_by)
    return shown


def _begin(fragment: Fragment) -> int:
    return fragment.begin_tick or 0


def _end_of_media(layout: Layout) -> int:
    """Return where the last fragment ends: an index of their places behind it would be wrong."""
    return max(box.start + box.size_bytes for box in layout.boxes if box.kind in ("moof", "mdat") and not box.cut)


def _media(layout: Layout, fragment: Fragment) -> list[Box]:
    """Return the boxes of media that follow a fragment's own box."""
    at = bisect_right(layout.boxes, fragment.start, key=_start)
    found: list[Box] = []
    for box in layout.boxes[at:]:
        if box.kind == "moof":
            break
        if box.kind == "mdat" and not box.cut:
            found.append(box)
    return found


def _start(box: Box) -> int:
    return box.start


def _same_media(file: BlockFile, one: list[Box], other: list[Box]) -> bool:
    if [box.size_bytes for box in one] != [box.size_bytes for box in other]:
        return False
    if sum(box.size_bytes for box in one) > _MAX_COPY_BYTES:
        return False
    return all(
        file.read_span(first.start + at, min(_COMPARED_BYTES, first.size_bytes - at))
        == file.read_span(second.start + at, min(_COMPARED_BYTES, second.size_bytes - at))
        for first, second in zip(one, other, strict=True)
        for at in range(0, first.size_bytes, _COMPARED_BYTES)
    )


def _move_bases(file: BlockFile, moved_by: dict[int, int]) -> None:
    """Let offsets from the begin of the file lead to where the media are now. Source: ISO/IEC 14496-12 §8.8.7 (tfhd).

    Args:
        file: the film in its new order.
        moved_by: how far from which place on, places of the file as it is stored.
    """
    shown = sorted((start + by, by) for start, by in moved_by.items())
    places = [at for at, _by in shown]
    for moof in iterate_boxes(file, 0, file.size_bytes):
        if moof.kind == "moof":
            by = shown[bisect_right(places, moof.start) - 1][1]
            for head in _track_heads(file, moof):
                content = file.read_exactly(head.start + head.header_bytes, 16)
                if len(content) == 16 and int.from_bytes(content[1:4], "big") & _BASE_GIVEN:
                    base = int.from_bytes(content[8:16], "big") + by
                    file.overlay(head.start + head.header_bytes + 8, max(0, base).to_bytes(8, "big"))


def _track_heads(file: BlockFile, moof: Box) -> Iterator[Box]:
    for traf in iterate_boxes(file, moof.start + moof.header_bytes, moof.start + moof.size_bytes):
        if traf.kind == "traf" and not traf.cut:
            for box in iterate_boxes(file, traf.start + traf.header_bytes, traf.start + traf.size_bytes):
                if box.kind == "tfhd" and not box.cut:
                    yield box
