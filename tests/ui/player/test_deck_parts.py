"""A reel as it plays and as it stands, over players and stills that only note what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rdpgui.core.film import FilmFacts, Span, SpanBasis, Still
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player import standing as standing_module
from rdpgui.ui.player.loop import Loop
from rdpgui.ui.player.mount import Mount
from rdpgui.ui.player.moving import Moving
from rdpgui.ui.player.reel import Reel, ReelPart
from rdpgui.ui.player.standing import Rewind, Standing
from tests.ui.snapshots import NOW

FIRST, SECOND = Path("first.mp4"), Path("second.mp4")


class _Motion(QObject):
    picture = Signal(QImage, float)
    moved = Signal(float)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

    def open(self, source: Path, width: int, height: int, *, exact: bool) -> None:
        self.asked.append(("open", source.name, exact))

    def play(self, from_s: float, rate: float) -> None:
        self.asked.append(("play", from_s, rate))

    def seek(self, to_s: float) -> None:
        self.asked.append(("seek", to_s))

    def set_rate(self, rate: float) -> None:
        self.asked.append(("rate", rate))

    def stop(self) -> float:
        return 3.0


@dataclass
class _Frames:
    frame_count: int = 10


class _Desk(QObject):
    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []
        self.current: Still | None = None
        self.film = _Frames()
        self.waiting = False
        self.opened_film: Path | None = None

    def open(self, source: Path) -> None:
        self.opened_film = source

    def clear(self) -> None:
        self.opened_film = None

    def forget(self) -> None:
        self.asked.append(("forget",))

    def at_time(self, at_s: float) -> None:
        self.asked.append(("at", at_s))

    def first(self) -> None:
        self.asked.append(("first",))

    def last(self) -> None:
        self.asked.append(("last",))

    def step(self, frames: int) -> None:
        self.asked.append(("step", frames))


@dataclass
class _Parts:
    motion: _Motion
    desk: _Desk
    mount: Mount
    moving: Moving
    standing: Standing


def _reel() -> Reel:
    """Ten seconds, a gap of five, ten more; the first film is idle from 2 s to 6 s."""
    idle = (Span(2.0, 6.0, SpanBasis.PICTURES),)
    made = FilmFacts("mp4", "h264", 64, 48, 100, 10.0, 9.9, idle=idle)
    second = replace(made, idle=(), libvlc_differs=True)
    return Reel((ReelPart(PlacedFilm(FIRST, made, NOW), 0.0), ReelPart(PlacedFilm(SECOND, second, NOW), 15.0)))


@pytest.fixture
def parts(qapp: object) -> Iterator[_Parts]:
    motion: Any = _Motion()
    desk: Any = _Desk()
    mount = Mount(motion, desk)
    made = _Parts(motion, desk, mount, Moving(mount, motion, desk), Standing(mount, desk))
    mount.load(_reel())
    made.standing.at_begin()
    motion.asked.clear()
    desk.asked.clear()
    yield made


def test_that_a_film_is_opened_for_both_once_and_exact_where_libvlc_differs(parts: _Parts) -> None:
    entered: list[int] = []
    parts.mount.part_changed.connect(entered.append)
    for place in (0, 1, 1):
        parts.mount.enter(place)
    assert (entered, parts.motion.asked, parts.desk.opened_film) == ([1], [("open", "second.mp4", True)], SECOND)
    assert (parts.mount.begin_s, parts.mount.end_s, parts.mount.reel_s(4.0), parts.mount.reel_s(99.0)) == (
        15,
        25,
        19,
        25,
    )
    parts.mount.unload()
    assert (parts.mount.shown, parts.mount.facts, parts.mount.begin_s, parts.mount.end_s) == (None, None, 0.0, 0.0)


def test_that_standing_keeps_the_time_that_was_asked_for(parts: _Parts) -> None:
    shown: list[float] = []
    parts.standing.shown.connect(lambda _still, at_s: shown.append(at_s))
    assert parts.standing.at(19.5) == 19.5
    assert parts.desk.asked == [("at", 4.5)]
    parts.desk.shown.emit(_still(4.0, 4))
    parts.standing.step(-1)
    parts.desk.shown.emit(_still(3.9, 3))
    assert shown == [19.5, pytest.approx(18.9)]


@pytest.mark.parametrize(("toward", "at_s"), [(-1, 10.0), (0, 10.0), (1, 15.0)])
def test_that_in_a_gap_an_end_of_it_is_taken(parts: _Parts, toward: int, at_s: float) -> None:
    assert parts.standing.at(12.0, toward=toward) == at_s
    assert parts.moving.seek(12.0, toward=toward) == at_s


def test_that_a_step_over_an_edge_enters_the_film_beside_it(parts: _Parts) -> None:
    parts.desk.current = _still(9.9, 9)
    parts.standing.step(1)
    assert (parts.mount.part, parts.desk.asked) == (1, [("first",)])
    parts.desk.current = _still(0.0, 0)
    parts.standing.step(-1)
    assert (parts.mount.part, parts.desk.asked[-1]) == (0, ("last",))
    parts.standing.step(-1)
    assert parts.desk.asked[-1] == ("step", -1)


def test_that_the_end_is_the_last_frame_of_the_last_film(parts: _Parts) -> None:
    assert parts.standing.at_end() == 25.0
    assert parts.desk.asked == [("last",)]
    parts.desk.current = _still(9.9, 9)
    assert parts.standing.at_last_frame
    parts.mount.enter(0)
    assert not parts.standing.at_last_frame


def test_that_playing_goes_over_the_cut_and_ends_after_the_last_film(parts: _Parts) -> None:
    crossed: list[float] = []
    ended: list[None] = []
    parts.moving.gap_crossed.connect(crossed.append)
    parts.moving.ended.connect(lambda: ended.append(None))
    parts.moving.play(9.0)
    parts.motion.ended.emit()
    assert (parts.mount.part, crossed, ended) == (1, [5.0], [])
    parts.motion.ended.emit()
    assert (crossed, ended) == ([5.0], [None])
    assert [asked[0] for asked in parts.motion.asked] == ["play", "open", "play"]


def test_that_a_loop_is_played_from_its_begin_and_left_at_its_end(parts: _Parts) -> None:
    jumps: list[float] = []
    told: list[float] = []
    parts.moving.jump_due.connect(jumps.append)
    parts.moving.picture.connect(lambda _image, at_s: told.append(at_s))
    parts.moving.set_loop(Loop(1.0, 2.0))
    parts.moving.play(5.0)
    assert parts.motion.asked == [("play", 1.0, 1.0)]
    for at_s in (1.5, 2.0):
        parts.motion.picture.emit(QImage(8, 8, QImage.Format.Format_RGB32), at_s)
    assert (told, jumps) == ([1.5], [1.0])
    parts.moving.clear_loop()
    parts.motion.moved.emit(2.5)
    assert jumps == [1.0]


def test_that_an_idle_stretch_is_jumped_over_only_when_that_is_wanted(parts: _Parts) -> None:
    jumps: list[float] = []
    moved: list[float] = []
    parts.moving.jump_due.connect(jumps.append)
    parts.moving.moved.connect(moved.append)
    for skip in (False, True):
        parts.moving.set_skip_idle(skip)
        parts.motion.moved.emit(3.0)
    assert moved == [3.0]
    assert jumps == pytest.approx([5.7])


def test_that_a_speed_holds_for_every_film_and_stopping_tells_the_time_on_the_reel(parts: _Parts) -> None:
    parts.moving.set_rate(2.0)
    parts.moving.play(15.0)
    assert parts.motion.asked == [("rate", 2.0), ("open", "second.mp4", True), ("play", 0.0, 2.0)]
    assert parts.moving.stop() == 18.0


def test_that_what_was_found_by_looking_is_told_and_a_download_is_taken_once(parts: _Parts) -> None:
    told: list[None] = []
    parts.mount.watched.connect(lambda: told.append(None))
    assert parts.mount.reel is not None
    parts.mount.take_watched(SECOND, replace(parts.mount.reel.parts[1].facts, watched=True))
    assert parts.mount.reel.parts[1].facts.watched
    assert told == [None]
    assert not parts.mount.take_download(FIRST)


def test_that_running_backwards_waits_for_the_still_and_then_makes_up_for_it(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Clock:
        now_s = 0.0

        def monotonic(self) -> float:
            return self.now_s

    clock, desk, due = _Clock(), _Desk(), list[float]()
    monkeypatch.setattr(standing_module, "time", clock)
    held: Any = desk
    rewind = Rewind(held)
    rewind.due.connect(due.append)
    rewind.start(2.0)
    clock.now_s, desk.waiting = 1.0, True
    rewind.tick()
    clock.now_s, desk.waiting = 1.5, False
    rewind.tick()
    rewind.stop()
    assert (due, rewind.active) == ([3.0], False)


def _still(pts_s: float, index: int) -> Still:
    return Still(pts_s, 2, 2, bytes(12), index)
