"""One stretch of bytes of exactly one object version, over cuts and throttling.

Blocking; for worker threads. botocore repeats a request, but not a body that
breaks off while it is read: that is done here, from the byte it broke off at.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

from rdpgui.aws import parse_s3
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.errors import foreign_errors, malformed, translate
from rdpgui.core.errors import AwsError, MalformedAnswer, ObjectChanged, Throttled, Unreachable
from rdpgui.core.recording import RecordingObject

CHUNK_BYTES = 128 * 1024
"""Read into one buffer that is used again. The reader below makes new bytes of that size: larger ones cost more."""
ATTEMPTS = 6
"""Tries in a row that bring no byte at all, before giving up."""
SILENCE_LIMIT_S = 30.0
"""Real time without a byte after which no further try is begun: an endpoint that hangs takes 40 s for one."""
PAUSE_S = 0.2
PAUSE_LIMIT_S = 4.0

_OPERATION = "s3:GetObject"


class Stopped(AwsError):
    """The read was cancelled, or the program is ending. Usually nobody waits for it any more."""


class RangedGet:
    """Reads ranges of one object, bound to its ETag and version.

    Attributes:
        requests: how many GETs were sent.
    """

    def __init__(self, caller: AwsCaller, item: RecordingObject) -> None:
        self._caller = caller
        self._item = item
        self._lock = threading.Lock()
        self.requests = 0

    def fetch(self, start: int, stop: int, sink: Callable[[memoryview], object], stopping: threading.Event) -> None:
        """Give the bytes [start, stop) to ``sink`` in order, each once; they last until it returns.

        Raises:
            ObjectChanged: S3 has another object there now.
            Stopped: ``stopping`` was set.
            AwsError: no byte came in six tries in a row or for half a minute, or the answer is final.
        """
        position = start
        failures = 0
        heard_mono_s = time.monotonic()
        while position < stop:
            before = position
            try:
                for chunk in self._body(position, stop, stopping):
                    sink(chunk)
                    position += len(chunk)
                    heard_mono_s = time.monotonic()
            except (Unreachable, Throttled, MalformedAnswer):
                failures = 1 if position > before else failures + 1
                silent = time.monotonic() - heard_mono_s > SILENCE_LIMIT_S
                if silent or failures >= ATTEMPTS or self._caller.closing:
                    raise
                stopping.wait(_pause_s(failures))

    def _body(self, start: int, stop: int, stopping: threading.Event) -> Iterator[memoryview]:
        if stopping.is_set() or self._caller.closing:
            raise _stopped(self._item)
        body = self._request(start, stop)["Body"]
        left = stop - start
        buffer = memoryview(bytearray(min(CHUNK_BYTES, left)))
        try:
            while left:
                came = body.readinto(buffer[: min(len(buffer), left)])
                if stopping.is_set():
                    raise _stopped(self._item)
                if not came:
                    raise malformed(_OPERATION, f"it ended {left} bytes early")
                left -= came
                yield buffer[:came]
        except foreign_errors() as error:
            raise translate(error, operation=_OPERATION, url=f"s3://{self._item.bucket}/{self._item.key}") from error
        finally:
            body.close()

    def _request(self, start: int, stop: int) -> Answer:
        item = self._item
        version = {"VersionId": item.version_id} if item.version_id else {}
        with self._lock:
            self.requests += 1
        answer = self._caller.blocking(
            "s3",
            "GetObject",
            Bucket=item.bucket,
            Key=item.key,
            IfMatch=item.etag,
            Range=f"bytes={start}-{stop - 1}",
            **version,
        )
        first, last, size_bytes = parse_s3.content_range(answer)
        # Asked for again here because not every endpoint keeps If-Match.
        if size_bytes != item.size_bytes or answer.get("ETag", item.etag) != item.etag:
            answer["Body"].close()
            raise object_changed(item)
        if (first, last) != (start, stop - 1):
            answer["Body"].close()
            raise malformed(_OPERATION, f"bytes {first}-{last} came, {start}-{stop - 1} were asked for")
        return answer


def object_changed(item: RecordingObject) -> ObjectChanged:
    """Return the error for an object that is no longer the one that was listed."""
    return ObjectChanged(
        "{key} is no longer the object that was being read.",
        "List the bucket again and start the download anew.",
        operation=_OPERATION,
        key=item.key,
    )


def _stopped(item: RecordingObject) -> Stopped:
    return Stopped("Reading {key} was cancelled.", operation=_OPERATION, key=item.key)


def _pause_s(failures: int) -> float:
    """Return a pause that doubles, with jitter, seconds."""
    return min(PAUSE_S * 2.0 ** (failures - 1), PAUSE_LIMIT_S) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
