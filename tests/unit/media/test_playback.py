"""The decoder thread: order, place, pace and end of what it shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rdpgui.core.errors import RdpguiError
from rdpgui.media.playback import FilmPlayback
from tests.helpers import corpus
from tests.helpers.limits import limit_s
from tests.helpers.waiting import wait_for


class Watcher:
    """Collects what a playback says."""

    def __init__(self, path: Path) -> None:
        self.shown: list[tuple[int, float, int | None]] = []
        self.at_mono_s: list[float] = []
        self.ends: list[int] = []
        self.failures: list[tuple[int, RdpguiError]] = []
        self.playback = FilmPlayback(path, self._on_picture, self.ends.append, self._on_failure)

    def _on_picture(self, number: int, at_s: float, width: int, height: int, bgrx: bytes) -> None:
        grey = np.frombuffer(bgrx, np.uint8).reshape(height, width, 4)[:, :, 1]
        self.at_mono_s.append(time.monotonic())
        self.shown.append((number, at_s, corpus.read_number(grey)))

    def _on_failure(self, number: int, error: RdpguiError) -> None:
        self.failures.append((number, error))

    @property
    def numbers(self) -> list[int | None]:
        return [number for _order, _at_s, number in self.shown]


@pytest.fixture
def watcher(plain_film: Path) -> Iterator[Watcher]:
    """A playback of 30 frames, 10 a second, a key frame every second."""
    made = Watcher(plain_film)
    yield made
    made.playback.close().result(limit_s(5))
    assert not [thread for thread in threading.enumerate() if thread.name == "film-playback"]


def test_that_every_frame_is_shown_in_order_and_the_end_is_told_once(watcher: Watcher) -> None:
    watcher.playback.play(1, 1.5, 1.0)
    wait_for(lambda: watcher.ends == [1])
    assert watcher.numbers[:-1] == list(range(15, 30))  # the last one again, for those who skipped it
    assert watcher.numbers[-1] == 29
    assert next(at_s for _order, at_s, _number in watcher.shown) == pytest.approx(1.5)


def test_that_frames_are_never_early(watcher: Watcher) -> None:
    watcher.playback.play(1, 2.0, 2.0)
    wait_for(lambda: watcher.ends == [1])
    begin_mono_s, begin_s = watcher.at_mono_s[0], watcher.shown[0][1]
    for mono_s, (_order, at_s, _number) in zip(watcher.at_mono_s[:-1], watcher.shown[:-1], strict=True):
        assert mono_s - begin_mono_s >= (at_s - begin_s) / 2.0 - 0.03


def test_that_between_two_frames_the_one_before_is_shown_first(watcher: Watcher) -> None:
    watcher.playback.play(1, 0.77, 1.0)
    wait_for(lambda: len(watcher.shown) >= 1)
    assert watcher.numbers[0] == 7


def test_that_a_newer_order_replaces_the_older(watcher: Watcher) -> None:
    watcher.playback.play(1, 0.0, 1.0)
    wait_for(lambda: len(watcher.shown) >= 2)
    watcher.playback.play(2, 2.0, 1.0)
    wait_for(lambda: watcher.ends == [2])
    orders = [order for order, _at_s, _number in watcher.shown]
    assert orders == sorted(orders)
    assert next(number for order, _at_s, number in watcher.shown if order == 2) == 20


def test_that_after_stop_nothing_is_shown_and_playing_again_is_possible(watcher: Watcher) -> None:
    watcher.playback.play(1, 0.0, 1.0)
    wait_for(lambda: len(watcher.shown) >= 1)
    watcher.playback.stop()
    watcher.playback.play(2, 2.9, 1.0)
    wait_for(lambda: watcher.ends == [2])
    assert watcher.numbers[-1] == 29


def test_that_at_the_end_the_last_frame_is_shown(watcher: Watcher) -> None:
    watcher.playback.play(1, 99.0, 1.0)
    wait_for(lambda: watcher.ends == [1])
    assert watcher.numbers == [29]


def test_that_a_change_of_speed_counts_from_now(watcher: Watcher) -> None:
    watcher.playback.play(1, 0.0, 0.25)
    wait_for(lambda: len(watcher.shown) >= 2)
    watcher.playback.set_rate(32.0)
    begun_mono_s = time.monotonic()
    wait_for(lambda: watcher.ends == [1])
    assert time.monotonic() - begun_mono_s < 10.0  # at the old speed the film itself would last 11 s more


def test_that_a_file_that_is_no_film_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.mp4"
    path.write_bytes(b"<Error/>")
    watcher = Watcher(path)
    watcher.playback.play(7, 0.0, 1.0)
    wait_for(lambda: len(watcher.failures) == 1)
    watcher.playback.close().result(limit_s(5))
    assert watcher.failures[0][0] == 7
    assert "odd.mp4" in watcher.failures[0][1].text()


def test_that_closing_before_playing_starts_no_thread(plain_film: Path) -> None:
    watcher = Watcher(plain_film)
    watcher.playback.close().result(0)
    watcher.playback.play(1, 0.0, 1.0)
    assert not [thread for thread in threading.enumerate() if thread.name == "film-playback"]
