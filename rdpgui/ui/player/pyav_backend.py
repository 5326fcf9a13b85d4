"""The PyAV player: frame exact, needs nothing beyond the program's own dependencies."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.ui.player.backend import Playback, PlaybackFactory, RemoteMedia
from rdpgui.ui.player.gathering import gather


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    at_s: float
    width: int
    height: int
    bgrx: bytes


class PyavBackend(QObject):
    """Shows what a decoder thread decodes; only the newest frame crosses to the user interface.

    Signals:
        picture: a ``QImage`` and its film time. ended: after the last frame. failed: an ``RdpguiError``.
    """

    picture = Signal(QImage, float)
    ended = Signal()
    failed = Signal(object)
    _frame_waits = Signal()
    _end_reached = Signal(int)
    _broke = Signal(int, object)

    def __init__(self, factory: PlaybackFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = "PyAV"
        self.needs_url = False
        self._factory = factory
        self._playback: Playback | None = None
        self._closing: list[Future[None]] = []
        self._number = 0
        self._playing = False
        self._rate = 1.0
        self._lock = threading.Lock()
        self._newest: _Frame | None = None
        self._shown_s = 0.0
        queued = Qt.ConnectionType.QueuedConnection
        self._frame_waits.connect(self._show_newest, queued)
        self._end_reached.connect(self._on_end, queued)
        self._broke.connect(self._on_failure, queued)

    @property
    def decoded_frames(self) -> int:
        """Return how many frames of the film were decoded so far."""
        return self._playback.decoded_frames if self._playback is not None else 0

    @property
    def film_s(self) -> float | None:
        """Return the film time of this moment; that of the picture shown when a newer one is on its way already."""
        if self._playback is None:
            return None
        now_s = self._playback.film_s()  # first: what it counts up to may be the time of a picture not shown yet
        with self._lock:
            return now_s if self._newest is None else self._shown_s

    def open(self, source: PurePath | RemoteMedia, width: int, height: int) -> None:
        """Take a film; its frames say their sizes themselves. Objects come by ranged reads, never from a URL."""
        self.stop()
        self._close_playback()
        media = source.reader if isinstance(source, RemoteMedia) else source
        self._playback = self._factory(media, self._take_frame, self._end_reached.emit, self._broke.emit, source.name)

    def play(self, from_s: float, rate: float) -> None:
        """Play from a film time."""
        if self._playback is not None:
            self._number += 1
            self._playing, self._rate = True, rate
            self._playback.play(self._number, from_s, rate)

    def seek(self, to_s: float) -> None:
        """Go on from another film time."""
        if self._playing:
            self.play(to_s, self._rate)

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        self._rate = rate
        if self._playback is not None and self._playing:
            self._playback.set_rate(rate)

    def stop(self) -> None:
        """Show nothing more."""
        self._playing = False
        if self._playback is not None:
            self._playback.stop()

    def close(self) -> Future[None]:
        """End the decoder threads."""
        self.stop()
        self._close_playback()
        return gather(self._closing)

    def _close_playback(self) -> None:
        if self._playback is not None:
            self._closing = [future for future in self._closing if not future.done()]
            self._closing.append(self._playback.close())
            self._playback = None

    def _take_frame(self, number: int, at_s: float, width: int, height: int, bgrx: bytes) -> None:
        """Keep the newest frame; called from the decoder's thread."""
        with self._lock:
            waits = self._newest is not None
            self._newest = _Frame(number, at_s, width, height, bgrx)
        if not waits:
            self._frame_waits.emit()

    @Slot()
    def _show_newest(self) -> None:
        with self._lock:
            frame, self._newest = self._newest, None
        if frame is not None and self._playing and frame.number == self._number:
            image = QImage(frame.bgrx, frame.width, frame.height, frame.width * 4, QImage.Format.Format_RGB32)
            self._shown_s = frame.at_s
            self.picture.emit(image.copy(), frame.at_s)  # the bytes are gone after this

    @Slot(int)
    def _on_end(self, number: int) -> None:
        if self._playing and number == self._number:
            self._playing = False
            self.ended.emit()

    @Slot(int, object)
    def _on_failure(self, number: int, error: object) -> None:
        if self._playing and number == self._number and isinstance(error, RdpguiError):
            self._playing = False
            self.failed.emit(error)
