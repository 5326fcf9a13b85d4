"""Orders that change the record of a run: what a person adds to its journal; putting it away, deleting it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from rdpgui.app.workplace import Workplace
from rdpgui.core.ids import RunId
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.ui.wastebasket import throw_away

if TYPE_CHECKING:
    from rdpgui.app.records import RunRecords


class RecordCommands:
    """The part of ``ui.commands.Commands`` that writes; what it has begun is done before the program ends.

    Args:
        work: what is open.
        let_go_of: closes what is shown of runs that are about to go.
    """

    def __init__(self, work: Workplace, let_go_of: Callable[[Sequence[RunId]], None]) -> None:
        self._work = work
        self._let_go_of = let_go_of

    def confirm_visual(self, run_id: RunId, *, seen: bool, film: str, film_s: float) -> None:
        """Record the person's own answer to "I see the shutdown", with the picture on which it was said."""
        records = self._work.recorded()
        if records is not None:
            self._keep("confirm", records.confirm_visual(run_id, seen=seen, film=film, film_s=film_s))

    def withdraw_visual(self, run_id: RunId) -> None:
        """Record that the person takes that answer back."""
        records = self._work.recorded()
        if records is not None:
            self._keep("withdraw", records.withdraw_visual(run_id))

    def enter_console_word(self, run_id: RunId, word: ConsoleWord) -> None:
        """Record what the AWS console says."""
        records = self._work.recorded()
        if records is not None:
            self._keep("console word", records.enter_console_word(run_id, word))

    def adjust_film_clock(self, run_id: RunId, offset_s: float) -> None:
        """Record a person's correction of the film's clock in the run's journal, with name and time."""
        records = self._work.recorded()
        if records is not None:
            self._keep("film clock", records.adjust_film_clock(run_id, offset_s))

    def remark_run(self, run_id: RunId, written: Remark) -> None:
        """Record what a person wrote on a run."""
        records = self._work.recorded()
        if records is not None:
            self._keep("remark", records.remark(run_id, written))

    def archive_runs(self, run_ids: Sequence[RunId], *, archived: bool) -> None:
        """Put runs away, or take them back."""
        records = self._work.recorded()
        if records is not None:
            self._keep("archive", self._archive(records, run_ids, archived))

    @staticmethod
    async def _archive(records: RunRecords, run_ids: Sequence[RunId], archived: bool) -> None:
        for run_id in run_ids:
            await records.archive(run_id, away=archived)

    def delete_runs(self, run_ids: Sequence[RunId]) -> None:
        """Delete runs with their folders; what is shown of them is closed first."""
        records = self._work.recorded()
        if records is not None:
            self._let_go_of(run_ids)
            self._keep("delete", self._delete(records, run_ids))

    @staticmethod
    async def _delete(records: RunRecords, run_ids: Sequence[RunId]) -> None:
        for run_id in run_ids:
            await records.delete(run_id, throw_away)

    def _keep(self, name: str, writing: Coroutine[Any, Any, None]) -> None:
        self._work.window_scope.start(name, writing, kept=True)
