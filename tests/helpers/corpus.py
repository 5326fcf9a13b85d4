"""Small films with machine-readable frame numbers, whole and broken in every way a recording can be.

``build(folder, seed)`` writes more than 500 clips in some seconds: bases are encoded once, then put into several
containers by copying packets, then cut, zeroed and garbled. The truth about a clip is a full decode (``full_decode``),
which shares no code with the program.
"""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

BIT_PIXELS = 8
BITS = 16
BITS_A_ROW = 8
ENDLESS = 100_000


@dataclass(frozen=True, slots=True)
class Shape:
    """How a base film is encoded; gop 0 = one key frame only; a seed makes the rate variable, on 1/1000 s."""

    name: str
    width: int = 96
    height: int = 64
    fps: int = 10
    frames: int = 30
    gop: int = 10
    b_frames: int = 0
    variable_seed: int | None = None
    codec: str = "libx264"
    pixels: str = "yuv420p"
    open_gop: bool = False


@dataclass(frozen=True, slots=True)
class Packet:
    """An encoded packet, apart from its stream."""

    data: bytes
    pts: int
    dts: int
    duration: int
    key: bool


@dataclass(frozen=True, slots=True)
class Encoded:
    """A base film in memory."""

    shape: Shape
    packets: tuple[Packet, ...]
    time_base: Fraction


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of the corpus.

    Attributes:
        kind: how it came to be, for counting.
        frames: painted frames when nothing is broken, else None.
        original: the whole film a broken one was made from.
    """

    path: Path
    kind: str
    frames: int | None = None
    original: Path | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """The result of a full decode: the last clean frame, and how many there were."""

    last_pts_s: float
    number: int | None
    width: int
    height: int
    rgb: bytes
    frames: int


def paint(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """Return a grey picture, height x width, with a moving bar and the number as black and white squares."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture: NDArray[np.uint8] = (60 + (rows + 2 * columns + 3 * number) % 120).astype(np.uint8)
    for bit in range(BITS):
        top, left = bit // BITS_A_ROW * BIT_PIXELS, bit % BITS_A_ROW * BIT_PIXELS
        picture[top : top + BIT_PIXELS, left : left + BIT_PIXELS] = 235 if number >> bit & 1 else 16
    return picture


def read_number(grey: NDArray[np.uint8]) -> int | None:
    """Return the painted number, None when a square is neither black nor white."""
    number = 0
    for bit in range(BITS):
        top, left = bit // BITS_A_ROW * BIT_PIXELS, bit % BITS_A_ROW * BIT_PIXELS
        level = float(grey[top + 2 : top + BIT_PIXELS - 2, left + 2 : left + BIT_PIXELS - 2].mean())
        if 90 < level < 165:
            return None
        number |= int(level > 127) << bit
    return number


