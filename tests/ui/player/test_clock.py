"""A film on the wall clock: the zone, and a person's correction that is recorded and restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from rdpgui.core.ids import RunId
from rdpgui.core.people_events import FilmClockAdjusted
from rdpgui.ui import formats
from rdpgui.ui.player.clock_box import OffsetField
from tests.ui.conftest import Bench
from tests.ui.player.conftest import FPS, START, PlayerBench, facts_of
from tests.ui.snapshots import NOW, finished, fold

Play = Callable[..., Any]
CONTROL = Qt.KeyboardModifier.ControlModifier


def _clock(seconds: float) -> str:
    return formats.clock(START + timedelta(seconds=seconds), decimals=3)


def test_that_the_keys_move_the_film_on_the_clock_and_one_correction_is_told(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        told: list[tuple[object, float]] = []
        bench.panel.clock_adjusted.connect(lambda path, offset_s: told.append((path, offset_s)))
        await bench.show(numbered)
        instant = START + timedelta(seconds=6 / FPS + 0.01)
        bench.panel.set_markers([(instant, "stopping", "warn")])
        for _press in range(5):
            bench.press(Qt.Key.Key_BracketRight, CONTROL)
        for _press in range(8):
            bench.press(Qt.Key.Key_BracketLeft, CONTROL)
        assert bench.caption.startswith(_clock(-0.3))
        assert bench.panel.clock_box.offset.text() == "-0.30 s"
        bench.panel.stage.bar.marker_requested.emit(0)
        await bench.until_number(9)  # 0.51 s on the old clock is 0.81 s of the film now
        assert bench.caption.startswith(_clock(0.45))
        await bench.until(lambda: told != [])
        assert told == [(numbered, -0.3)]
        assert bench.panel.deck.moving.loop.begin_s is None  # the same keys without Ctrl are the loop's

    play(flow)


def test_that_a_typed_offset_is_taken_at_return_and_the_keys_go_back_to_the_film(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        field = bench.panel.clock_box.offset
        field.selectAll()
        QTest.keyClicks(field, "+12.5")
        assert bench.caption.startswith(_clock(0))
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert bench.caption.startswith(_clock(12.5))
        assert field.text() == "+12.50 s"
        bench.panel.seek_wall(START + timedelta(seconds=12.5 + 1.01))
        await bench.until_number(12)

    play(flow)


def test_that_a_correction_is_told_for_its_own_film_when_another_one_is_shown(
    play: Play, numbered: Path, long_film: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        told: list[tuple[object, float]] = []
        bench.panel.clock_adjusted.connect(lambda path, offset_s: told.append((path, offset_s)))
        await bench.show(numbered)
        bench.press(Qt.Key.Key_BracketRight, CONTROL)
        bench.panel.show_film(long_film, facts_of(long_film), starts_at=START, lab=False)
        assert told == [(numbered, 0.1)]
        await bench.until_number(0)
        assert bench.panel.clock_box.offset.value() == 0.0

    play(flow)


def test_that_a_recorded_offset_is_shown_again_and_never_told_again(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        told: list[object] = []
        bench.panel.clock_adjusted.connect(lambda *what: told.append(what))
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=START, lab=True, adjusted_s=-4.25)
        await bench.until_number(0)
        assert bench.caption.startswith(_clock(-4.25))
        bench.panel.set_offset(Path("another.mp4"), 7.0)
        assert bench.caption.startswith(_clock(-4.25))
        bench.panel.set_offset(numbered, 2.0)
        assert bench.caption.startswith(_clock(2.0))
        assert bench.panel.clock_box.offset.value() == 2.0
        assert not bench.panel.clock_box.pending
        bench.press(Qt.Key.Key_BracketRight, CONTROL)
        bench.panel.set_offset(numbered, 5.0)
        assert bench.panel.clock_box.offset.value() == 2.1  # what is being made wins
        bench.panel.clear()
        assert told == [(numbered, 2.1)]

    play(flow)


def test_that_a_correction_made_while_the_film_is_still_opening_is_told(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        told: list[object] = []
        bench.panel.clock_adjusted.connect(lambda *what: told.append(what))
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=START, lab=True)
        assert bench.panel.frame is None
        bench.press(Qt.Key.Key_BracketRight, CONTROL)
        bench.panel.clock_box.settle()  # as the window does before it closes
        assert told == [(numbered, 0.1)]
        bench.panel.set_offset(numbered, 0.0)  # a new snapshot, from before the journal had it
        assert bench.panel.clock_box.offset.value() == 0.1
        bench.panel.set_offset(numbered, 0.1)
        bench.panel.set_offset(numbered, 0.0)  # taken back by somebody
        assert bench.panel.clock_box.offset.value() == 0.0
        await bench.until_number(0)

    play(flow)


def test_that_a_film_without_a_known_start_has_no_offset_and_no_zone(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        zone = bench.panel.findChild(QLabel, "film_zone")
        assert zone is not None
        assert (zone.isVisible(), zone.text()) == (True, formats.zone(START))
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=None, lab=False)
        await bench.until_number(0)
        assert not zone.isVisible()
        assert not bench.panel.clock_box.offset.isVisible()
        bench.press(Qt.Key.Key_BracketRight, CONTROL)
        assert not bench.panel.clock_box.pending

    play(flow)


def test_that_zero_has_no_minus() -> None:
    field = OffsetField()
    for value in (0.1, -0.0, 0.0):
        field.setValue(value)
    assert field.textFromValue(-0.0) == field.textFromValue(0.0) == "+0.00"


def test_that_the_window_records_a_correction_with_its_run_and_shows_the_recorded_one(bench: Bench) -> None:
    state = finished()
    bench.show(state)
    bench.film.clock_adjusted.emit(bench.folder / "film.mp4", -0.3)
    bench.film.clock_adjusted.emit(bench.folder / "somebody else's.mp4", 9.0)
    wanted = [order for order in bench.commands.orders if order[0] == "adjust_film_clock"]
    assert wanted == [("adjust_film_clock", "r1", -0.3)]
    placed: list[float] = []
    bench.film.position_changed.connect(placed.append)
    start_at = next(iter(state.runs.values())).inspected[-1].facts
    assert start_at is not None
    assert start_at.created_at is not None
    bench.film.seek_wall(start_at.created_at)
    bench.show(fold(state, FilmClockAdjusted(NOW, RunId("r1"), -0.3, "ann")))
    bench.film.seek_wall(start_at.created_at)
    assert placed[1] - placed[0] == pytest.approx(0.3)


def test_that_the_way_back_from_a_correction_that_is_not_recorded_yet_is_recorded_too(bench: Bench) -> None:
    state = finished()
    bench.show(state)
    path = bench.folder / "film.mp4"
    for offset_s in (-0.3, 0.0):
        bench.film.clock_adjusted.emit(path, offset_s)
    for offset_s in (-0.3, 0.0):
        state = fold(state, FilmClockAdjusted(NOW, RunId("r1"), offset_s, "ann"))
    bench.show(state)
    bench.film.clock_adjusted.emit(path, 0.0)  # says nothing new
    wanted = [order[2] for order in bench.commands.orders if order[0] == "adjust_film_clock"]
    assert wanted == [-0.3, 0.0]
