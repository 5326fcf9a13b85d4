"""Decoded frames around a position: what is decoded again, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.media.decoded_frames import DecodedFrames

DEADLINE: Any = None
GROUP: Any = SimpleNamespace(key_sample=0, ticks=(0, 10, 20, 30, 40))


class _Film:
    """Five frames after one key sample; the third is damaged. Counts what is decoded."""

    def __init__(self) -> None:
        self.seeks = 0
        self.decoded: list[int] = []

    def frames_from(self, _number: int, _deadline: object, _run: object) -> Iterator[SimpleNamespace]:
        self.seeks += 1
        for tick in (0, 10, 30, 40):
            self.decoded.append(tick)
            yield SimpleNamespace(pts=tick)


@pytest.fixture
def film() -> Any:
    return _Film()


def _tick(frame: Any) -> int | None:
    return None if frame is None else int(frame.pts)


def test_that_going_on_decodes_one_frame_and_going_back_a_little_none(film: Any) -> None:
    frames = DecodedFrames(film, 3)
    assert [_tick(frames.of(GROUP, tick, DEADLINE)) for tick in (0, 10, 0, 30)] == [0, 10, 0, 30]
    assert film.decoded == [0, 10, 30]
    assert _tick(frames.of(GROUP, 0, DEADLINE)) == 0
    assert film.seeks == 1


def test_that_what_went_is_decoded_anew_from_its_key(film: Any) -> None:
    frames = DecodedFrames(film, 2)
    for tick in (0, 10, 30):
        frames.of(GROUP, tick, DEADLINE)
    assert _tick(frames.of(GROUP, 0, DEADLINE)) == 0
    assert film.seeks == 2


def test_that_a_damaged_frame_is_none_and_the_one_after_it_is_there(film: Any) -> None:
    frames = DecodedFrames(film, 5)
    assert frames.of(GROUP, 20, DEADLINE) is None
    assert _tick(frames.of(GROUP, 30, DEADLINE)) == 30
    assert film.seeks == 1


def test_that_decoding_begins_anew_after_somebody_else_read_the_film(film: Any) -> None:
    frames = DecodedFrames(film, 5)
    frames.of(GROUP, 0, DEADLINE)
    film.seeks += 1
    assert _tick(frames.of(GROUP, 10, DEADLINE)) == 10
    assert film.decoded == [0, 0, 10]


def test_that_nothing_is_left_after_clearing(film: Any) -> None:
    frames = DecodedFrames(film, 5)
    frames.keep(film.frames_from(0, None, None).__next__())
    frames.clear()
    assert _tick(frames.of(GROUP, 0, DEADLINE)) == 0
    assert film.seeks == 2
