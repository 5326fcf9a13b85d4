"""A data folder with many runs: when the history is there, what the loop waits for it, what it keeps, opening one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.probes import Probe
from tests.benchmarks.processes import uss_mb
from tests.benchmarks.rows import Row, middle
from tests.helpers.many_runs import write_runs

THERE_TARGET_S, GAP_TARGET_MS, KEPT_TARGET_KB, OPEN_TARGET_MS = 1.0, 50.0, 5.0, 50.0
STARTS = ("no index yet", "from its index")


def history_rows(environment: Mapping[str, str], counts: Sequence[int], opened: int) -> list[Row]:
    """Open the window on more and more runs, each folder twice: without an index, and with the one of the first time.

    Args:
        environment: of the window.
        counts: runs in each folder; the first is the baseline.
        opened: runs that are opened, one after the other.
    """
    rows: list[Row] = []
    few_mb: float | None = None
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as data:
            write_runs(Path(data, "runs"), count)
            for start in STARTS:
                found, memory_mb = _open(environment, data, count, opened)
                rows += _start_rows(count, start, found)
            rows.append(_open_row(count, found["opened_ms"]))
            few_mb = memory_mb if few_mb is None else few_mb
            if count > counts[0]:
                rows.append(_kept_row(count - counts[0], memory_mb - few_mb, memory_mb))
    return rows


def _open(environment: Mapping[str, str], data: str, count: int, opened: int) -> tuple[dict[str, list[float]], float]:
    order = {"do": "history", "data_dir": data, "count": count, "open": opened}
    memory_mb = 0.0
    with Probe(order, dict(environment), limit_s=300) as probe:
        for mark in probe.lines():
            if mark == "settled":
                memory_mb = uss_mb(probe.process.pid) or 0.0
        probe.finish()
    if "settled" not in probe.marks:
        raise RuntimeError(f"{count} runs did not come: {probe.results} {probe.errors[-2000:]}")
    there_s = probe.marks["history"] - probe.marks["panels"]
    return {"there_s": [there_s], **probe.results}, memory_mb


def _start_rows(count: int, start: str, found: Mapping[str, list[float]]) -> list[Row]:
    there_s, gap_ms = found["there_s"][0], max(found["gaps_ms"], default=0.0)
    told = start == STARTS[1]  # without an index every journal has to be read once
    what = f"{count} runs, {start}: "
    return [
        Row(f"{what}history there after the window", "s", (there_s,),
            target=f"<= {THERE_TARGET_S:.0f} s" if told else "", met=there_s <= THERE_TARGET_S if told else None),
        Row(f"{what}longest gap of the loop until then", "ms", (gap_ms,), target=f"<= {GAP_TARGET_MS:.0f} ms",
            met=gap_ms <= GAP_TARGET_MS),
    ]  # fmt: skip


def _open_row(count: int, times_ms: list[float]) -> Row:
    return Row(
        f"{count} runs: opening one", "ms", tuple(times_ms), target=f"<= {OPEN_TARGET_MS:.0f} ms",
        met=bool(times_ms) and middle(times_ms) <= OPEN_TARGET_MS,
    )  # fmt: skip


def _kept_row(more: int, grown_mb: float, whole_mb: float) -> Row:
    kb = grown_mb * 1024 / more
    return Row(
        f"{more} runs more: memory of each in the program (USS)", "KB", (kb,), target=f"<= {KEPT_TARGET_KB:.0f} KB",
        met=kb <= KEPT_TARGET_KB, notes=(f"the program with all of them: {whole_mb:.0f} MB",),
    )  # fmt: skip
