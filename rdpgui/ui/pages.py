"""The pages behind the first one, built when they are first shown so that the window appears sooner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.render import Renderer

_MATRIX, _CLAIMS, _HISTORY = 1, 2, 3


def build_page(renderer: Renderer, window: MainWindow, place: int) -> None:
    """Build the page at a place of the tab row, once."""
    orders = window.orders
    if place == _MATRIX and renderer.matrix is None:
        from rdpgui.ui.panels.matrix import MatrixPanel

        renderer.matrix = MatrixPanel()
        renderer.matrix.run_opened.connect(orders.of_runs.open_run_here)
        renderer.matrix.start_requested.connect(window.commands.start_matrix)
        renderer.matrix.stop_requested.connect(window.commands.stop_matrix)
        _put(window, place, renderer.matrix)
    elif place == _CLAIMS and renderer.claims is None:
        from rdpgui.ui.panels.claims import ClaimsPanel

        renderer.claims = ClaimsPanel()
        renderer.claims.run_opened.connect(orders.of_runs.open_run_here)
        _put(window, place, renderer.claims)
    elif place == _HISTORY and renderer.history is None:
        from rdpgui.ui.panels.history import HistoryPanel

        renderer.history = HistoryPanel()
        renderer.history.run_opened.connect(orders.of_runs.open_run_here)
        renderer.history.report_requested.connect(orders.of_runs.on_report_of)
        renderer.history.folder_requested.connect(orders.of_runs.on_folder_of)
        renderer.history.archive_requested.connect(orders.of_runs.on_archive)
        renderer.history.delete_requested.connect(orders.of_runs.on_delete)
        renderer.history.judge_requested.connect(orders.of_runs.on_judge_again)
        renderer.history.compare_requested.connect(orders.of_runs.on_compare)
        _put(window, place, renderer.history)


def _put(window: MainWindow, place: int, panel: QWidget) -> None:
    holder = window.pages.widget(place)
    if holder is None:
        raise LookupError(f"there is no page {place}")
    column = QVBoxLayout(holder)
    column.setContentsMargins(8, 8, 8, 8)
    column.addWidget(panel)
