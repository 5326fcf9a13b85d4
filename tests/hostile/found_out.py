"""What is wrong in each world, by the judge and by one who is blind to something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rdpgui.core.state import RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
from tests.hostile.campaign import judge_world
from tests.hostile.draw import draw
from tests.hostile.judge_door import Judge, the_judge
from tests.hostile.kept import KEPT, with_person
from tests.hostile.world import World


def world_at(seed: int, index: int) -> World:
    """Return a world to find somebody out with: the kept ones come first, then those of a seed."""
    return with_person(KEPT[index].world) if index < len(KEPT) else draw(f"{seed}:{index - len(KEPT)}")


def wrongs_of(seed: int, indices: Sequence[int], judge: Judge = the_judge) -> list[list[str]]:
    """Return in which ways each world is judged wrong."""
    return [[wrong.value for wrong in judge_world(world_at(seed, index), judge).wrongs] for index in indices]


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
