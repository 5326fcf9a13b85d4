"""The history of one folder of runs, as the loop sees it: loaded in steps, kept in its index, read on demand.

Two threads of its own: one owns the index and is its only writer, the other reads whole runs that somebody looks at,
which must not wait for the first one's work.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import Any, ParamSpec, TypeVar

from rdpgui.app.indexed_journals import IndexedJournals, looked_into
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_index import Mark, RunIndex
from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import Event, RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.journal import read_journal
from rdpgui.core.run_events import RunEnded, RunStarted, VerdictReached
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.resume import ReadRun, read_run
from rdpgui.runner.store import Store
from rdpgui.threads import DaemonPool

P = ParamSpec("P")
T = TypeVar("T")

STEP = 2_000
"""Rows taken over in one turn of the loop: about 5 ms."""

READ_STEP = 100
"""Journals scanned in one go: about 30 ms of the index's thread."""

LOOK_STEP = 8
"""Whole runs read in one go for the claims: who opens one waits for no more than these."""

TELL_EVERY_S = 1.0
"""While thousands of journals are read the pages follow once in this time: each time costs them a look at all rows."""

END_LIMIT_S = 0.5

JOURNALS_END_LIMIT_S = 5.0
"""What is sealed is worth a wait; a disk that hangs longer is not waited for."""

_log = logging.getLogger(__name__)


