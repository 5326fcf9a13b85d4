"""libvlc draws into three buffers of ours; the user interface copies the newest one.

NOTE: python-vlc declares the chroma of the format callback as a string, which cannot be written (python-vlc issue
294). The prototypes here are our own; libvlc 3 proposes a padded size and would rescale, so the visible size is
written back. Source: libvlc_media_player.h of VLC 3, libvlc_video_set_callbacks and libvlc_video_set_format_callbacks.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QImage

_ALIGN = 32
_BUFFERS = 3
_PointerToChars = ctypes.POINTER(ctypes.c_char)
_PointerToUint = ctypes.POINTER(ctypes.c_uint)
_Lock = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
_Unlock = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
_Display = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_Format = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.POINTER(ctypes.c_void_p),
    _PointerToChars,
    _PointerToUint,
    _PointerToUint,
    _PointerToUint,
    _PointerToUint,
)
_Cleanup = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def _aligned(value: int) -> int:
    return (value + _ALIGN - 1) // _ALIGN * _ALIGN


class VlcMemory:
    """Buffers and callbacks of one media player.

    Callbacks run in libvlc's threads: they touch these buffers and call ``on_newest``, never the player.

    Args:
        on_newest: called once per picture that nobody took yet.
    """

    def __init__(self, on_newest: Callable[[], None]) -> None:
        self._on_newest = on_newest
        self._lock = threading.Lock()
        self._visible = (0, 0)
        self._size = (0, 0)
        self._pitch = 0
        self._buffers: list[Any] = []
        self._writing: int | None = None
        self._newest: int | None = None
        self._taken: int | None = None
        self._waits = False
        self._first_mono_s: float | None = None
        self._newest_mono_s = 0.0
        # libvlc keeps plain pointers: these objects must live as long as the player.
        self.lock_callback = _Lock(self._on_lock)
        self.unlock_callback = _Unlock(self._on_unlock)
        self.display_callback = _Display(self._on_display)
        self.format_callback = _Format(self._on_format)
        self.cleanup_callback = _Cleanup(self._on_cleanup)

    def set_visible_size(self, width: int, height: int) -> None:
        """Say the size that pictures shall have; takes effect when the next film begins."""
        with self._lock:
            self._visible = (width, height)

    def forget(self) -> None:
        """Drop a picture that nobody took; the next one is a first one."""
        with self._lock:
            self._newest, self._waits, self._first_mono_s = None, False, None

    @property
    def first_mono_s(self) -> float:
        """When libvlc displayed the first picture of the film, which may not be the first one taken."""
        with self._lock:
            return self._newest_mono_s if self._first_mono_s is None else self._first_mono_s

    def take(self) -> tuple[QImage, float] | None:
        """Return a copy of the newest picture and when libvlc displayed it (seconds of the monotonic clock).

        None when there is none since the last call.
        """
        with self._lock:
            if self._newest is None or not self._waits:
                return None
            at = self._taken = self._newest
            self._waits = False
            buffer, (width, height), pitch = self._buffers[at], self._size, self._pitch
            displayed_mono_s = self._newest_mono_s
        address = _start_of(buffer)
        view = (ctypes.c_char * (pitch * height)).from_address(address)
        image = QImage(memoryview(view), width, height, pitch, QImage.Format.Format_RGB32).copy()
        with self._lock:
            self._taken = None
        return image, displayed_mono_s

    def _on_format(self, _opaque: Any, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any) -> int:
        with self._lock:
            shown = self._visible if self._visible[0] > 0 else (width[0], height[0])
            pitch, rows = _aligned(shown[0] * 4), _aligned(shown[1])
            ctypes.memmove(chroma, b"RV32", 4)
            width[0], height[0], pitches[0], lines[0] = shown[0], shown[1], pitch, rows
            if shown != self._size:  # asked three times for each film
                self._size, self._pitch = shown, pitch
                self._buffers = [ctypes.create_string_buffer(pitch * rows + _ALIGN) for _ in range(_BUFFERS)]
                self._newest = self._writing = None
                self._waits = False
        return 1

    def _on_lock(self, _opaque: Any, planes: Any) -> None:
        with self._lock:
            free = (at for at in range(_BUFFERS) if at not in (self._newest, self._taken))
            self._writing = next(free)
            planes[0] = _start_of(self._buffers[self._writing])

    def _on_unlock(self, _opaque: Any, _picture: Any, _planes: Any) -> None:
        """Nothing to undo; libvlc wants the callback."""

    def _on_display(self, _opaque: Any, _picture: Any) -> None:
        with self._lock:
            self._newest, self._newest_mono_s = self._writing, time.monotonic()
            if self._first_mono_s is None:
                self._first_mono_s = self._newest_mono_s
            announced, self._waits = self._waits, True
        if not announced:
            self._on_newest()

    def _on_cleanup(self, _opaque: Any) -> None:
        """The buffers stay: the last picture may still be copied."""


def _start_of(buffer: Any) -> int:
    return _aligned(ctypes.addressof(buffer))
