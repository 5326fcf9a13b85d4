"""The pages behind the first one, built when they are first shown so that the window appears sooner."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.core.ids import RunId
from rdpgui.core.judging.summary import summarise
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import RunState
from rdpgui.i18n import _, joined
from rdpgui.ui import labels
from rdpgui.ui.main_window import Page
from rdpgui.ui.models.runs import unfinished
from rdpgui.ui.note_orders import NoteOrders
from rdpgui.ui.render_claims import ClaimsRenderer
from rdpgui.ui.render_repeat import RepeatRenderer
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.matrix_orders import MatrixOrders
    from rdpgui.ui.panels.claims import ClaimsPanel
    from rdpgui.ui.panels.history import HistoryPanel
    from rdpgui.ui.panels.matrix import CellKey, MatrixPanel
    from rdpgui.ui.panels.repeat import RepeatPanel
    from rdpgui.ui.qa_orders import QaOrders
    from rdpgui.ui.run_orders import RunOrders


class Pages:
    """Builds and renders matrix, claims and history.

    Args:
        window: holds the pages. looked: the newest snapshot. commands, orders, tester, starts: what the pages ask for.
        changes: what was rendered last.

    Attributes:
        matrix, claims, history, repeat: the panels; None until their page is shown for the first time.
        notes: the page of the field notes.
    """

    def __init__(
        self,
        window: MainWindow,
        looked: LookedAt,
        commands: Commands,
        orders: RunOrders,
        tester: QaOrders,
        starts: MatrixOrders,
        changes: Changes,
    ) -> None:
        self._window = window
        self._looked = looked
        self._commands = commands
        self._orders = orders
        self._tester = tester
        self._starts = starts
        self._changed = changes.changed
        self._matrix_progress = (0, 0, False, 0)
        self._matrix_runs: tuple[RunId, ...] = ()
        self.matrix: MatrixPanel | None = None
        self.claims: ClaimsPanel | None = None
        self.history: HistoryPanel | None = None
        self.repeat: RepeatPanel | None = None
        self._series = RepeatRenderer(looked, changes)
        self._claims = ClaimsRenderer(looked, commands, changes, window.ui_state)
        self.notes = NoteOrders(window, looked, commands.notes, changes)

    # -- building --------------------------------------------------------------

    def build(self, page: int) -> None:
        """Build a page, once."""
        if page == Page.MATRIX and self.matrix is None:
            self._build_matrix()
        elif page == Page.CLAIMS and self.claims is None:
            self._build_claims()
        elif page == Page.HISTORY and self.history is None:
            self._build_history()
        elif page == Page.REPEAT and self.repeat is None:
            self._build_repeat()
        elif page == Page.NOTES:
            self.notes.build()

    def build_ahead(self) -> bool:
        """Build one page that nobody has opened yet; returns whether there was one. The matrix is a gap of its own."""
        for page, panel in ((Page.HISTORY, self.history), (Page.CLAIMS, self.claims)):
            if panel is None:
                self.build(page)
                self._window.polish(page)
                return True
        return False

    def _build_matrix(self) -> None:
        from rdpgui.ui.panels.matrix import MatrixPanel

        self.matrix = MatrixPanel()
        self.matrix.run_opened.connect(self._orders.open_run_here)
        self.matrix.start_requested.connect(self._starts.on_start)
        self.matrix.report_requested.connect(self._on_matrix_report)
        self.matrix.stop_requested.connect(self._commands.matrix.stop_matrix)
        self._window.fill_page(Page.MATRIX, self.matrix)

    def _build_claims(self) -> None:
        from rdpgui.ui.panels.claims import ClaimsPanel

        self.claims = ClaimsPanel()
        self.claims.run_opened.connect(self._orders.open_run_here)
        self.claims.matrix_requested.connect(partial(self._window.show_page, Page.MATRIX))
        self._window.fill_page(Page.CLAIMS, self.claims)

    def _build_history(self) -> None:
        from rdpgui.ui.panels.history import HistoryPanel

        orders = self._orders
        self.history = HistoryPanel()
        self.history.run_opened.connect(orders.open_run_here)
        buttons = self.history.buttons
        buttons.report_requested.connect(orders.on_report_of)
        buttons.folder_requested.connect(orders.on_folder_of)
        buttons.archive_requested.connect(orders.on_archive)
        buttons.delete_requested.connect(orders.on_delete)
        buttons.judge_requested.connect(orders.on_judge_again)
        buttons.compare_requested.connect(orders.on_compare)
        buttons.again_requested.connect(self._tester.on_again)
        buttons.remark_requested.connect(self._tester.on_remark)
        buttons.hand_in_requested.connect(self._tester.on_hand_in)
        self.history.first_run_requested.connect(self._window.actions_by_name["first-steps"].trigger)
        self._window.fill_page(Page.HISTORY, self.history)

    def _build_repeat(self) -> None:
        from rdpgui.ui.panels.repeat import RepeatPanel

        matrix = self._commands.matrix
        self.repeat = RepeatPanel()
        self.repeat.start_requested.connect(matrix.start_repeat)
        self.repeat.compare_requested.connect(matrix.compare_recorders)
        self.repeat.stop_requested.connect(matrix.stop_matrix)
        self.repeat.chosen.connect(self.render)
        self.repeat.save_requested.connect(self._on_save_plots)
        self._window.fill_page(Page.REPEAT, self.repeat)
        self._render_progress()

    def _on_save_plots(self, path: str) -> None:
        from rdpgui.ui.plots.save import save

        if self.repeat is None:
            return
        disruption, access = self.repeat.pair
        title = f"{labels.disruption_name(disruption)} × {labels.word(access)}"
        say = self._window.notifications.say
        if Path(path).exists():  # the dialog may have added the ending after it had asked about the name without it
            there = _("There is a file {path} already.").format(path=path)
            say(Tone.BAD, joined(there, _("Choose another name.")), path)
            return
        why = save(Path(path), self.repeat.view.plots, title)
        if why:
            say(Tone.BAD, _("The plots could not be saved: {reason}").format(reason=why), path)
        else:
            say(Tone.OK, _("The plots are saved."), path)

    # -- rendering -------------------------------------------------------------

    def show_matrix_progress(self, done: int, total: int, *, running: bool, under_way: int) -> None:
        """Keep and show how far the matrix is."""
        self._matrix_progress = (done, total, running, under_way)
        self._render_progress()
        if self.matrix is not None and self._window.page is Page.MATRIX:
            self._render_matrix(self.matrix)

    def _render_progress(self) -> None:
        done, total, running, under_way = self._matrix_progress
        if self.matrix is not None:
            self.matrix.show_progress(done, total, running=running, under_way=under_way)
        if self.repeat is not None:
            self.repeat.show_progress(done, total, running=running)

    def render(self) -> None:
        """Show the newest snapshot on the page that is looked at."""
        self._render_start()
        self._render_places()
        self.notes.render()
        shown = self._window.page
        if shown is Page.MATRIX and self.matrix is not None:
            self._render_matrix(self.matrix)
        if shown is Page.HISTORY and self.history is not None:
            self._render_history(self.history)
        if shown is Page.REPEAT and self.repeat is not None:
            self._series.render(self.repeat)
        self._claims.render(self.claims, shown=shown is Page.CLAIMS)

    def _render_start(self) -> None:
        state = self._looked.state
        if not self._changed("matrix start", state.emergency, state.identity, self.matrix, self.repeat):
            return
        refused = ""
        if state.emergency:
            refused = _("The emergency stop is on. Reset it first.")
        elif state.identity is None:
            refused = _("No account is known yet: wait for the connection, or open another place from the top line.")
        self._window.actions_by_name.set_enabled("matrix-start", not refused, refused)
        if self.matrix is not None:
            self.matrix.show_start(refused)
        if self.repeat is not None:
            on_aws = state.place is not None and not state.place.lab
            self.repeat.show_start(_("Only in the lab") if on_aws else refused)

    def _render_places(self) -> None:
        here = self._looked.state.place
        if not self._changed("pages' place", here, self.matrix, self.claims, self.repeat):
            return
        lab = here is not None and here.lab
        if self.matrix is not None:
            self.matrix.offer_pace(lab)
        for panel in (self.matrix, self.claims, self.repeat):
            if panel is not None:
                panel.show_lab(lab)
                panel.show_subtitle(labels.place_beside_mark(here))

    def _render_history(self, history: HistoryPanel) -> None:
        lines, gone = self._looked.state.history, self._looked.films_gone
        now = {run.run_id: self._line_now(run) for run in self._looked.state.runs.values() if run.is_open}
        if self._changed("history", lines, now, gone):
            history.show_runs(lines, now, gone)

    def _line_now(self, run: RunState) -> RunSummary:
        """Return the line of a run without an end as it may be told now; what nobody carries on is unfinished."""
        line = summarise(self._looked.as_seen(run))
        return line if run.active else unfinished(line)

    def _render_matrix(self, matrix: MatrixPanel) -> None:
        newest = matrix.newest(self._looked.lines_here)
        runs = self._looked.whole(list(newest.values()))
        if runs is None:
            return
        seen = tuple(self._looked.as_seen(run) for run in runs)
        if self._changed("matrix", seen):
            matrix.show_runs(dict(zip(newest, seen, strict=True)), self._looked.files.still_of)
            self._render_progress()
        self._render_finding(matrix, dict(zip(newest, seen, strict=True)))

    def _render_finding(self, matrix: MatrixPanel, runs: Mapping[CellKey, RunState]) -> None:
        """Say what the table found once every cell of it has a run that is over."""
        running, planned = self._matrix_progress[2], matrix.planned
        if not self._changed("matrix finding", running, tuple(runs.values()), planned):
            return
        told = [run for key, run in runs.items() if key in planned]
        self._matrix_runs = tuple(run.run_id for run in told)
        if running or len(told) < len(planned) or any(run.is_open for run in told):
            matrix.show_finding("", Tone.IDLE)
            return
        from rdpgui.ui.matrix_words import matrix_finding

        matrix.show_finding(*matrix_finding(told))

    def _on_matrix_report(self) -> None:
        self._commands.papers.open_matrix_report(self._matrix_runs)
