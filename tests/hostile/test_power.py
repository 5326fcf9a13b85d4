"""The generator is strong enough: broken judges are found out, each within a number of worlds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from rdpgui.core.state import RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
from tests.hostile.campaign import judge_world, try_worlds
from tests.hostile.draw import draw
from tests.hostile.judge_door import Judge, the_judge
from tests.hostile.kinds import Wrong
from tests.hostile.world import World

MOST_WORLDS, AT_ONCE = 10_000, 250


def says(value: VerdictValue) -> Judge:
    """Return a judge that always says the same."""

    def judge(run: RunState) -> Verdict:
        return replace(the_judge(run), value=value)

    return judge


def blind_to(check_id: CheckId) -> Judge:
    """Return a judge for whom one check always holds."""

    def judge(run: RunState) -> Verdict:
        verdict = the_judge(run)
        checks = tuple(_held(check) if check.check_id is check_id else check for check in verdict.checks)
        return Verdict(_value(checks), checks, verdict.gap, verdict.painted_gap_s)

    return judge


def _held(check: Check) -> Check:
    return replace(check, result=CheckResult.HELD, cause="")


def _value(checks: tuple[Check, ...]) -> VerdictValue:
    results = {check.result for check in checks}
    if CheckResult.CONTRADICTED in results:
        return VerdictValue.FAIL
    return VerdictValue.INCONCLUSIVE if CheckResult.NOT_MADE in results else VerdictValue.PASS


def is_found_out(judge: Judge, world: World) -> bool:
    """Whether a judge says PASS where that is wrong, and the program's judge does not."""
    if Wrong.FALSE_PASS not in judge_world(world, judge).wrongs:
        return False
    return Wrong.FALSE_PASS not in judge_world(world).wrongs


@pytest.mark.parametrize("check_id", list(CheckId))
def test_that_a_judge_who_does_not_look_at_one_thing_is_found_out(check_id: CheckId, fresh_seed: int) -> None:
    blind = blind_to(check_id)
    assert any(is_found_out(blind, draw(f"{fresh_seed}:{index}")) for index in range(MOST_WORLDS))


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
