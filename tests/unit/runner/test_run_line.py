"""The run line on a real disk and its real thread: slow, full and failing disks, and kills."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import StorageError, StorageFull
from rdpgui.core.ids import RunId
from rdpgui.core.journal import read_actions, read_journal, rebuild
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import ActionFailed, IntentRecorded, NoteAdded, RunEnded, RunStarted
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.resume import read_run, take_up
from rdpgui.runner.run_line import JournalThread, RunLine
from rdpgui.runner.store import Store
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import EPOCH, VirtualLoop, run_virtual
from tests.unit.runner.scenes import Scene

D = DisruptionId
Prepare = Callable[[Scene, FileRunFolders], None]


def _on_disk(scene: Scene, root: Path) -> FileRunFolders:
    """Let the scene's runs lie on disk; virtual time stands still while the writer works."""
    folders = FileRunFolders(root)
    scene.ports = replace(scene.ports, folders=folders)
    scene.runner.close()
    scene.runner = ExperimentRunner(scene.ports, scene.store, scene.settings, scene.timing)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.outside = lambda: folders.pen.pending
    return folders


def _run(
    root: Path, prepare: Prepare | None = None, disruption_id: DisruptionId = D.EC2_STOP
) -> tuple[Scene, RunState]:
    async def main() -> tuple[Scene, RunState]:
        scene = Scene(Behaviour())
        folders = _on_disk(scene, root)
        if prepare is not None:
            prepare(scene, folders)
        run = await scene.runner.run(scene.plan(disruption_id), auto_arm=True)
        await folders.pen.aclose(10.0)
        return scene, run

    return run_virtual(main())


def _noting(note: Callable[[], object], work: Callable[..., Any]) -> Callable[..., Any]:
    """Return the work with something done before it."""

    def noted(*args: Any) -> Any:
        note()
        return work(*args)

    return noted


def _orders(scene: Scene) -> list[str]:
    return [call for call in scene.world.calls if call.startswith(("ec2:Stop", "ec2:Start", "ec2:Reboot"))]


def _journal(root: Path, run_id: RunId) -> list[str]:
    return (root / run_id / JOURNAL_NAME).read_text().splitlines()


@pytest.mark.case("R3")
def test_that_a_slow_disk_is_waited_for_by_its_thread_and_never_by_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    real = os.fsync

    def slow(fd: int) -> None:
        threads.append(threading.get_ident())
        time.sleep(0.005)
        real(fd)

    monkeypatch.setattr(os, "fsync", slow)
    _scene, run = _run(tmp_path)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    assert threads and threading.get_ident() not in threads
    events, _ = read_journal(_journal(tmp_path, run.run_id))
    assert isinstance(events[-1], RunEnded)
    told = rebuild(events)
    assert told is not None
    assert (told.status, told.verdict, told.intents, told.accepted) == (
        run.status,
        run.verdict,
        run.intents,
        run.accepted,
    )


@pytest.mark.case("R3")
def test_that_an_intent_is_on_disk_before_its_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def sync(fd: int) -> None:
        real(fd)
        synced.append(os.fstat(fd).st_size)

    monkeypatch.setattr(os, "fsync", sync)
    seen: list[str] = []

    def prepare(scene: Scene, _folders: FileRunFolders) -> None:
        def at_the_call() -> None:
            (path,) = tmp_path.glob(f"*/{JOURNAL_NAME}")
            text = path.read_text()
            seen.append(text.splitlines()[-1])
            assert synced[-1] == len(text.encode())

        scene.world.behaviour.on_action = at_the_call

    _run(tmp_path, prepare)
    assert seen and '"IntentRecorded"' in seen[0]


def _fail_from(monkeypatch: pytest.MonkeyPatch, name: str, number: int, error: int) -> None:
    """Let a function of ``os`` fail from its n-th call on, for journals."""
    real, calls = getattr(os, name), [0]

    def failing(fd: int, *args: Any) -> Any:
        if Path(f"/proc/self/fd/{fd}").resolve().name != JOURNAL_NAME:
            return real(fd, *args)
        calls[0] += 1
        if calls[0] >= number:
            raise OSError(error, os.strerror(error))
        return real(fd, *args)

    monkeypatch.setattr(f"rdpgui.app.run_folders.os.{name}", failing)


