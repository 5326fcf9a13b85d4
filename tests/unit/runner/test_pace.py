"""How often an account is read: whether a run goes on, who looks, and what a look costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import Topic
from rdpgui.core.attention import Attention
from rdpgui.core.run_events import RunStarted
from rdpgui.core.settings import AWS_TIMING, LAB_TIMING, Timing
from rdpgui.runner.pace import Pace
from rdpgui.runner.store import Store
from tests.helpers.simulated_world import ACCOUNT, REGION, Behaviour
from tests.helpers.virtual_time import EPOCH, run_virtual
from tests.unit.runner.scenes import Scene

LOOKING, IDLE, HIDDEN = Attention.LOOKING, Attention.IDLE, Attention.HIDDEN
TIMING = replace(AWS_TIMING, poll_idle_s=10.0, poll_run_s=3.0)


def _pace(timing: Timing = TIMING, *, running: bool = False) -> Pace:
    async def main() -> Store:
        scene = Scene(Behaviour())
        if running:
            plan = scene.plan()
            scene.store.publish(RunStarted(EPOCH, plan.run_id, plan, ACCOUNT, REGION, "0"))
        return scene.store

    return Pace(run_virtual(main()), timing)


@pytest.mark.parametrize(
    ("topic", "attention", "running", "pages", "expected_s"),
    [
        (Topic.INSTANCES, LOOKING, False, 1, 10.0),
        (Topic.SESSIONS, LOOKING, False, 1, 10.0),
        (Topic.OBJECTS, LOOKING, False, 1, 10.0),
        (Topic.IDENTITY, LOOKING, False, 1, 60.0),
        (Topic.PREFERENCES, LOOKING, False, 1, 60.0),
        # What nobody looks at is read less often, and what is read rarely anyway no more often for it.
        (Topic.INSTANCES, IDLE, False, 1, 100.0),
        (Topic.INSTANCES, HIDDEN, False, 1, 200.0),
        (Topic.IDENTITY, IDLE, False, 1, 100.0),
        (Topic.PREFERENCES, HIDDEN, False, 1, 200.0),
        # While a run goes on nobody's absence counts; the tables of its target are faster than the rest.
        (Topic.INSTANCES, LOOKING, True, 1, 6.0),
        (Topic.SESSIONS, HIDDEN, True, 1, 6.0),
        (Topic.OBJECTS, HIDDEN, True, 1, 10.0),
        (Topic.IDENTITY, HIDDEN, True, 1, 60.0),
        # A look that costs more calls comes so much later, so that a minute costs the same.
        (Topic.SESSIONS, LOOKING, False, 3, 30.0),
        (Topic.SESSIONS, LOOKING, True, 3, 18.0),
        (Topic.OBJECTS, IDLE, False, 4, 400.0),
    ],
)
def test_that_the_pause_follows_the_run_who_looks_and_what_a_look_costs(
    topic: Topic, attention: Attention, running: bool, pages: int, expected_s: float
) -> None:
    pace = _pace(running=running)
    pace.attend(attention)
    assert pace.interval_s(topic, pages) == pytest.approx(expected_s)


@pytest.mark.parametrize("timing", [AWS_TIMING, LAB_TIMING])
def test_that_tables_are_read_faster_while_a_run_goes_on(timing: Timing) -> None:
    idle, busy = _pace(timing), _pace(timing, running=True)
    assert busy.interval_s(Topic.SESSIONS) < idle.interval_s(Topic.SESSIONS)
    assert busy.interval_s(Topic.OBJECTS) == idle.interval_s(Topic.OBJECTS) == idle.interval_s(Topic.SESSIONS)


def test_that_a_slow_poll_of_runs_makes_no_table_slower_than_without_a_run() -> None:
    timing = replace(TIMING, poll_run_s=30.0)
    assert _pace(timing, running=True).interval_s(Topic.INSTANCES) == _pace(timing).interval_s(Topic.INSTANCES)


@pytest.mark.parametrize(
    ("attention", "running", "expected_s"),
    [(LOOKING, False, 6.0), (IDLE, False, 60.0), (HIDDEN, False, 120.0), (LOOKING, True, 12.0), (HIDDEN, True, 12.0)],
)
def test_that_calls_that_can_wait_wait_longer_while_a_run_goes_on_or_nobody_looks(
    attention: Attention, running: bool, expected_s: float
) -> None:
    pace = _pace(running=running)
    pace.attend(attention)
    assert pace.apart_s() == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("before", "now", "closer"),
    [
        (HIDDEN, IDLE, True),
        (HIDDEN, LOOKING, True),
        (IDLE, LOOKING, True),
        (LOOKING, LOOKING, False),
        (LOOKING, IDLE, False),
        (IDLE, HIDDEN, False),
    ],
)
def test_that_only_who_comes_back_looks_more_closely_than_before(
    before: Attention, now: Attention, closer: bool
) -> None:
    pace = _pace()
    pace.attend(before)
    assert pace.attend(now) is closer
