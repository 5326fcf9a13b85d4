"""The way back from the safety device: what a run left behind is listed, offered and cleaned up with a record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from rdpgui.core.account_events import (
    HandActionEnded,
    HandActionIntended,
    InstancesObserved,
    PlaceOpened,
    SessionsObserved,
)
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.journal import read_actions
from rdpgui.core.leftovers import CLOSE_ACTION, halted_by_own_order, left_overs
from rdpgui.core.place import Place
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.state import RESTORE_ACTION, AppState, RunState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.by_hand import TERMINATE_ACTION, ByHand
from rdpgui.runner.store import Store
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene


def _desk(scene: Scene) -> ArmingDesk:
    return ArmingDesk(scene.store, scene.ports.clock, 300.0)


def _hand(scene: Scene) -> ByHand:
    return ByHand(scene.ports, scene.store, by="ana")


async def _observe(scene: Scene) -> None:
    ports, now = scene.ports, scene.ports.clock.now()
    scene.store.publish(InstancesObserved(now, await ports.instances.instances(), await ports.instances.nodes()))
    listed = [await ports.sessions.sessions(active=active) for active in (True, False)]
    scene.store.publish(SessionsObserved(now, (*listed[0], *listed[1])))


async def _stopped_in(scene: Scene, phase: Phase) -> RunState:
    """Run a stop and latch the emergency stop when a phase is entered."""
    scene.store.publish(PlaceOpened(scene.ports.clock.now(), Place(scenario="default")))
    scene.store.publish(scene.events[0])
    plan = scene.plan(DisruptionId.EC2_STOP)
    task = asyncio.create_task(scene.runner.run(plan, auto_arm=True))

    def reached(state: AppState) -> bool:
        run = state.runs.get(plan.run_id)
        return run is not None and run.phase is phase and (phase is not Phase.ENDING or bool(run.accepted))

    await scene.store.until(reached, 60.0)
    _desk(scene).emergency_stop()
    return await task


@pytest.mark.case("R10")
def test_that_the_connection_of_a_run_is_listed_during_the_latched_stop_and_ended_after_its_reset() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run = await _stopped_in(scene, Phase.STEADY)
        assert run.status is RunStatus.ABORTED
        assert "close" not in scene.world.calls, "latched: no new action, not even this one"
        await _observe(scene)
        left = left_overs(scene.store.state)
        assert [(item.run_id, item.halted) for item in left] == [(run.run_id, False)]
        assert run.session is not None and left[0].session_id == run.session.session_id
        with pytest.raises(GuardRefusal, match="latched"):
            await _hand(scene).end_connection(run.run_id)
        assert scene.world.actions == []

        _desk(scene).emergency_reset()
        closed = await _hand(scene).end_connection(run.run_id)
        assert scene.world.calls.count("close") == 1
        asked, answered = read_actions(scene.world.actions)
        assert isinstance(asked, HandActionIntended) and isinstance(answered, HandActionEnded)
        assert (asked.action, asked.by, asked.of_run, asked.session_id) == (
            CLOSE_ACTION,
            "ana",
            run.run_id,
            run.session.session_id,
        )
        assert closed is not None
        scene.store.publish(closed)
        assert left_overs(scene.store.state) == ()
        assert await _hand(scene).end_connection(run.run_id) is None

    run_virtual(main())


@pytest.mark.case("R10")
def test_that_a_connection_that_ended_by_itself_is_not_offered_any_more() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        await _stopped_in(scene, Phase.STEADY)
        await _observe(scene)
        assert len(left_overs(scene.store.state)) == 1
        scene.world.disconnect(TARGET)
        await asyncio.sleep(5.0)
        await _observe(scene)
        assert left_overs(scene.store.state) == ()

    run_virtual(main())


@pytest.mark.case("R10")
def test_that_an_instance_that_the_run_itself_halted_is_started_again_after_the_reset() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run = await _stopped_in(scene, Phase.ENDING)
        assert halted_by_own_order(run)
        await asyncio.sleep(30.0)
        await _observe(scene)
        (left,) = left_overs(scene.store.state)
        assert left.halted and left.run_id == run.run_id
        assert not any(call.startswith("ec2:StartInstances") for call in scene.world.calls)
        _desk(scene).emergency_reset()
        await _hand(scene).start_halted(run.run_id)
        assert scene.world.calls.count(f"ec2:StartInstances {TARGET}") == 1
        done = [e for e in read_actions(scene.world.actions) if isinstance(e, HandActionIntended | HandActionEnded)]
        assert [event.action for event in done] == [RESTORE_ACTION] * 2
        await asyncio.sleep(60.0)
        await _observe(scene)
        assert left_overs(scene.store.state) == ()

    run_virtual(main())


@pytest.mark.case("R10")
def test_that_runs_of_a_lab_that_is_gone_left_nothing_behind() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run = await _stopped_in(scene, Phase.STEADY)
        store = Store(AppState(place=Place(scenario="default")))
        store.adopt(run)
        assert left_overs(store.state) == ()
        assert left_overs(scene.store.state) != ()
        for scenario in ("two-objects", "default"):
            scene.store.publish(PlaceOpened(scene.ports.clock.now(), Place(scenario=scenario)))
        assert left_overs(scene.store.state) == (), "the lab that comes back is another one"

    run_virtual(main())


async def _connected(scene: Scene) -> None:
    scene.world.open(TARGET, scene.plan().access_type)
    await asyncio.sleep(5.0)
    await _observe(scene)


def _nothing(scene: Scene) -> None:
    return None


def _latch(scene: Scene) -> None:
    _desk(scene).emergency_stop()


def _arm(scene: Scene) -> None:
    _desk(scene).arm(TARGET)


@pytest.mark.case("R10")
@pytest.mark.parametrize(
    ("lab", "before", "refused"),
    [(True, _nothing, ""), (False, _arm, ""), (False, _nothing, "not armed"), (True, _latch, "latched")],
)
def test_that_a_session_is_ended_only_armed_or_in_the_lab_and_on_the_record(
    lab: bool, before: Callable[[Scene], Awaitable[None] | None], refused: str
) -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=lab))
        await _connected(scene)
        before(scene)
        session = next(item for item in scene.store.state.sessions if item.active)
        if refused:
            with pytest.raises(GuardRefusal, match=refused):
                await _hand(scene).end_session(session)
            assert scene.world.actions == []
            assert not any(TERMINATE_ACTION in call for call in scene.world.calls)
            return
        await _hand(scene).end_session(session)
        asked = read_actions(scene.world.actions)[0]
        assert isinstance(asked, HandActionIntended)
        assert (asked.action, asked.session_id, asked.target) == (TERMINATE_ACTION, session.session_id, TARGET)
        assert session.session_id in scene.store.state.log[-2].shown()
        await asyncio.sleep(10.0)
        with pytest.raises(GuardRefusal, match="over"):
            await _hand(scene).end_session(session)

    run_virtual(main())
