"""What must not be cut in a small window: names, words of AWS, places, buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QScrollArea, QTabBar, QTableView, QWidget

from rdpgui.core.instance import PingStatus
from rdpgui.core.place import Place
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui import labels
from rdpgui.ui.main_window import Page
from rdpgui.ui.plain import told_tip
from rdpgui.ui.player.transport import Transport
from rdpgui.ui.widgets.small import ElidedLabel
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, LAB, REGION, finished, seeded

SIZES = [(1180, 700), (1366, 768), (1920, 1080)]
LONG = "an-endless-scenario-" * 100
AWS = Place(account_id=ACCOUNT, region=REGION)


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _shown(bench: Bench, size: tuple[int, int], language: str, state: AppState) -> None:
    set_language(language)
    bench.window.retranslate()
    bench.window.resize(*size)
    bench.window.show()
    bench.show(state)
    for _turn in range(5):
        QApplication.processEvents()


def _is_whole(table: QTableView, column: int) -> bool:
    return not table.isColumnHidden(column) and table.sizeHintForColumn(column) <= table.columnWidth(column)


@pytest.mark.case("L4", "L8")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
def test_that_targets_of_sessions_and_lost_connections_are_read_whole(
    bench: Bench, size: tuple[int, int], language: str
) -> None:
    state = finished()
    lost = {key: replace(node, ping_status=PingStatus.CONNECTION_LOST) for key, node in state.nodes.items()}
    _shown(bench, size, language, replace(state, nodes=lost))
    instances, sessions = bench.find(QTableView, "instances_table"), bench.find(QTableView, "sessions_table")
    assert sessions.model().rowCount()
    assert [_is_whole(sessions, column) for column in (0, 1, 3)] == [True] * 3
    assert "ConnectionLost" in {instances.model().index(row, 2).data() for row in range(instances.model().rowCount())}
    assert [_is_whole(instances, column) for column in (0, 1, 2)] == [True] * 3
    assert "Windows" in str(instances.model().index(0, 0).data(3)), "what is left out is in the row's tooltip"


@pytest.mark.case("L1", "L4")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", [LAB, AWS, Place(scenario="recorder-on-instance"), Place(scenario=LONG)])
def test_that_the_place_of_a_verdict_is_read_whole(
    bench: Bench, size: tuple[int, int], language: str, place: Place
) -> None:
    state = finished()
    runs = {key: replace(run, place=place, plan=replace(run.plan, lab=place.lab)) for key, run in state.runs.items()}
    lines = {key: line._replace(place=place.key, lab=place.lab) for key, line in state.history.items()}
    _shown(bench, size, language, replace(state, runs=runs, history=lines, place=place))
    if place.scenario == LONG:
        assert "an-endless" in bench.find(QLabel, "verdict_place").text()
        _sees_the_word(bench)
        return
    name = labels.place_beside_mark(place)
    panel, line = bench.window.experiment.verdict, bench.find(QLabel, "verdict_place")
    beside = panel.subtitle.text() == name
    assert beside or (line.isVisible() and line.text() == name)
    _sees_the_word(bench)


def _sees_the_word(bench: Bench) -> None:
    word, area = bench.find(QLabel, "verdict_word"), bench.find(QWidget, "verdict_scroll")
    assert word.mapTo(area, word.rect().bottomLeft()).y() <= area.height()


@pytest.mark.case("L4", "L11")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
def test_that_the_heads_of_the_lists_and_the_basis_of_a_status_are_not_cut(
    bench: Bench, size: tuple[int, int], language: str
) -> None:
    state = replace(finished(), place=LAB)
    _shown(bench, size, language, state)
    page = bench.window.experiment
    for panel in (page.instances, page.sessions):
        panel.show_stale("last seen at 12:34:56.789 on another day", "why")
    for _turn in range(3):
        QApplication.processEvents()
    choice = page.sessions.choice
    assert choice.width() >= choice.sizeHint().width()
    assert bench.window.width() == size[0]
    assert page.sessions.width() <= page.left.width()
    basis = bench.find(QLabel, "recording_basis")
    assert basis.height() >= basis.heightForWidth(basis.width())


@pytest.mark.case("L4")
def test_that_no_button_of_the_film_lies_on_another_where_the_row_is_narrow(bench: Bench) -> None:
    row = Transport()
    row.resize(900, 40)
    row.show()
    QApplication.processEvents()
    row.resize(438, 40)
    for _turn in range(3):
        QApplication.processEvents()
    places = [each.geometry() for each in row.findChildren(QWidget) if each.parent() is row and each.isVisible()]
    assert len(places) >= len([each for each in row.findChildren(QPushButton) if each.isVisible()])
    for number, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[number + 1 :])
        assert QRect(0, 0, row.width(), row.height()).contains(place)
    row.deleteLater()


@pytest.mark.case("L4")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_all_pages_can_be_chosen_in_the_smallest_window(bench: Bench, language: str) -> None:
    _shown(bench, SIZES[0], language, finished())
    tabs = bench.find(QTabBar, "tabs")
    assert tabs.tabRect(tabs.count() - 1).right() <= tabs.width()
    for place in range(tabs.count()):
        needed = tabs.fontMetrics().horizontalAdvance(tabs.tabText(place))
        assert tabs.tabText(place) and tabs.tabRect(place).width() > needed
    before = [tabs.tabRect(place) for place in range(tabs.count())]
    bench.window.show_page(3)
    QApplication.processEvents()
    assert [tabs.tabRect(place) for place in range(tabs.count())] == before, "a bold word pushes no tab aside"
    assert not tabs.usesScrollButtons()


FILTERS = ("history_verdict", "history_disruption", "history_tester", "history_days", "history_place")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES[1:])
def test_that_the_history_and_what_it_is_filtered_by_are_read_whole(
    bench: Bench, size: tuple[int, int], language: str
) -> None:
    bench.window.show_page(Page.HISTORY)
    _shown(bench, size, language, finished())
    table = bench.find(QTableView, "history_table")
    head, columns = table.horizontalHeader(), range(table.model().columnCount())
    assert [column for column in columns if not _is_whole(table, column)] == []
    titles = [str(table.model().headerData(column, Qt.Orientation.Horizontal)) for column in columns]
    cut = [n for n in columns if head.fontMetrics().horizontalAdvance(titles[n]) > table.columnWidth(n)]
    assert cut == []
    boxes = [bench.find(QComboBox, name) for name in FILTERS]
    assert [box.objectName() for box in boxes if box.width() < min(box.sizeHint().width(), box.maximumWidth())] == []


@pytest.mark.parametrize("size", SIZES)
def test_that_the_claims_are_as_high_as_their_words(bench: Bench, size: tuple[int, int]) -> None:
    bench.window.show_page(Page.CLAIMS)
    _shown(bench, size, "en", finished())
    area = bench.find(QScrollArea, "claims_scroll")
    inside, seen = area.widget(), area.viewport().height()
    assert inside.height() == max(seen, inside.heightForWidth(inside.width()))


def test_that_a_verdict_that_is_not_there_takes_no_line(bench: Bench) -> None:
    _shown(bench, SIZES[0], "ja", seeded())
    assert bench.find(QPushButton, "verdict_lead").isVisible()
    assert not bench.find(QLabel, "verdict_word").isVisible()
    _shown(bench, SIZES[0], "en", finished())
    assert bench.find(QLabel, "verdict_word").isVisible()


def test_that_dots_that_stand_for_a_whole_text_are_left_out(qtbot: Any) -> None:
    shown = ElidedLabel("arn:aws:iam::123456789012:user/lab-admin")
    qtbot.addWidget(shown)
    shown.show()
    shown.resize(18, 20)
    assert shown.text() == ""
    assert shown.whole == told_tip(shown)
    shown.resize(100, 20)
    assert shown.text().startswith("arn") and shown.text().endswith("…")
