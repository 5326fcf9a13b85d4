"""On AWS nobody is cut off whom a person has not agreed to cut off."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.codec import event_from_json, event_to_json
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import Unreachable
from rdpgui.core.events import Event
from rdpgui.core.ids import SessionId
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import IntentRecorded, PhaseEntered, RunStarted
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.matrix import Matrix
from tests.helpers.simulated_world import ACCOUNT, CALLER, REGION, TARGET, Behaviour
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


def _comes(scene: Scene, **changes: object) -> None:
    """Somebody connects now."""
    scene.world._connected(TARGET, AccessType.STANDARD)
    connection = scene.world.connections[-1]
    connection.session = replace(connection.session, **changes)  # type: ignore[arg-type]


@pytest.mark.case("P6")
@pytest.mark.parametrize("row", [{"document_name": ""}, {"flaws": ("StartDate",)}, {"owner": "", "flaws": ("Owner",)}])
def test_that_whoever_is_connected_counts_whatever_the_document_and_whatever_the_row_lacks(
    row: dict[str, object],
) -> None:
    async def main() -> None:
        scene = _scene()
        _comes(scene, **{"owner": COLLEAGUE, **row})
        run = await scene.runner.run(scene.plan(DisruptionId.EC2_REBOOT), auto_arm=True)
        assert _is_untouched(scene, run) and "nobody agreed to cut them off" in run.reason

    run_virtual(main())


@pytest.mark.case("P6")
@pytest.mark.parametrize("agreed", [False, True])
def test_that_who_connects_during_the_run_is_not_cut_off(agreed: bool) -> None:
    async def main() -> None:
        scene = _scene(ME)
        plan = replace(scene.plan(DisruptionId.EC2_REBOOT), agreed=(SessionId("admin-1"),) if agreed else ())

        def on_event(state: AppState, event: Event) -> None:
            if isinstance(event, PhaseEntered) and event.phase is Phase.DISRUPTING:
                _comes(scene, owner=COLLEAGUE, document_name="")

        scene.store.subscribe(on_event)
        run = await scene.runner.run(plan, auto_arm=True)
        assert len(scene.world.connections) == 2
        if agreed:
            assert run.status is RunStatus.COMPLETED
            return
        assert run.status is RunStatus.FAILED and f"{COLLEAGUE} is connected" in run.reason
        assert run.failed[-1].outcome_known and f"{COLLEAGUE} is connected" in run.failed[-1].error
        assert run.intents == ()

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_nothing_is_ordered_when_it_cannot_be_read_who_is_connected() -> None:
    async def main() -> None:
        scene = _scene(ME)

        def on_event(state: AppState, event: Event) -> None:
            if isinstance(event, PhaseEntered) and event.phase is Phase.DISRUPTING:
                scene.world.broken["ssm:DescribeSessions Active"] = Unreachable("no answer")

        scene.store.subscribe(on_event)
        run = await scene.runner.run(scene.plan(DisruptionId.EC2_REBOOT), auto_arm=True)
        assert run.status is RunStatus.FAILED and run.intents == ()

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_the_session_of_somebody_else_is_not_taken_for_the_one_that_was_asked_for() -> None:
    async def main() -> None:
        scene = _scene()
        scene.behaviour.never_connects = True
        plan = replace(scene.plan(DisruptionId.EC2_REBOOT), connect_limit_s=60.0)
        scene.world.later(5.0, partial(_comes, scene, owner=COLLEAGUE))
        run = await scene.runner.run(plan, auto_arm=True)
        assert run.attached is None and run.intents == () and run.status is RunStatus.FAILED
        assert f"{COLLEAGUE} is connected to {TARGET}" in run.reason
        assert sum("not taken for the one asked for" in line.shown() for line in run.log) == 1

        alone = _scene()
        alone.behaviour.never_connects = True
        alone.world.later(5.0, partial(_comes, alone, owner=COLLEAGUE))
        alone.world.later(10.0, partial(alone.world.disconnect, TARGET))
        alone.world.later(20.0, partial(_comes, alone, owner=ME))
        run = await alone.runner.run(replace(alone.plan(DisruptionId.EC2_REBOOT), connect_limit_s=60.0), auto_arm=True)
        assert run.attached is not None and run.attached.session.owner == ME
        assert run.status is RunStatus.COMPLETED

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_the_caller_s_own_new_session_is_taken() -> None:
    async def main() -> None:
        scene = _scene()
        caller = IdentityObserved(scene.world.clock.now(), ACCOUNT, CALLER, REGION, "", "", False)
        scene.store.publish(caller)
        run = await scene.runner.run(scene.plan(DisruptionId.EC2_REBOOT), auto_arm=True)
        assert run.status is RunStatus.COMPLETED and run.accepted

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
