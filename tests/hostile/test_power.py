"""The generator is strong enough: broken judges are found out, each within a number of worlds."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import partial

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.session import AccessType, SessionOrigin
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, Verdict, VerdictValue
from tests.hostile.campaign import judge_world, try_worlds
from tests.hostile.found_out import blind_to, wrongs_of
from tests.hostile.judge_door import Judge, the_judge
from tests.hostile.kept import KEPT, with_person
from tests.hostile.kinds import Wrong
from tests.hostile.moments import Anchor, ClockSpec, Moment
from tests.hostile.mutants import equivalents, mutants, patched
from tests.hostile.world import FilmSpec, Machine, Order, Plan, Port, Program, Reads, Service, Visit, World

AT_ONCE = 250
BY_HAND = "case.run.plan.by_hand"


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


_PLAN = Plan(DisruptionId.STOP_FORCE, False, AccessType.STANDARD, True, 0.4, 1, 1.5, 20.0, 10.0)
ANOTHER_CONNECTED = World(  # his film shows the same shutdown, and ends with the same moment
    "5150:246",
    _PLAN,
    2.523,
    _PLAN.access,
    Order(),
    Machine(screen_s=1.907, guest=ClockSpec(0.192)),
    FilmSpec(),
    Service(),
    Reads(),
    Program(ClockSpec(0.021)),
    SessionOrigin.PROGRAM,
    visits=(Visit("carol", True, Port.GUI, Moment(Anchor.CONNECTED, -1.657), 6.227, FilmSpec(processing_s=1.676)),),
)


def worlds_of_old() -> list[World]:
    """Return the kept worlds, and those that are judged PASS once more, with a film whose bytes are not the object's.

    Fresh worlds find a blind judge, too (one for whom the session always ended with the disruption is found out in
    one of some thousands), but a test has to come to an end.
    """
    worlds = [world for kept in KEPT for world in (kept.world, with_person(kept.world))]
    passed = [world for world in worlds if judge_world(world).verdict.value is VerdictValue.PASS]
    return [*worlds, ANOTHER_CONNECTED, *(replace(world, film=replace(world.film, checksum=False)) for world in passed)]


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
def test_that_a_judge_who_always_says_the_same_is_found_out(value: VerdictValue, wrong: Wrong, drawn_seed: int) -> None:
    assert try_worlds(drawn_seed, range(AT_ONCE), partial(judge_world, judge=says(value))).of(wrong)


def test_that_every_comparison_and_slack_of_the_judge_has_a_mutant() -> None:
    found = mutants()
    assert {mutant.kind for mutant in found} == {"turned", "negated", "joined", "slack"}
    assert len({(mutant.name, mutant.text) for mutant in found}) == len(found)


@pytest.mark.parametrize("kind", ["turned", "negated", "joined", "slack"])
def test_that_a_mutant_is_one_change_that_is_taken_back(kind: str) -> None:
    module = importlib.import_module("rdpgui.core.judging.ended_after")
    mutant = next(m for m in mutants() if (m.kind, m.module) == (kind, "judging.ended_after"))

    def living() -> dict[str, object]:
        return {name: getattr(value, "__code__", value) for name, value in vars(module).items()}

    before = living()
    with patched(mutant):
        during = living()
    assert len([name for name in before if during[name] != before[name]]) == 1
    assert living() == before


def test_that_a_mutant_is_found_by_a_world() -> None:
    mutant = next(m for m in mutants() if (m.kind, m.module, m.text) == ("negated", "judging.proof", BY_HAND))
    before = [wrongs_of(7, [index]) for index in range(len(KEPT))]
    with patched(mutant):
        during = [wrongs_of(7, [index]) for index in range(len(KEPT))]
    assert [wrongs_of(7, [index]) for index in range(len(KEPT))] == before
    assert during != before


def test_that_what_is_said_to_be_no_fault_is_a_mutant_with_a_reason() -> None:
    living = {(mutant.module, mutant.kind, mutant.text) for mutant in mutants()}
    assert {key for key, reason in equivalents().items() if key not in living or len(reason) < 10} == set()
