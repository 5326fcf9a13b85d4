"""From stills to Qt's images."""

from __future__ import annotations

from PySide6.QtGui import QImage

from rdpgui.core.film import Still
from rdpgui.ui.shaped import shaped


def image_of(still: Still) -> QImage:
    """Return a still as an image of its own, as it is to be shown."""
    seen = QImage(still.rgb, still.width, still.height, still.width * 3, QImage.Format.Format_RGB888)
    return shaped(seen.convertToFormat(QImage.Format.Format_RGB32), still.shape)
