"""A fresh seed for every run of the suite, printed; ``RDPGUI_HOSTILE_SEED`` sets it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest


@pytest.fixture
def fresh_seed() -> Iterator[int]:
    """Give the seed; a failing test prints it with its output."""
    given = os.environ.get("RDPGUI_HOSTILE_SEED")
    seed = int(given) if given else random.SystemRandom().randrange(1_000_000)
    print(f"RDPGUI_HOSTILE_SEED={seed}")  # noqa: T201  (the seed belongs to the test's output)
    yield seed