class RunHistory:
    """Fills the store's history and keeps the index; owned by the program, not by one environment.

    Args:
        store: its history is filled.
        folders: where the runs lie.
        on_change: called with the snapshot after lines or whole runs came into it, which no event tells.

    Attributes:
        loaded: set when every run has its line in the store.
    """

    def __init__(
        self, store: Store, folders: FileRunFolders, on_change: Callable[[AppState], None] | None = None
    ) -> None:
        self.loaded = asyncio.Event()
        self.folders = folders
        self._store = store
        self._on_change = on_change
        self._index = RunIndex(folders.root)
        self._journals = IndexedJournals(self._index, folders)
        self._indexing = DaemonPool(1, "index")
        self._reading = DaemonPool(1, "reading")
        self._work: set[asyncio.Future[Any]] = set()
        self._unsubscribe = store.show(self._on_event)

    @property
    def state(self) -> AppState:
        """The snapshot that is filled."""
        return self._store.state

    async def load(self) -> str:
        """Take over every run: as the index has them, the newest first, then what has changed since.

        Returns:
            Why the index was made anew, empty when it was not, or when there was none.
        """
        await self._on_index(self._index.open)
        while True:
            begun = self._index.times_begun
            await self._take_over(await self._on_index(self._journals.first))
            await self._take_over(await self._on_index(self._index.rows))
            await self._refresh()
            if self._index.times_begun == begun:
                break
        self.loaded.set()
        return self._index.remade

    async def run(self, run_id: RunId) -> RunState:
        """Return a whole run, read from its journal when it is not there.

        Raises:
            StorageError, JournalDamaged: it cannot be read or trusted; its line says so from now on.
        """
        known = self._store.state.runs.get(run_id)
        if known is not None:
            return known
        (run,) = await self.read([run_id])
        return run

    async def read(self, run_ids: Sequence[RunId]) -> list[RunState]:
        """Read whole runs and put them into the store in one step.

        Raises:
            StorageError, JournalDamaged: the first that cannot be read; its line says so from now on.
        """
        found = []
        for run_id in [run_id for run_id in run_ids if run_id not in self._store.state.runs]:
            try:
                found.append(await self._on(self._reading, read_run, self.folders, run_id))
            except RdpguiError as error:
                self._say_damaged(run_id, error)
                raise
        self._store.adopt(*(run.state for run in found))
        self._tell()
        return [self._store.run(run_id) for run_id in run_ids]

    async def events(self, run_id: RunId) -> tuple[RunEvent, ...]:
        """Return the events of a run's journal.

        Raises:
            StorageError, JournalDamaged: it cannot be read or trusted.
        """
        return await self._on(self._reading, _events_of, self.folders, run_id)

    async def open_runs(self) -> list[ReadRun]:
        """Return the runs that an earlier program left without an end, oldest first, whole."""
        found = []
        for line in [line for line in self._store.state.history.values() if line.is_open]:
            if line.run_id in self._store.state.runs and self._store.state.runs[line.run_id].active:
                continue  # this program's own
            try:
                found.append(await self._on(self._reading, read_run, self.folders, line.run_id))
            except RdpguiError as error:
                self._say_damaged(line.run_id, error)
        return found

    async def look_into(self, lines: Sequence[RunSummary]) -> None:
        """Read what runs say about the claims, where only their whole journals can tell; kept in the index."""
        read: list[RunSummary] = []
        told_mono_s = time.monotonic()
        for some in _steps(lines, LOOK_STEP):
            made = await self._on(self._reading, looked_into, self.folders, some)
            self._index_later(made)
            read += [line for line, _ in made]
            if time.monotonic() - told_mono_s >= TELL_EVERY_S:
                self._list(read)
                read, told_mono_s = [], time.monotonic()
        if read:
            self._list(read)

    async def forget(self, run_ids: Sequence[RunId]) -> None:
        """Drop runs whose folders are gone, from the store and from the index."""
        self._store.forget(run_ids)
        self._tell()
        await self._on_index(self._index.delete, run_ids)

    async def off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run file work of these runs on the thread that reads whole ones. Cancelling the awaiter does not end it."""
        return await self._on(self._reading, partial(work, *args, **kwargs))

    async def aclose(self) -> None:
        """Stop listening, write what is still to be written, and end the threads."""
        await asyncio.sleep(0)  # what was published is told first
        self._unsubscribe()
        closing = asyncio.wrap_future(self._indexing.submit(self._index.close))
        await asyncio.wait({closing, *self._work}, timeout=END_LIMIT_S)
        for pool in (self._indexing, self._reading):
            pool.shutdown(cancel_futures=False)
        await self.folders.pen.aclose(JOURNALS_END_LIMIT_S)

    # -- on the loop ------------------------------------------------------------

    async def _take_over(self, lines: Sequence[RunSummary]) -> None:
        for some in _steps(lines, STEP):
            self._list(some)
            await asyncio.sleep(0)  # one turn of the loop for each step

    async def _refresh(self) -> None:
        """Read every journal that is not as the index knows it, the newest first, and forget those that are gone."""
        changed, gone = await self._on_index(self._journals.compare)
        if gone:
            await self.forget([RunId(run_id) for run_id in gone])
        read: list[RunSummary] = []
        told_mono_s = -TELL_EVERY_S
        for some in _steps(changed, READ_STEP):
            read += await self._on_index(self._journals.scan, some)
            if time.monotonic() - told_mono_s >= TELL_EVERY_S:
                await self._take_over(read)
                read, told_mono_s = [], time.monotonic()
        await self._take_over(read)

    def _list(self, lines: Iterable[RunSummary]) -> None:
        self._store.list_runs(lines)
        self._tell()

    def _tell(self) -> None:
        if self._on_change is not None:  # a view: on the loop's next turn, where its faults touch nobody
            asyncio.get_running_loop().call_soon(self._on_change, self._store.state)

    def _on_event(self, state: AppState, event: Event) -> None:
        """Keep the row of a run at its start, its verdict and its end, and with what is added after that."""
        if not isinstance(event, RunEvent):
            return
        run, line = state.runs.get(event.run_id), state.history.get(event.run_id)
        if run is None or line is None:
            return
        if isinstance(event, RunStarted | VerdictReached | RunEnded) or not run.is_open:
            self._index_later([(line, None)])

    def _index_later(self, rows: Sequence[tuple[RunSummary, Mark | None]]) -> None:
        self._indexing.submit(self._journals.keep, rows).add_done_callback(_note_failure)

    def _say_damaged(self, run_id: RunId, error: RdpguiError) -> None:
        known = self._store.state.history.get(run_id)
        line = known._replace(damage=error.text()) if known is not None else None
        if line is not None:
            self._list([line])
            self._index_later([(line, None)])

    async def _on_index(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._on(self._indexing, partial(work, *args, **kwargs))

    async def _on(self, pool: DaemonPool, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work on a thread. Cancelling the awaiter does not cut it off."""
        future = asyncio.wrap_future(pool.submit(work, *args, **kwargs))
        self._work.add(future)
        future.add_done_callback(self._work.discard)
        return await asyncio.shield(future)


def _steps(items: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _note_failure(future: Future[None]) -> None:
    """On the index's thread: nobody waits for these rows."""
    if not future.cancelled() and future.exception() is not None:
        _log.error("a row of the history could not be kept", exc_info=future.exception())


def _events_of(folders: FileRunFolders, run_id: RunId) -> tuple[RunEvent, ...]:
    """On the reading thread."""
    return read_journal(folders.lines(folders.folder_of(run_id)))[0]
