"""Plausible numbers of a busy server, as pure functions of time.

The same second always gives the same numbers, so a picture can be repeated.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Final

_SERVICES: Final = ("LabAgent", "BackupService", "PrintSpooler", "LedgerSync", "TimeService")
_JOB_LINES: Final = (
    "backup-agent   volume D: snapshot {n:04d} verified",
    "ledger-sync    {n} journal entries posted",
    "lab-agent      heartbeat ok, {m} ms",
    "print-spooler  queue empty",
    "time-service   offset {m} us against 169.254.169.123",
    "backup-agent   copied {n} files, {m} MB",
)


@dataclass(frozen=True, slots=True)
class Load:
    """One second of the machine's load: shares 0 to 1, and kilobytes per second."""

    cpu: float
    memory: float
    network_kib_s: float


def seed_of(name: str) -> int:
    """Return a stable seed for a name (Python's own hash changes with every process)."""
    return zlib.crc32(name.encode())


def _noise(seed: int, second: int) -> float:
    """Return a repeatable number from 0 to 1."""
    return zlib.crc32(f"{seed}/{second}".encode()) / 0xFFFF_FFFF


def load_at(seed: int, second: int) -> Load:
    """Return the load of one second of Unix time."""
    phase = seed % 97
    wave = 0.24 + 0.13 * math.sin((second + phase) / 9) + 0.08 * math.sin((second + phase) / 3.7)
    burst = 0.35 if (second + phase) % 41 < 5 else 0.0
    cpu = wave + burst + 0.12 * _noise(seed, second)
    memory = 0.46 + 0.05 * math.sin((second + phase) / 53) + 0.01 * _noise(seed + 1, second)
    network = 180 + 900 * _noise(seed + 2, second) ** 3 + (1400 if burst else 0)
    return Load(min(0.98, max(0.02, cpu)), memory, network)


def history(seed: int, second: int, length: int) -> list[Load]:
    """Return the loads of the ``length`` seconds that end at ``second``, oldest first."""
    return [load_at(seed, second - back) for back in range(length - 1, -1, -1)]


def services() -> tuple[str, ...]:
    """Return the names of the services that the Server Manager lists."""
    return _SERVICES


def job_line(seed: int, second: int) -> str | None:
    """Return what a job prints in this second, None when nothing is printed (most seconds)."""
    if (second + seed) % 4:
        return None
    index = int(_noise(seed + 3, second) * len(_JOB_LINES)) % len(_JOB_LINES)
    return _JOB_LINES[index].format(n=second % 9973, m=7 + second % 83)
