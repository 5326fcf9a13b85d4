"""Turned, mirrored and stretched pictures: stored pixels stay, how they are shown is a fact beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rdpgui.core.film import PictureShape, shape_from_text
from rdpgui.core.film_notes import film_notes
from rdpgui.media.film_port import FilmInspector
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.png import encode_png
from rdpgui.media.remote_file import MemoryReader
from tests.helpers import corpus, odd_films

TURNS = {
    (1, 0, 0, 1): (0, False),
    (0, 1, -1, 0): (90, False),
    (-1, 0, 0, -1): (180, False),
    (0, -1, 1, 0): (270, False),
    (-1, 0, 0, 1): (0, True),
    (1, 0, 0, -1): (180, True),
    (0, 1, 1, 0): (270, True),
    (0, -1, -1, 0): (90, True),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    shape = corpus.Shape("shape", frames=12)
    return corpus.write(corpus.encode(shape), tmp_path_factory.mktemp("shape") / "film.mp4", "").read_bytes()


@pytest.mark.case("F12")
@pytest.mark.parametrize("matrix", TURNS)
def test_that_a_film_says_how_its_pictures_are_turned(plain: bytes, matrix: tuple[int, int, int, int]) -> None:
    data = odd_films.with_turn(plain, *matrix)
    facts = inspect_film(MemoryReader(data), "film.mp4").facts
    turned_deg, mirrored = TURNS[matrix]
    assert facts.shape == PictureShape(turned_deg, mirrored)
    assert (facts.width, facts.height) == (96, 64)
    assert facts.libvlc_differs == (facts.shape != PictureShape())
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert still.shape == facts.shape
    assert still.rgb == last_still(MemoryReader(plain), "film.mp4")[0].rgb


@pytest.mark.case("F12")
@pytest.mark.parametrize(
    ("wide", "high", "wanted"), [(4, 3, (4, 3)), (1, 2, (1, 2)), (2, 2, (1, 1)), (0, 0, (1, 1)), (9999, 1, (1, 1))]
)
def test_that_a_film_says_the_shape_of_its_pixels(plain: bytes, wide: int, high: int, wanted: tuple[int, int]) -> None:
    shape = inspect_film(MemoryReader(odd_films.with_pixels(plain, wide, high)), "film.mp4").facts.shape
    assert (shape.pixel_width, shape.pixel_height) == wanted


@pytest.mark.case("F12")
def test_that_the_shape_is_kept_over_the_inspector_and_in_the_picture_file(plain: bytes, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(odd_films.with_turn(odd_films.with_pixels(plain, 4, 3), 0, 1, 1, 0))

    async def ask() -> None:
        inspector = FilmInspector()
        try:
            facts = await inspector.inspect(film)
            still = await inspector.last_frame(film, tmp_path / "last.png")
        finally:
            await inspector.aclose()
        assert facts.shape == still.shape == PictureShape(270, mirrored=True, pixel_width=4, pixel_height=3)
        assert [text for text, _ in film_notes(facts)] == [
            "shown mirrored",
            "shown turned by {degrees}°",
            "pixels of {width}:{height}",
        ]

    asyncio.run(ask())
    png = (tmp_path / "last.png").read_bytes()
    assert b"Shown\0mirrored, turned 270 degrees clockwise, pixels 4:3" in png
    assert b"pHYs\0\0\0\3\0\0\0\4\0" in png


@pytest.mark.parametrize("deg", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("pixels", [(1, 1), (4, 3), (10, 11)])
def test_that_a_shape_is_read_back_from_its_words(deg: int, mirrored: bool, pixels: tuple[int, int]) -> None:
    shape = PictureShape(deg, mirrored, *pixels)
    assert shape_from_text(shape.text()) == shape


@pytest.mark.parametrize(
    "text", ["turned 45 degrees clockwise", "pixels 0:1", "pixels 4:3, and more", "a\nb", "x" * 99]
)
def test_that_other_words_turn_nothing(text: str) -> None:
    assert shape_from_text(text) == PictureShape()


def test_that_a_picture_of_squares_says_nothing_of_its_pixels(plain: bytes) -> None:
    assert b"pHYs" not in encode_png(last_still(MemoryReader(plain), "film.mp4")[0])
