"""The layer ``runner``: the real runner lives through hostile worlds in virtual time."""

from __future__ import annotations

from dataclasses import replace

from rdpgui.core.run_events import IntentRecorded, RunStarted
from tests.hostile.campaign import judge_run
from tests.hostile.draw import draw
from tests.hostile.moments import Anchor, Moment
from tests.hostile.runner_layer import live_through
from tests.hostile.world import FilmSpec, Machine, Order, Plan, Program, Reads, Service, World


def quiet_world(plan: Plan) -> World:
    """Return a world in which all goes its way."""
    return World(
        "quiet", plan, 5.0, plan.access, Order(), Machine(), FilmSpec(), Service(), Reads(), Program(confirms=True)
    )


def test_that_the_runner_comes_to_a_verdict_in_a_hostile_world(fresh_seed: int) -> None:
    judged = [judge_run(draw(f"{fresh_seed}:{index}")) for index in range(8)]
    assert len([one for one in judged if one is not None]) >= 5


def test_that_the_anchors_are_where_the_runner_put_them() -> None:
    course = live_through(quiet_world(draw("1:0").plan))
    assert course is not None
    anchors = course.history.anchors
    assert 0 < anchors.connected_s < anchors.order_s < anchors.end_s <= course.judged_s


def test_that_a_killed_program_takes_its_run_up_and_never_repeats_the_order() -> None:
    plan = next(p for p in (draw(f"2:{index}").plan for index in range(50)) if not p.lab and p.effect != "none")
    world = quiet_world(replace(plan, by_hand=False))
    world = replace(world, program=replace(world.program, off=(Moment(Anchor.ORDER, 4.0), 300.0)))
    course = live_through(world)
    assert course is not None
    assert course.judged_s > course.history.anchors.order_s + 304.0
    assert len([event for event in course.events if isinstance(event, IntentRecorded)]) == 1
    assert len([event for event in course.events if isinstance(event, RunStarted)]) == 1


def test_that_a_run_replays() -> None:
    world = draw("4:2")
    first, again = live_through(world), live_through(world)
    assert first is not None
    assert again is not None
    assert [type(event) for event in first.events] == [type(event) for event in again.events]
    assert first.judged_s == again.judged_s
