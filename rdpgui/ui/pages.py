"""The pages behind the first one, built when they are first shown so that the window appears sooner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rdpgui.core.judging.summary import summarise
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.main_window import Page
from rdpgui.ui.models.runs import unfinished

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.matrix_orders import MatrixOrders
    from rdpgui.ui.panels.claims import ClaimsPanel
    from rdpgui.ui.panels.history import HistoryPanel
    from rdpgui.ui.panels.matrix import MatrixPanel
    from rdpgui.ui.qa_orders import QaOrders
    from rdpgui.ui.run_orders import RunOrders


class Pages:
    """Builds and renders matrix, claims and history.

    Args:
        window: holds the pages. looked: the newest snapshot. commands, orders, tester, starts: what the pages ask for.
        changes: what was rendered last.

    Attributes:
        matrix, claims, history: the panels; None until their page is shown for the first time.
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
        self.matrix: MatrixPanel | None = None
        self.claims: ClaimsPanel | None = None
        self.history: HistoryPanel | None = None

    # -- building --------------------------------------------------------------

    def build(self, page: int) -> None:
        """Build a page, once."""
        if page == Page.MATRIX and self.matrix is None:
            self._build_matrix()
        elif page == Page.CLAIMS and self.claims is None:
            self._build_claims()
        elif page == Page.HISTORY and self.history is None:
            self._build_history()

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
        self.matrix.stop_requested.connect(self._commands.runs.stop_matrix)
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

    # -- rendering -------------------------------------------------------------

    def show_matrix_progress(self, done: int, total: int, *, running: bool, under_way: int) -> None:
        """Keep and show how far the matrix is."""
        self._matrix_progress = (done, total, running, under_way)
        self._render_progress()

    def _render_progress(self) -> None:
        done, total, running, under_way = self._matrix_progress
        if self.matrix is not None:
            self.matrix.show_progress(done, total, running=running, under_way=under_way)

    def render(self) -> None:
        """Show the newest snapshot on the page that is looked at."""
        self._render_start()
        self._render_places()
        shown = self._window.page
        if shown is Page.MATRIX and self.matrix is not None:
            self._render_matrix(self.matrix)
        if shown is Page.HISTORY and self.history is not None:
            self._render_history(self.history)
        if shown is Page.CLAIMS and self.claims is not None and self._changed("claims", self._looked.lines_here):
            self._render_claims(self.claims)

    def _render_start(self) -> None:
        state = self._looked.state
        if not self._changed("matrix start", state.emergency, state.identity, self.matrix):
            return
        refused = ""
        if state.emergency:
            refused = _("The emergency stop is on. Reset it first.")
        elif state.identity is None:
            refused = _("No account is known yet: wait for the connection, or open another place from the top line.")
        self._window.actions_by_name.set_enabled("matrix-start", not refused, refused)
        if self.matrix is not None:
            self.matrix.show_start(refused)

    def _render_places(self) -> None:
        here = self._looked.state.place
        if not self._changed("pages' place", here, self.matrix, self.claims):
            return
        lab = here is not None and here.lab
        if self.matrix is not None:
            self.matrix.offer_pace(lab)
        for panel in (self.matrix, self.claims):
            if panel is not None:
                panel.show_lab(lab)
                panel.show_subtitle(labels.place_name(here, lab=lab) if here is not None else "")

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

    def _render_claims(self, claims: ClaimsPanel) -> None:
        from rdpgui.ui.claim_views import claim_views

        unread = sum(line.needs_reading for line in self._looked.lines_here)
        claims.show_claims(claim_views(self._looked.lines_here))
        claims.show_unread(unread)
        if unread:
            self._commands.records.look_into_runs()
