"""Boxes, block reads and reasons."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from rdpgui.core.errors import InspectionFailed, RecordingUnreadable, Unreachable
from rdpgui.media.boxes import described_sizes, read_layout
from rdpgui.media.demuxer import open_film
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.other_kinds import looks_like
from rdpgui.media.remote_file import BlockFile, LocalReader
from rdpgui.media.sps import sequence_parameters
from tests.helpers import corpus


class CountingReader:
    """Ranged reads of bytes in memory; fails from a given offset on when told to."""

    def __init__(self, data: bytes, fails_from: int | None = None) -> None:
        self.data = data
        self.size_bytes = len(data)
        self.bytes_read = 0
        self.waited_s = 0.0
        self.ranges: list[tuple[int, int]] = []
        self.fails_from = fails_from

    def read_range(self, start: int, length: int) -> bytes:
        if self.fails_from is not None and start + length > self.fails_from:
            raise Unreachable("No answer from S3.", "Try again.", operation="s3:GetObject")
        self.ranges.append((start, length))
        self.bytes_read += length
        return self.data[start : start + length]


def box(kind: bytes, size: int) -> bytes:
    return struct.pack(">I4s", size, kind) + bytes(size - 8)


def test_that_box_order_and_faststart_are_read() -> None:
    front = read_layout(BlockFile(CountingReader(box(b"ftyp", 16) + box(b"moov", 40) + box(b"mdat", 90))), "x")
    back = read_layout(BlockFile(CountingReader(box(b"ftyp", 16) + box(b"mdat", 90) + box(b"moov", 40))), "x")
    assert (front.order, front.faststart, front.truncated) == (("ftyp", "moov", "mdat"), True, False)
    assert (back.order, back.faststart, back.truncated) == (("ftyp", "mdat", "moov"), False, False)


def test_that_a_run_of_fragments_is_written_once() -> None:
    data = box(b"ftyp", 16) + box(b"moov", 40) + (box(b"moof", 24) + box(b"mdat", 30)) * 50 + box(b"mfra", 12)
    found = read_layout(BlockFile(CountingReader(data)), "x")
    assert found.order == ("ftyp", "moov", "moof", "mdat", "mfra")
    assert found.fragmented


@pytest.mark.parametrize("cut", [1, 5, 8, 30])
def test_that_a_box_beyond_the_end_is_truncation(cut: int) -> None:
    data = (box(b"ftyp", 16) + box(b"moov", 40) + box(b"mdat", 90))[:-cut]
    assert read_layout(BlockFile(CountingReader(data)), "x").truncated


def test_that_a_file_ending_inside_a_header_is_truncated() -> None:
    assert read_layout(BlockFile(CountingReader(box(b"ftyp", 16) + box(b"moov", 40) + b"\0\0")), "x").truncated


def test_that_64_bit_sizes_and_boxes_to_the_end_are_understood() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 100) + bytes(84)
    found = read_layout(BlockFile(CountingReader(box(b"ftyp", 16) + large + struct.pack(">I4s", 0, b"moov"))), "x")
    assert (found.order, found.truncated) == (("ftyp", "mdat", "moov"), False)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"<?xml version='1.0'?><Error/>", "an XML document, perhaps an error answer"),
        (b"\n<!DOCTYPE html><html>", "an HTML page"),
        (b'{"message": 1}', "JSON text"),
        (b"hello there", "plain text"),
        (bytes(64), "zeros"),
        (bytes(range(128, 192)), "data of an unknown kind"),
    ],
)
def test_that_other_files_are_named(head: bytes, words: str) -> None:
    assert looks_like(head) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("zero-bytes", "is empty"),
        ("xml", "an XML document"),
        ("html", "an HTML page"),
        ("png", "a PNG picture"),
        ("playlist", "a playlist"),
        ("concat", "a playlist"),
        ("text", "plain text"),
        ("random", "data of an unknown kind"),
        ("ftyp-only", "no index"),
    ],
)
def test_that_what_is_not_a_film_is_refused_with_its_reason(
    clips: tuple[corpus.Clip, ...], kind: str, words: str
) -> None:
    path = next(clip.path for clip in clips if clip.path.name.startswith(f"not-a-film-{kind}"))
    reader = LocalReader(path)
    with pytest.raises(RecordingUnreadable, match=words):
        inspect_film(reader, path.name)
    reader.close()


def test_that_a_plain_film_without_its_end_has_no_index(tmp_path: Path) -> None:
    whole = corpus.write(corpus.encode(corpus.Shape("x")), tmp_path / "x.mp4", "")
    half = tmp_path / "half.mp4"
    half.write_bytes(whole.read_bytes()[:2000])
    reader = LocalReader(half)
    with pytest.raises(RecordingUnreadable, match=r"no index \(moov box\)"):
        inspect_film(reader, half.name)
    reader.close()


def test_that_pipes_and_missing_files_are_refused_without_waiting(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable, match="there is no such file"):
        LocalReader(tmp_path / "none.mp4")
    with pytest.raises(RecordingUnreadable, match="it is no file"):
        LocalReader(tmp_path)


@pytest.mark.case("F4")
def test_that_a_file_that_becomes_shorter_meanwhile_says_nothing_of_a_film(plain_film: Path) -> None:
    reader = LocalReader(plain_film)
    with plain_film.open("r+b") as file:
        file.truncate(reader.size_bytes // 2)
    for look in (inspect_film, last_still):
        with pytest.raises(InspectionFailed, match="became shorter"):
            look(reader, plain_film.name)
    assert reader.read_range(reader.size_bytes, 10) == b""
    reader.close()


def test_that_blocks_are_aligned_and_fetched_once() -> None:
    reader = CountingReader(bytes(range(256)) * 4)
    file = BlockFile(reader, block_bytes=100)
    file.seek(150)
    assert file.read(10) == reader.data[150:160]
    assert file.read(500) == reader.data[160:200]
    assert file.read_exactly(190, 220) == reader.data[190:410]
    assert file.read_exactly(1000, 100) == reader.data[1000:]
    file.seek(0, 2)
    assert file.read(1) == b""
    assert reader.ranges == [(100, 100), (200, 100), (300, 100), (400, 100), (1000, 24)]


def test_that_the_cache_is_bounded() -> None:
    reader = CountingReader(bytes(1000))
    file = BlockFile(reader, block_bytes=100, cache_bytes=200)
    for start in (0, 100, 200, 0):
        file.read_at(start, 1)
    assert len(reader.ranges) == 4


def test_that_a_remote_failure_arrives_as_itself(plain_film: Path) -> None:
    data = plain_film.read_bytes()
    for fails_from in (0, 100, len(data) - 100):
        with pytest.raises(Unreachable, match="No answer from S3"):
            inspect_film(CountingReader(data, fails_from), "x.mp4")


def test_that_a_remote_film_gives_the_same_last_frame_as_a_local_one(plain_film: Path) -> None:
    reader = LocalReader(plain_film)
    local, _ = last_still(reader, "x")
    reader.close()
    assert last_still(CountingReader(plain_film.read_bytes()), "x")[0] == local


def test_that_sample_descriptions_name_the_size(plain_film: Path) -> None:
    assert described_sizes(BlockFile(CountingReader(plain_film.read_bytes()))) == {(96, 64)}


def test_that_parameter_sets_are_found_before_the_first_slice() -> None:
    sps, slice_ = b"\x67abc", b"\x65zzzz"
    sample = b"".join(struct.pack(">I", len(unit)) + unit for unit in (b"\x09\xf0", sps, slice_))
    assert sequence_parameters(sample) == sps
    assert sequence_parameters(struct.pack(">I", 5) + slice_ + sample) == b""
    assert sequence_parameters(bytes(64)) == b""


def test_that_a_table_with_more_frames_than_bytes_is_refused(
    plain_reader: LocalReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rdpgui.media.demuxer.MAX_SAMPLES", 29)
    with pytest.raises(RecordingUnreadable, match="more frames than the file can hold"):
        open_film(plain_reader, "x.mp4")


def test_that_an_endless_group_of_pictures_ends_at_the_time_limit(clips: tuple[corpus.Clip, ...]) -> None:
    path = next(clip.path for clip in clips if clip.path.name == "gop0-faststart.mp4")
    reader = LocalReader(path)
    with pytest.raises(RecordingUnreadable, match="took longer than 0 s"):
        inspect_film(reader, path.name, limit_s=0.0)
    reader.close()
