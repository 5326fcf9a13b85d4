"""The start as a person sees it: pixels on a screen, from the launch on, beside a bare PySide6 window in turn.

"First picture": the window's lower part is no longer the screen's black. "Panels": the line of the banner has more than
a plain frame's colours. "First table": rows of text stand in the card of the instances. Every distinct picture of the
start can be written out (``--pictures``): look at them.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from rdpgui.media.png import encode_png
from tests.benchmarks.probes import ROOT
from tests.benchmarks.processes import run_time_s
from tests.benchmarks.rows import Row, middle
from tests.benchmarks.screen import Pixels, Screen, is_there, rgb

PICTURE_TARGET, PANELS_TARGET, PANELS_TARGET_MS, TABLE_TARGET_S = 1.5, 2.5, 300.0, 1.2
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1600, 1000)
window.show()
sys.exit(app.exec())
"""
_LOOK_S = 0.002
_LIMIT_S = 30.0
_LOWER, _BANNER = 900, 20
_TABLE = (slice(150, 420, 2), slice(24, 300))
_TEXT_ROWS = 40
"""Rows of pixels with text, every second counted: a table has 65, the placeholder before it 23."""
_KEPT, _AFTER_S = 40, 1.0


class Sight:
    """What was seen of one start.

    Attributes:
        at_s: seconds since the launch, by what was seen first then: picture, panels, table.
        cpu_s: processor time of the program's own process until then: a busy machine does not stretch it.
        pictures: each distinct picture with its time.
    """

    def __init__(self, screen: Screen, *, keep: bool) -> None:
        self.at_s: dict[str, float] = {}
        self.cpu_s: dict[str, float] = {}
        self.pictures: list[tuple[float, Pixels]] = []
        self._screen, self._keep = screen, keep
        self._last = 0

    def look(self, since_s: float, pid: int) -> None:
        """Look once at what the process ``pid`` has drawn."""
        pixels = self._screen.pixels
        if "picture" not in self.at_s and pixels[_LOWER, ::8].any():
            self._see("picture", since_s, pid)
        if "picture" in self.at_s and "panels" not in self.at_s and len(np.unique(pixels[_BANNER, :1600])) > 2:
            self._see("panels", since_s, pid)
        if "panels" in self.at_s and "table" not in self.at_s and _text_rows(pixels) >= _TEXT_ROWS:
            self._see("table", since_s, pid)
        if self._keep and len(self.pictures) < _KEPT:
            found = zlib.crc32(np.ascontiguousarray(pixels[::7]).tobytes())
            if found != self._last:
                self._last = found
                self.pictures.append((time.perf_counter() - since_s, pixels.copy()))

    def _see(self, what: str, since_s: float, pid: int) -> None:
        self.at_s[what] = time.perf_counter() - since_s
        used_s = run_time_s(pid)
        if used_s is not None:
            self.cpu_s[what] = used_s


def _text_rows(pixels: Pixels) -> int:
    part = pixels[_TABLE]
    return int((part != part[:, :1]).any(axis=1).sum())


@contextmanager
def _started(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def watch(
    screen: Screen, command: list[str], environment: Mapping[str, str], last: str, *, keep: bool = False
) -> Sight:
    """Start a program and look until the last thing was seen."""
    sight = Sight(screen, keep=keep)
    begun_s = time.perf_counter()
    with _started(command, environment) as process:
        while last not in sight.at_s and time.perf_counter() - begun_s < _LIMIT_S and process.poll() is None:
            sight.look(begun_s, process.pid)
            time.sleep(_LOOK_S)
        until_s = time.perf_counter() + _AFTER_S
        while keep and time.perf_counter() < until_s:
            sight.look(begun_s, process.pid)
            time.sleep(_LOOK_S)
    _wait_for_black(screen)
    return sight


def _wait_for_black(screen: Screen) -> None:
    deadline_s = time.monotonic() + 5
    while screen.pixels[_LOWER, ::8].any() and time.monotonic() < deadline_s:
        time.sleep(0.01)


def start_rows(environment: Mapping[str, str], pairs: int, pictures: Path | None = None) -> list[Row]:
    """Start a bare window and ours in turn on a screen; without Xvfb say so."""
    if not is_there():
        what = ("first picture", "real panels", "first table")
        return [Row(f"our window on pixels: {one}", "ms", (), missing=("Xvfb",)) for one in what]
    bare: list[Sight] = []
    ours: list[Sight] = []
    with Screen() as screen:
        seen = {**environment, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        for number in range(pairs + 1):
            bare.append(watch(screen, [sys.executable, "-c", BARE], seen, "picture"))
            with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as data:
                command = [sys.executable, "main.py", "--data-dir", data]
                ours.append(watch(screen, command, seen, "table", keep=pictures is not None and number == pairs))
    if pictures is not None:
        _write(ours[-1], pictures)
    # The first pair only filled the caches.
    return rows_of(bare[1:], ours[1:])


def rows_of(bare: list[Sight], ours: list[Sight]) -> list[Row]:
    """Return the rows of starts of a bare window and of ours."""
    plain = _times(bare, "picture", 1000)
    base = ("bare", middle(plain))
    picture, panels = _times(ours, "picture", 1000), _times(ours, "panels", 1000)
    table = _times(ours, "table", 1)
    used = _used(bare, "picture")
    used_base = ("bare", middle(used))
    return [
        Row("bare PySide6 window on pixels: first picture", "ms", plain),
        Row("our window on pixels: first picture", "ms", picture, base, middle(picture) / base[1],
            f"<= {PICTURE_TARGET} x", middle(picture) <= PICTURE_TARGET * base[1]),
        Row("our window on pixels: real panels", "ms", panels, base, middle(panels) / base[1],
            f"<= {PANELS_TARGET} x, <= {PANELS_TARGET_MS:.0f} ms",
            middle(panels) <= min(PANELS_TARGET * base[1], PANELS_TARGET_MS)),
        Row("our window on pixels: first table (the lab's)", "s", table, target=f"<= {TABLE_TARGET_S} s",
            met=bool(table) and middle(table) <= TABLE_TARGET_S),
        *(Row(f"our window on pixels, processor time until then: {what}", "ms", values, used_base,
              middle(values) / used_base[1])
          for what, values in (("first picture", _used(ours, "picture")), ("real panels", _used(ours, "panels")),
                               ("first table", _used(ours, "table")))),
    ]  # fmt: skip


def _used(sights: list[Sight], what: str) -> tuple[float, ...]:
    return tuple(sight.cpu_s[what] * 1000 for sight in sights if what in sight.cpu_s)


def _times(sights: list[Sight], what: str, scale: float) -> tuple[float, ...]:
    return tuple(sight.at_s[what] * scale for sight in sights if what in sight.at_s)


def _write(sight: Sight, folder: Path) -> None:
    from rdpgui.core.film import Still

    folder.mkdir(parents=True, exist_ok=True)
    for at_s, pixels in sight.pictures:
        height, width = pixels.shape
        still = Still(at_s, width, height, rgb(pixels).tobytes())
        (folder / f"start-{at_s * 1000:05.0f}ms.png").write_bytes(encode_png(still))
