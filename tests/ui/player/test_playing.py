"""A playing film: what is on the screen, and what happens when a player fails."""

from __future__ import annotations

import asyncio
import itertools
import struct
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path, PurePath
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QTransform

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Span, SpanBasis
from rdpgui.media.playback import FilmPlayback
from rdpgui.ui.player import film_text
from rdpgui.ui.player.backend import BackendFactory, BackendMissing, RemoteMedia
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.pyav_backend import PyavBackend
from rdpgui.ui.player.vlc_backend import VlcBackend
from tests.helpers import corpus
from tests.ui.player.conftest import (
    FPS,
    FRAMES,
    HEIGHT,
    START,
    WIDTH,
    PlayerBench,
    facts_of,
    film_threads,
    number_on,
)

Play = Callable[..., Any]


class MuteBackend(QObject):
    """A player that shows nothing and says nothing, or only that it failed."""

    picture = Signal(QImage, float)
    ended = Signal()
    failed = Signal(object)

    def __init__(self, error: RdpguiError | None = None) -> None:
        super().__init__()
        self.name = "mute"
        self.needs_url = False
        self.played = 0
        self.decoded_frames = 0
        self.film_s: float | None = None
        self._error = error

    def open(self, source: PurePath | RemoteMedia, width: int, height: int) -> None:
        """Nothing."""

    def play(self, from_s: float, rate: float) -> None:
        self.played += 1
        if self._error is not None:
            self.failed.emit(self._error)

    def seek(self, to_s: float) -> None:
        """Nothing."""

    def set_rate(self, rate: float) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""

    def close(self) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done


def _giving(backend: MuteBackend) -> BackendFactory:
    def make(_parent: QObject) -> MuteBackend:
        return backend

    return make


def test_that_a_film_plays_to_its_last_frame_which_stays(play: Play, player: str, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        shown: list[int | None] = []
        bench.panel.deck.moving_picture.connect(lambda _image: shown.append(bench.number))
        bench.press(Qt.Key.Key_Space)
        assert bench.panel.deck.playing
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)
        assert "frame 18 / 18 (last frame)" in bench.caption
        moving = [number for number in shown if number is not None]
        assert len(set(moving)) > 2  # how many more is the machine's business
        assert moving == sorted(moving)

    play(flow, player)


