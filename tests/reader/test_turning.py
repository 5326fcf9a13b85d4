"""What turns in the middle of a screen, and what only moves there."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from rdpgui.media.reader.lines import Box
from rdpgui.media.reader.turning import has_dots, turns

WIDTH, HEIGHT, STEP = 640, 360, 2
LINE = Box(260, 180, 380, 204)
PICTURES = 8
Places = Iterable[tuple[float, float]]


def _picture(places: Places, size: int = 4) -> NDArray[np.uint8]:
    picture = np.full((HEIGHT, WIDTH), 60, dtype=np.uint8)
    picture[LINE.top : LINE.bottom, LINE.left : LINE.right] = 255
    for x, y in places:
        picture[round(y) : round(y) + size, round(x) : round(x) + size] = 255
    return picture


def _ring(x: float, y: float, turn: float = 0.0) -> list[tuple[float, float]]:
    return [(x + 18 * math.cos(turn + n * 0.42), y + 18 * math.sin(turn + n * 0.42)) for n in range(6)]


def _turns(*places: Places, anywhere: bool = False) -> bool:
    pictures = [_picture(of)[::STEP, ::STEP] for of in places]
    return turns(pictures, LINE, STEP, anywhere=anywhere)


@pytest.mark.parametrize(("x", "y"), [(320, 120), (320, 260), (230, 192)], ids=["above", "below", "left"])
def test_that_a_ring_turns_wherever_it_stands(x: int, y: int) -> None:
    assert _turns(*(_ring(x, y, n * 0.7) for n in range(PICTURES)))


def test_that_what_stands_blinks_or_travels_does_not_turn() -> None:
    assert not _turns(*([(320, 120)] for _ in range(PICTURES)))
    assert not _turns(*([(320, 240)][: n % 2] for n in range(PICTURES)))
    assert not _turns(*([(315, 90 + 20 * n)] for n in range(PICTURES)))
    assert not _turns(*(_ring(100, 120, n * 0.7) for n in range(PICTURES)))
    assert not _turns(_ring(320, 120), _ring(320, 120, 1.0))


def test_that_a_per_cent_may_run_anywhere() -> None:
    places = [[(315, 120 + 30 * n)] for n in range(PICTURES)]
    assert (_turns(*places, anywhere=True), _turns(*places)) == (True, False)


@pytest.mark.parametrize(
    ("places", "seen"),
    [
        (_ring(320, 120), True),
        (_ring(320, 260, 2.0), True),
        (_ring(320, 120)[:3], False),
        ([(300 + 10 * n, 120) for n in range(5)], False),
        ([(320, 90 + 9 * n) for n in range(5)], False),
        (_ring(200, 120), False),
        ([], False),
    ],
    ids=["above", "below", "three dots", "dots in a row", "dots in a column", "beside", "nothing"],
)
def test_that_dots_on_a_circle_are_seen_in_one_picture(places: list[tuple[float, float]], seen: bool) -> None:
    assert has_dots(_picture(places) > 128, [LINE], LINE.bottom - LINE.top) is seen
