"""The temporary folder of one lab: private, locked while the lab lives, removed at its end or by the next lab.

The lock is the kernel's: it ends with its process, however that ended. So a folder whose lock can be taken belongs
to a lab that was killed, or to a machine that lost its power.
"""

from __future__ import annotations

import logging
import os
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

_log = logging.getLogger("rdpgui.lab")
PREFIX: Final = "rdpgui-lab-"
LOCK_NAME: Final = "lab.lock"
YOUNG_S: Final = 3600.0
"""A folder without lock file may belong to a lab that is just being started, until it is this old."""


class StateFolder:
    """A folder and its lock.

    Attributes:
        path: the folder, mode 0700.
    """

    def __init__(self) -> None:
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            lock = _take(self.path / LOCK_NAME, os.O_CREAT)
            # Another lab's sweep may have come between the folder and its lock.
            if lock is not None and (self.path / LOCK_NAME).exists():
                self._lock = lock
                return

    def remove(self) -> None:
        """Remove the folder and release the lock."""
        if sys.platform == "win32":
            os.close(self._lock)  # an open file cannot be removed there
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)


def sweep() -> None:
    """Remove the folders of this user's labs that are no longer alive. Blocking; for a thread."""
    for path in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        try:
            if _is_own(path) and _is_left(path):
                shutil.rmtree(path)
        except FileNotFoundError:
            continue  # its lab has just ended
        except OSError as error:
            _log.warning("%s of a lab that is gone cannot be removed: %s", path, error.strerror)


def _is_own(path: Path) -> bool:
    """Whether it is a folder, and no link, of this user."""
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and (sys.platform == "win32" or found.st_uid == os.getuid())


def _is_left(path: Path) -> bool:
    lock = path / LOCK_NAME
    if not lock.exists():
        return time.time() - path.lstat().st_mtime > YOUNG_S
    taken = _take(lock, 0)
    if taken is None:
        return False
    os.close(taken)
    return True


def _take(path: Path, flags: int) -> int | None:
    """Open and lock a file; None when a living process has it. The descriptor is not inherited."""
    if sys.platform == "win32":
        import msvcrt

        descriptor = os.open(path, os.O_RDWR | flags, 0o600)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            os.close(descriptor)
            return None
    else:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
    return descriptor
