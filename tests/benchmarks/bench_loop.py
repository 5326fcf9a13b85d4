"""A whole matrix in the real window with a film playing: gaps of the event loop, wall time, memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.bench_idle import memory_rows
from tests.benchmarks.bench_media import encode_minute
from tests.benchmarks.probes import ROOT, Probe
from tests.benchmarks.processes import roles_below, uss_mb
from tests.benchmarks.rows import Row, most, percentile

P99_TARGET_MS = 8.0
MAX_TARGET_MS = 33.0
MATRIX_TARGET_S = 25.0
PAIR_TARGET_MB = 130.0
_SAMPLE_S = 0.5


class Memory:
    """Reads the memory of the program and of everything below it, again and again.

    Attributes:
        uss_mb: memory of its own by process, the most of all readings. roles: what each process is for.
    """

    def __init__(self, pid: int) -> None:
        self.uss_mb: dict[int, float | None] = {}
        self.roles: dict[int, str] = {}
        self._pid = pid
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_SAMPLE_S):
            for pid, role in roles_below(self._pid).items():
                size = uss_mb(pid)
                if size is not None:
                    self.roles[pid] = role
                    self.uss_mb[pid] = max(size, self.uss_mb.get(pid) or 0.0)


def matrix_rows(environment: Mapping[str, str], stacks: Path | None) -> list[Row]:
    """Run the matrix once."""
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as name:
        film = Path(name) / "film.mp4"
        encode_minute(film, variable=True)
        order = {"do": "matrix", "film": str(film), "watch": stacks is not None}
        with Probe(order, dict(environment), limit_s=300) as probe:
            pacer = _pacer(environment)
            memory = Memory(probe.process.pid)
            memory.start()
            for mark in probe.lines():
                if mark == "matrix_done":
                    memory.stop()
            probe.finish()
            machine = _stop(pacer)
    found = probe.results
    if "gaps_ms" not in found:
        raise RuntimeError(f"the matrix did not end ({probe.process.returncode}): {found} {probe.errors[-2000:]}")
    if stacks is not None:
        stacks.write_text("\n".join(f"{ms} ms, processor {cpu} ms\n{text}" for ms, cpu, text in found["worst"]))
    return [*_gap_rows(found, machine), _matrix_row(found), *_memory_rows(memory)]


def _pacer(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.pacer"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment), cwd=ROOT,
    )  # fmt: skip


def _stop(pacer: subprocess.Popen[bytes]) -> list[float]:
    text, _ = pacer.communicate()
    gaps: list[float] = json.loads(text)
    return gaps


def _gap_rows(found: dict[str, list[float]], machine: list[float]) -> list[Row]:
    gaps, cpu = found["gaps_ms"], found["cpu_ms"]
    p50, p99, worst = percentile(gaps, 0.5), percentile(gaps, 0.99), max(gaps)
    idle = (percentile(machine, 0.99), max(machine))
    own = [used for used, gap in zip(cpu, gaps, strict=True) if gap > 0]
    long = sum(gap > MAX_TARGET_MS for gap in gaps)
    notes = (
        f"median {p50:.2f} ms over {len(gaps)} beats; {long} above {MAX_TARGET_MS:.0f} ms; an empty loop of a process "
        f"beside it, on the same machine: p99 {idle[0]:.1f}, max {idle[1]:.1f} ms",
        f"processor time of the loop's own thread in a beat: p99 {percentile(own, 0.99):.1f}, max {max(own):.1f} ms "
        "(the rest of a gap is waiting for the interpreter's lock or for the machine)",
        f"played: {found['played']}",
    )
    return [
        Row("event-loop gap in a matrix with a film, p99", "ms", (p99,), ("empty loop", idle[0]),
            p99 / max(idle[0], 0.01), f"<= {P99_TARGET_MS:.0f} ms", p99 <= P99_TARGET_MS),
        Row("event-loop gap in a matrix with a film, max", "ms", (worst,), ("empty loop", idle[1]),
            worst / max(idle[1], 0.01), f"<= {MAX_TARGET_MS:.0f} ms", worst <= MAX_TARGET_MS, notes),
    ]  # fmt: skip


def _matrix_row(found: dict[str, object]) -> Row:
    took_s, verdicts = float(str(found["matrix_s"])), found["verdicts"]
    return Row(
        "full matrix in the window", "s", (took_s,), target=f"<= {MATRIX_TARGET_S:.0f} s",
        met=took_s <= MATRIX_TARGET_S, notes=(f"verdicts {verdicts}",),
    )  # fmt: skip


def _memory_rows(memory: Memory) -> list[Row]:
    """Return the most that each process had; a guest with the largest recorder beside it is judged as a pair."""
    rows = memory_rows(memory.roles, memory.uss_mb, "at most in a matrix")
    sizes: dict[str, list[float]] = {}
    for pid, role in memory.roles.items():
        sizes.setdefault(role, []).append(memory.uss_mb[pid] or 0.0)
    pairs = tuple(guest + max(sizes.get("recorder", [0.0])) for guest in sizes.get("guest", []))
    rows.append(
        Row(
            "memory of a guest with its recorder (USS), at most in a matrix", "MB", pairs,
            target=f"<= {PAIR_TARGET_MB:.0f} MB", met=most(pairs, PAIR_TARGET_MB),
        )
    )  # fmt: skip
    return rows
