"""Unarmed, nothing is called that can change the account; and only what a run itself halted is started again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.instance import InstanceState
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import BootTimeRead, NoteAdded
from rdpgui.core.session import AccessType
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.watch import Watchers
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

_READS = ("Describe", "Get", "List", "Head", "Lookup")
_OUTSIDE = ("open ", "close")
"""Opening and ending the lab's connection stand for what on AWS the person does in the console."""


def _changes(scene: Scene) -> list[str]:
    """Return the calls that are no reads."""
    calls = (call for call in scene.world.calls if not call.startswith(_OUTSIDE))
    return [call for call in calls if not call.partition(":")[2].startswith(_READS)]


async def _observed(scene: Scene, seconds: float, access: AccessType = AccessType.STANDARD, *, lab: bool) -> RunState:
    """Connect and look for so long, with the watchers; then the person leaves."""
    plan = replace(scene.plan(DisruptionId.OS_SHUTDOWN, access), by_hand=True)
    watching = asyncio.create_task(Watchers(scene.ports, scene.store, scene.timing).start())
    running = asyncio.create_task(scene.runner.run(plan, attended=True, auto_arm=lab))
    await asyncio.sleep(seconds)
    scene.world.disconnect(TARGET)
    run = await running
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return run


@pytest.mark.case("R5")
@pytest.mark.parametrize("lab", [True, False])
def test_that_an_hour_of_an_open_connection_is_reads_only(lab: bool) -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=lab))
        run = await _observed(scene, 3600.0 if lab else 300.0, lab=lab)
        assert run.verdict is not None
        assert _changes(scene) == []
        assert scene.store.state.arming is None
        assert not any(isinstance(event, BootTimeRead) for event in scene.events)

    run_virtual(main())


@pytest.mark.case("R5")
def test_that_just_in_time_access_is_requested_only_armed() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=False))
        plan = replace(scene.plan(DisruptionId.OS_SHUTDOWN, AccessType.JUST_IN_TIME), by_hand=True)
        run = await scene.runner.run(plan)
        assert run.status is RunStatus.FAILED and "Arm this instance first" in run.reason
        assert _changes(scene) == []
        armed = Scene(Behaviour(lab=False))
        ArmingDesk(armed.store, armed.ports.clock, 300.0).arm(TARGET)
        await _observed(armed, 60.0, AccessType.JUST_IN_TIME, lab=False)
        assert [call for call in _changes(armed) if "boot time" not in call] == ["ssm:StartAccessRequest"]

    run_virtual(main())


@pytest.mark.case("R5")
def test_that_reading_the_boot_time_is_journalled_before_and_rare() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        await scene.runner.run(scene.plan(DisruptionId.EC2_REBOOT), auto_arm=True)
        reads = [call for call in scene.world.calls if call == "ssm:SendCommand boot time"]
        notes = [event for event in scene.events if isinstance(event, NoteAdded) and "boot time" in event.text]
        assert 2 <= len(reads) <= 4
        assert len(notes) == len(reads)
        assert scene.store.state.arming is None

        idle = Scene(Behaviour())
        ArmingDesk(idle.store, idle.ports.clock, 7200.0).arm(TARGET)
        await _observed(idle, 3600.0, lab=False)
        assert idle.world.calls.count("ssm:SendCommand boot time") <= 40, "an hour, armed: at pauses that grow"

    run_virtual(main())


@pytest.mark.case("R4")
@pytest.mark.parametrize("armed", [False, True])
def test_that_an_instance_that_somebody_else_stopped_is_not_started(armed: bool) -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=False))
        if armed:
            ArmingDesk(scene.store, scene.ports.clock, 7200.0).arm(TARGET)
        plan = replace(scene.plan(DisruptionId.OS_SHUTDOWN), by_hand=True)
        running = asyncio.create_task(scene.runner.run(plan))
        await asyncio.sleep(20.0)
        scene.world.shut_down(TARGET, restart=False, code="Client.UserInitiatedShutdown")
        run = await running
        assert run.verdict is not None
        assert run.instance_changes[-1].state is InstanceState.STOPPED
        assert not any(call.startswith(RESTORE_ACTION) for call in scene.world.calls)
        assert any("start it by hand" in line.shown() for line in run.log)

    run_virtual(main())


@pytest.mark.case("R4")
@pytest.mark.parametrize("disruption_id", [DisruptionId.EC2_STOP, DisruptionId.OS_SHUTDOWN])
def test_that_what_the_run_itself_halted_is_started_again(disruption_id: DisruptionId) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        await scene.runner.run(scene.plan(disruption_id), auto_arm=True)
        assert scene.world.calls.count(f"{RESTORE_ACTION} {TARGET}") == 1

    run_virtual(main())


@pytest.mark.case("R4")
def test_that_a_halt_after_a_call_without_answer_is_left_to_a_person() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(answer_lost=True))
        run = await scene.runner.run(scene.plan(DisruptionId.EC2_STOP), auto_arm=True)
        assert run.instance_changes[-1].state is InstanceState.STOPPED
        assert not any(call.startswith(RESTORE_ACTION) for call in scene.world.calls)

    run_virtual(main())


@pytest.mark.case("R6")
def test_that_a_rehearsal_is_made_only_armed_and_on_the_record() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=False))
        hand = ByHand(scene.ports, scene.store, by="ana")
        assert await hand.rehearse(TARGET) == {}
        assert _changes(scene) == [] and scene.world.actions == []
        desk = ArmingDesk(scene.store, scene.ports.clock, 60.0)
        desk.arm(TARGET)
        assert await hand.rehearse(TARGET) == {"ec2:RebootInstances": True, "ec2:StopInstances": True}
        assert len(scene.world.actions) == 4
        desk.emergency_stop()
        assert await hand.rehearse(TARGET) == {}

    run_virtual(main())
