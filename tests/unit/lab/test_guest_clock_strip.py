"""The painted clock, read back with the tests' own decoder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.guest import clock_strip
from tests.helpers.painted_clock import read_clock


@given(st.integers(0, 2**44 - 1))
def test_that_every_time_can_be_read_back_from_the_pixels(at_ms: int) -> None:
    frame = np.full((16, 420, 4), 77, np.uint8)
    clock_strip.paint(frame, at_ms)
    assert read_clock(frame) == at_ms


def test_that_the_strip_keeps_to_its_corner() -> None:
    frame = np.full((100, 500, 4), 77, np.uint8)
    clock_strip.paint(frame, 1_700_000_000_000)
    assert (frame[:92] == 77).all()
    assert (frame[:, :84] == 77).all()
    assert set(np.unique(frame[92:, 84:])) == {0, 255}


def test_that_a_known_time_has_the_cells_of_the_contract() -> None:
    painted = "".join("1" if cell else "0" for cell in clock_strip.cells(0xABC))
    assert painted == "10" + "0" * 32 + "101010111100" + f"{(10 + 11 + 12) % 16:04b}" + "01"


@pytest.mark.parametrize("at_ms", [-1, 2**44])
def test_that_a_time_beyond_44_bits_is_refused(at_ms: int) -> None:
    with pytest.raises(ValueError, match="44 bits"):
        clock_strip.cells(at_ms)
