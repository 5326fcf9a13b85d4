"""A film that stands: exact frames by key, by clock, by marker, by mouse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from rdpgui.core.film import FilmFacts
from rdpgui.i18n import set_language
from rdpgui.media.still_service import OpenStills
from rdpgui.ui import formats
from rdpgui.ui.film_port import FilmOrigin, FilmView, PlacedFilm
from rdpgui.ui.player.seek_bar import SeekBar
from tests.ui.player.conftest import FPS, FRAMES, START, PlayerBench, facts_of

Play = Callable[..., Any]


def _at(frame: float) -> timedelta:
    return timedelta(seconds=frame / FPS)


def test_that_stepping_goes_exactly_one_frame_both_ways(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        for number in range(1, FRAMES):
            bench.press(Qt.Key.Key_Period)
            await bench.until_number(number)
            assert f"frame {number + 1} / {FRAMES}" in bench.caption
        bench.press(Qt.Key.Key_Right)
        await bench.until_number(FRAMES - 1)
        for number in range(FRAMES - 2, -1, -1):
            bench.press(Qt.Key.Key_Comma)
            await bench.until_number(number)
        bench.press(Qt.Key.Key_Left)
        await bench.until_number(0)

    play(flow)


def test_that_steps_pressed_faster_than_decoded_add_up(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        for _press in range(9):
            bench.press(Qt.Key.Key_Period)
        await bench.until_number(9)
        bench.panel.seek_end()
        for _press in range(3):
            bench.press(Qt.Key.Key_Comma)
        await bench.until_number(FRAMES - 4)

    play(flow)


@pytest.mark.parametrize("key, number", [(Qt.Key.Key_Home, 0), (Qt.Key.Key_End, FRAMES - 1)])
def test_that_home_and_end_show_the_first_and_the_last_frame(
    play: Play, numbered: Path, key: Qt.Key, number: int
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bench.panel.deck.seek(0.7)
        await bench.until_number(8)
        bench.press(key)
        await bench.until_number(number)
        assert bench.panel.deck.standing.at_last_frame == (number == FRAMES - 1)

    play(flow)


def test_that_shift_and_arrows_go_a_second(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bench.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        await bench.until_number(FPS)
        bench.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await bench.until_number(0)

    play(flow)


def test_that_an_instant_shows_the_frame_of_that_instant(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        view: FilmView = bench.panel
        await bench.show(numbered)
        view.seek_wall(START + _at(7.5))
        await bench.until_number(7)
        view.seek_wall(START - timedelta(minutes=5))
        await bench.until_number(0)
        view.seek_wall(START + timedelta(minutes=5))
        await bench.until_number(FRAMES - 1)

    play(flow)


def test_that_the_end_can_be_asked_for_before_the_film_is_open(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=START, lab=True)
        bench.panel.seek_end()
        await bench.until_number(FRAMES - 1)
        assert "(last frame)" in bench.caption

    play(flow)


def test_that_a_typed_clock_time_is_sought(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        jump = bench.panel.clock_box.jump
        local = (START + timedelta(seconds=1.01)).astimezone()
        QTest.keyClicks(jump, local.strftime("%H:%M:%S.%f")[:-3])
        QTest.keyClick(jump, Qt.Key.Key_Return)
        await bench.until_number(12)
        jump.clear()
        QTest.keyClicks(jump, "+0.51")
        QTest.keyClick(jump, Qt.Key.Key_Return)
        await bench.until_number(6)
        jump.clear()
        QTest.keyClicks(jump, "half past nine")
        QTest.keyClick(jump, Qt.Key.Key_Return)
        assert "Type a time" in bench.panel.stage.picture.notice
        assert bench.number == 6

    play(flow)


def test_that_a_click_on_a_marker_seeks_its_instant_and_says_which(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        instant = START + _at(10.2)
        bench.panel.set_markers([(START - timedelta(hours=1), "before", "ok"), (instant, "stopping", "warn")])
        clicked: list[object] = []
        bench.panel.on_clock.marker_clicked.connect(clicked.append)
        bar = bench.panel.stage.bar
        x = round(bar.x_of(10.2 / FPS)) + 3
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(x, bar.height() // 2))
        await bench.until_number(10)
        assert clicked == [instant]

    play(flow)


def test_that_a_click_on_the_bar_seeks_there(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bar = bench.panel.stage.bar
        x = round(bar.x_of(13.5 / FPS))
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(x, bar.height() // 2))
        await bench.until_number(13)

    play(flow)


def test_that_the_mouse_over_the_bar_names_the_event_and_shows_the_picture(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bench.panel.set_markers([(START + _at(6), "the guest went down", "bad")])
        bar, hover = bench.panel.stage.bar, bench.panel.stage.hover
        bar.hovered.emit(6 / FPS)
        assert hover.isVisible()
        assert hover.lines[1] == "the guest went down"
        bar.left.emit()
        assert not hover.isVisible()

    play(flow)


def test_that_thumbnails_fill_the_strip_and_seek(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        strip = bench.panel.stage.strip
        await bench.until(lambda: strip.count == 10)
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 4, strip.height() // 2))
        await bench.until_number(FRAMES - 1)
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(4, strip.height() // 2))
        await bench.until_number(0)

    play(flow)


def test_that_a_snapshot_is_the_exact_frame_with_its_times_in_the_metadata(
    play: Play, numbered: Path, tmp_path: Path
) -> None:
    film = tmp_path / "copy.mp4"
    film.write_bytes(numbered.read_bytes())

    async def flow(bench: PlayerBench) -> Path:
        await bench.show(film, lab=True)
        bench.panel.deck.seek(0.5)
        await bench.until_number(6)
        taken: list[str] = []
        bench.panel.snapshots.saved.connect(taken.append)
        bench.press(Qt.Key.Key_S)
        await bench.until(lambda: bool(taken))
        assert "Saved as copy-frame-000007.png" in bench.panel.stage.picture.notice
        return Path(taken[0])

    path = play(flow)
    assert path.stat().st_mode & 0o777 == 0o600
    image = QImage(str(path))
    assert (image.width(), image.height()) == (192, 108)
    assert image.text("Frame") == "7"
    assert image.text("Wall clock") == "2026-03-01T12:00:00.500+00:00"
    assert image.text("Environment") == "LAB"


@pytest.mark.logs("cannot be written")
def test_that_a_snapshot_that_cannot_be_written_says_why(play: Play, numbered: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    film = folder / "copy.mp4"
    film.write_bytes(numbered.read_bytes())

    async def flow(bench: PlayerBench) -> None:
        await bench.show(film)
        film.unlink()
        folder.rmdir()
        bench.press(Qt.Key.Key_S)
        await bench.until(lambda: "cannot be written" in bench.panel.stage.picture.notice)
        assert bench.number == 0

    play(flow)


def test_that_a_recording_is_titled_by_its_instance_and_session_and_a_file_by_its_name(
    play: Play, numbered: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        facts, begun = facts_of(numbered), formats.day_clock(START)

        def title(**named: Any) -> str:
            bench.panel.show_films([PlacedFilm(numbered, facts, START, **named)], lab=True)
            return bench.panel.subtitle.whole.partition(" · 192×108")[0]

        assert title(origin=FilmOrigin("web-01", "i-1", START)) == f"web-01 (i-1) · session of {begun}"
        assert title(origin=FilmOrigin("", "i-1", START)) == f"i-1 · session of {begun}"
        assert title(name="key.mp4") == "key.mp4"
        assert title() == "shown.mp4"
        set_language("ja")
        assert title(origin=FilmOrigin("web-01", "i-1", START)) == f"web-01（i-1） · {begun} のセッション"
        await bench.until_number(0)

    play(flow)


@pytest.mark.parametrize("content", [b"", b"<Error><Code>AccessDenied</Code></Error>", bytes(4096)])
@pytest.mark.logs("film open")
def test_that_what_is_not_a_film_is_named_with_a_remedy(play: Play, tmp_path: Path, content: bytes) -> None:
    film = tmp_path / "odd.mp4"
    film.write_bytes(content)
    facts = FilmFacts("mp4", "h264", 640, 360, len(content), 10.0, 9.9)

    async def flow(bench: PlayerBench) -> None:
        bench.panel.show_film(film, facts, starts_at=None, lab=False)
        await bench.until(lambda: "odd.mp4" in bench.panel.stage.picture.message[0])
        assert bench.panel.stage.picture.message[1] != ""

    play(flow)


@pytest.mark.logs("film open")
def test_that_a_film_that_vanished_is_named(play: Play, tmp_path: Path) -> None:
    facts = FilmFacts("mp4", "h264", 640, 360, 1, 10.0, 9.9)

    async def flow(bench: PlayerBench) -> None:
        bench.panel.show_film(tmp_path / "gone.mp4", facts, starts_at=None, lab=False)
        await bench.until(lambda: "gone.mp4" in bench.panel.stage.picture.message[0])

    play(flow)


def test_that_a_cut_film_still_shows_its_last_whole_frame(play: Play, numbered: Path, tmp_path: Path) -> None:
    film = tmp_path / "cut.mp4"
    data = numbered.read_bytes()
    film.write_bytes(data[: len(data) * 7 // 10])
    facts = facts_of(film)
    assert facts.truncated

    async def flow(bench: PlayerBench) -> int:
        bench.panel.show_film(film, facts, starts_at=START, lab=False)
        bench.panel.seek_end()
        await bench.until(lambda: "(last frame)" in bench.caption)
        number = bench.number
        assert number is not None
        return number

    assert play(flow) == round(facts.last_frame_pts_s * FPS)


def test_that_without_a_start_the_films_own_time_is_shown(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=None, lab=False)
        bench.panel.seek_end()
        await bench.until_number(FRAMES - 1)
        assert bench.caption.startswith("+0:01.41")

    play(flow)


def test_that_full_screen_takes_the_film_and_gives_it_back(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bench.press(Qt.Key.Key_F)
        windows = [w for w in QApplication.topLevelWidgets() if w.objectName() == "film_full_screen_window"]
        assert [w.isFullScreen() for w in windows] == [True]
        bench.press(Qt.Key.Key_Period)
        await bench.until_number(1)
        bench.press(Qt.Key.Key_Escape)
        assert bench.panel.isAncestorOf(bench.panel.stage)
        bench.press(Qt.Key.Key_Period)
        await bench.until_number(2)

    play(flow)


def test_that_keys_do_nothing_without_a_film(play: Play) -> None:
    async def flow(bench: PlayerBench) -> None:
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Period, Qt.Key.Key_End, Qt.Key.Key_S, Qt.Key.Key_BracketLeft):
            bench.press(key)
        bench.panel.seek_wall(START)
        bench.panel.seek_end()
        assert bench.panel.stage.picture.message[0] == "No film yet"

    play(flow)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_the_empty_place_of_the_film_offers_to_open_one(play: Play, numbered: Path, language: str) -> None:
    async def flow(bench: PlayerBench) -> None:
        set_language(language)
        bench.panel.retranslate()
        picture = bench.panel.stage.picture
        (offer,) = picture.findChildren(QPushButton)
        wanted: list[str] = []
        bench.panel.open_requested.connect(lambda: wanted.append("open"))
        assert offer.isVisible()
        assert offer.width() >= offer.sizeHint().width()
        assert picture.rect().contains(offer.geometry())
        QTest.mouseClick(offer, Qt.MouseButton.LeftButton)
        assert wanted == ["open"]
        bench.panel.clear("The run left no film.")
        assert offer.isVisible(), "what is said there is short, too"
        picture.resize(240, 112)
        bench.panel.clear("This sentence is so long that it needs more than one line of what is left. " * 4)
        assert not offer.isVisible(), "it would lie on the words"
        picture.resize(760, 400)
        assert offer.isVisible(), "there is room again"
        await bench.show(numbered)
        assert not offer.isVisible()

    try:
        play(flow)
    finally:
        set_language("en")


def test_that_a_place_on_the_bar_and_its_time_are_each_others_inverse(qtbot: Any) -> None:
    bar = SeekBar()
    qtbot.addWidget(bar)
    bar.resize(500, 26)
    bar.set_film(65.9, ())
    for at_s in (0.0, 1.0, 33.3, 65.9):
        assert bar.time_at(bar.x_of(at_s)) == pytest.approx(at_s)
    assert bar.time_at(-50) == 0.0
    assert bar.time_at(9999) == 65.9


def test_that_a_film_is_not_asked_for_thumbnails_when_the_window_closes_while_it_is_opened(
    play: Play, numbered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def flow(bench: PlayerBench) -> None:
        opened, ended = asyncio.Event(), Future[None]()
        whole_open, whole_close = bench.stills.open, bench.panel.deck.close

        async def open_noted(source: PurePath, *, name: str = "") -> OpenStills:
            film = await whole_open(source, name=name)
            opened.set()
            return film

        def close_late() -> Future[None]:
            whole_close()
            return ended

        monkeypatch.setattr(bench.stills, "open", open_noted)
        monkeypatch.setattr(bench.panel.deck, "close", close_late)
        bench.panel.show_film(numbered, facts_of(numbered, ()), starts_at=START, lab=False)
        closing = asyncio.create_task(bench.panel.aclose())
        await opened.wait()
        await asyncio.sleep(0)
        ended.set_result(None)
        await closing
        assert "film thumbnails" not in bench.tasks.names
        assert bench.panel.stage.strip.count == 0

    play(flow)
