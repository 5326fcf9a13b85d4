"""A film that could not be inspected is not a film that is bad."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from rdpgui.core.errors import InspectionFailed, RecordingEncrypted, RecordingUnreadable
from rdpgui.core.film import FilmFacts
from rdpgui.core.verdict import VerdictValue
from tests.helpers.fake_ports import FakeFilms
from tests.helpers.simulated_world import Behaviour
from tests.unit.runner.scenes import run_scene


def _ending(
    monkeypatch: pytest.MonkeyPatch, times: int, error: type[RecordingUnreadable] = InspectionFailed
) -> list[str]:
    """Let the inspector end this many times; returns the names it was asked for."""
    asked: list[str] = []
    inspect = FakeFilms.inspect

    async def ends(self: FakeFilms, path: PurePath) -> FilmFacts:
        asked.append(path.name)
        if len(asked) <= times:
            raise error("The inspection of {name} ended.", name=path.name)
        return await inspect(self, path)

    monkeypatch.setattr(FakeFilms, "inspect", ends)
    return asked


def test_that_an_inspector_that_ended_once_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _ending(monkeypatch, 1)
    _scene, run = run_scene(Behaviour())
    assert len(asked) == 2
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


def test_that_a_film_that_was_not_inspected_gives_no_verdict_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _ending(monkeypatch, 100)
    _scene, run = run_scene(Behaviour())
    assert run.verdict is not None and run.verdict.value is VerdictValue.INCONCLUSIVE
    assert any("could not be inspected" in line.text for line in run.log)


@pytest.mark.case("F1")
def test_that_an_encrypted_film_is_no_proof_against_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is whole cannot be seen: that is neither PASS nor FAIL."""
    _ending(monkeypatch, 100, RecordingEncrypted)
    _scene, run = run_scene(Behaviour())
    assert run.verdict is not None and run.verdict.value is VerdictValue.INCONCLUSIVE
