"""Orders about a run's record: what a person adds to its journal, its folder, its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from rdpgui.app.workplace import Workplace
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.i18n import _
from rdpgui.ui.notifications import Notice
from rdpgui.ui.plain import with_aliases
from rdpgui.ui.tokens import Tone
from rdpgui.ui.wastebasket import throw_away
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.history import RunHistory
    from rdpgui.app.records import RunRecords


class RecordCommands:
    """The part of ``ui.commands.Commands`` that works on what a run leaves.

    Args:
        work: what is open. workbench: shows what comes of it.
        shown: folder for what is shown to others, with invented names.
    """

    def __init__(self, work: Workplace, workbench: Workbench, shown: Path) -> None:
        self._shown = shown
        self._work = work
        self._workbench = workbench
        self._looking = False  # runs are being looked into

    def confirm_visual(self, run_id: RunId, *, seen: bool, film: str, film_s: float) -> None:
        """Record the person's own answer to "I see the shutdown", with the picture on which it was said."""
        records = self._work.recorded()
        if records is not None:
            said = records.confirm_visual(run_id, seen=seen, film=film, film_s=film_s)
            self._work.window_scope.start("confirm", said, kept=True)

    def withdraw_visual(self, run_id: RunId) -> None:
        """Record that the person takes that answer back."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("withdraw", records.withdraw_visual(run_id), kept=True)

    def enter_console_word(self, run_id: RunId, word: ConsoleWord) -> None:
        """Record what the AWS console says."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("console word", records.enter_console_word(run_id, word), kept=True)

    def adjust_film_clock(self, run_id: RunId, offset_s: float) -> None:
        """Record a person's correction of the film's clock in the run's journal, with name and time."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("film clock", records.adjust_film_clock(run_id, offset_s), kept=True)

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
            self._work.window_scope.start(
                "films", self._work.records.films_gone(), on_done=self._workbench.replies.show_films_gone
            )

    def archive_runs(self, run_ids: Sequence[RunId], *, archived: bool) -> None:
        """Put runs away, or take them back."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("archive", self._archive(records, run_ids, archived), kept=True)

    @staticmethod
    async def _archive(records: RunRecords, run_ids: Sequence[RunId], archived: bool) -> None:
        for run_id in run_ids:
            await records.archive(run_id, away=archived)

    def delete_runs(self, run_ids: Sequence[RunId]) -> None:
        """Delete runs with their folders; what is shown of them is closed first."""
        records = self._work.recorded()
        if records is not None:
            self._workbench.let_go_of(run_ids)
            self._work.window_scope.start("delete", self._delete(records, run_ids), kept=True)

    @staticmethod
    async def _delete(records: RunRecords, run_ids: Sequence[RunId]) -> None:
        for run_id in run_ids:
            await records.delete(run_id, throw_away)

    def open_run(self, run_id: RunId) -> None:
        """Open the run's folder in the file manager."""
        records = self._work.recorded()
        if records is not None:
            self._open_path(records.folders.folder_of(run_id))

    def open_report(self, run_id: RunId) -> None:
        """Open the run's report in the browser, making it when needed; with invented names one beside the evidence."""
        records = self._work.recorded()
        if records is not None and with_aliases():
            made = records.papers.report_to_show(run_id, self._shown, self._workbench.naming.for_run)
            self._work.window_scope.start("report", made, on_done=self._open_path)
        elif records is not None:
            self._work.window_scope.start("report", records.papers.report_of(run_id), on_done=self._open_path)

    def remark_run(self, run_id: RunId, written: Remark) -> None:
        """Record what a person wrote on a run."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("remark", records.remark(run_id, written), kept=True)

    def hand_in(self, run_id: RunId, path: str, *, replace: bool) -> None:
        """Write a run as one archive."""
        records = self._work.recorded()
        if records is not None:
            made = records.hand_in(run_id, Path(path), replace=replace)
            self._work.window_scope.start(f"hand in {run_id}", made, on_done=self._on_handed_in)

    def _on_handed_in(self, path: Path) -> None:
        text = _("The run was packed into one file, checked against its manifest.")
        self._work.notifications.say(Tone.OK, text, str(path))

    def open_matrix_report(self, run_ids: Sequence[RunId]) -> None:
        """Open one report of several runs in the browser."""
        if with_aliases():
            text = _("The report of the whole table holds the real names.")
            self._work.notifications.say(Tone.WARN, text, _("Switch the aliases off to open it."))
            return
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("matrix report", records.papers.table_of(run_ids), on_done=self._open_path)

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

    def _open_path(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._work.notifications.say(Tone.WARN, _("No program opens this."), str(path))
