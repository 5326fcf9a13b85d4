"""What processes cost: processor time, wake-ups and memory that is theirs alone (Linux).

USS is the sum of ``Private_*`` in ``/proc/PID/smaps_rollup``: unlike PSS it does not depend on who else has the same
libraries open. A wake-up is a voluntary context switch of any thread: somebody waited, and was woken.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.processes import command_of, descendants

_MODULES = {
    "rdpgui.lab.guest": "guest", "rdpgui.lab.broker": "recorder", "rdpgui.media.worker": "inspector",
    "rdpgui.lab.console": "console",
}  # fmt: skip


_OF_A_PROCESS = 2
"""The clock of a process's processor time, as clock_getcpuclockid(3) of glibc numbers it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process used so far: seconds of processor time, and the wake-ups of each of its threads."""

    cpu_s: float
    wakeups: Mapping[str, int]

    def wakeups_since(self, before: Cost) -> int:
        """Return how often its threads were woken since; what a thread that has ended meanwhile did is not known."""
        return sum(count - before.wakeups.get(thread, 0) for thread, count in self.wakeups.items())


def role_of(command: str) -> str:
    """Return what a process of ours is for; empty for any other."""
    words = command.split()
    return next((_MODULES[w] for w in words if w in _MODULES), "endpoint" if "rdpgui.lab" in words else "")


def roles_below(pid: int) -> dict[int, str]:
    """Return the process and everything of ours below it, by role."""
    below = {child: role_of(command_of(child)) for child in descendants(pid)}
    return {pid: "program"} | {child: role for child, role in below.items() if role}


def cost_of(pid: int) -> Cost | None:
    """Return what a process used so far, None when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        switches = {task.name: _voluntary(task) for task in Path(f"/proc/{pid}/task").iterdir()}
    except OSError:
        return None
    return Cost((int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"), switches)


def _voluntary(task: Path) -> int:
    lines = (task / "status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches")), 0)


def run_time_s(pid: int) -> float | None:
    """Return the processor time of a process, of threads that have ended, too; None when it is gone."""
    try:
        return time.clock_gettime(~pid << 3 | _OF_A_PROCESS)
    except OSError:
        return None


def uss_mb(pid: int) -> float | None:
    """Return the memory that only this process has, MiB; None when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    private = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
    return sum(private) / 1024 if private else None


def costs_of(pids: Iterable[int]) -> dict[int, Cost]:
    """Return what each process used so far; those that are gone are left out."""
    return {pid: found for pid in pids if (found := cost_of(pid)) is not None}
