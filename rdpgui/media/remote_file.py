"""Bytes of a film in ranges: local reader, block cache, and the file object PyAV reads from.

FFmpeg never opens a path or a URL by itself here: it sees one file object over one
``RangeReader``, so a film cannot name other files, and every byte fetched is counted.
"""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from pathlib import Path, PurePath

from rdpgui.core.ports import RangeReader
from rdpgui.core.texts import N_
from rdpgui.files import refuse_replaced
from rdpgui.media import reasons

REMOTE_BLOCK_BYTES = 256 * 1024
"""Measured best for ranged GETs: 5 requests and 1.2 MB for the last frame of 860 MB."""
LOCAL_BLOCK_BYTES = 4 * 1024
"""A film in fragments is read in thousands of places for some bytes each; larger blocks would copy all of it."""
CACHE_BYTES = 32 * 1024 * 1024


class LocalReader:
    """Ranged reads of one local file, kept open: later changes of the path do not change what is read.

    Attributes:
        size_bytes: size when it was opened. bytes_read: bytes read so far. waited_s: none, for a disk is no network.
        stamp: tells these bytes from those of other files, and of this one after a change.
    """

    def __init__(self, path: PurePath) -> None:
        self.name = path.name
        self._path = path
        self.bytes_read = 0
        self.waited_s = 0.0
        try:
            if not Path(path).is_file():  # a pipe or device would block, or never end
                detail = N_("it is no file") if Path(path).exists() else N_("there is no such file")
                raise reasons.missing(path.name, detail)
            self._file = io.FileIO(str(path), "rb")
            opened = os.fstat(self._file.fileno())
        except OSError as error:
            raise reasons.missing(path.name, error.strerror or N_("it cannot be read")) from error
        self.size_bytes = opened.st_size
        self._identity = (opened.st_dev, opened.st_ino)
        self.stamp = (*self._identity, opened.st_size, opened.st_mtime_ns, opened.st_ctime_ns)

    def check_in_place(self) -> None:
        """Refuse to go on when the path leads to another file by now.

        Raises:
            RecordingUnreadable: it does; a file that is only gone is still read.
        """
        refuse_replaced(self._path, self._identity)

    def read_range(self, start: int, length: int) -> bytes:
        """Return ``length`` bytes from ``start``, fewer only at the end of the file.

        Raises:
            InspectionFailed: the disk fails, or the file has become shorter since it was opened.
        """
        try:
            self._file.seek(start)
            data = self._file.read(length) or b""
            while len(data) < min(length, self.size_bytes - start):  # a network's disk may give less at a time
                more = self._file.read(length - len(data))
                if not more:
                    raise reasons.became_shorter(self.name)
                data += more
        except OSError as error:
            raise reasons.missing(self.name, error.strerror or N_("it cannot be read")) from error
        self.bytes_read += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class MemoryReader:
    """Ranged reads of bytes in memory.

    Attributes:
        size_bytes: how many. bytes_read, waited_s: none, for none are fetched.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size_bytes = len(data)
        self.bytes_read = 0
        self.waited_s = 0.0

    def read_range(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``start``."""
        return self._data[start : start + length]


class BlockFile(io.RawIOBase):
    """A seekable, read-only file over a ``RangeReader``, in aligned blocks with a small LRU cache.

    A read never crosses a block, so no block is fetched that nobody asked for.

    Attributes:
        failure: first error of the reader; FFmpeg turns errors of callbacks into its own, the cause is kept here.
    """

    def __init__(
        self, reader: RangeReader, *, block_bytes: int = REMOTE_BLOCK_BYTES, cache_bytes: int = CACHE_BYTES
    ) -> None:
        super().__init__()
        self.reader = reader
        self.block_bytes = block_bytes
        self.size_bytes = reader.size_bytes
        self.failure: Exception | None = None
        self._position = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._capacity = max(2, cache_bytes // block_bytes)
        self._overlays: dict[int, list[tuple[int, bytes]]] = {}

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; positions beyond the end are allowed and read as nothing."""
        if whence == os.SEEK_CUR:
            offset += self._position
        elif whence == os.SEEK_END:
            offset += self.size_bytes
        self._position = max(0, offset)
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes, not beyond the current block; empty at the end."""
        data = self.read_at(self._position, self.block_bytes if size < 0 else size)
        self._position += len(data)
        return data

    def read_at(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes of the block that holds ``start``."""
        if start >= self.size_bytes or length <= 0:
            return b""
        number, offset = divmod(start, self.block_bytes)
        return self._block(number)[offset : offset + length]

    def read_exactly(self, start: int, length: int) -> bytes:
        """Return ``length`` bytes through the cache, fewer only at the end of the file."""
        parts: list[bytes] = []
        while length > 0 and (part := self.read_at(start, length)):
            parts.append(part)
            start += len(part)
            length -= len(part)
        return b"".join(parts)

    def read_span(self, start: int, length: int) -> bytes:
        """Do as ``read_exactly``; what is longer than a block comes by one read of its own and is not kept."""
        if length <= self.block_bytes:
            return self.read_exactly(start, length)
        return self.reader.read_range(start, min(length, self.size_bytes - start))

    def overlay(self, start: int, data: bytes) -> None:
        """Read other bytes at a place from now on."""
        for number in range(start // self.block_bytes, (start + len(data) - 1) // self.block_bytes + 1):
            self._overlays.setdefault(number, []).append((start, data))
            self._blocks.pop(number, None)

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is not None:
            self._blocks.move_to_end(number)
            return block
        start = number * self.block_bytes
        try:
            block = self.reader.read_range(start, min(self.block_bytes, self.size_bytes - start))
        except Exception as error:
            # Kept for the caller: between here and there lies FFmpeg, which knows only error numbers.
            self.failure = self.failure or error
            raise
        for at, data in self._overlays.get(number, ()):
            block = _overlaid(block, at - start, data)
        self._blocks[number] = block
        if len(self._blocks) > self._capacity:
            self._blocks.popitem(last=False)
        return block


def _overlaid(block: bytes, at: int, data: bytes) -> bytes:
    """Return a block with other bytes at a place that may lie partly, or wholly, outside of it."""
    begin, end = max(0, at), min(len(block), at + len(data))
    return block[:begin] + data[begin - at : end - at] + block[end:] if begin < end else block
