"""Exact stills for the user interface: ``StillReader`` run off the event loop, in one thread of its own.

PyAV is imported by that thread, so that importing this module costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import Still
from rdpgui.core.ports import RangeReader
from rdpgui.threads import DaemonPool

if TYPE_CHECKING:
    from rdpgui.media.stills import StillReader

T = TypeVar("T")


class StillService:
    """Opens films for exact stills. Requests of all films queue in one thread; closing waits for the one under way."""

    def __init__(self) -> None:
        self._threads: DaemonPool | None = None

    async def open(self, source: PurePath | RangeReader, *, name: str = "") -> OpenStills:
        """Open a film that was inspected.

        Args:
            source: path of a local film, or ranged reads of an object.
            name: of an object, for messages.

        Raises:
            RecordingUnreadable: it cannot be read.
            AwsError: the object cannot be read, or was replaced.
        """
        job = self.submit(_open, source, name)
        try:
            reader = await asyncio.wrap_future(job)
        except BaseException:
            # Cancelled, or dropped with its loop: the thread goes on, and what it still opens must not stay open.
            job.add_done_callback(_close_when_opened)
            raise
        return OpenStills(self, reader)

    async def save_png(self, path: PurePath, still: Still, text: Mapping[str, str]) -> None:
        """Write a still as PNG (mode 0600) with text in its metadata.

        Args:
            path: target.
            still: the picture.
            text: keyword to text.

        Raises:
            StorageFull: no space left. StorageError: it cannot be written.
        """
        await asyncio.wrap_future(self.submit(_save, path, still, text))

    async def aclose(self) -> None:
        """End the thread; open films are closed by their owners before."""
        threads, self._threads = self._threads, None
        if threads is not None:
            last = threads.submit(_nothing)
            try:
                await asyncio.shield(asyncio.wrap_future(last))
            finally:
                # Done: this waits for the thread's last instructions only. Not done, when cancelled: it ends by itself.
                threads.shutdown(wait=last.done(), cancel_futures=False)

    def submit(self, call: Callable[..., T], *arguments: object) -> Future[T]:
        """Run a call in the service's thread."""
        if self._threads is None:
            self._threads = DaemonPool(1, "film-stills")
        return self._threads.submit(call, *arguments)


class OpenStills:
    """One opened film.

    Attributes:
        frame_count: frames listed in its index.
    """

    def __init__(self, service: StillService, reader: StillReader) -> None:
        self._service = service
        self._reader = reader
        self._closed = False
        self.frame_count = reader.frame_count

    async def at_time(self, at_s: float) -> Still:
        """Return the frame shown at a film time, seconds from the first frame. Raises RecordingUnreadable."""
        return await self._call(self._reader.at_pts, at_s)

    async def at_index(self, index: int) -> Still:
        """Return a frame by number from 0. Raises RecordingUnreadable."""
        return await self._call(self._reader.at_index, index)

    async def last(self) -> Still:
        """Return the last frame that decodes. Raises RecordingUnreadable."""
        return await self._call(self._reader.last)

    async def thumbnail(self, at_s: float, width_px: int) -> Still:
        """Return the frame shown at a film time, made small. Raises RecordingUnreadable."""
        return await self._call(self._reader.thumbnail, at_s, width_px)

    async def key_thumbnails(self, count: int, width_px: int) -> tuple[Still, ...]:
        """Return small pictures of up to ``count`` key frames, spread evenly. Raises RecordingUnreadable."""
        return await self._call(self._reader.thumbnails, count, width_px)

    async def close(self) -> None:
        """Close the film, after the request under way."""
        if not self._closed:
            self._closed = True
            # Shielded: a closing that is cancelled while it waits for its turn would never come.
            await asyncio.shield(asyncio.wrap_future(self._service.submit(self._reader.close)))

    async def _call(self, call: Callable[..., T], *arguments: object) -> T:
        if self._closed:
            raise RecordingUnreadable("The film was closed.", "Open it again.")
        return await asyncio.wrap_future(self._service.submit(call, *arguments))


def _open(source: PurePath | RangeReader, name: str) -> StillReader:
    from rdpgui.media.stills import StillReader

    return StillReader(source, name=name)


def _close_when_opened(job: Future[StillReader]) -> None:
    if not job.cancelled() and job.exception() is None:
        job.result().close()


def _save(path: PurePath, still: Still, text: Mapping[str, str]) -> None:
    from rdpgui.media.png import write_png

    write_png(path, still, text)


def _nothing() -> None:
    """Mark the end of the queue."""
