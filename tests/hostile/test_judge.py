"""The judge in hostile worlds: never a false PASS, never a false FAIL, and no caution without a cause."""

from __future__ import annotations

import pytest

from tests.hostile.campaign import Tally, judge_run, try_worlds
from tests.hostile.kinds import Wrong

FACTS_WORLDS, RUNNER_WORLDS = 2_000, 200
LEAST_PASS_WHERE_SUFFICIENT, LEAST_CAUSE_NAMED = 0.99, 0.95
FEW = 0.02
"""Of 200 worlds about 20 are sufficient: one that is missed is 5 %."""

BEING_MENDED = pytest.mark.xfail(
    strict=False, reason="3 of 20,000 worlds were judged wrong when last counted: to go when 100,000 have none"
)


def never_wrong(tally: Tally) -> None:
    """Assert that no verdict is wrong; the ids replay with ``python -m tests.hostile --world ID``."""
    assert tally.of(Wrong.FALSE_PASS) == []
    assert tally.of(Wrong.FALSE_FAIL) == []
    assert tally.of(Wrong.UNSAID) == []


@BEING_MENDED
def test_that_the_judge_is_never_wrong_about_what_a_run_would_hold(fresh_seed: int) -> None:
    tally = try_worlds(fresh_seed, range(FACTS_WORLDS))
    never_wrong(tally)
    assert tally.pass_where_sufficient >= LEAST_PASS_WHERE_SUFFICIENT - FEW
    assert tally.cause_named >= LEAST_CAUSE_NAMED


@BEING_MENDED
def test_that_runner_and_judge_together_are_never_wrong(fresh_seed: int) -> None:
    tally = try_worlds(fresh_seed, range(RUNNER_WORLDS), judge_run)
    never_wrong(tally)
    assert tally.cause_named >= LEAST_CAUSE_NAMED - FEW
