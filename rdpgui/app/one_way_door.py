"""A secret address handed to the browser once: on loopback, behind a random path, answered with a redirect.

The browser's command line, its list of processes and the program's own log show the harmless address of the door only.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

OPEN_FOR_S = 60.0
"""How long the browser may take to come."""
_LONGEST_REQUEST_BYTES = 16_384
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class OneWayDoor:
    """Answers one request for its path with a redirect, then is gone."""

    def __init__(self, target: str, *, open_for_s: float = OPEN_FOR_S) -> None:
        if any(ord(letter) <= ord(" ") for letter in target):  # nothing that is not an address gets into a header
            target = ""
        self._target = target
        self._open_for_s = open_for_s
        self._path = f"/{secrets.token_urlsafe(24)}"
        self._server: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def open(self) -> str:
        """Open the door and return its address.

        Raises:
            OSError: there is no port to be had.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._visitor, "127.0.0.1", 0)
        self._timer = loop.call_later(self._open_for_s, self.close)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}{self._path}"

    @property
    def is_open(self) -> bool:
        """Whether somebody may still come through."""
        return self._server is not None

    def close(self) -> None:
        """Let nobody through any more, and forget where it led."""
        self._target = ""
        if self._timer is not None:
            self._timer.cancel()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _visitor(self) -> _Visitor:
        return _Visitor(self._answer)

    def _answer(self, request_line: bytes) -> bytes:
        method, _, rest = request_line.partition(b" ")
        known = secrets.compare_digest(rest.partition(b" ")[0], self._path.encode())
        if method != b"GET" or not known or not self._target:
            return _NOT_FOUND
        target = self._target
        self.close()
        return (
            f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n"
        ).encode("ascii", "replace")


class _Visitor(asyncio.Protocol):
    """One connection: reads the head of a request, answers, hangs up."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._head = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is answered on."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        """Answer once the head is there; whoever sends more than a head is hung up on."""
        self._head += data
        if self._transport is None or self._transport.is_closing():
            return
        if b"\r\n\r\n" in self._head:
            self._transport.write(self._answer(self._head.split(b"\r\n", 1)[0]))
            self._transport.close()
        elif len(self._head) > _LONGEST_REQUEST_BYTES:
            self._transport.close()
