"""The child process that opens untrusted films: ``python -m rdpgui.media.worker``.

Speaks JSON lines on standard input and output, one request at a time, and stays warm for the next. Ends at the end of
its input. Limits (POSIX): address space, file size and processor time per request; the parent adds one in real time.

Request: ``{"do": "inspect"|"last-frame", "name", "path"|null, "size_bytes", "png"|null, "limit_s", "clock"}``;
``inspect`` may have ``"every_picture"``, ``"brief"``, ``"in_background"`` and ``"progress"``: then
``{"event": "progress", "share"}`` comes before the answer, twice a second. Without a path the bytes are asked from the
parent:
``{"event": "need", "start", "length"}``, answered by ``{"length": N}`` and N raw bytes (-1: they cannot be read).
Answers: ``{"event": "facts", …}``, ``{"event": "still", …, "length": N}`` and N raw bytes of RGB,
``{"event": "unreadable"|"encrypted"|"not-inspected"|"storage"|"storage-full", "template", "remedy", "fields"}``,
``{"event": "aborted"}``,
``{"event": "crashed", "detail"}`` and exit.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import av.logging

from rdpgui.core.errors import InspectionFailed, RecordingEncrypted, RecordingUnreadable, StorageError, StorageFull
from rdpgui.core.film import SHAPE_KEYWORD, FilmFacts, Still
from rdpgui.core.ports import RangeReader
from rdpgui.core.texts import N_
from rdpgui.media.facts_json import facts_to_json
from rdpgui.media.inspect import Inspection, inspect_film, last_still
from rdpgui.media.png import check_png_target, write_png
from rdpgui.media.remote_file import LocalReader

if sys.platform != "win32":
    import resource

MEMORY_BYTES = 2 * 1024**3
"""Address space, of which the libraries alone map about 0.6 GiB."""
FILE_BYTES = 256 * 1024**2
CPU_MARGIN_S = 10
PROGRESS_EVERY_S = 0.5
BACKGROUND_NICENESS = 10
_EVENTS = {InspectionFailed: "not-inspected", RecordingEncrypted: "encrypted"}


class ParentAborted(Exception):
    """The parent has no more bytes to give: the remote read failed, or it is going away."""


class PipeReader:
    """A ``RangeReader`` whose bytes come from the parent.

    Attributes:
        waited_s: time in which the parent fetched them, seconds.
    """

    def __init__(self, source: BinaryIO, sink: BinaryIO, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.bytes_read = 0
        self.waited_s = 0.0
        self._source = source
        self._sink = sink

    def read_range(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes.

        Raises:
            ParentAborted: the parent could not read them.
        """
        begun_mono_s = time.monotonic()
        send(self._sink, {"event": "need", "start": start, "length": length})
        line = self._source.readline()
        count = json.loads(line).get("length", -1) if line else -1
        if count < 0:
            raise ParentAborted
        data = self._source.read(count)
        self.waited_s += time.monotonic() - begun_mono_s
        if len(data) < count:
            raise ParentAborted
        self.bytes_read += count
        return data


def send(sink: BinaryIO, answer: dict[str, Any], raw: bytes = b"") -> None:
    """Write one answer line and what follows it."""
    sink.write(json.dumps(answer).encode() + b"\n" + raw)  # ASCII: a name on disk may be no UTF-8
    sink.flush()


def limit_process() -> None:
    """Set the limits that hold for the whole life of the process."""
    if sys.platform != "win32":
        _lower(resource.RLIMIT_AS, MEMORY_BYTES)
        _lower(resource.RLIMIT_FSIZE, FILE_BYTES)
        _lower(resource.RLIMIT_CORE, 0)


def limit_cpu(limit_s: float) -> None:
    """Allow this much processor time from now on (both cores may work at once)."""
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + 2 * limit_s + CPU_MARGIN_S))


def give_way() -> None:
    """Let everything else on the machine go first from now on."""
    if sys.platform != "win32":
        os.nice(BACKGROUND_NICENESS - os.nice(0))


def handle(request: dict[str, Any], source: BinaryIO, sink: BinaryIO) -> None:
    """Answer one request."""
    limit_s = float(request["limit_s"])
    limit_cpu(limit_s)
    reader: RangeReader | None = None
    try:
        if request["png"]:
            check_png_target(Path(request["png"]), request["path"] and Path(request["path"]))
        reader = _reader(request, source, sink)
        if request["do"] == "inspect":
            if request.get("in_background"):
                give_way()
            send(sink, {"event": "facts", "facts": facts_to_json(_inspected(request, reader, sink))})
        else:
            still, painted_at = _KEPT.of(reader) or last_still(reader, request["name"], limit_s=limit_s)
            if request["png"]:
                write_png(Path(request["png"]), still, png_texts(request["name"], still, painted_at))
            _send_still(sink, still)
    except ParentAborted:
        send(sink, {"event": "aborted"})
    except RecordingUnreadable as error:
        _send_error(sink, _EVENTS.get(type(error), "unreadable"), error, 0 if reader is None else reader.bytes_read)
    except StorageFull as error:
        _send_error(sink, "storage-full", error, 0)
    except StorageError as error:
        _send_error(sink, "storage", error, 0)
    finally:
        if isinstance(reader, LocalReader):
            reader.close()


