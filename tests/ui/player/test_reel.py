"""Several films of one run, stitched on the clock: the right film for an instant, a cut where nothing was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from rdpgui.core.events import Event
from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import RunId
from rdpgui.core.judging.case import match_recording
from rdpgui.core.judging.own_film import MatchKind
from rdpgui.core.run_events import CandidatesFound, FilmInspected, FilmSaved
from rdpgui.ui import formats
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player.reel import reel_of
from tests.ui.conftest import Bench
from tests.ui.player.conftest import FPS, FRAMES, START, PlayerBench, facts_of
from tests.ui.snapshots import NOW, finished, fold

Play = Callable[..., Any]
GAP_BEGIN_S = FRAMES / FPS
SECOND_S = 10.0
"""Reel time of the second film's first frame; the first one ends after 1.5 s."""


def _film(length_s: float, at_s: float | None, name: str = "x.mp4") -> PlacedFilm:
    facts = FilmFacts("mp4", "h264", 64, 48, 1, length_s, max(0.0, length_s - 0.1))
    return PlacedFilm(Path(name), facts, None if at_s is None else START + timedelta(seconds=at_s))


def _both(first: Path, second: Path) -> list[PlacedFilm]:
    later = START + timedelta(seconds=SECOND_S)
    return [PlacedFilm(second, facts_of(second), later), PlacedFilm(first, facts_of(first), START)]


async def shown(bench: PlayerBench, first: Path, second: Path) -> None:
    """Show two films, given in the wrong order, and wait for the first frame."""
    bench.panel.show_films(_both(first, second), lab=True)
    await bench.until(lambda: bench.panel.deck.mount.part == 0)
    await bench.until_number(0)


@given(
    st.lists(st.tuples(st.floats(0.2, 900), st.floats(0, 5000)), min_size=1, max_size=6),
    st.floats(-10, 7000),
    st.sampled_from([-1, 0, 1]),
)
def test_that_every_time_is_in_exactly_one_film_and_gaps_and_films_do_not_overlap(
    lengths: list[tuple[float, float]], at_s: float, toward: int
) -> None:
    reel = reel_of([_film(length_s, begin_s) for length_s, begin_s in lengths])
    place, film_s = reel.locate(at_s, toward=toward)
    part = reel.parts[place]
    assert 0.0 <= film_s <= part.facts.duration_s
    if any(p.begin_s <= at_s < p.end_s for p in reel.parts) and part.begin_s <= at_s <= part.end_s:
        assert part.begin_s + film_s == pytest.approx(at_s, abs=1e-6)
    assert reel.parts[0].begin_s == 0.0
    assert [p.begin_s for p in reel.parts] == sorted(p.begin_s for p in reel.parts)
    for gap in reel.gaps:
        assert gap.begin_s < gap.end_s
        neighbours = [p for p in reel.parts if p.end_s == gap.begin_s or p.begin_s == gap.end_s]
        assert len(neighbours) >= 2


@pytest.mark.parametrize("at_s, toward, wanted", [(4.0, 0, 0), (9.0, 0, 1), (9.0, -1, 0), (4.0, 1, 1)])
def test_that_in_a_gap_the_nearer_end_is_taken_unless_a_direction_is_asked_for(
    at_s: float, toward: int, wanted: int
) -> None:
    reel = reel_of([_film(2.0, 0.0), _film(3.0, 10.0)])
    place, film_s = reel.locate(at_s, toward=toward)
    assert (place, film_s) == (wanted, 2.0 if wanted == 0 else 0.0)


def test_that_a_film_without_a_start_follows_the_one_before() -> None:
    reel = reel_of([_film(2.0, None, "a.mp4"), _film(3.0, None, "b.mp4")])
    assert [(part.film.path.name, part.begin_s) for part in reel.parts] == [("a.mp4", 0.0), ("b.mp4", 2.0)]
    assert reel.gaps == ()


