"""From stills to Qt's images."""

from __future__ import annotations

from PySide6.QtGui import QImage

from rdpgui.core.film import Still


def image_of(still: Still) -> QImage:
    """Return a still as an image of its own."""
    seen = QImage(still.rgb, still.width, still.height, still.width * 3, QImage.Format.Format_RGB888)
    return seen.convertToFormat(QImage.Format.Format_RGB32)
