"""The one way in which a file is replaced: whole or not at all, and only an ordinary file.

Every adapter writes its finished files through here. May import: ``core`` and the standard library.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from rdpgui.core.errors import StorageError
from rdpgui.core.texts import N_

PRIVATE_FILE_MODE = 0o600
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, N_("a symbolic link")),
    (stat.S_ISDIR, N_("a folder")),
    (stat.S_ISCHR, N_("a device")),
    (stat.S_ISBLK, N_("a device")),
    (stat.S_ISFIFO, N_("a pipe")),
    (stat.S_ISSOCK, N_("a socket")),
)


def refuse_irregular(path: Path) -> None:
    """Let pass what does not exist yet and what is an ordinary file.

    A link is not followed and not replaced, a device not turned into a file: who named it meant something else.

    Raises:
        StorageError: there is something else under this name.
        OSError: nobody can look there (other than for a name that does not exist).
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISREG(mode):
        return
    raise StorageError(
        N_("{path} is {detail}, not an ordinary file, and is left as it is."),
        N_("Name a file that does not exist yet, or an ordinary one."),
        path=path,
        detail=next((word for is_kind, word in _KINDS if is_kind(mode)), N_("something special")),
    )


def put_in_place(temporary: Path, target: Path) -> None:
    """Give a finished file its name, replacing an ordinary file only.

    Raises:
        StorageError: the name belongs to something else.
        OSError: as of the system.
    """
    refuse_irregular(target)
    temporary.replace(target)


def write_whole(target: Path, data: bytes) -> None:
    """Write a private file (0600): complete and on disk under its name, or not at all.

    Raises:
        StorageError: the name belongs to something that is no ordinary file.
        OSError: as of the system; nothing is left behind.
    """
    refuse_irregular(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    try:
        # O_EXCL: whatever appeared under this name in between is not written into.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(temporary, target)
    except (OSError, StorageError):
        temporary.unlink(missing_ok=True)
        raise
