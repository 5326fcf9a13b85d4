"""The film on disk while it grows: encrypted records, each complete or worthless.

A record is a 4-byte big-endian length, a 12-byte nonce, and AES-256-GCM ciphertext;
the length counts nonce and ciphertext. The connection's id and the record's number are
authenticated with it, so records can be neither exchanged nor reordered.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_log = logging.getLogger(__name__)

SEGMENTS_NAME = "segments.bin"
NONCE_BYTES = 12
_TAG_BYTES = 16
_LENGTH_BYTES = 4
_MAX_RECORD_BYTES = 64 * 1024 * 1024
_RESERVE_BYTES = 16 * 1024 * 1024
_SPACE_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class SegmentError(Exception):
    """The segments cannot be read at all: no file, or not under this key."""


def _associated(connection_id: str, number: int) -> bytes:
    return f"{connection_id}:{number}".encode()


def free_bytes(folder: Path) -> int:
    """What is left on the disk of a folder."""
    return shutil.disk_usage(folder).free


class SegmentWriter:
    """Takes pieces of the film and appends each as one record. A file object for PyAV.

    Never raises while writing: an exception inside the muxer would lose the film's end.
    When the disk is full the file is cut back to its last whole record, `full` becomes
    True, and later pieces are dropped.

    Args:
        folder: the private folder of this connection.
        key: 32 bytes.
        connection_id: authenticated with each record.
        limit_bytes: the file may not grow beyond it; None = no limit of its own.
        free: how much room a folder's disk has; as much as the segments take is kept for the finished film.

    Raises:
        OSError: the file exists already or cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        key: bytes,
        connection_id: str,
        *,
        limit_bytes: int | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)
        self._connection_id = connection_id
        self._limit_bytes = limit_bytes
        self._free = free
        self._number = 0
        self._largest_bytes = 0
        self._file = os.open(folder / SEGMENTS_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self.size_bytes = 0
        self.full = False

    def write(self, piece: bytes | memoryview) -> int:
        """Append one piece; always says that it was taken."""
        if not self.full and len(piece):
            nonce = os.urandom(NONCE_BYTES)
            sealed = self._cipher.encrypt(nonce, bytes(piece), _associated(self._connection_id, self._number))
            body = nonce + sealed
            self._append(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
        return len(piece)

    def check_room(self) -> bool:
        """Whether recording can go on: its last fragment and the finished film must still fit."""
        if self.full:
            return False
        if self._limit_bytes is not None and self.size_bytes + 2 * self._largest_bytes > self._limit_bytes:
            return False
        return self._free(self._folder) >= self.size_bytes + _RESERVE_BYTES

    def close(self) -> None:
        """Bring everything to the disk. May be called again."""
        file, self._file = self._file, -1
        if file < 0:
            return
        try:
            os.fsync(file)
        except OSError as error:
            _log.error("the segments may not be safe on the disk: %s", error)
        finally:
            os.close(file)

    def _append(self, record: bytes) -> None:
        if self._limit_bytes is not None and self.size_bytes + len(record) > self._limit_bytes:
            self._stop(f"the limit of {self._limit_bytes} bytes is reached")
            return
        left = memoryview(record)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            self._stop("the disk is full" if error.errno in _SPACE_ERRORS else f"the disk fails: {error}")
            return
        self.size_bytes += len(record)
        self._largest_bytes = max(self._largest_bytes, len(record))
        self._number += 1

    def _stop(self, why: str) -> None:
        self.full = True
        _log.warning("recording stopped: %s", why)
        try:
            os.ftruncate(self._file, self.size_bytes)
        except OSError as error:
            _log.warning("half a record stays at the end: %s", error)  # readers tolerate it


class SegmentReader:
    """Reads the film out of its records, front to back. A file object for PyAV.

    A cut or damaged record ends the film; what is before it counts.

    Attributes:
        whole: False once a cut or damaged record was met.

    Raises:
        SegmentError: no file, an empty one, or its first record is not under this key.
    """

    def __init__(self, folder: Path, key: bytes, connection_id: str) -> None:
        self.whole = True
        self._cipher = AESGCM(key)
        self._connection_id = connection_id
        try:
            self._file = (folder / SEGMENTS_NAME).open("rb")
        except OSError as error:
            raise SegmentError(f"there are no segments: {error.strerror}") from error
        self._pieces = self._records()
        self._held = memoryview(next(self._pieces, b""))
        if not self._held:
            self._file.close()
            raise SegmentError("the segments hold no readable record")

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes; nothing at the end."""
        if not self._held:
            self._held = memoryview(next(self._pieces, b""))
        data = bytes(self._held[:count])
        self._held = self._held[count:]
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _records(self) -> Iterator[bytes]:
        number = 0
        while head := self._file.read(_LENGTH_BYTES):
            length = int.from_bytes(head, "big")
            fits = len(head) == _LENGTH_BYTES and NONCE_BYTES + _TAG_BYTES < length <= _MAX_RECORD_BYTES
            body = self._file.read(length) if fits else b""
            if not fits or len(body) < length:
                self.whole = False
                _log.warning("record %s is cut", number)
                return
            try:
                yield self._cipher.decrypt(
                    body[:NONCE_BYTES], body[NONCE_BYTES:], _associated(self._connection_id, number)
                )
            except InvalidTag:
                self.whole = False
                _log.warning("record %s is damaged or under another key", number)
                return
            number += 1
