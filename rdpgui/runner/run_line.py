"""The run line: events are sealed on the loop, written by one thread, and told when they may be.

::

    emit / keep ── seal (number and chain, in order) ── queue ── writer: one write, one fsync for all that waits
                                                                   │
    keep goes on when its line is on disk  ◀── call_soon_threadsafe ┘

``emit`` publishes at once: what was seen is shown although the disk is slow. ``keep`` waits for the disk first: nothing
is done before its intent is there, and no run is over before its end is. The first line that cannot be written breaks
the line for good: what was sealed after it would not fit the chain, and nothing may be done off the record.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import RunEvent
from rdpgui.core.journal import ChainEnd, is_journalled, seal
from rdpgui.core.ports import JournalPen, JournalPort
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.concurrency import within
from rdpgui.runner.store import Store

T = TypeVar("T")
Answer = Callable[[Any, BaseException | None], None]
"""Called on the loop with the result, or with what was raised."""


class RunLine:
    """One run's way into its journal and into the store.

    Attributes:
        error: why its journal cannot be written; from then on nothing is taken. None while all is well.
        on_broken: called once, when ``error`` is set.
    """

    def __init__(self, journal: JournalPort, pen: JournalPen, store: Store, end: ChainEnd | None = None) -> None:
        self.error: RdpguiError | None = None
        self.on_broken: Callable[[], object] | None = None
        self._journal = journal
        self._pen = pen
        self._store = store
        self._end = end or ChainEnd()

    def emit(self, event: RunEvent) -> None:
        """Have it journalled, and publish it at once.

        Raises:
            StorageFull, StorageError: the journal is known to be broken, and nobody has seen the event.
        """
        self._refuse_when_broken()
        if is_journalled(event):
            self._put(event, self._on_written)
            self._refuse_when_broken()
        self._store.publish(event)

    async def keep(self, event: RunEvent) -> None:
        """Have it journalled, and publish it when it is on disk. Cancelled while waiting, it is published all the same.

        Raises:
            StorageFull, StorageError: it is not in the journal, and nobody has seen it.
        """
        self._refuse_when_broken()
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(event, partial(self._on_kept, written))
        try:
            await asyncio.shield(written)
        except asyncio.CancelledError:
            self._store.publish(event)
            raise
        self._store.publish(event)

    async def aclose(self) -> None:
        """Close the journal when all that was taken is written."""
        await asyncio.shield(self._pen.close(self._journal))

    def _put(self, event: RunEvent, answer: Answer) -> None:
        line, self._end = seal(self._end, event)
        self._pen.put(self._journal, line, answer)

    def _refuse_when_broken(self) -> None:
        if self.error is not None:
            raise self.error

    def _on_written(self, _result: None, error: BaseException | None) -> None:
        if error is None or self.error is not None:
            return
        self.error = error if isinstance(error, RdpguiError) else report_bug(error, "the journal")
        if self.on_broken is not None:
            self.on_broken()

    def _on_kept(self, written: asyncio.Future[None], _result: None, error: BaseException | None) -> None:
        self._on_written(None, error)
        if written.done():
            return
        if error is not None and self.error is not None:
            written.set_exception(self.error)
        else:
            written.set_result(None)


@dataclass(frozen=True, slots=True)
class _Job:
    """A line of a journal, or file work (``line`` None)."""

    loop: asyncio.AbstractEventLoop
    answer: Answer
    journal: JournalPort | None = None
    line: str | None = None
    work: Callable[[], Any] | None = None


class JournalThread:
    """The one writer of all journals below one folder of runs; implements ``core.ports.JournalPen``.

    The thread begins with the first job and is a daemon: a disk that hangs cannot hold up the exit.

    Attributes:
        pending: jobs that are not answered yet.
    """

    def __init__(self) -> None:
        self.pending = 0
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._broken: dict[JournalPort, BaseException] = {}

    # -- on the loop --------------------------------------------------------------

    def put(self, journal: JournalPort, line: str, answer: Answer) -> None:
        """Have a line written after all that was put before."""
        self._take(_Job(asyncio.get_running_loop(), answer, journal, line))

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Have file work done after all that was put before; cancelling the future does not cut it off."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._take(_Job(loop, partial(_settle, done), work=work))
        return done

    def close(self, journal: JournalPort) -> asyncio.Future[None]:
        """Have a journal closed after all that was put before."""
        return self.run(partial(self._close, journal))

    async def aclose(self, limit_s: float) -> None:
        """Write what waits, for ``limit_s`` seconds at most, and end the thread."""
        if self._thread is None:
            return
        drained = self.run(_nothing)
        self._jobs.put(None)
        self._thread = None
        try:
            await within(limit_s, asyncio.shield(drained))
        except TimeoutError:
            return

    def _take(self, job: _Job) -> None:
        self.pending += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def _answer(self, answers: list[tuple[Answer, Any, BaseException | None]]) -> None:
        self.pending -= len(answers)
        for answer, result, error in answers:
            answer(result, error)

    # -- on the thread ------------------------------------------------------------

    def _work(self) -> None:
        going_on = True
        while going_on:
            jobs = [self._jobs.get()]
            while not self._jobs.empty():  # this thread alone takes from it
                jobs.append(self._jobs.get())
            self._do([job for job in jobs if job is not None])
            going_on = None not in jobs

    def _do(self, jobs: list[_Job]) -> None:
        """Do jobs in their order; the lines between two pieces of work are written at once, journal by journal."""
        lines: dict[JournalPort, list[_Job]] = {}
        for job in jobs:
            if job.journal is not None:
                lines.setdefault(job.journal, []).append(job)
                continue
            self._write(lines)
            lines = {}
            assert job.work is not None  # noqa: S101  (a job is a line or work)
            self._tell([job], *_tried(job.work))
        self._write(lines)

    def _write(self, lines: dict[JournalPort, list[_Job]]) -> None:
        for journal, jobs in lines.items():
            error = self._broken.get(journal)
            if error is None:
                _, error = _tried(partial(journal.append, *(job.line for job in jobs if job.line is not None)))
            if error is not None:
                self._broken[journal] = error
            self._tell(jobs, None, error)

    def _tell(self, jobs: list[_Job], result: Any, error: BaseException | None) -> None:
        answers = [(job.answer, result, error) for job in jobs]
        try:
            jobs[0].loop.call_soon_threadsafe(self._answer, answers)
        except RuntimeError:  # the loop is closed: nobody waits any more
            self.pending -= len(answers)

    def _close(self, journal: JournalPort) -> None:
        self._broken.pop(journal, None)
        journal.close()


def _tried(work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return work(), None
    except BaseException as error:  # noqa: BLE001 - thread boundary: whatever it is belongs to who waits
        return None, error


def _settle(done: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


def _nothing() -> None:
    """Be done when all before it is."""
