"""A small HTTP server that answers as S3 does for one bucket, with faults on request."""

from __future__ import annotations

import base64
import hashlib
import sys
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from rdpgui.core.recording import RecordingObject
from tests.unit.aws.samples import AT

BUCKET = "recordings-lab"
LAST_MODIFIED = "Mon, 23 Nov 2026 06:55:00 GMT"


@dataclass
class Stored:
    """One object. ``checksum`` is a header pair, empty for none."""

    data: bytes
    checksum: tuple[str, str] = ("", "")
    etag: str = ""

    def __post_init__(self) -> None:
        self.etag = self.etag or f'"{hashlib.md5(self.data).hexdigest()}"'


def crc32_header(data: bytes) -> tuple[str, str]:
    return "x-amz-checksum-crc32", base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


@dataclass
class Faults:
    """What goes wrong. ``cut`` maps (request number, body length) to how many bytes to send before the reset."""

    cut: Callable[[int, int], int | None] = lambda number, length: None
    throttle: Callable[[int], bool] = lambda number: False
    on_get: Callable[[int], None] = lambda number: None
    ignore_if_match: bool = False
    log: list[str] = field(default_factory=list)


class HttpS3:
    """A context manager; ``url`` while it is open."""

    def __init__(self) -> None:
        self.objects: dict[str, Stored] = {}
        self.faults = Faults()
        self.gets = 0
        self.sent_bytes = 0
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> HttpS3:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """Forget objects, faults and counts."""
        self.objects, self.faults = {}, Faults()
        self.gets = self.sent_bytes = 0

    def put(self, key: str, data: bytes, checksum: tuple[str, str] | None = None, etag: str = "") -> RecordingObject:
        stored = Stored(data, crc32_header(data) if checksum is None else checksum, etag)
        self.objects[key] = stored
        return RecordingObject(BUCKET, key, len(data), stored.etag, AT)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away in the middle; cancelled downloads do."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[HttpS3]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._serve(body=False)

    def do_GET(self) -> None:
        self._serve(body=True)

    def log_message(self, format: str, *args: Any) -> None:
        self.owner.faults.log.append(format % args)

    def _serve(self, *, body: bool) -> None:
        owner = self.owner
        number = 0
        if body:
            with owner.lock:
                owner.gets += 1
                number = owner.gets
            owner.faults.on_get(number)
            if owner.faults.throttle(number):
                return self._error(503, "SlowDown")
        stored = owner.objects.get(self.path.split("?")[0].removeprefix(f"/{BUCKET}/"))
        if stored is None:
            return self._error(404, "NoSuchKey")
        wanted = self.headers.get("If-Match")
        if wanted and wanted != stored.etag and not owner.faults.ignore_if_match:
            return self._error(412, "PreconditionFailed")
        start, stop = self._range(len(stored.data))
        self.send_response(206 if self.headers.get("Range") else 200)
        self.send_header("ETag", stored.etag)
        self.send_header("Last-Modified", LAST_MODIFIED)
        self.send_header("Content-Length", str(stop - start))
        if self.headers.get("Range"):
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(stored.data)}")
        if stored.checksum[0] and self.headers.get("x-amz-checksum-mode"):
            self.send_header(*stored.checksum)
        self.end_headers()
        if body:
            self._send(stored.data[start:stop], owner.faults.cut(number, stop - start))
        return None

    def _send(self, data: bytes, cut: int | None) -> None:
        data = data if cut is None else data[:cut]
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.close_connection = True  # the client went away, as a cancelled download does
            return
        with self.owner.lock:
            self.owner.sent_bytes += len(data)
        if cut is not None:
            self.close_connection = True

    def _range(self, size: int) -> tuple[int, int]:
        text = self.headers.get("Range")
        if not text:
            return 0, size
        first, last = text.removeprefix("bytes=").split("-")
        return int(first), min(int(last) + 1, size) if last else size

    def _error(self, status: int, code: str) -> None:
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)
