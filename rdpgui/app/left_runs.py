"""What an earlier program left of its runs: those without an end are taken up, and each gets what any run leaves."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rdpgui.app.environment import Environment
from rdpgui.app.evidence import write_evidence
from rdpgui.app.history import RunHistory
from rdpgui.app.run_folders import FileRunFolders, drop_unfinished, hold_folder
from rdpgui.core.errors import RdpguiError, StorageError
from rdpgui.core.place import Place
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState, RunState
from rdpgui.report.pack import MANIFEST
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.resume import ReadRun, take_up
from rdpgui.runner.store import Store

RESULT_FOLDERS = "matrix-"
"""How the folders begin that a headless program makes for its results when none is named."""

COMPLETED_NEWEST = 200
"""Runs looked at for missing evidence at each start; a report of any other is made when somebody opens it."""


class LeftRuns:
    """The runs of one folder, as an earlier program left them."""

    def __init__(self, runner: ExperimentRunner, store: Store, history: RunHistory) -> None:
        self._runner = runner
        self._store = store
        self._history = history

    async def take_up(self, may_wait: Callable[[AppState], bool] | None = None) -> list[RunState]:
        """End or continue what is open, then write what is missing; returns the runs that were taken up.

        Args:
            may_wait: for runs on AWS, which go on in their own place only: when it is known where one is. None: they
                are left alone.

        Raises:
            RdpguiError: the first journal or paper that cannot be written; the others were tried all the same.
        """
        await self._history.loaded.wait()
        waiting, wrong = await self._history.open_runs(), _Wrong()
        ended = await self._end([run for run in waiting if run.may_end_at(None)], wrong)
        waiting = [run for run in waiting if not run.may_end_at(None)]
        if waiting and may_wait is not None:
            await self._store.until(may_wait, None)
            here = self._store.state.place
            ended += await self._end([run for run in waiting if run.may_end_at(here)], wrong)
        await self._complete(wrong)
        wrong.raise_first()
        return ended

    async def _end(self, runs: Sequence[ReadRun], wrong: _Wrong) -> list[RunState]:
        with wrong:
            await take_up(self._runner, runs)
        ended = [now for run in runs if (now := self._store.state.runs.get(run.state.run_id)) and now.ended_at]
        for run in ended:
            await self._write(run, wrong)
        return ended

    async def _complete(self, wrong: _Wrong) -> None:
        """Write what the newest runs lack because their program ended too early."""
        folders = self._history.folders
        for line in list(self._store.state.history.values())[-COMPLETED_NEWEST:]:
            if line.ended_at is None or line.damage:
                continue
            with wrong:
                if await self._history.off_loop(_lacks_evidence, folders.folder_of(line.run_id)):
                    await self._write(await self._history.run(line.run_id), wrong)

    async def _write(self, run: RunState, wrong: _Wrong) -> None:
        with wrong:
            await self._history.off_loop(write_evidence, self._history.folders, run)


class _Wrong:
    """What goes wrong with one run hinders no other: kept until all were tried; a bug is reported at once."""

    def __init__(self) -> None:
        self._first: RdpguiError | None = None

    def __enter__(self) -> None:
        """Try something."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        found = error if isinstance(error, RdpguiError) else report_bug(error, "a run that was left open")
        self._first = self._first or found
        return True

    def raise_first(self) -> None:
        """Raise what went wrong first, if anything did."""
        if self._first is not None:
            raise self._first


async def take_up_results(
    data: Path,
    environment: Environment,
    settings: Settings,
    here: Callable[[], Place | None] | None = None,
    on_left: Callable[[int], object] | None = None,
) -> int:
    """Take up what headless programs left open in result folders below ``data``; returns how many runs there were.

    Nobody comes back to those folders by a next start: each headless run makes one of its own.

    Args:
        data: the user's folder.
        environment: where they go on.
        settings: of the person.
        here: the account that is looked at, once it is known; runs on others are left alone.
        on_left: the account's runs are left alone, too, and it is told how many there are. They would go on by a
            runner of their own, which no emergency stop of a window reaches and no window shows.
    """
    count = left = 0
    for folder in _without_report(data):
        try:
            held = hold_folder(folder)
        except StorageError:
            continue  # it goes on there, or cannot be written
        try:
            where = here() if here else None
            ended, waiting = await _take_up_below(folder / "runs", environment, settings, where, on_left is None)
        finally:
            os.close(held)
        count, left = count + ended, left + waiting
    if on_left is not None and left:
        on_left(left)
    return count


def _without_report(data: Path) -> list[Path]:
    """Return the result folders of programs that did not come to their end: the report is written last."""
    return [folder for folder in sorted(data.glob(f"{RESULT_FOLDERS}*")) if _lacks_report(folder)]


def _lacks_report(folder: Path) -> bool:
    """Return whether a folder of results is not finished; one that may not be entered is somebody else's."""
    try:
        return (folder / "runs").is_dir() and not (folder / "report.html").exists()
    except OSError:
        return False


async def _take_up_below(
    root: Path, environment: Environment, settings: Settings, here: Place | None, goes_on: bool
) -> tuple[int, int]:
    """Return how many runs were taken up, and how many of the account are still open."""
    store, folders = Store(AppState(place=here)), FileRunFolders(root)
    history = RunHistory(store, folders)
    ports = replace(environment.ports, folders=folders)
    runner = ExperimentRunner(ports, store, settings, environment.timing)
    try:
        await history.load()
        may_wait = _at_once if here is not None and goes_on else None
        ended = await LeftRuns(runner, store, history).take_up(may_wait)
        return len(ended), sum(here is not None and here.holds(run.state.place) for run in await history.open_runs())
    except RdpguiError:
        return 0, 0  # what cannot be written stays as it is: the next start tries again
    finally:
        runner.close()
        await history.aclose()


def _at_once(_state: AppState) -> bool:
    return True


def _lacks_evidence(folder: Path) -> bool:
    """Worker thread: whether a run that is over has no manifest; what a download left of it goes."""
    drop_unfinished(folder)
    return not (folder / MANIFEST).exists()
