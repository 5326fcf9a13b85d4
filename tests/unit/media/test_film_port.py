"""The inspecting child process: hostile files, limits, cancelling, remote bytes."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import signal
import stat
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio

from rdpgui.core.errors import InspectionFailed, RecordingUnreadable, StorageError, Unreachable
from rdpgui.core.film import Still
from rdpgui.media import child, decoding, worker
from rdpgui.media.facts_json import facts_to_json
from rdpgui.media.film_port import FilmInspector, inspect_json
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.remote_file import LocalReader
from tests.helpers import corpus
from tests.helpers.limits import limit_s
from tests.unit.media.numbers import number_of
from tests.unit.media.test_structure import CountingReader

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest_asyncio.fixture
async def inspector() -> AsyncIterator[FilmInspector]:
    found = FilmInspector(limit_s=20.0)
    yield found
    await found.aclose()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def environment_of(pid: int | None) -> bytes:
    path = Path(f"/proc/{pid}/environ")
    if not path.exists():
        pytest.skip("needs /proc")
    return path.read_bytes()


@pytest.mark.asyncio
async def test_that_one_warm_worker_serves_films_and_refusals(
    inspector: FilmInspector, plain_film: Path, tmp_path: Path
) -> None:
    await inspector.start()
    pid = inspector.worker_pid
    facts = await inspector.inspect(plain_film)
    text = tmp_path / "x.mp4"
    text.write_text("hello " * 20)
    with pytest.raises(RecordingUnreadable, match="plain text") as caught:
        await inspector.inspect(text)
    still = await inspector.last_frame(plain_film, tmp_path / "last.png")
    assert (facts.frame_count, number_of(still), still.index) == (30, 29, 29)
    assert caught.value.remedy
    assert stat.S_IMODE((tmp_path / "last.png").stat().st_mode) == 0o600
    assert inspector.worker_pid == pid


@pytest.mark.asyncio
async def test_that_a_worker_that_died_is_replaced(inspector: FilmInspector, plain_film: Path) -> None:
    await inspector.inspect(plain_film)
    first = inspector.worker_pid
    assert first is not None
    os.kill(first, signal.SIGSEGV)
    with pytest.raises(RecordingUnreadable, match="crash in a decoder"):
        # Whether the death is noticed before or during this request is a race; both must end well.
        await inspector.inspect(plain_film)
        raise RecordingUnreadable("crash in a decoder (noticed before)")
    assert (await inspector.inspect(plain_film)).frame_count == 30
    assert inspector.worker_pid != first


@pytest.mark.asyncio
async def test_that_a_worker_that_hangs_is_killed_at_the_limit(
    plain_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rdpgui.media.child.GRACE_S", 0.05)
    inspector = FilmInspector(limit_s=0.2)
    await inspector.start()
    pid = inspector.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(RecordingUnreadable, match=r"took longer than 0\.2 s"):
        await inspector.inspect(plain_film)
    assert not is_alive(pid)
    await inspector.aclose()


@pytest.mark.asyncio
async def test_that_cancelling_kills_the_worker_and_the_next_film_gets_a_new_one(
    inspector: FilmInspector, plain_film: Path
) -> None:
    await inspector.start()
    pid = inspector.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(inspector.inspect(plain_film))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await inspector.inspect(plain_film)).frame_count == 30
    assert inspector.worker_pid != pid


@pytest.mark.asyncio
async def test_that_closing_ends_the_worker_and_a_running_request(inspector: FilmInspector, plain_film: Path) -> None:
    await inspector.start()
    pid = inspector.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(inspector.inspect(plain_film))
    await asyncio.sleep(0)
    await inspector.aclose()
    with pytest.raises(RecordingUnreadable):
        await task
    assert not is_alive(pid)
    with pytest.raises(RecordingUnreadable, match="the program is closing"):
        await inspector.inspect(plain_film)


@pytest.mark.asyncio
async def test_that_requests_queue(inspector: FilmInspector, plain_film: Path) -> None:
    facts = await asyncio.gather(*(inspector.inspect(plain_film) for _ in range(5)))
    assert [item.frame_count for item in facts] == [30] * 5


@pytest.mark.asyncio
async def test_that_a_remote_film_is_inspected_through_its_reader(inspector: FilmInspector, plain_bytes: bytes) -> None:
    reader = CountingReader(plain_bytes)
    facts = await inspector.inspect_remote(reader, "s3.mp4")
    still = await inspector.last_frame_remote(reader, "s3.mp4", None)
    assert (facts.frame_count, number_of(still)) == (30, 29)
    assert facts.bytes_read > 0
    assert reader.bytes_read >= facts.bytes_read


@pytest.mark.asyncio
async def test_that_a_remote_failure_is_raised_as_it_was(
    inspector: FilmInspector, plain_film: Path, plain_bytes: bytes
) -> None:
    with pytest.raises(Unreachable, match="No answer from S3"):
        await inspector.inspect_remote(CountingReader(plain_bytes, fails_from=50), "s3.mp4")
    assert (await inspector.inspect(plain_film)).frame_count == 30


@pytest.mark.asyncio
async def test_that_the_worker_has_no_credentials(inspector: FilmInspector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret")
    await inspector.start()
    assert b"the-secret" not in environment_of(inspector.worker_pid)


@pytest.mark.asyncio
async def test_that_a_png_that_cannot_be_written_is_a_storage_error(
    inspector: FilmInspector, plain_film: Path, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        await inspector.last_frame(plain_film, tmp_path / "none" / "x.png")


@pytest.mark.asyncio
async def test_that_the_whole_garbled_corpus_leaves_the_program_alive(
    inspector: FilmInspector, clips: tuple[corpus.Clip, ...]
) -> None:
    for clip in clips:
        if clip.kind in ("garbled", "not-a-film"):
            try:
                await inspector.inspect(clip.path)
            except RecordingUnreadable as error:
                assert clip.path.name in error.text()


KEYS = [
    *("duration_s", "frame_count", "last_frame_pts_s", "width", "height", "codec"),
    *("fragmented", "truncated", "decodable", "reason", "bytes_read"),
    *("encrypted", "encrypted_from_s", "damaged", "tracks", "holes", "joins", "idle", "frozen", "black", "watched"),
    *("end_texts", "reader", "clock"),
    *("shape", "duplicate", "spoiled", "size_changes", "sizes", "hidden_frames", "hidden_end_s"),
]


@pytest.mark.asyncio
async def test_that_json_for_the_command_line_has_all_its_members(plain_film: Path, tmp_path: Path) -> None:
    found = await inspect_json(plain_film, png=tmp_path / "last.png")
    assert sorted(found) == sorted(KEYS)
    assert (found["decodable"], found["reason"], found["frame_count"]) == (True, "", 30)
    assert found["duration_s"] == pytest.approx(3.0)
    assert found["last_frame_pts_s"] == pytest.approx(2.9)
    assert (tmp_path / "last.png").exists()


@pytest.mark.asyncio
async def test_that_json_for_what_is_not_a_film_has_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"")
    found = await inspect_json(path)
    assert sorted(found) == sorted(KEYS)
    assert found["decodable"] is False
    assert "is empty" in found["reason"]


@pytest.mark.case("F4")
@pytest.mark.asyncio
async def test_that_a_file_that_cannot_be_read_says_nothing_of_a_film(
    plain_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in (await inspect_json(tmp_path / "none.mp4"), await inspect_json(tmp_path)):
        assert (found["decodable"], found["frame_count"]) == (None, None)
        assert "cannot be opened" in found["reason"]
    reader = LocalReader(plain_film)
    reader.close()
    broken = SimpleNamespace(seek=_fail_to_read, close=reader.close)
    monkeypatch.setattr(reader, "_file", broken)
    with pytest.raises(InspectionFailed, match="Input/output error"):
        inspect_film(reader, "film.mp4")


def _fail_to_read(_offset: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_that_a_look_at_every_picture_tells_how_far_it_is(plain_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PROGRESS_EVERY_S", 0.0)
    monkeypatch.setattr(worker, "limit_cpu", lambda _limit_s: None)  # of this process
    asked = {"do": "inspect", "name": "x", "path": str(plain_film), "png": None, "limit_s": 60.0, "clock": False}
    sink = io.BytesIO()
    worker.handle({**asked, "every_picture": True, "progress": True}, io.BytesIO(), sink)
    *told, answer = (json.loads(line) for line in sink.getvalue().splitlines())
    assert {item["event"] for item in told} == {"progress"}
    shares = [item["share"] for item in told]
    assert len(shares) == 30
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0
    assert (answer["event"], answer["facts"]["watched"]) == ("facts", True)


@pytest.mark.case("X4")
def test_that_the_last_picture_of_an_inspected_film_is_kept_until_the_file_changes(
    plain_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "limit_cpu", lambda _limit_s: None)  # of this process
    monkeypatch.setattr(worker, "_KEPT", worker._Kept())
    path, decoded = tmp_path / "film.mp4", list[str]()
    path.write_bytes(plain_bytes)

    def noted(reader: LocalReader, name: str, *, limit_s: float) -> tuple[Still, datetime | None]:
        decoded.append(name)
        return last_still(reader, name, limit_s=limit_s)

    monkeypatch.setattr(worker, "last_still", noted)
    asked = {"name": "x", "path": str(path), "png": None, "limit_s": 60.0, "clock": False}

    def answered(do: str) -> bytes:
        sink = io.BytesIO()
        worker.handle({**asked, "do": do}, io.BytesIO(), sink)
        return sink.getvalue()

    by_itself = answered("last-frame")
    answered("inspect")
    assert (answered("last-frame"), decoded) == (by_itself, ["x"])
    path.write_bytes(plain_bytes + bytes(8))
    assert (answered("last-frame").partition(b"\n")[2], decoded) == (by_itself.partition(b"\n")[2], ["x", "x"])


@pytest.mark.asyncio
async def test_that_progress_reaches_who_asked_for_it(inspector: FilmInspector, plain_film: Path) -> None:
    told: list[float] = []
    process = SimpleNamespace(stdin=_Sink(), stdout=asyncio.StreamReader(), returncode=0)
    facts = facts_to_json(await inspector.inspect(plain_film))
    lines = [
        {"event": "progress", "share": 0.25},
        {"event": "progress", "share": 0.5},
        {"event": "facts", "facts": facts},
    ]
    for line in lines:
        process.stdout.feed_data(json.dumps(line).encode() + b"\n")
    found, _ = await _exchanged(process, told.append)
    assert (found["event"], told) == ("facts", [0.25, 0.5])


class _Sink:
    """Takes what is written to a worker."""

    def write(self, _data: bytes) -> None:
        """Take it."""

    async def drain(self) -> None:
        """Wait for nothing."""


async def _exchanged(process: SimpleNamespace, on_progress: child.OnProgress) -> tuple[child.Answer, bytes]:
    taken = child.WorkerProcess()
    taken._process = process  # type: ignore[assignment]  # its two ends are all that is used
    return await taken._exchange({}, None, on_progress, limit_s(5.0))


@pytest.mark.case("F3")
@pytest.mark.asyncio
async def test_that_the_last_frame_never_takes_the_films_place(plain_film: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.png"
    link.symlink_to(plain_film)
    for target in (plain_film, link):
        with pytest.raises(StorageError, match="the film itself"):
            await inspect_json(plain_film, png=target)
    facts = await inspect_json(plain_film)
    assert facts["frame_count"] == 30


class SlowReader(CountingReader):
    """Bytes that take longer than the work on the film may."""

    work_s = 0.0

    def read_range(self, start: int, length: int) -> bytes:
        time.sleep(self.work_s * 1.2)
        return super().read_range(start, length)


@pytest.mark.case("F4")
@pytest.mark.asyncio
async def test_that_waiting_for_bytes_is_no_work_on_the_film(
    plain_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "GRACE_S", 20.0)  # for a busy machine; the worker's own limit is the one tried
    inspector = FilmInspector(limit_s=20.0)
    await inspector.start()
    slow = SlowReader(plain_bytes)
    inspector._limit_s = slow.work_s = limit_s(0.1)
    try:
        facts = await inspector.inspect_remote(slow, "slow.mp4")
    finally:
        await inspector.aclose()
    assert facts.frame_count == 30


@pytest.mark.case("F4")
def test_that_waiting_for_a_processor_is_no_work_on_the_film(
    plain_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = {"monotonic": 1000.0, "process_time": 50.0}
    clocks = SimpleNamespace(monotonic=lambda: now_s["monotonic"], process_time=lambda: now_s["process_time"])
    monkeypatch.setattr(decoding, "time", clocks)
    deadline = decoding.Deadline("film.mp4", 60.0, CountingReader(plain_bytes))
    now_s["monotonic"] += 600.0
    now_s["process_time"] += 59.0
    deadline.check()
    now_s["process_time"] += 2.0
    with pytest.raises(InspectionFailed):
        deadline.check()


@pytest.mark.case("F4")
@pytest.mark.asyncio
async def test_that_a_worker_that_gets_no_processor_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    used_s = iter((0.0, 0.01, 0.02))
    source = asyncio.StreamReader()

    def looked(_pid: int | None) -> float:
        cpu_s = next(used_s)
        if cpu_s == 0.02:
            source.feed_data(b"late\n")
        return cpu_s

    monkeypatch.setattr(child, "processor_s", looked)
    monkeypatch.setattr(child, "_SHORTEST_WAIT_S", 0.001)
    assert await child.Patience(1, 0.03).line(source) == b"late\n"


@pytest.mark.case("F4")
@pytest.mark.asyncio
@pytest.mark.parametrize("used_s", [(0.0, 0.0), (0.0, 9.0), (None, None)])
async def test_that_a_worker_that_stands_still_or_had_its_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, used_s: tuple[float | None, ...]
) -> None:
    looks = iter(used_s)
    monkeypatch.setattr(child, "processor_s", lambda _pid: next(looks))
    with pytest.raises(TimeoutError):
        await child.Patience(1, 0.001).line(asyncio.StreamReader())


@pytest.mark.case("F4")
@pytest.mark.asyncio
async def test_that_a_transport_that_fails_says_nothing_of_the_film(plain_bytes: bytes) -> None:
    with pytest.raises(Unreachable, match="No answer from S3"):
        await inspect_json(CountingReader(plain_bytes, fails_from=600), name="film.mp4")


@pytest.mark.case("F4")
@pytest.mark.asyncio
async def test_that_an_inspection_that_was_given_up_says_nothing_of_the_film(plain_film: Path) -> None:
    with pytest.raises(InspectionFailed):
        inspector = FilmInspector(limit_s=0.0)
        try:
            await inspector.inspect(plain_film)
        finally:
            await inspector.aclose()
    found = await inspect_json(plain_film, limit_s=0.0)
    assert (found["decodable"], found["frame_count"]) == (None, None)
    assert "took longer" in found["reason"]
