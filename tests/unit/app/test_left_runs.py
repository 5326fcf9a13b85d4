"""Runs that a killed program left: the next one ends them, and each leaves what any run leaves."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.clock import SystemClock
from rdpgui.app.evidence import write_evidence
from rdpgui.app.history import RunHistory
from rdpgui.app.left_runs import LeftRuns, _without_report, take_up_results
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders, hold_folder
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.ids import Region, RunId
from rdpgui.core.journal import read_journal
from rdpgui.core.place import Place
from rdpgui.core.remark import Remark
from rdpgui.core.run import RunStatus
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.report import pack
from rdpgui.report.model import REPORT_NAME
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.resume import read_run
from rdpgui.runner.store import Store
from tests.helpers.fake_ports import ports_of
from tests.helpers.many_runs import AWS, write_runs
from tests.helpers.simulated_world import SimulatedWorld

PAPERS = {pack.MANIFEST, pack.FACTS, REPORT_NAME}


def _cut(folder: Path, lines: int) -> None:
    """Leave a journal as a program that was killed leaves it: without its end, the last line torn."""
    path = folder / JOURNAL_NAME
    kept = path.read_text().splitlines()[:lines]
    path.write_text("\n".join(kept) + '\n{"seq":')


def _missing(folder: Path) -> set[str]:
    return PAPERS - {path.name for path in folder.iterdir()}


def _take_up(root: Path) -> list[RunStatus]:
    """Start the next program on the lab's runs of a folder."""

    async def flow() -> list[RunStatus]:
        store, folders = Store(), FileRunFolders(root)
        history = RunHistory(store, folders)
        ports = replace(ports_of(SimulatedWorld()), folders=folders)
        runner = ExperimentRunner(ports, store, Settings(), LAB_TIMING)
        try:
            await history.load()
            return [run.status for run in await LeftRuns(runner, store, history).take_up()]
        finally:
            runner.close()
            await history.aclose()

    return asyncio.run(flow())


@pytest.mark.case("R7", "R8")
@pytest.mark.parametrize("lines", [1, 4, 9, 20])
def test_that_a_run_that_was_killed_leaves_the_same_evidence_as_any_run(tmp_path: Path, lines: int) -> None:
    (run_id,) = write_runs(tmp_path, 1)
    _cut(tmp_path / run_id, lines)
    assert _take_up(tmp_path) == [RunStatus.INTERRUPTED]
    assert _missing(tmp_path / run_id) == set()
    assert pack.verify(tmp_path / run_id) == []
    events, _ = read_journal(FileRunFolders(tmp_path).lines(tmp_path / run_id))
    assert type(events[-1]).__name__ == "RunEnded"
    assert _take_up(tmp_path) == []


@pytest.mark.case("R7")
def test_that_a_run_whose_program_ended_before_its_report_gets_it_from_the_next(tmp_path: Path) -> None:
    with_report, without = write_runs(tmp_path, 2)
    (tmp_path / without / "film.mp4.part").write_bytes(b"half")

    async def write() -> None:
        history = RunHistory(Store(), FileRunFolders(tmp_path))
        await history.load()
        write_evidence(history.folders, await history.run(RunId(with_report)))
        await history.aclose()

    asyncio.run(write())
    before = (tmp_path / with_report / pack.MANIFEST).stat().st_mtime_ns
    assert _take_up(tmp_path) == []
    assert _missing(tmp_path / without) == set()
    assert not (tmp_path / without / "film.mp4.part").exists()
    assert (tmp_path / with_report / pack.MANIFEST).stat().st_mtime_ns == before


def _environment() -> Any:
    return SimpleNamespace(ports=ports_of(SimulatedWorld()), timing=LAB_TIMING)


def _results(data: Path, name: str) -> Path:
    """Leave a result folder as a headless program that was killed in its second run leaves it."""
    _first, second = write_runs(data / name / "runs", 2)
    _cut(data / name / "runs" / second, 6)
    return data / name / "runs" / second


@pytest.mark.case("R8")
def test_that_a_killed_headless_run_is_taken_up_by_whoever_starts_next(tmp_path: Path) -> None:
    left = _results(tmp_path, "matrix-20260304-050607-abcd")
    assert asyncio.run(take_up_results(tmp_path, _environment(), Settings())) == 1
    assert [_missing(folder) for folder in left.parent.iterdir() if folder.is_dir()] == [set(), set()]
    assert asyncio.run(take_up_results(tmp_path, _environment(), Settings())) == 0


@pytest.mark.case("R8")
def test_that_a_window_leaves_the_headless_runs_of_an_account_to_the_next_headless_program(tmp_path: Path) -> None:
    runs = tmp_path / "matrix-20260304-050607-abcd" / "runs"
    left = next(i for i in write_runs(runs, 6) if read_run(FileRunFolders(runs), RunId(i)).state.place == AWS)
    _cut(runs / left, 6)
    before = (runs / left / JOURNAL_NAME).read_bytes()
    told: list[int] = []
    places: list[Place] = [replace(AWS, region=Region("eu-west-1")), AWS]
    for here in places:
        assert asyncio.run(take_up_results(tmp_path, _environment(), Settings(), partial(_is, here), told.append)) == 0
    assert told == [1]
    assert (runs / left / JOURNAL_NAME).read_bytes() == before
    assert asyncio.run(take_up_results(tmp_path, _environment(), Settings(), partial(_is, AWS))) == 1


def _is(place: Place) -> Place:
    return place


@pytest.mark.case("R8")
def test_that_nothing_is_written_on_a_run_that_is_open_and_not_under_way_here(tmp_path: Path) -> None:
    (run_id,) = write_runs(tmp_path, 1)
    _cut(tmp_path / run_id, 9)
    before = (tmp_path / run_id / JOURNAL_NAME).read_bytes()

    async def write() -> None:
        store = Store()
        records = RunRecords(store, RunHistory(store, FileRunFolders(tmp_path)), SystemClock())
        try:
            await records.history.load()
            with pytest.raises(GuardRefusal, match="has no end yet"):
                await records.remark(RunId(run_id), Remark(note="seen"))
        finally:
            await records.aclose()

    asyncio.run(write())
    assert (tmp_path / run_id / JOURNAL_NAME).read_bytes() == before


@pytest.mark.case("R8")
def test_that_results_that_another_program_still_writes_and_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    going_on = _results(tmp_path, "matrix-20260304-050607-abcd")
    finished = _results(tmp_path, "matrix-20260304-050608-ef01")
    (finished.parent.parent / "report.html").write_text("")
    foreign = _results(tmp_path, "holidays")
    held = hold_folder(going_on.parent.parent)
    before = {path: (path / JOURNAL_NAME).read_bytes() for path in (going_on, finished, foreign)}
    try:
        assert asyncio.run(take_up_results(tmp_path, _environment(), Settings())) == 0
    finally:
        os.close(held)
    assert {path: (path / JOURNAL_NAME).read_bytes() for path in before} == before


@pytest.mark.case("R8")
def test_that_a_folder_of_results_that_may_not_be_entered_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is somebody else's, or of ``sudo make run``."""
    for name in ("matrix-1-mine", "matrix-2-roots"):
        (tmp_path / name / "runs").mkdir(parents=True)
    real = Path.is_dir

    def is_dir(self: Path) -> bool:
        if self.parent.name == "matrix-2-roots":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "is_dir", is_dir)
    assert _without_report(tmp_path) == [tmp_path / "matrix-1-mine"]
