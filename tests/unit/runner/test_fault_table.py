"""More than 200 injected faults through the real runner: none passes, and nearly all are called by their name."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from tests.unit.runner.fault_catalogue import Fault, faults
from tests.unit.runner.scenes import run_scene

LEAST_FAULTS = 200
LEAST_NAMED = 0.95


def _cause(run: RunState) -> str:
    """Return what the run says went wrong: the verdict's cause, else why the run ended without one."""
    return run.verdict.cause if run.verdict is not None else run.reason


def _named(fault: Fault, run: RunState) -> bool:
    said = _cause(run)
    return said in fault.names if run.verdict is not None else any(words in said for words in fault.names)


def test_that_no_fault_passes_and_nearly_all_are_named() -> None:
    causes: dict[str, Counter[str]] = defaultdict(Counter)
    passed, unnamed, count = [], [], 0
    for fault in faults():
        _, run = run_scene(
            fault.behaviour, fault.disruption_id, fault.access, timing=fault.timing, prepare=fault.prepare
        )
        count += 1
        causes[fault.kind][_cause(run)] += 1
        label = f"{fault.kind} / {fault.disruption_id}: {_cause(run)}"
        if run.verdict is not None and run.verdict.value is VerdictValue.PASS:
            passed.append(label)
        elif not _named(fault, run):
            unnamed.append(label)
    for kind, said in causes.items():
        listed = ", ".join(f"{cause} {n}" for cause, n in said.most_common())
        sys.stdout.write(f"{sum(said.values()):4}  {kind}: {listed}\n")
    sys.stdout.write(f"{count} faults, {len(passed)} PASS, {count - len(passed) - len(unnamed)} named\n")
    assert count >= LEAST_FAULTS
    assert not passed
    assert 1 - len(unnamed) / count >= LEAST_NAMED, unnamed
