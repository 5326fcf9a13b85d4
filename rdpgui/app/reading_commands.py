"""Orders to read what runs have left, and to judge it anew; none of them changes anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rdpgui.app.workplace import Workplace
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.ui.notifications import Notice
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.history import RunHistory


class ReadingCommands:
    """The part of ``ui.commands.Commands`` that reads.

    Args:
        work: what is open. workbench: shows what was found.
    """

    def __init__(self, work: Workplace, workbench: Workbench) -> None:
        self._work = work
        self._workbench = workbench
        self._looking = False  # runs are being looked into

    def read_runs(self, run_ids: Sequence[RunId], *, on_read: Callable[[], None] | None = None) -> None:
        """Read whole runs that somebody looks at."""
        if self._work.records is not None:
            self._work.window_scope.start("read run", self._read_runs(self._work.records.history, run_ids, on_read))

    @staticmethod
    async def _read_runs(history: RunHistory, run_ids: Sequence[RunId], on_read: Callable[[], None] | None) -> None:
        await history.read(run_ids)
        if on_read is not None:
            on_read()

    def read_events(self, run_id: RunId, on_read: Callable[[tuple[RunEvent, ...]], None]) -> None:
        """Read the journal of a run that is over, and hand over its events."""
        if self._work.records is not None:
            self._work.window_scope.start("read events", self._work.records.history.events(run_id), on_done=on_read)

    def look_into_runs(self) -> None:
        """Read what the runs of this place say about the claims, where only their whole journals can tell."""
        if self._work.records is not None and not self._looking:
            self._looking = True
            history = self._work.records.history
            lines = [line for line in reversed(history.state.history_here) if line.needs_reading]
            self._work.window_scope.start("claims", history.look_into(lines), on_done=self._on_looked)

    def _on_looked(self, _result: None) -> None:
        self._looking = False

    def look_for_films(self) -> None:
        """Look which films that were verified are still in their folders."""
        if self._work.records is not None:
            self._work.window_scope.cancel("films")
            gone = self._work.records.films_gone()
            self._work.window_scope.start("films", gone, on_done=self._workbench.replies.show_films_gone)

    def judge_again(self, run_id: RunId) -> None:
        """Derive the verdict again from the run's journal and say whether the written one holds; it stays as it is."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start(f"judge {run_id}", self._judge_again(records.history, run_id))

    async def _judge_again(self, history: RunHistory, run_id: RunId) -> None:
        # Loaded when somebody asks; at the top it would delay the first picture.
        from rdpgui.app.judge_command import headline, judge_run, reasons, told

        judged, lacks = await history.off_loop(judge_run, history.folders.folder_of(run_id))
        tone, remedy = Tone.OK if judged.holds else Tone.WARN, " ".join(reasons(judged, lacks))
        details = "\n".join(told(judged, lacks))
        self._work.notifications.add(Notice(tone, f"{run_id}: {headline(judged)}", remedy, details, datetime.now(UTC)))
