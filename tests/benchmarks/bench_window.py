"""How soon the lab is there, and how it all ends. How soon the window is there: ``bench_start``."""

from __future__ import annotations

from collections.abc import Mapping

from tests.benchmarks.probes import Probe
from tests.benchmarks.rows import Row, middle, most

SEEDED_TARGET_S = 1.2
EXIT_TARGET_S = 2.0
PHASES = (
    "at once", "lab starting", "connected", "usable",
    "connecting", "steady", "disrupting", "ending", "processing", "verifying", "restoring", "done", "matrix",
)  # fmt: skip
QUICK_PHASES = ("at once", "connected", "steady", "processing", "matrix")
_COMPLAINTS = ("Warning", "Traceback", "Error:", "QThread", "QObject", "QTimer")


def lab_rows(environment: Mapping[str, str], rounds: int) -> list[Row]:
    """Start the window and read its marks of the lab and of the first read; offscreen, so no picture is meant."""
    ours: list[dict[str, float]] = []
    for _number in range(rounds + 1):
        with Probe({"do": "start"}, dict(environment)) as probe:
            probe.finish()
            ours.append(probe.marks)
    # The first only filled the caches.
    del ours[0]
    return [
        _since_launch("lab: endpoint ready after launch", ours, "ready"),
        _since_launch("lab: seeded after launch", ours, "seeded", SEEDED_TARGET_S),
        _since_launch("instances in the snapshot after launch", ours, "instances"),
    ]


def _since_launch(what: str, ours: list[dict[str, float]], name: str, target_s: float = 0.0) -> Row:
    values = tuple(marks[name] for marks in ours if name in marks)
    if not target_s:
        return Row(what, "s", values)
    return Row(what, "s", values, target=f"<= {target_s} s", met=bool(values) and middle(values) <= target_s)


def exit_rows(environment: Mapping[str, str], *, quick: bool) -> list[Row]:
    """Close the window at each phase, with every warning an error."""
    took: list[float] = []
    notes: list[str] = []
    for phase in QUICK_PHASES if quick else PHASES:
        order = {"do": "close", "phase": phase}
        with Probe(order, dict(environment), ("-X", "dev", "-W", "error"), limit_s=120) as probe:
            ended_s = probe.finish()
            took_s = ended_s - probe.marks.get("close", float("nan"))
            took.append(took_s)
            notes += [f"{phase}: {what}" for what in _complaints(probe, took_s)]
    return [
        Row(
            "close the window at a phase, until the process ended", "s", tuple(took), target="<= 2 s, nothing left",
            met=most(took, EXIT_TARGET_S) and not notes, notes=tuple(notes),
        )
    ]  # fmt: skip


def _complaints(probe: Probe, took_s: float) -> list[str]:
    found = [line for line in probe.errors.splitlines() if any(word in line for word in _COMPLAINTS)][:5]
    if not took_s <= EXIT_TARGET_S:
        found.append(f"took {took_s:.2f} s")
    if probe.process.returncode:
        found.append(f"exit status {probe.process.returncode}")
    if left := probe.left():
        found.append(f"processes left: {left}")
    if "missed" in probe.results:
        found.append("the phase was not reached")
    return found
