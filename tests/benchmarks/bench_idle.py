"""The window open on the lab and nothing going on, in use and at rest: cost of every process, and memory."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.probes import Probe
from tests.benchmarks.processes import Cost, costs_of, roles_below, uss_mb
from tests.benchmarks.rows import Row

CPU_TARGET_S, WAKEUPS_TARGET = 1.0, 60.0
MEMORY_TARGETS_MB = {"program": 220.0, "endpoint": 160.0, "guest": 130.0}
_SETTLE_S = 5.0
IN_USE, AT_REST = "in use", "at rest"


@dataclass(frozen=True)
class _Watched:
    """What every process used while nothing was done."""

    roles: Mapping[int, str]
    before: Mapping[int, Cost]
    after: Mapping[int, Cost]
    took_s: float


def idle_rows(environment: Mapping[str, str], seconds: float, settle_s: float = _SETTLE_S) -> list[Row]:
    """Leave the window alone: looked at as in its first minutes, then at rest as after five of them.

    The targets are for the window at rest. It gets there as soon as the first figures are read: the probe shortens the
    time after which nobody is thought to look, and nothing else.

    Args:
        environment: of the window.
        seconds: how long it is watched each time.
        settle_s: what it has for itself before, when the last of its parts is loaded.
    """
    seen: dict[str, _Watched] = {}
    memory: dict[int, float | None] = {}
    order = {"do": "idle", "seconds": seconds, "settle_s": settle_s}
    with Probe(order, dict(environment), limit_s=2 * seconds + 120) as probe:
        for mark in probe.lines():
            if mark in (IN_USE, AT_REST):
                time.sleep(settle_s)
                seen[mark] = _watch(probe.process.pid, seconds)
            if mark == AT_REST:
                memory = {pid: uss_mb(pid) for pid in seen[mark].roles}
                probe.process.terminate()
        probe.finish()
    if AT_REST not in seen:
        raise RuntimeError(f"the window did not come to rest: {probe.results} {probe.errors[-2000:]}")
    rows = [*_cost_rows(AT_REST, seen[AT_REST], met=True), *_cost_rows(IN_USE, seen[IN_USE], met=False)]
    return [*rows, *memory_rows(seen[AT_REST].roles, memory)]


def _watch(pid: int, seconds: float) -> _Watched:
    roles = roles_below(pid)
    before, begun_s = costs_of(roles), time.monotonic()
    time.sleep(seconds)
    after, took_s = costs_of(roles), time.monotonic() - begun_s
    return _Watched(roles, before, after, took_s)


def _cost_rows(when: str, seen: _Watched, *, met: bool) -> list[Row]:
    """Return the rows of what was seen; ``met`` compares them with the targets."""
    roles, before, after = seen.roles, seen.before, seen.after
    cpu: dict[str, float] = {}
    woken: dict[str, float] = {}
    for pid in before.keys() & after.keys():
        role = roles[pid]
        cpu[role] = cpu.get(role, 0.0) + (after[pid].cpu_s - before[pid].cpu_s) * 60 / seen.took_s
        woken[role] = woken.get(role, 0.0) + after[pid].wakeups_since(before[pid]) / seen.took_s
    count = {role: list(roles.values()).count(role) for role in cpu}
    named = [f"{count[role]} {role}: {cpu[role]:.2f} s/min, {woken[role]:.0f} wake-ups/s" for role in sorted(cpu)]
    seconds, wakeups = sum(cpu.values()), sum(woken.values())
    what = f"window and lab {when}, nothing going on"
    return [
        Row(f"{what}: processor time", "s/min", (seconds,), target=f"<= {CPU_TARGET_S:.0f} s/min" if met else "",
            met=seconds <= CPU_TARGET_S if met else None, notes=tuple(named)),
        Row(f"{what}: wake-ups", "1/s", (wakeups,), target=f"<= {WAKEUPS_TARGET:.0f}/s" if met else "",
            met=wakeups <= WAKEUPS_TARGET if met else None),
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
