"""The console screenshot: kept when there is one, never needed, never waited for."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

import pytest

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.errors import StorageFull
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.run import RunStatus
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from tests.helpers.simulated_world import Behaviour
from tests.unit.runner.scenes import Scene, run_scene

DISRUPTING = [d for d in DisruptionId if DISRUPTIONS[d].effect is not Effect.NONE]
CONTROLS = [d for d in DisruptionId if DISRUPTIONS[d].effect is Effect.NONE]
PICTURE = "console-screenshot.jpg"


def _picture(scene: Scene, run: RunState) -> bytes | None:
    return scene.world.files.get(f"runs/{run.run_id}/{PICTURE}")


def _notes(run: RunState) -> str:
    return "\n".join(line.shown() for line in run.log)


@pytest.mark.parametrize("disruption_id", DISRUPTING)
def test_that_the_newest_picture_before_the_agent_was_gone_is_kept_with_its_time(disruption_id: DisruptionId) -> None:
    scene, run = run_scene(Behaviour(), disruption_id)
    picture = _picture(scene, run)
    assert picture is not None and run.witness is not None
    taken_at = datetime.fromisoformat(picture[2:].decode())
    assert run.witness.path == PICTURE
    assert run.witness.taken_not_before_at <= taken_at <= run.witness.at
    gone_at = next(change.at for change in run.connection_changes)
    intent = run.disruption_intent
    assert intent is not None
    assert intent.at < run.witness.taken_not_before_at < run.witness.at < gone_at
    assert scene.world.calls.count("ec2:GetConsoleScreenshot") >= 2
    assert scene.names().count("WitnessSaved") == 1


@pytest.mark.parametrize("disruption_id", CONTROLS)
def test_that_a_control_takes_no_picture(disruption_id: DisruptionId) -> None:
    scene, run = run_scene(Behaviour(), disruption_id)
    assert run.witness is None
    assert "ec2:GetConsoleScreenshot" not in scene.world.calls


@pytest.mark.parametrize(
    ("behaviour", "note"),
    [
        (Behaviour(screenshot_fails=True), "There is no console screenshot"),
        (Behaviour(screenshot_head=b"<html>"), "not a JPEG picture"),
        (Behaviour(screenshot_s=1e6), ""),
    ],
    ids=["refused", "no picture", "hangs"],
)
@pytest.mark.parametrize("disruption_id", DISRUPTING)
def test_that_a_run_without_pictures_passes_as_quickly(
    behaviour: Behaviour, note: str, disruption_id: DisruptionId
) -> None:
    scene, run = run_scene(behaviour, disruption_id)
    _, usual = run_scene(Behaviour(), disruption_id)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    assert run.witness is None and _picture(scene, run) is None
    assert note in _notes(run)
    assert run.ended_at == usual.ended_at


def test_that_a_disk_that_takes_no_picture_is_noted_only() -> None:
    def prepare(scene: Scene) -> None:
        write = scene.ports.folders.write_bytes

        def full(path: PurePath, data: bytes) -> None:
            if path.name == PICTURE:
                raise StorageFull("The disk is full.")
            write(path, data)

        scene.ports.folders.write_bytes = full  # type: ignore[method-assign]  # one file only

    _, run = run_scene(Behaviour(), prepare=prepare)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    assert run.witness is None
    assert "could not be kept: The disk is full." in _notes(run)


def test_that_an_aborted_run_keeps_what_it_has() -> None:
    def prepare(scene: Scene) -> None:
        scene.world.later(4.5, scene.runner.abort)

    scene, run = run_scene(Behaviour(shutdown_screen_s=60.0), prepare=prepare)
    assert run.status is RunStatus.ABORTED
    assert run.witness is not None
    assert _picture(scene, run) is not None
