"""The judge in hostile worlds: never a false PASS, never a false FAIL, and no caution without a cause.

Zero is what campaigns of many worlds have to show (``resources/docs/hostile-worlds.md``). A fresh seed draws other
worlds in every run of the suite, and that a judge was never wrong in 100,000 does not say that it never is: the next
2,000 may hold one that is told by its id, to be kept and mended. More than one is no chance any more.
"""

from __future__ import annotations

from tests.hostile.campaign import Tally, judge_run, try_worlds
from tests.hostile.kinds import Wrong

FACTS_WORLDS, RUNNER_WORLDS = 2_000, 200
KNOWN_SEED, KNOWN_WORLDS = 2026, 500
BY_CHANCE = 1
LEAST_PASS_WHERE_SUFFICIENT, LEAST_CAUSE_NAMED = 0.99, 0.95
FEW, FEWER = 0.03, 0.05
"""What so few worlds leave to chance: of 2,000 about 200 are sufficient, of 200 about 130 name a cause."""


def wrong_worlds(tally: Tally) -> list[str]:
    """Return the ids of the worlds that were judged wrong; ``python -m tests.hostile --world ID`` tells one."""
    return [*tally.of(Wrong.FALSE_PASS), *tally.of(Wrong.FALSE_FAIL), *tally.of(Wrong.UNSAID)]


def test_that_the_judge_is_never_wrong_in_the_worlds_of_a_known_seed() -> None:
    assert wrong_worlds(try_worlds(KNOWN_SEED, range(KNOWN_WORLDS))) == []


def test_that_the_judge_is_not_wrong_about_what_a_run_would_hold(fresh_seed: int) -> None:
    tally = try_worlds(fresh_seed, range(FACTS_WORLDS))
    print(f"judged wrong: {wrong_worlds(tally)}")  # noqa: T201  (to be kept and mended)
    assert len(wrong_worlds(tally)) <= BY_CHANCE, wrong_worlds(tally)
    assert tally.pass_where_sufficient >= LEAST_PASS_WHERE_SUFFICIENT - FEW
    assert tally.cause_named >= LEAST_CAUSE_NAMED - FEW


def test_that_runner_and_judge_together_are_not_wrong(fresh_seed: int) -> None:
    tally = try_worlds(fresh_seed, range(RUNNER_WORLDS), judge_run)
    print(f"judged wrong: {wrong_worlds(tally)}")  # noqa: T201  (to be kept and mended)
    assert len(wrong_worlds(tally)) <= BY_CHANCE, wrong_worlds(tally)
    assert tally.cause_named >= LEAST_CAUSE_NAMED - FEWER
