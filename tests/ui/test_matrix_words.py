"""What a finished matrix says of the recording: no more than its verdicts do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.run_events import VerdictReached
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, VerdictValue
from rdpgui.ui.matrix_words import matrix_finding
from rdpgui.ui.tokens import Tone
from tests.ui.snapshots import fold, run_events, verdict


def failed_by(*failed: CheckId) -> RunState:
    """Return an OS shutdown that failed by checks of which each is contradicted."""
    checks = tuple(
        Check(check.check_id, CheckResult.CONTRADICTED, "Not so.", (), "x") if check.check_id in failed else check
        for check in verdict(VerdictValue.PASS).checks
    )
    said = replace(verdict(VerdictValue.FAIL), checks=checks)
    events = [replace(event, verdict=said) if isinstance(event, VerdictReached) else event for event in run_events("f")]
    return fold(AppState(), *events).runs[RunId("f")]


def passed() -> RunState:
    """Return an EC2 stop whose recording survived."""
    return fold(AppState(), *run_events("p", DisruptionId.EC2_STOP, AccessType.STANDARD)).runs[RunId("p")]


@pytest.mark.parametrize(
    "failed", [(CheckId.DISRUPTION_PROVEN,), (CheckId.ENDED_AFTER,), (CheckId.DISRUPTION_PROVEN, CheckId.REACHES_END)]
)
def test_that_a_run_that_did_not_go_as_it_has_to_says_nothing_of_the_recording(failed: tuple[CheckId, ...]) -> None:
    text, tone = matrix_finding([passed(), failed_by(*failed)])
    assert "survived 1 of 2" in text
    assert "not survive" not in text
    assert "No answer, the run did not go as it has to: OS shutdown × Standard." in text
    assert tone is Tone.WARN


@pytest.mark.parametrize("failed", [CheckId.OWN_RECORDING, CheckId.INTEGRITY, CheckId.REACHES_END, CheckId.LAST_FRAME])
def test_that_a_recording_that_failed_is_named(failed: CheckId) -> None:
    text, tone = matrix_finding([passed(), failed_by(failed)])
    assert "It did not survive: OS shutdown × Standard." in text
    assert "No answer" not in text
    assert tone is Tone.BAD
