"""What starts the matrix: at once in the lab, named and confirmed on AWS; and how runs side by side are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from rdpgui.core.account_events import Armed
from rdpgui.core.ids import RunId
from rdpgui.core.kinds.registry import CONTROLS
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import speaking
from rdpgui.runner.plans import matrix_pairs
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, NOW, REGION, WEB1, WEB2, fold, run_events, seeded


@pytest.mark.case("X13")
def test_that_on_aws_nothing_starts_before_instances_are_named_and_the_account_is_typed(bench: Bench) -> None:
    bench.show(seeded(lab=False))
    bench.window.actions_by_name["matrix-start"].trigger()
    dialog = bench.dialog("matrix_dialog")
    choice = dialog.choice
    assert [choice.item(row).text().split()[0] for row in range(choice.count())] == ["fin-web-01", "fin-web-02"]
    assert all(choice.item(row).checkState() is Qt.CheckState.Unchecked for row in range(choice.count()))
    dialog.typed.setText(ACCOUNT)
    assert not dialog.go.isEnabled(), "no instance is named"
    choice.item(1).setCheckState(Qt.CheckState.Checked)
    assert dialog.go.isEnabled() and not dialog.side_by_side.isEnabled(), "one instance makes no lanes"
    dialog.typed.setText("12345")
    assert not dialog.go.isEnabled()
    assert bench.commands.orders == []
    dialog.typed.setText(f" {ACCOUNT} ")
    dialog.go.click()
    assert bench.commands.orders == [("start_matrix", False, (WEB2,), False)]


@pytest.mark.case("X13")
def test_that_lanes_on_aws_are_asked_for(bench: Bench) -> None:
    bench.window.show_page(1)
    bench.show(seeded(lab=False))  # after the page: what a page asks for itself may wait for a beat
    assert bench.find(QComboBox, "matrix_pace").isHidden()
    bench.find(QComboBox, "matrix_scope").setCurrentIndex(1)
    bench.find(QPushButton, "matrix_start").click()
    dialog = bench.dialog("matrix_dialog")
    for row in range(2):
        dialog.choice.item(row).setCheckState(Qt.CheckState.Checked)
    assert not dialog.side_by_side.isChecked()
    dialog.side_by_side.setChecked(True)
    dialog.typed.setText(ACCOUNT)
    dialog.go.click()
    assert bench.commands.orders == [("start_matrix", True, (WEB1, WEB2), True)]


@pytest.mark.case("X13")
def test_that_several_armed_targets_are_counted_in_the_banner(bench: Bench) -> None:
    until = NOW + timedelta(hours=6)
    lanes = [Armed(NOW, ACCOUNT, REGION, lane, until, RunId(f"r{lane}")) for lane in (WEB1, WEB2)]
    bench.show(fold(seeded(), lanes[0]))
    assert bench.text("banner_arming").startswith("Armed: fin-web-01")
    bench.show(fold(seeded(), *lanes))
    assert bench.text("banner_arming").startswith("Armed: 2 instances")


@pytest.mark.case("X13")
def test_that_the_hint_follows_the_run_that_is_looked_at_and_counts_the_others(bench: Bench) -> None:
    begun = [event for number in range(3) for event in run_events(f"r{number}")[: 2 + 2 * number]]
    state = fold(seeded(), *begun)
    bench.show(state)
    newest = bench.text("experiment_hint")
    assert newest.endswith("2 more")
    bench.window.ui_state.select_run(RunId("r0"))
    bench.show(state)
    assert bench.text("experiment_hint") != newest and bench.text("experiment_hint").endswith("2 more")


@pytest.mark.case("X13")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_progress_says_how_many_runs_are_under_way(bench: Bench, language: str) -> None:
    bench.window.show_page(1)
    bench.show(seeded())
    with speaking(language):
        bench.workbench.replies.show_matrix_progress(4, 10, running=True, under_way=5)
        text = bench.text("matrix_note")
    assert "4" in text and "10" in text and "5" in text
    bench.workbench.replies.show_matrix_progress(9, 10, running=True, under_way=1)
    assert "under way" not in bench.text("matrix_note")
    assert bench.find(QComboBox, "matrix_pace").isHidden()
    bench.workbench.replies.show_matrix_progress(10, 10, running=False)
    assert not bench.find(QComboBox, "matrix_pace").isHidden()


def _table(value: VerdictValue = VerdictValue.PASS, *, control: VerdictValue = VerdictValue.PASS) -> AppState:
    """Return a state in which every cell of the article's table has a run."""
    state = seeded()
    for number, (kind, access) in enumerate(matrix_pairs()):
        told = control if kind in CONTROLS else value
        state = fold(state, *run_events(f"m{number}", kind, access, told))
    return state


def test_that_a_finished_matrix_says_what_it_found_and_offers_its_report(bench: Bench) -> None:
    bench.window.show_page(1)
    bench.show(_table())
    said = bench.text("matrix_said")
    assert said.startswith("The recording survived 8 of 8 disruptions.")
    assert "0.14 s" in said
    assert said.endswith("The controls ended as they should.")
    bench.press("matrix_report")
    assert bench.commands.orders[-1][0] == "open_matrix_report"
    assert len(bench.commands.orders[-1][1]) == 10


def test_that_what_did_not_survive_is_named_and_a_failed_control_takes_all_back(bench: Bench) -> None:
    bench.window.show_page(1)
    bench.show(_table(VerdictValue.FAIL))
    assert "It did not survive: OS reboot × Standard" in bench.text("matrix_said")
    bench.show(_table(control=VerdictValue.FAIL))
    assert bench.text("matrix_said").startswith("A control did not end as it should")


def test_that_a_matrix_under_way_or_with_an_empty_cell_says_nothing_yet(bench: Bench) -> None:
    bench.window.show_page(1)
    bench.show(fold(seeded(), *run_events("m0")))
    assert not bench.find(QLabel, "matrix_said").isVisible()
    bench.show(_table())
    bench.workbench.replies.show_matrix_progress(3, 10, running=True)
    assert not bench.find(QLabel, "matrix_said").isVisible()
    bench.workbench.replies.show_matrix_progress(10, 10, running=False)
    assert bench.find(QLabel, "matrix_said").isVisible()
