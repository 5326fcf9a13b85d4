"""The seed of the suite's worlds: the same everywhere, so that the suite says the same on every machine.

``RDPGUI_TESTS_DRAW=fresh`` draws one for this run, and ``RDPGUI_HOSTILE_SEED`` sets it; it is printed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

SAME_SEED = 2026


@pytest.fixture
def drawn_seed() -> Iterator[int]:
    """Give the seed; a failing test prints it with its output."""
    given = os.environ.get("RDPGUI_HOSTILE_SEED")
    fresh = os.environ.get("RDPGUI_TESTS_DRAW") == "fresh"
    seed = int(given) if given else random.SystemRandom().randrange(1_000_000) if fresh else SAME_SEED
    print(f"RDPGUI_HOSTILE_SEED={seed}")  # noqa: T201  (the seed belongs to the test's output)
    yield seed
