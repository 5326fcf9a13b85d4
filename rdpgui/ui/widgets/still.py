"""A still picture from a file, kept in its aspect; read once per file."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.film import SHAPE_KEYWORD, shape_from_text
from rdpgui.files import is_file
from rdpgui.ui.plain import visible
from rdpgui.ui.shaped import shaped
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.lab_mark import paint_lab_mark

_MARK_HEIGHT_PX = 16
_CLOCK_SHARE = 8 / 720
"""Of a lab picture's height, at its lower edge: the lab's machine-readable clock, which looks like a fault of the film.
What is shown leaves it out; the file keeps it."""
WIDEST_PX = 720
"""A still beside a verdict or in a table, on a display of twice the density."""


class StillView(QWidget):
    """Shows a PNG with a coloured frame, or a sentence when there is none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._path: Path | None = None
        self._image = QImage()
        self._small = QImage()
        self._border = ""
        self._lab = False
        self._empty = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return not self._image.isNull()

    def show_still(self, path: Path | None, border: str, empty: str = "") -> None:
        """Show a file; ``border`` is a colour, ``empty`` what is said without a picture."""
        if path != self._path:
            self._path = path
            # QImage reports nothing for a missing or damaged file; the empty text then says so.
            self._image = _read(path) if path is not None and is_file(path) else QImage()
            self._small = QImage()
            self.updateGeometry()
        self._border, self._empty = border, empty
        self.update()

    def set_lab(self, lab: bool) -> None:
        """Mark the picture as the lab's, or not."""
        if lab != self._lab:
            self._lab, self._small = lab, QImage()
            self.updateGeometry()
            self.update()

    def _seen(self) -> QRect:
        """Return the part of the picture that is shown."""
        whole = self._image.rect()
        clock = math.ceil(whole.height() * _CLOCK_SHARE) + 1  # reading it smaller blurs its edge into one more row
        return whole.adjusted(0, 0, 0, -clock) if self._lab else whole

    @override
    def hasHeightForWidth(self) -> bool:
        """Say that the picture keeps its shape."""
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        """Return the height that fits a width."""
        if self._image.isNull():
            return width * 9 // 16
        return round(width * self._seen().height() / max(1, self._seen().width()))

    @override
    def sizeHint(self) -> QSize:
        """Return a thumbnail's size."""
        return QSize(260, self.heightForWidth(260))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which a screen is recognized."""
        return QSize(120, 68)

    def _scaled(self, size: QSize) -> QImage:
        """Return the picture averaged down to the pixels it is shown in: painters only look at four neighbours."""
        wanted = size * self.devicePixelRatioF()
        if self._small.size() != wanted:
            self._small = self._image.copy(self._seen()).scaled(
                wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return self._small

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, or the sentence in its place."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
        if not self._image.isNull():
            size = self._seen().size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            area = QRectF(area.center().x() - size.width() / 2, area.top(), size.width(), size.height())
        path = QPainterPath()
        path.addRoundedRect(area, 5, 5)
        painter.fillPath(path, QColor(tokens().sunken))
        painter.save()
        painter.setClipPath(path)
        if self._image.isNull():
            painter.setPen(QColor(tokens().dim))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(area.adjusted(14, 4, -14, -4), flags, visible(self._empty, 600))
        else:
            painter.drawImage(area, self._scaled(area.size().toSize()))
        painter.restore()
        painter.setPen(QPen(QColor(self._border or tokens().border), 1.5))
        painter.drawPath(path)
        if self._lab and not self._image.isNull():
            paint_lab_mark(painter, QRectF(area.left() + 5, area.top() + 5, 0, _MARK_HEIGHT_PX), scale=0.8)


def _read(path: Path) -> QImage:
    """Read a still no larger than it is ever shown: whole pictures of a matrix would be 40 MB."""
    reader = QImageReader(str(path))
    whole = reader.size()
    if whole.width() > WIDEST_PX:
        reader.setScaledSize(whole.scaled(WIDEST_PX, WIDEST_PX, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return shaped(image, shape_from_text(image.text(SHAPE_KEYWORD)))
