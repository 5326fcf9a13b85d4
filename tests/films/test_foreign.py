"""A film of every kind that is made from bytes; those that ``ffmpeg`` makes are ``python -m tests.films --foreign``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.films.foreign import FROM_BYTES, Foreign, wrong_with


@pytest.mark.case("F1", "F2", "F9", "F10", "F11", "F12")
@pytest.mark.parametrize("kind", FROM_BYTES, ids=[f"{kind.case} {kind.name}" for kind in FROM_BYTES])
def test_that_a_foreign_film_is_told_for_what_it_is(kind: Foreign, tmp_path: Path) -> None:
    assert wrong_with(kind, tmp_path) == ""
