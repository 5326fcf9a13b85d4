"""Errors of the operating system about files, as errors of this program."""

from __future__ import annotations

import errno
from pathlib import PurePath

from rdpgui.core.errors import RdpguiError, StorageError, StorageFull
from rdpgui.core.texts import N_


def storage_error(error: OSError, path: PurePath) -> RdpguiError:
    """Translate an operating-system error into one that names the file and the remedy."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageFull(
            N_("The disk is full: {path} could not be written."),
            N_("Free some space and start again; what was written before is kept."),
            path=path,
        )
    return StorageError(
        N_("{path} cannot be used: {reason}."),
        N_("Check that the folder exists and belongs to you, or choose another one (with --out, or in the settings)."),
        path=path,
        reason=error.strerror or error,
    )
