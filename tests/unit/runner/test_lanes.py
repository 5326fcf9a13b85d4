"""Runs side by side: a lane is one instance, and lanes go side by side only where films name their session."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from rdpgui.core.account_events import Armed, Disarmed, HandActionEnded, InstancesObserved, PreferencesObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import GuardRefusal, Unreachable
from rdpgui.core.events import Event
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.instance import InstanceProtection, InstanceState
from rdpgui.core.run import RunPlan, RunStatus
from rdpgui.core.run_events import ClockSampled
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.matrix import NO_FILM, UNNAMED, Matrix, Row, RowStatus
from rdpgui.runner.plans import matrix_pairs
from rdpgui.runner.resume import read_run, take_up
from rdpgui.runner.spare_lanes import SpareLanes
from rdpgui.runner.store import Store
from tests.helpers.simulated_world import PREFERENCES, TARGET, Behaviour, Machine
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

ORDERS = ("ec2:StopInstances", "ec2:RebootInstances", "ssm:SendCommand i-")
LANES = tuple(InstanceId(f"i-0{letter * 16}") for letter in "abcde")


def _scene(behaviour: Behaviour | None = None) -> Scene:
    """A world of five instances."""
    scene = Scene(behaviour or Behaviour())
    like = scene.world.machines[TARGET]
    for number, lane in enumerate(LANES):
        item = replace(like.item, instance_id=lane, name=f"win-{number}")
        scene.world.machines[lane] = Machine(item, like.boot_at)
    return scene


def _plans(scene: Scene) -> list[RunPlan]:
    return [scene.plan(disruption, access, TARGET) for disruption, access in matrix_pairs()]


def _runs(rows: tuple[Row, ...]) -> list[RunState]:
    return [row.run for row in rows if row.run is not None]


def _at_once(runs: list[RunState]) -> int:
    """Return how many runs went on at the same time at most, by the journal's own times."""
    ends = [run.ended_at for run in runs]
    assert None not in ends
    return max(
        sum(a.started_at <= b.started_at < end for a, end in zip(runs, ends, strict=True) if end is not None)
        for b in runs
    )


@pytest.mark.case("X13")
def test_that_runs_go_on_side_by_side_and_each_film_is_its_own() -> None:
    async def main() -> None:
        scene = _scene()
        rows = await Matrix(scene.runner, scene.store).run(_plans(scene), LANES)
        runs = _runs(rows)
        assert [row.as_expected for row in rows] == [True] * 10
        assert _at_once(runs) >= 4
        assert {run.plan.instance_id for run in runs} == set(LANES)
        for lane in LANES:  # on one instance never two
            own = sorted((r for r in runs if r.plan.instance_id == lane), key=lambda r: r.started_at)
            assert all(a.ended_at is not None and b.started_at >= a.ended_at for a, b in pairwise(own))
        for run in runs:  # its neighbours were seen, and none was taken for it
            assert run.verdict is not None and run.session is not None
            key = run.inspected[-1].key if len(run.candidates) == 1 else run.session.session_id
            assert run.session.session_id in key

    run_virtual(main())


@pytest.mark.case("X13")
def test_that_lanes_wait_for_the_first_film() -> None:
    async def main() -> None:
        scene = _scene()
        first, *others = _runs(await Matrix(scene.runner, scene.store).run(_plans(scene), LANES))
        named_at = first.inspected[-1].at
        assert all(run.started_at >= named_at for run in others)

    run_virtual(main())


@pytest.mark.case("X13")
@pytest.mark.parametrize(("behaviour", "why"), [
    (Behaviour(key_names=False), UNNAMED),
    (Behaviour(object_missing=True), NO_FILM),
])  # fmt: skip
def test_that_without_a_name_runs_stay_one_at_a_time_and_it_is_said(behaviour: Behaviour, why: str) -> None:
    async def main() -> None:
        scene = _scene(behaviour)
        told: list[str] = []
        plans = _plans(scene)[2:6]
        rows = await Matrix(scene.runner, scene.store, told=told.append).run(plans, LANES)
        runs = sorted(_runs(rows), key=lambda run: run.started_at)
        assert len(runs) == 4
        assert told == [why]
        for earlier, later in pairwise(runs):
            assert earlier.left is not None
            assert later.started_at > earlier.left.at, "no two connections at once"

    run_virtual(main())


