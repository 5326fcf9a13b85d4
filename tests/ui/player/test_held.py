"""Films of variable rate, in which one picture is shown for long; damaged ends; a single picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from rdpgui.core.errors import RdpguiError
from rdpgui.i18n import set_language
from rdpgui.media.playback import FilmPlayback
from rdpgui.ui.player.pyav_backend import PyavBackend
from tests.helpers import corpus
from tests.ui.player.conftest import HEIGHT, WIDTH, PlayerBench, facts_of
from tests.ui.player.test_playing import MuteBackend

Play = Callable[..., Any]
HELD_S = 6
BEFORE = 10


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


def test_that_a_second_on_leaves_a_picture_that_is_shown_for_longer(play: Play, held: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(held)
        for number in (BEFORE - 1, BEFORE, 19):
            bench.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
            await bench.until_number(number)
        bench.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await bench.until_number(BEFORE - 1)

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
        deck.set_rate(8.0)
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


def test_that_the_player_that_took_over_is_not_named_over_the_next_film(play: Play, held: Path, numbered: Path) -> None:
    odd = MuteBackend(RdpguiError("This film is too odd."))

    async def flow(bench: PlayerBench) -> None:
        bench.use([lambda _parent: odd, partial(PyavBackend, FilmPlayback)])
        await bench.show(held)
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
        await bench.until(lambda: "正しく復号できません" in bench.panel.stage.strip.toolTip())
        await bench.until(lambda: bench.panel.stage.strip.count >= 5)  # the pictures around the damage are there
        bench.panel.show_film(held, facts_of(held), starts_at=None, lab=False)
        assert bench.panel.stage.strip.toolTip() == ""
        await bench.until_number(0)

    play(flow)
