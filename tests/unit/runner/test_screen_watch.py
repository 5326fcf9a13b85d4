"""Console pictures are taken beside the runs: when a person asked, at their pace, and without ever touching one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import Refused, StorageFull
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.passing_events import ScreenRead
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import PhaseEntered, RunStarted
from rdpgui.core.screen import LAB_EVERY_S, ScreenPicture
from rdpgui.core.settings import LAB_TIMING
from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.screen_watch import ScreenWatch
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")


class Album:
    """Keeps pictures in memory, or fails as it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.kept: list[tuple[RunId, ScreenPicture, bytes]] = []
        self.error = error

    async def keep(self, run_id: RunId, picture: ScreenPicture, data: bytes) -> int:
        if self.error is not None:
            raise self.error
        self.kept.append((run_id, picture, data))
        return len(self.kept)


def _allowed(_run: RunState) -> bool:
    return True


def _denied(_run: RunState) -> bool:
    return False


def _run(
    behaviour: Behaviour, album: Album, allowed: Callable[[RunState], bool] = _allowed
) -> tuple[Scene, RunState, list[dict[str, Any]]]:
    bugs: list[dict[str, Any]] = []

    async def main() -> tuple[Scene, RunState]:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context))
        scene = Scene(behaviour, timing=LAB_TIMING)
        watch = ScreenWatch(scene.ports.instances, scene.ports.clock, scene.store, album, allowed)
        task = asyncio.ensure_future(watch.watch())
        await scene.ports.clock.sleep(30.0)
        assert not scene.world.calls.count("ec2:GetConsoleScreenshot"), "nothing before a person asks"
        run = await scene.runner.run(scene.plan(DisruptionId.OS_SHUTDOWN), auto_arm=True)
        await scene.ports.clock.sleep(30.0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return scene, run

    scene, run = run_virtual(main())
    return scene, run, bugs


def test_that_pictures_are_taken_at_their_pace_from_connecting_until_the_session_is_over() -> None:
    album = Album()
    scene, run, bugs = _run(Behaviour(), album)
    assert run.left is not None and bugs == []
    asked = [picture.asked_at for _run_id, picture, _data in album.kept]
    connecting_at = run.entered_at(Phase.CONNECTING)
    assert connecting_at is not None and len(asked) >= 3
    assert (asked[0] - connecting_at).total_seconds() <= 3.0
    assert all(at < run.left.at for at in asked)
    apart = [(later - at).total_seconds() for at, later in pairwise(asked)]
    assert min(apart) >= LAB_EVERY_S * 0.9
    for _run_id, picture, data in album.kept:
        assert picture.asked_at <= datetime.fromisoformat(data[2:].decode()) <= picture.answered_at
    seen = [event for event in scene.events if isinstance(event, ScreenRead) and event.name]
    assert [event.kept for event in seen] == list(range(1, len(album.kept) + 1))


def test_that_without_consent_only_the_second_witness_is_taken() -> None:
    album = Album()
    scene, run, _bugs = _run(Behaviour(), album, _denied)
    assert album.kept == [] and run.witness is not None
    assert not [event for event in scene.events if isinstance(event, ScreenRead)]


@pytest.mark.case("R1")
@pytest.mark.parametrize("error", [StorageFull("The disk is full."), IndexError("a bug")])
def test_that_a_picture_that_cannot_be_kept_touches_no_run(error: Exception) -> None:
    scene, run, bugs = _run(Behaviour(), Album(error))
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    errors = [event.error for event in scene.events if isinstance(event, ScreenRead)]
    assert (errors == []) is isinstance(error, IndexError)
    assert bool(bugs) is isinstance(error, IndexError)


def test_that_a_refused_picture_is_asked_for_again() -> None:
    album = Album()
    scene, run, _bugs = _run(Behaviour(screenshot_fails=True), album)
    reads = [event for event in scene.events if isinstance(event, ScreenRead)]
    assert len(reads) >= 3 and all(event.error for event in reads)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


def test_that_what_is_no_picture_is_not_kept() -> None:
    album = Album()
    scene, _run_state, _bugs = _run(Behaviour(screenshot_head=b"<html>"), album)
    assert album.kept == []
    assert {event.error for event in scene.events if isinstance(event, ScreenRead)} == {
        "What EC2 answered is not a picture."
    }


@pytest.mark.case("R1")
def test_that_a_picture_that_comes_after_the_runs_end_is_not_kept() -> None:
    """The folder is sealed by then: what came after would differ from its manifest for ever."""

    async def main() -> None:
        scene, album = Scene(Behaviour(screenshot_s=20.0), timing=LAB_TIMING), Album()
        watch = ScreenWatch(scene.ports.instances, scene.ports.clock, scene.store, album, _allowed)
        task = asyncio.ensure_future(watch.watch())
        plan = scene.plan(DisruptionId.OS_SHUTDOWN)
        running = asyncio.ensure_future(scene.runner.run(plan, auto_arm=True))
        asked = partial(_has_asked, scene)
        assert await scene.store.until(asked, 30.0)
        scene.runner.abort(plan.run_id, "stopped by hand")
        run = await running
        assert run.status is RunStatus.ABORTED
        await scene.ports.clock.sleep(60.0)
        assert album.kept == [] and not [event for event in scene.events if isinstance(event, ScreenRead)]
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    run_virtual(main())


def _has_asked(scene: Scene, _state: AppState) -> bool:
    return "ec2:GetConsoleScreenshot" in scene.world.calls


class Eye:
    """Answers for some instances late or never well, and notes when each was asked."""

    def __init__(self, scene: Scene, *, slow: str = "", denied: bool = False) -> None:
        self.scene = scene
        self.slow = slow
        self.denied = denied
        self.asked_s: dict[str, list[float]] = {}

    async def screenshot(self, instance_id: InstanceId) -> bytes:
        clock = self.scene.ports.clock
        self.asked_s.setdefault(instance_id, []).append(clock.monotonic())
        if instance_id == self.slow:
            await clock.sleep(40.0)
        if self.denied:
            raise Refused("{operation} was refused.", operation="ec2:GetConsoleScreenshot")
        return b"\xff\xd8"


def _two_runs(scene: Scene) -> None:
    """Two runs on two instances want pictures, and go on for as long as the test looks."""
    now = scene.world.clock.now()
    for name, instance_id in (("run-a", TARGET), ("run-b", OTHER)):
        plan = replace(scene.plan(instance_id=instance_id), run_id=RunId(name))
        scene.store.publish(RunStarted(now, plan.run_id, plan, ACCOUNT, REGION, ""))
        scene.store.publish(PhaseEntered(now, plan.run_id, Phase.CONNECTING))


@pytest.mark.case("R1")
def test_that_a_slow_answer_keeps_the_pictures_of_no_other_run_waiting() -> None:
    async def main() -> None:
        scene, album = Scene(Behaviour(), timing=LAB_TIMING), Album()
        _two_runs(scene)
        eye = Eye(scene, slow=OTHER)
        watch = ScreenWatch(eye, scene.ports.clock, scene.store, album, _allowed)  # type: ignore[arg-type]
        task = asyncio.ensure_future(watch.watch())
        await scene.ports.clock.sleep(30.0)
        assert len(eye.asked_s[OTHER]) == 1 and {run_id for run_id, _p, _d in album.kept} == {"run-a"}
        assert len(album.kept) >= 25
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    run_virtual(main())


@pytest.mark.case("R1")
def test_that_refused_pictures_are_asked_for_less_and_less_often_until_one_comes() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(), timing=LAB_TIMING)
        _two_runs(scene)
        eye = Eye(scene, denied=True)
        watch = ScreenWatch(eye, scene.ports.clock, scene.store, Album(), _allowed)  # type: ignore[arg-type]
        task = asyncio.ensure_future(watch.watch())
        await scene.ports.clock.sleep(300.0)
        apart = [round(later - at) for at, later in pairwise(eye.asked_s[OTHER])]
        assert apart == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        eye.denied = False
        await scene.ports.clock.sleep(90.0)
        assert round(eye.asked_s[OTHER][-1] - eye.asked_s[OTHER][-2]) == LAB_EVERY_S
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    run_virtual(main())
