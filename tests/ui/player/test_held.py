"""Films of variable rate, in which one picture is shown for long; damaged ends; a single picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from rdpgui.core.errors import RdpguiError
from rdpgui.i18n import set_language
from rdpgui.media.playback import FilmPlayback
from rdpgui.ui import formats
from rdpgui.ui.player.pyav_backend import PyavBackend
from tests.helpers import corpus
from tests.ui.player.conftest import HEIGHT, START, WIDTH, PlayerBench, facts_of
from tests.ui.player.test_playing import MuteBackend

Play = Callable[..., Any]
HELD_S = 6
HOUR_S = 3600
BEFORE = 10


def clock_of(film_s: float) -> str:
    return formats.clock(START + timedelta(seconds=film_s), decimals=3)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """Frames 0 to 9 at 10 a second, the last of them shown for 6 s; then ten more."""
    made = corpus.encode(corpus.Shape("held", WIDTH, HEIGHT, 10, 20, gop=5))
    late = HELD_S * 10
    packets = tuple(
        replace(packet, pts=packet.pts + late * (at >= BEFORE), dts=packet.dts + late * (at >= BEFORE))
        for at, packet in enumerate(made.packets)
    )
    return corpus.write(replace(made, packets=packets), tmp_path / "held.mp4", "+faststart")


@pytest.fixture
def long_last(tmp_path: Path) -> Path:
    """Twenty frames at 10 a second, the last of them shown for an hour."""
    made = corpus.encode(corpus.Shape("last", WIDTH, HEIGHT, 10, 20, gop=5))
    last = replace(made.packets[-1], duration=round(Fraction(HOUR_S) / made.time_base))
    whole = replace(made, packets=(*made.packets[:-1], last))
    return corpus.write(whole, tmp_path / "last.mp4", "+faststart")


@pytest.mark.case("F6")
def test_that_a_second_on_is_a_second_of_the_film_whatever_is_shown(play: Play, held: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(held)
        for second in range(1, HELD_S + 3):
            bench.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
            await bench.until_number(BEFORE - 1 if second < 7 else 10 * (second - HELD_S))
            assert bench.panel.deck.position_s == second
            if second == 7:
                break
        bench.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await bench.until_number(BEFORE - 1)
        assert bench.panel.deck.position_s == 6.0

    play(flow)


@pytest.mark.case("F6")
def test_that_the_time_asked_for_stays_and_is_named_beside_the_pictures_own(play: Play, held: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(held)
        deck = bench.panel.deck
        told: list[float] = []
        bench.panel.position_changed.connect(told.append)
        deck.seek(4.0)
        await bench.until_number(BEFORE - 1)
        assert set(told) == {4.0}
        assert bench.caption == f"{clock_of(0.9)}   frame 10 / 20   also shown at {clock_of(4.0)}"
        time_shown = bench.panel.stage.transport.findChild(QLabel, "film_time")
        assert isinstance(time_shown, QLabel)
        assert time_shown.text() == "0:04.0 / 0:08.0"
        frame = bench.panel.frame
        assert frame is not None
        assert frame.film_s == pytest.approx(0.9)  # what a person sees is the picture, not the time asked for
        bench.press(Qt.Key.Key_Comma)
        await bench.until_number(BEFORE - 2)
        assert deck.position_s == pytest.approx(0.8)
        assert "shown" not in bench.caption

    play(flow)


@pytest.mark.case("F6")
def test_that_the_axis_reaches_the_end_of_a_last_picture_that_is_held(play: Play, long_last: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_last)
        deck, bar, strip = bench.panel.deck, bench.panel.stage.bar, bench.panel.stage.strip
        end_s = 1.9 + HOUR_S
        assert bar.time_at(bar.width()) == pytest.approx(end_s)
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, bar.height() // 2))
        await bench.until_number(19)
        assert deck.position_s == pytest.approx(HOUR_S / 2, abs=20)
        assert "(last frame)" in bench.caption
        assert f"also shown at {clock_of(deck.position_s)}" in bench.caption
        bench.press(Qt.Key.Key_End)
        await bench.until_number(19)
        assert deck.position_s == pytest.approx(end_s)
        assert bench.caption == f"{clock_of(1.9)}   frame 20 / 20 (last frame)   shown until {clock_of(end_s)}"
        await bench.until(lambda: strip.count == 10)
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() // 2 + 30, 5))
        assert deck.position_s == pytest.approx(HOUR_S * 5 / 9, abs=2)
        await bench.until_number(19)

    play(flow)


@pytest.mark.case("F6")
def test_that_playing_goes_on_from_the_time_asked_for_under_a_held_picture(
    play: Play, long_last: Path, player: str
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_last)
        deck = bench.panel.deck
        deck.seek(1800.0)
        await bench.until_number(19)
        deck.moving.set_rate(32.0)
        deck.play()
        await bench.until(lambda: deck.position_s > 1816.0)
        assert deck.playing
        assert bench.number == 19
        deck.pause()
        await bench.until_number(19)
        stood_s = deck.position_s
        assert stood_s > 1816.0
        deck.seek(1.9 + HOUR_S - 6.0)
        deck.play()
        await bench.until(lambda: not deck.playing)
        await bench.until_number(19)
        assert deck.position_s == pytest.approx(1.9 + HOUR_S)
        deck.moving.set_rate(1.0)
        deck.play()  # from the start: there is nothing more
        await bench.until(lambda: deck.playing and deck.position_s < 2.0)

    play(flow, player)


@pytest.mark.case("F6")
def test_that_a_single_picture_of_ten_seconds_is_played_from_its_middle(play: Play, tmp_path: Path) -> None:
    made = corpus.encode(corpus.Shape("one", WIDTH, HEIGHT, 10, 1))
    long = replace(made.packets[0], duration=round(Fraction(10) / made.time_base))
    film = corpus.write(replace(made, packets=(long,)), tmp_path / "one.mp4", "+faststart")

    async def flow(bench: PlayerBench) -> None:
        await bench.show(film)
        deck = bench.panel.deck
        deck.seek(5.0)
        await bench.until_number(0)
        assert deck.position_s == 5.0
        deck.moving.set_rate(2.0)
        deck.play()
        assert deck.playing
        await bench.until(lambda: deck.position_s > 5.5)
        deck.moving.set_rate(32.0)
        await bench.until(lambda: not deck.playing)
        assert deck.position_s == pytest.approx(10.0)

    play(flow)


def test_that_time_goes_on_under_a_picture_that_is_shown_for_long(play: Play, held: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(held)
        deck = bench.panel.deck
        deck.seek(0.9)
        await bench.until_number(BEFORE - 1)
        deck.play()
        await bench.until(lambda: 2.0 < deck.position_s < 5.0)
        assert bench.number == BEFORE - 1
        deck.pause()
        await bench.until_number(BEFORE - 1)
        deck.moving.set_rate(8.0)
        deck.play()
        await bench.until(lambda: not deck.playing)
        await bench.until_number(19)

    play(flow)


def test_that_a_last_frame_before_damaged_ones_is_called_the_last_that_decodes(play: Play, tmp_path: Path) -> None:
    shape = corpus.Shape("whole", WIDTH, HEIGHT, 10, 30, gop=10)
    film = corpus.write(corpus.encode(shape), tmp_path / "film.mp4", "+faststart")
    data = bytearray(film.read_bytes())
    end = data.index(b"mdat") + 4
    tail = (len(data) - end) // 10
    data[-tail:] = bytes(tail)
    film.write_bytes(data)

    async def flow(bench: PlayerBench) -> None:
        await bench.show(film)
        bench.panel.seek_end()
        await bench.until(lambda: "(last that decodes)" in bench.caption)
        assert f"frame {(bench.number or 0) + 1} / 30" in bench.caption

    play(flow)


def test_that_a_single_picture_is_not_played(play: Play, tmp_path: Path) -> None:
    shape = corpus.Shape("one", WIDTH, HEIGHT, 10, 1)
    film = corpus.write(corpus.encode(shape), tmp_path / "one.mp4", "+faststart")

    async def flow(bench: PlayerBench) -> None:
        await bench.show(film)
        bench.panel.deck.play()
        assert not bench.panel.deck.playing
        assert "(last frame)" in bench.caption

    play(flow)


def test_that_the_player_that_took_over_is_not_named_over_the_next_film(
    play: Play, long_film: Path, numbered: Path
) -> None:
    odd = MuteBackend(RdpguiError("This film is too odd."))

    async def flow(bench: PlayerBench) -> None:
        bench.use([lambda _parent: odd, partial(PyavBackend, FilmPlayback)])
        await bench.show(long_film)
        bench.panel.deck.play()
        await bench.until(lambda: "played by PyAV" in bench.panel.subtitle.whole)
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=None, lab=False)
        assert "played by" not in bench.panel.subtitle.whole
        await bench.until_number(0)

    play(flow)


def test_that_a_damaged_thumbnail_says_why_in_the_language_in_use_and_only_over_its_film(
    play: Play, held: Path, tmp_path: Path
) -> None:
    shape = corpus.Shape("whole", WIDTH, HEIGHT, 10, 30, gop=5)
    data = bytearray(corpus.write(corpus.encode(shape), tmp_path / "whole.mp4", "+faststart").read_bytes())
    middle = (data.index(b"mdat") + len(data)) // 2
    data[middle : middle + 3000] = bytes(3000)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)

    async def flow(bench: PlayerBench) -> None:
        set_language("ja")
        await bench.show(damaged)
        await bench.until(lambda: "正しくデコードできません" in bench.panel.stage.strip.toolTip())
        await bench.until(lambda: bench.panel.stage.strip.count >= 5)  # the pictures around the damage are there
        bench.panel.show_film(held, facts_of(held), starts_at=None, lab=False)
        assert bench.panel.stage.strip.toolTip() == ""
        await bench.until_number(0)

    play(flow)
