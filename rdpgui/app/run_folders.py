"""Run folders on disk: private, append-only journals, atomic files.

A run is one folder: ``journal.jsonl`` (append-only, fsynced), the film, stills,
``facts.json``, ``report.html`` and ``manifest.sha256``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

from rdpgui.app.paths import make_private
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.errors import JournalHeld, RdpguiError, StorageError
from rdpgui.core.ids import is_run_id
from rdpgui.core.texts import N_
from rdpgui.files import PRIVATE_FILE_MODE, hold, read_whole, refuse_irregular, write_whole
from rdpgui.runner.run_line import JournalThread

JOURNAL_NAME = "journal.jsonl"
ACTIONS_NAME = "actions.jsonl"
NOTED_NAME = "noted.jsonl"
LOCK_NAME = "results.lock"
PAUSE_S = 0.0005
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
UNFINISHED = (".part", ".parts.json", ".parts.json.new")
"""Endings of files that are not complete: of ``write_bytes``, and of downloads with their notes."""


class FileJournal:
    """The journal of one run; implements ``core.ports.JournalPort``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            refuse_irregular(path)
            self._fd = os.open(path, _APPEND, PRIVATE_FILE_MODE)
        except OSError as error:
            raise storage_error(error, path) from error
        if not hold(self._fd):
            os.close(self._fd)
            raise JournalHeld(
                N_("{path} is being written by another rdpgui."),
                N_("Wait until that run has ended there, or end that program."),
                path=path,
            )

    def append(self, *lines: str) -> None:
        """Write lines durably, with one write and one fsync: all are on disk when this returns, or none is."""
        data = "".join(f"{line}\n" for line in lines).encode()
        begin: int | None = None
        try:
            begin = os.lseek(self._fd, 0, os.SEEK_END)
            written = os.write(self._fd, data)
            if written != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._fd)
        except OSError as error:
            # A half-written line would break the chain for every later one. Where it cannot be cut off now, who opens
            # the journal next does so; a whole line that stays is an intent without its call, which is never repeated.
            if begin is not None:
                with suppress(OSError):
                    os.ftruncate(self._fd, begin)
            raise storage_error(error, self._path) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


