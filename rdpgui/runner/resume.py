"""After a start: read runs whole from their journals, and take up those that have no end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from rdpgui.core.errors import JournalDamaged, JournalHeld, RdpguiError
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.journal import ChainEnd, read_journal, rebuild
from rdpgui.core.objects_before import OBJECTS_NAME, put_aside, with_objects, without_objects
from rdpgui.core.place import Place
from rdpgui.core.ports import RunFolders
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.concurrency import Together
from rdpgui.runner.experiment_runner import ExperimentRunner


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A run as its journal tells it.

    Attributes:
        end: where the next line is hooked in.
    """

    folder: PurePath
    events: tuple[RunEvent, ...]
    end: ChainEnd
    state: RunState

    def may_end_at(self, here: Place | None) -> bool:
        """Whether it may be taken up while ``here`` is open.

        A run on AWS goes on in its own account and Region only. A lab dies with its program: its runs only end.
        """
        return self.state.plan.lab or (here is not None and here.holds(self.state.place))


def read_run(folders: RunFolders, run_id: RunId) -> ReadRun:
    """Read one run from its journal. Blocking: for a worker thread.

    Raises:
        StorageError: it cannot be read.
        JournalDamaged: it cannot be trusted, or is another run's.
    """
    folder = folders.folder_of(run_id)
    events, end = read_journal(folders.lines(folder))
    state = rebuild(events)
    if state is None or state.run_id != run_id:
        raise JournalDamaged(
            N_("The journal cannot be trusted: {reason}."),
            N_("Take it from a backup or from the evidence pack."),
            reason=N_("it does not begin with the start of a run"),
        )
    return ReadRun(folder, events, end, whole(folders, folder, state))


def whole(folders: RunFolders, folder: PurePath, state: RunState) -> RunState:
    """Return a run with the list that lies beside its journal. Blocking.

    Raises:
        StorageError: it cannot be read.
        JournalDamaged: it is missing, or another one than the journal names.
    """
    if not put_aside(state):
        return state
    data = folders.read_bytes(folder / OBJECTS_NAME)
    if data is None:
        raise without_objects()
    return with_objects(state, data)


async def take_up(runner: ExperimentRunner, runs: Iterable[ReadRun]) -> tuple[RunState, ...]:
    """End or continue every open run, all at the same time: each lane has its own. A disruption is never repeated.

    Returns:
        Those that were taken up, oldest first; one that goes on in another program is left to it.

    Raises:
        RdpguiError: the first that hindered one (a journal that cannot be written, a bug); the other runs were taken
            up all the same.
    """
    async with Together() as together:
        tasks = [together.start(_resumed(runner, run)) for run in runs]
    found = [task.result() for task in tasks]
    first = next((item for item in found if isinstance(item, RdpguiError)), None)
    if first is not None:
        raise first
    return tuple(item for item in found if isinstance(item, RunState))


async def _resumed(runner: ExperimentRunner, run: ReadRun) -> RunState | RdpguiError | None:
    """Resume one; what hinders it hinders no other."""
    try:
        return await runner.resume(run.folder, run.state, run.end)
    except JournalHeld:
        return None
    except RdpguiError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a bug in one run cuts off no other that is taken up beside it
        return report_bug(error, f"taking up {run.state.run_id}")
