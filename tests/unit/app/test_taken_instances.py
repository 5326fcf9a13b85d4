"""One instance, one run: neither does the matrix take what a person works on, nor a person what the matrix works on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from rdpgui.app.session import WorkSession
from rdpgui.core.account_events import InstancesObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.ids import InstanceId
from rdpgui.core.run import RunStatus
from rdpgui.core.session import AccessType
from rdpgui.runner.matrix import Row
from tests.helpers.simulated_world import OTHER, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

PAIRS = [(DisruptionId.EC2_REBOOT, AccessType.STANDARD)] * 2


class _Records:
    """Reports are not the matter here."""

    history = line_of = None

    def __init__(self) -> None:
        self.papers = self

    async def sign(self, _run_id: object, _settings: object) -> None:
        return None

    async def drop_unfinished(self, _run_id: object) -> None:
        return None


class _Place:
    """Where a session works: the simulated world."""

    def __init__(self, scene: Scene) -> None:
        self.ports, self.timing, self.lab = scene.ports, scene.timing, scene.behaviour.lab


async def _open(lab: bool) -> tuple[Scene, WorkSession]:
    scene = Scene(Behaviour(lab=lab))
    session = WorkSession(cast(Any, _Place(scene)), scene.store, scene.settings, cast(Any, _Records()))
    items, nodes = await scene.ports.instances.instances(), await scene.ports.instances.nodes()
    scene.store.publish(InstancesObserved(scene.world.clock.now(), items, nodes, None))
    return scene, session


async def _connected(scene: Scene, session: WorkSession, instance_id: InstanceId) -> asyncio.Task[Any]:
    """A person opened a connection to an instance and works there."""
    plan = session.plan((DisruptionId.OS_SHUTDOWN, AccessType.STANDARD), instance_id, by_hand=True)
    task = asyncio.create_task(session.run(plan, attended=True))
    await scene.store.until(
        lambda state: plan.run_id in state.runs and state.runs[plan.run_id].attached is not None, None
    )
    return task


def _quiet(_number: int, _row: Row) -> None:
    return None


def _played(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(cast(Any, main()))


@pytest.mark.case("P6", "X13")
@pytest.mark.parametrize("lanes", [1, 2])
def test_that_the_matrix_leaves_out_where_a_person_works(lanes: int) -> None:
    async def main() -> None:
        scene, session = await _open(lab=True)
        person = await _connected(scene, session, TARGET)
        assert session.lanes(PAIRS) == (OTHER,)
        matrix = await session.run_matrix(PAIRS, _quiet, lanes=lanes)
        assert {row.plan.instance_id for row in matrix.rows} == {OTHER}
        assert all(row.run is not None and row.run.status is RunStatus.COMPLETED for row in matrix.rows)
        assert not any("RebootInstances" in call and TARGET in call for call in scene.world.calls)
        session.runner.abort()
        await person

    _played(main)


@pytest.mark.case("P6", "X13")
def test_that_a_matrix_that_names_where_a_person_works_does_not_begin_and_says_why() -> None:
    async def main() -> None:
        scene, session = await _open(lab=False)
        person = await _connected(scene, session, TARGET)
        with pytest.raises(GuardRefusal, match=f"A run on {TARGET} is under way"):
            await session.run_matrix(PAIRS, _quiet, instances=(TARGET, OTHER))
        assert session.matrix is None and len(scene.store.state.runs) == 1
        session.runner.abort()
        await person

    _played(main)


@pytest.mark.case("P6", "X13")
def test_that_with_a_run_on_each_instance_no_matrix_begins() -> None:
    async def main() -> None:
        scene, session = await _open(lab=True)
        people = [await _connected(scene, session, item) for item in (TARGET, OTHER)]
        with pytest.raises(GuardRefusal, match="on each instance"):
            await session.run_matrix(PAIRS, _quiet)
        session.runner.abort()
        await asyncio.gather(*people)

    _played(main)


@pytest.mark.case("X13")
def test_that_a_person_gets_no_instance_that_the_matrix_holds_until_it_is_over() -> None:
    async def main() -> None:
        scene, session = await _open(lab=True)
        rows = asyncio.create_task(session.run_matrix(PAIRS, _quiet, lanes=2))
        await scene.store.until(lambda state: len(state.active_runs) == 1, None)
        (first,) = scene.store.state.active_runs
        free = OTHER if first.plan.instance_id == TARGET else TARGET
        pair = (DisruptionId.CONTROL_NONE, AccessType.STANDARD)
        with pytest.raises(GuardRefusal, match=f"The matrix works on {free}"):
            await session.run(session.plan(pair, free))
        matrix = await rows
        assert [row.as_expected for row in matrix.rows] == [True, True]
        run = await session.run(session.plan(pair, free))
        assert run.status is RunStatus.COMPLETED

    _played(main)


@pytest.mark.case("X13")
def test_that_two_runs_on_one_instance_do_not_begin_at_once() -> None:
    async def main() -> None:
        scene, session = await _open(lab=True)
        first = asyncio.create_task(session.run(scene.plan(DisruptionId.EC2_REBOOT)))
        await asyncio.sleep(0)
        with pytest.raises(GuardRefusal, match="is under way"):
            await session.run(scene.plan(DisruptionId.EC2_STOP))
        assert (await first).status is RunStatus.COMPLETED
        assert len(scene.store.state.runs) == 1

    _played(main)
