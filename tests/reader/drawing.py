"""Pictures drawn with Qt and passed through a video coder, as a recorder would."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from random import Random

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QImage, QPainter
from PySide6.QtWidgets import QApplication

Picture = npt.NDArray[np.uint8]
"""Height x width x 4, BGRX."""

ENGLISH_FAMILIES = (
    "Segoe UI", "Selawik", "Noto Sans", "Open Sans", "DejaVu Sans", "DejaVu Sans Light", "Nimbus Sans",
    "Liberation Sans", "Noto Sans CJK JP",
)  # fmt: skip
JAPANESE_FAMILIES = (
    "Yu Gothic UI", "BIZ UDPGothic", "M PLUS 1", "IPAPGothic", "IPAexGothic", "VL PGothic", "Noto Sans CJK JP",
    "Droid Sans Fallback",
)  # fmt: skip
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
WRAP = Qt.TextFlag.TextWordWrap


def application() -> None:
    """See that there is the application that fonts need: the one of all tests, whoever comes first."""
    if QApplication.instance() is None:
        _kept.append(QApplication(["tests.reader"]))


_kept: list[QApplication] = []


@cache
def families(language: str) -> tuple[str, ...]:
    """Return the fonts of this machine that can write a language; empty when there is none."""
    application()
    wanted = JAPANESE_FAMILIES if language == "ja" else ENGLISH_FAMILIES
    there = set(QFontDatabase.families())
    found = tuple(family for family in wanted if family in there)
    if found:
        return found
    system = QFontDatabase.WritingSystem.Japanese if language == "ja" else QFontDatabase.WritingSystem.Latin
    return tuple(family for family in QFontDatabase.families(system) if not QFontDatabase.isPrivateFamily(family))[:1]


def font(family: str, size_px: int, *, bold: bool = False) -> QFont:
    """Return a font of a size in pixels."""
    found = QFont(family)
    found.setPixelSize(size_px)
    found.setBold(bold)
    return found


class Canvas:
    """A picture that is drawn."""

    def __init__(self, width: int, height: int, ground: QColor) -> None:
        application()
        self.width, self.height = width, height
        self._image = QImage(width, height, QImage.Format.Format_RGB32)
        self._image.fill(ground)
        self.painter = QPainter(self._image)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)

    def text(
        self, place: QRect, words: str, of: QFont, colour: QColor, align: Qt.AlignmentFlag = LEFT, *, wrap: bool = False
    ) -> None:
        """Write words into a rectangle."""
        self.painter.setFont(of)
        self.painter.setPen(colour)
        self.painter.drawText(place, int(align) | (int(WRAP.value) if wrap else 0), words)

    def fill(self, place: QRect, colour: QColor) -> None:
        """Fill a rectangle."""
        self.painter.fillRect(place, colour)

    def still(self) -> Picture:
        """Return a copy of what is drawn so far; it may go on."""
        rows = np.frombuffer(memoryview(self._image.constBits()), dtype=np.uint8).reshape(self.height, -1)
        return rows[:, : self.width * 4].reshape(self.height, self.width, 4).copy()

    def picture(self, scale: float = 1.0) -> Picture:
        """Return what was drawn, scaled smoothly; its sides are even."""
        if self.painter.isActive():
            self.painter.end()
        image = self._image
        if scale != 1.0:
            image = image.scaled(
                round(self.width * scale),
                round(self.height * scale),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        rows = np.frombuffer(memoryview(image.constBits()), dtype=np.uint8).reshape(image.height(), -1)
        whole = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
        return whole[: image.height() // 2 * 2, : image.width() // 2 * 2].copy()


def spinner(canvas: Canvas, x: int, y: int, radius: int, turn: float, colour: QColor) -> None:
    """Draw Windows' ring of five or six dots."""
    canvas.painter.setPen(Qt.PenStyle.NoPen)
    canvas.painter.setBrush(colour)
    dot = max(1.5, radius * 0.13)
    for number in range(6):
        angle = turn + number * 0.42
        place = (x + radius * np.cos(angle), y + radius * np.sin(angle))
        canvas.painter.drawEllipse(int(place[0] - dot), int(place[1] - dot), round(2 * dot), round(2 * dot))


def filmed(pictures: list[Picture], crf: int) -> list[VideoFrame]:
    """Return pictures as they come out of an H.264 film of a quality (x264's crf)."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.height, encoder.width = pictures[0].shape[:2]
    encoder.pix_fmt, encoder.time_base, encoder.framerate = "yuv420p", Fraction(1, 10), Fraction(10, 1)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": str(crf)}
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    packets = []
    for number, picture in enumerate(pictures):
        frame = VideoFrame.from_ndarray(picture, "bgra")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    frames = [frame for packet in packets for frame in decoder.decode(packet)]
    return [*frames, *decoder.decode(None)]


def colour(random: Random, low: int, high: int) -> QColor:
    """Return a colour whose parts lie between two levels."""
    return QColor(*(random.randint(low, high) for _ in range(3)))
