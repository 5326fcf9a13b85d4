"""Verified, resumable download of one object version.

Parts of 8 MiB are fetched four at a time with If-Match, written at their place
in an unfinished file, and hashed in order as soon as the ones before are there.
The whole object's checksum is compared with S3's own; SHA-256 is always made.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

from rdpgui.aws import parse_s3
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.checksums import ObjectChecksum, is_composite
from rdpgui.aws.part_file import PART_BYTES, PartFile
from rdpgui.aws.ranged_get import RangedGet, object_changed
from rdpgui.core.errors import AccessDenied, NotFound, NotOffered, ObjectChanged, RdpguiError
from rdpgui.core.ports import Downloaded, ProgressCallback
from rdpgui.core.recording import RecordingObject

PARALLEL = 4
PROGRESS_EVERY_S = 0.1
SYNC_EVERY_S = 0.1


class Download:
    """One download. ``run`` may be cancelled; a later ``Download`` of the same object goes on where it ended."""

    def __init__(
        self,
        caller: AwsCaller,
        item: RecordingObject,
        target: Path,
        progress: ProgressCallback,
        *,
        part_bytes: int = PART_BYTES,
        parallel: int = PARALLEL,
    ) -> None:
        self._caller = caller
        self._item = item
        self._target = target
        self._progress = progress
        self._parallel = parallel
        self._file = PartFile(target, item, part_bytes)
        self._get = RangedGet(caller, item)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._done_bytes = 0
        self._reported: tuple[int, int] | None = None

    @property
    def requests(self) -> int:
        """How many GETs were sent."""
        return self._get.requests

    async def run(self) -> Downloaded:
        """Fetch, verify and put in place.

        A checksum that does not fit is met with one fetch from scratch; then the bytes are given with
        ``checksum_matched`` False.

        Raises:
            ObjectChanged: S3 has another object there now; what was fetched of the old one is removed.
            StorageFull: the disk is full; what was fetched is kept for a later try.
            AwsError, StorageError: as named; what was fetched is kept.
        """
        try:
            expected, part_sizes = await self._expected()
            checksum = await self._attempt(expected, part_sizes)
            if checksum.matched is False:
                await self._caller.transfer(self._file.discard)
                checksum = await self._attempt(expected, part_sizes)
            await self._caller.transfer(self._file.finish)
        except ObjectChanged:
            await self._caller.transfer(self._file.discard)
            raise
        finally:
            self._stopping.set()
        self._report()
        return Downloaded(self._target, checksum.sha256, checksum.text, checksum.matched)

    async def _expected(self) -> tuple[str, list[int] | None]:
        """Return the checksum S3 has for the object, and the parts' sizes when it is composite."""
        answer = await self._caller.call("s3", "HeadObject", ChecksumMode="ENABLED", **self._address())
        found = parse_s3.head(answer, self._item.bucket, self._item.key)
        if (found.etag, found.size_bytes) != (self._item.etag, self._item.size_bytes):
            raise object_changed(self._item)
        if not is_composite(found.checksum):
            return found.checksum, None
        try:
            attributes = await self._part_attributes()
        except (AccessDenied, NotOffered, NotFound):
            return found.checksum, None  # a composite value without parts is not compared: "matched" says None
        return found.checksum, attributes

    async def _part_attributes(self) -> list[int] | None:
        version = {"VersionId": self._item.version_id} if self._item.version_id else {}
        sizes: list[int] = []
        marker: Answer = {}
        while True:
            answer = await self._caller.call(
                "s3",
                "GetObjectAttributes",
                Bucket=self._item.bucket,
                Key=self._item.key,
                ObjectAttributes=["ObjectParts"],
                **version,
                **marker,
            )
            page = parse_s3.part_sizes(answer)
            sizes += page.sizes_bytes
            if not page.next_marker:
                return sizes if sum(sizes) == self._item.size_bytes else None
            marker = {"PartNumberMarker": page.next_marker}

    async def _attempt(self, expected: str, part_sizes: list[int] | None) -> ObjectChecksum:
        checksum = ObjectChecksum(expected, self._item.etag, part_sizes)
        held = await self._caller.transfer(self._file.open)
        self._done_bytes = sum(stop - start for start, stop in map(self._file.span, held))
        missing = deque(part for part in range(self._file.parts) if part not in held)
        arrived = [asyncio.Event() for _ in range(self._file.parts)]
        for part in held:
            arrived[part].set()
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._tick()), group.create_task(self._sync())]
                fetchers = [group.create_task(self._fetch(missing, arrived)) for _ in range(self._parallel)]
                await self._hash(checksum, arrived)
                await asyncio.gather(*fetchers)
                for helper in helpers:
                    helper.cancel()
        except BaseExceptionGroup as errors:
            await self._keep()
            raise _first(errors) from errors
        except asyncio.CancelledError:
            await self._keep()
            raise
        return checksum

    async def _keep(self) -> None:
        """Note what has arrived. What ended the download is told; without a note all is fetched again."""
        self._stopping.set()
        with suppress(RdpguiError):
            await self._caller.transfer(self._file.save)

    async def _fetch(self, missing: deque[int], arrived: list[asyncio.Event]) -> None:
        while missing:
            part = missing.popleft()
            await self._caller.transfer(self._fetch_part, part)
            arrived[part].set()

    async def _hash(self, checksum: ObjectChecksum, arrived: list[asyncio.Event]) -> None:
        for part, event in enumerate(arrived):
            await event.wait()
            await self._caller.transfer(self._hash_part, checksum, part)

    async def _tick(self) -> None:
        while True:
            self._report()
            await asyncio.sleep(PROGRESS_EVERY_S)

    async def _sync(self) -> None:
        while True:
            await self._caller.transfer(self._file.sync)
            await asyncio.sleep(SYNC_EVERY_S)

    def _report(self) -> None:
        now = (self._done_bytes, self._item.size_bytes)
        if now != self._reported:
            self._reported = now
            self._progress(*now)

    def _fetch_part(self, part: int) -> None:
        """Worker thread: bytes of one part from S3 to disk."""
        start, stop = self._file.span(part)
        with self._file.writer(part) as writer:

            def take(data: memoryview) -> None:
                writer.write(data)
                with self._lock:
                    self._done_bytes += len(data)

            self._get.fetch(start, stop, take, self._stopping)
        if not self._stopping.is_set():
            self._file.hold(part, writer.crc64)

    def _hash_part(self, checksum: ObjectChecksum, part: int) -> None:
        """Worker thread: what is on disk, in the object's order."""
        for chunk in self._file.read(part):
            checksum.update(chunk)
            if self._stopping.is_set():
                return

    def _address(self) -> Answer:
        item = self._item
        version = {"VersionId": item.version_id} if item.version_id else {}
        return {"Bucket": item.bucket, "Key": item.key, "IfMatch": item.etag, **version}


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error to show: ours before others; a full disk or a changed object is always ours."""
    flat: list[BaseException] = []
    waiting: list[BaseException] = [errors]
    while waiting:
        error = waiting.pop(0)
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions
        else:
            flat.append(error)
    return next((error for error in flat if isinstance(error, RdpguiError)), flat[0])
