"""The window open on the lab and nothing going on: processor time, wake-ups and memory of every process."""

from __future__ import annotations

import time
from collections.abc import Mapping

from tests.benchmarks.probes import Probe
from tests.benchmarks.processes import Cost, costs_of, roles_below, uss_mb
from tests.benchmarks.rows import Row

CPU_TARGET_S, WAKEUPS_TARGET = 1.0, 60.0
MEMORY_TARGETS_MB = {"program": 220.0, "endpoint": 160.0, "guest": 130.0}
_SETTLE_S = 5.0


def idle_rows(environment: Mapping[str, str], seconds: float, settle_s: float = _SETTLE_S) -> list[Row]:
    """Leave the window alone for a while.

    Args:
        environment: of the window.
        seconds: how long it is watched.
        settle_s: what it has for itself before, when the last of its parts is loaded.
    """
    with Probe({"do": "idle", "seconds": seconds + settle_s}, dict(environment), limit_s=seconds + 120) as probe:
        for mark in probe.lines():
            if mark == "idle":
                time.sleep(settle_s)
                roles = roles_below(probe.process.pid)
                before, begun_s = costs_of(roles), time.monotonic()
                time.sleep(seconds)
                after, took_s = costs_of(roles), time.monotonic() - begun_s
                memory = {pid: uss_mb(pid) for pid in roles}
                probe.process.terminate()
        probe.finish()
    if "idle" not in probe.marks:
        raise RuntimeError(f"the window did not become usable: {probe.results} {probe.errors[-2000:]}")
    return [*_cost_rows(roles, before, after, took_s), *memory_rows(roles, memory)]


def _cost_rows(roles: dict[int, str], before: dict[int, Cost], after: dict[int, Cost], took_s: float) -> list[Row]:
    cpu: dict[str, float] = {}
    woken: dict[str, float] = {}
    for pid in before.keys() & after.keys():
        role = roles[pid]
        cpu[role] = cpu.get(role, 0.0) + (after[pid].cpu_s - before[pid].cpu_s) * 60 / took_s
        woken[role] = woken.get(role, 0.0) + after[pid].wakeups_since(before[pid]) / took_s
    count = {role: list(roles.values()).count(role) for role in cpu}
    named = [f"{count[role]} {role}: {cpu[role]:.2f} s/min, {woken[role]:.0f} wake-ups/s" for role in sorted(cpu)]
    seconds, wakeups = sum(cpu.values()), sum(woken.values())
    return [
        Row("window and lab with nothing going on: processor time", "s/min", (seconds,),
            target=f"<= {CPU_TARGET_S:.0f} s/min", met=seconds <= CPU_TARGET_S, notes=tuple(named)),
        Row("window and lab with nothing going on: wake-ups", "1/s", (wakeups,),
            target=f"<= {WAKEUPS_TARGET:.0f}/s", met=wakeups <= WAKEUPS_TARGET),
    ]  # fmt: skip


def memory_rows(roles: Mapping[int, str], memory: Mapping[int, float | None], when: str = "at rest") -> list[Row]:
    """Return a row of memory for each role."""
    rows = []
    for role in dict.fromkeys(roles.values()):
        found = tuple(size for pid, size in memory.items() if roles[pid] == role and size is not None)
        limit = MEMORY_TARGETS_MB.get(role)
        rows.append(
            Row(
                f"memory of {role} (USS), {when}",
                "MB",
                found,
                target=f"<= {limit:.0f} MB" if limit else "",
                met=bool(found) and max(found) <= limit if limit else None,
            )
        )
    return rows