def encode(shape: Shape, *, first_number: int = 0, in_band: bool = False) -> Encoded:
    """Encode a base film; ``in_band`` keeps the parameter sets in every key frame, else only the first has them."""
    context = av.CodecContext.create(shape.codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = shape.width, shape.height, shape.pixels
    context.time_base = Fraction(1, shape.fps) if shape.variable_seed is None else Fraction(1, 1000)
    context.framerate = Fraction(shape.fps)
    context.max_b_frames = shape.b_frames
    gop = shape.gop or ENDLESS
    context.gop_size = gop
    context.thread_count = 1
    if shape.codec == "libx264":
        context.options = {
            "preset": "ultrafast" if not shape.b_frames else "veryfast",
            "x264-params": f"scenecut=0:keyint={gop}:min-keyint={gop}:bframes={shape.b_frames}:b-adapt=0"
            f":open-gop={int(shape.open_gop)}",
        }
    times = list(_times(shape))
    packets: list[Packet] = []
    for at, pts in enumerate(times):
        frame = _frame(paint(first_number + at, shape.width, shape.height), shape)
        frame.pts, frame.time_base = pts, context.time_base
        packets += [_packet(item) for item in context.encode(frame)]
    packets += [_packet(item) for item in context.encode(None)]
    steps = dict(zip(times, [*np.diff(times).tolist(), times[-1] - times[-2] if len(times) > 1 else 1], strict=True))
    strip = shape.codec == "libx264" and not in_band
    timed = tuple(
        Packet(
            _without_parameters(item.data) if strip and at else item.data,
            item.pts,
            item.dts,
            int(steps[item.pts]),
            item.key,
        )
        for at, item in enumerate(packets)
    )
    return Encoded(shape, timed, context.time_base)


def write(film: Encoded, path: Path, movflags: str, *, offset: int = 0, extra: tuple[Packet, ...] = ()) -> Path:
    """Put a base film into an mp4.

    ``offset`` ticks are added to every time; ``extra`` packets of another encoding follow.
    """
    options = {"avoid_negative_ts": "disabled"} | ({"movflags": movflags} if movflags else {})
    with av.open(str(path), "w", format="mp4", options=options) as file:
        shape = film.shape
        stream = file.add_mux_stream(shape.codec, rate=shape.fps, width=shape.width, height=shape.height)
        stream.time_base = film.time_base
        for item in (*film.packets, *extra):
            packet = av.Packet(item.data)
            packet.pts, packet.dts, packet.duration = item.pts + offset, item.dts + offset, item.duration
            packet.is_keyframe, packet.time_base, packet.stream = item.key, film.time_base, stream
            file.mux(packet)
    return path


def full_decode(path: Path) -> Truth | None:
    """Decode a whole file as FFmpeg finds it; return its last clean frame, None when there is none."""
    try:
        container = av.open(str(path))
    except (av.error.FFmpegError, ValueError):
        return None
    with container:
        if not container.streams.video:
            return None
        last: VideoFrame | None = None
        count = 0
        for frame in _clean_frames(container):
            count += 1
            if last is None or (frame.pts or 0) >= (last.pts or 0):
                last = frame
        if last is None:
            return None
        stream = container.streams.video[0]
        at_s = float(((last.pts or 0) - (stream.start_time or 0)) * (stream.time_base or Fraction(1)))
        grey = np.asarray(last.to_ndarray(format="gray"), dtype=np.uint8)
        rgb = np.ascontiguousarray(last.to_ndarray(format="rgb24")).tobytes()
        return Truth(at_s, read_number(grey), last.width, last.height, rgb, count)


def frame_at(path: Path, at_s: float) -> bytes | None:
    """Decode a whole film and return the RGB picture that begins at a film time, None when there is none."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        begin, base = stream.start_time or 0, stream.time_base or Fraction(1)
        for frame in _clean_frames(container):
            if abs(float(((frame.pts or 0) - begin) * base) - at_s) < 1e-6:
                return np.ascontiguousarray(frame.to_ndarray(format="rgb24")).tobytes()
    return None


def build(folder: Path, seed: int = 1) -> tuple[Clip, ...]:
    """Write the corpus into a new folder or an empty one and return its clips, always the same for one seed."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    bases = [encode(shape) for shape in shapes()]
    clips = [*_containers(bases, folder), *_size_changes(folder), *_edit_lists(bases, folder)]
    whole = [clip for clip in clips if clip.kind in ("faststart", "moov-last", "fragmented")]
    clips += _cut(whole, folder, dice, 180)
    clips += _zeroed(whole, folder, dice, 120)
    clips += _garbled(whole, folder, dice, 50)
    clips += _not_films(folder, dice)
    return tuple(clips)


def shapes() -> Iterator[Shape]:
    """Yield the base films."""
    for fps in (1, 2, 5, 10, 15, 24, 25, 30, 50, 60):
        yield Shape(f"fps{fps}", fps=fps, gop=2 * fps if fps < 15 else fps)
    for gop in (1, 2, 3, 7, 25, 0):
        yield Shape(f"gop{gop}", gop=gop)
        yield Shape(f"gop{gop}-b", gop=gop, b_frames=2, fps=25)
    for b_frames in (1, 3):
        yield Shape(f"b{b_frames}", b_frames=b_frames, frames=41, gop=12, fps=30)
    yield Shape("open-gop", b_frames=2, gop=8, fps=25, open_gop=True, frames=43)
    for seed in range(8):
        yield Shape(f"variable{seed}", variable_seed=seed, gop=(5, 0, 20, 2)[seed % 4], b_frames=2 * (seed >= 6))
    for width, height in ((64, 16), (128, 96), (160, 90), (176, 144), (320, 180), (98, 66), (66, 130)):
        yield Shape(f"size{width}x{height}", width=width, height=height, frames=16)
    for width, height in ((97, 65), (101, 64), (96, 67), (65, 17)):
        yield Shape(f"odd{width}x{height}", width=width, height=height, pixels="yuv444p", frames=16)
    for width, height in ((97, 65), (99, 64)):
        yield Shape(f"mpeg4-{width}x{height}", width=width, height=height, codec="mpeg4", frames=16)
    yield Shape("mpeg4-b", codec="mpeg4", b_frames=2, fps=25)
    for frames in (1, 2, 3):
        yield Shape(f"frames{frames}", frames=frames)
    yield Shape("one-frame-b", frames=1, b_frames=2, fps=25)
    yield Shape("long", frames=240, gop=24, fps=12)


def _times(shape: Shape) -> Iterator[int]:
    if shape.variable_seed is None:
        yield from range(shape.frames)
        return
    dice = random.Random(shape.variable_seed)
    at = 0
    for _ in range(shape.frames):
        yield at
        at += dice.choice((33, 100, 101, 250, 1000, 7000))


def _frame(grey: NDArray[np.uint8], shape: Shape) -> VideoFrame:
    height, width = grey.shape
    if shape.pixels == "yuv444p":
        return VideoFrame.from_ndarray(np.stack([grey, np.full_like(grey, 128), np.full_like(grey, 128)]), "yuv444p")
    if height % 2 or width % 2:
        return VideoFrame.from_ndarray(grey, "gray").reformat(format="yuv420p")
    return VideoFrame.from_ndarray(np.vstack([grey, np.full((height // 2, width), 128, dtype=np.uint8)]), "yuv420p")


def _packet(item: av.Packet) -> Packet:
    return Packet(bytes(item), item.pts or 0, item.dts or 0, 0, item.is_keyframe)


def _without_parameters(data: bytes) -> bytes:
    """Return Annex B data without sequence and picture parameter sets (NAL unit types 7 and 8)."""
    units = [unit for unit in re.split(rb"\x00\x00\x00?\x01", data) if unit]
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in units if unit[0] & 0x1F not in (7, 8))


def _clean_frames(container: InputContainer) -> Iterator[VideoFrame]:
    stream = container.streams.video[0]
    for _ in range(1000):
        try:
            for packet in container.demux(stream):
                if packet.is_corrupt:
                    continue
                try:
                    yield from (frame for frame in packet.decode() if not frame.is_corrupt)
                except av.error.FFmpegError:
                    continue
        except av.error.FFmpegError:
            continue
        return


def _containers(bases: list[Encoded], folder: Path) -> Iterator[Clip]:
    flags = {
        "faststart": "+faststart",
        "moov-last": "",
        "fragmented": "+frag_keyframe+empty_moov+default_base_moof",
    }
    for film in bases:
        for kind, movflags in flags.items():
            path = write(film, folder / f"{film.shape.name}-{kind}.mp4", movflags)
            yield Clip(path, kind, film.shape.frames)
    for film in bases[::4]:
        path = write(film, folder / f"{film.shape.name}-every-frame.mp4", "+frag_every_frame+empty_moov")
        yield Clip(path, "fragmented", film.shape.frames)


def _size_changes(folder: Path) -> Iterator[Clip]:
    pairs = (((96, 64), (128, 96)), ((160, 90), (96, 64)), ((96, 64), (64, 96)), ((128, 96), (320, 180)))
    for at, (before, after) in enumerate(pairs):
        first = encode(Shape("a", *before, frames=15, gop=5), in_band=True)
        second = encode(Shape("b", *after, frames=15, gop=5), first_number=15, in_band=True)
        later = tuple(Packet(item.data, item.pts + 15, item.dts + 15, 1, item.key) for item in second.packets)
        back = encode(Shape("c", *before, frames=5, gop=5), first_number=30, in_band=True)
        again = tuple(Packet(item.data, item.pts + 30, item.dts + 30, 1, item.key) for item in back.packets)
        for kind, flags in (("front", "+faststart"), ("last", ""), ("fragmented", "+frag_keyframe+empty_moov")):
            yield Clip(write(first, folder / f"resize{at}-{kind}.mp4", flags, extra=later), "size-change", 30)
        path = write(first, folder / f"resize{at}-and-back.mp4", "+faststart", extra=(*later, *again))
        yield Clip(path, "size-change", 35)


def _edit_lists(bases: list[Encoded], folder: Path) -> Iterator[Clip]:
    for film in bases[:24]:
        if film.shape.frames < 8:
            continue
        # Times below zero are hidden by an edit list, a late start is an empty edit.
        for name, offset in (("hidden", -film.packets[3].pts), ("late", film.packets[-1].pts)):
            path = write(film, folder / f"{film.shape.name}-{name}.mp4", "+faststart", offset=offset)
            yield Clip(path, f"edit-{name}")


def _cut(whole: list[Clip], folder: Path, dice: random.Random, count: int) -> Iterator[Clip]:
    for number in range(count):
        clip = dice.choice(whole)
        data = clip.path.read_bytes()
        path = folder / f"cut{number}-{clip.path.name}"
        path.write_bytes(data[: dice.randrange(1, len(data))])
        yield Clip(path, f"cut-{clip.kind}", original=clip.path)


def _zeroed(whole: list[Clip], folder: Path, dice: random.Random, count: int) -> Iterator[Clip]:
    for number in range(count):
        clip = dice.choice(whole)
        data = bytearray(clip.path.read_bytes())
        length = dice.randrange(1, max(2, len(data) // dice.choice((2, 4, 16))))
        # Half of them near the end: the last frame is what matters.
        begin = dice.randrange(0, len(data) - length + 1) if number % 2 else max(0, len(data) - 2 * length)
        data[begin : begin + length] = bytes(length)
        path = folder / f"zero{number}-{clip.path.name}"
        path.write_bytes(data)
        yield Clip(path, "zeroed", original=clip.path)


def _garbled(whole: list[Clip], folder: Path, dice: random.Random, count: int) -> Iterator[Clip]:
    for number in range(count):
        clip = dice.choice(whole)
        data = bytearray(clip.path.read_bytes())
        for _ in range(dice.randrange(1, 40)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path = folder / f"garbled{number}-{clip.path.name}"
        path.write_bytes(data)
        yield Clip(path, "garbled", original=clip.path)


def _not_films(folder: Path, dice: random.Random) -> Iterator[Clip]:
    error = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Key>x.mp4</Key></Error>'
    makers: dict[str, Callable[[], bytes]] = {
        "zero-bytes": lambda: b"",
        "xml": lambda: error,
        "html": lambda: b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>" * 5,
        "json": lambda: b'{"message": "expired"}' * 20,
        "text": lambda: b"the quick brown fox jumps over the lazy dog\n" * 50,
        "playlist": lambda: b"#EXTM3U\n#EXTINF:10,\n/etc/hostname\n",
        "concat": lambda: b"ffconcat version 1.0\nfile /etc/hostname\n",
        "png": _png,
        "random": lambda: dice.randbytes(5000),
        "zeros": lambda: bytes(5000),
        "ftyp-only": lambda: struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0),
        "moov-empty": lambda: struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + struct.pack(">I4s", 8, b"moov"),
        "moov-random": lambda: struct.pack(">I4s", 5008, b"moov") + dice.randbytes(5000),
        "box-size-1": lambda: struct.pack(">I4sQ", 1, b"ftyp", 2**63) + bytes(64),
    }
    for name, maker in makers.items():
        for number in range(2):
            path = folder / f"not-a-film-{name}{number}.mp4"
            path.write_bytes(maker())
            yield Clip(path, "not-a-film")


def _png() -> bytes:
    context = av.CodecContext.create("png", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.time_base = 32, 32, "rgb24", Fraction(1)
    frame = VideoFrame.from_ndarray(np.full((32, 32, 3), 90, dtype=np.uint8), "rgb24")
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
