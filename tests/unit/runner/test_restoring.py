"""Who else touches the target while a run looks or restores, and what a run leaves armed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import InstanceState
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import InstanceChanged, NoteAdded, RunEnded
from rdpgui.core.session import Session
from rdpgui.core.settings import AWS_TIMING, LAB_TIMING
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.matrix import Matrix
from tests.helpers.fake_ports import FakeOpener, FakeSessions
from tests.helpers.simulated_world import OTHER, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene, run_scene


def _notes(scene: Scene) -> list[str]:
    return [event.text for event in scene.events if isinstance(event, NoteAdded)]


def _instead_of_stopped(scene: Scene, act: Callable[[], None]) -> None:
    """Let somebody else act in the moment the target becomes stopped, so that nobody ever sees it stopped."""
    set_state = scene.world.set_state

    def moved(instance_id: InstanceId, state: InstanceState, code: str) -> None:
        if state is InstanceState.STOPPED:
            act()
        else:
            set_state(instance_id, state, code)

    scene.world.set_state = moved  # type: ignore[method-assign]


@pytest.mark.case("R15")
def test_that_an_instance_started_by_somebody_else_is_seen_at_once_while_restoring() -> None:
    timing = replace(LAB_TIMING, connect_limit_s=AWS_TIMING.connect_limit_s)
    scene, run = run_scene(
        Behaviour(off_after_desktop_s=12.0),  # still stopping when the verdict is there
        timing=timing,
        prepare=lambda scene: _instead_of_stopped(scene, partial(scene.world.power_on, TARGET)),
    )
    assert run.status is RunStatus.COMPLETED
    seen = [event for event in scene.events if isinstance(event, InstanceChanged)][-1]
    ended = next(event for event in scene.events if isinstance(event, RunEnded))
    assert seen.state is InstanceState.RUNNING
    assert ended.at - seen.at < timedelta(seconds=60)
    assert not any(call.startswith("ec2:StartInstances") for call in scene.world.calls)
    assert any("Somebody else started" in note for note in _notes(scene))


@pytest.mark.case("R15", "L15")
def test_that_an_instance_terminated_by_somebody_else_is_said_so_and_not_waited_for() -> None:
    timing = replace(LAB_TIMING, connect_limit_s=AWS_TIMING.connect_limit_s)

    def terminate(scene: Scene) -> None:
        set_state = scene.world.set_state
        _instead_of_stopped(scene, partial(set_state, TARGET, InstanceState.TERMINATED, ""))

    scene, _run = run_scene(Behaviour(off_after_desktop_s=12.0), timing=timing, prepare=terminate)
    changes = [event for event in scene.events if isinstance(event, InstanceChanged)]
    ended = next(event for event in scene.events if isinstance(event, RunEnded))
    assert ended.at - changes[-1].at < timedelta(seconds=60)
    assert not any(call.startswith("ec2:StartInstances") for call in scene.world.calls)
    assert any("Somebody else terminated" in note for note in _notes(scene))


@pytest.mark.case("R16")
@pytest.mark.parametrize("disruption_id", [DisruptionId.EC2_STOP, DisruptionId.CONTROL_NONE])
def test_that_one_listing_without_the_session_is_looked_at_again(disruption_id: DisruptionId) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        listing = FakeSessions.sessions
        left_out: list[tuple[Session, ...]] = []

        async def once_empty(
            port: FakeSessions, *, active: bool, target: object = None, since: datetime | None = None
        ) -> tuple[Session, ...]:
            listed = await listing(port, active=active, target=TARGET)
            if active and listed and "SessionAttached" in scene.names() and not left_out:
                left_out.append(listed)
                return ()
            return listed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FakeSessions, "sessions", once_empty)
            run = await scene.runner.run(scene.plan(disruption_id), auto_arm=True)
        assert left_out
        assert (run.status, run.reason) == (RunStatus.COMPLETED, "")
        assert run.verdict is not None and run.verdict.value is VerdictValue.PASS

    run_virtual(main())


@pytest.mark.case("R17")
def test_that_after_a_matrix_nothing_is_left_armed_that_nobody_armed() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        plans = [scene.plan(DisruptionId.EC2_STOP, instance_id=i) for i in (TARGET, OTHER)]
        rows = await Matrix(scene.runner, scene.store).run(plans)
        assert [row.as_expected for row in rows] == [True, True]
        assert scene.store.state.arming is None

    run_virtual(main())


@pytest.mark.case("R17")
def test_that_a_refused_disruption_leaves_nothing_armed_either() -> None:
    scene, run = run_scene(Behaviour(rehearsal=False))
    assert run.status is RunStatus.FAILED
    assert scene.store.state.arming is None


@pytest.mark.case("R17")
def test_that_what_a_person_armed_stays_armed_after_the_run() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        desk = ArmingDesk(scene.store, scene.ports.clock, 300.0)
        desk.arm(TARGET)
        armed = scene.store.state.arming
        await scene.runner.run(scene.plan(), auto_arm=True)
        assert scene.store.state.arming == armed
        await asyncio.sleep(0)

    run_virtual(main())


@pytest.mark.case("R8")
def test_that_a_connection_that_outlived_its_disruption_is_closed_after_the_verdict() -> None:
    scene, run = run_scene(Behaviour(denied_but_reported_done=True), DisruptionId.EC2_REBOOT)
    assert run.status is RunStatus.COMPLETED and run.left is None
    assert run.verdict is not None and run.verdict.value is VerdictValue.INCONCLUSIVE
    assert scene.names().index("ConnectionClosed") > scene.names().index("VerdictReached")
    assert all(connection.ended_at is not None for connection in scene.world.connections)


@pytest.mark.case("R8")
def test_that_what_only_the_person_can_close_is_named_when_its_disruption_did_not_end_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = FakeOpener.open

    async def by_person(*args: Any, **named: Any) -> OpenedConnection:
        return replace(await opened(*args, **named), by_person=True, link="https://console.example/")

    monkeypatch.setattr(FakeOpener, "open", by_person)
    scene, run = run_scene(Behaviour(denied_but_reported_done=True), DisruptionId.EC2_REBOOT)
    assert run.status is RunStatus.COMPLETED and run.left is None and run.closed is None
    own = scene.world.connections[0].session
    told = [dict(line.fields) for line in run.log if "still open" in line.text]
    assert told == [{"session": own.session_id, "owner": own.owner}]
