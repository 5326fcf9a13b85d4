"""Bytes from a socket into parsers, with deadlines and without losing a byte."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from typing import Generic, TypeVar

from rdpgui.lab.rfb.errors import CloseKind, RfbClosed
from rdpgui.lab.rfb.wire import Parser

T = TypeVar("T")

_CHUNK_BYTES = 256 * 1024


class Intake:
    """Collects bytes and hands them out in the portions asked for."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._start = 0

    def feed(self, data: bytes) -> None:
        """Add bytes that arrived."""
        del self._held[: self._start]
        self._start = 0
        self._held += data

    @property
    def empty(self) -> bool:
        """No byte waits."""
        return self._start == len(self._held)

    def take(self, count: int) -> bytes | None:
        """Exactly ``count`` bytes, or None when they have not all arrived yet."""
        end = self._start + count
        if end > len(self._held):
            return None
        data = bytes(memoryview(self._held)[self._start : end])
        self._start = end
        return data


class Progress(Generic[T]):
    """One parser on its way through an `Intake`; may pause at any byte and go on later."""

    def __init__(self, parser: Parser[T], intake: Intake) -> None:
        self._parser = parser
        self._intake = intake
        self._wanted: int | None = None
        self._used = False
        self._result: list[T] = []

    @property
    def begun(self) -> bool:
        """A part of the message is here, but not all of it."""
        return not self._result and (self._used or not self._intake.empty)

    @property
    def result(self) -> T:
        """What the parser made; only after `advance` said True."""
        return self._result[0]

    def advance(self) -> bool:
        """Go on as far as the bytes reach; True once the message is complete."""
        try:
            if self._wanted is None:
                self._wanted = next(self._parser)
            while (data := self._intake.take(self._wanted)) is not None:
                self._used = self._used or bool(data)
                self._wanted = self._parser.send(data)
        except StopIteration as stop:
            self._result.append(stop.value)
        return bool(self._result)


class Link:
    """A connected socket: parses what comes in, sends from any thread, ends once.

    One thread reads; any thread may send or `hang_up`.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._selector = selectors.DefaultSelector()
        self._selector.register(sock, selectors.EVENT_READ)
        self._sending = threading.Lock()
        self.intake = Intake()

    def receive(self, timeout_s: float | None) -> bool:
        """Take what the socket has; False when nothing came in time.

        Raises:
            RfbClosed: the peer ended the connection (orderly) or it broke (lost).
        """
        try:
            if not self._selector.select(timeout_s):
                return False
            data = self._sock.recv(_CHUNK_BYTES)
        except (OSError, ValueError) as error:
            raise RfbClosed(f"the connection broke: {error}", CloseKind.LOST) from error
        if not data:
            raise RfbClosed("the peer closed the connection", CloseKind.ORDERLY)
        self.intake.feed(data)
        return True

    def parse(self, parser: Parser[T], deadline_mono_s: float) -> T:
        """Run a parser to its end.

        Raises:
            RfbClosed: the peer went away, or did not send all of it before the deadline.
            RfbProtocolError: from the parser.
        """
        progress = Progress(parser, self.intake)
        while not progress.advance():
            left_s = deadline_mono_s - time.monotonic()
            if left_s <= 0 or not self.receive(left_s):
                raise RfbClosed("the peer did not answer in time", CloseKind.LOST)
        return progress.result

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            RfbClosed: the connection broke.
        """
        try:
            with self._sending:
                self._sock.sendall(data)
        except OSError as error:
            raise RfbClosed(f"the connection broke: {error}", CloseKind.LOST) from error

    def finish_sending(self) -> None:
        """Tell the peer that nothing more comes (FIN), while still reading."""
        self._shut(socket.SHUT_WR)

    def hang_up(self) -> None:
        """Wake every thread that waits on this socket; to be followed by `close`."""
        self._shut(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back."""
        self._selector.close()
        self._sock.close()

    def _shut(self, how: int) -> None:
        try:
            self._sock.shutdown(how)
        except OSError:
            return  # the peer was quicker: there is nothing left to shut down
