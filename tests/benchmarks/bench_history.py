"""A data folder with many runs: when the history is there, what the loop waits for it, what it keeps, opening one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.probes import Probe
from tests.benchmarks.processes import uss_mb
from tests.benchmarks.rows import Row, middle, most
from tests.helpers.many_runs import write_runs

THERE_TARGET_S, GAP_TARGET_MS, KEPT_TARGET_KB, OPEN_TARGET_MS = 1.0, 50.0, 5.0, 50.0
TYPED_TARGET_MS = 50.0
STARTS = ("no index yet", "from its index")


def history_rows(
    environment: Mapping[str, str], counts: Sequence[int], opened: int, *, smoke: bool = False
) -> list[Row]:
    """Open the window on more and more runs, each folder twice: without an index, and with the one of the first time.

    Args:
        environment: of the window.
        counts: runs in each folder; the first is the baseline.
        opened: runs that are opened, one after the other.
        smoke: only try it: no figure waits for the tables.
    """
    rows: list[Row] = []
    few: Found | None = None
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as data:
            write_runs(Path(data, "runs"), count)
            for start in STARTS:
                found = _open(environment, data, count, opened, smoke=smoke)
                rows += _start_rows(count, start, found, few)
            rows += [_page_row(count, found), _typed_row(count, found), _open_row(count, found)]
            few = few or found
            if count > counts[0]:
                rows.append(_kept_row(count - counts[0], found.memory_mb - few.memory_mb, found.memory_mb))
    return rows


@dataclass(frozen=True)
class Found:
    """What one start with many runs told; see ``window_probe``."""

    there_s: float
    memory_mb: float
    told: Mapping[str, list[float]]

    @property
    def longest_gap_ms(self) -> float:
        """The longest gap of the loop."""
        return max(self.told["gaps_ms"], default=0.0)

    @property
    def most_cpu_ms(self) -> float:
        """The most processor time of the loop's own thread in one gap."""
        return max(self.told["cpu_ms"], default=0.0)


def _open(environment: Mapping[str, str], data: str, count: int, opened: int, *, smoke: bool = False) -> Found:
    order = {"do": "history", "data_dir": data, "count": count, "open": opened, "smoke": smoke}
    memory_mb = 0.0
    with Probe(order, dict(environment), limit_s=300) as probe:
        for mark in probe.lines():
            if mark == "settled":
                memory_mb = uss_mb(probe.process.pid) or 0.0
                probe.process.terminate()
        probe.finish()
    if "settled" not in probe.marks:
        raise RuntimeError(f"{count} runs did not come: {probe.results} {probe.errors[-2000:]}")
    return Found(probe.marks["history"] - probe.marks["panels"], memory_mb, probe.results)


def _start_rows(count: int, start: str, found: Found, few: Found | None) -> list[Row]:
    gap_ms, cpu_ms = found.longest_gap_ms, found.most_cpu_ms
    told = start == STARTS[1]  # without an index every journal has to be read once
    what = f"{count} runs, {start}: "
    base = ("few runs", few.longest_gap_ms) if few is not None else None
    cpu_base = ("few runs", few.most_cpu_ms) if few is not None else None
    return [
        Row(f"{what}history there after the window", "s", (found.there_s,),
            target=f"<= {THERE_TARGET_S:.0f} s" if told else "", met=found.there_s <= THERE_TARGET_S if told else None),
        Row(f"{what}longest gap of the loop until all is there", "ms", (gap_ms,), base,
            gap_ms / max(base[1], 0.01) if base else None, f"<= {GAP_TARGET_MS:.0f} ms", gap_ms <= GAP_TARGET_MS,
            notes=("until the tables are there: imports and SDK clients are in it, with few runs, too",)),
        Row(f"{what}most processor time of the loop's thread in a gap", "ms", (cpu_ms,), cpu_base,
            cpu_ms / max(cpu_base[1], 0.01) if cpu_base else None, f"<= {GAP_TARGET_MS:.0f} ms",
            cpu_ms <= GAP_TARGET_MS),
    ]  # fmt: skip


def _page_row(count: int, found: Found) -> Row:
    (page_ms,), (cpu_ms,) = found.told["page_ms"], found.told["page_cpu_ms"]
    return Row(
        f"{count} runs: the history is shown for the first time", "ms", (page_ms,), target=f"<= {GAP_TARGET_MS:.0f} ms",
        met=page_ms <= GAP_TARGET_MS, notes=(f"processor time of the loop's thread {cpu_ms:.0f} ms",),
    )  # fmt: skip


def _typed_row(count: int, found: Found) -> Row:
    times_ms, cpu_ms = tuple(found.told["typed_ms"]), found.told["typed_cpu_ms"]
    return Row(
        f"{count} runs: a letter typed into the filter, or a choice beside it, until it is shown", "ms", times_ms,
        target=f"<= {TYPED_TARGET_MS:.0f} ms", met=most(times_ms, TYPED_TARGET_MS),
        notes=(f"processor time of the loop's thread: median {middle(cpu_ms):.0f}, max {max(cpu_ms):.0f} ms",),
    )  # fmt: skip


def _open_row(count: int, found: Found) -> Row:
    times_ms, cpu_ms = tuple(found.told["opened_ms"]), found.told["opened_cpu_ms"]
    return Row(
        f"{count} runs: opening one, until it is shown", "ms", times_ms, target=f"<= {OPEN_TARGET_MS:.0f} ms",
        met=most(times_ms, OPEN_TARGET_MS),
        notes=(f"processor time of the program meanwhile: median {middle(cpu_ms):.0f}, max {max(cpu_ms):.0f} ms; the "
               f"first one opened: {times_ms[0]:.0f} ms, {cpu_ms[0]:.0f} of the processor",),
    )  # fmt: skip


def _kept_row(more: int, grown_mb: float, whole_mb: float) -> Row:
    kb = grown_mb * 1024 / more
    return Row(
        f"{more} runs more: memory of each in the program (USS)", "KB", (kb,), target=f"<= {KEPT_TARGET_KB:.0f} KB",
        met=kb <= KEPT_TARGET_KB, notes=(f"the program with all of them: {whole_mb:.0f} MB",),
    )  # fmt: skip
