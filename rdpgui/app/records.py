"""What is added to the record of a run, and what is made of it: here, without any account.

Archiving, deleting, reporting and testifying are local acts: they hold for the runs of every place, whether somebody
is signed in or not. Owned by the program, like the history.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rdpgui.app.file_work import FileWork
from rdpgui.app.history import RunHistory
from rdpgui.app.papers import RunPapers
from rdpgui.core.account_events import RunDeleted
from rdpgui.core.errors import GuardRefusal, RdpguiError
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId, SessionId
from rdpgui.core.journal import read_journal
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
    SessionAnswered,
    VisuallyConfirmed,
)
from rdpgui.core.ports import Clock
from rdpgui.core.recording import ConsoleWord, RecordingStatus
from rdpgui.core.remark import Remark, remark
from rdpgui.core.run_events import VerdictReached
from rdpgui.core.settings import Settings
from rdpgui.core.testimony import may_withdraw
from rdpgui.core.texts import N_
from rdpgui.core.verdict import VisualConfirmation
from rdpgui.runner.on_record import append_action
from rdpgui.runner.run_line import RunLine
from rdpgui.runner.store import Store

FILMS_AT_ONCE = 200
"""Folders looked into in one go: a millisecond, which who opens a run may wait for."""


class RunRecords:
    """Adds to the journals of runs; what it adds, their papers follow.

    Args:
        store: is told what was added. history: of all runs; it is closed with this.
        clock: when something was said.

    Attributes:
        papers: reports and archives of the runs.
        line_of: what writes the journal of a run under way, None for one that has ended; whoever runs some says it.
    """

    def __init__(self, store: Store, history: RunHistory, clock: Clock) -> None:
        self._store = store
        self.history = history
        self.folders = history.folders
        self.line_of: Callable[[RunId], RunLine | None] = _nobody
        self._clock = clock
        self._files = FileWork()
        self.papers = RunPapers(history, self._files)
        self._appending = asyncio.Lock()

    # -- what a person says -------------------------------------------------------

    async def confirm_visual(self, run_id: RunId, *, seen: bool, film: str, film_s: float) -> None:
        """Record the person's own answer, with name, time and the picture on screen, in the run's journal."""
        now = self._clock.now()
        confirmation = VisualConfirmation(seen, getpass.getuser(), now, film, film_s)
        await self.append_event(run_id, VisuallyConfirmed(now, run_id, confirmation))
        await self._judge_again(run_id)

    async def withdraw_visual(self, run_id: RunId) -> None:
        """Record that the answer is taken back; without effect once another run has begun."""
        run = self._store.state.runs.get(run_id)
        if run is not None and may_withdraw(self._store.state, run):
            await self.append_event(run_id, ConfirmationWithdrawn(self._clock.now(), run_id, getpass.getuser()))
            await self._judge_again(run_id)

    async def _judge_again(self, run_id: RunId) -> None:
        """Derive the verdict again from the journal: a person is a witness of the shutdown.

        A journal that does not carry all that a verdict rests on (0.1.0) keeps the one it has.
        """
        # Loaded with the first run that is judged; at the top it would delay the first picture.
        from rdpgui.core.judging.judge import judge

        run = await self.history.run(run_id)
        if run.active or run.verdict is None or run.destination is None:
            return
        verdict = judge(run)
        if verdict != run.verdict:
            await self.append_event(run_id, VerdictReached(self._clock.now(), run_id, verdict))

    async def enter_console_word(self, run_id: RunId, word: ConsoleWord) -> None:
        """Record what the AWS console says, as entered by hand."""
        await self.append_event(run_id, ConsoleWordEntered(self._clock.now(), run_id, word, getpass.getuser()))

    async def answer_session(self, run_id: RunId, session_id: SessionId, *, own: bool) -> None:
        """Record whether a session is the person's own; without effect when the run no longer asks."""
        run = self._store.state.runs.get(run_id)
        asked = run.open_question if run is not None else None
        if asked is None or asked.session.session_id != session_id:
            return
        owner = asked.session.owner
        event = SessionAnswered(self._clock.now(), run_id, session_id, owner, own, getpass.getuser())
        await self.append_event(run_id, event)

    async def remark(self, run_id: RunId, written: Remark) -> None:
        """Record what a person wrote on a run: who tested it, for what, and a note; the report follows.

        Raises:
            GuardRefusal: see ``append_event``.
        """
        await self.append_event(run_id, RunRemarked(self._clock.now(), run_id, written, getpass.getuser()))

    async def sign(self, run_id: RunId, settings: Settings) -> None:
        """Write the papers of a run that ended, with the tester and the ticket that the settings name.

        Raises:
            StorageFull, StorageError, JournalDamaged: see ``RunPapers.report_of``; also where the journal took no name,
                after the papers were written without it.
        """
        written = remark(settings.tester, settings.ticket, "")
        if not written.says_anything or (await self.history.run(run_id)).remark.says_anything:
            await self.papers.report_of(run_id)
            return
        try:  # by nobody: no person wrote it on this run; the papers follow
            await self.append_event(run_id, RunRemarked(self._clock.now(), run_id, written, ""))
        except RdpguiError:
            await self.papers.report_of(run_id)
            raise

    async def adjust_film_clock(self, run_id: RunId, offset_s: float) -> None:
        """Record a person's correction of the film's clock, with name and time."""
        await self.append_event(run_id, FilmClockAdjusted(self._clock.now(), run_id, offset_s, getpass.getuser()))

    # -- what is done with runs that are over ---------------------------------------

    async def archive(self, run_id: RunId, *, away: bool) -> None:
        """Put a run away, or take it back, in its own journal: it is kept, and nothing counts it while it is away.

        Raises:
            GuardRefusal: it has no end yet.
            StorageError: its journal cannot be written.
        """
        self._refuse_without_end(run_id)
        await self.append_event(run_id, RunArchived(self._clock.now(), run_id, away, getpass.getuser()))

    async def delete(self, run_id: RunId, throw_away: Callable[[Path], bool]) -> None:
        """Delete a run with its folder; said in the log and in the journal of what is done by hand.

        Args:
            run_id: the run.
            throw_away: removes a folder, blocking, and says whether it went to the wastebasket.

        Raises:
            GuardRefusal: it has no end yet, so it may go on here or in another program.
            StorageError: the folder stays, or the deletion could not be written down.
        """
        self._refuse_without_end(run_id)
        in_wastebasket = await self.history.off_loop(throw_away, self.folders.folder_of(run_id))
        event = RunDeleted(self._clock.now(), run_id, getpass.getuser(), in_wastebasket)
        await self.folders.pen.run(partial(append_action, self.folders, event))
        self._store.publish(event)
        await self.history.forget([run_id])

    def _refuse_without_end(self, run_id: RunId) -> None:
        line = self._store.state.history.get(run_id)
        if self.line_of(run_id) is not None or (line is not None and line.is_open):
            raise GuardRefusal(N_("The run {run} has no end yet."), N_("Wait for its end, or abort it."), run=run_id)

    # -- journals -------------------------------------------------------------------

    async def append_event(self, run_id: RunId, event: RunEvent) -> None:
        """Add to the journal of a run, also after its end. One at a time: two must not continue the same chain.

        Raises:
            GuardRefusal: it has no end, and nothing here writes it: whoever takes it up goes on where its line stood.
        """
        folder = self.folders.folder_of(run_id)
        await self.history.run(run_id)
        async with self._appending:
            live = self.line_of(run_id)
            if live is not None:
                await live.keep(event)
                return
            self._refuse_without_end(run_id)
            _events, end = await self._files.run(lambda: read_journal(self.folders.lines(folder)))
            journal = await self._files.run(self.folders.reopen, folder)
            line = RunLine(journal, self.folders.pen, self._store, end)
            try:
                await line.keep(event)
            finally:
                await line.aclose()
        await self.papers.report_of(run_id)

    async def films_gone(self) -> frozenset[RunId]:
        """Return the runs whose film was verified and is in their folder no more."""
        lines, verified = self._store.state.history.values(), RecordingStatus.VERIFIED
        run_ids = [line.run_id for line in lines if line.recording is verified]
        gone: set[RunId] = set()
        for at in range(0, len(run_ids), FILMS_AT_ONCE):
            gone |= await self.history.off_loop(self._without_film, run_ids[at : at + FILMS_AT_ONCE])
        return frozenset(gone)

    def _without_film(self, run_ids: Sequence[RunId]) -> set[RunId]:
        """Worker thread."""
        return {run_id for run_id in run_ids if not holds_film(self.folders.folder_of(run_id))}

    async def hand_in(self, run_id: RunId, target: Path, *, replace: bool) -> Path:
        """Write the folder of a run as one archive, with a report and a manifest of now; returns its path.

        Raises:
            GuardRefusal: it has no end yet: what goes on changes while it is packed.
            StorageFull, StorageError: a file cannot be written, or is there already and ``replace`` was not said.
            JournalDamaged: its journal cannot be trusted.
        """
        self._refuse_without_end(run_id)
        await self.papers.report_of(run_id)
        return await self.papers.pack(run_id, target, replace=replace)

    def leave_to_nobody(self) -> None:
        """Note that whoever ran some runs has ended."""
        self.line_of = _nobody

    async def aclose(self) -> None:
        """Wait a little for papers that are being written, end the thread, and close the history."""
        await self._files.aclose()
        await self.history.aclose()


def holds_film(folder: Path) -> bool:
    """Whether there is any film in a run's folder. Blocking."""
    return any(folder.glob("*.mp4"))


def _nobody(_run_id: RunId) -> None:
    """No run is under way."""
