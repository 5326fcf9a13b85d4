"""The film on disk while it grows."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdpgui.lab.broker.segments import SEGMENTS_NAME, SegmentError, SegmentReader, SegmentWriter

KEY = bytes(range(32))
PIECES = [b"first" * 10, b"x", b"second" * 100, b"third" * 33]


def write(folder: Path, pieces: list[bytes], connection_id: str = "c-1") -> list[int]:
    """Write pieces; returns the size of the file after each."""
    writer = SegmentWriter(folder, KEY, connection_id)
    sizes = []
    for piece in pieces:
        assert writer.write(piece) == len(piece)
        sizes.append(writer.size_bytes)
    writer.close()
    return sizes


def read(folder: Path, key: bytes = KEY, connection_id: str = "c-1") -> tuple[bytes, bool]:
    reader = SegmentReader(folder, key, connection_id)
    data = b""
    while piece := reader.read(7):
        data += piece
    reader.close()
    return data, reader.whole


def test_that_what_was_written_is_read_and_not_readable_on_disk(tmp_path: Path) -> None:
    write(tmp_path, PIECES)
    assert read(tmp_path) == (b"".join(PIECES), True)
    raw = (tmp_path / SEGMENTS_NAME).read_bytes()
    assert b"first" not in raw
    assert b"second" not in raw


def test_that_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    write(tmp_path, PIECES)
    assert stat.S_IMODE((tmp_path / SEGMENTS_NAME).stat().st_mode) == 0o600


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
@pytest.mark.logs("is cut")
def test_that_a_file_cut_at_any_byte_gives_its_whole_records(tmp_path: Path, data: st.DataObject) -> None:
    (tmp_path / SEGMENTS_NAME).unlink(missing_ok=True)
    sizes = write(tmp_path, PIECES)
    cut = data.draw(st.integers(sizes[0], sizes[-1] - 1))
    os.truncate(tmp_path / SEGMENTS_NAME, cut)
    whole_records = sum(size <= cut for size in sizes)
    film, whole = read(tmp_path)
    assert film == b"".join(PIECES[:whole_records])
    assert whole is (cut in sizes)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
@pytest.mark.logs("is cut", "is damaged or under another key")
def test_that_a_changed_byte_ends_the_film_before_it(tmp_path: Path, data: st.DataObject) -> None:
    (tmp_path / SEGMENTS_NAME).unlink(missing_ok=True)
    sizes = write(tmp_path, PIECES)
    raw = bytearray((tmp_path / SEGMENTS_NAME).read_bytes())
    at = data.draw(st.integers(sizes[0], len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    (tmp_path / SEGMENTS_NAME).write_bytes(raw)
    film, whole = read(tmp_path)
    assert film == b"".join(PIECES[: sum(size <= at for size in sizes)])
    assert not whole


@pytest.mark.logs("is damaged or under another key")
def test_that_records_cannot_change_places(tmp_path: Path) -> None:
    sizes = write(tmp_path, [b"a" * 50, b"b" * 50, b"c" * 50])
    raw = (tmp_path / SEGMENTS_NAME).read_bytes()
    first, second, third = raw[: sizes[0]], raw[sizes[0] : sizes[1]], raw[sizes[1] :]
    (tmp_path / SEGMENTS_NAME).write_bytes(first + third + second)
    assert read(tmp_path) == (b"a" * 50, False)


@pytest.mark.parametrize(("key", "connection_id"), [(bytes(32), "c-1"), (KEY, "c-2")])
@pytest.mark.logs("is damaged or under another key")
def test_that_another_key_or_connection_reads_nothing(tmp_path: Path, key: bytes, connection_id: str) -> None:
    write(tmp_path, PIECES)
    with pytest.raises(SegmentError, match="no readable record"):
        SegmentReader(tmp_path, key, connection_id)


def test_that_no_file_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match="no segments"):
        SegmentReader(tmp_path, KEY, "c-1")
    write(tmp_path, [])
    with pytest.raises(SegmentError, match="no readable record"):
        SegmentReader(tmp_path, KEY, "c-1")


def test_that_a_second_writer_cannot_write_over_a_film(tmp_path: Path) -> None:
    write(tmp_path, PIECES)
    with pytest.raises(FileExistsError):
        SegmentWriter(tmp_path, KEY, "c-1")


@pytest.mark.logs("the limit of")
def test_that_the_limit_stops_writing_between_records(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, KEY, "c-1", limit_bytes=300)
    assert writer.write(b"a" * 100) == 100
    assert writer.write(b"b" * 500) == 500
    assert writer.full
    assert not writer.check_room()
    writer.write(b"c")
    writer.close()
    assert read(tmp_path) == (b"a" * 100, True)


def test_that_room_ends_before_the_limit_does(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, KEY, "c-1", limit_bytes=1000)
    assert writer.check_room()
    while writer.check_room():
        writer.write(b"a" * 100)
    writer.write(b"the last fragment")
    assert not writer.full
    writer.close()


def test_that_room_is_kept_for_the_finished_film(tmp_path: Path) -> None:
    free = 1 << 30
    writer = SegmentWriter(tmp_path, KEY, "c-1", free=lambda _folder: free)
    writer.write(b"a" * 1000)
    assert writer.check_room()
    free = 1 << 20
    assert not writer.check_room()
    writer.close()


@pytest.mark.logs("the disk is full")
def test_that_a_disk_that_fills_in_the_middle_of_a_record_loses_only_that_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SegmentWriter(tmp_path, KEY, "c-1")
    writer.write(b"a" * 100)
    real_write = os.write
    room = [40]

    def scarce(file: int, data: memoryview) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        taken = real_write(file, data[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", scarce)
    assert writer.write(b"b" * 100) == 100
    monkeypatch.undo()
    assert writer.full
    writer.close()
    assert read(tmp_path) == (b"a" * 100, True)
