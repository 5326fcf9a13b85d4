"""A power cut ends the session within milliseconds: the last look proves that it did not end before."""

from __future__ import annotations

from dataclasses import replace

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.run_events import IntentRecorded, SessionLeftActive
from rdpgui.core.settings import LAB_TIMING
from rdpgui.core.verdict import CheckId, CheckResult
from tests.helpers.simulated_world import Behaviour
from tests.unit.runner.scenes import run_scene


def test_that_the_session_is_looked_at_between_the_intent_and_the_power_cut() -> None:
    rarely = replace(LAB_TIMING, poll_run_s=5.0, session_end_limit_s=60.0)
    scene, run = run_scene(Behaviour(session_end_s=0.0), DisruptionId.STOP_SKIP_OS_SHUTDOWN, timing=rarely)
    intent = next(e for e in scene.events if isinstance(e, IntentRecorded))
    left = next(e for e in scene.events if isinstance(e, SessionLeftActive))
    assert left.last_active_at >= intent.at
    assert run.verdict is not None
    after = next(c for c in run.verdict.checks if c.check_id is CheckId.ENDED_AFTER)
    assert after.result is CheckResult.HELD
