"""The endpoint's HTTP server: loopback, one thread a connection, keep-alive."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
from contextlib import suppress
from typing import IO, Any, Final, NoReturn, Protocol, cast

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wsgi import LimitedStream

from rdpgui.lab.answer import Answer
from rdpgui.lab.endpoint.wire_faults import Ending, Reply

_log = logging.getLogger(__name__)
HOST: Final = "127.0.0.1"
_IDLE_LIMIT_S: Final = 120
_LOOK_S: Final = 0.5
"""How often the accepting thread looks whether it is over, when nobody wakes it."""
_BACKLOG: Final = 128
_MOST_LEFT_BYTES: Final = 64 * 1024 * 1024
"""Of a body that nobody wants so much is read, for the sake of the connection."""
_NO_BODY: Final = frozenset({204, 304})


class _Body(LimitedStream):
    """A request's body; a client that ends in its middle is a dropped connection and no failure of the endpoint."""

    @property
    def left(self) -> int:
        """Return how much of it was declared and not read yet, bytes."""
        return int(self.limit) - self._pos

    def on_disconnect(self, error: Exception | None = None) -> NoReturn:
        """End the connection."""
        raise ConnectionResetError("the client ended in the middle of its request") from error


class PortError(Exception):
    """The port cannot be used."""


class Handler(Protocol):
    """What answers the requests."""

    def handle(self, environ: dict[str, Any]) -> Reply:
        """Return the reply to one request, given as a WSGI environment."""


class LabServer:
    """The listening endpoint.

    Args:
        port: the port, 0 for a free one.

    Attributes:
        port: the port it listens on.

    Raises:
        PortError: the port is taken or not allowed.
    """

    def __init__(self, port: int) -> None:
        self._socket = _listen(port)
        self.port = int(self._socket.getsockname()[1])
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, handler: Handler) -> None:
        """Serve in threads of its own."""
        self._server = _Server(self._socket.fileno(), self.port, handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_S,), name="lab-accept", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Accept no more; open connections end with the process."""
        if self._server is not None and self._thread is not None:
            closing = threading.Thread(target=self._server.shutdown, name="lab-closing", daemon=True)
            closing.start()
            self._wake()
            closing.join()
            self._thread.join()
            self._server.server_close()
        self._socket.close()

    def _wake(self) -> None:
        """Connect, so that the accepting thread looks up from its wait and sees that it is over."""
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=_LOOK_S):
            return


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # A port in TIME_WAIT is free; elsewhere the option would let two programs share one port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortError(f"Port {port} cannot be used: {error.strerror or error}.") from error
    return listener


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    # Joining the threads of idle keep-alive connections would hold up the end of the lab.
    block_on_close = False

    def __init__(self, fd: int, port: int, handler: Handler) -> None:
        self.lab_handler = handler
        super().__init__(HOST, port, _never, handler=_RequestHandler, fd=fd)


def _never(environ: dict[str, Any], start_response: object) -> list[bytes]:
    raise RuntimeError("requests go to lab_handler")


class _RequestHandler(WSGIRequestHandler):
    """One connection. Unlike werkzeug's it keeps the connection, which halves the time of a small call."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "rdpgui-lab"
    sys_version = ""
    timeout = _IDLE_LIMIT_S
    # Without this a keep-alive answer waits 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request."""
        if self.headers.get("Expect", "").lower().strip(" \t") == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.environ = environ = self.make_environ()
        size = self.headers.get("Content-Length", "0")
        body: _Body | None = None
        if environ.get("wsgi.input_terminated"):
            # Where a chunked body ends is known only to who reads it.
            self.close_connection = True
        elif not size.isascii() or not size.isdigit():
            self.close_connection = True
            self._send(Reply(Answer(400, (), b"")))
            return
        else:
            body = _Body(cast("IO[bytes]", self.rfile), int(size))
            environ["wsgi.input"] = body
        reply = self._reply(environ)
        if body is not None and body.left > _MOST_LEFT_BYTES:
            self.close_connection = True
        self._send(reply)
        # Whoever is still sending hears the answer first: nobody waits for a body that was declared and never comes.
        if body is not None and not self.close_connection:
            body.exhaust()

    def _reply(self, environ: dict[str, Any]) -> Reply:
        try:
            return self.server.lab_handler.handle(environ)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001
            # The thread's boundary: one request may fail, the endpoint may not; the log has it in full.
            _log.exception("%s %s failed", self.command, environ["PATH_INFO"])
            return Reply(Answer(500, (), b""))

    def _send(self, reply: Reply) -> None:
        if reply.ending == Ending.CUT:
            self._reset()
        answer = reply.answer
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in _NO_BODY and not answer.header("Content-Length"):
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD" or answer.status in _NO_BODY:
            return
        if reply.ending == Ending.CUT_BODY:
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self._reset()
        self.wfile.write(answer.body)

    def _reset(self) -> None:
        """End the connection as a broken network would (RST). Raises ConnectionAbortedError to end its thread."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        raise ConnectionAbortedError("cut by a fault")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write no access log: the audit list has every call."""

    def log_error(self, format: str, *args: object) -> None:
        """A connection that was kept and is no longer used is no problem of anybody."""
        if not any(isinstance(item, TimeoutError) for item in args):
            super().log_error(format, *args)

    def log(self, type: str, message: str, *args: object) -> None:
        """Write problems of a connection to the lab's log."""
        _log.log(logging.ERROR if type == "error" else logging.DEBUG, message, *args)
