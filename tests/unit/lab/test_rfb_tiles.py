"""What changed between two pictures, and what a watcher gets of it. No sockets."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.rfb.screen import Screen
from rdpgui.lab.rfb.tiles import TILE_HEIGHT, TILE_WIDTH, dirty_mask, mask_shape, pixels_for, rects_of
from rdpgui.lab.rfb.wire import PixelFormat, Rect

sizes = st.tuples(st.integers(1, 300), st.integers(1, 100))


@given(sizes, st.lists(st.tuples(st.integers(0, 299), st.integers(0, 99)), max_size=6))
def test_that_exactly_the_tiles_with_changed_pixels_are_dirty(
    size: tuple[int, int], points: list[tuple[int, int]]
) -> None:
    width, height = size
    old = np.zeros((height, width, 4), dtype=np.uint8)
    new = old.copy()
    expected = np.zeros(mask_shape(width, height), dtype=np.bool_)
    for x, y in points:
        x, y = x % width, y % height
        new[y, x, 1] = 9
        expected[y // TILE_HEIGHT, x // TILE_WIDTH] = True
    assert np.array_equal(dirty_mask(old, new), expected)


@given(sizes, st.randoms(use_true_random=False), st.floats(0, 1))
def test_that_rectangles_cover_each_dirty_pixel_once_and_no_other(
    size: tuple[int, int], random: np.random.RandomState, density: float
) -> None:
    width, height = size
    mask = np.array(
        [[random.random() < density for _ in range(mask_shape(*size)[1])] for _ in range(mask_shape(*size)[0])]
    )
    counted = np.zeros((height, width), dtype=int)
    for rect in rects_of(mask, width, height):
        assert rect == rect.clipped(width, height)
        counted[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] += 1
    expected = np.kron(mask, np.ones((TILE_HEIGHT, TILE_WIDTH), dtype=int))[:height, :width]
    assert np.array_equal(counted, expected)


def test_that_a_whole_dirty_screen_is_one_rectangle() -> None:
    mask = np.ones(mask_shape(1280, 720), dtype=np.bool_)
    assert rects_of(mask, 1280, 720) == [Rect(0, 0, 1280, 720)]


@pytest.mark.parametrize(
    ("pixel_format", "expected"),
    [
        (PixelFormat(), bytes([10, 20, 255, 0])),
        (PixelFormat(red_shift=0, green_shift=8, blue_shift=16), bytes([255, 20, 10, 0])),
        (PixelFormat(big_endian=True), bytes([0, 255, 20, 10])),
        (PixelFormat(16, 16, False, True, 31, 63, 31, 11, 5, 0), (31 << 11 | 4 << 5 | 1).to_bytes(2, "little")),
        (PixelFormat(8, 8, False, True, 7, 7, 3, 0, 3, 6), bytes([7])),
    ],
)
def test_that_pixels_take_the_format_a_viewer_asked_for(pixel_format: PixelFormat, expected: bytes) -> None:
    block = np.array([[[10, 20, 255, 0]]], dtype=np.uint8)
    assert pixels_for(block, pixel_format) == expected


def picture(value: int, width: int = 200, height: int = 40) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((height, width, 4), value, dtype=np.uint8)


WHOLE = Rect(0, 0, 200, 40)


def test_that_a_watcher_gets_only_what_changed_since_its_last_look() -> None:
    screen = Screen(200, 40)
    watcher = screen.subscribe()
    watcher.request(WHOLE, incremental=True)
    first = watcher.take()
    assert first is not None
    assert [rect for rect, _ in first.blocks] == [WHOLE]
    changed = picture(0)
    changed[20, 70] = 5
    screen.publish(changed)
    watcher.request(WHOLE, incremental=True)
    second = watcher.take()
    assert second is not None
    ((rect, block),) = second.blocks
    assert rect == Rect(64, 16, 64, 16)
    assert block[4, 6, 0] == 5


def test_that_an_equal_picture_is_no_news() -> None:
    screen = Screen(200, 40)
    assert screen.publish(picture(3))
    assert not screen.publish(picture(3))


def test_that_a_forced_pixel_is_answered_even_when_nothing_changed() -> None:
    screen = Screen(200, 40)
    watcher = screen.subscribe()
    watcher.request(WHOLE, incremental=True)
    watcher.take()
    watcher.request(Rect(0, 0, 1, 1), incremental=False)
    update = watcher.take()
    assert update is not None
    assert [rect for rect, _ in update.blocks] == [Rect(0, 0, 1, 1)]


def test_that_a_ping_does_not_take_away_an_open_request() -> None:
    screen = Screen(200, 40)
    watcher = screen.subscribe()
    watcher.request(WHOLE, incremental=True)
    watcher.take()
    watcher.request(WHOLE, incremental=True)
    watcher.request(Rect(0, 0, 1, 1), incremental=False)
    screen.publish(picture(9))
    update = watcher.take()
    assert update is not None
    assert WHOLE in [rect for rect, _ in update.blocks]


def test_that_closing_lets_a_waiting_watcher_go() -> None:
    screen = Screen(200, 40)
    watcher = screen.subscribe()
    screen.close()
    assert watcher.take(linger_s=0.01) is None


def test_that_closing_still_hands_out_the_last_picture_to_who_asked() -> None:
    screen = Screen(200, 40)
    watcher = screen.subscribe()
    watcher.request(WHOLE, incremental=True)
    watcher.take()
    watcher.request(WHOLE, incremental=True)
    screen.publish(picture(7))
    screen.close()
    update = watcher.take(linger_s=0.01)
    assert update is not None
    assert update.blocks[0][1].max() == 7


def test_that_closing_waits_a_little_for_who_is_about_to_ask() -> None:
    screen = Screen(200, 40)
    watcher = screen.subscribe()
    screen.publish(picture(7))
    screen.close()
    asking = threading.Timer(0.05, partial(watcher.request, WHOLE, incremental=True))
    asking.start()
    update = watcher.take(linger_s=10)
    asking.join()
    assert update is not None
    assert update.blocks[0][1].max() == 7


@pytest.mark.parametrize("shape", [(40, 200), (40, 200, 3), (0, 200, 4)])
def test_that_a_picture_of_another_kind_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        Screen(200, 40).publish(np.zeros(shape, dtype=np.uint8))
