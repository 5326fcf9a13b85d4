"""Pictures in, fragmented mp4 out: variable frame rate, nothing held back."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Protocol

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from rdpgui.lab.rfb.tiles import Frame

FRAGMENT_S = 0.3
KEY_FRAME_MS = 1950  # the first picture after it, so about every 2 s
_TIME_BASE = Fraction(1, 1000)
_BUFFER_BYTES = 256 * 1024
_BT709 = 1


class ByteSink(Protocol):
    """Where the muxer's bytes go; it cannot seek."""

    def write(self, piece: bytes, /) -> int:
        """Take one piece."""


def iso_utc(unix_ms: int) -> str:
    """Unix milliseconds as ISO 8601 in UTC with microseconds."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Film:
    """Encodes pictures of one connection.

    A fragment leaves at the next picture after 0.3 s, so together with a picture at
    least every 0.3 s a killed process loses less than a second.

    Args:
        sink: takes the container's bytes.
        title: title in the metadata.
        zero_at_ms: Unix milliseconds of the film's time zero.
        width, height: pixels of the first picture; odd sizes are padded by one.
        fps: expected frames a second, a hint for the rate control.

    Attributes:
        frames: pictures encoded.
        end_ms: time of the last one.
    """

    def __init__(self, sink: ByteSink, *, title: str, zero_at_ms: int, width: int, height: int, fps: float) -> None:
        self.frames = 0
        self.end_ms = -1
        self._key_ms = -KEY_FRAME_MS
        self._fit = Fit(width, height)
        self._reformatter = VideoReformatter()
        self._picture: av.VideoFrame | None = None
        self._container = av.open(
            sink,
            "w",
            format="mp4",
            buffer_size=_BUFFER_BYTES,
            container_options={
                "movflags": "frag_keyframe+empty_moov+default_base_moof",
                "frag_duration": str(int(FRAGMENT_S * 1_000_000)),
                "flush_packets": "1",
            },
        )
        # mvhd counts whole seconds; the date tag keeps the fraction.
        self._container.metadata.update(title=title, creation_time=iso_utc(zero_at_ms), date=iso_utc(zero_at_ms))
        self._stream = self._container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        self._set_up(self._stream.codec_context)

    def _set_up(self, codec: av.VideoCodecContext) -> None:
        codec.width, codec.height = self._fit.width, self._fit.height
        codec.pix_fmt = "yuv420p"
        codec.time_base = _TIME_BASE
        codec.thread_count = 1
        codec.gop_size = 600  # key frames come by time, see `add`
        codec.max_b_frames = 0
        codec.color_primaries = codec.color_trc = codec.colorspace = _BT709
        codec.color_range = ColorRange.MPEG
        codec.options = {"preset": "veryfast", "tune": "zerolatency", "crf": "23", "forced-idr": "1"}
        self._stream.time_base = _TIME_BASE

    def add(self, picture: Frame, at_ms: int) -> None:
        """Encode a picture shown from ``at_ms`` (milliseconds after time zero) on.

        Args:
            picture: (height, width, 4) uint8 BGRX of any size; another than the first is fitted in.
            at_ms: made later by as little as needed when it is not after the picture before.
        """
        # from_numpy_buffer does not copy; the conversion does, before anyone changes the picture again.
        source = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(self._fit.apply(picture)), format="bgra")
        self._picture = self._reformatter.reformat(
            source, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG, threads=1
        )
        self._encode(at_ms)

    def repeat(self, at_ms: int) -> None:
        """Encode the last picture once more."""
        if self._picture is not None:
            self._encode(at_ms)

    def close(self) -> None:
        """Write what is left."""
        for packet in self._stream.encode(None):
            self._mux(packet)
        self._container.close()

    def _encode(self, at_ms: int) -> None:
        assert self._picture is not None  # noqa: S101 - add() and repeat() see to it
        self.end_ms = max(at_ms, self.end_ms + 1)
        self._picture.pts = self.end_ms
        self._picture.time_base = _TIME_BASE
        # A key frame sends the fragment before it off: with the second picture the first is on the disk.
        wants_key = self.frames == 1 or self.end_ms - self._key_ms >= KEY_FRAME_MS
        self._picture.pict_type = PictureType.I if wants_key else PictureType.NONE
        for packet in self._stream.encode(self._picture):
            self._mux(packet)
        self.frames += 1

    def _mux(self, packet: av.Packet) -> None:
        if packet.is_keyframe:
            self._key_ms = packet.pts
        packet.duration = 1  # the next picture decides how long this one is shown
        self._container.mux(packet)


class Fit:
    """Brings any picture to the film's size: as it is, padded to even, or scaled with black bars.

    Args:
        width, height: pixels of the first picture.

    Attributes:
        width, height: pixels of the film, even numbers.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width + width % 2
        self.height = height + height % 2
        self._natural = (height, width)
        self._reformatter = VideoReformatter()

    def apply(self, picture: Frame) -> Frame:
        """The picture in the film's size, (height, width, 4)."""
        if picture.shape[:2] == (self.height, self.width):
            return picture
        if picture.shape[:2] == self._natural:
            below, right = self.height - picture.shape[0], self.width - picture.shape[1]
            return np.pad(picture, ((0, below), (0, right), (0, 0)), "edge")
        return self._letterboxed(picture)

    def _letterboxed(self, picture: Frame) -> Frame:
        height, width = picture.shape[:2]
        scale = min(self.width / width, self.height / height)
        new_width, new_height = max(round(width * scale), 1), max(round(height * scale), 1)
        source = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgra")
        scaled = self._reformatter.reformat(source, width=new_width, height=new_height).to_ndarray()
        canvas = np.zeros((self.height, self.width, 4), dtype=np.uint8)
        left, top = (self.width - new_width) // 2, (self.height - new_height) // 2
        canvas[top : top + new_height, left : left + new_width] = scaled
        return canvas