def _inspected(request: dict[str, Any], reader: RangeReader, sink: BinaryIO) -> FilmFacts:
    found = inspect_film(
        reader,
        request["name"],
        limit_s=float(request["limit_s"]),
        read_clock=request["clock"],
        every_picture=bool(request.get("every_picture")),
        brief=bool(request.get("brief")),
        progress=_Progress(sink).tell if request.get("progress") else None,
    )
    _KEPT.keep(reader, found)
    return found.facts


class _Kept:
    """The last picture of the film that was inspected last: mostly it is asked for next."""

    def __init__(self) -> None:
        self._found: tuple[tuple[int, ...], Still, datetime | None] | None = None

    def keep(self, reader: RangeReader, found: Inspection) -> None:
        """Keep that of a local film; nothing tells the bytes of another one from others."""
        if isinstance(reader, LocalReader):
            self._found = (reader.stamp, found.last, found.facts.painted_at)

    def of(self, reader: RangeReader) -> tuple[Still, datetime | None] | None:
        """Return the picture and the clock in it, None when it is not of these bytes."""
        if self._found is None or not isinstance(reader, LocalReader) or reader.stamp != self._found[0]:
            return None
        return self._found[1:]


_KEPT = _Kept()


class _Progress:
    """Tells the parent how far the work is, not more often than a person can read."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._next_mono_s = time.monotonic() + PROGRESS_EVERY_S

    def tell(self, share: float) -> None:
        """Tell a share of 1, if it is time."""
        if time.monotonic() >= self._next_mono_s:
            self._next_mono_s = time.monotonic() + PROGRESS_EVERY_S
            send(self._sink, {"event": "progress", "share": round(share, 4)})


def png_texts(name: str, still: Still, painted_at: datetime | None) -> dict[str, str]:
    """Return what a still's PNG says about itself in its metadata."""
    texts = {"Title": "Last frame", "Source": name, "Film time": f"{still.pts_s:.3f} s", "Software": "rdpgui"}
    if still.index is not None:
        texts["Frame"] = str(still.index + 1)
    if still.shape.text():
        texts[SHAPE_KEYWORD] = still.shape.text()
    if painted_at is not None:
        texts["Painted clock"] = painted_at.isoformat()
        texts["Environment"] = "LAB"  # only the lab paints one
    return texts


def main() -> int:
    """Serve requests until the input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    av.logging.set_level(av.logging.PANIC)
    limit_process()
    while line := source.readline():
        try:
            handle(json.loads(line), source, sink)
        except MemoryError:
            send(sink, {"event": "crashed", "detail": N_("memory limit")})
            return 1
        except Exception as error:  # noqa: BLE001 -- process boundary: whatever a file provokes is told, then we end
            send(sink, {"event": "crashed", "detail": f"{type(error).__name__}: {error}"[:300]})
            return 1
    return 0


def _reader(request: dict[str, Any], source: BinaryIO, sink: BinaryIO) -> RangeReader:
    if request["path"] is None:
        return PipeReader(source, sink, int(request["size_bytes"]))
    return LocalReader(Path(request["path"]))


def _send_still(sink: BinaryIO, still: Still) -> None:
    answer = {
        "pts_s": still.pts_s,
        "width": still.width,
        "height": still.height,
        "index": still.index,
        "shape": asdict(still.shape),
    }
    send(sink, {"event": "still", "still": answer, "length": len(still.rgb)}, still.rgb)


def _send_error(
    sink: BinaryIO, event: str, error: RecordingUnreadable | StorageError | StorageFull, bytes_read: int
) -> None:
    fields = {name: str(value) for name, value in error.fields.items()}
    answer = {"event": event, "template": error.template, "remedy": error.remedy, "fields": fields}
    send(sink, {**answer, "bytes_read": bytes_read})


if sys.platform != "win32":

    def _lower(kind: int, value: int) -> None:
        """Set a soft limit, never above the hard one."""
        _, hard = resource.getrlimit(kind)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):  # macOS has no limit on address space; the others and the time limit remain
            print(f"limit {kind} cannot be set", file=sys.stderr)  # noqa: T201 -- diagnostics go to standard error


if __name__ == "__main__":
    sys.exit(main())
