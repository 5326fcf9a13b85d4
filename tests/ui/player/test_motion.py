"""Which player plays at which speed, and what counts as being stuck; with players that show nothing by themselves."""

from __future__ import annotations

from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from rdpgui.media.playback import FilmPlayback
from rdpgui.ui.player.backend import Backend, BackendFactory
from rdpgui.ui.player.motion import Motion
from rdpgui.ui.tasks import TaskScope
from tests.helpers import corpus
from tests.helpers.limits import limit_s
from tests.ui.player.test_playing import MuteBackend


class Player(MuteBackend):
    """Keeps what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, float]] = []

    def play(self, from_s: float, rate: float) -> None:
        self.asked.append(("play", rate))

    def set_rate(self, rate: float) -> None:
        self.asked.append(("rate", rate))

    def stop(self) -> None:
        self.asked.append(("stop", 0.0))


def giving(player: Player) -> BackendFactory:
    def make(_parent: QObject) -> Backend:
        return player

    return make


@pytest.fixture
def smooth(qapp: Any) -> Player:
    return Player()


@pytest.fixture
def exact(qapp: Any) -> Player:
    return Player()


@pytest.fixture
def motion(smooth: Player, exact: Player) -> Motion:
    made = Motion([giving(smooth), giving(exact)], TaskScope(_no_error, _no_error))
    made.open(Path("film.mp4"), 96, 64)
    return made


def _no_error(_task: str, _error: object) -> None:
    """No task is started here."""


@pytest.mark.case("F8")
@pytest.mark.parametrize("rate", [0.25, 0.5, 8.0, 32.0])
def test_that_the_exact_player_plays_where_pictures_and_times_drift_apart(
    motion: Motion, smooth: Player, exact: Player, rate: float
) -> None:
    motion.play(5.9, rate)
    assert (smooth.asked, exact.asked) == ([], [("play", rate)])
    motion.stop()
    motion.play(5.9, 1.0)
    assert smooth.asked == [("play", 1.0)]


@pytest.mark.case("F8")
def test_that_a_change_of_speed_changes_the_player_where_it_has_to(
    motion: Motion, smooth: Player, exact: Player
) -> None:
    motion.play(0.0, 1.0)
    motion.set_rate(2.0)
    motion.set_rate(0.5)
    motion.set_rate(0.25)
    motion.set_rate(1.0)
    assert smooth.asked == [("play", 1.0), ("rate", 2.0), ("stop", 0.0), ("play", 1.0)]
    assert exact.asked == [("play", 0.5), ("rate", 0.25), ("stop", 0.0)]


@pytest.mark.case("F7")
def test_that_a_long_way_from_the_key_frame_is_not_being_stuck(motion: Motion, smooth: Player, exact: Player) -> None:
    """Each frame decoded on the way counts; only a time without any ends the player's turn."""
    motion.play(540.0, 1.0)
    for frames in (200, 1200, 5400):
        smooth.decoded_frames = frames
        motion.watch.run_out()
        assert motion.players.name == "mute"
        assert exact.asked == []
    motion.watch.run_out()
    assert exact.asked == [("play", 1.0)]


@pytest.mark.case("F6")
def test_that_one_picture_is_played_for_as_long_as_it_says(tmp_path: Path) -> None:
    """Ten seconds of one picture, begun in its middle: the picture comes, the end only when its time is over."""
    made = corpus.encode(corpus.Shape("one", frames=1))
    packet = made.packets[0]
    length = round(Fraction(10) / made.time_base)
    long = corpus.Packet(packet.data, packet.pts, packet.dts, length, packet.key)
    path = corpus.write(corpus.Encoded(made.shape, (long,), made.time_base), tmp_path / "one.mp4", "+faststart")
    pictures: list[float] = []
    ended: Future[int] = Future()
    playback = FilmPlayback(
        path,
        lambda _n, at_s, *_rest: pictures.append(at_s),
        ended.set_result,
        lambda _n, error: ended.set_exception(error),
    )
    playback.play(1, 5.0, 1000.0)
    assert ended.result(limit_s(10.0)) == 1
    playback.close().result(limit_s(10.0))
    assert pictures == [0.0]
    assert playback.decoded_frames == 1
