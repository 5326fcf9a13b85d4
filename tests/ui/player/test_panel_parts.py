"""The parts of the film panel that are things of their own: header, clock, snapshots, full screen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rdpgui.core.film import FilmFacts, Still
from rdpgui.ui.film_port import Marker, PlacedFilm
from rdpgui.ui.player.clock_box import ClockBox
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.film_header import FilmHeader
from rdpgui.ui.player.on_clock import OnClock
from rdpgui.ui.player.reel import reel_of
from rdpgui.ui.player.seek_bar import SeekBar
from rdpgui.ui.player.snapshot import Snapshots
from rdpgui.ui.player.stage import Stage, WholeScreen
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone
from tests.conftest import RunOnQt
from tests.ui.snapshots import NOW

FILM = Path("film.mp4")
FACTS = FilmFacts("mp4", "h264", 64, 48, 100, 10.0, 9.9)


class _Mount(QObject):
    part_changed = Signal(int)
    watched = Signal()

    def __init__(self, *films: PlacedFilm) -> None:
        super().__init__()
        self.reel = reel_of(films)
        self.part = 0
        self.begin_s = 0.0

    @property
    def shown(self) -> Any:
        return self.reel.parts[self.part]


class _Motion(QObject):
    fell_back = Signal(object, str)


class _Watching(QObject):
    changed = Signal()
    path: Path | None = None
    per_cent = 0

    def forget(self) -> None:
        self.path = None


class _Deck(QObject):
    still_picture = Signal(QImage)

    def __init__(self, *films: PlacedFilm) -> None:
        super().__init__()
        self.mount, self.motion = _Mount(*films), _Motion()
        self.desk = SimpleNamespace(current=None, waiting=False)
        self.playing = False
        self.sought: list[float] = []

    def seek(self, at_s: float) -> None:
        self.sought.append(at_s)

    def pause(self) -> None:
        self.playing, self.desk.waiting = False, True


class _Presenter:
    def __init__(self) -> None:
        self.clock = FilmClock(NOW, 10.0)
        self.path: Path | None = FILM
        self.lab = True
        self.notices: list[str] = []
        self.thumbnails = SimpleNamespace(hovering=SimpleNamespace(set_markers=list.copy))

    def set_clock(self, clock: FilmClock) -> None:
        self.clock = clock

    def show_notice(self, text: str) -> None:
        self.notices.append(text)

    def show_error(self, error: object) -> None:
        raise AssertionError(str(error))


@pytest.fixture
def presenter() -> Any:
    return _Presenter()


@pytest.fixture
def deck(qapp: object) -> Any:
    return _Deck(PlacedFilm(FILM, FACTS, NOW))


def _header(deck: Any) -> tuple[FilmHeader, _Watching]:
    watching = _Watching()
    held: Any = watching
    return FilmHeader(deck, held), watching


def test_that_the_header_says_how_much_was_looked_at_and_who_plays_instead_until_another_film(deck: Any) -> None:
    header, watching = _header(deck)
    told: list[None] = []
    header.changed.connect(lambda: told.append(None))
    assert header.text.endswith("not every picture was looked at")
    watching.path, watching.per_cent = FILM, 40
    watching.changed.emit()
    assert "looking at every picture … 40 %" in header.text
    deck.motion.fell_back.emit(None, "PyAV")
    assert header.text.endswith("played by PyAV")
    deck.mount.part_changed.emit(0)
    assert len(told) == 3
    deck.motion.fell_back.emit(None, "PyAV")
    header.begin_film()
    assert "played by" not in header.text
    assert watching.path is None


def test_that_the_header_says_which_film_of_how_many_and_how_far_its_download_is(qapp: object) -> None:
    remote: Any = object()
    deck: Any = _Deck(
        PlacedFilm(FILM, FACTS, NOW, remote), PlacedFilm(Path("b.mp4"), FACTS, NOW + timedelta(minutes=1))
    )
    header, _watching = _header(deck)
    told: list[None] = []
    header.changed.connect(lambda: told.append(None))
    assert header.text.startswith("not downloaded · film 1 of 2 · ")
    header.show_download(Path("b.mp4"), 1, 2)
    header.show_download(FILM, 1, 4)
    assert (header.text.split(" · ")[0], len(told)) == ("downloading 25 %", 1)


def _on_clock(deck: Any, presenter: Any) -> tuple[OnClock, SeekBar, ClockBox]:
    bar, box = SeekBar(), ClockBox()
    bar.set_film(10.0, ())
    made = OnClock(deck, presenter, bar, box)
    made.begin_film(presenter.clock)
    return made, bar, box


def test_that_an_instant_outside_of_the_film_is_gone_to_and_said(deck: Any, presenter: Any) -> None:
    clock, _bar, box = _on_clock(deck, presenter)
    clock.seek(NOW + timedelta(seconds=4))
    assert (deck.sought, presenter.notices) == ([4.0], [])
    clock.seek(NOW + timedelta(seconds=60))
    assert deck.sought == [4.0, 60.0]
    box.not_a_time.emit()
    assert [text.split()[0] for text in presenter.notices] == ["Nothing", "Type"]
    presenter.clock = FilmClock(None, 10.0)
    clock.seek(NOW)
    assert deck.sought == [4.0, 60.0]


def test_that_markers_inside_the_film_are_shown_and_gone_to_also_after_a_correction(deck: Any, presenter: Any) -> None:
    clock, bar, box = _on_clock(deck, presenter)
    clicked: list[object] = []
    clock.marker_clicked.connect(clicked.append)
    early, late = NOW - timedelta(seconds=1), NOW + timedelta(seconds=5)
    markers: list[Marker] = [(early, "early", Tone.BAD), (late, "late", Tone.INFO)]
    clock.set_markers(markers)
    bar.marker_requested.emit(0)
    assert (clicked, deck.sought) == ([late], [5.0])
    box.offset_changed.emit(-2.0)
    bar.marker_requested.emit(0)
    assert (clicked[-1], deck.sought[-1]) == (early, 1.0)


def test_that_a_recorded_correction_is_taken_over_once_and_one_by_hand_is_told(deck: Any, presenter: Any) -> None:
    clock, _bar, box = _on_clock(deck, presenter)
    told: list[tuple[object, float]] = []
    clock.adjusted.connect(lambda path, value_s: told.append((path, value_s)))
    clock.set_offset(Path("other.mp4"), 1.0)
    assert presenter.clock.adjusted_s == 0.0
    clock.set_offset(FILM, 1.5)
    assert (presenter.clock.adjusted_s, box.offset.value()) == (1.5, 1.5)
    box.offset.setValue(2.0)
    clock.set_offset(FILM, 1.5)
    assert presenter.clock.adjusted_s == 2.0
    box.settle()
    assert told == [(FILM, 2.0)]


class _Stills:
    def __init__(self) -> None:
        self.saved: list[tuple[str, str]] = []

    async def save_png(self, target: Path, still: Still, text: dict[str, str]) -> None:
        self.saved.append((target.name, text["Environment"]))


def test_that_a_frame_is_saved_when_it_stands_and_never_of_another_film(
    qt_loop: RunOnQt[Any], deck: Any, presenter: Any
) -> None:
    async def flow() -> None:
        held: Any = _Stills()
        scope = TaskScope(_unexpected, _unexpected)
        snapshots, done = Snapshots(deck, presenter, held, scope), asyncio.Event()
        snapshots.saved.connect(lambda _path: done.set())
        deck.playing = True
        snapshots.take()
        snapshots.forget()
        deck.desk.current, deck.desk.waiting = Still(0.5, 1, 1, b"rgb", 6), False
        deck.still_picture.emit(QImage())
        deck.playing = True
        snapshots.take()
        assert held.saved == []
        deck.desk.waiting = False
        deck.still_picture.emit(QImage())
        await done.wait()
        deck.still_picture.emit(QImage())
        assert held.saved == [("film-frame-000007.png", "LAB")]
        assert presenter.notices == ["Saved as film-frame-000007.png."]
        await scope.aclose()

    qt_loop(flow())


def _unexpected(*error: object) -> None:
    raise AssertionError(str(error))


@pytest.fixture
def home(qapp: object) -> Iterator[QWidget]:
    home = QWidget()
    home.resize(400, 400)
    home.show()
    yield home
    home.deleteLater()


def test_that_the_stage_goes_to_full_screen_and_comes_back_once(home: QWidget) -> None:
    stage = Stage(TaskScope(_unexpected, _unexpected))
    screen = WholeScreen(stage, QVBoxLayout(home), home)
    back: list[None] = []
    screen.left.connect(lambda: back.append(None))
    assert stage.window() is home
    screen.toggle()
    assert stage.window().objectName() == "film_full_screen_window"
    screen.toggle()
    screen.leave()
    assert (stage.window() is home, back) == (True, [None])
