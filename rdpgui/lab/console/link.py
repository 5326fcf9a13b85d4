"""The console's RFB connection: one thread reads, another one sends input; Qt hears of it by queued signals."""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rdpgui.lab.rfb import CloseKind, RfbClient, RfbClosed

_log = logging.getLogger(__name__)

_READ_S: Final = 0.5
_STALL_S: Final = 3.0
_JOIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Key:
    keysym: int
    down: bool


@dataclass(frozen=True, slots=True)
class _Pointer:
    x: int
    y: int
    buttons: int


_Input = _Key | _Pointer | None


class DesktopLink(QObject):
    """Reads the broker's picture and passes input on.

    Signals:
        connected: width and height of the desktop in pixels.
        picture_changed: a newer picture can be taken with ``take_picture``.
        stalled: True when no picture came for three seconds, False when they come again.
        ended: True when the connection had been open, False when it could not be opened; once, and last.
    """

    connected = Signal(int, int)
    picture_changed = Signal()
    stalled = Signal(bool)
    ended = Signal(bool)

    def __init__(self, host: str, port: int, password: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = RfbClient(host, port, password)
        self._input: queue.SimpleQueue[_Input] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._picture: QImage | None = None
        self._stop = threading.Event()
        self._reader = threading.Thread(target=self._read, name="rfb-read", daemon=True)
        self._sender = threading.Thread(target=self._send, name="rfb-send", daemon=True)

    def start(self) -> None:
        """Connect and read in the background."""
        self._reader.start()

    def take_picture(self) -> QImage | None:
        """Return the newest picture, None when it was taken already."""
        with self._guard:
            picture, self._picture = self._picture, None
            return picture

    def send_key(self, keysym: int, down: bool) -> None:
        """Pass a key on."""
        self._input.put(_Key(keysym, down))

    def send_pointer(self, x: int, y: int, buttons: int) -> None:
        """Pass the pointer on, in pixels of the desktop."""
        self._input.put(_Pointer(x, y, buttons))

    def close(self) -> None:
        """Hang up and wait for both threads."""
        self._stop.set()
        self._input.put(None)
        self._client.close()
        for thread in (self._reader, self._sender):
            if thread.ident is not None:
                thread.join(_JOIN_S)

    # -- reading thread -------------------------------------------------------
    def _read(self) -> None:
        opened = False
        try:
            self._client.connect()
            opened = True
            self._sender.start()
            self.connected.emit(self._client.width, self._client.height)
            self._follow()
        except RfbClosed as closed:
            # While we are closing, the socket may go away under the read.
            if not self._stop.is_set() and closed.kind not in (CloseKind.LOCAL, CloseKind.ORDERLY):
                _log.warning("%s", closed.reason)
        finally:
            # The broker waits for our end of the connection before it goes on.
            self._client.close()
            self._input.put(None)
            if not self._stop.is_set():
                self.ended.emit(opened)

    def _follow(self) -> None:
        """Keep the picture fresh until the connection ends."""
        fresh_mono_s = time.monotonic()
        stalled = False
        while not self._stop.is_set():
            if self._client.read(_READ_S):
                fresh_mono_s = time.monotonic()
                self._offer()
                self._client.request()
            # A guest repaints its clock ten times a second, so silence means that something hangs.
            silent = time.monotonic() - fresh_mono_s > _STALL_S
            if silent != stalled:
                stalled = silent
                self.stalled.emit(stalled)

    def _offer(self) -> None:
        """Copy the frame for the GUI thread; one signal for any number of frames that it has not taken yet."""
        frame = self._client.frame
        height, width = frame.shape[:2]
        picture = QImage(frame.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
        with self._guard:
            waiting, self._picture = self._picture is not None, picture
        if not waiting:
            self.picture_changed.emit()

    # -- sending thread -------------------------------------------------------
    def _send(self) -> None:
        try:
            while (item := self._input.get()) is not None:
                if isinstance(item, _Key):
                    self._client.send_key(item.keysym, item.down)
                else:
                    self._client.send_pointer(item.x, item.y, item.buttons)
        except RfbClosed:
            _log.info("input after the end of the connection was dropped")
