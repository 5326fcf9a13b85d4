"""Whole runs of the kinds beyond the article, in the simulated world."""

from __future__ import annotations

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import IntentRecorded
from rdpgui.core.verdict import VerdictValue
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.unit.runner.scenes import Scene, run_scene

BEYOND = [kind.disruption_id for kind in DISRUPTIONS.values() if not kind.article_row and not kind.is_control]


@pytest.mark.parametrize("disruption_id", BEYOND)
def test_that_each_kind_beyond_the_article_passes_where_it_did_what_it_does(disruption_id: D) -> None:
    scene, run = run_scene(Behaviour(), disruption_id)
    assert run.status is RunStatus.COMPLETED, run.reason
    assert run.verdict is not None
    assert run.verdict.value is VerdictValue.PASS, run.verdict.reasons
    assert proven_disruption(run) is disruption_id
    intent = next(e for e in scene.events if isinstance(e, IntentRecorded))
    assert intent.action == DISRUPTIONS[disruption_id].action
    assert sum(call.startswith(f"{intent.action} {TARGET}") for call in scene.world.calls) == 1


@pytest.mark.parametrize("disruption_id", BEYOND)
def test_that_no_kind_passes_when_its_order_does_nothing(disruption_id: D) -> None:
    _, run = run_scene(Behaviour(denied_but_reported_done=True), disruption_id)
    assert run.verdict is not None
    assert run.verdict.value is not VerdictValue.PASS


def test_that_an_instance_without_hibernation_is_refused_before_anybody_connects() -> None:
    def awake(scene: Scene) -> None:
        machine = scene.world.machines[TARGET]
        object.__setattr__(machine.item, "hibernation", False)

    scene, run = run_scene(Behaviour(), D.HIBERNATE, prepare=awake)
    assert run.status is RunStatus.FAILED
    assert "launched without hibernation" in run.reason
    assert scene.world.connections == []
