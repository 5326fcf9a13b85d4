"""The plots as a file, SVG or PNG, painted as they are on screen; a file is whole or not there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSaveFile, QSize
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from rdpgui.ui.plots.strip import Plot, height_of, paint
from rdpgui.ui.tokens import LIGHT, Tokens

WIDTH_PX = 1120
_PNG_SCALE = 2
"""Pixels of the file for one on screen: it is looked at on paper and by a projector."""


def svg_of(plots: tuple[Plot, ...], title: str, tokens: Tokens = LIGHT) -> bytes:
    """Return the plots as SVG."""
    # QtSvg takes 9 ms and 0.8 MB: it is imported when somebody saves.
    from PySide6.QtSvg import QSvgGenerator

    size = QSize(WIDTH_PX, round(height_of(plots)))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    paint(painter, QRectF(0, 0, size.width(), size.height()), plots, tokens)
    painter.end()
    return bytes(buffer.data().data())


def png_of(plots: tuple[Plot, ...], title: str, tokens: Tokens = LIGHT) -> bytes:
    """Return the plots as PNG, twice as fine as on screen."""
    size = QSize(WIDTH_PX, round(height_of(plots)))
    image = QImage(size * _PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PNG_SCALE)
    image.fill(QColor(tokens.surface))
    image.setText("Title", title)
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, size.width(), size.height()), plots, tokens)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def save(path: Path, plots: tuple[Plot, ...], title: str) -> str:
    """Write the plots into a file, by its ending; returns why they could not be written, empty when they are."""
    data = svg_of(plots, title) if path.suffix.lower() == ".svg" else png_of(plots, title)
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly) or file.write(data) != len(data) or not file.commit():
        return file.errorString()
    return ""
