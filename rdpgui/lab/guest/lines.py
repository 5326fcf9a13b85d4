"""Lines from standard input, read without Python's buffered reader.

NOTE A daemon thread blocked inside ``sys.stdin`` aborts the interpreter at
exit, because it holds the reader's lock. ``os.read`` holds none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

_CHUNK_BYTES: Final = 65_536
_MAX_LINE_BYTES: Final = 1_048_576


def read_lines(descriptor: int) -> Iterator[str]:
    """Yield the lines of a file descriptor until its end, without line ends; empty lines are left out.

    A line beyond 1 MiB ends the iteration: no command is that long.
    """
    rest = b""
    while chunk := os.read(descriptor, _CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if line.strip():
                yield line.decode("utf-8", errors="replace").strip()
        if len(rest) > _MAX_LINE_BYTES:
            return
