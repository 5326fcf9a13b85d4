"""Starting an instance by hand: guarded, journalled before the call, never repeated."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import rdpgui
from rdpgui.core.account_events import HandActionEnded, HandActionIntended
from rdpgui.core.errors import AccessDenied, GuardRefusal, StorageFull, Unreachable
from rdpgui.core.events import Event
from rdpgui.core.instance import InstanceState
from rdpgui.core.journal import read_actions
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.by_hand import ByHand
from tests.helpers.simulated_world import OTHER, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

START = f"ec2:StartInstances {TARGET}"


def _scene(behaviour: Behaviour, act: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def main() -> Scene:
        scene = Scene(behaviour)
        scene.world.set_state(TARGET, InstanceState.STOPPED, "")
        await act(scene)
        return scene

    return run_virtual(main())


async def _start(scene: Scene) -> None:
    await ByHand(scene.ports, scene.store, by="ana").start(TARGET)


def _hand_events(scene: Scene) -> list[Event]:
    return [event for event in scene.events if isinstance(event, HandActionIntended | HandActionEnded)]


def test_that_the_intent_is_in_the_journal_before_the_call_and_the_answer_after() -> None:
    seen: list[int] = []

    async def act(scene: Scene) -> None:
        scene.world.behaviour.on_action = lambda: seen.append(len(scene.world.actions))
        await _start(scene)
        await _start(scene)

    scene = _scene(Behaviour(), act)
    journalled = read_actions(scene.world.actions)
    assert list(journalled) == _hand_events(scene)
    assert [type(event).__name__ for event in journalled] == ["HandActionIntended", "HandActionEnded"] * 2
    assert seen == [1, 3]
    assert "By hand (ana): about to call ec2:StartInstances" in scene.store.state.log[-2].shown()


def test_that_two_starts_at_once_keep_the_chain_whole() -> None:
    async def act(scene: Scene) -> None:
        await asyncio.gather(_start(scene), ByHand(scene.ports, scene.store, by="ana").start(OTHER))

    scene = _scene(Behaviour(), act)
    assert len(read_actions(scene.world.actions)) == 4


@pytest.mark.parametrize(
    ("behaviour", "error", "known"),
    [(Behaviour(answer_lost=True), Unreachable, False), (Behaviour(start_denied=True), AccessDenied, True)],
    ids=["no answer", "denied"],
)
def test_that_a_failed_call_is_journalled_with_whether_its_outcome_is_known(
    behaviour: Behaviour, error: type[Exception], known: bool
) -> None:
    async def act(scene: Scene) -> None:
        with pytest.raises(error):
            await _start(scene)

    scene = _scene(behaviour, act)
    ended = read_actions(scene.world.actions)[-1]
    assert isinstance(ended, HandActionEnded)
    assert ended.error and ended.outcome_known is known
    assert scene.world.calls.count(START) == 1


def test_that_a_cancelled_call_is_journalled_as_unknown() -> None:
    async def act(scene: Scene) -> None:
        task = asyncio.create_task(_start(scene))
        await asyncio.sleep(0.25)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    scene = _scene(Behaviour(latency_s=0.1), act)
    ended = read_actions(scene.world.actions)[-1]
    assert isinstance(ended, HandActionEnded) and not ended.outcome_known


def _latch(scene: Scene) -> None:
    ArmingDesk(scene.store, scene.world.clock, 300.0).emergency_stop()


def _arm_other(scene: Scene) -> None:
    ArmingDesk(scene.store, scene.world.clock, 300.0).arm(OTHER)


def _nothing(scene: Scene) -> None:
    return None


@pytest.mark.parametrize(
    ("lab", "before", "reason"),
    [
        (True, _latch, "The emergency stop is latched"),
        (False, _nothing, "is not armed"),
        (False, _arm_other, "Another target is armed"),
    ],
    ids=["latched", "not armed", "other target"],
)
def test_that_a_refused_start_calls_nothing(lab: bool, before: Callable[[Scene], None], reason: str) -> None:
    async def act(scene: Scene) -> None:
        before(scene)
        with pytest.raises(GuardRefusal) as caught:
            await _start(scene)
        assert reason in caught.value.text()

    scene = _scene(Behaviour(lab=lab), act)
    assert START not in scene.world.calls
    assert scene.world.actions == []


def test_that_an_armed_instance_is_started_on_aws() -> None:
    async def act(scene: Scene) -> None:
        ArmingDesk(scene.store, scene.world.clock, 300.0).arm(TARGET)
        await _start(scene)

    assert START in _scene(Behaviour(lab=False), act).world.calls


def test_that_a_full_disk_prevents_the_call() -> None:
    async def act(scene: Scene) -> None:
        with pytest.raises(StorageFull):
            await _start(scene)

    scene = _scene(Behaviour(disk_full_after_lines=0), act)
    assert START not in scene.world.calls
    assert _hand_events(scene) == []


def test_that_only_the_modules_that_journal_make_changing_calls() -> None:
    package = Path(rdpgui.__file__).parent
    call = re.compile(r"(disruptions|port)\.(start|perform)\b|sessions\.terminate\b")
    callers = {
        path.relative_to(package).as_posix()
        for room in ("app", "runner", "ui")
        for path in (package / room).rglob("*.py")
        if call.search(path.read_text(encoding="utf-8"))
    }
    assert callers == {"runner/disrupt.py", "runner/by_hand.py"}
