"""How the C library treats the memory of pictures."""

from __future__ import annotations

import sys

BIG_BLOCK_BYTES = 256 * 1024
HEAPS = 2
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
"""Source: mallopt(3) and malloc.h of glibc."""


def give_back_big_blocks() -> None:
    """Make glibc return the memory of a freed picture at once.

    Its own threshold grows with the pictures (up to 32 MiB), and then they stay in the heaps of a dozen threads: a film
    played for a minute left the program at 400 MB instead of 250.
    """
    if sys.platform != "linux":
        return
    import ctypes

    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # musl has none
        library.mallopt(_M_MMAP_THRESHOLD, BIG_BLOCK_BYTES)
        # One heap a thread would be a dozen half-empty ones.
        library.mallopt(_M_ARENA_MAX, HEAPS)
