"""One opened film: samples from its index, seeking to a key frame, decoding from there.

Words: a *sample* is an entry of the index, in decoding order; a *frame*
is a decoded picture, in presentation order. Ticks are units of the track's time base.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import Self

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.samples import SampleIndex
from rdpgui.media.structure import Structure

_LONG_GOP_SAMPLES = 600
"""From here on frame threads gain more than they cost at start and end."""
_THREADS_AT_MOST = 16
"""FFmpeg's own limit. It takes one more than there are cores, which cost a sixth more processor time on two."""
MAX_DEMUX_FAILURES = 64
_MAX_KEY_BYTES = 32 * 1024 * 1024


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
        samples: its index.
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
        self.samples = SampleIndex(stream, file, structure.protection)
        self.width = self.stream.codec_context.width
        self.height = self.stream.codec_context.height
        self.time_base: Fraction = self.stream.time_base or Fraction(1, 1000)
        self.start_tick: int = self.stream.start_time or 0

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

    @property
    def encrypted_from_s(self) -> float | None:
        """Return the film time of the first sample that is encrypted after clear ones, None when there is none."""
        protection = self.structure.protection
        if protection is not None and protection.from_s is not None:
            return round(protection.from_s, 6)
        tick = self.samples.first_left_out_tick
        return None if tick is None else round(self.seconds(tick), 6)

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
        start = self.samples.at(number)
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
                    if packet.pos is not None and packet.pos == self.samples.end_pos:
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
        sample = self.samples.at(number)
        context = self.stream.codec_context
        if context.has_b_frames or not self.samples.is_whole(sample) or sample.size_bytes > _MAX_KEY_BYTES:
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
                run.note_damage(packet.pts, cut=self.samples.is_cut_at(packet))
                return
        try:
            frames = self.stream.codec_context.decode(packet if packet is not None and packet.size else None)
        except EOFError:  # flushed twice: nothing is left
            return
        except av.error.FFmpegError:
            context = self.stream.codec_context
            late = context.thread_count if self.stream.thread_type is ThreadType.FRAME else 0
            run.note_damage(None if packet is None else packet.pts, cut=self.samples.is_cut_at(packet), late=late)
            return
        for frame in frames:
            if frame.is_corrupt or frame.pts is None:
                run.note_damage(frame.pts)
            else:
                yield frame


def pts_of(frame: VideoFrame) -> int:
    """Return a frame's tick; ``Film`` yields no frame without one."""
    return frame.pts if frame.pts is not None else 0
