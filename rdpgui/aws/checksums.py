"""Checksums of S3 objects, computed over the bytes that arrived.

The SDK compares nothing for a download in ranges (boto/s3transfer issue 418),
so the comparison is ours. A full-object checksum is of all bytes. A composite
one is of the parts' checksums and needs the parts' sizes; when these are not
known it cannot be compared, and that is said.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from awscrt import checksums

DEFAULT_ALGORITHM = "CRC64NVME"


class Digest(Protocol):
    """What all algorithms offer."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def digest(self) -> bytes:
        """Return the value as bytes."""


class Crc:
    """A CRC of the AWS Common Runtime (or zlib) as a ``Digest``.

    Args:
        take: gives the CRC of more bytes and of those before.
        width: bytes of the value.
    """

    def __init__(self, take: Callable[[bytes, int], int], width: int) -> None:
        self._take = take
        self._width = width
        self._value = 0

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""
        self._value = self._take(data, self._value)

    def digest(self) -> bytes:
        """Return the value, most significant byte first, as S3 encodes it."""
        return self._value.to_bytes(self._width, "big")


def _sha1() -> Digest:
    return hashlib.sha1(usedforsecurity=False)


ALGORITHMS: dict[str, Callable[[], Digest]] = {
    "CRC64NVME": partial(Crc, checksums.crc64nvme, 8),
    "CRC32C": partial(Crc, checksums.crc32c, 4),
    "CRC32": partial(Crc, zlib.crc32, 4),
    "SHA256": hashlib.sha256,
    "SHA1": _sha1,
}


class ObjectChecksum:
    """Computes an object's checksum in the form S3 gives it, together with SHA-256.

    Args:
        expected: ``ALGORITHM:value`` from S3, with ``-N`` behind a composite value; empty when S3 has none.
        etag: for objects without checksum: equality with the MD5 proves the bytes; inequality proves nothing, because
            the ETag of an encrypted or multipart object is not an MD5.
        part_sizes: sizes of the object's parts, for a composite checksum.
    """

    def __init__(self, expected: str, etag: str = "", part_sizes: Sequence[int] | None = None) -> None:
        algorithm, _, value = expected.partition(":")
        self._comparable = algorithm in ALGORITHMS
        self._algorithm = algorithm if self._comparable else DEFAULT_ALGORITHM
        self._expected = value
        self._new = ALGORITHMS[self._algorithm]
        self._sizes = list(part_sizes) if part_sizes and is_composite(expected) else None
        if is_composite(expected) and self._sizes is None:
            self._comparable = False
        self._current = self._new()
        self._in_part = 0
        self._digests: list[bytes] = []
        self._sha256 = hashlib.sha256()
        plain_etag = etag.strip('"').lower()
        self._md5_expected = plain_etag if not expected and len(plain_etag) == 32 else ""
        self._md5 = hashlib.md5(usedforsecurity=False) if self._md5_expected else None

    def update(self, data: bytes) -> None:
        """Take the next bytes of the object."""
        self._sha256.update(data)
        if self._md5 is not None:
            self._md5.update(data)
        view = memoryview(data)
        while self._sizes is not None and len(self._digests) < len(self._sizes):
            room = self._sizes[len(self._digests)] - self._in_part
            if len(view) < room:
                break
            self._current.update(bytes(view[:room]))
            self._digests.append(self._current.digest())
            self._current, self._in_part = self._new(), 0
            view = view[room:]
        self._current.update(bytes(view) if len(view) != len(data) else data)
        self._in_part += len(view)

    @property
    def sha256(self) -> str:
        """SHA-256 in hexadecimal."""
        return self._sha256.hexdigest()

    @property
    def text(self) -> str:
        """``ALGORITHM:value`` over the bytes, in S3's form."""
        return f"{self._algorithm}:{self._value()}"

    @property
    def matched(self) -> bool | None:
        """Whether the bytes are the object's; None when S3 has nothing to compare with."""
        if self._comparable:
            return self._value() == self._expected
        if self._md5 is not None and self._md5.hexdigest() == self._md5_expected:
            return True
        return None

    def _value(self) -> str:
        if self._sizes is None:
            return _b64(self._current.digest())
        whole = self._new()
        whole.update(b"".join(self._digests))
        return f"{_b64(whole.digest())}-{len(self._digests)}"


def is_composite(checksum: str) -> bool:
    """Whether a checksum as S3 writes it is one of the parts' checksums."""
    return "-" in checksum.partition(":")[2]  # base64 has no minus sign


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
