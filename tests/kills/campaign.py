"""Kills a headless program at a drawn step, starts it again until it lives to its end, and asks the service."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.run import RunStatus
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.report import pack
from rdpgui.report.model import REPORT_NAME
from tests.contract.conftest import ROOT, environment
from tests.helpers.limits import limit_s
from tests.kills.service import Service

STEPS_AT_FIRST = 330
"""About what a run takes; lives that end by themselves tell more."""
TWICE = 0.3
"""How often the second life is killed, too."""
SECOND_STEPS = 120
_LIFE_S = 120.0
PAPERS = frozenset({pack.MANIFEST, pack.FACTS, REPORT_NAME})


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill which run."""

    number: int
    disruption: DisruptionId
    access: AccessType
    kill_at: int | str
    again_at: int | str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one moment.

    Attributes:
        phase: the run's phase when it was killed, empty without a journal. status: how it ended in the end.
        problems: what is wrong; empty when nothing is.
    """

    number: int
    disruption: str
    access: str
    kill_at: int | str
    again_at: int | str
    kills: int
    phase: str
    status: str
    orders: int
    problems: tuple[str, ...]

    def json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self))


def moment(seed: int, number: int, steps: int = STEPS_AT_FIRST) -> Moment:
    """Draw the moment of a number: kinds in turn, any step of a run."""
    random = Random(f"{seed} {number}")
    kinds = tuple(DisruptionId)
    return Moment(
        number,
        kinds[number % len(kinds)],
        random.choice(tuple(AccessType)),
        random.randint(1, steps),
        random.randint(1, SECOND_STEPS) if random.random() < TWICE else 0,
    )


def try_moment(service: Service, instance: str, root: Path, at: Moment) -> Outcome:
    """Live, be killed, live again, and judge what is left."""
    service.make_usable(instance)
    before = service.orders(instance)
    kills, phase, problems = 0, "", list[str]()
    lives: list[tuple[int | str, bool]] = [(at.kill_at, True), (at.again_at, False), (0, False)]
    for kill_at, begins in lives:
        if not begins and not kill_at and kills == 0:
            break  # it ended before its moment
        run = [at.disruption.value, at.access.value, instance] if begins else None
        died, problem = _live(service, root, run, kill_at)
        if problem:
            problems.append(problem)
        if begins:
            phase = _phase(root)
        if not died and kill_at:
            break
        kills += died
    after = service.orders(instance)
    given = (*after.calls[: len(after.calls) - len(before.calls)], *after.scripts[len(before.scripts) :])
    runs = list(_runs(root))
    problems += [text for run in runs for text in _wrong(root, run)]
    problems += _twice(runs, at, given)
    if any(run.opened is not None for run in runs) and service.open_connections(instance):
        problems.append(f"a connection stays open: {service.open_connections(instance)}")
    status = runs[0].status.value if runs else "nothing begun"
    return Outcome(
        at.number, at.disruption.value, at.access.value, at.kill_at, at.again_at, kills, phase, status, len(given),
        tuple(problems),
    )  # fmt: skip


def _live(service: Service, root: Path, run: list[str] | None, kill_at: int | str) -> tuple[bool, str]:
    """Live once; returns whether it was killed, and what went wrong otherwise."""
    order = {"lab": service.address, "root": str(root), "run": run, "kill_at": kill_at}
    command = [sys.executable, "-m", "tests.kills.child", json.dumps(order)]
    process = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, timeout=limit_s(_LIFE_S)
    )
    if process.returncode == -signal.SIGKILL:
        return True, ""
    if process.returncode:
        return False, f"a life ended with {process.returncode}: {process.stderr[-1500:]}"
    return False, ""


def _runs(root: Path) -> Iterator[RunState]:
    folders = FileRunFolders(root)
    for folder in sorted(path for path in root.glob("*") if (path / "journal.jsonl").is_file()):
        run = rebuild(read_journal(folders.lines(folder))[0])
        if run is not None:
            yield run


def _phase(root: Path) -> str:
    return next((run.phase.value for run in _runs(root)), "")


def _wrong(root: Path, run: RunState) -> list[str]:
    """Return what is wrong with the evidence of one run that must be over."""
    folder, found = root / run.run_id, list[str]()
    if run.status is RunStatus.RUNNING:
        return [f"{run.run_id} has no end in phase {run.phase.value}"]
    if missing := PAPERS - {path.name for path in folder.iterdir()}:
        found.append(f"{run.run_id} lacks {sorted(missing)}")
    elif changed := pack.verify(folder):
        found.append(f"{run.run_id} differs from its manifest: {changed}")
    if run.status is RunStatus.COMPLETED and run.verdict is None:
        found.append(f"{run.run_id} is completed without a verdict")
    if run.status is not RunStatus.COMPLETED and not run.reason:
        found.append(f"{run.run_id} is {run.status.value} without a reason")
    return found


def _twice(runs: list[RunState], at: Moment, given: tuple[str, ...]) -> list[str]:
    """Return what is wrong with the orders: the service was told at most once, and never without a word on disk."""
    found, intended = list[str](), any(run.disruption_intent is not None for run in runs)
    if len(given) > 1:
        found.append(f"{at.disruption.value} was ordered {len(given)} times: {given}")
    if given and not intended:
        found.append(f"{given} was ordered without an intent in any journal")
    if len(runs) > 1:
        found.append(f"{len(runs)} runs: {[run.run_id for run in runs]}")
    accepted = [a for run in runs for a in run.accepted if run.disruption_intent and a.action != "ec2:StartInstances"]
    if accepted and not given and at.disruption not in (DisruptionId.CONTROL_NONE, DisruptionId.CONTROL_DISCONNECT):
        found.append("accepted in the journal, but the service knows of no order")
    return found


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return the figures."""
    phases: dict[str, int] = {}
    statuses: dict[str, int] = {}
    for outcome in outcomes:
        phases[outcome.phase or "none"] = phases.get(outcome.phase or "none", 0) + 1
        statuses[outcome.status] = statuses.get(outcome.status, 0) + 1
    return {
        "moments": len(outcomes),
        "killed": sum(outcome.kills > 0 for outcome in outcomes),
        "killed_twice": sum(outcome.kills > 1 for outcome in outcomes),
        "phases": phases,
        "statuses": statuses,
        "ordered_twice": sum(outcome.orders > 1 for outcome in outcomes),
        "wrong": [asdict(outcome) for outcome in outcomes if outcome.problems],
    }
