"""The one way in which a file is read and replaced: whole or not at all, and only an ordinary file.

Every adapter writes its finished files through here. May import: ``core`` and the standard library.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path, PurePath

from rdpgui.core.errors import RecordingUnreadable, StorageError
from rdpgui.core.texts import N_

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PRIVATE_FILE_MODE = 0o600
_LOCKED_AT = 1 << 40
"""Windows locks bytes for readers, too: this one lies beyond every end."""
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, N_("a symbolic link")),
    (stat.S_ISDIR, N_("a folder")),
    (stat.S_ISCHR, N_("a device")),
    (stat.S_ISBLK, N_("a device")),
    (stat.S_ISFIFO, N_("a pipe")),
    (stat.S_ISSOCK, N_("a socket")),
)


FileIdentity = tuple[int, int]
"""Device and number of a file: another one under the same path is another file."""


def identity_of(path: PurePath) -> FileIdentity | None:
    """Return which file a path leads to, None when it leads to none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_file(path: PurePath) -> bool:
    """Return whether an ordinary file is there, as far as can be seen: where nobody may look is none.

    ``Path.is_file`` raises for a folder that may not be entered and for a name that is too long.
    """
    try:
        return Path(path).is_file()
    except OSError:
        return False


def refuse_replaced(path: PurePath, opened: FileIdentity | None) -> None:
    """Let pass what is the file that was opened, and what is gone: its bytes are still those that were opened.

    Args:
        path: of a film.
        opened: the file that it led to then, None when that is not known.

    Raises:
        RecordingUnreadable: another file lies there now: pictures of both would be mixed.
    """
    found = identity_of(path)
    if None not in (found, opened) and found != opened:
        raise RecordingUnreadable(
            N_("{name} was replaced by another file while it was open."), N_("Open it again."), name=path.name
        )


def refuse_irregular(path: Path) -> None:
    """Let pass what does not exist yet and what is an ordinary file.

    A link is not followed and not replaced, a device not turned into a file: who named it meant something else.

    Raises:
        StorageError: there is something else under this name, or nobody can look there.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(
            N_("{path} cannot be used: {reason}."),
            N_("Name a file that does not exist yet, or an ordinary one."),
            path=path,
            reason=error.strerror or error,
        ) from error
    if stat.S_ISREG(mode):
        return
    raise StorageError(
        N_("{path} is {detail}, not an ordinary file, and is left as it is."),
        N_("Name a file that does not exist yet, or an ordinary one."),
        path=path,
        detail=_kind(mode),
    )


def read_whole(path: Path) -> bytes:
    """Return the bytes of an ordinary file. A pipe or a device in its place is refused, never waited for.

    Raises:
        StorageError: there is something else under this name.
        OSError: as of the system, also for a name that does not exist.
    """
    _refuse_to_read(path, path.lstat().st_mode)
    # Not blocking: what became a pipe since the look above is opened at once, and refused.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as file:
        _refuse_to_read(path, os.fstat(descriptor).st_mode)
        return file.read()


def _refuse_to_read(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise StorageError(
            N_("{path} is {detail}, not an ordinary file, and is not read."),
            N_("Remove it, or put the file back from a backup."),
            path=path,
            detail=_kind(mode),
        )


def _kind(mode: int) -> str:
    return next((word for is_kind, word in _KINDS if is_kind(mode)), N_("something special"))


def hold(descriptor: int) -> bool:
    """Mark an open file as being written by this process, until it is closed or the process is gone.

    Returns:
        False when another process is writing it. A file system without locks cannot tell: then True.
    """
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


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
