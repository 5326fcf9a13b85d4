"""The generator is strong enough: broken judges are found out, each within a number of worlds."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, Verdict, VerdictValue
from tests.hostile.campaign import judge_world, try_worlds
from tests.hostile.found_out import blind_to, wrongs_of
from tests.hostile.judge_door import Judge, the_judge
from tests.hostile.kept import KEPT
from tests.hostile.kinds import Wrong
from tests.hostile.mutants import ROOT, mutants
from tests.hostile.world import World

AT_ONCE = 250


def says(value: VerdictValue) -> Judge:
    """Return a judge that always says the same."""

    def judge(run: RunState) -> Verdict:
        return replace(the_judge(run), value=value)

    return judge


def is_found_out(judge: Judge, world: World) -> bool:
    """Whether a judge says PASS where that is wrong, and the program's judge does not."""
    if Wrong.FALSE_PASS not in judge_world(world, judge).wrongs:
        return False
    return Wrong.FALSE_PASS not in judge_world(world).wrongs


def worlds_of_old() -> list[World]:
    """Return the kept worlds, and those that are judged PASS once more, with a film whose bytes are not the object's.

    Fresh worlds find a blind judge, too (one for whom the session always ended with the disruption is found out in
    one of some thousands), but a test has to come to an end.
    """
    worlds = [kept.world for kept in KEPT]
    passed = [world for world in worlds if judge_world(world).verdict.value is VerdictValue.PASS]
    return [*worlds, *(replace(world, film=replace(world.film, checksum=False)) for world in passed)]


@pytest.mark.parametrize("check_id", list(CheckId))
def test_that_a_judge_who_does_not_look_at_one_thing_is_found_out(check_id: CheckId) -> None:
    blind = blind_to(check_id)
    assert any(is_found_out(blind, world) for world in worlds_of_old())


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (VerdictValue.PASS, Wrong.FALSE_PASS),
        (VerdictValue.FAIL, Wrong.FALSE_FAIL),
        (VerdictValue.INCONCLUSIVE, Wrong.MISSED),
    ],
)
def test_that_a_judge_who_always_says_the_same_is_found_out(value: VerdictValue, wrong: Wrong, fresh_seed: int) -> None:
    assert try_worlds(fresh_seed, range(AT_ONCE), partial(judge_world, judge=says(value))).of(wrong)


def test_that_every_comparison_and_slack_of_the_judge_has_a_mutant() -> None:
    found = mutants()
    assert {mutant.kind for mutant in found} == {"blind", "turned", "slack"}
    assert len({mutant.name for mutant in found}) == len(found)


def test_that_a_mutant_is_one_change_and_is_found(tmp_path: Path) -> None:
    mutant = next(m for m in mutants() if m.kind == "blind" and m.module == "own-recording")
    known = tmp_path / "known.json"
    known.write_text(json.dumps(wrongs_of(7, range(60))))
    command = [sys.executable, "-m", "tests.hostile.mutants", mutant.name, "7", str(known)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(answer.stdout) > 0
