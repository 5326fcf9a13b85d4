"""The room goes to what a person does: choosing, watching a run, reading its verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QTableView, QWidget

from rdpgui.core.account_events import InstancesObserved
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.instance import Instance
from rdpgui.core.state import AppState
from rdpgui.core.verdict import Check, CheckId, CheckResult, VerdictValue
from rdpgui.i18n import set_language
from rdpgui.ui.main_window import Page
from rdpgui.ui.room.layout import Room
from rdpgui.ui.stage.live_picture import LivePicture
from rdpgui.ui.widgets.small import ElidedLabel
from tests.ui.conftest import Bench
from tests.ui.snapshots import INSTANCES, NODES, NOW, WATCHED, finished, fold, instance, recording, seeded

SIZES = [(1180, 700), (1366, 768), (1920, 1080)]
LEAST_SHARE = 0.25
OBJECT = ("key", "5n72gq25jsoddgr5fbg6488irs.mp4")
TIMES = (("low", "22:22:49.952"), ("high", "22:22:51.424"), ("began", "22:22:49.467"), ("zone", "UTC"))
SAID: tuple[tuple[CheckId, str, tuple[tuple[str, str], ...]], ...] = (
    (CheckId.DISRUPTION_PROVEN, "The session ended between {low} and {high}, after {began} ({zone}).", TIMES),
    (CheckId.ENDED_AFTER, "The session ended between {low} and {high}, with the agent ({began}, {zone}).", TIMES),
    (
        CheckId.OWN_RECORDING,
        "{key} is new, in the window, and names this session (candidates: {count}).",
        (OBJECT, ("count", "1")),
    ),
    (
        CheckId.INTEGRITY,
        "{key} is complete to its end ({bytes} bytes), its end decodes, and it matches its checksum.",
        (OBJECT, ("bytes", "364217")),
    ),
    (
        CheckId.REACHES_END,
        "Session end minus film end: {low} to {high} s (tolerance {tolerance} s).",
        (("low", "-0.15"), ("high", "0.15"), ("tolerance", "3.0")),
    ),
    (
        CheckId.LAST_FRAME,
        "The picture reads “{words}” from {at} s to the last frame at {pts} s, which was decoded.",
        (("words", "Shutting down"), ("at", "7.12"), ("pts", "8.20")),
    ),
)


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _judged() -> AppState:
    """Return a finished run whose checks say as much as the lab's do."""
    state = finished()
    run = state.runs[RunId("r1")]
    assert run.verdict is not None
    checks = tuple(Check(check_id, CheckResult.HELD, text, fields) for check_id, text, fields in SAID)
    return replace(state, runs={run.run_id: replace(run, verdict=replace(run.verdict, checks=checks))})


def _settle() -> None:
    for _turn in range(6):
        QApplication.processEvents()


def _opened(bench: Bench, size: tuple[int, int], language: str = "en") -> None:
    set_language(language)
    bench.window.retranslate()
    bench.window.resize(*size)
    bench.window.show()
    bench.show(seeded())
    _settle()


def _watched(bench: Bench, *states: AppState) -> None:
    for state in states:
        bench.show(state)
        _settle()


def _is_seen(widget: QWidget, area: QWidget) -> bool:
    """Whether all of a widget lies in what is shown of an area."""
    return widget.isVisible() and area.rect().contains(QRect(widget.mapTo(area, QPoint()), widget.size()))


def _room(bench: Bench) -> Room:
    return bench.window.experiment.rooms.room


@pytest.mark.case("L4")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES[1:])
def test_that_the_verdict_and_all_six_checks_are_seen_when_it_comes(
    bench: Bench, size: tuple[int, int], language: str
) -> None:
    _opened(bench, size, language)
    _watched(bench, recording(), _judged())
    area = bench.find(QScrollArea, "verdict_scroll").viewport()
    assert _is_seen(bench.find(QLabel, "verdict_word"), area)
    hidden = [check_id for check_id, _text, _fields in SAID if not _is_seen(_row(bench, check_id), area)]
    assert hidden == []
    said = [each for each in area.findChildren(QLabel) if each.objectName() == "check_reason" and each.isVisible()]
    assert len(said) == len(SAID)
    assert [each.text() for each in said if not _is_seen(each, area)] == []