@pytest.mark.case("R3")
@pytest.mark.parametrize("number", [*range(1, 12), 16, 22, 30])
@pytest.mark.parametrize(("name", "error"), [("write", errno.ENOSPC), ("fsync", errno.EIO)])
def test_that_a_disk_that_fails_at_any_line_ends_the_run_and_nothing_is_done_off_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, name: str, error: int
) -> None:
    async def main() -> tuple[Scene, RunState]:
        scene = Scene(Behaviour())
        folders = _on_disk(scene, tmp_path)
        with monkeypatch.context() as patch:
            _fail_from(patch, name, number, error)
            run = await scene.runner.run(scene.plan(D.EC2_STOP), auto_arm=True)
            await folders.pen.aclose(10.0)
        return scene, run

    scene, run = run_virtual(main())
    assert not run.active
    events, _ = read_journal(_journal(tmp_path, run.run_id))
    kept = [event.action for event in events if isinstance(event, IntentRecorded)]
    assert len(_orders(scene)) <= len(kept)
    assert run.status is (RunStatus.COMPLETED if events and isinstance(events[-1], RunEnded) else RunStatus.FAILED)


def test_that_a_disk_where_nothing_can_be_cut_off_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _folder, journal = FileRunFolders(tmp_path).create("r-1")
    with monkeypatch.context() as patch:
        for name in ("fsync", "ftruncate"):
            _fail_from(patch, name, 1, errno.EIO)
        with pytest.raises(StorageError):
            journal.append("one", "two")
    journal.close()


@pytest.mark.case("R3")
def test_that_a_run_that_only_waits_ends_when_its_journal_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        folders = _on_disk(scene, tmp_path)
        plan = replace(scene.plan(D.EC2_STOP), steady_s=3600.0)
        running = asyncio.create_task(scene.runner.run(plan, auto_arm=True))
        await asyncio.sleep(5.0)
        with monkeypatch.context() as patch:
            _fail_from(patch, "write", 1, errno.ENOSPC)
            line = scene.runner.line_of(plan.run_id)
            assert line is not None
            line.emit(NoteAdded(scene.world.clock.now(), plan.run_id, "info", "a line"))
            run = await running
        assert asyncio.get_running_loop().time() < 60.0
        assert run.status is RunStatus.FAILED
        assert _orders(scene) == []
        assert scene.world.calls[-1] == "close"  # the connection that the run opened
        await folders.pen.aclose(10.0)

    run_virtual(main())


@pytest.mark.case("R3", "R8")
@pytest.mark.parametrize("disruption_id", [D.EC2_STOP, D.OS_REBOOT])
def test_that_a_kill_between_intent_and_call_repeats_nothing(tmp_path: Path, disruption_id: DisruptionId) -> None:
    left = tmp_path / "left"

    def prepare(scene: Scene, folders: FileRunFolders) -> None:
        def kill() -> None:
            if not left.exists():
                shutil.copytree(folders.root, left)

        scene.world.behaviour.on_action = kill

    _scene, run = _run(tmp_path / "runs", prepare, disruption_id)

    async def main() -> None:
        scene = Scene(Behaviour(lab=False))
        folders = _on_disk(scene, left)
        read = read_run(folders, run.run_id)
        assert [intent.action for intent in read.state.intents] == [run.intents[0].action]
        (ended,) = await take_up(scene.runner, [read])
        assert not ended.active
        assert _orders(scene) == []
        assert not [call for call in scene.world.calls if call.startswith("ssm:SendCommand")]
        await folders.pen.aclose(10.0)

    run_virtual(main())


@pytest.mark.case("R10", "R3")
def test_that_an_emergency_stop_while_the_intent_waits_for_the_disk_prevents_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileRunFolders.create

    async def main() -> tuple[Scene, RunState]:
        scene = Scene(Behaviour())
        folders = _on_disk(scene, tmp_path)
        loop = asyncio.get_running_loop()

        def create(self: FileRunFolders, run_id: str) -> Any:
            folder, journal = real(self, run_id)
            append = journal.append

            def stopping(*lines: str) -> None:
                if any('"IntentRecorded"' in line for line in lines):
                    loop.call_soon_threadsafe(scene.runner.abort)
                append(*lines)

            journal.append = stopping  # type: ignore[method-assign]
            return folder, journal

        monkeypatch.setattr(FileRunFolders, "create", create)
        run = await scene.runner.run(scene.plan(D.EC2_STOP), auto_arm=True)
        await folders.pen.aclose(10.0)
        return scene, run

    scene, run = run_virtual(main())
    assert run.status is RunStatus.ABORTED
    assert _orders(scene) == []
    failed = [event for event in scene.events if isinstance(event, ActionFailed)]
    assert [(event.error, event.outcome_known) for event in failed] == [("cancelled before the call", True)]
    told = rebuild(read_journal(_journal(tmp_path, run.run_id))[0])
    assert told is not None and told.failed == run.failed and len(told.intents) == 1


