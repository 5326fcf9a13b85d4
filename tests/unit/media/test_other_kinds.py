"""Films of another kind under the name of an mp4: the container is named, and nothing of it is called damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.other_kinds import UNKNOWN, looks_like
from rdpgui.media.remote_file import MemoryReader
from rdpgui.media.stills import StillReader
from tests.helpers import corpus


@pytest.fixture(scope="module")
def film() -> corpus.Encoded:
    """Few frames, whose parameter sets are in the key frames."""
    return corpus.encode(corpus.Shape("other", frames=6, gop=3), in_band=True)


def _put_into(film: corpus.Encoded, path: Path, container: str) -> bytes:
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_mux_stream("libx264", rate=10, width=96, height=64)
        stream.time_base = film.time_base
        for item in film.packets:
            packet = av.Packet(item.data)
            packet.pts, packet.dts, packet.duration = item.pts, item.dts, item.duration
            packet.is_keyframe, packet.time_base, packet.stream = item.key, film.time_base, stream
            file.mux(packet)
    return path.read_bytes()


@pytest.mark.case("F12")
@pytest.mark.parametrize(
    ("container", "words"),
    [
        ("mpegts", "an MPEG transport stream"),
        ("mpeg", "an MPEG program stream"),
        ("flv", "a Flash film"),
        ("h264", "raw H.264 without a container"),
        ("avi", "an AVI film"),
        ("matroska", "a Matroska film"),
        ("asf", "a Windows Media film"),
        ("nut", "a NUT film"),
    ],
)
def test_that_a_film_of_another_kind_is_named(film: corpus.Encoded, tmp_path: Path, container: str, words: str) -> None:
    data = _put_into(film, tmp_path / "film.mp4", container)
    for look in (inspect_film, last_still):
        with pytest.raises(RecordingUnreadable, match=words) as caught:
            look(MemoryReader(data), "film.mp4")
        assert "ownload" not in caught.value.text()
    with pytest.raises(RecordingUnreadable, match=words):
        StillReader(MemoryReader(data), name="film.mp4")


@pytest.mark.case("F12")
@pytest.mark.parametrize("leading", [b"\0\0\0\1", b"\0\0\1"])
def test_that_raw_pictures_are_named_by_their_first_unit(leading: bytes) -> None:
    h264 = leading + b"\x09\x10" + leading + b"\x67\x42\xc0\x0a" + bytes(40)
    hevc = leading + b"\x40\x01\x0c\x01\xff\xff\x01\x60" + bytes(40)
    assert (looks_like(h264), looks_like(hevc)) == ("raw H.264 without a container", "raw H.265 without a container")
    assert looks_like(leading + bytes([0xFF]) * 40) == UNKNOWN


@pytest.mark.case("F12")
@pytest.mark.parametrize(("packet_bytes", "before"), [(188, 0), (192, 4), (204, 0)])
@pytest.mark.parametrize("cut", [0, 61])
def test_that_a_transport_stream_is_known_by_its_packets(packet_bytes: int, before: int, cut: int) -> None:
    """With times before the packets (Blu-ray), with check bytes behind them, and begun inside a packet."""
    packet = bytes([1]) * before + b"\x47\x40\x11" + bytes(packet_bytes - before - 3)
    assert looks_like((packet * 12)[cut:]) == "an MPEG transport stream"


@pytest.mark.case("F12")
@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"OggS\0\2" + bytes(60), "an Ogg file"),
        (b"DKIF\0\0\x20\0VP90" + bytes(50), "an IVF film"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "a sound file"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a picture"),
        (b"RIFF\x10\0\0\0????", "a RIFF file"),
        (b"ID3\4" + bytes(60), "a sound file"),
        (b"fLaC\0\0\0\x22", "a sound file"),
        (b"YUV4MPEG2 W96 H64 F10:1\nFRAME\n\x10", "raw pictures without a container"),
        (bytes.fromhex("060e2b34020501010d01020101020400") + bytes(48), "an MXF film"),
        (b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
        (b"\xfd7zXZ\0", "a compressed archive"),
        (b"\x28\xb5\x2f\xfd", "a compressed archive"),
        (b"BZh91AY", "a compressed archive"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(40), "a picture"),
        (b"II*\0\x08\0\0\0", "a picture"),
        (b"MZ\x90\0\3\0", "a program"),
        (b"\x7fELF\2\1\1", "a program"),
        (b"\xff\xfe<\0x\0m\0l\0", "plain text"),
        (b"\x47" + b"\1" * 600, UNKNOWN),
        (struct.pack(">I4s", 9, b"abcd") + bytes(64), UNKNOWN),
    ],
)
def test_that_other_files_are_named_too(head: bytes, words: str) -> None:
    assert looks_like(head) == words
