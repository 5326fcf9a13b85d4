"""What a tester does with runs: writes on them, runs them again, hands them in, finds the one that matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QTableView

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.people_events import RunRemarked
from rdpgui.core.remark import Remark
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.ui.main_window import Page
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, WEB1, fold, run_events, seeded


def several() -> AppState:
    """Return a history of four runs, the newest last."""
    told = (
        ("a", DisruptionId.OS_SHUTDOWN, VerdictValue.PASS, 40, ""),
        ("b", DisruptionId.OS_SHUTDOWN, VerdictValue.FAIL, 3, "ann"),
        ("c", DisruptionId.EC2_STOP, VerdictValue.INCONCLUSIVE, 2, "bob"),
        ("d", DisruptionId.EC2_STOP, VerdictValue.PASS, 0, "ann"),
    )
    state = seeded()
    for name, kind, value, days, tester in told:
        start = NOW - timedelta(days=days, seconds=40)
        state = fold(state, *run_events(name, kind, AccessType.STANDARD, value, start))
        if tester:
            state = fold(state, RunRemarked(NOW, RunId(name), Remark(tester, f"QA-{name}", "a note"), "me"))
    return state


def shown(bench: Bench) -> list[str]:
    """Return the ids of the runs in the table, from the top."""
    table = bench.find(QTableView, "history_table")
    return [str(table._keyed.key_at(row)) for row in range(table.model().rowCount())]


def opened(bench: Bench) -> Bench:
    """Return a window with the history of four runs."""
    bench.window.show_page(Page.HISTORY)
    bench.show(several())
    return bench


def choose(bench: Bench, name: str, data: object) -> None:
    """Choose an entry of a box by what it stands for."""
    box = bench.find(QComboBox, name)
    box.setCurrentIndex(box.findData(data))


def test_that_the_history_is_narrowed_by_verdict_disruption_tester_days_and_words(bench: Bench) -> None:
    opened(bench)
    assert shown(bench) == ["d", "c", "b", "a"]
    for name, data, left in (
        ("history_verdict", "fail", ["b"]),
        ("history_disruption", "ec2-stop", ["d", "c"]),
        ("history_tester", "ann", ["d", "b"]),
        ("history_days", 7, ["d", "c", "b"]),
    ):
        choose(bench, name, data)
        assert shown(bench) == left, name
        choose(bench, name, None)
    search = bench.find(QLineEdit, "history_search")
    for words, left in (("qa-c", ["c"]), ("ann qa", ["d", "b"]), (f"{NOW - timedelta(days=40):%Y-%m-}", ["a"])):
        search.setText(words)
        assert set(left) <= set(shown(bench)), words
    choose(bench, "history_verdict", "fail")
    search.setText("nothing like this")
    assert shown(bench) == []
    bench.press("history_table_offer")
    assert shown(bench) == ["d", "c", "b", "a"]


def test_that_failures_stand_first_when_they_are_asked_for(bench: Bench) -> None:
    opened(bench)
    failures = bench.find(QCheckBox, "history_failures")
    failures.setChecked(True)
    assert shown(bench) == ["b", "c", "d", "a"]
    failures.setChecked(False)
    assert shown(bench) == ["d", "c", "b", "a"]


def test_that_tester_ticket_and_note_are_written_on_a_run(bench: Bench) -> None:
    opened(bench)
    bench.find(QTableView, "history_table").selectRow(2)
    bench.press("history_remark")
    dialog = bench.dialog("remark_dialog")
    assert dialog.findChild(QLineEdit, "remark_tester").text() == "ann"
    dialog.findChild(QLineEdit, "remark_ticket").setText(" QA-99 ")
    dialog.findChild(QPlainTextEdit, "remark_note").setPlainText("again")
    dialog.findChild(QCheckBox, "remark_keep").setChecked(True)
    dialog._on_go()
    assert ("remark_run", RunId("b"), Remark("ann", "QA-99", "again")) in bench.commands.orders
    assert ("set_setting", "tester", "ann") in bench.commands.orders
    assert ("set_setting", "ticket", "QA-99") in bench.commands.orders


def test_that_the_verdict_shows_what_was_written_apart_from_what_it_rests_on(bench: Bench) -> None:
    bench.show(several())
    text = bench.text("verdict_remark")
    assert "ann" in text
    assert "QA-d" in text


def test_that_run_again_asks_for_the_same_on_the_same_instance(bench: Bench) -> None:
    opened(bench)
    bench.find(QTableView, "history_table").selectRow(1)
    bench.press("history_again")
    assert bench.window.page is Page.EXPERIMENT
    bench.dialog("confirm_dialog")._on_go()
    order = next(order for order in bench.commands.orders if order[0] == "run")
    assert order[1:4] == (DisruptionId.EC2_STOP, WEB1, AccessType.STANDARD)


def test_that_a_run_of_another_place_is_not_run_again_here(bench: Bench) -> None:
    bench.window.show_page(Page.HISTORY)
    state = several()
    bench.show(replace(state, place=seeded(lab=False).place))
    bench.find(QTableView, "history_table").selectRow(0)
    bench.press("history_again")
    assert any("made elsewhere" in notice.text for notice in bench.notifications.kept)
    assert not any(order[0] == "run" for order in bench.commands.orders)


def test_that_one_file_is_handed_in_where_a_person_says(bench: Bench) -> None:
    opened(bench)
    bench.find(QTableView, "history_table").selectRow(0)
    bench.press("history_hand_in")
    dialog: QFileDialog = bench.find(QFileDialog, "hand_in_dialog")
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    path = str(bench.folder / "run.zip")
    (bench.folder / "run.zip").touch()  # what the dialog asked about may have been another name: nothing is replaced
    dialog.fileSelected.emit(path)
    dialog.reject()
    assert ("hand_in", RunId("d"), path, False) in bench.commands.orders
