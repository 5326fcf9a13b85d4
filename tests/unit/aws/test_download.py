"""The download over a real socket, with cuts, throttling, swaps and full disks."""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import os
import random
import shutil
import stat
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from rdpgui.aws import part_file, ranged_get
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checksums import ALGORITHMS
from rdpgui.aws.clients import ClientSource, Place
from rdpgui.aws.download import Download
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.core.errors import MalformedAnswer, NotFound, ObjectChanged, StorageError, StorageFull, Unreachable
from rdpgui.core.recording import RecordingObject
from tests.helpers.limits import limit_s
from tests.unit.aws.http_s3 import HttpS3
from tests.unit.aws.samples import KEYS, QUICK

pytestmark = pytest.mark.asyncio

PART = 256 * 1024
DATA = random.Random(7).randbytes(PART * 9 + 1234)


@pytest.fixture(scope="module")
def server() -> Iterator[HttpS3]:
    with HttpS3() as made:
        yield made


@pytest.fixture(scope="module")
def clients(server: HttpS3) -> ClientSource:
    return ClientSource(Place("", "us-east-1", server.url, KEYS), QUICK)


@pytest.fixture
def s3(server: HttpS3) -> HttpS3:
    server.reset()
    return server


@pytest_asyncio.fixture
async def ports(clients: ClientSource) -> AsyncIterator[AwsPorts]:
    made = ports_of(AwsCaller(clients), clients.place, "us-east-1")
    yield made
    await made.aclose()


@pytest.fixture(autouse=True)
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged_get, "PAUSE_S", 0.01)


def ignored(done: int, total: int) -> None:
    """Nobody looks at this progress."""


def download(
    ports: AwsPorts, item: RecordingObject, target: Path, progress: Callable[[int, int], None] = ignored
) -> Download:
    return Download(ports.caller, item, target, progress, part_bytes=PART)


def damage(folder: Path) -> None:
    with next(folder.glob("*.part")).open("r+b") as file:
        file.write(b"damaged")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def leftovers(folder: Path) -> list[str]:
    return [name for name in names(folder) if ".part" in name]


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
async def test_that_a_download_is_verified_with_each_algorithm_of_s3(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path, algorithm: str
) -> None:
    digest = ALGORITHMS[algorithm]()
    digest.update(DATA)
    value = base64.b64encode(digest.digest()).decode()
    item = s3.put("a/film.mp4", DATA, (f"x-amz-checksum-{algorithm.lower()}", value))
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert (done.checksum, done.checksum_matched) == (f"{algorithm}:{value}", True)
    assert done.sha256 == hashlib.sha256(DATA).hexdigest()
    assert (tmp_path / "film.mp4").read_bytes() == DATA


