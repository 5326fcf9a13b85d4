"""The body of a call: read once and put back; an upload is compared with the hash that was signed, never kept whole."""

from __future__ import annotations

import hashlib
import io
from typing import IO, TYPE_CHECKING, Any, Final

from rdpgui.lab.model import LabError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_BODY_BYTES: Final = 4 * 1024 * 1024
"""Largest body of a call that is not S3; AWS's own limits are lower."""


def read_body(environ: dict[str, Any]) -> bytes:
    """Return the body of a call that is not S3, and put it back to be read again.

    Raises:
        LabError: RequestEntityTooLarge.
    """
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        body: bytes = stream.read(MOST_BODY_BYTES + 1)
    else:
        body = stream.read(min(int(environ.get("CONTENT_LENGTH") or 0), MOST_BODY_BYTES + 1))
    if len(body) > MOST_BODY_BYTES:
        raise LabError("RequestEntityTooLarge", "The request body is larger than 4 MiB.", 413)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


class _Compared(io.RawIOBase):
    """A body that is compared with its declared hash while it is read: never whole in memory."""

    def __init__(self, source: IO[bytes], size: int | None, declared: str) -> None:
        self._source = source
        self._left = size
        self._declared = declared
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read a piece. Raises LabError XAmzContentSHA256Mismatch at the end."""
        view = memoryview(buffer).cast("B")
        piece = self._source.read(len(view) if self._left is None else min(len(view), self._left))
        view[: len(piece)] = piece
        self._hash.update(piece)
        if self._left is not None:
            self._left -= len(piece)
        if (view and not piece) or self._left == 0:
            self._compare()
        return len(piece)

    def _compare(self) -> None:
        if self._hash.hexdigest() != self._declared:
            text = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise LabError("XAmzContentSHA256Mismatch", text, 400)


def compare_while_read(environ: dict[str, Any], declared: str) -> None:
    """Let the body be compared with its declared hash while it is read; an empty one is compared now.

    Args:
        environ: WSGI environment; ``wsgi.input`` is replaced.
        declared: SHA-256, hexadecimal.

    Raises:
        LabError: XAmzContentSHA256Mismatch.
    """
    # A body of unknown length ends where its chunks end.
    size = None if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
    body = _Compared(environ["wsgi.input"], size, declared)
    if size == 0:
        body.read(0)
    environ["wsgi.input"] = body