class FileRunFolders:
    """All runs below one folder; implements ``core.ports.RunFolders``.

    Attributes:
        pen: the one writer of their journals.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pen = JournalThread()

    def folder_of(self, run_id: str) -> Path:
        """Return where a run lies, or would lie; nothing is made.

        Raises:
            StorageError: the id is none: it would lead out of the folder of all runs.
        """
        if not is_run_id(run_id):
            raise StorageError(
                N_("{run} is not the name of a run."), N_("A run is named like its folder; choose one of the history."),
                run=run_id,
            )  # fmt: skip
        return self.root / run_id

    def create(self, run_id: str) -> tuple[Path, FileJournal]:
        """Make the folder of a run (0700) and its journal (0600); a folder that is there already is another run's."""
        folder = self.folder_of(run_id)
        try:
            make_private(self.root)
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise storage_error(error, folder) from error
        return folder, FileJournal(folder / JOURNAL_NAME)

    def reopen(self, folder: PurePath) -> FileJournal:
        """Open the journal of an earlier run to append to it; a line that a crash cut off is removed first."""
        path = Path(folder) / JOURNAL_NAME
        journal = FileJournal(path)  # held first: nothing is cut from under another program
        try:
            _cut_torn_line(path)
        except RdpguiError:
            journal.close()
            raise
        return journal

    def actions(self) -> tuple[FileJournal, tuple[str, ...]]:
        """Open the journal of what is done by hand outside of runs, with its lines so far."""
        return self._beside_runs(ACTIONS_NAME)

    def noted(self) -> tuple[FileJournal, tuple[str, ...]]:
        """Open the journal of what was noted of places outside of runs, with its lines so far."""
        return self._beside_runs(NOTED_NAME)

    def noted_lines(self) -> tuple[str, ...]:
        """Return the complete lines of that journal; none where there is none. Nothing is made."""
        path = self.root / NOTED_NAME
        return journal_lines(path) if path.exists() else ()

    def _beside_runs(self, name: str) -> tuple[FileJournal, tuple[str, ...]]:
        path = self.root / name
        try:
            make_private(self.root)
        except OSError as error:
            raise storage_error(error, path) from error
        if path.exists():
            _cut_torn_line(path)
        journal = FileJournal(path)
        return journal, journal_lines(path)

    def lines(self, folder: PurePath) -> tuple[str, ...]:
        """Return the complete lines of one run's journal.

        A last line without its newline was cut off by a crash and is left out. A journal is ASCII; a byte that
        is not becomes an escape that no JSON has, so that reading its line says that it is damaged.
        """
        return journal_lines(Path(folder) / JOURNAL_NAME)

    def write_bytes(self, path: PurePath, data: bytes) -> None:
        """Write a file atomically: complete under its name, or not at all; only an ordinary file is replaced."""
        target = Path(path)
        try:
            write_whole(target, data)
        except OSError as error:
            raise storage_error(error, target) from error

    def read_bytes(self, path: PurePath) -> bytes | None:
        """Return a file of a run, None when there is none.

        Raises:
            StorageError: it cannot be read.
        """
        try:
            return read_whole(Path(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, Path(path)) from error

    def write_steps(self, path: PurePath, steps: Iterable[bytes]) -> str:
        """Write a file atomically from its parts, which are made with pauses: no other thread waits for its turn.

        Returns:
            Its SHA-256, in hex.
        """
        parts = []
        for part in steps:
            parts.append(part)
            time.sleep(PAUSE_S)
        data = b"".join(parts)
        self.write_bytes(path, data)
        return hashlib.sha256(data).hexdigest()

    def run_folders(self) -> list[Path]:
        """Return every folder that may be a run's, without looking into it.

        Raises:
            StorageError: the folder of all runs cannot be read.
        """
        return [self.root / name for name in self.run_names()]

    def run_names(self) -> list[str]:
        """Return the names of these folders: thousands of paths are worth a tenth of a second.

        Raises:
            StorageError: the folder of all runs cannot be read.
        """
        try:
            with os.scandir(self.root) as entries:
                return [entry.name for entry in entries if entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise storage_error(error, self.root) from error


def hold_folder(folder: Path) -> int:
    """Keep other programs from leaving their results in a folder; returns what to close at the end.

    Raises:
        StorageError: another program works in it, or it cannot be written.
    """
    path = folder / LOCK_NAME
    try:
        refuse_irregular(path)
        descriptor = os.open(path, _APPEND, PRIVATE_FILE_MODE)
    except OSError as error:
        raise storage_error(error, path) from error
    if not hold(descriptor):
        os.close(descriptor)
        raise StorageError(
            N_("Another rdpgui leaves its results in {path} just now."),
            N_("Wait for its end, or name another folder."),
            path=folder,
        )
    return descriptor


def drop_unfinished(folder: Path, *, older_than_s: float = 0.0) -> None:
    """Remove what a download or a crash left half-written and nothing takes up again; without the folder, nothing.

    Args:
        folder: of a run that is over, or of objects that were looked at.
        older_than_s: what was written since then stays.

    Raises:
        StorageError: something cannot be removed.
    """
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name.endswith(UNFINISHED) and time.time() - path.stat().st_mtime >= older_than_s:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error


def _cut_torn_line(path: Path) -> None:
    """Remove a last line that a crash cut off."""
    try:
        data = read_whole(path)
        os.truncate(path, data.rfind(b"\n") + 1)
    except OSError as error:
        raise storage_error(error, path) from error


def journal_lines(path: Path) -> tuple[str, ...]:
    """Return the complete lines of a journal. Raises StorageError."""
    try:
        text = read_whole(path).decode("ascii", errors="backslashreplace")
    except OSError as error:
        raise StorageError(
            N_("{path} cannot be read: {reason}."),
            N_("Check its permissions and the disk, then start rdpgui again; the other runs are shown."),
            path=path,
            reason=error.strerror or error,
        ) from error
    return tuple(text[: text.rfind("\n") + 1].splitlines())
