"""The unfinished file of a download, and the note of which parts it holds.

Both carry the object's identity in their names, so that a thread still busy
with an older object cannot write into a newer one's file. A part counts as
held only when its CRC-64, kept in the note, still fits the bytes on disk.
Blocking; for worker threads.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from awscrt import checksums

from rdpgui.core.errors import RdpguiError, StorageError, StorageFull
from rdpgui.core.recording import RecordingObject
from rdpgui.files import put_in_place, refuse_irregular

PART_BYTES = 8 * 1024 * 1024
READ_BYTES = 1024 * 1024
NOTE_EVERY_S = 0.5
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class PartFile:
    """Bytes on disk on their way to ``target``.

    Attributes:
        path: the unfinished file, mode 0600.
        parts: number of parts; the last may be shorter.
    """

    def __init__(self, target: Path, item: RecordingObject, part_bytes: int = PART_BYTES) -> None:
        self._target = target
        self._size_bytes = item.size_bytes
        self._part_bytes = part_bytes
        self._identity = [item.bucket, *(str(value) for value in item.identity), str(part_bytes), "CRC64NVME"]
        name = hashlib.sha256("\n".join(self._identity).encode()).hexdigest()[:12]
        self.path = target.with_name(f"{target.name}.{name}.part")
        self._note = target.with_name(f"{target.name}.{name}.parts.json")
        self.parts = -(-item.size_bytes // part_bytes)
        self._held: dict[int, int] = {}
        self._noted_mono_s = 0.0
        self._lock = threading.Lock()
        self._discarded = False

    def span(self, part: int) -> tuple[int, int]:
        """Return the bytes [start, stop) of a part."""
        start = part * self._part_bytes
        return start, min(start + self._part_bytes, self._size_bytes)

    def open(self) -> frozenset[int]:
        """Make folder and file where absent, and return the parts that are held.

        Raises:
            StorageFull: there is no room for what is missing.
            StorageError: the folder or file cannot be made.
        """
        self._discarded = False
        try:
            self._target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._drop_older()
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._held = {part: crc for part, crc in self._noted().items() if self._crc_of(part) == crc}
            missing_bytes = sum(self._length(part) for part in range(self.parts) if part not in self._held)
            free_bytes = shutil.disk_usage(self._target.parent).free
        except OSError as error:
            raise disk_error(error, self.path) from error
        if free_bytes < missing_bytes:
            raise StorageFull(
                "There is no room for {path}: {missing} bytes are missing, {free} are free.",
                "Free some space and start the download again; what has arrived is kept.",
                path=self._target,
                missing=missing_bytes,
                free=free_bytes,
            )
        return frozenset(self._held)

    def writer(self, part: int) -> PartWriter:
        """Return a writer at the start of a part."""
        return PartWriter(self.path, self.span(part)[0])

    def hold(self, part: int, crc64: int) -> None:
        """Note that a part is complete; on disk from time to time, and by ``save``.

        Raises:
            StorageFull, StorageError: the note cannot be written; the older one stays.
        """
        with self._lock:
            if self._discarded:
                return  # a thread that was still busy when the object turned out to be another
            self._held[part] = crc64
            if time.monotonic() - self._noted_mono_s >= NOTE_EVERY_S:
                self._save()

    def save(self) -> None:
        """Write down which parts are held.

        Raises:
            StorageFull, StorageError: the note cannot be written; the older one stays.
        """
        with self._lock:
            if self._held and not self._discarded:
                self._save()

    def _save(self) -> None:
        body = json.dumps({"object": self._identity, "held": {str(key): value for key, value in self._held.items()}})
        try:
            write_private(self._note, body.encode())
        except OSError as error:
            raise disk_error(error, self._note) from error
        self._noted_mono_s = time.monotonic()

    def sync(self) -> None:
        """Make durable what is written so far: at the end it would take a third of the time, and nothing else goes on.

        Raises:
            StorageFull, StorageError: as named.
        """
        try:
            with self.path.open("r+b", buffering=0) as file:
                _sync_data(file.fileno())
        except FileNotFoundError:
            pass  # discarded meanwhile
        except OSError as error:
            raise disk_error(error, self.path) from error

    def read(self, part: int) -> Iterator[bytes]:
        """Yield the bytes of a part as they are on disk.

        Raises:
            StorageError: the file cannot be read.
        """
        start, stop = self.span(part)
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                while start < stop:
                    chunk = file.read(min(READ_BYTES, stop - start))
                    if not chunk:
                        return
                    start += len(chunk)
                    yield chunk
        except OSError as error:
            raise disk_error(error, self.path) from error

    def finish(self) -> None:
        """Make the bytes durable and give them their name; the note goes.

        Raises:
            StorageFull, StorageError: as named; everything is kept.
        """
        try:
            with self.path.open("r+b") as file:
                file.truncate(self._size_bytes)
                os.fsync(file.fileno())
            put_in_place(self.path, self._target)
            _sync_folder(self._target.parent)
            self._note.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, self._target) from error

    def discard(self) -> None:
        """Remove file and note: their bytes are of no use any more.

        Raises:
            StorageError: they cannot be removed.
        """
        with self._lock:
            self._discarded = True
            self._held = {}
            try:
                self._note.unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)
            except OSError as error:
                raise disk_error(error, self.path) from error

    def _length(self, part: int) -> int:
        start, stop = self.span(part)
        return stop - start

    def _noted(self) -> dict[int, int]:
        """Return what the note says; a note that is damaged or of another object says nothing."""
        try:
            note: Any = json.loads(self._note.read_bytes())
            if note["object"] != self._identity:
                return {}
            return {int(part): int(crc) for part, crc in note["held"].items() if 0 <= int(part) < self.parts}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {}  # written by something else: all parts are fetched again

    def _crc_of(self, part: int) -> int | None:
        crc, length = 0, 0
        for chunk in self.read(part):
            crc = checksums.crc64nvme(chunk, crc)
            length += len(chunk)
        return crc if length == self._length(part) else None

    def _drop_older(self) -> None:
        """Remove unfinished files of other objects for the same target."""
        prefix = f"{self._target.name}."
        endings = (".part", ".parts.json", ".parts.json.new")
        for path in self._target.parent.iterdir():
            ours = path in (self.path, self._note)
            if path.name.startswith(prefix) and path.name.endswith(endings) and not ours:
                path.unlink(missing_ok=True)


class PartWriter:
    """Writes one part in order, keeping its CRC-64. A context manager."""

    def __init__(self, path: Path, start: int) -> None:
        self._path = path
        self.crc64 = 0
        try:
            self._file = path.open("r+b", buffering=0)
            self._file.seek(start)
        except OSError as error:
            raise disk_error(error, path) from error

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: memoryview) -> None:
        """Write the next bytes.

        Raises:
            StorageFull, StorageError: as named.
        """
        view = data
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise disk_error(error, self._path) from error
        self.crc64 = checksums.crc64nvme(data, self.crc64)


def write_private(path: Path, data: bytes) -> None:
    """Write a small file at once or not at all, mode 0600."""
    refuse_irregular(path)
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    put_in_place(temporary, path)


def disk_error(error: OSError, path: Path) -> RdpguiError:
    """Return our error for one of the disk's."""
    if error.errno in _FULL:
        return StorageFull(
            "The disk is full while writing {path}.",
            "Free some space and start the download again; what has arrived is kept.",
            path=path,
        )
    return StorageError(
        "{path} cannot be read or written: {message}",
        "Look at the folder and its permissions.",
        path=path,
        message=error.strerror or str(error),
    )


def _sync_data(descriptor: int) -> None:
    """Make bytes durable; their times of change can wait where the system offers that."""
    getattr(os, "fdatasync", os.fsync)(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open folders and needs no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
