"""One opened film: samples from its index, seeking to a key frame, decoding from there.

The room's only home of PyAV's demuxer. Words: a *sample* is an entry of the index, in decoding order; a *frame*
is a decoded picture, in presentation order. Ticks are units of the track's time base.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice
from types import TracebackType
from typing import Self

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.index import IndexEntry
from av.packet import Packet
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rdpgui.core.ports import RangeReader
from rdpgui.core.texts import N_
from rdpgui.media import reasons
from rdpgui.media.boxes import Layout
from rdpgui.media.protection import Protection
from rdpgui.media.remote_file import LOCAL_BLOCK_BYTES, REMOTE_BLOCK_BYTES, BlockFile, LocalReader
from rdpgui.media.structure import Structure, read_structure
from rdpgui.media.true_keys import is_true_key

DECODERS = ("h264", "hevc", "mpeg4", "av1", "vp9", "mjpeg")
"""Codecs decoded here; FFmpeg's other few hundred decoders are no part of the attack surface."""
_WHITELIST = "h264,hevc,mpeg4,libdav1d,av1,vp9,libvpx-vp9,mjpeg"
_NO_DECODER = "none"
"""Holds for the demuxer's own look at the first pictures; frames are decoded by the stream's decoder all the same."""
_LONG_GOP_SAMPLES = 600
"""From here on frame threads gain more than they cost at start and end."""
MAX_DEMUX_FAILURES = 64
MAX_SAMPLES = 10_000_000
"""46 hours at 60 frames per second; a garbled table easily claims more, and would fill the memory."""
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


@dataclass(slots=True)
class Deadline:
    """A limit for the work on a film, checked between packets. Waiting for bytes of a network is no work on it.

    Attributes:
        name: film name for the message. limit_s: seconds from now. reader: tells how long it waited.
    """

    name: str
    limit_s: float
    reader: RangeReader
    _end_mono_s: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._end_mono_s = time.monotonic() + self.limit_s - self.reader.waited_s

    def check(self) -> None:
        """Raise when the time is over.

        Raises:
            InspectionFailed: the limit was reached.
        """
        if time.monotonic() - self.reader.waited_s > self._end_mono_s:
            raise reasons.too_slow(self.name, self.limit_s)


@dataclass(slots=True)
class Run:
    """What decoding from one sample on met; filled while frames are taken.

    Attributes:
        shown: (pts, duration) in ticks of every packet read that is not hidden by an edit list.
        damaged: packets that are cut, corrupt or refused by the decoder, and frames with errors.
        errors: those of them whose bytes are all there.
        spoiled_from: number, among those shown, of the first packet with damage; what refers to it looks whole to the
            decoder, and is not. None when there is none.
    """

    shown: list[tuple[int, int]] = field(default_factory=list)
    damaged: int = 0
    errors: int = 0
    spoiled_from: int | None = None

    def note_damage(self, pts: int | None, *, cut: bool = False, late: int = 0) -> None:
        """Count damage, unless it is of a frame that is shown before the key frame decoding began with.

        Such frames (of an open group of pictures) need what was not decoded; that is no fault of the film.

        Args:
            pts: of the frame or packet, None when it is not known.
            cut: its bytes are not all in the file.
            late: so many packets may have been taken since the damaged one.
        """
        if pts is None or not self.shown or pts >= self.shown[0][0]:
            self.damaged += 1
            self.errors += not cut
            if self.spoiled_from is None:
                found = [at for at, (shown, _) in enumerate(self.shown) if shown == pts]
                self.spoiled_from = max(0, (found[-1] if found else len(self.shown)) - late)

    def is_spoiled(self, pts: int) -> bool:
        """Say whether a frame comes, in decoding order, at or after the first damage."""
        if self.spoiled_from is None:
            return False
        return any(shown == pts for shown, _ in self.shown[self.spoiled_from :])


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

    def first_encrypted(self) -> Sample | None:
        """Return the first sample that is encrypted after clear ones, None when there is none."""
        return self.sample(self._count) if self._count < len(self._index) else None

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
        return sum(entry.is_keyframe for entry in self.entries()) * 2 > len(self)

    def seconds(self, tick: int) -> float:
        """Return film time in seconds of a presentation tick."""
        return float((tick - self.start_tick) * self.time_base)

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
        flushed = False
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
        """Say whether a packet reaches beyond the end of the file."""
        return packet is not None and packet.pos is not None and packet.pos + packet.size > self.size_bytes

    def use_threads_for(self, samples: int) -> None:
        """Choose decoder threads for a run of samples; possible before the first decoding only."""
        if not self.stream.codec_context.is_open:
            self.stream.thread_type = "FRAME" if samples >= _LONG_GOP_SAMPLES else "SLICE"

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


