"""What a person stops does not begin, also when it was asked for a moment ago and nothing is under way yet."""

from __future__ import annotations

import asyncio

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ports import Identity
from rdpgui.core.run import RunStatus
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.matrix import Matrix, RowStatus
from tests.helpers.simulated_world import OTHER, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

ORDERS = ("ec2:StopInstances", "ec2:RebootInstances", "ssm:SendCommand i-", "open ")


def _slow_identity(scene: Scene) -> tuple[asyncio.Event, asyncio.Event]:
    """Who calls is answered when a test says so. Returns: it is asked; it may answer."""
    asked, answer = asyncio.Event(), asyncio.Event()
    identity = scene.ports.identity.identity

    async def slow() -> Identity:
        asked.set()
        await answer.wait()
        return await identity()

    scene.ports.identity.identity = slow  # type: ignore[method-assign]
    return asked, answer


def _orders(scene: Scene) -> list[str]:
    return [call for call in scene.world.calls if call.startswith(ORDERS)]


@pytest.mark.case("R10")
@pytest.mark.parametrize("how", ["stop", "emergency", "emergency and reset"])
def test_that_a_stopped_matrix_does_not_begin_the_run_whose_caller_is_still_asked_for(how: str) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        matrix, desk = Matrix(scene.runner, scene.store), ArmingDesk(scene.store, scene.ports.clock, 300.0)
        asked, answer = _slow_identity(scene)
        plans = [scene.plan(DisruptionId.EC2_STOP, instance_id=lane) for lane in (TARGET, OTHER)]
        running = asyncio.create_task(matrix.run(plans))
        await asked.wait()
        assert scene.runner.running
        (matrix.stop if how == "stop" else desk.emergency_stop)()
        if how == "emergency and reset":
            desk.emergency_reset()
        answer.set()
        first, second = await running
        assert first.run is not None and first.run.status is RunStatus.ABORTED
        assert first.run.reason == ("stopped by hand" if how == "stop" else "emergency stop")
        assert second.status is RowStatus.SKIPPED
        assert _orders(scene) == []
        assert scene.store.state.armings == ()

    run_virtual(main())


@pytest.mark.case("R10")
def test_that_a_single_run_is_aborted_before_it_begins() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        asked, answer = _slow_identity(scene)
        running = asyncio.create_task(scene.runner.run(scene.plan(), auto_arm=True))
        await asked.wait()
        scene.runner.abort()
        answer.set()
        run = await running
        assert run.status is RunStatus.ABORTED and run.reason == "aborted by hand"
        assert _orders(scene) == []

    run_virtual(main())


@pytest.mark.case("R10")
@pytest.mark.parametrize("emergency", [False, True])
def test_that_a_row_that_has_its_turn_but_not_its_first_step_is_skipped(emergency: bool) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        matrix, desk = Matrix(scene.runner, scene.store), ArmingDesk(scene.store, scene.ports.clock, 300.0)
        running = asyncio.create_task(matrix.run([scene.plan(DisruptionId.EC2_STOP)]))

        def stop() -> None:
            if emergency:
                desk.emergency_stop()
                desk.emergency_reset()
            else:
                matrix.stop()

        asyncio.get_running_loop().call_soon(stop)  # between the matrix, which made the row's task, and that task
        (row,) = await running
        assert row.status is RowStatus.SKIPPED and row.run is None
        assert scene.world.calls == []

    run_virtual(main())
