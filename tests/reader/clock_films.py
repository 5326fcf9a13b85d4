"""Films of desktops with a taskbar clock, in several layouts and languages; when each began is known, and in no tag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import av
from av.video.frame import VideoFrame
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor

from tests.reader.drawing import Canvas, Picture, colour, families, font

Words = Callable[[datetime], str]
WEEKDAYS_JA = "月火水木金土日"


def _american(at: datetime) -> str:
    return f"{(at.hour - 1) % 12 + 1}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"


def _japanese_half(at: datetime) -> str:
    return f"{'午前' if at.hour < 12 else '午後'} {(at.hour - 1) % 12 + 1}:{at.minute:02d}"


FORMATS: dict[str, tuple[tuple[Words, Words], ...]] = {
    "en": (
        (_american, lambda at: f"{at.month}/{at.day}/{at.year}"),
        (lambda at: f"{at:%H:%M}", lambda at: f"{at:%d/%m/%Y}"),
        (lambda at: f"{at:%H:%M}", lambda at: f"{at:%Y-%m-%d}"),
        (lambda at: f"{at:%H:%M:%S}", lambda at: f"{at:%Y-%m-%d}"),
    ),
    "ja": (
        (lambda at: f"{at.hour}:{at:%M}", lambda at: f"{at:%Y/%m/%d}"),
        (lambda at: f"{at.hour}:{at:%M}", lambda at: f"{at:%Y/%m/%d} ({WEEKDAYS_JA[at.weekday()]})"),
        (lambda at: f"{at:%H:%M}", lambda at: f"{at.year}年{at.month}月{at.day}日"),
        (_japanese_half, lambda at: f"{at:%Y/%m/%d}"),
        (lambda at: f"{at.hour}:{at:%M:%S}", lambda at: f"{at:%Y/%m/%d}"),
    ),
}


@dataclass(frozen=True, slots=True)
class ClockFilm:
    """One film.

    Attributes:
        zero_at: the instance's local time at film time 0, as if it were UTC.
        frame_s: time between two pictures.
        flip: whether what the clock shows changes in it. hidden: it shows no clock.
        told: how it was drawn, for a list of misses.
    """

    path: Path
    zero_at: datetime
    frame_s: float
    flip: bool
    hidden: bool
    told: str


def clock_film(random: Random, path: Path, *, small: bool = False) -> ClockFilm:
    """Write a film.

    Args:
        random: decides everything.
        path: where it goes.
        small: a short film at 1280 x 720, for a quick test.
    """
    language = random.choice([name for name in ("en", "ja") if families(name)])
    words = random.choice(FORMATS[language])
    width, height = (1280, 720) if small else random.choice(((1280, 720), (1600, 900), (1920, 1080)))
    zoom, rate, crf = random.choice((1.0, 1.25, 1.5)), random.choice((4, 5, 8)), random.choice((20, 26, 32))
    seconds = 3.0 if small else random.uniform(5.0, 12.0)
    zero_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randint(0, 300 * 86_400))
    zero_at += timedelta(milliseconds=random.randint(0, 999))
    if random.random() < 0.6:  # a minute that changes inside the film
        zero_at = zero_at.replace(second=0, microsecond=0) - timedelta(seconds=random.uniform(0.6, seconds - 0.6))
    family, eleven, hidden = random.choice(families(language)), random.random() < 0.5, random.random() < 0.08
    taskbar = _Taskbar(random, words, family, zoom, eleven=eleven)
    canvas = Canvas(width, height, colour(random, 20, 140))
    _windows(canvas, random, family)
    pictures = [
        _picture(canvas, None if hidden else taskbar, zero_at + timedelta(seconds=n / rate), n)
        for n in range(round(seconds * rate))
    ]
    canvas.painter.end()
    _write(path, pictures, rate, crf)
    first, last = zero_at, zero_at + timedelta(seconds=(len(pictures) - 1) / rate)
    flip = words[0](first) != words[0](last)
    told = f"{width}x{height} x {zoom} {rate} fps crf {crf} {family} {'11' if eleven else '10'} "
    told += f"{words[0](first)} {words[1](first)}"
    return ClockFilm(path, zero_at, 1 / rate, flip, hidden, told)


def _windows(canvas: Canvas, random: Random, family: str) -> None:
    for _ in range(random.randint(0, 3)):
        x, y = random.randint(0, canvas.width // 2), random.randint(0, canvas.height // 2)
        place = QRect(x, y, random.randint(300, canvas.width), random.randint(200, canvas.height))
        canvas.fill(place, colour(random, 200, 255))
        canvas.text(place.adjusted(12, 8, 0, 0), "Event Viewer  13:28  2026/11/29", font(family, 15), QColor("black"))


def _picture(canvas: Canvas, taskbar: _Taskbar | None, at: datetime, number: int) -> Picture:
    """Return the desktop at a moment, with something that moves."""
    canvas.fill(QRect(0, 0, 40, 40), QColor(40 + number * 37 % 200, 90, 160))
    if taskbar is not None:
        taskbar.draw(canvas, at)
    return canvas.still()


class _Taskbar:
    """Windows 10: lines centred on each other, beside the bell; Windows 11: right-aligned, a taller bar."""

    def __init__(self, random: Random, words: tuple[Words, Words], family: str, zoom: float, *, eleven: bool) -> None:
        self._words, self._zoom, self._eleven = words, zoom, eleven
        self._font = font(family, round(12 * zoom))
        self._light = eleven and random.random() < 0.4
        self._bar = colour(random, 215, 245) if self._light else colour(random, 8, 50)
        self._right = round((random.choice((12, 40)) if eleven else 53) * zoom)

    def draw(self, canvas: Canvas, at: datetime) -> None:
        """Draw it at a moment."""
        height = round((48 if self._eleven else 40) * self._zoom)
        top = canvas.height - height
        canvas.fill(QRect(0, top, canvas.width, height), self._bar)
        ink = QColor("black") if self._light else QColor("white")
        for number in range(5):
            canvas.fill(QRect(14 + number * round(46 * self._zoom), top + height // 4, height // 2, height // 2), ink)
        lines = [word(at) for word in self._words]
        canvas.painter.setFont(self._font)
        wide = max(canvas.painter.fontMetrics().horizontalAdvance(line) for line in lines)
        left, line = canvas.width - self._right - wide, round(16 * self._zoom)
        align = Qt.AlignmentFlag.AlignRight if self._eleven else Qt.AlignmentFlag.AlignHCenter
        for number, words in enumerate(lines):
            place = QRect(left, top + (height - 2 * line) // 2 + number * line, wide, line)
            canvas.text(place, words, self._font, ink, align | Qt.AlignmentFlag.AlignVCenter)
        if self._right > 30:
            canvas.painter.drawRect(canvas.width - self._right + round(14 * self._zoom), top + height // 3, 12, 12)


def _write(path: Path, pictures: list[Picture], rate: int, crf: int) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": str(crf), "g": str(2 * rate)}
        for number, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, "bgra")
            frame.pts, frame.time_base = round(number * 1000 / rate), Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