@pytest.mark.case("X13", "R17")
def test_that_each_lane_arms_its_own_target_and_nothing_stays_armed() -> None:
    async def main() -> None:
        scene = _scene()
        rows = await Matrix(scene.runner, scene.store).run(_plans(scene), LANES)
        armed = [event for event in scene.events if isinstance(event, Armed)]
        target_of = {run.run_id: run.plan.instance_id for run in _runs(rows)}
        assert {event.by_run for event in armed} <= set(target_of)
        assert all(event.by_run is not None and target_of[event.by_run] == event.instance_id for event in armed)
        disarmed = [event.by_run for event in scene.events if isinstance(event, Disarmed)]
        assert sorted(map(str, disarmed)) == sorted(str(event.by_run) for event in armed)
        assert scene.store.state.armings == ()

    run_virtual(main())


@pytest.mark.case("X13", "R17")
def test_that_what_a_person_armed_outlives_the_lanes() -> None:
    async def main() -> None:
        scene = _scene()
        ArmingDesk(scene.store, scene.ports.clock, 7200.0).arm(LANES[2])
        own = scene.store.state.arming
        rows = await Matrix(scene.runner, scene.store).run(_plans(scene), LANES)
        assert [row.as_expected for row in rows] == [True] * 10
        assert scene.store.state.arming is own
        assert scene.store.state.run_armings == {}

    run_virtual(main())


@pytest.mark.case("X13")
@pytest.mark.parametrize("emergency", [False, True])
def test_that_a_stop_ends_all_lanes(emergency: bool) -> None:
    async def main() -> None:
        scene = _scene()
        matrix = Matrix(scene.runner, scene.store)
        desk = ArmingDesk(scene.store, scene.ports.clock, 300.0)

        def stop() -> None:
            assert len(scene.store.state.active_runs) >= 4
            (desk.emergency_stop if emergency else matrix.stop)()

        scene.world.later(8.0, stop)
        rows = await matrix.run(_plans(scene), LANES)
        statuses = [run.status for run in _runs(rows)]
        assert statuses.count(RunStatus.ABORTED) >= 4
        assert set(statuses) == {RunStatus.COMPLETED, RunStatus.ABORTED}
        assert rows[-1].status is RowStatus.SKIPPED
        assert scene.store.state.armings == () and not scene.store.state.active_runs

    run_virtual(main())


def test_that_a_lane_whose_instance_did_not_come_back_gets_no_more_runs() -> None:
    async def main() -> None:
        scene = _scene(Behaviour(start_denied=True))
        pairs = [DisruptionId.CONTROL_NONE] + [DisruptionId.EC2_STOP] * 3 + [DisruptionId.EC2_REBOOT] * 3
        plans = [
            replace(scene.plan(kind, instance_id=TARGET), run_id=RunId(f"run-{n}")) for n, kind in enumerate(pairs)
        ]
        runs = _runs(await Matrix(scene.runner, scene.store).run(plans, LANES[:4]))
        halted = {r.plan.instance_id for r in runs if r.plan.disruption_id is DisruptionId.EC2_STOP}
        assert len(halted) == 3
        assert all(scene.world.machines[lane].item.state is InstanceState.STOPPED for lane in halted)
        after = [run.plan.instance_id for run in runs if run.plan.disruption_id is DisruptionId.EC2_REBOOT]
        assert len(after) == 3 and halted.isdisjoint(after)

    run_virtual(main())


def test_that_a_film_that_several_runs_find_is_inspected_once() -> None:
    async def main() -> None:
        scene = _scene()
        asked: list[str] = []
        inspect = scene.ports.films.inspect

        async def counted(path: object) -> object:
            asked.append(str(path))
            return await inspect(path)  # type: ignore[arg-type]

        scene.ports.films.inspect = counted  # type: ignore[assignment, method-assign]
        rows = await Matrix(scene.runner, scene.store).run(_plans(scene), LANES)
        assert [row.as_expected for row in rows] == [True] * 10
        assert len(asked) == 10 < sum(len(run.inspected) for run in _runs(rows))

    run_virtual(main())


