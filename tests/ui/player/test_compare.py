"""Two films on one clock: aligned, moved together, each with its verdict; nothing is shown of what is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from rdpgui.core.events import Event
from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import RunId
from rdpgui.core.run_events import FilmInspected, IntentRecorded
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import set_language
from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.player.compare_clock import Anchor, possible_anchors
from rdpgui.ui.player.compare_side import CompareSide
from rdpgui.ui.player.compare_window import CompareWindow
from tests.helpers import corpus
from tests.ui.conftest import Bench
from tests.ui.player.conftest import HEIGHT, WIDTH, PlayerBench, facts_of, number_on, picture_area
from tests.ui.snapshots import NOW, fold, run_events

Play = Callable[..., Any]
START = NOW - timedelta(minutes=5)


@pytest.fixture(scope="session")
def five_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 numbered frames at 10 a second, as long as the runs of the snapshots say."""
    shape = corpus.Shape("five", WIDTH, HEIGHT, 10, 50, gop=10)
    return corpus.write(corpus.encode(shape), tmp_path_factory.mktemp("films") / "five.mp4", "+faststart")


def compared(
    path: Path | None, run_id: str = "r1", *, later_s: float = 0.0, value: Any = VerdictValue.PASS
) -> ComparedRun:
    """Return a run whose disruption comes later than usual, with a film of five seconds or none."""
    facts: FilmFacts | None = None
    if path is not None:
        facts = replace(facts_of(path), created_at=START + timedelta(seconds=1.25))

    def changed(event: Event) -> Event:
        if isinstance(event, IntentRecorded):
            return replace(event, at=event.at + timedelta(seconds=later_s))
        return replace(event, facts=facts) if isinstance(event, FilmInspected) else event

    events = map(changed, run_events(run_id, value=value, start=START))
    run = fold(AppState(), *events).runs[RunId(run_id)]
    return ComparedRun(run, "fin-web-01", path, facts, None)


def number(side: CompareSide) -> int | None:
    """Return the frame number that a person sees on a side."""
    if side.picture.image.isNull():
        return None
    return number_on(side.picture.grab().toImage(), picture_area(side.picture))


async def opened(bench: PlayerBench, left: ComparedRun, right: ComparedRun) -> CompareWindow:
    """Open a comparison and wait for its pictures."""
    bench.panel.compare(left, right)
    window = bench.panel.findChild(CompareWindow)
    assert window is not None
    await bench.until(lambda: all(number(side) is not None or not side.has_film for side in window.sides))
    await standing(bench, window)
    return window


def shows(window: CompareWindow, wanted: tuple[int, int]) -> bool:
    """Say whether both sides show these frame numbers."""
    return tuple(number(side) for side in window.sides) == wanted


async def standing(bench: PlayerBench, window: CompareWindow) -> None:
    """Wait until both sides show what was asked for."""
    await bench.until(lambda: not any(side.busy for side in window.sides))


def test_that_both_films_stand_at_the_disruption_and_move_together(play: Play, five_seconds: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(five_seconds), compared(five_seconds, "r2", later_s=0.5))
        left, right = window.sides
        first = number(left)
        assert first is not None
        assert number(right) == first + 5  # its disruption came half a second later
        for key, by in ((Qt.Key.Key_Period, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Comma, 1)):
            QTest.keyClick(window, key)
            wanted = (first + by, first + 5 + by)
            await bench.until(partial(shows, window, wanted))
        QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        await bench.until(lambda: number(left) == first + 11 and number(right) == first + 16)
        QTest.keyClick(window, Qt.Key.Key_End)
        await bench.until(lambda: number(left) == 49 and number(right) == 49)
        assert "(last frame)" in left.picture.caption
        assert "ended" in right.picture.caption
        QTest.keyClick(window, Qt.Key.Key_Home)
        await bench.until(lambda: number(left) == 0 and number(right) == 0)
        assert "begins in" in left.picture.caption

    play(flow)


def test_that_playing_keeps_the_films_locked_to_the_end(play: Play, five_seconds: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(five_seconds), compared(five_seconds, "r2", later_s=0.5))
        left, right = window.sides
        seen: list[tuple[int | None, int | None]] = []

        def look(_at_s: float) -> None:
            if not any(side.busy for side in window.sides):
                seen.append((number(left), number(right)))

        window.pace.moved.connect(look)
        QTest.keyClick(window, Qt.Key.Key_L)
        QTest.keyClick(window, Qt.Key.Key_L)
        assert window.pace.rate == 2.0
        await bench.until(lambda: not window.pace.playing)
        await standing(bench, window)
        assert (number(left), number(right)) == (49, 49)
        QTest.keyClick(window, Qt.Key.Key_J)
        assert window.pace.rate == -1.0
        await bench.until(lambda: (number(left) or 0) < 40)
        QTest.keyClick(window, Qt.Key.Key_K)
        await standing(bench, window)
        assert not window.pace.playing
        pair = number(left), number(right)
        assert pair[0] is not None
        assert pair[1] in (pair[0] + 4, pair[0] + 5, pair[0] + 6)
        assert all(b is not None and a is not None and b - a in (4, 5, 6) for a, b in seen if (a or 0) < 43)

    play(flow)


