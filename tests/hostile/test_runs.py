"""The layer ``runner``: the real runner lives through hostile worlds in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.people_events import SessionQuestioned
from rdpgui.core.run_events import ClockSampled, IntentRecorded, RunStarted, SourceUnread
from rdpgui.core.session import AccessType
from rdpgui.core.strangers import Whose
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner import connecting
from tests.hostile.campaign import judge_run, judge_world
from tests.hostile.draw import draw
from tests.hostile.kinds import Wrong
from tests.hostile.moments import Anchor, ClockSpec, Moment
from tests.hostile.runner_layer import live_through
from tests.hostile.world import (
    Act,
    Deed,
    FilmSpec,
    Machine,
    Naming,
    Order,
    Plan,
    Port,
    Program,
    Reads,
    Service,
    Suspend,
    Topic,
    Visit,
    World,
)


def quiet_world(plan: Plan) -> World:
    """Return a world in which all goes its way."""
    return World(
        "quiet", plan, 5.0, plan.access, Order(), Machine(), FilmSpec(), Service(), Reads(), Program(confirms=True)
    )


def test_that_the_runner_comes_to_a_verdict_in_a_hostile_world(drawn_seed: int) -> None:
    judged = [judge_run(draw(f"{drawn_seed}:{index}")) for index in range(8)]
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


@pytest.mark.parametrize("disruption_id", list(DisruptionId))
@pytest.mark.parametrize("lab", [True, False])
def test_that_a_quiet_run_of_every_kind_passes_in_both_layers(disruption_id: DisruptionId, lab: bool) -> None:
    plan = lab_plan(disruption_id)
    if not lab:
        plan = replace(plan, lab=False, poll_s=3.0, os_delay_s=15, steady_s=20.0, end_limit_s=900.0)
    world = quiet_world(replace(plan, recording_limit_s=700.0))
    # What shows nothing of itself is passed when its film goes on for a moment after it could act.
    world = replace(world, order=replace(world.order, obey_s=3.0 if lab else 6.0))
    assert judge_world(world).verdict.value is VerdictValue.PASS
    judged = judge_run(world)
    assert judged is not None
    assert judged.verdict.value is VerdictValue.PASS


def test_that_a_run_replays() -> None:
    world = draw("4:2")
    first, again = live_through(world), live_through(world)
    assert first is not None
    assert again is not None
    assert [type(event) for event in first.events] == [type(event) for event in again.events]
    assert first.judged_s == again.judged_s


def lab_plan(disruption_id: DisruptionId) -> Plan:
    """Return the plan of a run in the lab."""
    return Plan(disruption_id, False, AccessType.STANDARD, True, 0.4, 1, 1.5, 20.0, 10.0)


def test_that_what_came_while_the_run_waited_for_something_else_is_not_missing() -> None:
    """World 6201:1012: the guest's clock hides the restart, and the recording comes after its own limit."""
    world = replace(
        quiet_world(lab_plan(DisruptionId.OS_REBOOT)),
        machine=Machine(1.34, 0.5, boot_s=3.0, guest=ClockSpec(22.5)),
        film=FilmSpec(processing_s=25.0),
    )
    judged = judge_run(world)
    assert judged is not None
    assert judged.truth.is_pass
    assert judged.verdict.value is not VerdictValue.FAIL
    assert judged.course.judged_s > judged.course.history.own.end_s + 25.0


def test_that_a_film_that_ends_before_the_second_of_the_power_cut_does_not_contain_it() -> None:
    """World 6201:1287: the call follows its intent by a second and a half, in which the film ends."""
    world = replace(
        quiet_world(lab_plan(DisruptionId.STOP_SKIP_OS_SHUTDOWN)),
        connect_s=3.569,
        order=Order(call_s=1.0, obey_s=0.3),
        film=FilmSpec(early_s=1.01, processing_s=0.8, naming=Naming.SESSION_METADATA),
        reads=Reads(latency_s=0.09, offset_error_s=0.12),
    )
    judged = judge_run(world)
    assert judged is not None
    assert not judged.truth.is_pass
    assert judged.verdict.value is not VerdictValue.PASS


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("for_s", [8.0, 900.0])
def test_that_a_machine_that_slept_saw_nothing_meanwhile_in_both_layers(counted: bool, for_s: float) -> None:
    """Somebody restarts the instance while the program's machine sleeps: a control of which nobody knows."""
    plan = replace(lab_plan(DisruptionId.CONTROL_NONE), lab=False, poll_s=3.0, steady_s=20.0, recording_limit_s=700.0)
    quiet = quiet_world(replace(plan, end_limit_s=900.0))
    asleep = replace(quiet.program, suspend=Suspend(Moment(Anchor.ORDER, 4.0), for_s, counted))
    world = replace(quiet, program=asleep, reads=replace(quiet.reads, denied=frozenset({Topic.BOOT})))
    world = replace(world, acts=(Act("an outsider", Deed.EC2_REBOOT, Moment(Anchor.ORDER, 4.5)),))
    for judged in (judge_world(world), judge_run(world)):
        assert judged is not None
        gaps = [event for event in judged.course.events if isinstance(event, SourceUnread)]
        assert max((gap.at - gap.since_at).total_seconds() for gap in gaps) >= for_s
        assert judged.verdict.value is not VerdictValue.PASS
        last = [event for event in judged.course.events if isinstance(event, ClockSampled)][-1]
        stood_s = (judged.course.judged_s - last.mono_s) - 0.5
        assert (stood_s > for_s / 2) is not counted


def test_that_what_was_due_while_the_machine_slept_is_done_after_it() -> None:
    plan = replace(lab_plan(DisruptionId.EC2_STOP), lab=False, poll_s=3.0, steady_s=20.0, end_limit_s=900.0)
    world = quiet_world(replace(plan, recording_limit_s=700.0))
    for counted in (True, False):
        suspend = Suspend(Moment(Anchor.CONNECTED, 10.0), 100.0, counted)
        slept = replace(world, program=replace(world.program, suspend=suspend))
        for course in (judge_world(slept).course, live_through(slept)):
            assert course is not None
            anchors = course.history.anchors
            assert anchors.order_s >= anchors.connected_s + 110.0


def _with_colleague(alike: bool) -> World:
    """A quiet run with just-in-time access; a colleague's session comes a second before the own."""
    plan = replace(lab_plan(DisruptionId.EC2_REBOOT), lab=False, access=AccessType.JUST_IN_TIME, poll_s=3.0)
    quiet = quiet_world(replace(plan, steady_s=20.0, end_limit_s=900.0, recording_limit_s=700.0))
    moment = Moment(Anchor.CONNECTED, -1.0)
    visit = Visit("bob", True, Port.GUI, moment, 600.0, FilmSpec(processing_s=5.0), AccessType.JUST_IN_TIME)
    return replace(quiet, visits=(visit,), signs_alike=alike, connect_s=20.0)


@pytest.mark.case("P6")
@pytest.mark.parametrize("alike", [True, False])
def test_that_a_colleague_s_session_is_asked_about_and_not_taken(alike: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judge_run(_with_colleague(alike))
    assert judged is not None and Wrong.TAKEN not in judged.wrongs
    asked = [event for event in judged.course.events if isinstance(event, SessionQuestioned)]
    assert len(asked) == 2, "about each, and about each once"

    def believes(*_: object) -> Whose:
        return Whose.OWN

    monkeypatch.setattr(connecting, "whose", believes)
    broken = judge_run(_with_colleague(alike))
    assert broken is not None and Wrong.TAKEN in broken.wrongs, "a run that believes the role is found out"
