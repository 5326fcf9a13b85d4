"""A picture of a screen in its own shape, as large as it fits: what the film's and the live picture have in common."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.lab_mark import clock_tip

PICTURE_TEXT = "#f2f5f9"
"""Writing on a picture, which has its own colours: the same in both themes."""
RADIUS = 5.0


class ScreenPicture(QWidget):
    """A plain widget, so that every platform shows it and ``grab()`` sees it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image = QImage()
        self._small = QImage()
        self._lab = False

    @property
    def image(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._image

    def set_lab(self, lab: bool) -> None:
        """Mark the picture as the lab's, and say what the cells at its lower edge are."""
        set_tip(self, clock_tip() if lab else "")  # the language may be another one
        if lab != self._lab:
            self._lab = lab
            self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return a usual screen's shape."""
        return QSize(640, 360)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which a desktop is recognized."""
        return QSize(200, 112)

    def picture_area(self) -> QRectF:
        """Return where the picture is painted: as large as it fits, in its shape."""
        shape = self._image.size() if not self._image.isNull() else QSize(16, 9)
        size = shape.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *size.toTuple())

    def put(self, image: QImage) -> None:
        """Take what is painted next; a null picture for none."""
        self._image, self._small = image, QImage()

    def painter(self) -> QPainter:
        """Return what paints on the ground of the picture, cut to its rounded corners."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.fillPath(path, QColor(tokens().sunken))
        painter.setClipPath(path)
        return painter

    def averaged(self, area: QRectF) -> QImage:
        """Return the picture averaged down to its place, for sharpness; kept until another is shown."""
        wanted = area.size().toSize() * self.devicePixelRatioF()
        if wanted.width() >= self._image.width():
            return self._image
        if self._small.size() != wanted:
            self._small = self._image.scaled(
                wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return self._small


def paint_line(painter: QPainter, place: QRectF, whole: str, ground: QColor, *, padding: int, radius: float) -> QRectF:
    """Paint one line on a dark ground, shortened to its place; return the ground.

    ``padding``: pixels left and right of the writing together.
    """
    metrics = painter.fontMetrics()
    text = metrics.elidedText(one_line(whole), Qt.TextElideMode.ElideRight, max(0, int(place.width()) - padding))
    box = QRectF(place.left(), place.top(), metrics.horizontalAdvance(text) + padding, place.height())
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.fillPath(path, ground)
    painter.setPen(QColor(PICTURE_TEXT))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    return box
