"""Console pictures on disk: private, whole, bounded, and read back as they were."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import av
import pytest

from rdpgui.core.errors import RecordingUnreadable, StorageError
from rdpgui.core.ids import RunId
from rdpgui.core.screen import FOLDER, LARGEST_BYTES, MOST_KEPT, ScreenPicture
from rdpgui.media.console_album import ConsoleAlbum
from rdpgui.threads import DaemonPool

T = TypeVar("T")
AT = datetime(2026, 11, 29, 21, 17, 4, tzinfo=UTC)
RUN = RunId("r1")


def _jpeg(width: int = 64, height: int = 48) -> bytes:
    codec = av.CodecContext.create("mjpeg", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuvj420p"
    codec.time_base = Fraction(1)
    frame = av.VideoFrame(width, height, "yuvj420p")
    for plane in frame.planes:
        plane.update(bytes([128]) * plane.buffer_size)
    return b"".join(bytes(packet) for packet in (*codec.encode(frame), *codec.encode(None)))


def _picture(number: int) -> ScreenPicture:
    return ScreenPicture(AT + timedelta(seconds=number), AT + timedelta(seconds=number, milliseconds=20))


def _with_album(folder: Path, work: Callable[[ConsoleAlbum], Awaitable[T]]) -> T:
    async def main() -> T:
        album = ConsoleAlbum(lambda _run_id: folder, partial(DaemonPool, 1))
        try:
            return await work(album)
        finally:
            await album.aclose()

    return asyncio.run(main())


def test_that_a_picture_is_private_and_comes_back_as_it_was(tmp_path: Path) -> None:
    async def work(album: ConsoleAlbum) -> tuple[int, int, int]:
        kept = await album.keep(RUN, _picture(1), _jpeg())
        still = await album.read(tmp_path / FOLDER / _picture(1).name)
        assert len(still.rgb) == still.width * still.height * 3
        assert await album.list(RUN) == (_picture(1),)
        return kept, still.width, still.height

    assert _with_album(tmp_path, work) == (1, 64, 48)
    path = tmp_path / FOLDER / _picture(1).name
    assert path.read_bytes() == _jpeg()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_that_a_long_run_keeps_a_bounded_number_of_pictures_and_all_of_the_last_minute(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for number in range(MOST_KEPT):
        (folder / _picture(number).name).write_bytes(b"\xff\xd8")

    async def work(album: ConsoleAlbum) -> int:
        return await album.keep(RUN, _picture(MOST_KEPT), b"\xff\xd8")

    kept = _with_album(tmp_path, work)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == kept < MOST_KEPT
    assert names[-60:] == [_picture(number).name for number in range(MOST_KEPT - 59, MOST_KEPT + 1)]


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8" + b"x" * 500, b"<html>"])
def test_that_what_is_no_picture_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(data)

    async def work(album: ConsoleAlbum) -> None:
        with pytest.raises(RecordingUnreadable):
            await album.read(path)

    _with_album(tmp_path, work)


def test_that_a_cut_picture_is_read_or_refused_and_never_hangs(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(_jpeg(320, 180)[:400])

    async def work(album: ConsoleAlbum) -> None:
        try:
            assert (await album.read(path)).width == 320
        except RecordingUnreadable:
            return

    _with_album(tmp_path, work)


def test_that_a_picture_without_a_place_is_refused_with_the_reason(tmp_path: Path) -> None:
    async def gone(album: ConsoleAlbum) -> None:
        with pytest.raises(StorageError):
            await album.keep(RUN, _picture(1), _jpeg())
        with pytest.raises(StorageError):
            await album.read(tmp_path / "nowhere.jpg")
        assert await album.list(RUN) == ()

    _with_album(tmp_path / "no" / "run", gone)

    async def large(album: ConsoleAlbum) -> None:
        with pytest.raises(StorageError):
            await album.keep(RUN, _picture(1), b"\xff\xd8" + bytes(LARGEST_BYTES))

    _with_album(tmp_path, large)
