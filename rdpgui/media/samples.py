"""The samples of a film as FFmpeg's index lists them: where they lie, and at which of them decoding may begin.

A *sample* is an entry of the index, in decoding order. Ticks are units of the track's time base.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

import numpy as np
from av.index import IndexEntry
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from rdpgui.media.protection import Protection
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.true_keys import is_true_key

MAX_SAMPLES = 10_000_000
"""46 hours at 60 frames per second; a garbled table easily claims more, and would fill the memory."""
_CUT_AT_MOST = 512
_PROBES = 8
FLAG_KEY = 1
FLAG_HIDDEN = 2
"""Flags of index entries. Source: FFmpeg avformat.h, AVINDEX_KEYFRAME and AVINDEX_DISCARD_FRAME."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry of the index.

    Attributes:
        number: from 0, decoding order. pos: offset in the file. size_bytes: its length.
        dts: decoding time in ticks. key: decoding may start here. discard: hidden by an edit list.
    """

    number: int
    pos: int
    size_bytes: int
    dts: int
    key: bool
    discard: bool


class SampleIndex:
    """The samples of one video track up to the first encrypted one.

    Args:
        stream: the track. file: the bytes. protection: what of them is encrypted.

    Attributes:
        end_pos: offset of the first sample that is left out, None when none is.
    """

    def __init__(self, stream: VideoStream, file: BlockFile, protection: Protection | None) -> None:
        self._stream = stream
        self._file = file
        self._index = stream.index_entries
        self._count = len(self._index)
        self.end_pos: int | None = None
        self._true_keys: dict[int, bool] = {}
        self._end_before_encryption(protection)

    def _end_before_encryption(self, protection: Protection | None) -> None:
        """Leave out the samples from the first encrypted one on."""
        if protection is None or protection.whole:
            return
        if protection.from_sample is not None:
            self._count = min(self._count, protection.from_sample)
        else:
            places = (entry.pos for entry in self._index)
            self._count = next((at for at, pos in enumerate(places) if pos >= protection.from_byte), self._count)
        if self._count < len(self._index):
            self.end_pos = self._index[self._count].pos

    def __len__(self) -> int:
        """Return the number of samples in the index that are not encrypted."""
        return self._count

    def entries(self) -> Iterator[IndexEntry]:
        """Yield FFmpeg's entries of the samples, in decoding order."""
        return islice(iter(self._index), self._count)

    def at(self, number: int) -> Sample:
        """Return one entry of the index."""
        entry = self._index[number]
        return Sample(number, entry.pos, entry.size, entry.timestamp, entry.is_keyframe, entry.is_discard)

    @property
    def first_left_out_tick(self) -> int | None:
        """Return the decoding time of the first sample that is left out, None when none is."""
        return self._index[self._count].timestamp if self._count < len(self._index) else None

    def is_whole(self, sample: Sample) -> bool:
        """Say whether all its bytes are in the file."""
        return sample.pos >= 0 and sample.size_bytes > 0 and sample.pos + sample.size_bytes <= self._file.size_bytes

    def last_whole_sample(self) -> int | None:
        """Return the number of the last sample that is not cut, None when there is none."""
        for number in range(len(self) - 1, -1, -1):
            if self.is_whole(self.at(number)):
                return number
        return None

    def key_at_or_before(self, number: int) -> int | None:
        """Return the number of the nearest key sample at or before; sample 0 counts as key."""
        while number > 0:
            if self._index[number].is_keyframe and self.starts_decoding(number):
                return number
            number -= 1
        return 0 if number == 0 and len(self) else None

    def starts_decoding(self, number: int) -> bool:
        """Say whether a sample that is marked as a key is one, by its first bytes: a table may mark any.

        Where most samples are marked, only what is certain counts.
        """
        known = self._true_keys.get(number)
        if known is None:
            known = number == 0 or self._looks_like_key(number, believes_intra=not self._marks_everything)
            self._true_keys[number] = known
        return known

    def keys(self) -> list[int]:
        """Return the numbers of the key samples. All are looked at only when some of those that are marked are none."""
        marked: list[int] = np.flatnonzero(self.rows[:, 3] & FLAG_KEY).tolist()
        probes = [*marked[1 :: len(marked) // _PROBES + 1], *marked[-1:]]
        if all(number == 0 or self._looks_like_key(number, believes_intra=True) for number in probes):
            return marked
        return [number for number in marked if self.starts_decoding(number)]

    def _looks_like_key(self, number: int, *, believes_intra: bool) -> bool:
        sample = self.at(number)
        peek = partial(self._peek, sample)
        return is_true_key(self._codec, sample.size_bytes, peek, self._length_bytes, believes_intra=believes_intra)

    def _peek(self, sample: Sample, offset: int, length: int) -> bytes:
        length = min(length, sample.size_bytes - offset)
        return self._file.read_exactly(sample.pos + offset, length) if length > 0 and sample.pos >= 0 else b""

    @cached_property
    def _codec(self) -> str:
        return self._stream.codec_context.codec.canonical_name

    @cached_property
    def _length_bytes(self) -> int:
        """Return the width of the lengths before NAL units. Source: ISO/IEC 14496-15 §5.3.3 (avcC), §8.3.3 (hvcC)."""
        extradata = self._stream.codec_context.extradata or b""
        at = 4 if self._codec == "h264" else 21
        return (extradata[at] & 3) + 1 if len(extradata) > at else 4

    @cached_property
    def _marks_everything(self) -> bool:
        """Whether most of the samples claim to be keys, in a coding that hardly ever has only such."""
        if self._codec == "mjpeg" or len(self) < 2:
            return False
        return int(np.count_nonzero(self.rows[:, 3] & FLAG_KEY)) * 2 > len(self)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Return the index: decoding time in ticks, offset, size and flags of each sample."""
        # One flat run of numbers: a tuple for each of 200,000 entries takes twice as long.
        numbers = (number for item in self.entries() for number in (item.timestamp, item.pos, item.size, item.flags))
        return np.fromiter(numbers, dtype=np.int64, count=4 * len(self)).reshape(-1, 4)

    @property
    def goes_back(self) -> bool:
        """Say whether a sample is decoded before one that is listed before it."""
        return bool((np.diff(self.rows[:, 0]) < 0).any())

    def is_cut_at(self, packet: Packet[VideoStream] | None) -> bool:
        """Say whether a packet is of a sample that reaches beyond the end of the file."""
        return packet is not None and packet.pos in self._cut_places

    @cached_property
    def _cut_places(self) -> frozenset[int]:
        """Offsets of the samples near the end of which bytes are missing."""
        near = range(max(0, len(self) - _CUT_AT_MOST), len(self))
        return frozenset(sample.pos for number in near if not self.is_whole(sample := self.at(number)))
