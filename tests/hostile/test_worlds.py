"""Worlds and their truth: replayed by id, told, made small, and varied enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.journal import rebuild
from rdpgui.core.run_events import CandidatesFound
from rdpgui.core.session import AccessType, SessionOrigin
from tests.hostile.campaign import campaign, judge_world, try_worlds
from tests.hostile.course import run_through
from tests.hostile.draw import KINDS, draw
from tests.hostile.history import unfold
from tests.hostile.moments import NEVER, Anchor, Anchors, Moment
from tests.hostile.pace import Pace
from tests.hostile.shrink import shrink
from tests.hostile.story import tell
from tests.hostile.world import (
    Act,
    Deed,
    FilmSpec,
    Machine,
    Order,
    Outage,
    Plan,
    Program,
    Reads,
    Service,
    Topic,
    World,
)

SUFFICIENT_SHARE = 0.05
GREY_SHARE = 0.04


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


def test_that_enough_worlds_are_sufficient_and_few_are_grey(drawn_seed: int) -> None:
    tally = campaign(drawn_seed, 600, workers=1)
    assert tally.count == 600
    assert tally.sufficient > SUFFICIENT_SHARE * tally.count
    assert tally.grey < GREY_SHARE * tally.count


def test_that_every_kind_of_disruption_is_drawn() -> None:
    assert (
        {draw(f"6:{index}").plan.disruption_id for index in range(300)}
        == {kind for kind, _ in KINDS}
        == set(DisruptionId)
    )


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
        put: dict[str, float] = {}
        for item in course.history.objects:  # a key may be written again, later
            put[item.key] = min(item.put_s, put.get(item.key, NEVER))
        found = [event for event in course.events if isinstance(event, CandidatesFound)]
        assert all(put[item.key] <= course.judged_s for event in found for item in event.objects)


def test_that_what_acts_on_a_control_too_late_for_any_poll_can_be_told_by_nobody() -> None:
    """World 777:9008: terminated half a second before the verdict."""
    plan = Plan(DisruptionId.CONTROL_DISCONNECT, False, AccessType.STANDARD, True, 0.4, 1, 1.5, 20.0, 10.0)
    world = World(
        "late",
        plan,
        2.349,
        plan.access,
        Order(),
        Machine(),
        FilmSpec(processing_s=2.046),
        Service(notice_s=2.882),
        Reads(latency_s=0.05),
        Program(),
        SessionOrigin.PROGRAM,
    )
    late = replace(world, acts=(Act("an outsider", Deed.EC2_TERMINATE, Moment(Anchor.ORDER, 5.244)),))
    early = replace(world, acts=(Act("an outsider", Deed.EC2_TERMINATE, Moment(Anchor.ORDER, 3.0)),))
    unread = replace(early, reads=replace(world.reads, denied=frozenset({Topic.INSTANCE, Topic.CONNECTION})))
    assert [judge_world(one).truth.disrupted for one in (world, late, early)] == [True, False, False]
    assert [bool(judge_world(one).truth.grey) for one in (world, late, early, unread)] == [False, True, False, False]


def test_that_an_agent_that_is_stopped_disturbs_a_control_only_where_it_ends_the_session() -> None:
    """World 53100:36: stopped by somebody else, four seconds after the session was closed as planned."""
    plan = Plan(DisruptionId.CONTROL_NONE, False, AccessType.STANDARD, False, 3.0, 5, 20.0, 900.0, 700.0)
    quiet = World("agent", plan, 20.0, plan.access, Order(), Machine(), FilmSpec(), Service(), Reads(), Program())
    acts = {after_s: (Act("an outsider", Deed.AGENT_STOP, Moment(Anchor.ORDER, after_s)),) for after_s in (4.0, -6.0)}
    judged = {after_s: judge_world(replace(quiet, acts=act)) for after_s, act in acts.items()}
    assert {after_s: one.truth.disrupted for after_s, one in judged.items()} == {4.0: True, -6.0: False}
    assert [one.wrongs for one in judged.values()] == [(), ()]


def test_that_nobody_connects_to_a_machine_that_is_down() -> None:
    for index in range(400):
        course = run_through(draw(f"12:{index}"))
        start_s = course.history.own.start_s
        assert not [h for h in course.history.happenings if h.cut_s <= start_s < h.up_s]


def test_that_an_agent_that_was_stopped_comes_back_with_its_machine_or_not_at_all() -> None:
    plan = replace(draw("1:0").plan, disruption_id=DisruptionId.SSM_AGENT_STOP, by_hand=False, os_delay_s=5)
    world = replace(draw("1:0"), plan=plan, order=Order(), machine=Machine(away_s=65.0), acts=(), leave=None)

    def back_s(deed: Deed | None) -> float:
        acts = () if deed is None else (Act("an outsider", deed, Moment(Anchor.ORDER, 20.0)),)
        history = unfold(replace(world, acts=acts), Anchors(10.0, 100.0))
        stopped = history.happenings[0]
        assert (stopped.deed, stopped.agent_lost_s) == (Deed.AGENT_STOP, 106.0)
        assert not history.connected(stopped.agent_lost_s + 0.1)
        return stopped.up_s - stopped.agent_lost_s

    assert back_s(None) == pytest.approx(65.0)
    assert back_s(Deed.OS_REBOOT) == pytest.approx(14.2 + 5.0 + 5.0 + 1.5 + 30.0)
    assert back_s(Deed.EC2_STOP) == NEVER


def test_that_what_no_screen_shows_ends_the_session_at_once() -> None:
    for disruption_id in (DisruptionId.HIBERNATE, DisruptionId.DIAGNOSTIC_INTERRUPT, DisruptionId.SSM_AGENT_STOP):
        plan = Plan(disruption_id, False, AccessType.STANDARD, False, 3.0, 5, 20.0, 900.0, 1800.0)
        world = World("cut", plan, 4.0, plan.access, Order(), Machine(), FilmSpec(), Service(), Reads(), Program())
        history = unfold(world, Anchors(4.0, 30.0))
        assert history.ended_by is not None
        assert not history.ended_by.screen
        assert not any(item.film is not None and item.film.shutdown for item in history.objects)
        assert history.own.end_s - (30.0 + plan.delay_s + 1.0) <= 0.5
        assert [state.code for state in history.states[1:]] == (
            ["Client.UserInitiatedHibernate"] * 2 if disruption_id is DisruptionId.HIBERNATE else []
        )


def test_that_after_a_time_without_looks_the_look_before_it_is_the_last_that_saw() -> None:
    world = draw("1:0")
    outage = Outage(Moment(Anchor.START, 100.0), 200.0, frozenset({Topic.CONNECTION}))
    pace = Pace(replace(world, reads=replace(world.reads, outages=(outage,))), Anchors(), Topic.CONNECTION, 1.0)
    poll = pace.after(150.0)
    assert poll.begun_s > 300.0
    assert poll.previous_s <= 100.0
