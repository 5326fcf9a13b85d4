"""``FilmPort`` over the worker process; works on a qasync loop and on plain asyncio."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from rdpgui.core.errors import (
    InspectionFailed,
    RdpguiError,
    RecordingEncrypted,
    RecordingUnreadable,
    StorageError,
    StorageFull,
)
from rdpgui.core.film import FilmFacts, PictureShape, Still
from rdpgui.core.ports import RangeReader
from rdpgui.core.texts import N_
from rdpgui.media import reasons
from rdpgui.media.child import OnProgress, WorkerProcess
from rdpgui.media.facts_json import decodable_to_json, facts_from_json, unreadable_to_json
from rdpgui.threads import DaemonPool

DEFAULT_LIMIT_S = 60.0
WATCH_LIMIT_S = 3600.0
"""For every picture of a film: about 13 hours at 720p and ten a second."""
_ERRORS: dict[str, type[RdpguiError]] = {
    "unreadable": RecordingUnreadable,
    "encrypted": RecordingEncrypted,
    "not-inspected": InspectionFailed,
    "storage": StorageError,
    "storage-full": StorageFull,
}


class _RemoteBytes:
    """Answers the worker's wishes from a blocking ``RangeReader`` in a thread of its own."""

    def __init__(self, reader: RangeReader, threads: DaemonPool) -> None:
        self.failure: RdpguiError | None = None
        self._reader = reader
        self._threads = threads

    async def read(self, start: int, length: int) -> bytes | None:
        """Return bytes, None when the reader failed; the reason is kept."""
        if not 0 <= start < self._reader.size_bytes or length <= 0:
            return None
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._reader.read_range, start, length)
        except RdpguiError as error:
            self.failure = error
            return None


class FilmInspector:
    """Inspects films in a child process: a hostile file may fail, the program may not.

    One worker stays warm between requests and is replaced when it dies; requests queue.
    """

    def __init__(self, *, limit_s: float = DEFAULT_LIMIT_S, read_clock: bool = False) -> None:
        """Store the wishes.

        Args:
            limit_s: time of work on one film.
            read_clock: read the taskbar's clock of every film, also where a finer one is painted.
        """
        self._limit_s = limit_s
        self._read_clock = read_clock
        self._worker = WorkerProcess()
        self._one_at_a_time = asyncio.Lock()
        self._threads: DaemonPool | None = None
        self._closed = False
        self.last_bytes_read = 0

    @property
    def worker_pid(self) -> int | None:
        """Process id of the warm worker, None when none runs."""
        return self._worker.pid

    async def start(self) -> None:
        """Start the worker ahead of the first film (saves its 0.3 s)."""
        async with self._one_at_a_time:
            if not self._closed:
                await self._worker.start()

    async def inspect(
        self, path: PurePath, *, every_picture: bool = False, on_progress: OnProgress | None = None
    ) -> FilmFacts:
        """Inspect a local file.

        Args:
            path: the film.
            every_picture: look at all of them, however many there are.
            on_progress: is told the share of them that was looked at, 0-1.

        Raises:
            RecordingUnreadable: with the reason.
        """
        asked = {"do": "inspect", **_local(path), "png": None, "every_picture": every_picture}
        answer, _ = await self._ask(asked, on_progress=on_progress)
        return self._facts(answer, path.name)

    async def glance(self, path: PurePath) -> FilmFacts:
        """Do as ``inspect`` for somebody who waits: by the boxes, the end, and some pictures of a longer film.

        Args:
            path: the film.

        Raises:
            RecordingUnreadable: with the reason.
        """
        answer, _ = await self._ask({"do": "inspect", **_local(path), "png": None, "brief": True})
        return self._facts(answer, path.name)

    async def watch(self, path: PurePath, on_progress: OnProgress | None = None) -> FilmFacts:
        """Do as ``inspect`` with every picture, behind all other work of the machine: for an inspector of its own."""
        asked = {"do": "inspect", **_local(path), "png": None, "every_picture": True, "in_background": True}
        answer, _ = await self._ask(asked, on_progress=on_progress)
        return self._facts(answer, path.name)

    async def inspect_remote(
        self, reader: RangeReader, name: str, *, every_picture: bool = False, on_progress: OnProgress | None = None
    ) -> FilmFacts:
        """Inspect an object without downloading it.

        Args:
            reader: its bytes.
            name: for messages.
            every_picture: look at all of them, which reads the whole object.
            on_progress: is told the share of them that was looked at, 0-1.

        Raises:
            RecordingUnreadable: with the reason.
            AwsError: the object cannot be read, or was replaced.
        """
        asked = {"do": "inspect", **_remote(reader, name), "png": None, "every_picture": every_picture}
        answer, _ = await self._ask(asked, reader, on_progress)
        return self._facts(answer, name)

    async def last_frame(self, path: PurePath, png: PurePath | None) -> Still:
        """Decode the last decodable frame exactly and save it as PNG (mode 0600).

        Args:
            path: the film.
            png: where to; None saves nothing.

        Raises:
            RecordingUnreadable: with the reason.
            StorageError: the PNG cannot be written.
        """
        answer, rgb = await self._ask({"do": "last-frame", **_local(path), "png": _text(png)})
        return self._still(answer, rgb, path.name)

    async def last_frame_remote(self, reader: RangeReader, name: str, png: PurePath | None) -> Still:
        """Do as ``last_frame`` for an object that is not downloaded.

        Args:
            reader: its bytes.
            name: for messages.
            png: where to; None saves nothing.

        Raises:
            RecordingUnreadable: with the reason.
            StorageError: the PNG cannot be written.
            AwsError: the object cannot be read, or was replaced.
        """
        answer, rgb = await self._ask({"do": "last-frame", **_remote(reader, name), "png": _text(png)}, reader)
        return self._still(answer, rgb, name)

    async def aclose(self) -> None:
        """End the worker; a request that is running fails."""
        self._closed = True
        await self._worker.close()
        if self._threads is not None:
            self._threads.shutdown()

    async def _ask(
        self, request: dict[str, Any], reader: RangeReader | None = None, on_progress: OnProgress | None = None
    ) -> tuple[dict[str, Any], bytes]:
        name = str(request["name"])
        async with self._one_at_a_time:
            if self._closed:
                raise reasons.inspector_closed(name)
            remote = None if reader is None else _RemoteBytes(reader, self._thread())
            read = None if remote is None else remote.read
            request = {**request, "clock": self._read_clock, "progress": on_progress is not None}
            answer, raw = await self._worker.request(request, limit_s=self._limit_s, read=read, on_progress=on_progress)
            if answer["event"] == "crashed":
                await self._worker.stop()
                raise reasons.inspector_ended(name, str(answer["detail"]))
        if remote is not None and remote.failure is not None:
            raise remote.failure
        self.last_bytes_read = int(answer.get("bytes_read", 0))
        kind = _ERRORS.get(str(answer["event"]))
        if kind is not None:
            raise kind(answer["template"], answer["remedy"], **answer["fields"])
        return answer, raw

    def _thread(self) -> DaemonPool:
        if self._threads is None:
            self._threads = DaemonPool(1, "film-bytes")
        return self._threads

    def _facts(self, answer: dict[str, Any], name: str) -> FilmFacts:
        try:
            facts = facts_from_json(answer["facts"])
        except (KeyError, TypeError, ValueError) as error:
            raise reasons.inspector_ended(name, N_("it answered nonsense")) from error
        self.last_bytes_read = facts.bytes_read
        return facts

    def _still(self, answer: dict[str, Any], rgb: bytes, name: str) -> Still:
        try:
            values = dict(answer["still"])
            still = Still(rgb=rgb, **{**values, "shape": PictureShape(**values["shape"])})
        except (KeyError, TypeError) as error:
            raise reasons.inspector_ended(name, N_("it answered nonsense")) from error
        if len(rgb) != still.width * still.height * 3:
            raise reasons.inspector_ended(name, N_("it answered nonsense"))
        return still