def _see(scene: Scene) -> None:
    """The snapshot knows the world's instances, and a node for each that runs."""
    items = tuple(machine.item for machine in scene.world.machines.values())
    now = scene.world.clock.now()
    scene.store.publish(InstancesObserved(now, items, (), None))
    scene.store.publish(PreferencesObserved(now, PREFERENCES))


@pytest.mark.case("X13")
def test_that_stopped_instances_of_the_lab_become_lanes_and_are_stopped_again() -> None:
    async def main() -> None:
        scene = _scene()
        for lane in LANES[3:]:
            scene.world.set_state(lane, InstanceState.STOPPED, "")
        _see(scene)
        hand = ByHand(scene.ports, scene.store, by="ana")
        spare = SpareLanes(scene.ports, scene.store, hand, scene.timing)
        plans = _plans(scene)
        found = await spare.find([plan.disruption_id for plan in plans], "rdpgui:disruptable=true", 5)
        assert found == list(LANES[3:])
        coming = [asyncio.create_task(spare.up(lane)) for lane in found]
        rows = await Matrix(scene.runner, scene.store).run(plans, LANES[:3], coming)
        assert [row.as_expected for row in rows] == [True] * 10
        assert {run.plan.instance_id for run in _runs(rows)} == set(LANES)
        await spare.put_back()
        await asyncio.sleep(5.0)
        states = [scene.world.machines[lane].item.state for lane in LANES]
        assert states == [InstanceState.RUNNING] * 3 + [InstanceState.STOPPED] * 2
        done = [event.action for event in scene.events if isinstance(event, HandActionEnded) and not event.error]
        assert done == ["ec2:StartInstances"] * 2 + ["ec2:StopInstances"] * 2

    run_virtual(main())


async def _halting(coming_up: bool) -> tuple[list[RunState], list[Row]]:
    """Run rows on one lane whose instance does not come back, while another may still be starting."""
    scene = _scene(Behaviour(start_denied=True))
    kinds = [DisruptionId.EC2_STOP, DisruptionId.EC2_REBOOT, DisruptionId.EC2_REBOOT]
    plans = [replace(scene.plan(kind, instance_id=TARGET), run_id=RunId(f"run-{n}")) for n, kind in enumerate(kinds)]

    async def up() -> InstanceId | None:
        await asyncio.sleep(60.0)
        return LANES[1] if coming_up else None

    rows = await Matrix(scene.runner, scene.store).run(plans, LANES[:1], [asyncio.create_task(up())])
    return _runs(rows), list(rows)


@pytest.mark.case("X13")
def test_that_rows_wait_for_a_lane_that_is_coming_when_the_only_one_did_not_come_back() -> None:
    runs, rows = run_virtual(_halting(coming_up=True))
    assert [run.plan.instance_id for run in runs] == [LANES[0], LANES[1], LANES[1]]
    assert [row.as_expected for row in rows[1:]] == [True, True]


@pytest.mark.case("X13")
def test_that_the_last_lane_is_taken_again_when_none_comes() -> None:
    _runs_then, rows = run_virtual(_halting(coming_up=False))
    assert [row.status for row in rows] == [RowStatus.ENDED] * 3
    assert {row.plan.instance_id for row in rows} == {LANES[0]}


def _one_stopped(behaviour: Behaviour) -> tuple[Scene, SpareLanes]:
    scene = _scene(behaviour)
    scene.world.set_state(LANES[4], InstanceState.STOPPED, "")
    _see(scene)
    return scene, SpareLanes(scene.ports, scene.store, ByHand(scene.ports, scene.store, by="ana"), scene.timing)


@pytest.mark.case("X13")
@pytest.mark.parametrize("cut_off", [False, True])
def test_that_an_instance_whose_start_had_no_answer_is_stopped_again(cut_off: bool) -> None:
    async def main() -> None:
        scene, spare = _one_stopped(Behaviour())
        start = scene.ports.disruptions.start

        async def unanswered(instance_id: InstanceId) -> None:
            await start(instance_id)
            if cut_off:
                await asyncio.sleep(3600.0)
            raise Unreachable("No answer.")

        scene.ports.disruptions.start = unanswered  # type: ignore[method-assign]
        task = asyncio.create_task(spare.up(LANES[4]))
        await asyncio.wait([task], timeout=30.0)
        task.cancel()
        await asyncio.wait([task])
        assert cut_off or task.result() is None
        await spare.put_back()
        await asyncio.sleep(5.0)
        assert scene.world.machines[LANES[4]].item.state is InstanceState.STOPPED

    run_virtual(main())


