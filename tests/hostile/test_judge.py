"""The judge in hostile worlds: never a false PASS, never a false FAIL, and no caution without a cause.

The worlds of the suite are drawn with one seed (``conftest.py``): none of them may be judged wrong, and the suite says
the same on every machine. Worlds that nobody has seen are for campaigns (``resources/docs/hostile-worlds.md``): that a
judge was never wrong in 10,000 does not say that it never is, and whoever runs the suite is not the one to find out.
"""

from __future__ import annotations

from tests.hostile.campaign import Tally, judge_run, try_worlds
from tests.hostile.kinds import Wrong

FACTS_WORLDS, RUNNER_WORLDS = 2_000, 200
LEAST_PASS_WHERE_SUFFICIENT, LEAST_CAUSE_NAMED = 0.99, 0.95


def wrong_worlds(tally: Tally) -> list[str]:
    """Return the ids of the worlds that were judged wrong; ``python -m tests.hostile --world ID`` tells one."""
    return [*tally.of(Wrong.FALSE_PASS), *tally.of(Wrong.FALSE_FAIL), *tally.of(Wrong.UNSAID)]


def test_that_the_judge_is_not_wrong_about_what_a_run_would_hold(drawn_seed: int) -> None:
    tally = try_worlds(drawn_seed, range(FACTS_WORLDS))
    assert wrong_worlds(tally) == []
    assert tally.pass_where_sufficient >= LEAST_PASS_WHERE_SUFFICIENT
    assert tally.cause_named >= LEAST_CAUSE_NAMED


def test_that_runner_and_judge_together_are_not_wrong(drawn_seed: int) -> None:
    tally = try_worlds(drawn_seed, range(RUNNER_WORLDS), judge_run)
    assert wrong_worlds(tally) == []
    assert tally.cause_named >= LEAST_CAUSE_NAMED
