"""One file to hand in: the folder of a run as a ZIP archive, checked against its manifest before it gets its name."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

from rdpgui.core.errors import StorageError
from rdpgui.core.texts import N_
from rdpgui.report.pack import MANIFEST, differences, kept_files, links_in, listed_in

PRIVATE_FILE_MODE = 0o600
_BLOCK_BYTES = 1 << 20
_PACKED = {".mp4", ".png", ".jpg", ".zip"}
"""What is compressed already is stored as it is."""


def hand_in(folder: Path, target: Path, *, replace: bool) -> Path:
    """Write the archive of a run's folder; returns its path. Blocking.

    It is complete, on disk and verified under its name, or it is not there.

    Args:
        folder: with its manifest.
        target: of the archive.
        replace: a person agreed to lose what is there.

    Raises:
        StorageError: there is something under this name already, the folder differs from its manifest, or a link in it
            leads elsewhere.
        OSError: as of the system; nothing is left behind.
    """
    if not replace and (target.exists() or target.is_symlink()):
        raise _taken(target)
    links = links_in(folder)
    if links:
        raise StorageError(
            N_("There are links in the folder of this run, which lead to files that are not its own: {names}."),
            N_("Remove them, and hand the run in again."),
            names=", ".join(links),
        )
    half = target.with_name(f".{target.name}.{os.getpid()}.part")
    half.unlink(missing_ok=True)
    try:
        _write(folder, half)
        wrong = verify_archive(half)
        if wrong:
            raise StorageError(
                N_("The files of this run differ from its manifest: {names}."),
                N_("Write the report again, and look who changed them."),
                names=", ".join(wrong),
            )
        _name(half, target, replace=replace)
    finally:
        half.unlink(missing_ok=True)
    return target


def _write(folder: Path, half: Path) -> None:
    descriptor = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            archive.write(folder / MANIFEST, f"{folder.name}/{MANIFEST}")
            for name, path in sorted(kept_files(folder).items()):
                how = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
                archive.write(path, f"{folder.name}/{name}", how)
        file.flush()
        os.fsync(file.fileno())


def verify_archive(path: Path) -> list[str]:
    """Return the files of an archive that differ from the manifest in it, are missing, or were added."""
    found: dict[str, str] = {}
    listed: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist():
            name = item.filename.partition("/")[2]
            if name == MANIFEST:
                listed = listed_in(archive.read(item).decode())
                continue
            digest = hashlib.sha256()
            with archive.open(item) as file:
                while block := file.read(_BLOCK_BYTES):
                    digest.update(block)
            found[name] = digest.hexdigest()
    return differences(listed, found)


def _name(half: Path, target: Path, *, replace: bool) -> None:
    """Give the archive its name; what appeared there meanwhile is never lost without a yes."""
    if replace:
        half.replace(target)
        return
    try:
        target.hardlink_to(half)
    except FileExistsError:
        raise _taken(target) from None
    except OSError:  # a file system without links
        if target.exists():
            raise _taken(target) from None
        half.rename(target)


def _taken(target: Path) -> StorageError:
    return StorageError(N_("There is a file {path} already."), N_("Choose another name."), path=target)
