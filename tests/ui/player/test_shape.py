"""A film is shown as it says, in stills, strip, hover and motion alike; what is saved are the stored pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from rdpgui.core.film import PictureShape
from rdpgui.media.inspect import last_still
from rdpgui.media.png import write_png
from rdpgui.media.remote_file import MemoryReader
from rdpgui.media.worker import png_texts
from rdpgui.ui.shaped import shaped
from rdpgui.ui.widgets.still import StillView
from tests.helpers import corpus, odd_films
from tests.ui.player.conftest import HEIGHT, START, WIDTH, PlayerBench, facts_of

Play = Callable[..., Any]
_CORNERS = {"red": (0, 0), "green": (1, 0), "blue": (0, 1), "white": (1, 1)}


def _corners(image: QImage) -> dict[tuple[int, int], str]:
    wide, high = image.width() - 1, image.height() - 1
    return {(x, y): QColor(image.pixelColor(x * wide, y * high)).name() for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))}


@pytest.mark.case("F12")
@pytest.mark.parametrize(
    ("shape", "size", "top_left", "top_right"),
    [
        (PictureShape(), (8, 4), "red", "green"),
        (PictureShape(90), (4, 8), "blue", "red"),
        (PictureShape(180), (8, 4), "white", "blue"),
        (PictureShape(270), (4, 8), "green", "white"),
        (PictureShape(0, mirrored=True), (8, 4), "green", "red"),
        (PictureShape(90, mirrored=True), (4, 8), "white", "green"),
        (PictureShape(270, mirrored=True), (4, 8), "red", "blue"),
        (PictureShape(0, pixel_width=2), (16, 4), "red", "green"),
        (PictureShape(90, pixel_height=2), (8, 8), "blue", "red"),
    ],
)
def test_that_pictures_are_turned_mirrored_and_stretched(
    shape: PictureShape, size: tuple[int, int], top_left: str, top_right: str
) -> None:
    stored = QImage(8, 4, QImage.Format.Format_RGB32)
    for colour, (x, y) in _CORNERS.items():
        for column in range(4):
            for row in range(2):
                stored.setPixelColor(x * 4 + column, y * 2 + row, QColor(colour))
    for moving in (False, True):
        seen = shaped(stored, shape, moving=moving)
        assert (seen.width(), seen.height()) == size
        corners = _corners(seen)
        assert (corners[0, 0], corners[1, 0]) == (QColor(top_left).name(), QColor(top_right).name())


def _film(path: Path, *, turned: bool) -> Path:
    made = corpus.encode(corpus.Shape("shown", WIDTH, HEIGHT, 10, 18, gop=7))
    data = corpus.write(made, path, "").read_bytes()
    path.write_bytes(odd_films.with_turn(data, 0, 1, -1, 0) if turned else odd_films.with_pixels(data, 4, 3))
    return path


@pytest.mark.case("F12")
@pytest.mark.parametrize("turned", [True, False])
def test_that_stills_strip_and_motion_have_the_shape_that_the_film_states(
    play: Play, player: str, tmp_path: Path, turned: bool
) -> None:
    film = _film(tmp_path / "film.mp4", turned=turned)
    wanted = (HEIGHT, WIDTH) if turned else (WIDTH * 4 // 3, HEIGHT)

    async def flow(bench: PlayerBench) -> None:
        panel = bench.panel
        panel.show_film(film, facts_of(film), starts_at=START, lab=False)
        picture = panel.stage.picture
        await bench.until(lambda: not picture.image.isNull())
        assert (picture.image.width(), picture.image.height()) == wanted
        seen: list[tuple[int, int]] = []
        panel.deck.moving_picture.connect(lambda image: seen.append((image.width(), image.height())))
        panel.deck.play()
        await bench.until(lambda: not panel.deck.playing)
        assert set(seen) == {wanted}
        assert (picture.image.width(), picture.image.height()) == wanted
        await bench.until(lambda: panel.stage.strip.count == 10)
        thumbnail = panel.stage.strip.nearest(0.0)
        assert thumbnail.width() / thumbnail.height() == pytest.approx(wanted[0] / wanted[1], rel=0.05)
        saved: list[str] = []
        panel.snapshots.saved.connect(saved.append)
        bench.press(Qt.Key.Key_S)
        await bench.until(lambda: saved != [])
        stored = QImage(saved[0])
        assert (stored.width(), stored.height()) == (WIDTH, HEIGHT)
        assert stored.text("Shown") == ("turned 90 degrees clockwise" if turned else "pixels 4:3")

    play(flow, player)


@pytest.mark.case("F12")
def test_that_a_picture_file_of_a_turned_film_is_shown_turned(qtbot: Any, tmp_path: Path) -> None:
    film = _film(tmp_path / "film.mp4", turned=True)
    still, painted_at = last_still(MemoryReader(film.read_bytes()), "film.mp4")
    write_png(tmp_path / "last.png", still, png_texts("film.mp4", still, painted_at))
    view = StillView("still")
    qtbot.addWidget(view)
    view.show_still(tmp_path / "last.png", "")
    assert view.heightForWidth(100) == round(100 * WIDTH / HEIGHT)


@pytest.mark.case("F12")
@pytest.mark.logs("film still")
def test_that_a_film_replaced_while_it_is_open_is_named_and_never_mixed(
    play: Play, player: str, numbered: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(numbered.read_bytes())
    other = corpus.write(corpus.encode(corpus.Shape("other", WIDTH, HEIGHT, 10, 18, gop=7)), tmp_path / "o.mp4", "")

    async def flow(bench: PlayerBench) -> None:
        await bench.show(film)
        picture, deck = bench.panel.stage.picture, bench.panel.deck
        other.replace(film)
        deck.play()
        await bench.until(lambda: "film.mp4 was replaced by another file while it was open." in picture.notice)
        assert not deck.playing
        picture.show_notice("")
        bench.press(Qt.Key.Key_End)
        await bench.until(lambda: "was replaced" in picture.notice)
        assert bench.number == 0
        bench.panel.show_film(film, facts_of(film), starts_at=START, lab=False)
        bench.press(Qt.Key.Key_End)
        await bench.until_number(17)

    play(flow, player)
