"""The libvlc player: motion drawn into memory, so that it works on every platform and ``grab()`` sees it."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.i18n import N_
from rdpgui.threads import DaemonPool
from rdpgui.ui.player.backend import RemoteMedia
from rdpgui.ui.player.vlc_memory import VlcMemory
from rdpgui.ui.player.vlc_worker import VlcTold, VlcWorker

_LOG = logging.getLogger(__name__)
_EARLY_S = 0.01
"""libvlc's own times lie up to so much before a picture's; told without it, a picture would be the one before."""


class VlcBackend(QObject):
    """Drives one libvlc player from one worker thread; its callbacks only emit queued signals.

    libvlc shows no picture for paused seeks near the end, so nothing is ever paused: each ``play`` opens the film
    anew at its start time (40-60 ms), each ``stop`` ends it.

    Signals:
        picture: a ``QImage`` and its film time. ended: after the last frame libvlc shows. failed: an ``RdpguiError``.
    """

    picture = Signal(QImage, float)
    ended = Signal()
    failed = Signal(object)
    _frame_waits = Signal()
    _time_changed = Signal(int, float, float)
    _finished = Signal(int)
    _broke = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = "libvlc"
        self.needs_url = True
        self._threads = DaemonPool(1, "film-vlc")
        self._serial = 0
        self._playing = False
        self._source: PurePath | RemoteMedia | None = None
        self._rate = 1.0
        self._anchor_s = 0.0
        self._anchor_mono_s = 0.0
        self._seen_pictures = 0
        self._memory = VlcMemory(self._frame_waits.emit)
        told = VlcTold(self._time_changed.emit, self._finished.emit, self._broke.emit)
        self._worker = VlcWorker(self._memory, told)
        queued = Qt.ConnectionType.QueuedConnection
        self._frame_waits.connect(self._show_newest, queued)
        self._time_changed.connect(self._on_time, queued)
        self._finished.connect(self._on_finished, queued)
        self._broke.connect(self._on_failure, queued)

    @property
    def decoded_frames(self) -> int:
        """Return how many frames of the film libvlc decoded so far."""
        return self._worker.decoded_frames

    @property
    def film_s(self) -> float | None:
        """Return nothing: libvlc knows no more than roughly when it showed a picture."""
        return None

    def open(self, source: PurePath | RemoteMedia, width: int, height: int) -> None:
        """Take a film; width and height keep libvlc from padding and rescaling."""
        self.stop()
        self._source = source
        self._submit(self._memory.set_visible_size, width, height)

    def play(self, from_s: float, rate: float) -> None:
        """Play from a film time."""
        if self._source is not None:
            self._begin(from_s)
            self._playing, self._rate = True, rate
            self._submit(self._worker.play, self._serial, self._source, from_s, rate)

    def seek(self, to_s: float) -> None:
        """Go on from another film time."""
        if self._playing:
            self.play(to_s, self._rate)

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        if self._seen_pictures:
            now_mono_s = time.monotonic()
            self._anchor_s, self._anchor_mono_s = self._film_time(now_mono_s), now_mono_s
        self._rate = rate
        if self._playing:
            self._submit(self._worker.set_rate, rate)

    def stop(self) -> None:
        """Show nothing more."""
        if self._playing:
            self._playing = False
            self._submit(self._worker.stop)

    def close(self) -> Future[None]:
        """Release the player in the worker, then end it."""
        self._playing = False
        last = self._threads.submit(self._worker.release)
        self._threads.shutdown(cancel_futures=False)
        return last

    def _begin(self, from_s: float) -> None:
        self._serial += 1
        self._seen_pictures = 0
        self._anchor_s = from_s

    def _submit(self, call: Any, *arguments: object) -> None:
        self._threads.submit(self._guarded, self._serial, call, *arguments)

    # -- in the worker ---------------------------------------------------------

    def _guarded(self, serial: int, call: Any, *arguments: object) -> None:
        try:
            call(*arguments)
        except RdpguiError as error:
            self._broke.emit(serial, error)
        except Exception as error:  # noqa: BLE001  (the boundary of a thread: the player falls back and says so)
            _LOG.exception("libvlc failed")
            detail = f"{type(error).__name__} {error}"
            self._broke.emit(serial, RdpguiError(N_("libvlc failed: {detail}."), detail=detail))

    # -- in the user interface's thread ------------------------------------------

    @Slot()
    def _show_newest(self) -> None:
        if not self._playing or self._worker.live_serial != self._serial:
            return
        taken = self._memory.take()
        if taken is not None:
            image, displayed_mono_s = taken
            if not self._seen_pictures:
                self._anchor_mono_s = self._memory.first_mono_s
            self._seen_pictures += 1
            self.picture.emit(image, self._film_time(displayed_mono_s + _EARLY_S))

    def _film_time(self, mono_s: float) -> float:
        """Return the film time at a moment: between libvlc's few reports it runs with the clock."""
        return self._anchor_s + (mono_s - self._anchor_mono_s) * self._rate

    @Slot(int, float, float)
    def _on_time(self, serial: int, at_s: float, mono_s: float) -> None:
        if self._playing and serial == self._serial and self._seen_pictures:
            self._anchor_s, self._anchor_mono_s = at_s, mono_s

    @Slot(int)
    def _on_finished(self, serial: int) -> None:
        if not self._playing or serial != self._serial:
            return
        self._show_newest()
        self._playing = False
        self._submit(self._worker.stop)
        if self._seen_pictures:
            self.ended.emit()
        else:
            self.failed.emit(RdpguiError(N_("libvlc showed no picture of this film.")))

    @Slot(int, object)
    def _on_failure(self, serial: int, error: object) -> None:
        if self._playing and serial == self._serial and isinstance(error, RdpguiError):
            self._playing = False
            self.failed.emit(error)
