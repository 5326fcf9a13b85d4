"""The classic matrix on the lab without a window, one run at a time and in lanes: from the first event to the last."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tests.benchmarks.probes import ROOT
from tests.benchmarks.rows import Row, middle

TARGET_S = 25.0
_LIMIT_S = 300.0


def lane_rows(environment: Mapping[str, str], rounds: int) -> list[Row]:
    """Run the matrix both ways, in turn; the journals' own times count."""
    serial: list[float] = []
    lanes: list[float] = []
    at_once: list[float] = []
    notes: list[str] = []
    for number in range(rounds):
        for times, asked in ((serial, ("--lanes", "1")), (lanes, ())):
            runs, verdicts = _matrix(environment, asked)
            times.append(_span_s(runs))
            notes.append(f"round {number + 1}, {' '.join(asked) or 'lanes'}: {', '.join(verdicts)}")
            if times is lanes:
                at_once.append(float(most_at_once(runs)))
    took_s = middle(lanes)
    return [
        Row("matrix without a window, one run at a time: first to last event", "s", tuple(serial)),
        Row("matrix without a window, in lanes: first to last event", "s", tuple(lanes),
            ("one at a time", middle(serial)), took_s / middle(serial), f"<= {TARGET_S:.0f} s", took_s <= TARGET_S,
            notes=tuple(notes)),
        Row("runs of the matrix in lanes that go on at once, at most", "runs", tuple(at_once)),
    ]  # fmt: skip


Interval = tuple[datetime, datetime]


def most_at_once(runs: Sequence[Interval]) -> int:
    """Return how many of the intervals overlap at most."""
    return max(sum(begun <= at < ended for begun, ended in runs) for at, _ended in runs)


def times_of(folder: Path) -> list[Interval]:
    """Return the first and the last time of each journal below a folder."""
    found = []
    for journal in sorted(folder.glob("*/journal.jsonl")):
        times = [json.loads(line)["event"]["at"] for line in journal.read_text().splitlines()]
        found.append((datetime.fromisoformat(times[0]), datetime.fromisoformat(times[-1])))
    return found


def _span_s(runs: Sequence[Interval]) -> float:
    return (max(ended for _begun, ended in runs) - min(begun for begun, _ended in runs)).total_seconds()


def _matrix(environment: Mapping[str, str], asked: Sequence[str]) -> tuple[list[Interval], list[str]]:
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as name:
        out = Path(name) / "out"
        command = [sys.executable, "main.py", "run", "--matrix", *asked, "--no-screenshots", "--out", str(out)]
        results = Path(name) / "results.json"
        subprocess.run(
            [*command, "--json", str(results)],
            cwd=ROOT, env=dict(environment), check=False, timeout=_LIMIT_S, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        verdicts = [str(run["verdict"]) for run in json.loads(results.read_text())["runs"]]
        return times_of(out / "runs"), verdicts
