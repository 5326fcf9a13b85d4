"""An RFB 3.8 client: keeps a copy of a remote framebuffer."""

from __future__ import annotations

import socket
import threading
import time
import zlib

from rdpgui.lab.rfb.auth import CHALLENGE_BYTES, response_to
from rdpgui.lab.rfb.errors import CloseKind, RfbClosed, RfbProtocolError
from rdpgui.lab.rfb.intake import Link, Progress
from rdpgui.lab.rfb.picture import Picture
from rdpgui.lab.rfb.tiles import Frame
from rdpgui.lab.rfb.wire import (
    BGRX,
    MAX_SIDE,
    SECURITY_NONE,
    SECURITY_VNC,
    VERSION,
    Encoding,
    KeyEvent,
    Parser,
    PointerEvent,
    Rect,
    SetEncodings,
    SetPixelFormat,
    UpdateRequest,
    parse_reason,
    parse_server_init,
)


class RfbClient:
    """Looks at one server. One thread calls `read`; any thread may send input.

    Args:
        host, port: where the server listens.
        password: its first eight bytes count; empty accepts a server without authentication.
        timeout_s: limit for connecting and for the handshake together.
        zlib_first: ask for compressed pixels; costs more time than it saves on loopback.

    Attributes:
        name: the desktop's name.
    """

    def __init__(
        self, host: str, port: int, password: str, *, timeout_s: float = 5.0, zlib_first: bool = False
    ) -> None:
        self.name = ""
        self._picture = Picture()
        self._address = (host, port)
        self._password = password
        self._timeout_s = timeout_s
        self._encodings = (Encoding.ZLIB, Encoding.RAW) if zlib_first else (Encoding.RAW, Encoding.ZLIB)
        self._guard = threading.Lock()
        self._link: Link | None = None
        self._closed = False
        self._progress: Progress[bool] | None = None

    @property
    def width(self) -> int:
        """Pixels, after `connect`; may change when the desktop is resized."""
        return self._picture.width

    @property
    def height(self) -> int:
        """Pixels, after `connect`; may change when the desktop is resized."""
        return self._picture.height

    @property
    def frame(self) -> Frame:
        """(height, width, 4) uint8 BGRX, updated in place by `read`, whole updates only; another after a resize."""
        return self._picture.frame

    @property
    def changes(self) -> int:
        """How many updates changed some pixel (an answer to a ping changes none)."""
        return self._picture.changes

    def connect(self) -> None:
        """Connect, authenticate and ask for the first whole picture.

        Raises:
            RfbClosed: unreachable, refused (wrong password), not RFB 3.8, or closed meanwhile by another thread.
        """
        deadline_mono_s = time.monotonic() + self._timeout_s
        try:
            sock = socket.create_connection(self._address, timeout=self._timeout_s)
        except OSError as error:
            raise RfbClosed(f"nobody answers on port {self._address[1]}: {error}", CloseKind.UNREACHABLE) from error
        link = self._take(Link(sock))
        try:
            self._shake_hands(link, deadline_mono_s)
            link.send(SetPixelFormat(BGRX).pack())
            link.send(SetEncodings((*self._encodings, Encoding.DESKTOP_SIZE)).pack())
            link.send(self._update_request(incremental=False))
        except RfbProtocolError as error:
            self._drop()
            raise RfbClosed(f"not an RFB 3.8 server: {error}", CloseKind.PROTOCOL) from error
        except RfbClosed as closed:
            self._drop()
            if self._closed:  # the link went away under our own hands
                raise RfbClosed("closed while it connected", CloseKind.LOCAL) from closed
            raise

    def read(self, timeout_s: float) -> bool:
        """Apply the next update.

        Args:
            timeout_s: how long to wait for it. An update that has only partly arrived is kept for the next call.

        Returns:
            True after one update, False when none was complete in time.

        Raises:
            RfbClosed: the peer is gone, or broke the protocol.
        """
        link = self._connected()
        deadline_mono_s = time.monotonic() + timeout_s
        while True:
            if self._step(link):
                return True
            left_s = deadline_mono_s - time.monotonic()
            if not self._receive(link, max(left_s, 0.0)):
                return False

    def request(self, *, incremental: bool = True) -> None:
        """Ask for the next update of the whole desktop.

        Raises:
            RfbClosed: the connection broke.
        """
        self._connected().send(self._update_request(incremental=incremental))

    def ping(self) -> None:
        """Ask for one pixel, changed or not, to tell a stalled source from a quiet one.

        NOTE A server may answer this and the pending incremental request with one update; ask again after each.

        Raises:
            RfbClosed: the connection broke.
        """
        self._connected().send(UpdateRequest(False, Rect(0, 0, 1, 1)).pack())

    def send_key(self, keysym: int, down: bool) -> None:
        """Pass a key on (X11 keysym).

        Raises:
            RfbClosed: the connection broke.
        """
        self._connected().send(KeyEvent(keysym & 0xFFFFFFFF, down).pack())

    def send_pointer(self, x: int, y: int, buttons: int) -> None:
        """Pass the pointer on: pixels, and a mask of buttons (bit 0 = left).

        Raises:
            RfbClosed: the connection broke.
        """
        x, y = (min(max(value, 0), MAX_SIDE) for value in (x, y))
        self._connected().send(PointerEvent(x, y, buttons & 0xFF).pack())

    def close(self) -> None:
        """Hang up for good; `connect` or `read` in another thread ends with `RfbClosed`. The last picture stays."""
        with self._guard:
            self._closed = True
        self._drop()

    # ---- the link ----------------------------------------------------------------------------

    def _take(self, link: Link) -> Link:
        """Keep a new link, unless the client was closed while it was made."""
        with self._guard:
            if not self._closed:
                self._link = link
                return link
        link.close()
        raise RfbClosed("closed while it connected", CloseKind.LOCAL)

    def _drop(self) -> None:
        with self._guard:
            link, self._link = self._link, None
        if link is not None:
            link.hang_up()
            link.close()

    def _connected(self) -> Link:
        link = self._link  # NOTE: read once; another thread may close at any moment
        if link is None:
            raise RfbClosed("not connected", CloseKind.LOCAL)
        return link

    def _update_request(self, *, incremental: bool) -> bytes:
        return UpdateRequest(incremental, Rect(0, 0, self.width, self.height)).pack()

    # ---- handshake ---------------------------------------------------------------------------

    def _shake_hands(self, link: Link, deadline_mono_s: float) -> None:
        version = link.parse(_exactly(len(VERSION)), deadline_mono_s)
        if not version.startswith(b"RFB 003.") or version[8:11] < b"008":
            raise RfbProtocolError(f"version {version!r}")
        link.send(VERSION)
        self._authenticate(link, link.parse(_parse_security(), deadline_mono_s), deadline_mono_s)
        link.send(b"\1")  # shared: the recorder and a person look at the same desktop
        server = link.parse(parse_server_init(), deadline_mono_s)
        self.name = server.name
        self._picture.begin(server.width, server.height)

    def _authenticate(self, link: Link, offered: bytes, deadline_mono_s: float) -> None:
        if SECURITY_VNC in offered and self._password:
            link.send(bytes([SECURITY_VNC]))
            challenge = link.parse(_exactly(CHALLENGE_BYTES), deadline_mono_s)
            link.send(response_to(challenge, self._password))
        elif SECURITY_NONE in offered and not self._password:
            link.send(bytes([SECURITY_NONE]))
        else:
            raise RfbClosed(f"the server offers security types {list(offered)} only", CloseKind.REFUSED)
        if any(link.parse(_exactly(4), deadline_mono_s)):
            raise RfbClosed(f"refused: {link.parse(parse_reason(), deadline_mono_s)}", CloseKind.REFUSED)

    # ---- updates -----------------------------------------------------------------------------

    def _step(self, link: Link) -> bool:
        """Use up the bytes at hand; True once an update is applied."""
        while True:
            if self._progress is None:
                self._progress = Progress(self._picture.parse_message(), link.intake)
            try:
                if not self._progress.advance():
                    return False
            except (RfbProtocolError, zlib.error) as error:
                raise RfbClosed(f"the server broke the protocol: {error}", CloseKind.PROTOCOL) from error
            is_update = self._progress.result
            self._progress = None
            if is_update:
                return True

    def _receive(self, link: Link, timeout_s: float) -> bool:
        try:
            return link.receive(timeout_s)
        except RfbClosed as closed:
            if closed.kind is CloseKind.ORDERLY and self._progress is not None and self._progress.begun:
                raise RfbClosed("the connection was cut in the middle of an update", CloseKind.LOST) from closed
            raise


def _exactly(count: int) -> Parser[bytes]:
    return (yield count)


def _parse_security() -> Parser[bytes]:
    count = (yield 1)[0]
    if not count:
        raise RfbClosed(f"refused: {(yield from parse_reason())}", CloseKind.REFUSED)
    return (yield count)