def open_film(reader: RangeReader, name: str, *, reordered: bool = True) -> Film:
    """Open an mp4 over ranged reads.

    Args:
        reader: its bytes; stays the caller's.
        name: for messages.
        reordered: frames may be decoded in another order than they are shown. FFmpeg then decodes up to twenty
            pictures to learn how; a film that is known to keep the order opens 10 to 20 ms sooner.

    Raises:
        RecordingUnreadable: not a film, or without index, video or frames.
    """
    local = isinstance(reader, LocalReader)
    file = BlockFile(reader, block_bytes=LOCAL_BLOCK_BYTES if local else REMOTE_BLOCK_BYTES)
    structure = read_structure(file, name)
    layout = structure.layout
    file.seek(0)
    container = _open_container(file, name, layout, _WHITELIST if reordered else _NO_DECODER)
    try:
        stream = _picture_stream(container)
        return Film(file, name, structure, container, _checked(container, stream, name, layout))
    except BaseException:
        container.close()
        raise


def _open_container(file: BlockFile, name: str, layout: Layout, decoders: str) -> InputContainer:
    try:
        container = av.open(
            file,
            mode="r",
            format="mov",
            options={"codec_whitelist": decoders, "protocol_whitelist": "none", "enable_drefs": "0"},
            metadata_errors="replace",
            buffer_size=file.block_bytes,
        )
    except (av.error.FFmpegError, ValueError, OverflowError) as error:  # or numbers that no track can have
        if file.failure is not None:
            raise file.failure from error
        raise layout.refusal(name, error) from error
    if not isinstance(container, InputContainer):  # only for the type checker: mode "r" gives nothing else
        raise reasons.index_damaged(name, N_("it cannot be read"))
    if file.failure is not None:
        container.close()
        raise file.failure
    return container


def _picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the track that holds the recording, None when there is no picture track.

    A cover picture, a track without samples or a small preview may stand before it: what covers the most time, then
    has the largest picture, then the most samples is the recording.
    """
    streams = [item for item in container.streams.video if not item.disposition & Disposition.attached_pic]
    lengths = {item.index: _covered_s(item) for item in streams}
    longest_s = max(lengths.values(), default=0.0)
    long = [item for item in streams if item.index_entries and lengths[item.index] >= longest_s / 2]
    return max(long or streams or list(container.streams.video), key=_size_of, default=None)


def _covered_s(stream: VideoStream) -> float:
    entries = stream.index_entries
    if len(entries) < 2:
        return 0.0
    return float((entries[len(entries) - 1].timestamp - entries[0].timestamp) * (stream.time_base or 0))


def _size_of(stream: VideoStream) -> tuple[int, int, int]:
    context: VideoCodecContext | None = getattr(stream, "codec_context", None)
    area = context.width * context.height if context is not None else 0
    return (area, len(stream.index_entries), -stream.index)


def _checked(container: InputContainer, stream: VideoStream | None, name: str, layout: Layout) -> VideoStream:
    """Return the stream when it can be read.

    Raises:
        RecordingUnreadable: with the reason why not.
    """
    if stream is None:
        raise reasons.index_cut(name) if layout.index_cut else reasons.no_video(name)
    # PyAV's stubs do not say it, but there is no context when FFmpeg has no decoder.
    context: VideoCodecContext | None = getattr(stream, "codec_context", None)
    codec = "an unknown codec" if context is None else context.codec.canonical_name
    if codec not in DECODERS and layout.index_cut:
        raise reasons.index_cut(name)
    if codec not in DECODERS:
        raise reasons.codec_not_supported(name, codec)
    if len(stream.index_entries) > min(MAX_SAMPLES, container.size):
        raise reasons.index_damaged(name, "it lists more frames than the file can hold")
    if len(stream.index_entries) == 0:
        raise reasons.index_cut(name) if layout.index_cut else reasons.no_frames(name)
    return stream
