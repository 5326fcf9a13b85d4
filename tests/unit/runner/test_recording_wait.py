"""The limit of a recording: time that passed while nobody could look is no wait, and a film that never comes fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import DestinationRead
from rdpgui.core.settings import LAB_TIMING
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.experiment_runner import ExperimentRunner
from tests.helpers.fake_ports import FakeObjects
from tests.helpers.simulated_world import Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

LIMIT_S = LAB_TIMING.recording_limit_s
SLOW_S = 1.6
"""A listing on a machine that is starved: four times as long as the pause after it."""


class _Starved(FakeObjects):
    """Once a session is over, listing takes long: the recorder, on the same machine, is as slow."""

    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        if any(connection.ended_at is not None for connection in self.world.connections):
            await self.world.clock.sleep(SLOW_S)
        return await super().objects(bucket)


def _run(behaviour: Behaviour, *, starved: bool) -> tuple[Scene, RunState]:
    async def main() -> tuple[Scene, RunState]:
        scene = Scene(behaviour)
        ports = replace(scene.ports, objects=_Starved(scene.world)) if starved else scene.ports
        runner = ExperimentRunner(ports, scene.store, scene.settings, scene.timing)
        return scene, await runner.run(scene.plan(), auto_arm=True)

    return run_virtual(main())


def test_that_the_lab_s_film_may_be_as_late_as_the_machine_is_slow() -> None:
    _, run = _run(Behaviour(object_late_s=3.0 * LIMIT_S), starved=True)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


@pytest.mark.parametrize("starved", [False, True])
def test_that_a_film_that_never_comes_fails(starved: bool) -> None:
    """However slow the machine: the wait is longer by what a look takes, and no longer."""
    scene, run = _run(Behaviour(object_missing=True), starved=starved)
    assert run.verdict is not None and run.first_left_at is not None
    assert (run.verdict.value, run.verdict.cause) == (VerdictValue.FAIL, "recording-missing")
    read = next(event for event in reversed(scene.events) if isinstance(event, DestinationRead))
    waited_s = (read.at - run.first_left_at).total_seconds()
    look_s = SLOW_S if starved else 0.1
    assert LIMIT_S <= waited_s <= LIMIT_S * (1.0 + look_s / LAB_TIMING.poll_run_s) + 4.0 * (look_s + 1.0)


def test_that_on_aws_the_limit_is_the_limit() -> None:
    """There the recorder shares no machine with this program: what is slow here is not slow there."""
    scene, run = _run(Behaviour(lab=False, object_missing=True), starved=True)
    read = next(event for event in reversed(scene.events) if isinstance(event, DestinationRead))
    assert run.verdict is not None and run.first_left_at is not None
    assert (read.at - run.first_left_at).total_seconds() < LIMIT_S + 4.0 * (SLOW_S + 1.0)


@pytest.mark.case("H18")
def test_that_a_clock_that_is_set_forward_ends_no_wait() -> None:
    """An hour by the clock while the run waits: the film that comes in time is found."""

    async def main() -> RunState:
        scene = Scene(Behaviour(object_late_s=0.6 * LIMIT_S))

        def set_forward() -> None:
            scene.world.clock.skew_s += 30.0

        scene.world.behaviour.on_action = lambda: scene.world.later(4.0, set_forward)
        return await scene.runner.run(scene.plan(), auto_arm=True)

    run = run_virtual(main())
    assert run.saved and run.verdict is not None
    assert run.verdict.value is not VerdictValue.FAIL
