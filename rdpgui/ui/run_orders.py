"""What a person asks of a run that is there: seek in its film, confirm, open its report, compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.ids import RunId
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.testimony import may_testify, may_withdraw
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.main_window import Page

if TYPE_CHECKING:
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class RunOrders(QObject):
    """Orders about the run that is looked at, and about runs of the other pages.

    Args:
        window: its panels must exist. looked: which run it is. commands: what is ordered. film: the film panel.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: Commands, film: FilmView) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._film = film
        self._clock_said: dict[RunId, float] = {}
        self._records, self._reading, self._papers = commands.records, commands.reading, commands.papers
        page, actions = window.experiment, window.actions_by_name
        page.recording.console_word_entered.connect(self._on_console_word)
        page.timeline.seek_requested.connect(self._on_seek)
        film.clock_adjusted.connect(self._on_clock_adjusted)
        film.open_requested.connect(actions["open-film"].trigger)
        page.verdict.visually_confirmed.connect(self._on_visual)
        page.verdict.report_requested.connect(self._on_report)
        page.verdict.folder_requested.connect(self._on_folder)
        actions.on("film-end", film.seek_end)
        actions.on("see-yes", partial(self._on_visual, True))
        actions.on("see-no", partial(self._on_visual, False))
        page.verdict.withdraw_requested.connect(self._on_withdraw)
        actions.on("see-undo", self._on_withdraw)
        actions.on("open-report", self._on_report)
        actions.on("open-folder", self._on_folder)

    def _on_seek(self, at: object) -> None:
        if isinstance(at, datetime):
            self._film.seek_wall(at)

    def _on_clock_adjusted(self, path: object, offset_s: float) -> None:
        run = self._looked.run_of_film(path)
        if run is None:
            return
        # What was said last may still be on its way to the journal: the way back from it is a correction, too.
        if not run.film_offset_s == offset_s == self._clock_said.get(run.run_id, offset_s):
            self._clock_said[run.run_id] = offset_s
            self._records.adjust_film_clock(run.run_id, offset_s)

    def _on_console_word(self, word: object) -> None:
        run = self._looked.run
        if run is not None and isinstance(word, ConsoleWord):
            self._records.enter_console_word(run.run_id, word)

    def _on_visual(self, seen: bool) -> None:
        run, frame = self._looked.run, self._looked.frame_of_run()
        if run is not None and frame is not None and may_testify(run):
            self._records.confirm_visual(run.run_id, seen=seen, film=frame.film.name, film_s=round(frame.film_s, 3))

    def _on_withdraw(self) -> None:
        run = self._looked.run
        if run is not None and may_withdraw(self._looked.state, run):
            self._records.withdraw_visual(run.run_id)

    def _on_report(self) -> None:
        run = self._looked.run
        if run is not None:
            self._papers.open_report(run.run_id)

    def _on_folder(self) -> None:
        run = self._looked.run
        if run is not None:
            self._papers.open_run(run.run_id)

    def on_report_of(self, run_id: str) -> None:
        """Open the report of a run of the history."""
        self._papers.open_report(RunId(run_id))

    def on_folder_of(self, run_id: str) -> None:
        """Open the folder of a run of the history."""
        self._papers.open_run(RunId(run_id))

    def on_archive(self, run_ids: Sequence[str], archived: bool) -> None:
        """Put runs of the history away, or take them back."""
        self._records.archive_runs([RunId(run_id) for run_id in run_ids], archived=archived)

    def on_delete(self, run_ids: Sequence[str]) -> None:
        """Delete runs of the history, after asking."""
        from rdpgui.ui.dialogs.delete_runs import DeleteDialog
        from rdpgui.ui.wastebasket import has_wastebasket

        dialog = DeleteDialog(run_ids, wastebasket=has_wastebasket(), parent=self._window)
        dialog.confirmed.connect(partial(self._records.delete_runs, [RunId(run_id) for run_id in run_ids]))
        dialog.open()

    def on_judge_again(self, run_id: str) -> None:
        """Derive the verdict on a run of the history again."""
        self._reading.judge_again(RunId(run_id))

    def on_compare(self, left: str, right: str) -> None:
        """Show the films of two runs of the history side by side."""
        run_ids = [RunId(run_id) for run_id in (left, right)]
        self._reading.read_runs(run_ids, on_read=partial(self._compare, run_ids))

    def _compare(self, run_ids: Sequence[RunId]) -> None:
        sides = [self._looked.compared(run_id) for run_id in run_ids]
        if sides[0] is not None and sides[1] is not None:
            self._film.compare(sides[0], sides[1])

    def open_run_here(self, run_id: str) -> None:
        """Show a run on the experiment page."""
        state = self._window.ui_state
        line = self._looked.state.history.get(RunId(run_id))
        if line is not None:
            state.select_run(line.run_id)
            state.select_session(line.session_id or None)
            self._window.show_page(Page.EXPERIMENT)