def test_that_playing_again_at_the_end_begins_at_the_start(play: Play, player: str, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bench.panel.seek_end()
        await bench.until_number(FRAMES - 1)
        bench.panel.deck.play()
        await bench.until(lambda: bench.number is not None and bench.number < FRAMES // 2)

    play(flow, player)


def test_that_pausing_stands_on_the_exact_frame_that_the_caption_names(
    play: Play, player: str, long_film: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.deck.play()
        await bench.until(lambda: (bench.number or 0) >= 5)
        seen = bench.number or 0
        bench.press(Qt.Key.Key_K)
        await bench.until(lambda: not bench.panel.deck.desk.waiting and "frame" in bench.caption)
        number = bench.number
        assert number is not None
        assert f"frame {number + 1} / 200" in bench.caption
        # libvlc tells its time to a frame; what went by between the look and the key is a busy machine's.
        assert seen - 1 <= number <= seen + 8

    play(flow, player)


def test_that_a_playing_film_goes_on_where_it_is_sent(play: Play, player: str, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.deck.play()
        await bench.until(lambda: (bench.number or 0) >= 2)
        bench.panel.deck.seek(12.0)
        await bench.until(lambda: 118 <= (bench.number or 0) <= 150)
        assert bench.panel.deck.playing

    play(flow, player)


@pytest.mark.case("S5")
@pytest.mark.parametrize(
    ("b_frames", "flags", "offset"),
    [(0, "+faststart", 30), (2, "+frag_keyframe+empty_moov", 0), (2, "+faststart+negative_cts_offsets", 0)],
    ids=["begins-late", "fragmented", "signed-offsets"],
)
def test_that_the_time_of_a_moving_picture_is_its_own(
    play: Play, player: str, tmp_path: Path, b_frames: int, flags: str, offset: int
) -> None:
    """libvlc counts an empty edit, and its clock is ahead of reordered pictures."""
    shape = corpus.Shape("odd", WIDTH, HEIGHT, 10, 60, gop=20, b_frames=b_frames)
    film = corpus.write(corpus.encode(shape), tmp_path / "odd.mp4", flags, offset=offset)
    seen: set[int] = set()

    def look(bench: PlayerBench) -> None:
        position_s, number = bench.panel.deck.position_s, bench.number
        if bench.panel.deck.motion.playing and number is not None and number > 12:
            assert abs(position_s * 10 - number) < 2
            seen.add(number)

    async def flow(bench: PlayerBench) -> None:
        await bench.show(film)
        bench.panel.deck.seek(1.0)
        await bench.until_number(10)
        bench.panel.deck.play()
        bench.panel.deck.moving_picture.connect(lambda _image: look(bench))
        await bench.until(lambda: len(seen) >= 5)

    play(flow, player)


@pytest.mark.case("F12")
def test_that_the_time_told_at_high_speed_is_the_pictures(play: Play, player: str, long_film: Path) -> None:
    apart_s: list[float] = []

    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        deck = bench.panel.deck

        def look() -> None:
            number = bench.number
            if deck.motion.playing and number is not None:
                apart_s.append(deck.motion.position_s - number / 10)

        deck.moving.set_rate(32.0)
        deck.moving_picture.connect(look)
        deck.play()
        while deck.playing:
            await asyncio.sleep(0.005)  # between the pictures, too
            look()
        await bench.until_number(199)

    play(flow, player)
    assert len(apart_s) >= 2
    assert max(map(abs, apart_s)) <= 0.5


@pytest.mark.case("S5")
@pytest.mark.parametrize("at_s", [2.5, 11.0, 17.9])
def test_that_a_picture_and_the_time_told_with_it_travel_as_one(play: Play, long_film: Path, at_s: float) -> None:
    """Nothing is waited for between the player's word and the look: a timer that tells the time apart would be late."""
    mute = MuteBackend()
    painted = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painted.fill(Qt.GlobalColor.red)

    async def flow(bench: PlayerBench) -> None:
        bench.use([_giving(mute)])
        await bench.show(long_film)
        bench.panel.deck.play()
        told: list[float] = []
        bench.panel.position_changed.connect(told.append)
        bench.panel.deck.moving_picture.connect(lambda _image: told.append(bench.panel.deck.position_s))
        mute.picture.emit(painted, at_s)
        assert told == [at_s, at_s]
        assert bench.panel.stage.picture.image.pixelColor(0, 0) == painted.pixelColor(0, 0)
        assert film_text.moving_caption(FilmClock(START, 0.0), at_s, 1.0) == bench.caption
        bench.panel.deck.pause()
        assert bench.panel.deck.position_s == at_s
        await bench.until_number(int(at_s * 10))

    play(flow)


@pytest.mark.parametrize("player", [pytest.param("auto", marks=pytest.mark.libvlc)])
def test_that_a_turned_film_moves_as_its_stills_stand(play: Play, player: str, long_film: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    turned.write_bytes(turned_half(long_film.read_bytes()))
    assert facts_of(turned).libvlc_differs

    async def flow(bench: PlayerBench) -> None:
        panel = bench.panel
        panel.show_film(turned, facts_of(turned), starts_at=START, lab=False)
        picture = panel.stage.picture

        def number() -> int | None:
            upright = picture.image.transformed(QTransform().rotate(180))
            return number_on(upright, QRectF(upright.rect()))

        await bench.until(lambda: not picture.image.isNull())
        assert number() == 0
        panel.deck.play()
        await bench.until(lambda: panel.deck.motion.playing and 2 <= (number() or 0) < 30)

    play(flow, player)


def turned_half(film: bytes) -> bytes:
    """Return a film whose track is shown upside down. Source: ISO/IEC 14496-12 §8.3.2 (tkhd, version 0)."""
    at = film.index(b"tkhd") + 4 + 40
    matrix = struct.pack(">9i", -0x10000, 0, 0, 0, -0x10000, 0, WIDTH << 16, HEIGHT << 16, 1 << 30)
    return film[:at] + matrix + film[at + 36 :]


def test_that_a_faster_film_ends_sooner(play: Play, player: str, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.stage.transport.step_rate(5)
        assert bench.panel.deck.moving.rate == 32.0
        begun_mono_s = time.monotonic()
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        assert time.monotonic() - begun_mono_s < 19.0  # it lasts 20 s; no speed of the machine, only of the film
        await bench.until_number(199)

    play(flow, player)


def test_that_idle_stretches_are_skipped(play: Play, player: str, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film, idle=(Span(1.0, 18.5, SpanBasis.PICTURES),))
        bench.panel.stage.transport.toggle_skip_idle()
        positions: list[float] = []
        bench.panel.position_changed.connect(positions.append)
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        assert not [at for at in positions if 4.0 < at < 17.0]
        assert [at for at in positions if at < 2.0]

    play(flow, player)


def test_that_a_loop_goes_back_to_its_begin(play: Play, player: str, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.deck.seek(2.0)
        await bench.until_number(20)
        bench.press(Qt.Key.Key_BracketLeft)
        bench.panel.deck.seek(3.0)
        await bench.until_number(30)
        bench.press(Qt.Key.Key_BracketRight)
        positions: list[float] = []
        bench.panel.position_changed.connect(positions.append)
        bench.panel.deck.play()
        await bench.until(lambda: _falls(positions) >= 2)
        assert min(positions) >= 1.9
        assert max(positions) <= 3.7

    play(flow, player)


def _falls(positions: list[float]) -> int:
    return sum(after < before - 0.5 for before, after in itertools.pairwise(positions))


def test_that_j_runs_backwards(play: Play, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.deck.seek(5.0)
        await bench.until_number(50)
        bench.press(Qt.Key.Key_J)
        await bench.until(lambda: (bench.number or 99) < 46)
        bench.press(Qt.Key.Key_K)
        assert not bench.panel.deck.playing

    play(flow)


def test_that_another_film_replaces_a_playing_one(play: Play, player: str, long_film: Path, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.deck.play()
        await bench.until(lambda: (bench.number or 0) >= 2)
        await bench.show(numbered)
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)

    play(flow, player)


def test_that_closing_while_playing_leaves_no_thread(play: Play, player: str, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(long_film)
        bench.panel.deck.play()
        await bench.until(lambda: (bench.number or 0) >= 1)
        assert [name for name in film_threads() if not name.startswith("film-stills")] != []

    play(flow, player)  # the fixture closes it and waits for the threads


def test_that_playing_does_not_wait_for_the_film_to_be_opened(play: Play, player: str, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        await bench.show(numbered)
        bench.panel.clear()
        assert bench.panel.stage.picture.message[0] == "No film yet"
        await bench.show(numbered)
        bench.panel.deck.play()
        bench.panel.deck.pause()
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)

    play(flow, player)


def test_that_pyav_plays_where_libvlc_is_missing_and_says_so(
    play: Play, numbered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vlc", None)

    async def flow(bench: PlayerBench) -> None:
        bench.use([VlcBackend, partial(PyavBackend, FilmPlayback)])
        await bench.show(numbered)
        bench.panel.deck.play()
        await bench.until(lambda: bench.panel.deck.motion.players.name == "PyAV")
        assert "libvlc cannot be loaded" in bench.panel.stage.picture.notice
        assert "PyAV plays instead" in bench.panel.stage.picture.notice
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)
        assert "played by PyAV" in bench.panel.subtitle.whole

    play(flow)


def test_that_a_player_without_pictures_is_replaced(play: Play, numbered: Path) -> None:
    mute = MuteBackend()

    async def flow(bench: PlayerBench) -> None:
        bench.use([_giving(mute), partial(PyavBackend, FilmPlayback)])
        await bench.show(numbered)
        bench.panel.deck.seek(0.5)
        await bench.until_number(FPS // 2)
        bench.panel.deck.play()
        bench.let_the_time_for_a_picture_run_out()
        assert "mute showed no new picture" in bench.panel.stage.picture.notice
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)

    play(flow)


def test_that_a_missing_player_is_not_asked_again_but_a_failing_one_is(play: Play, numbered: Path) -> None:
    missing, failing = MuteBackend(BackendMissing("Not here.")), MuteBackend(RdpguiError("This film is too odd."))

    async def flow(bench: PlayerBench) -> None:
        bench.use([_giving(missing), _giving(failing), partial(PyavBackend, FilmPlayback)])
        for _film in range(2):
            await bench.show(numbered)
            bench.panel.deck.play()
            await bench.until(lambda: bench.panel.deck.motion.players.name == "PyAV")
        assert (missing.played, failing.played) == (1, 2)

    play(flow)


def test_that_the_still_stays_and_the_reason_is_named_when_no_player_is_left(play: Play, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        bench.use([_giving(MuteBackend(RdpguiError("The player broke.", "Try another one.")))])
        await bench.show(numbered)
        bench.panel.deck.play()
        assert not bench.panel.deck.playing
        assert bench.panel.stage.picture.notice == "The player broke. Try another one."
        await bench.until_number(0)

    play(flow)


def test_that_moving_pictures_have_the_pixels_and_colours_of_the_exact_still(
    play: Play, player: str, tmp_path: Path
) -> None:
    film = tmp_path / "colours.mp4"
    _write_colours(film, 642, 362)  # libvlc proposes a padded size for this one

    async def flow(bench: PlayerBench) -> None:
        bench.panel.show_film(film, facts_of(film), starts_at=None, lab=False)
        await bench.until(lambda: not bench.panel.stage.picture.image.isNull())
        still = _pixels(bench.panel.stage.picture.image)
        moving: list[NDArray[np.int16]] = []
        bench.panel.deck.moving_picture.connect(lambda image: moving.append(_pixels(image)))
        bench.panel.deck.play()
        await bench.until(lambda: bool(moving))
        assert moving[0].shape == still.shape
        assert float(np.abs(moving[0] - still).mean()) < 1.5

    play(flow, player)


def _pixels(image: QImage) -> NDArray[np.int16]:
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : rgb.width() * 3].astype(np.int16)


def _write_colours(path: Path, width: int, height: int) -> None:
    """Write 2 s of one picture whose colours and edges tell swapped channels and rescaling."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = columns * 255 // width
    picture[:, :, 2] = rows * 255 // height
    picture[(rows // 6 + columns // 6) % 2 == 0] //= 3
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "10", "preset": "ultrafast"}
        for _at in range(20):
            file.mux(stream.encode(VideoFrame.from_ndarray(picture, "rgb24")))
        file.mux(stream.encode(None))