async def test_that_the_file_is_private_and_nothing_else_is_left(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    target = tmp_path / "run" / "film.mp4"
    await download(ports, item, target).run()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert names(target.parent) == ["film.mp4"]


async def test_that_an_empty_object_becomes_an_empty_file(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", b"")
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert (tmp_path / "film.mp4").read_bytes() == b""
    assert done.checksum_matched is True


async def test_that_progress_rises_to_the_whole_size_on_the_loop(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    seen: list[tuple[int, int]] = []
    loops: set[int] = set()

    def progress(done: int, total: int) -> None:
        loops.add(id(asyncio.get_running_loop()))
        seen.append((done, total))

    await download(ports, item, tmp_path / "film.mp4", progress).run()
    assert loops == {id(asyncio.get_running_loop())}
    assert seen == sorted(seen)
    assert seen[-1] == (len(DATA), len(DATA))


async def test_that_fifty_cuts_and_throttling_cost_less_than_a_part_each(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA)
    dice = random.Random(11)
    cuts = 0

    def cut(number: int, length: int) -> int | None:
        nonlocal cuts
        if cuts >= 50 or length < 1000:
            return None
        cuts += 1
        return dice.randrange(1, length // 4)  # so that enough is left for the next cut

    s3.faults.cut = cut
    s3.faults.throttle = lambda number: number == 20
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert cuts == 50
    assert done.checksum_matched is True
    assert (tmp_path / "film.mp4").read_bytes() == DATA
    assert s3.sent_bytes - len(DATA) <= 50 * PART


ENOUGH_TO_SHOW = 6


def _hold(until: threading.Event) -> None:
    until.wait(limit_s(20))


async def test_that_a_later_download_goes_on_where_an_earlier_one_was_cancelled(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA)
    reached = asyncio.Event()

    def progress(done: int, total: int) -> None:
        if done > 4 * PART:
            reached.set()

    first = download(ports, item, tmp_path / "film.mp4", progress)
    cancelled = threading.Event()
    s3.faults.on_get = lambda number: None if number <= ENOUGH_TO_SHOW else _hold(cancelled)
    task = asyncio.create_task(first.run())
    await reached.wait()
    task.cancel()
    cancelled.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (tmp_path / "film.mp4").exists()
    second = download(ports, item, tmp_path / "film.mp4")
    done = await second.run()
    assert second.requests < 10
    assert done.checksum_matched is True
    assert (tmp_path / "film.mp4").read_bytes() == DATA


async def test_that_a_kept_part_that_was_damaged_on_disk_is_fetched_again(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA)
    s3.faults.cut = lambda number, length: 0 if number > 6 else None
    with pytest.raises((Unreachable, MalformedAnswer)):
        await download(ports, item, tmp_path / "film.mp4").run()
    damage(tmp_path)
    s3.faults.cut = lambda number, length: None
    again = download(ports, item, tmp_path / "film.mp4")
    done = await again.run()
    assert again.requests <= 10
    assert done.checksum_matched is True
    assert (tmp_path / "film.mp4").read_bytes() == DATA


@pytest.mark.parametrize("ignore_if_match", [False, True])
async def test_that_an_object_swapped_midway_is_refused(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path, ignore_if_match: bool
) -> None:
    item = s3.put("film.mp4", DATA)
    s3.faults.ignore_if_match = ignore_if_match

    def swap(number: int) -> None:
        if number == 4:
            s3.put("film.mp4", DATA[::-1])

    s3.faults.on_get = swap
    with pytest.raises(ObjectChanged):
        await download(ports, item, tmp_path / "film.mp4").run()
    assert names(tmp_path) == []


async def test_that_an_object_swapped_before_the_download_is_refused(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA)
    s3.put("film.mp4", DATA[1:])
    with pytest.raises(ObjectChanged):
        await download(ports, item, tmp_path / "film.mp4").run()
    assert s3.gets == 0


async def test_that_a_missing_object_is_named(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    del s3.objects["film.mp4"]
    with pytest.raises(NotFound, match=r"film\.mp4"):
        await download(ports, item, tmp_path / "film.mp4").run()


async def test_that_wrong_bytes_are_fetched_again_once_and_then_said_to_differ(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA, ("x-amz-checksum-crc32", "AAAAAA=="))
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert done.checksum_matched is False
    assert s3.gets == 20


async def test_that_an_object_without_checksum_is_not_said_to_match(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA, ("", ""), etag='"not-an-md5"')
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert done.checksum_matched is None
    assert done.checksum.startswith("CRC64NVME:")


async def test_that_an_md5_etag_proves_the_bytes_when_there_is_no_checksum(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path
) -> None:
    item = s3.put("film.mp4", DATA, ("", ""))
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert done.checksum_matched is True


async def test_that_a_full_disk_keeps_what_has_arrived(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = s3.put("film.mp4", DATA)
    file = part_file.PartFile(tmp_path / "film.mp4", item, PART)
    held = [file.path.name, file.path.name + "s.json"]
    real = part_file.PartWriter.write
    written = 0

    def write(self: part_file.PartWriter, data: memoryview) -> None:
        nonlocal written
        written += len(data)
        if written > 6 * PART:
            raise part_file.disk_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), tmp_path)
        real(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(part_file.PartWriter, "write", write)
        with pytest.raises(StorageFull):
            await download(ports, item, tmp_path / "film.mp4").run()
    assert [name for name in leftovers(tmp_path) if not name.endswith(".new")] == held
    again = download(ports, item, tmp_path / "film.mp4")
    done = await again.run()
    assert again.requests < 10
    assert done.checksum_matched is True


@pytest.mark.case("X8")
async def test_that_what_has_arrived_is_noted_from_time_to_time_only_and_at_an_end_that_came_too_early(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note for each part, and one flush of everything at the end, were a third of the time."""
    notes: list[Path] = []
    write_note = part_file.write_private

    def count(path: Path, data: bytes) -> None:
        notes.append(path)
        write_note(path, data)

    monkeypatch.setattr(part_file, "write_private", count)
    monkeypatch.setattr(part_file, "NOTE_EVERY_S", 1e9)
    monkeypatch.setattr(part_file.PartFile, "hold", _never_due(part_file.PartFile.hold))
    item = s3.put("film.mp4", DATA)
    await download(ports, item, tmp_path / "whole.mp4").run()
    assert notes == []
    real = part_file.PartWriter.write
    written = 0

    def write(self: part_file.PartWriter, data: memoryview) -> None:
        nonlocal written
        written += len(data)
        if written > 6 * PART:
            raise part_file.disk_error(OSError(errno.EIO, "broken"), tmp_path)
        real(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(part_file.PartWriter, "write", write)
        with pytest.raises(StorageError):
            await download(ports, item, tmp_path / "film.mp4").run()
    assert len(notes) == 1
    assert part_file.PartFile(tmp_path / "film.mp4", item, PART).open() != frozenset()


def _never_due(hold: Callable[[part_file.PartFile, int, int], None]) -> Callable[[part_file.PartFile, int, int], None]:
    def held(file: part_file.PartFile, part: int, crc64: int) -> None:
        file._noted_mono_s = float("inf")
        hold(file, part, crc64)

    return held


async def test_that_a_disk_without_room_is_noticed_before_anything_is_fetched(
    s3: HttpS3, ports: AwsPorts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = s3.put("film.mp4", DATA)

    class Usage:
        free = 1000

    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage())
    with pytest.raises(StorageFull, match="1000 are free"):
        await download(ports, item, tmp_path / "film.mp4").run()
    assert s3.gets == 0


async def test_that_unfinished_files_of_another_object_do_not_stay(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    (tmp_path / "film.mp4.0123456789ab.part").write_bytes(b"old")
    (tmp_path / "other.mp4.0123456789ab.part").write_bytes(b"not ours")
    await download(ports, item, tmp_path / "film.mp4").run()
    assert leftovers(tmp_path) == ["other.mp4.0123456789ab.part"]


async def test_that_a_damaged_note_means_a_fresh_start(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    note = part_file.PartFile(tmp_path / "film.mp4", item, PART)._note
    note.write_bytes(b'{"object": [], "held": 3')
    done = await download(ports, item, tmp_path / "film.mp4").run()
    assert done.checksum_matched is True


async def test_that_two_downloads_to_one_place_are_refused(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    first = asyncio.create_task(ports.objects.download(item, tmp_path / "film.mp4", ignored))
    await asyncio.sleep(0)
    with pytest.raises(StorageError, match="already"):
        await ports.objects.download(item, tmp_path / "film.mp4", ignored)
    await first


async def test_that_a_folder_that_cannot_be_made_is_named(s3: HttpS3, ports: AwsPorts, tmp_path: Path) -> None:
    item = s3.put("film.mp4", DATA)
    (tmp_path / "run").write_bytes(b"a file in the way")
    with pytest.raises(StorageError, match="run"):
        await download(ports, item, tmp_path / "run" / "film.mp4").run()
