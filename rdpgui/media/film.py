"""One opened film: samples from its index, seeking to a key frame, decoding from there.

Words: a *sample* is an entry of the index, in decoding order; a *frame*
is a decoded picture, in presentation order. Ticks are units of the track's time base.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.index import IndexEntry
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.protection import Protection
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.structure import Structure
from rdpgui.media.true_keys import is_true_key

_LONG_GOP_SAMPLES = 600
"""From here on frame threads gain more than they cost at start and end."""
_THREADS_AT_MOST = 16
"""FFmpeg's own limit. It takes one more than there are cores, which cost a sixth more processor time on two."""
MAX_DEMUX_FAILURES = 64
MAX_SAMPLES = 10_000_000
"""46 hours at 60 frames per second; a garbled table easily claims more, and would fill the memory."""
_CUT_AT_MOST = 512
_MAX_KEY_BYTES = 32 * 1024 * 1024
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


class Film:
    """An mp4 opened for exact reading. Not thread-safe: one user at a time.

    Attributes:
        name: for messages.
        size_bytes: of the file.
        structure: tracks and protection. layout: top-level structure.
        width: picture width at the start.
        height: picture height at the start.
        time_base: seconds per tick.
        start_tick: film time zero.
        container: opened container, for metadata.
        stream: the video track.
        file: the bytes.
        seeks: how often decoding was begun anew; iterators of frames from before are stale.
    """

    def __init__(
        self, file: BlockFile, name: str, structure: Structure, container: InputContainer, stream: VideoStream
    ) -> None:
        self.name = name
        self.size_bytes = file.size_bytes
        self.structure = structure
        self.layout = structure.layout
        self.seeks = 0
        self.file = file
        self.container = container
        self.stream: VideoStream = stream
        self._index = self.stream.index_entries
        self._count = len(self._index)
        self._end_pos: int | None = None
        self._true_keys: dict[int, bool] = {}
        self.width = self.stream.codec_context.width
        self.height = self.stream.codec_context.height
        self.time_base: Fraction = self.stream.time_base or Fraction(1, 1000)
        self.start_tick: int = self.stream.start_time or 0
        self._end_before_encryption(structure.protection)

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
            self._end_pos = self._index[self._count].pos

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the container."""
        self.close()

    def close(self) -> None:
        """Close the container; the reader stays its owner's."""
        self.container.close()

    def __len__(self) -> int:
        """Return the number of samples in the index that are not encrypted."""
        return self._count

    def entries(self) -> Iterator[IndexEntry]:
        """Yield FFmpeg's entries of the samples, in decoding order."""
        return islice(iter(self._index), self._count)

    def sample(self, number: int) -> Sample:
        """Return one entry of the index."""
        entry = self._index[number]
        return Sample(number, entry.pos, entry.size, entry.timestamp, entry.is_keyframe, entry.is_discard)

    @property
    def encrypted_from_s(self) -> float | None:
        """Return the film time of the first sample that is encrypted after clear ones, None when there is none."""
        protection = self.structure.protection
        if protection is not None and protection.from_s is not None:
            return round(protection.from_s, 6)
        return round(self.seconds(self._index[self._count].timestamp), 6) if self._count < len(self._index) else None

    def is_whole(self, sample: Sample) -> bool:
        """Say whether all its bytes are in the file."""
        return sample.pos >= 0 and sample.size_bytes > 0 and sample.pos + sample.size_bytes <= self.size_bytes

    def last_whole_sample(self) -> int | None:
        """Return the number of the last sample that is not cut, None when there is none."""
        for number in range(len(self) - 1, -1, -1):
            if self.is_whole(self.sample(number)):
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
        """Say whether a sample that is marked as a key is one.

        Marks are believed until most samples carry one: then each is looked at.
        """
        if number == 0 or not self._marks_everything:
            return True
        known = self._true_keys.get(number)
        if known is None:
            sample = self.sample(number)
            peek = partial(self._peek, sample)
            known = is_true_key(self.codec, sample.size_bytes, peek, self._length_bytes)
            self._true_keys[number] = known
        return known

    def _peek(self, sample: Sample, offset: int, length: int) -> bytes:
        length = min(length, sample.size_bytes - offset)
        return self.file.read_exactly(sample.pos + offset, length) if length > 0 and sample.pos >= 0 else b""

    @cached_property
    def codec(self) -> str:
        """Return FFmpeg's name of the coding."""
        return self.stream.codec_context.codec.canonical_name

    @cached_property
    def _length_bytes(self) -> int:
        """Return the width of the lengths before NAL units. Source: ISO/IEC 14496-15 §5.3.3 (avcC), §8.3.3 (hvcC)."""
        extradata = self.stream.codec_context.extradata or b""
        at = 4 if self.codec == "h264" else 21
        return (extradata[at] & 3) + 1 if len(extradata) > at else 4

    @cached_property
    def _marks_everything(self) -> bool:
        """Whether most of the samples claim to be keys, in a coding that hardly ever has only such."""
        if self.codec == "mjpeg" or len(self) < 2:
            return False
        return int(np.count_nonzero(self.rows[:, 3] & FLAG_KEY)) * 2 > len(self)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Return the index: decoding time in ticks, offset, size and flags of each sample."""
        # One flat run of numbers: a tuple for each of 200,000 entries takes twice as long.
        numbers = (number for item in self.entries() for number in (item.timestamp, item.pos, item.size, item.flags))
        return np.fromiter(numbers, dtype=np.int64, count=4 * len(self)).reshape(-1, 4)

    def seconds(self, tick: int) -> float:
        """Return film time in seconds of a presentation tick."""
        # As exact as the fraction, and asked for at every picture.
        return (tick - self.start_tick) * self.time_base.numerator / self.time_base.denominator

    def tick(self, at_s: float) -> int:
        """Return the presentation tick nearest to a film time in seconds."""
        return round(Fraction(at_s).limit_denominator(10**9) / self.time_base) + self.start_tick

    def packets_from(self, number: int, deadline: Deadline, run: Run | None = None) -> Iterator[Packet[VideoStream]]:
        """Yield the packets from a key sample to the end, then the flushing ones (size 0).

        Args:
            number: a key sample.
            deadline: checked at every packet.
            run: counts unreadable packets.

        Raises:
            RecordingUnreadable: the deadline passed.
        """
        start = self.sample(number)
        reached = False
        self.seeks += 1
        try:
            self.container.seek(start.dts, stream=self.stream, backward=True, any_frame=False)
        except av.error.FFmpegError:  # times in a damaged index that lead nowhere
            self._raise_failure()
            return
        for _ in range(MAX_DEMUX_FAILURES):
            try:
                for packet in self.container.demux(self.stream):
                    deadline.check()
                    if packet.pos is not None and packet.pos == self._end_pos:
                        return
                    reached = reached or packet.pos == start.pos or packet.size == 0
                    if reached:
                        yield packet
            except av.error.FFmpegError:
                # A sample whose bytes are missing; the demuxer goes on with the next one when asked again.
                self._raise_failure()
                if run is not None:
                    run.note_damage(None, cut=True)
                continue
            return

    def frames_from(self, number: int, deadline: Deadline, run: Run) -> Iterator[VideoFrame]:
        """Decode from a key sample to the end of the film; yield undamaged frames in presentation order.

        Args:
            number: a key sample.
            deadline: checked at every packet.
            run: filled on the way.

        Raises:
            RecordingUnreadable: the deadline passed.
        """
        flushed, run.from_begin = False, number == 0
        for packet in self.packets_from(number, deadline, run):
            flushed = flushed or packet.size == 0
            yield from self._decode(packet, run)
        if not flushed:
            yield from self._decode(None, run)

    def decode_alone(self, number: int, deadline: Deadline) -> VideoFrame | None:
        """Decode one key sample without any other; None when it is damaged."""
        run = Run()
        for packet in self.packets_from(number, deadline):
            frames = [] if packet.size == 0 else list(self._decode(packet, run))
            frames = frames or list(self._decode(None, run))
            self.stream.codec_context.flush_buffers()
            return frames[0] if frames and not run.damaged else None
        return None

    def _raise_failure(self) -> None:
        """Raise what the reader met, which FFmpeg only calls an input error."""
        if self.file.failure is not None:
            raise self.file.failure

    def decode_bytes(self, number: int) -> VideoFrame | None:
        """Decode one key sample from exactly its own bytes, past the block cache; None when that cannot be done.

        For remote films: a key frame is often far smaller than a block. Only without reordering, where its
        presentation time is known from the index.

        Args:
            number: a key sample.
        """
        sample = self.sample(number)
        context = self.stream.codec_context
        if context.has_b_frames or not self.is_whole(sample) or sample.size_bytes > _MAX_KEY_BYTES:
            return None
        packet = Packet(self.file.reader.read_range(sample.pos, sample.size_bytes))
        packet.pts = packet.dts = sample.dts
        packet.time_base = self.time_base
        self.seeks += 1
        try:
            frames = [*context.decode(packet), *context.decode(None)]
        except av.error.FFmpegError:
            frames = []
        context.flush_buffers()
        return frames[0] if frames and not frames[0].is_corrupt and frames[0].pts is not None else None

    def _is_cut(self, packet: Packet[VideoStream] | None) -> bool:
        """Say whether a packet is of a sample that reaches beyond the end of the file."""
        return packet is not None and packet.pos in self._cut_places

    @cached_property
    def _cut_places(self) -> frozenset[int]:
        """Offsets of the samples near the end of which bytes are missing."""
        near = range(max(0, len(self) - _CUT_AT_MOST), len(self))
        return frozenset(sample.pos for number in near if not self.is_whole(sample := self.sample(number)))

    def use_threads_for(self, samples: int) -> None:
        """Choose decoder threads for a run of samples; possible before the first decoding only."""
        if not self.stream.codec_context.is_open:
            frames = samples >= _LONG_GOP_SAMPLES
            self.stream.thread_type = "FRAME" if frames else "SLICE"
            if frames:
                self.stream.codec_context.thread_count = min(os.cpu_count() or 1, _THREADS_AT_MOST)

    def _decode(self, packet: Packet[VideoStream] | None, run: Run) -> Iterator[VideoFrame]:
        if packet is not None and packet.size:
            if not packet.is_discard and packet.pts is not None:
                run.shown.append((packet.pts, packet.duration or 0))
            if packet.is_corrupt:
                run.note_damage(packet.pts, cut=self._is_cut(packet))
                return
        try:
            frames = self.stream.codec_context.decode(packet if packet is not None and packet.size else None)
        except EOFError:  # flushed twice: nothing is left
            return
        except av.error.FFmpegError:
            context = self.stream.codec_context
            late = context.thread_count if self.stream.thread_type is ThreadType.FRAME else 0
            run.note_damage(None if packet is None else packet.pts, cut=self._is_cut(packet), late=late)
            return
        for frame in frames:
            if frame.is_corrupt or frame.pts is None:
                run.note_damage(frame.pts)
            else:
                yield frame


def pts_of(frame: VideoFrame) -> int:
    """Return a frame's tick; ``Film`` yields no frame without one."""
    return frame.pts if frame.pts is not None else 0