def test_that_the_alignment_can_be_the_session_s_end_or_the_last_frame(play: Play, five_seconds: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(five_seconds), compared(five_seconds, "r2", later_s=0.5))
        left, right = window.sides
        window.controls._anchor.setCurrentIndex(1)
        await standing(bench, window)
        assert window.controls.anchor is Anchor.SESSION_END
        window.pace.seek(-1.0)
        await bench.until(lambda: number(left) is not None and number(left) == number(right))
        window.controls._anchor.setCurrentIndex(2)
        await bench.until(lambda: number(left) == number(right) == 49)
        assert window.pace.at_s == 0.0

    play(flow)


def test_that_a_click_on_a_mark_of_the_bar_goes_to_its_instant(play: Play, five_seconds: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(five_seconds), compared(five_seconds, "r2", later_s=0.5))
        start = number(window.sides[0])
        window.to_begin()
        await bench.until(lambda: number(window.sides[0]) == 0)
        x = round(window.bar.x_of(-window.pace.lock.begin_s))
        QTest.mouseClick(window.bar, Qt.MouseButton.LeftButton, pos=QPoint(x, window.bar.height() // 2))
        await bench.until(lambda: number(window.sides[0]) == start)

    play(flow)


def test_that_each_side_says_its_verdict_and_what_decided_it_in_the_language_in_use(
    play: Play, five_seconds: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(five_seconds), compared(five_seconds, "r2", value=VerdictValue.FAIL))
        words = [window.findChild(QLabel, f"compare_{name}_verdict") for name in ("left", "right")]
        why = [window.findChild(QLabel, f"compare_{name}_why") for name in ("left", "right")]
        assert [item.text() for item in words if item is not None] == ["PASS", "FAIL"]
        assert [item.text().split(" ")[0] for item in why if item is not None] == ["All", "Session"]
        before = {item.text() for item in window.findChildren(QLabel) if item.text()}
        set_language("ja")
        for widget in (window, *window.sides):
            QGuiApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
        after = {item.text() for item in window.findChildren(QLabel) if item.text()}
        same = {text for text in before & after if text.isascii() and any(c.isalpha() for c in text)}
        assert same <= {"PASS", "FAIL"}
        assert window.windowTitle() != "Two films on one clock"

    play(flow)


def test_that_a_run_without_a_film_says_so_and_the_other_one_plays(play: Play, five_seconds: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(None), compared(five_seconds, "r2"))
        left, right = window.sides
        assert left.picture.message[0] == "No film"
        QTest.keyClick(window, Qt.Key.Key_End)
        await bench.until(lambda: number(right) == 49)

    play(flow)


def test_that_two_runs_without_films_leave_nothing_to_press(play: Play) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(None), compared(None, "r2"))
        assert possible_anchors([side.compared for side in window.sides]) == ()
        assert not any(button.isEnabled() for button in window.controls.findChildren(QPushButton))
        QTest.keyClick(window, Qt.Key.Key_Space)
        assert not window.pace.playing
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert bench.panel.comparisons.window is None

    play(flow)


@pytest.mark.logs("film open")
def test_that_a_film_that_cannot_be_opened_is_named_and_the_other_one_is_shown(
    play: Play, five_seconds: Path, tmp_path: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        gone = replace(compared(five_seconds), film=tmp_path / "gone.mp4")
        bench.panel.compare(gone, compared(five_seconds, "r2"))
        window = bench.panel.findChild(CompareWindow)
        assert window is not None
        await bench.until(lambda: number(window.sides[1]) is not None)
        await bench.until(lambda: "gone.mp4" in window.sides[0].picture.message[0])

    play(flow)


def test_that_closing_while_it_plays_and_comparing_again_leave_nothing(play: Play, five_seconds: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        window = await opened(bench, compared(five_seconds), compared(five_seconds, "r2"))
        window.pace.toggle()
        again = await opened_again(bench, five_seconds)
        again.pace.toggle()  # closed while it plays, by the end of the flow

    async def opened_again(bench: PlayerBench, path: Path) -> CompareWindow:
        bench.panel.compare(compared(path, "r2"), compared(path))
        window = bench.panel.comparisons.window
        assert window is not None
        await bench.until(lambda: all(number(side) is not None for side in window.sides))
        return window

    play(flow)


@pytest.fixture
def history(bench: Bench) -> Iterator[Bench]:
    """The history page with three runs."""
    events: list[Event] = []
    for place, run_id in enumerate(("r1", "r2", "r3")):
        events += run_events(run_id, start=START + timedelta(minutes=place))
    bench.window.show_page(3)
    bench.show(fold(AppState(), *events))
    yield bench


def test_that_two_rows_of_the_history_are_compared(history: Bench) -> None:
    panel = history.workbench.pages.history
    assert panel is not None
    button = history.find(QPushButton, "history_compare")
    assert not button.isEnabled()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in (0, 2):
        panel.table.selectionModel().select(panel.table.model().index(row, 0), flags)
    assert button.isEnabled()
    assert not history.find(QPushButton, "history_open").isEnabled()
    more = run_events("r4", start=START + timedelta(minutes=9))
    history.show(fold(history.workbench.looked.state, *more))
    assert panel.table.chosen == ("r3", "r1")
    button.click()
    sides = history.film.compared
    assert sides is not None
    assert [side.run.run_id for side in sides] == ["r3", "r1"]
    assert [side.film for side in sides] == [history.folder / "film.mp4"] * 2