@pytest.mark.case("L4")
@pytest.mark.parametrize("value", list(VerdictValue))
@pytest.mark.parametrize("size", SIZES)
def test_that_no_verdict_is_wider_than_its_card(bench: Bench, size: tuple[int, int], value: VerdictValue) -> None:
    _opened(bench, size)
    _watched(bench, recording(), finished(value))
    area = bench.find(QScrollArea, "verdict_scroll")
    assert area.widget().width() <= area.viewport().width()
    assert _is_seen(bench.find(QLabel, "verdict_word"), area.viewport())


@pytest.mark.case("L4")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_the_word_is_seen_in_the_smallest_window_also_after_the_second_run(bench: Bench, language: str) -> None:
    _opened(bench, SIZES[0], language)
    _watched(bench, recording(), _judged())
    area = bench.find(QScrollArea, "verdict_scroll")
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    state = _judged()
    second = replace(state.runs[RunId("r1")], run_id=RunId("r2"))
    again = replace(second, verdict=None)
    _watched(bench, replace(state, runs={RunId("r2"): again}), replace(state, runs={RunId("r2"): second}))
    bench.window.ui_state.select_run(RunId("r2"))
    _watched(bench, replace(state, runs={RunId("r2"): second}))
    assert bench.text("verdict_word") == "PASS"
    assert area.verticalScrollBar().value() == 0
    assert _is_seen(bench.find(QLabel, "verdict_word"), area.viewport())


def _row(bench: Bench, check_id: CheckId) -> QWidget:
    row: QWidget = bench.find(QWidget, f"check_{check_id.value}")
    return row


@pytest.mark.case("L8")
@pytest.mark.parametrize("size", SIZES)
def test_that_what_a_check_found_is_said_whole(bench: Bench, size: tuple[int, int]) -> None:
    _opened(bench, size)
    _watched(bench, recording(), _judged())
    panel = bench.window.experiment.verdict
    for said in panel.findChildren(QLabel):
        if said.objectName() == "check_reason" and said.isVisible():
            assert said.height() >= said.heightForWidth(said.width())
            assert "…" not in said.text()


@pytest.mark.case("L4")
@pytest.mark.parametrize("size", SIZES)
def test_that_the_screen_and_the_film_have_a_quarter_of_the_window(bench: Bench, size: tuple[int, int]) -> None:
    _opened(bench, size)
    _watched(bench, recording())
    picture = bench.find(LivePicture, "live_picture")
    area = picture.picture_area()
    assert area.width() * area.height() >= LEAST_SHARE * size[0] * size[1]


def _shows_target(bench: Bench) -> bool:
    subtitle = bench.window.experiment.disruptions.subtitle
    assert isinstance(subtitle, ElidedLabel)
    return subtitle.whole == "fin-web-01" == subtitle.text()


@pytest.mark.case("L8")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
def test_that_the_target_of_the_experiment_is_named_whole(bench: Bench, size: tuple[int, int], language: str) -> None:
    _opened(bench, size, language)
    assert _shows_target(bench)
    _watched(bench, recording())
    assert _shows_target(bench)