async def inspect_json(
    source: PurePath | RangeReader,
    *,
    name: str = "",
    png: PurePath | None = None,
    limit_s: float = DEFAULT_LIMIT_S,
    every_picture: bool = False,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Return what ``python main.py inspect --json`` prints.

    A file that is not a film gives ``decodable`` false, an inspection that could not be made null.

    Args:
        source: a local path, or the reader of an object.
        name: for messages; a path has its own.
        png: where the last frame goes, None for nowhere.
        limit_s: time of work after which it is given up; waiting for bytes does not count.
        every_picture: look at all of them, however many there are; takes as long as it takes.
        on_progress: is told the share of them that was looked at, 0-1.

    Raises:
        StorageError: the PNG cannot be written.
        AwsError: the object cannot be read.
    """
    inspector = FilmInspector(limit_s=WATCH_LIMIT_S if every_picture else limit_s, read_clock=True)
    try:
        if not isinstance(source, PurePath):
            facts = await inspector.inspect_remote(source, name, every_picture=every_picture, on_progress=on_progress)
        else:
            look_at_all = partial(inspector.inspect, every_picture=True, on_progress=on_progress)
            facts = await (look_at_all if every_picture else inspector.glance)(source)
        if png is not None:
            await _save_last_frame(inspector, source, name, png)
        return decodable_to_json(facts)
    except RecordingUnreadable as error:
        known = not isinstance(error, InspectionFailed)
        return unreadable_to_json(error.text(), inspector.last_bytes_read, known=known)
    finally:
        await inspector.aclose()


async def _save_last_frame(inspector: FilmInspector, source: PurePath | RangeReader, name: str, png: PurePath) -> None:
    if isinstance(source, PurePath):
        await inspector.last_frame(source, png)
    else:
        await inspector.last_frame_remote(source, name, png)


def _local(path: PurePath) -> dict[str, Any]:
    return {"name": path.name, "path": str(Path(path).absolute()), "size_bytes": 0}


def _remote(reader: RangeReader, name: str) -> dict[str, Any]:
    return {"name": name, "path": None, "size_bytes": reader.size_bytes}


def _text(path: PurePath | None) -> str | None:
    return None if path is None else str(Path(path).absolute())
