"""Which processes descend from one, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path


def _parents() -> dict[int, int]:
    """Parent by process id; zombies are left out."""
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue  # it ended meanwhile
        state, parent = text.rpartition(")")[2].split()[:2]
        if state != "Z":
            found[int(entry.name)] = int(parent)
    return found


def descendants(pid: int) -> list[int]:
    """Return every living process below one."""
    parents = _parents()
    found, front = [], [pid]
    while front:
        below = [child for child, parent in parents.items() if parent in front]
        found += below
        front = below
    return found


def children_of_this_process() -> list[int]:
    """Return every living process below the test run."""
    return descendants(os.getpid())


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    return pid in _parents()


def command_of(pid: int) -> str:
    """Return a process's command line, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
