"""Where the size of a film's pictures changes.

With every picture looked at, to the picture. Else by the parameter sets that key frames repeat: their first bytes are
read, and only those that bring others are decoded. Of an object in S3 it would fetch a block per key frame: there only
a change between the first picture and the last is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from av.video.frame import VideoFrame

from rdpgui.core.film import PictureSize
from rdpgui.media.boxes import described_sizes
from rdpgui.media.decoding import Deadline
from rdpgui.media.film import Film, pts_of
from rdpgui.media.idle import SampleTable
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.sps import PREFIX_BYTES, READABLE, sequence_parameters

MAX_SIZES = 100
_MAX_KEYS = 20_000


class SizeWatch:
    """Takes all pictures of a film and keeps where their size changes.

    Attributes:
        found: each size from its film time on.
    """

    def __init__(self) -> None:
        self.found: list[PictureSize] = []

    def next(self, at_s: float, picture: VideoFrame) -> None:
        """Take one picture; the first is the begin of the film, whatever time a damaged index states."""
        if len(self.found) < MAX_SIZES:
            _add(self.found, at_s if self.found else 0.0, picture)


def sizes_of(
    film: Film, table: SampleTable, first: VideoFrame | None, last: VideoFrame, deadline: Deadline
) -> tuple[PictureSize, ...]:
    """Return the sizes of a film's pictures, each from its film time on.

    Args:
        film: opened film.
        table: its index.
        first: its first picture, None when that is damaged.
        last: its last one.
        deadline: limit for the work.

    Raises:
        RecordingUnreadable: the deadline passed.
    """
    found = [PictureSize(0.0, *((film.width, film.height) if first is None else (first.width, first.height)))]
    for number in _changed_keys(film, table):
        if len(found) == MAX_SIZES:
            break
        frame = film.decode_alone(number, deadline)
        if frame is not None:
            _add(found, film.seconds(pts_of(frame)), frame)
    if (last.width, last.height) != (found[-1].width, found[-1].height):
        _add(found, *_place_of(film, found[-1], last, deadline))
    return tuple(found)


def size_changes(film: Film, sizes: tuple[PictureSize, ...]) -> bool:
    """Say whether the size changes: seen in the pictures, or only described in the index."""
    return len(sizes) > 1 or len(described_sizes(film.file)) > 1


def _add(found: list[PictureSize], at_s: float, picture: VideoFrame) -> None:
    if not found or (found[-1].width, found[-1].height) != (picture.width, picture.height):
        found.append(PictureSize(round(max(0.0, at_s), 6), picture.width, picture.height))


def _changed_keys(film: Film, table: SampleTable) -> Iterator[int]:
    """Yield the key samples of a local film that bring other parameters than the one before."""
    reader = film.file.reader
    codec = film.stream.codec_context.codec.canonical_name
    if not isinstance(reader, LocalReader) or codec not in READABLE:
        return
    before = b""
    for number in np.flatnonzero(table.key)[:_MAX_KEYS]:
        prefix = reader.read_range(int(table.pos[number]), min(PREFIX_BYTES, int(table.size_bytes[number])))
        parameters = sequence_parameters(prefix, codec)
        if before and parameters and parameters != before:
            yield int(number)
        before = parameters or before


def _place_of(film: Film, before: PictureSize, last: VideoFrame, deadline: Deadline) -> tuple[float, VideoFrame]:
    """Return from where on pictures have the size of the last one, and one of them: key frames, halved and halved."""
    marked = film.samples.keys()
    keys = [number for number in marked if film.seconds(film.samples.at(number).dts) > before.at_s]
    low, high = 0, len(keys)
    at_s, found = film.seconds(pts_of(last)), last
    while low < high:
        middle = (low + high) // 2
        frame = film.decode_alone(keys[middle], deadline)
        if frame is not None and (frame.width, frame.height) == (last.width, last.height):
            high, at_s, found = middle, film.seconds(pts_of(frame)), frame
        else:
            low = middle + 1
    return at_s, found