def test_that_choosing_running_and_judging_each_have_their_cards(bench: Bench) -> None:
    _opened(bench, SIZES[1])
    page = bench.window.experiment
    cards = (page.instances, page.sessions, page.recording, page.timeline, page.preflight, page.disruptions)
    cards = (*cards, page.verdict, page.log)  # type: ignore[assignment]
    assert _room(bench) is Room.CHOOSE and all(card.isVisible() for card in cards)
    assert not page.rooms.bar.isVisible()
    bench.show(recording())
    _settle()
    assert _room(bench) is Room.RUN
    assert [card.objectName() for card in cards if card.isVisible()] == [
        "recording_panel", "disruptions_panel", "run_log_panel",
    ]  # fmt: skip
    assert bench.find(QPushButton, "abort_run").isVisible()
    bench.show(finished())
    _settle()
    assert _room(bench) is Room.JUDGE
    assert [card.objectName() for card in cards if card.isVisible()] == ["verdict_panel"]
    bench.press("choose_next")
    _settle()
    assert _room(bench) is Room.CHOOSE and all(card.isVisible() for card in cards)
    assert page.log.parent() is page.main and page.recording.parent() is page.left
    assert bench.window.ui_state.run_id is None and bench.text("verdict_word") == "PASS"


def test_that_a_run_that_nobody_watched_takes_no_room_from_choosing(bench: Bench) -> None:
    _opened(bench, SIZES[1])
    _watched(bench, finished())
    assert _room(bench) is Room.CHOOSE
    bench.window.show_page(Page.HISTORY)
    bench.window.ui_state.select_run(RunId("r1"))
    bench.window.show_page(Page.EXPERIMENT)
    _watched(bench, finished())
    assert _room(bench) is Room.JUDGE, "it was opened to be read"


def test_that_cards_fold_by_hand_and_stay_as_they_were_left_in_each_room(bench: Bench) -> None:
    _opened(bench, SIZES[1])
    _watched(bench, recording())
    page = bench.window.experiment
    bench.press("instances_panel_chip")
    bench.press("run_log_panel_fold")
    _settle()
    assert page.instances.isVisible() and page.left.isVisible() and not page.log.isVisible()
    _watched(bench, finished())
    assert not page.instances.isVisible() and not page.left.isVisible()
    _watched(bench, recording())
    assert page.instances.isVisible() and not page.log.isVisible()
    bench.press("instances_panel_fold")
    _settle()
    assert not page.left.isVisible(), "an empty column takes no room"


def test_that_finding_an_instance_or_a_line_opens_their_cards(bench: Bench) -> None:
    _opened(bench, SIZES[1])
    _watched(bench, recording(), finished())
    page = bench.window.experiment
    page.find_instance()
    page.find_log()
    _settle()
    assert page.instances.search.isVisible() and page.log.search.isVisible()


@pytest.mark.case("L4")
@pytest.mark.parametrize("size", SIZES)
def test_that_the_row_of_the_chosen_instance_is_in_sight_at_the_start(
    opened_bench: Bench, size: tuple[int, int]
) -> None:
    set_language("en")
    opened_bench.window.resize(*size)
    opened_bench.window.show()
    opened_bench.show(AppState())
    _settle()
    many: tuple[Instance, ...] = tuple(instance(InstanceId(f"i-{n:017x}"), f"a-{n:02}", tags=()) for n in range(40))
    opened_bench.show(fold(seeded(), InstancesObserved(NOW, (*many, *INSTANCES), NODES, WATCHED)))
    _settle()
    table = opened_bench.find(QTableView, "instances_table")
    chosen = table.selectionModel().selectedRows()
    assert [index.data() for index in chosen] == ["fin-web-01"]
    assert table.viewport().rect().contains(table.visualRect(chosen[0]))


def test_that_no_card_of_the_right_column_lies_on_another_while_a_run_goes_on(bench: Bench) -> None:
    for size in SIZES:
        _opened(bench, size)
        _watched(bench, recording())
        page = bench.window.experiment
        shown = [card for card in (page.disruptions, page.recording, page.log, page.rooms.bar) if card.isVisible()]
        places = [QRect(card.mapTo(page, QPoint()), card.size()) for card in shown]
        for number, place in enumerate(places):
            assert not any(place.intersects(other) for other in places[number + 1 :])
            assert page.rect().contains(place)
        head = [page.log.search, page.log.findChild(QPushButton, "run_log_copy")]
        assert all(each is not None for each in head)
        first, second = (QRect(each.mapTo(page, QPoint()), each.size()) for each in head if each is not None)
        assert not first.intersects(second)
