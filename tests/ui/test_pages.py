"""The tables and lists of every page: what they say, select, filter and open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView, QWidget

from rdpgui.core.account_events import InstancesObserved, PollFailed, Topic
from rdpgui.core.errors import StorageError
from rdpgui.core.ids import RunId
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import set_language
from rdpgui.ui.film_port import FilmOrigin
from rdpgui.ui.main_window import PAGES, Page
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, WEB1, WEB2, finished, fold, recording, run_events, seeded


def test_that_inferred_statuses_are_italic_in_the_session_table(bench: Bench) -> None:
    bench.show(recording())
    table = bench.find(QTableView, "sessions_table")
    cell = table.model().index(0, 3)
    assert cell.data() == "Recording"
    assert cell.data(Qt.ItemDataRole.FontRole).italic()
    bench.show(finished())
    assert cell.data() == "Verified"
    assert cell.data(Qt.ItemDataRole.FontRole) is None


def test_that_a_failed_poll_marks_the_table_stale_without_a_pop_up(bench: Bench) -> None:
    failed = PollFailed(NOW, Topic.INSTANCES, "AWS asked for fewer calls.", "Wait a moment and try again.")
    bench.show(fold(seeded(), failed))
    assert bench.text("instances_stale").startswith("stale since ")
    assert not bench.find(QWidget, "notice_bar").isVisible()


def test_that_the_selection_survives_new_rows_and_another_order(bench: Bench) -> None:
    bench.show(seeded())
    bench.window.ui_state.select_instance(WEB2)
    state = seeded()
    renamed = replace(state.instances[WEB1], name="zz-last")
    bench.show(replace(state, instances={**state.instances, WEB1: renamed}))
    assert bench.window.experiment.instances.table.selected_key() == WEB2


def test_that_the_filter_counts_and_explains(bench: Bench) -> None:
    bench.show(seeded())
    search = bench.find(QLineEdit, "instances_search")
    search.setText("fin web-02")
    assert bench.text("instances_count") == "1 / 4"
    search.setText("nothing like it")
    assert bench.text("instances_count") == "0 / 4"


@pytest.mark.parametrize("place", range(len(PAGES)))
def test_that_every_page_opens_with_and_without_runs(bench: Bench, place: int) -> None:
    bench.show(AppState())
    bench.window.show_page(place)
    bench.show(finished())
    assert bench.window.page == place
    assert not bench.window.grab().isNull()


@pytest.mark.case("X1")
def test_that_history_and_claims_are_built_ahead_once_and_one_at_a_time(bench: Bench) -> None:
    pages = bench.workbench.pages
    assert (pages.history, pages.claims) == (None, None)
    assert pages.build_ahead()
    assert pages.history is not None
    assert pages.claims is None
    assert pages.build_ahead()
    assert not pages.build_ahead(), "the matrix is built when it is opened"
    built = (pages.history, pages.claims)
    for page in (Page.HISTORY, Page.CLAIMS):
        bench.window.show_page(page)
    assert (pages.history, pages.claims) == built
    assert bench.window.findChildren(QWidget, "history_panel") == [built[0]]
    bench.show(finished())
    bench.window.show_page(Page.HISTORY)
    bench.show(finished())
    assert bench.text("history_count") == "1 run"


def test_that_a_matrix_cell_shows_its_newest_run_and_opens_it(bench: Bench, qtbot: Any) -> None:
    state = fold(seeded(), *run_events("old", value=VerdictValue.FAIL), *run_events("new"))
    bench.window.show_page(1)
    bench.show(state)
    cell = bench.find(QWidget, "cell_os-shutdown_Standard")
    assert cell.accessibleName() == "OS shutdown × Standard: PASS"
    other = bench.find(QWidget, "cell_control-none_JustInTime")
    assert other.accessibleName().endswith("not in the matrix")
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    assert bench.window.page == 0
    assert bench.window.ui_state.run_id == "new"


def test_that_the_whole_matrix_is_a_choice_and_the_classic_one_is_what_runs_by_itself(bench: Bench) -> None:
    bench.window.show_page(1)
    bench.show(seeded())
    start, scope = bench.find(QPushButton, "matrix_start"), bench.find(QComboBox, "matrix_scope")
    beyond = bench.find(QWidget, "cell_hibernate_JustInTime")
    control = bench.find(QWidget, "cell_control-none_JustInTime")
    assert beyond.accessibleName().endswith("not in the matrix")
    assert beyond.isHidden()  # what is neither chosen nor was ever run takes no room
    start.click()
    scope.setCurrentIndex(1)
    assert beyond.accessibleName().endswith("not run yet")
    assert not beyond.isHidden()
    assert control.accessibleName().endswith("not in the matrix")
    start.click()
    bench.find(QComboBox, "matrix_pace").setCurrentIndex(1)
    start.click()
    assert bench.commands.orders[-3:] == [
        ("start_matrix", False, (), True),
        ("start_matrix", True, (), True),
        ("start_matrix", True, (), False),
    ]


def test_that_a_run_that_cannot_be_read_is_named_in_a_message_and_in_the_history(bench: Bench) -> None:
    error = StorageError("{path} cannot be read: {reason}.", "Look at it.", path="/runs/r7", reason="No right")
    damaged = [RunSummary(RunId(f"bad{number}"), NOW, damage=error.text()) for number in range(7)]
    bench.notifications.unreadable_runs(damaged[:1])
    bench.notifications.unreadable_runs(damaged)
    said = [notice.text for notice in bench.notifications.kept]
    assert said[0] == "The run bad0 cannot be shown: /runs/r7 cannot be read: No right. Look at it."
    assert said[1:] == ["7 runs cannot be shown."]
    state = finished()
    bench.window.show_page(3)
    bench.show(replace(state, history={**{line.run_id: line for line in damaged}, **state.history}))
    lines = bench.text("history_unreadable").splitlines()
    assert lines[0] == said[0]
    assert lines[-1] == "2 more"
    set_language("ja")
    bench.workbench.retranslate()
    assert "bad0" in bench.text("history_unreadable")
    assert "cannot be shown" not in bench.text("history_unreadable")
    assert bench.find(QTableView, "history_table").model().rowCount() == 8


def test_that_a_film_carries_the_instance_s_name_of_then_and_its_session(bench: Bench) -> None:
    state = finished()
    bench.show(fold(state, InstancesObserved(NOW, (), ())))
    run = next(iter(state.runs.values()))
    assert run.session is not None
    (film,) = bench.workbench.looked.files.films_of(run)
    assert film.origin == FilmOrigin("fin-web-01", WEB1, run.session.started_at)


def test_that_the_history_lists_runs_and_opens_a_report(bench: Bench) -> None:
    bench.window.show_page(3)
    bench.show(fold(seeded(), *run_events("a"), *run_events("b")))
    table = bench.find(QTableView, "history_table")
    assert table.model().rowCount() == 2
    table.selectRow(0)
    bench.press("history_report")
    assert bench.commands.orders[-1][0] == "open_report"


@pytest.mark.case("R18")
def test_that_one_run_of_the_history_can_be_judged_again(bench: Bench) -> None:
    bench.window.show_page(3)
    bench.show(fold(seeded(), *run_events("a"), *run_events("b")))
    table = bench.find(QTableView, "history_table")
    assert not bench.find(QPushButton, "history_judge").isEnabled()
    table.selectRow(0)
    history = bench.workbench.pages.history
    assert history is not None
    chosen = history.table.selected_key()
    bench.press("history_judge")
    assert bench.commands.orders[-1] == ("judge_again", chosen)
    table.selectAll()
    assert not bench.find(QPushButton, "history_judge").isEnabled()
