"""From encrypted segments to the finished film: decrypt, remux with the index in front, checksums."""

from __future__ import annotations

import base64
import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from rdpgui.lab.broker.segments import SegmentError, SegmentReader

_log = logging.getLogger(__name__)

FILM_NAME = "recording.mp4"
NOT_NORMAL = "not finalised normally"
_CHUNK_BYTES = 1 << 20
_KEPT: tuple[str, ...] = ("title", "date")


class FinaliseError(Exception):
    """No film could be made; the text says why."""


@dataclass(frozen=True, slots=True)
class FinishedFilm:
    """A finished film and what identifies it.

    Attributes:
        crc32_b64: CRC-32, big-endian, in base64, as S3 wants it.
        frames: pictures in the film.
        whole: every record on disk was readable.
    """

    path: Path
    sha256: str
    crc32_b64: str
    size_bytes: int
    duration_s: float
    frames: int
    whole: bool


def finalise(work_dir: Path, key: bytes, connection_id: str, *, normal: bool, description: str) -> FinishedFilm:
    """Make ``recording.mp4`` (0600) from the segments in ``work_dir``; they stay where they are.

    Args:
        work_dir: the connection's folder.
        key: 32 bytes, the data key of the segments.
        connection_id: as it was when they were written.
        normal: False marks the film as not finalised normally.
        description: for the metadata.

    Raises:
        FinaliseError: no segments, another key, nothing playable in them, or no room for the film.
    """
    unfinished = work_dir / f"{FILM_NAME}.part"
    try:
        _make_private(unfinished)
        reader = SegmentReader(work_dir, key, connection_id)
        try:
            frames, duration_s = _remux(reader, unfinished, normal=normal, description=description)
        finally:
            reader.close()
        film = _identify(unfinished, work_dir / FILM_NAME, frames, duration_s, whole=reader.whole)
        unfinished.replace(film.path)
    except SegmentError as error:
        raise FinaliseError(str(error)) from error
    except (OSError, av.FFmpegError) as error:
        raise FinaliseError(f"the film could not be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return film


def _make_private(path: Path) -> None:
    """An empty file for the owner only; libavformat opens it again by name and keeps the mode."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))


def _remux(reader: SegmentReader, target: Path, *, normal: bool, description: str) -> tuple[int, float]:
    try:
        source = av.open(reader, "r", format="mp4")
    except av.FFmpegError as error:
        raise FinaliseError(f"the segments hold no film: {error}") from error
    frames, first, end = 0, 0, 0
    with source, av.open(str(target), "w", format="mp4", container_options={"movflags": "+faststart"}) as film:
        if not source.streams.video:
            raise FinaliseError("the segments hold no film")
        film.metadata.update(_metadata(source.metadata, normal=normal, description=description))
        track = source.streams.video[0]
        copy = film.add_stream_from_template(track)
        copy.time_base = time_base = Fraction(track.time_base)
        for packet in _sound_packets(source, track):
            if not frames:
                first = packet.pts
            frames += 1
            end = packet.pts + packet.duration
            packet.stream = copy
            film.mux(packet)
    if not frames:
        raise FinaliseError("the segments hold no picture")
    return frames, float((end - first) * time_base)


def _metadata(recorded: dict[str, str], *, normal: bool, description: str) -> dict[str, str]:
    kept: dict[str, str] = {name: recorded[name] for name in _KEPT if name in recorded}
    zero = recorded.get("date") or recorded.get("creation_time")
    if zero:
        kept["creation_time"] = zero
    kept["description"] = description
    if not normal:
        kept["comment"] = NOT_NORMAL
    return kept


def _sound_packets(source: av.container.InputContainer, track: av.VideoStream) -> Iterator[av.Packet]:
    packets = source.demux(track)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError as error:
            _log.warning("the film ends in a torn fragment: %s", error)
            return
        if packet.is_corrupt:
            _log.warning("the film ends in a torn picture")
            return
        if packet.dts is not None and packet.size:
            yield packet


def _identify(source: Path, path: Path, frames: int, duration_s: float, *, whole: bool) -> FinishedFilm:
    # cryptography's hash: hashlib would load a second OpenSSL, 4 MB a broker
    sha256, crc32, size_bytes = Hash(SHA256()), 0, 0
    with source.open("rb+") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha256.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            size_bytes += len(chunk)
        os.fsync(file.fileno())
    crc32_b64 = base64.b64encode(crc32.to_bytes(4, "big")).decode()
    return FinishedFilm(path, sha256.finalize().hex(), crc32_b64, size_bytes, duration_s, frames, whole)