def test_that_a_clock_time_enters_the_right_film(play: Play, numbered: Path, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        bench.panel.seek_wall(START + timedelta(seconds=SECOND_S + 7.05))
        await bench.until(lambda: bench.panel.deck.mount.part == 1)
        await bench.until_number(70)
        assert bench.caption.startswith(formats.clock(START + timedelta(seconds=17.0), decimals=3))
        assert "frame 71 / 200" in bench.caption
        assert "film 2 of 2 · long.mp4" in bench.panel.subtitle.whole
        bench.panel.clock_box.jump.setText("+1.01")
        QTest.keyClick(bench.panel.clock_box.jump, Qt.Key.Key_Return)
        await bench.until(lambda: bench.panel.deck.mount.part == 0)
        await bench.until_number(12)

    play(flow)


def test_that_steps_and_seconds_go_over_the_gap_both_ways(play: Play, numbered: Path, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        bench.panel.seek_wall(START + timedelta(seconds=GAP_BEGIN_S))
        await bench.until_number(FRAMES - 1)
        assert "(last frame)" not in bench.caption  # of the first film only
        bench.press(Qt.Key.Key_Period)
        await bench.until(lambda: bench.panel.deck.mount.part == 1)
        await bench.until_number(0)
        bench.press(Qt.Key.Key_Comma)
        await bench.until(lambda: bench.panel.deck.mount.part == 0)
        await bench.until_number(FRAMES - 1)
        bench.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        await bench.until(lambda: bench.panel.deck.mount.part == 1)
        await bench.until_number(0)
        bench.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await bench.until_number(FRAMES - 1)
        bench.press(Qt.Key.Key_End)
        await bench.until_number(199)
        assert "(last frame)" in bench.caption
        bench.press(Qt.Key.Key_Home)
        await bench.until(lambda: bench.panel.deck.mount.part == 0)
        await bench.until_number(0)

    play(flow)


def test_that_playing_goes_through_the_gap_as_a_cut_and_says_so(
    play: Play, numbered: Path, long_film: Path, player: str
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        crossed: list[float] = []
        bench.panel.deck.moving.gap_crossed.connect(crossed.append)
        bench.panel.deck.moving.set_rate(8.0)
        bench.panel.deck.play()
        await bench.until(lambda: crossed != [])
        assert crossed == [pytest.approx(SECOND_S - GAP_BEGIN_S, abs=0.01)]
        assert "nothing was recorded for 0:08.5" in bench.panel.stage.picture.notice
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(199)
        assert bench.panel.deck.position_s == pytest.approx(SECOND_S + 20.0)

    play(flow, player)


def test_that_running_backwards_goes_over_the_gap_too(play: Play, numbered: Path, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        bench.panel.deck.seek(SECOND_S + 0.3)
        await bench.until_number(3)
        bench.press(Qt.Key.Key_J)
        bench.press(Qt.Key.Key_J)
        bench.press(Qt.Key.Key_J)
        await bench.until(lambda: bench.panel.deck.mount.part == 0)
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(0)

    play(flow)


def test_that_the_bar_shows_the_gap_and_a_click_takes_its_nearer_end(
    play: Play, numbered: Path, long_film: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        bar = bench.panel.stage.bar
        picture = bar.grab().toImage()

        def colours(at_s: float) -> set[str]:
            x = round(bar.x_of(at_s))
            points = (QPointF(x + dx, y) for dx in range(8) for y in range(8, 18))
            return {QColor(picture.pixelColor(point.toPoint())).name() for point in points}

        assert len(colours(5.0)) > 1  # hatched
        assert len(colours(20.0)) == 1
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(round(bar.x_of(9.0)), bar.height() // 2))
        await bench.until(lambda: bench.panel.deck.mount.part == 1)
        await bench.until_number(0)
        # Outside of any task: the move turns Qt's loop, and a task cannot be entered from another one.
        over_gap = QPoint(round(bar.x_of(5.0)), bar.height() // 2)
        asyncio.get_running_loop().call_soon(QTest.mouseMove, bar, over_gap)
        await bench.until(lambda: bench.panel.stage.hover.isVisible())
        assert bench.panel.stage.hover.lines[0] == formats.clock(
            START + timedelta(seconds=bar.time_at(round(bar.x_of(5.0)))), decimals=3
        )

    play(flow)


def test_that_a_snapshot_of_the_second_film_lies_beside_it_with_its_own_times(
    play: Play, numbered: Path, long_film: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        saved: list[str] = []
        bench.panel.snapshots.saved.connect(saved.append)
        bench.panel.deck.seek(SECOND_S + 1.0)
        await bench.until(lambda: bench.panel.deck.mount.part == 1)
        await bench.until_number(10)
        bench.press(Qt.Key.Key_S)
        await bench.until(lambda: saved != [])
        assert Path(saved[0]) == long_film.with_name("long-frame-000011.png")

    play(flow)
    stamp = (START + timedelta(seconds=SECOND_S + 1.0)).isoformat(timespec="milliseconds")
    assert stamp.encode() in long_film.with_name("long-frame-000011.png").read_bytes()


def test_that_the_window_shows_every_film_that_fits_while_the_run_s_own_is_not_known(
    bench: Bench,
) -> None:
    state = finished()
    run = state.runs[RunId("r1")]
    assert [film.path.name for film in bench.workbench.looked.files.films_of(run)] == ["film.mp4"]
    first, facts = run.candidates[0], run.inspected[0].facts
    assert facts is not None
    second = replace(first, key="r/r1-again.mp4", etag="f")
    shorter = replace(facts, duration_s=2.0, last_frame_pts_s=1.9)
    more: list[Event] = [
        CandidatesFound(NOW, run.run_id, (first, second)),
        FilmSaved(NOW, run.run_id, second.key, "film-2.mp4", "cd" * 32, "CRC64NVME:y", checksum_matched=True),
        FilmInspected(NOW, run.run_id, second.key, shorter, "last_frame-2.png", ""),
    ]
    # Seen before the verdict: what comes later is none of its evidence.
    state = replace(state, runs={run.run_id: replace(run, judged=None)})
    both = fold(state, *more).runs[RunId("r1")]
    assert match_recording(both).kind is MatchKind.SEVERAL
    assert {film.path.name for film in bench.workbench.looked.files.films_of(both)} == {"film.mp4", "film-2.mp4"}
    bench.show(fold(state, *more))
    bench.film.clock_adjusted.emit(bench.folder / "film-2.mp4", 0.2)
    assert bench.commands.orders[-1] == ("adjust_film_clock", "r1", 0.2)


def test_that_a_time_of_which_nothing_was_recorded_is_not_passed_off_as_the_nearest_picture(
    play: Play, numbered: Path, long_film: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await shown(bench, numbered, long_film)
        picture, jump = bench.panel.stage.picture, bench.panel.clock_box.jump
        for asked_s, number in ((2.5, FRAMES - 1), (3600.0, 199)):
            at = START + timedelta(seconds=asked_s)
            jump.setText(formats.clock(at, decimals=3))
            QTest.keyClick(jump, Qt.Key.Key_Return)
            await bench.until_number(number)
            assert (
                picture.notice
                == f"Nothing was recorded at {formats.clock(at, decimals=3)}: this is the nearest picture."
            )
        picture.show_notice("")
        bench.panel.seek_wall(START + timedelta(seconds=SECOND_S + 1.0))
        await bench.until_number(10)
        assert picture.notice == ""

    play(flow)
