"""On AWS nobody is cut off whom a person has not agreed to cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.codec import event_from_json, event_to_json
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import SessionId
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import IntentRecorded, RunStarted
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.runner.matrix import Matrix
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

ROLE = "arn:aws:sts::111122223333:assumed-role/Ops/"
ME, COLLEAGUE = f"{ROLE}me", f"{ROLE}colleague"


def _scene(*owners: str, access: AccessType = AccessType.STANDARD) -> Scene:
    """An account in which people are connected already."""
    scene = Scene(Behaviour(lab=False))
    scene.store.publish(IdentityObserved(scene.world.clock.now(), ACCOUNT, ME, REGION, "", "", False))
    for number, owner in enumerate(owners):
        scene.world._connected(TARGET, access)
        connection = scene.world.connections[number]
        connection.session = replace(connection.session, owner=owner)
    return scene


def _is_untouched(scene: Scene, run: RunState) -> bool:
    ordered = any(isinstance(event, IntentRecorded) for event in scene.events)
    return run.status is RunStatus.FAILED and run.attached is None and not ordered and not scene.world.opened


@pytest.mark.case("P6")
@pytest.mark.parametrize("owners", [(COLLEAGUE,), (ME, COLLEAGUE), ("",)])
@pytest.mark.parametrize("access", [AccessType.STANDARD, AccessType.JUST_IN_TIME])
def test_that_the_matrix_leaves_a_colleague_connected(owners: tuple[str, ...], access: AccessType) -> None:
    async def main() -> None:
        scene = _scene(*owners, access=access)
        (row,) = await Matrix(scene.runner, scene.store).run([scene.plan(DisruptionId.EC2_REBOOT)])
        assert row.run is not None and _is_untouched(scene, row.run)
        assert f"is connected to {TARGET}; nobody agreed to cut them off." in row.run.reason
        assert owners[-1] in row.run.reason

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_who_connects_after_the_question_is_not_cut_off() -> None:
    async def main() -> None:
        scene = _scene(COLLEAGUE, f"{ROLE}late")
        asked = scene.world.connections[0].session.session_id
        plan = replace(scene.plan(DisruptionId.EC2_REBOOT), agreed=(asked,))
        run = await scene.runner.run(plan, auto_arm=True)
        assert _is_untouched(scene, run) and "late is connected" in run.reason

    run_virtual(main())


@pytest.mark.case("P6")
@pytest.mark.parametrize("agreed", [False, True])
def test_that_the_caller_s_own_session_and_those_agreed_to_are_used(agreed: bool) -> None:
    async def main() -> None:
        scene = _scene(COLLEAGUE if agreed else ME)
        session_id = scene.world.connections[0].session.session_id
        plan = replace(scene.plan(DisruptionId.EC2_REBOOT), agreed=(session_id,) if agreed else ())
        run = await scene.runner.run(plan, auto_arm=True)
        assert run.status is RunStatus.COMPLETED
        assert run.attached is not None and run.attached.session.session_id == session_id

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_what_was_agreed_to_is_on_the_record_and_older_records_are_read() -> None:
    async def main() -> None:
        scene = _scene()
        plan = replace(scene.plan(), agreed=(SessionId("colleague-1"),))
        begun = RunStarted(scene.world.clock.now(), plan.run_id, plan, ACCOUNT, REGION, "1")
        told = event_to_json(begun)
        assert event_from_json(told) == begun
        assert isinstance(told["plan"], dict)
        del told["plan"]["agreed"]
        assert event_from_json(told) == replace(begun, plan=replace(plan, agreed=()))

    run_virtual(main())
