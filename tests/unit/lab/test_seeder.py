"""The lab's seeding, as its endpoint begins and ends it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from rdpgui.lab.__main__ import Lines, Seeder


@pytest.mark.case("S5")
def test_that_an_end_before_the_seeding_has_begun_is_in_order() -> None:
    endpoint: Any = None
    Seeder(endpoint, Lines(io.BytesIO())).stop()
