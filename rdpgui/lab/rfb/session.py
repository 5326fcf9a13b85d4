"""One client of a server: handshake and messages in one thread, updates in another."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from rdpgui.lab.rfb.auth import CHALLENGE_BYTES, is_valid_response, new_challenge
from rdpgui.lab.rfb.errors import RfbClosed, RfbProtocolError
from rdpgui.lab.rfb.intake import Link, Progress
from rdpgui.lab.rfb.screen import Screen, Update
from rdpgui.lab.rfb.tiles import Frame, pixels_for
from rdpgui.lab.rfb.wire import (
    BGRX,
    SECURITY_VNC,
    VERSION,
    ClientMessage,
    CutText,
    Encoding,
    KeyEvent,
    Parser,
    PixelFormat,
    PointerEvent,
    Rect,
    RectHeader,
    ServerInit,
    SetEncodings,
    SetPixelFormat,
    UpdateRequest,
    pack_reason,
    pack_update_header,
    parse_client_message,
)

_log = logging.getLogger(__name__)

HANDSHAKE_S = 10.0
WRONG_PASSWORD_S = 0.5
LINGER_S = 0.2
FAREWELL_S = 0.5


@dataclass(frozen=True, slots=True)
class Host:
    """What a session needs from its server.

    Attributes:
        on_key: called with keysym and whether it went down, in the session's thread.
        on_pointer: called with x, y in pixels and the mask of buttons, in the session's thread.
        on_join: called in the session's thread when a client is past the password, before it is shown anything.
        closing: set when the server closes.
    """

    name: str
    password: str
    screen: Screen
    on_key: Callable[[int, bool], None]
    on_pointer: Callable[[int, int, int], None]
    on_join: Callable[[], None] | None = None
    closing: threading.Event = field(default_factory=threading.Event)


class ServerSession:
    """Serves one socket until the client leaves, breaks the protocol, or the server closes."""

    def __init__(self, link: Link, host: Host) -> None:
        self._link = link
        self._host = host
        self._subscription = host.screen.subscribe()
        self._writer = threading.Thread(target=self._write, name="rfb-writer", daemon=True)
        self._format = BGRX
        self._encodings: tuple[int, ...] = ()
        self._deflate = zlib.compressobj(level=1)
        self.welcomed = False

    def run(self) -> None:
        """The reading thread: returns when the connection is over. Never raises for what a peer does."""
        try:
            self._shake_hands()
            self.welcomed = True
            if self._host.on_join is not None:
                self._host.on_join()
            self._writer.start()
            self._read()
        except RfbClosed as closed:
            _log.debug("client left: %s", closed.reason)
        except RfbProtocolError as error:
            _log.warning("client dropped: %s", error)
        finally:
            self.welcomed = False
            self._host.screen.unsubscribe(self._subscription)
            self._link.hang_up()
            if self._writer.ident is not None:
                self._writer.join()
            self._link.close()

    def drop(self) -> None:
        """End it now, from any thread."""
        self._link.hang_up()

    # ---- reading thread ----------------------------------------------------------------------

    def _shake_hands(self) -> None:
        self._host.screen.wait_while_paused()
        deadline_mono_s = time.monotonic() + HANDSHAKE_S
        self._link.send(VERSION)
        version = self._link.parse(_exactly(len(VERSION)), deadline_mono_s)
        if not version.startswith(b"RFB 003.") or version[8:11] < b"008" or not version.endswith(b"\n"):
            self._link.send(b"\0" + pack_reason("RFB 3.8 is needed"))
            raise RfbProtocolError(f"version {version!r}")
        self._link.send(bytes([1, SECURITY_VNC]))
        if self._link.parse(_exactly(1), deadline_mono_s)[0] != SECURITY_VNC:
            raise RfbProtocolError("a security type that was not offered")
        challenge = new_challenge()
        self._link.send(challenge)
        response = self._link.parse(_exactly(CHALLENGE_BYTES), deadline_mono_s)
        if not is_valid_response(challenge, response, self._host.password):
            self._host.closing.wait(WRONG_PASSWORD_S)  # slows down guessing
            self._link.send(b"\0\0\0\1" + pack_reason("wrong password"))
            raise RfbProtocolError("wrong password")
        self._link.send(b"\0\0\0\0")
        self._link.parse(_exactly(1), deadline_mono_s)  # shared or not: always shared
        screen = self._host.screen
        self._link.send(ServerInit(screen.width, screen.height, BGRX, self._host.name).pack())

    def _read(self) -> None:
        farewell_mono_s: float | None = None
        progress = Progress(parse_client_message(), self._link.intake)
        while True:
            while progress.advance():
                self._host.screen.wait_while_paused()
                self._handle(progress.result)
                progress = Progress(parse_client_message(), self._link.intake)
            if self._host.closing.is_set():
                farewell_mono_s = farewell_mono_s or time.monotonic() + LINGER_S + FAREWELL_S
                if not self._link.receive(max(farewell_mono_s - time.monotonic(), 0)):
                    return
            else:
                self._link.receive(1.0)

    def _handle(self, message: ClientMessage) -> None:
        match message:
            case UpdateRequest(incremental, area):
                self._subscription.request(area, incremental=incremental)
            case KeyEvent(keysym, down):
                self._host.on_key(keysym, down)
            case PointerEvent(x, y, buttons):
                screen = self._host.screen
                self._host.on_pointer(min(x, screen.width - 1), min(y, screen.height - 1), buttons)
            case SetPixelFormat(pixel_format):
                self._format = pixel_format
            case SetEncodings(encodings):
                self._encodings = encodings
            case CutText():
                _log.debug("clipboard text ignored")

    # ---- writing thread ----------------------------------------------------------------------

    def _write(self) -> None:
        try:
            while (update := self._subscription.take(linger_s=LINGER_S)) is not None:
                self._send(update)
        except RfbClosed as closed:
            _log.debug("update not sent: %s", closed.reason)
        self._link.finish_sending()

    def _send(self, update: Update) -> None:
        if update.new_size is not None:
            if Encoding.DESKTOP_SIZE not in self._encodings:
                raise RfbClosed("the desktop changed its size, which this client does not support")
            header = RectHeader(Rect(0, 0, *update.new_size), Encoding.DESKTOP_SIZE)
            self._link.send(pack_update_header(1) + header.pack())
            return
        encode = self._encode_zlib if self._prefers_zlib() else _encode_raw
        pixel_format = self._format
        parts = [pack_update_header(len(update.blocks))]
        for rect, block in update.blocks:
            parts += encode(rect, block, pixel_format)
        self._link.send(b"".join(parts))

    def _prefers_zlib(self) -> bool:
        known = [encoding for encoding in self._encodings if encoding in (Encoding.RAW, Encoding.ZLIB)]
        return known[:1] == [Encoding.ZLIB]

    def _encode_zlib(self, rect: Rect, block: Frame, pixel_format: PixelFormat) -> list[bytes]:
        data = self._deflate.compress(pixels_for(block, pixel_format)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return [RectHeader(rect, Encoding.ZLIB).pack(), len(data).to_bytes(4, "big"), data]


def _encode_raw(rect: Rect, block: Frame, pixel_format: PixelFormat) -> list[bytes]:
    return [RectHeader(rect, Encoding.RAW).pack(), pixels_for(block, pixel_format)]


def _exactly(count: int) -> Parser[bytes]:
    return (yield count)
