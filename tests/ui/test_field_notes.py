"""The page of the field notes: what it says, asks for, and leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QTableView, QWidget

from rdpgui.core.events import RunEvent
from rdpgui.core.noted import AnswersNoted
from rdpgui.core.notes.collect import QUESTIONS, notes_of
from rdpgui.core.notes.model import FieldNotes
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui.main_window import Page
from tests.ui.conftest import Bench
from tests.ui.snapshots import finished, seeded
from tests.unit.core.notes_kit import READ, head, record
from tests.unit.core.samples import ACCOUNT, REGION, RUN, at, begin, disrupted, ended, recorded

AWS = Place(account_id=ACCOUNT, region=REGION)


def seen(*more: RunEvent, place: Place = AWS) -> FieldNotes:
    events = [*begin(), *disrupted(), *ended(), *recorded(), READ, *more]
    return notes_of(place, place.lab, [record(events, place=place, lab=place.lab)])


def open_page(bench: Bench, notes: FieldNotes | None = None, state: AppState | None = None) -> None:
    bench.window.show_page(Page.NOTES)
    bench.show(state or finished())
    if notes is not None:
        reads = orders(bench, "read_notes")
        reads[-1][2](notes)


def orders(bench: Bench, name: str) -> Sequence[tuple[Any, ...]]:
    return [order for order in bench.commands.orders if order[0] == name]


def choose(bench: Bench, note_id: str) -> None:
    table = bench.find(QTableView, "notes_table")
    ids = [question.note_id for question in QUESTIONS]
    table.selectRow(ids.index(note_id))


def detail(bench: Bench) -> str:
    return str(bench.find(QPlainTextEdit, "notes_detail").toPlainText())


def test_that_the_page_has_the_notes_read_once_and_again_when_the_runs_are_others(bench: Bench) -> None:
    open_page(bench)
    assert orders(bench, "read_notes")[-1][1] is None
    bench.commands.orders.clear()
    bench.show(finished())
    assert orders(bench, "read_notes") == []
    bench.show(seeded())
    assert len(orders(bench, "read_notes")) == 1


def test_that_every_question_is_a_row_with_its_answer_and_where_it_is_from(bench: Bench) -> None:
    open_page(bench, seen(AnswersNoted(at(13.4), RUN, (head(TagCount=""),))))
    model = bench.find(QTableView, "notes_table").model()
    assert model.rowCount() == len(QUESTIONS)
    choose(bench, "4.codec")
    assert "h264 in mp4" in detail(bench)
    assert "FilmInspected" in detail(bench)
    assert not bench.find(QWidget, "notes_cli").isVisible()
    choose(bench, "3.tags")
    assert "s3:GetObjectTagging" in detail(bench)
    assert "get-object-tagging" in bench.find(QPlainTextEdit, "notes_cli").toPlainText()
    assert "settled: " in bench.text("notes_summary")
    assert not bench.find(QWidget, "notes_caution").isVisible()


def test_that_the_labs_notes_are_marked_and_settle_nothing(bench: Bench) -> None:
    open_page(bench, seen(place=Place("default")))
    assert bench.text("notes_caution").startswith("LAB")
    assert bench.find(QWidget, "field_notes_panel_lab").isVisibleTo(bench.window)
    model = bench.find(QTableView, "notes_table").model()
    words = {model.index(row, 2).data() for row in range(model.rowCount())}
    assert words == {"seen, not on AWS", "not seen"}


def test_that_an_empty_page_leads_to_the_preflight_and_exports_nothing(bench: Bench) -> None:
    open_page(bench, notes_of(AWS, False, []), seeded())
    assert not bench.find(QPushButton, "notes_json").isEnabled()
    bench.press("notes_first_run")
    assert bench.window.page is Page.EXPERIMENT
    open_page(bench, seen())
    assert not bench.find(QPushButton, "notes_first_run").isVisible()
    assert bench.find(QPushButton, "notes_json").isEnabled()


@pytest.mark.parametrize(("button", "as_json"), [("notes_json", True), ("notes_markdown", False)])
def test_that_an_export_asks_where_and_is_ordered(bench: Bench, button: str, as_json: bool) -> None:
    open_page(bench, seen())
    bench.press(button)
    dialog = bench.dialog("notes_dialog")
    assert dialog.defaultSuffix() == ("json" if as_json else "md")
    dialog.fileSelected.emit("/tmp/of-a-test")
    dialog.reject()
    assert orders(bench, "export_notes") == [("export_notes", None, "/tmp/of-a-test", as_json)]


def test_that_one_run_alone_can_be_read_and_without_one_it_is_said(bench: Bench) -> None:
    open_page(bench, seen())
    scope = bench.find(QComboBox, "notes_scope")
    run = bench.workbench.looked.run
    assert run is not None
    scope.setCurrentIndex(1)
    assert orders(bench, "read_notes")[-1][1] == run.run_id
    scope.setCurrentIndex(0)
    bench.show(seeded())
    scope.setCurrentIndex(1)
    assert scope.currentIndex() == 0
    assert orders(bench, "read_notes")[-1][1] is None


def test_that_a_wording_of_the_console_is_written_down_by_keyboard(bench: Bench, qtbot: Any) -> None:
    open_page(bench, seen())
    line = bench.find(QLineEdit, "notes_wording")
    choose(bench, "4.codec")
    assert not line.isVisible()
    choose(bench, "9.Finished")
    assert line.isVisible()
    assert not bench.find(QPushButton, "notes_keep").isEnabled()
    qtbot.keyClicks(line, "  Abgeschlossen ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    (order,) = orders(bench, "enter_wording")
    assert order[1:3] == (ConsoleWord.FINISHED, "Abgeschlossen")
    assert line.text() == ""
    before = len(orders(bench, "read_notes"))
    order[3]()
    assert len(orders(bench, "read_notes")) == before + 1


def test_that_the_page_speaks_the_language_in_use_and_has_names_for_everything(bench: Bench) -> None:
    open_page(bench, seen())
    set_language("ja")
    try:
        bench.workbench.retranslate()
        model = bench.find(QTableView, "notes_table").model()
        assert {model.index(row, 2).data() for row in range(model.rowCount())} == {"確定", "手がかり", "未確認"}
    finally:
        set_language("en")
        bench.workbench.retranslate()
    for name in ("notes_scope", "notes_detail", "notes_table", "notes_wording"):
        assert bench.find(QWidget, name).accessibleName()
