"""The system's wastebasket."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QFile, QStandardPaths

from rdpgui.core.errors import StorageError
from rdpgui.core.texts import N_


def has_wastebasket() -> bool:
    """Say whether this system has one."""
    asked = getattr(QFile, "supportsMoveToTrash", None)  # since Qt 6.9
    return bool(asked()) if asked is not None else True


def throw_away(folder: Path) -> bool:
    """Move a folder to the wastebasket; where there is none, remove it. Blocking: for a worker thread.

    Returns:
        Whether it lies in the wastebasket.

    Raises:
        StorageError: it stays where it is.
    """
    if has_wastebasket():
        _make_home()
        if QFile(str(folder)).moveToTrash():
            return True
        reason: object = ""
    else:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            reason = error.strerror or error
        else:
            return False
    raise StorageError(
        N_("{path} could not be deleted. {reason}"),
        N_("Close what uses it, or remove the folder by hand."),
        path=folder,
        reason=reason,
    )


def _make_home() -> None:
    """Make the folder in which Linux keeps its wastebasket: where no program has made it yet, Qt finds none."""
    kept = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    try:
        Path(kept).mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # Qt then says that it cannot move anything there
