"""Random reads of an object in S3, for the inspection of a film without downloading it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.ranged_get import RangedGet
from rdpgui.core.recording import RecordingObject

BLOCK_BYTES = 32 * 1024
"""Who asks for pictures asks for 256 KiB at once, which is one request; headers of a film are some bytes each."""
CACHED_BLOCKS = 256


class S3RangeReader:
    """Implements ``RangeReader``: blocks of 32 KiB, the last 256 kept, neighbours fetched in one request.

    Blocking, for worker threads; may be shared by several.

    Attributes:
        size_bytes: size of the object.
        bytes_read: bytes that came over the network.
        waited_s: how long they took, seconds.
    """

    def __init__(self, caller: AwsCaller, item: RecordingObject) -> None:
        self.size_bytes = item.size_bytes
        self.bytes_read = 0
        self.waited_s = 0.0
        self._get = RangedGet(caller, item)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    @property
    def requests(self) -> int:
        """How many GETs were sent."""
        return self._get.requests

    def read_range(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``start``; fewer at the end of the object, none behind it.

        Raises:
            ObjectChanged: S3 has another object there now.
            NotFound, AccessDenied, Unreachable: as named.
        """
        start = max(0, start)
        stop = min(self.size_bytes, start + max(0, length))
        if start >= stop:
            return b""
        first, last = start // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES
        with self._lock:
            blocks = self._ensure(first, last)
        offset = first * BLOCK_BYTES
        return b"".join(blocks)[start - offset : stop - offset]

    def close(self) -> None:
        """End a read that is under way in another thread; later reads end at once."""
        self._stopping.set()

    def _ensure(self, first: int, last: int) -> list[bytes]:
        """Return the blocks first..last, fetching each run of missing ones with one request."""
        found: dict[int, bytes] = {}
        index = first
        while index <= last:
            if index in self._blocks:
                self._blocks.move_to_end(index)
                found[index] = self._blocks[index]
                index += 1
                continue
            end = index
            while end + 1 <= last and end + 1 not in self._blocks:
                end += 1
            found |= self._fetch(index, end)
            index = end + 1
        for key, block in found.items():
            self._blocks[key] = block
        while len(self._blocks) > CACHED_BLOCKS:
            self._blocks.popitem(last=False)
        return [found[key] for key in range(first, last + 1)]

    def _fetch(self, first: int, last: int) -> dict[int, bytes]:
        start = first * BLOCK_BYTES
        stop = min(self.size_bytes, (last + 1) * BLOCK_BYTES)
        data = bytearray()
        begun_mono_s = time.monotonic()
        try:
            self._get.fetch(start, stop, data.extend, self._stopping)
        finally:
            self.waited_s += time.monotonic() - begun_mono_s
        self.bytes_read += len(data)
        return {
            first + number: bytes(data[offset : offset + BLOCK_BYTES])
            for number, offset in enumerate(range(0, len(data), BLOCK_BYTES))
        }
