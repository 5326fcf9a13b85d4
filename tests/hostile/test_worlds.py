"""Worlds and their truth: replayed by id, told, made small, and varied enough."""

from __future__ import annotations

from rdpgui.core.journal import rebuild
from rdpgui.core.run_events import CandidatesFound
from tests.hostile.campaign import campaign, judge_world, try_worlds
from tests.hostile.course import run_through
from tests.hostile.draw import KINDS, draw
from tests.hostile.shrink import shrink
from tests.hostile.story import tell
from tests.hostile.world import World

SUFFICIENT_SHARE = 0.06
GREY_SHARE = 0.03


def test_that_an_id_replays_its_world() -> None:
    assert draw("3:14") == draw("3:14")
    assert draw("3:14") != draw("3:15")
    assert run_through(draw("3:14")).events == run_through(draw("3:14")).events


def test_that_events_come_in_true_order_and_make_up_a_run() -> None:
    for index in range(100):
        course = run_through(draw(f"5:{index}"))
        run = rebuild(course.events)
        assert run is not None
        assert run.attached is not None
        assert course.judged_s > course.history.anchors.order_s


def test_that_enough_worlds_are_sufficient_and_few_are_grey(fresh_seed: int) -> None:
    tally = campaign(fresh_seed, 600, workers=1)
    assert tally.count == 600
    assert tally.sufficient > SUFFICIENT_SHARE * tally.count
    assert tally.grey < GREY_SHARE * tally.count


def test_that_every_kind_of_disruption_is_drawn() -> None:
    assert {draw(f"6:{index}").plan.disruption_id for index in range(200)} == {kind for kind, _ in KINDS}


def test_that_the_result_says_what_a_release_stands_on() -> None:
    result = try_worlds(1, range(20)).as_json(1)
    assert {"seed", "count", "false_pass", "false_fail", "pass_where_sufficient", "cause_named"} <= result.keys()


def test_that_a_world_is_told_with_what_happened_what_was_seen_and_what_was_said() -> None:
    story = tell(judge_world(draw("1:0")))
    assert [
        part for part in ("What happened", "What was seen", "What was said", "What is true") if part not in story
    ] == []


def test_that_a_failing_world_is_made_small_and_still_fails() -> None:
    world = next(w for w in (draw(f"9:{index}") for index in range(200)) if w.visits and w.leave is not None)

    def fails(candidate: World) -> bool:
        return bool(candidate.visits)

    small = shrink(world, fails)
    assert len(small.visits) == 1
    assert small.leave is None
    assert small.access is small.plan.access


def test_that_nothing_is_seen_before_it_happened() -> None:
    for index in range(200):
        course = run_through(draw(f"8:{index}"))
        put = {item.key: item.put_s for item in course.history.objects}
        found = [event for event in course.events if isinstance(event, CandidatesFound)]
        assert all(put[item.key] <= course.judged_s for event in found for item in event.objects)
