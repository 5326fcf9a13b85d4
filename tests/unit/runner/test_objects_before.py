"""R3: what lay in the bucket before a run lies beside its journal when it is long."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.codec import dumps, loads
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.judged_anew import judge_journal
from rdpgui.core.objects_before import IN_LINE_BYTES, OBJECTS_NAME, is_short
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import BaselineTaken
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner import target
from rdpgui.runner.resume import read_run
from tests.helpers.simulated_world import Behaviour
from tests.helpers.virtual_time import EPOCH
from tests.unit.runner.scenes import Scene, run_scene

MANY = 100_000


def _objects(count: int) -> tuple[RecordingObject, ...]:
    at = EPOCH - timedelta(days=1)
    return tuple(RecordingObject("bucket", f"recordings/{n:08}.mp4", 1000, f"etag-{n}", at) for n in range(count))


def _full_bucket(count: int) -> tuple[Scene, RunState]:
    def prepare(scene: Scene) -> None:
        real, old = scene.ports.objects.objects, _objects(count)

        async def objects(bucket: str) -> tuple[RecordingObject, ...]:
            return (*old, *await real(bucket))

        scene.ports.objects.objects = objects  # type: ignore[method-assign]

    return run_scene(Behaviour(), prepare=prepare)


def _line(scene: Scene, run: RunState) -> str:
    (line,) = [line for line in scene.world.journals[run.run_id] if '"BaselineTaken"' in line]
    return line


@pytest.mark.case("R3")
def test_that_a_bucket_of_100_000_objects_costs_the_journal_less_than_1_kib() -> None:
    scene, run = _full_bucket(MANY)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    line = _line(scene, run)
    assert len(line) < 1024 + len(json.dumps(json.loads(line)["event"]["instance"]))
    assert json.loads(line)["event"]["object_count"] == MANY
    assert "object_keys" not in json.loads(line)["event"]
    read = read_run(scene.ports.folders, run.run_id)
    assert read.state == run
    assert read.state.baseline is not None and run.baseline is not None
    assert read.state.baseline.object_keys == run.baseline.object_keys


@pytest.mark.case("R3")
def test_that_the_list_is_made_and_hashed_off_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.unit.runner import test_run_line

    threads: list[int] = []
    real = target._keep_objects

    def keep(*args: object) -> object:
        threads.append(threading.get_ident())
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(target, "_keep_objects", keep)
    test_run_line._run(tmp_path)
    assert threads and threading.get_ident() not in threads


def test_that_a_file_is_written_in_steps_with_its_hash(tmp_path: Path) -> None:
    folders = FileRunFolders(tmp_path)
    digest = folders.write_steps(tmp_path / "list", iter((b"one\n", b"two\n")))
    assert (tmp_path / "list").read_bytes() == b"one\ntwo\n"
    assert digest == hashlib.sha256(b"one\ntwo\n").hexdigest()
    assert folders.read_bytes(tmp_path / "list") == b"one\ntwo\n"
    assert folders.read_bytes(tmp_path / "none") is None


@pytest.mark.case("R3")
@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_that_a_list_that_is_missing_or_changed_is_never_read_as_an_empty_bucket(damage: str) -> None:
    scene, run = _full_bucket(50)
    name = str(scene.ports.folders.folder_of(run.run_id) / OBJECTS_NAME)
    data = scene.world.files.pop(name)
    lines = scene.world.journals[run.run_id]
    assert "objects-before" in {lack.lack_id for lack in judge_journal(lines).lacks}
    assert "objects-before" not in {lack.lack_id for lack in judge_journal(lines, data).lacks}
    if damage == "changed":
        scene.world.files[name] = data.replace(b"00000007", b"00000008")
        with pytest.raises(JournalDamaged):
            judge_journal(lines, scene.world.files[name])
    with pytest.raises(JournalDamaged):
        read_run(scene.ports.folders, run.run_id)


@pytest.mark.case("R3")
def test_that_a_short_list_stays_in_the_journal_and_old_journals_stay_readable() -> None:
    scene, run = _full_bucket(2)
    event = json.loads(_line(scene, run))["event"]
    assert len(event["object_keys"]) == 2
    del event["object_count"], event["objects_sha256"]  # as 0.1.0 wrote it
    read = loads(json.dumps(event))
    assert isinstance(read, BaselineTaken)
    assert read.objects_there == 2 and len(read.object_keys) == 2
    assert loads(dumps(read)).object_keys == read.object_keys  # type: ignore[union-attr]
    assert is_short(()) and not is_short([("k" * IN_LINE_BYTES, "")])
