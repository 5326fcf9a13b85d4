"""Every verdict that a scene reaches is derived again from its journal alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.judged_anew import judge_journal
from tests.helpers.simulated_world import SimulatedWorld
from tests.unit.runner.scenes import Scene


@pytest.fixture(autouse=True)
def verdicts_hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test, what its journals say and what they lead to when judged again are the same."""
    worlds: list[SimulatedWorld] = []
    begin = Scene.__post_init__

    def begin_and_keep(scene: Scene) -> None:
        begin(scene)
        worlds.append(scene.world)

    monkeypatch.setattr(Scene, "__post_init__", begin_and_keep)
    yield
    for world in worlds:
        for lines in world.journals.values():
            _same_again(lines)


def _same_again(lines: list[str]) -> None:
    try:
        judged = judge_journal(lines)
    except JournalDamaged:
        return  # the test damaged it
    if judged.written is not None and not judged.said_since:
        assert judged.verdict == judged.written
