"""The audit log explains a recording that is late; it is asked slowly, and never needed."""

from __future__ import annotations

import pytest

from rdpgui.core.errors import AccessDenied, AwsError, NotOffered, Throttled
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run_events import StatusStated
from rdpgui.core.settings import LAB_TIMING
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from tests.helpers.simulated_world import Behaviour
from tests.unit.runner.scenes import Scene, run_scene

LOOKUP = "cloudtrail:LookupEvents"
USUAL_S = LAB_TIMING.recording_usual_s[1]


def _statuses(scene: Scene) -> list[RecordingStatus]:
    return [event.statement.status for event in scene.events if isinstance(event, StatusStated)]


def _shown(run: RunState) -> str:
    return "\n".join(line.shown() for line in run.log)


def test_that_a_refused_destination_is_a_processing_error_with_its_evidence_and_no_fail() -> None:
    scene, run = run_scene(Behaviour(key_disabled=True))
    assert _statuses(scene)[-1] is RecordingStatus.PROCESSING_ERROR
    assert run.statement is not None and run.statement.basis is Basis.INFERRED
    audited = [evidence for evidence in run.statement.evidence if evidence.source == LOOKUP]
    assert audited and dict(audited[0].fields)["operation"] == "kms:GenerateDataKey"
    assert run.verdict is not None
    assert (run.verdict.value, run.verdict.cause) == (VerdictValue.INCONCLUSIVE, "destination-refused")


def test_that_silence_of_the_log_explains_nothing() -> None:
    scene, run = run_scene(Behaviour(object_missing=True))
    assert RecordingStatus.PROCESSING_ERROR not in _statuses(scene)
    assert run.verdict is not None and run.verdict.cause == "recording-missing"
    assert 1 <= scene.world.calls.count(LOOKUP) <= 5


def test_that_the_log_is_not_asked_while_the_recording_may_still_come() -> None:
    scene, run = run_scene(Behaviour())
    assert LOOKUP not in scene.world.calls
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


def test_that_a_recording_after_a_retry_is_verified() -> None:
    def prepare(scene: Scene) -> None:
        scene.world.later(5.0, scene.world._refused_by_key)

    scene, run = run_scene(Behaviour(object_late_s=USUAL_S + 2.0), prepare=prepare)
    statuses = _statuses(scene)
    assert RecordingStatus.PROCESSING_ERROR in statuses
    assert statuses[-1] is RecordingStatus.VERIFIED
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


@pytest.mark.parametrize(
    ("error", "asked"),
    [(AccessDenied("Not allowed."), 1), (NotOffered("Not here."), 1), (Throttled("Slowly."), 3)],
    ids=["denied", "not offered", "throttled"],
)
def test_that_a_log_that_cannot_be_read_is_noted_once(error: AwsError, asked: int) -> None:
    def prepare(scene: Scene) -> None:
        scene.world.broken[LOOKUP] = error

    scene, run = run_scene(Behaviour(object_missing=True), prepare=prepare)
    assert _shown(run).count("Reading CloudTrail failed") == 1
    assert (scene.world.calls.count(LOOKUP) == 1) is (asked == 1)
    assert run.verdict is not None and run.verdict.cause == "recording-missing"
