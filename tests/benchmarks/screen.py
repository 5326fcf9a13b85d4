"""A screen whose pixels can be read while they are drawn: Xvfb with its framebuffer in a file.

The file is an XWD picture: a header of big-endian numbers, a colour map, then rows of blue, green, red and one unused
byte. Source: X11's ``XWDFile.h``.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

WIDTH, HEIGHT = 1920, 1080
_HEADER_WORDS = 25
_SIZE, _ROW_BYTES, _COLOURS = 0, 12, 19
_COLOUR_BYTES = 12
_START_LIMIT_S = 20.0

Pixels = np.ndarray[Any, np.dtype[np.uint32]]


def is_there() -> bool:
    """Whether Xvfb is on this machine."""
    return shutil.which("Xvfb") is not None


class Screen:
    """One Xvfb.

    Attributes:
        display: for ``DISPLAY``. pixels: what is on it now, rows of pixels; the newest at every look.
    """

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="rdpgui-bench-screen-")
        read, write = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-fbdir", self._folder.name]
        self._process = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-noreset"], pass_fds=(write,), stderr=subprocess.DEVNULL
        )
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"
        self._map()
        return self

    def _map(self) -> None:
        path = Path(self._folder.name, "Xvfb_screen0")
        deadline_s = time.monotonic() + _START_LIMIT_S
        while not path.exists() or path.stat().st_size < WIDTH * HEIGHT * 4:
            if time.monotonic() > deadline_s:
                raise RuntimeError("Xvfb shows no framebuffer")
            time.sleep(0.01)
        with path.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = struct.unpack(f">{_HEADER_WORDS}I", self._memory[: _HEADER_WORDS * 4])
        begin = header[_SIZE] + _COLOUR_BYTES * header[_COLOURS]
        rows = np.frombuffer(self._memory, np.uint32, HEIGHT * header[_ROW_BYTES] // 4, begin)
        self.pixels: Pixels = rows.reshape(HEIGHT, -1)[:, :WIDTH]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        del self.pixels
        self._folder.cleanup()


def rgb(pixels: Pixels) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a copy of pixels as red, green, blue."""
    parts = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
    return parts[:, :, 2::-1].copy()
