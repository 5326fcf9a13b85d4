"""One window per data folder: two would watch the same journals and could disrupt the same target."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLockFile


def hold(path: Path) -> QLockFile | None:
    """Take the lock; None when another window holds it. A lock left by a crash is taken over."""
    lock = QLockFile(str(path))
    lock.setStaleLockTime(0)
    return lock if lock.tryLock(50) else None