def test_that_all_that_waits_is_one_write_and_one_fsync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        pen, answers = JournalThread(), []
        _folder, journal = FileRunFolders(tmp_path).create("r-1")
        begun, gate = threading.Event(), threading.Event()

        def wait() -> None:
            begun.set()
            gate.wait(30)

        blocked = pen.run(wait)
        assert begun.wait(30)
        for number in range(10):
            pen.put(journal, f"line {number}", lambda _result, error: answers.append(error))
        calls: list[str] = []
        for name in ("write", "fsync"):
            real = getattr(os, name)
            monkeypatch.setattr(f"rdpgui.app.run_folders.os.{name}", _noting(partial(calls.append, name), real))
        gate.set()
        await blocked
        await pen.close(journal)
        await pen.aclose(10.0)
        assert calls == ["write", "fsync"]
        assert answers == [None] * 10
        assert pen.pending == 0
        assert (tmp_path / "r-1" / JOURNAL_NAME).read_text().splitlines() == [f"line {n}" for n in range(10)]

    asyncio.run(main())


@pytest.mark.case("R3")
def test_that_after_the_first_line_that_fails_none_is_written_or_published() -> None:
    class Full:
        lines: tuple[str, ...] = ()

        def append(self, *lines: str) -> None:
            if self.lines:
                raise StorageFull("The disk is full.")
            self.lines += lines

        def close(self) -> None:
            """Nothing to close."""

    async def main() -> None:
        pen, store, broken = JournalThread(), Store(), []
        journal, scene = Full(), Scene(Behaviour())
        plan = scene.plan()
        line = RunLine(journal, pen, store)
        line.on_broken = lambda: broken.append(True)
        note = NoteAdded(EPOCH, plan.run_id, "info", "a line")
        await line.keep(RunStarted(EPOCH, plan.run_id, plan, ACCOUNT, REGION, "0"))
        line.emit(note)
        with pytest.raises(StorageFull):
            await line.keep(note)
        with pytest.raises(StorageFull):
            line.emit(note)
        with pytest.raises(StorageFull):
            await line.keep(note)
        assert broken == [True]
        assert len(journal.lines) == 1
        assert len(store.run(plan.run_id).log) == 2  # what was published before anybody knew
        await line.aclose()
        await pen.aclose(10.0)

    asyncio.run(main())


def test_that_the_end_writes_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync
    monkeypatch.setattr(os, "fsync", _noting(partial(time.sleep, 0.05), real))

    async def main() -> None:
        folders = FileRunFolders(tmp_path)
        _folder, journal = folders.create("r-1")
        for number in range(5):
            folders.pen.put(journal, f"line {number}", lambda _result, _error: None)
        await folders.pen.aclose(30.0)
        assert len((tmp_path / "r-1" / JOURNAL_NAME).read_text().splitlines()) == 5
        folders.pen.put(journal, "after", lambda _result, _error: None)  # a late line still finds its writer
        await folders.pen.close(journal)
        await folders.pen.aclose(30.0)
        assert (tmp_path / "r-1" / JOURNAL_NAME).read_text().splitlines()[-1] == "after"

    asyncio.run(main())


@pytest.mark.case("R3")
def test_that_an_order_by_hand_is_on_disk_before_its_call_and_is_written_off_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", _noting(lambda: threads.append(threading.get_ident()), real))

    async def main() -> None:
        scene = Scene(Behaviour())
        folders = _on_disk(scene, tmp_path)
        seen: list[tuple[str, ...]] = []

        def look() -> None:
            journal, lines = folders.actions()
            journal.close()
            seen.append(lines)

        real_start = scene.ports.disruptions.start

        async def start(instance_id: Any) -> None:
            look()
            await real_start(instance_id)

        monkeypatch.setattr(scene.ports.disruptions, "start", start)
        await ByHand(scene.ports, scene.store, by="ana").start(TARGET)
        look()
        assert [len(read_actions(lines)) for lines in seen] == [1, 2]
        await folders.pen.aclose(10.0)

    run_virtual(main())
    assert threading.get_ident() not in threads
