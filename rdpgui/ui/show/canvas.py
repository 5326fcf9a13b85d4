"""The painted part of the presenter view: one scene with its picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.ui.plain import visible
from rdpgui.ui.show.painting import Painting
from rdpgui.ui.show.scene import Scene
from rdpgui.ui.show.writing import Writer, Written
from rdpgui.ui.theme import tokens

SCREEN = QSize(1920, 1080)
_CLOCK_SHARE = 9 / 720
"""Of a lab picture's height, at its lower edge: the lab's clock for machines, which looks like a fault of the film."""


def scale_of(size: QSize) -> float:
    """Return by how much everything grows on a screen."""
    return min(size.width() / SCREEN.width(), size.height() / SCREEN.height())


class Canvas(QWidget):
    """Shows a scene with its picture.

    Attributes:
        scale: of the screen, 1 at 1,080 lines. written: what stands where, since it was last painted.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("show_canvas")
        self.scene: Scene | None = None
        self.scale = 1.0
        self.written: tuple[Written, ...] = ()
        self._image = QImage()
        self._small = QImage()

    def show_scene(self, scene: Scene) -> None:
        """Show another scene."""
        if scene != self.scene:
            self.scene = scene
            self.setAccessibleName(visible(scene.title))
            self.setAccessibleDescription(visible(scene.spoken))
            self.update()

    def show_image(self, image: QImage, *, lab: bool) -> None:
        """Show a picture; a null one for none. Of the lab's the clock for machines is left out."""
        if lab and not image.isNull():
            image = image.copy(0, 0, image.width(), image.height() - math.ceil(image.height() * _CLOCK_SHARE))
        self._image, self._small = image, QImage()
        self.update()

    @property
    def image(self) -> QImage:
        """The picture that is shown; null without one."""
        return self._image

    def fitting(self, size: QSize) -> QImage:
        """Return the picture in as many pixels as it is shown in; kept until another is shown."""
        wanted = size * self.devicePixelRatioF()
        if wanted.width() >= self._image.width():
            return self._image
        if self._small.size() != wanted:
            self._small = self._image.scaled(
                wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return self._small

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint everything anew."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(tokens().ground))
        if self.scene is not None:
            writer = Writer(painter, self.scale)
            Painting(painter, writer, self.scene, self).paint(QRectF(self.rect()))
            self.written = tuple(writer.written)
