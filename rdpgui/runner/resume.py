"""At the start: read every journal, show the runs, and take up those that have no end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from rdpgui.core.errors import JournalDamaged, RdpguiError, StorageError
from rdpgui.core.events import RunEvent
from rdpgui.core.journal import ChainEnd, read_journal, rebuild
from rdpgui.core.place import Place
from rdpgui.core.ports import RunFolders
from rdpgui.core.run_events import RunStarted
from rdpgui.core.state import RunState
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.store import Store


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose journal has no end."""

    folder: PurePath
    events: tuple[RunEvent, ...]
    end: ChainEnd

    def may_end_at(self, here: Place | None) -> bool:
        """Whether it may be taken up while ``here`` is open.

        A run on AWS goes on in its own account and Region only. A lab dies with its program: its runs only end.
        """
        begun = self.events[0]
        if not isinstance(begun, RunStarted):
            return False
        return begun.plan.lab or (here is not None and here.holds(begun.recorded_place()))


@dataclass(frozen=True, slots=True)
class LoadedRuns:
    """What the journals hold.

    Attributes:
        folders: run folder by run id, for every readable journal.
        runs: every readable run. open_runs: those to be taken up by ``take_up``.
        damaged: journals that cannot be read or trusted, with the reason; they are shown, never hidden.
    """

    folders: dict[str, PurePath]
    runs: tuple[RunState, ...]
    open_runs: tuple[OpenRun, ...]
    damaged: tuple[tuple[PurePath, RdpguiError], ...]


def read_runs(folders: RunFolders) -> LoadedRuns:
    """Read every run of the history. Blocking, and long with many runs: for a worker thread."""
    known: dict[str, PurePath] = {}
    runs: list[RunState] = []
    open_runs: list[OpenRun] = []
    damaged: list[tuple[PurePath, RdpguiError]] = []
    for folder, lines in folders.journals():
        if isinstance(lines, StorageError):
            damaged.append((folder, lines))
            continue
        try:
            events, end = read_journal(lines)
        except JournalDamaged as error:
            damaged.append((folder, error))
            continue
        run: RunState | None = rebuild(events)
        if run is None:
            continue
        known[run.run_id] = folder
        runs.append(run)
        if run.is_open:
            open_runs.append(OpenRun(folder, events, end))
    return LoadedRuns(known, tuple(runs), tuple(open_runs), tuple(damaged))


def load_runs(folders: RunFolders, store: Store) -> LoadedRuns:
    """Put every run of the history into the snapshot."""
    loaded = read_runs(folders)
    for run in loaded.runs:
        store.adopt(run)
    return loaded


async def take_up(runner: ExperimentRunner, open_runs: tuple[OpenRun, ...]) -> tuple[RunState, ...]:
    """End or continue every open run, oldest first. A disruption is never repeated."""
    ended = [await runner.resume(run.folder, run.events, run.end) for run in open_runs]
    return tuple(run for run in ended if run is not None)