@pytest.mark.case("X13")
def test_that_what_was_never_started_stays_stopped() -> None:
    async def main() -> None:
        scene, spare = _one_stopped(Behaviour(start_denied=True))
        assert await spare.up(LANES[4]) is None
        await spare.put_back()
        await asyncio.sleep(5.0)
        assert scene.world.machines[LANES[4]].item.state is InstanceState.STOPPED

    run_virtual(main())


@pytest.mark.case("X13")
def test_that_a_bug_while_a_lane_comes_up_ends_no_row() -> None:
    async def main() -> None:
        bugs: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context))
        scene, spare = _one_stopped(Behaviour())

        async def broken(instance_id: InstanceId) -> None:
            raise IndexError(instance_id)

        scene.ports.disruptions.start = broken  # type: ignore[method-assign]
        coming = [asyncio.create_task(spare.up(LANES[4]))]
        rows = await Matrix(scene.runner, scene.store).run(_plans(scene)[:3], LANES[:2], coming)
        assert [row.as_expected for row in rows] == [True] * 3
        assert [type(bug["exception"]) for bug in bugs] == [IndexError]

    run_virtual(main())


@pytest.mark.case("X13")
def test_that_nothing_is_stopped_outside_of_runs_on_aws() -> None:
    async def main() -> None:
        scene = _scene(Behaviour(lab=False))
        ArmingDesk(scene.store, scene.ports.clock, 300.0).arm(LANES[0])
        with pytest.raises(GuardRefusal):
            await ByHand(scene.ports, scene.store, by="ana").stop_again(LANES[0])
        assert not any("StopInstances" in call for call in scene.world.calls)

    run_virtual(main())


def test_that_what_terminates_at_shutdown_is_no_lane() -> None:
    async def main() -> None:
        scene = _scene()
        scene.world.set_state(LANES[4], InstanceState.STOPPED, "")
        scene.world.protection = InstanceProtection("terminate", False)
        _see(scene)
        spare = SpareLanes(scene.ports, scene.store, ByHand(scene.ports, scene.store, by="ana"), scene.timing)
        assert await spare.find([DisruptionId.OS_SHUTDOWN], "rdpgui:disruptable=true", 5) == []
        assert await spare.find([DisruptionId.EC2_STOP], "rdpgui:disruptable=true", 5) == [LANES[4]]

    run_virtual(main())


@pytest.mark.case("X13", "R7")
@pytest.mark.parametrize("killed_s", [7.0, 8.5, 10.0])
def test_that_after_a_kill_the_runs_of_all_lanes_are_taken_up_at_once_and_nothing_is_ordered_again(
    killed_s: float,
) -> None:
    async def main() -> None:
        scene = _scene(Behaviour(lab=False))
        plans = _plans(scene)
        task = asyncio.create_task(Matrix(scene.runner, scene.store).run(plans, LANES))
        await asyncio.sleep(killed_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ordered = [call for call in scene.world.calls if call.startswith(ORDERS)]
        folders, store = scene.ports.folders, Store()
        left = [read_run(folders, RunId(run_id)) for run_id in scene.world.journals]
        waiting = [run for run in left if run.state.is_open]
        assert len(waiting) >= 4
        begun_at: dict[RunId, datetime] = {}

        def note(_state: AppState, event: Event) -> None:
            if isinstance(event, ClockSampled):
                begun_at.setdefault(event.run_id, event.at)

        store.subscribe(note)
        runs = await take_up(ExperimentRunner(scene.ports, store, Settings(), scene.timing), waiting)
        assert len(runs) == len(waiting) and not any(run.is_open for run in runs)
        assert [call for call in scene.world.calls if call.startswith(ORDERS)] == ordered
        went_on = [run for run in runs if run.status is RunStatus.COMPLETED]
        first_end = min(run.ended_at for run in went_on if run.ended_at is not None)
        assert all(begun_at[run.run_id] < first_end for run in went_on)

    run_virtual(main())
