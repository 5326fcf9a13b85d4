"""The small picture with its time above the seek bar, where the mouse is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.ui.plain import one_line
from rdpgui.ui.theme import mono_font, tokens

_WIDTH, _HEIGHT, _LINE, _PAD = 176, 99, 20, 4


class HoverThumbnail(QWidget):
    """Lies over its parent, takes no mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("film_hover")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._image = QImage()
        self._lines: tuple[str, ...] = ()
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        """The texts below the picture."""
        return self._lines

    def show_at(self, above: QPoint, image: QImage, lines: tuple[str, ...]) -> None:
        """Show a picture and texts with the bottom centre at a point of the parent."""
        self._image, self._lines = image, lines
        size = QSize(_WIDTH + 2 * _PAD, _HEIGHT + 2 * _PAD + _LINE * len(lines))
        left = min(max(0, above.x() - size.width() // 2), max(0, self._over.width() - size.width()))
        self.setGeometry(QRect(QPoint(left, max(0, above.y() - size.height() - 6)), size))
        self.update()
        self.show()
        self.raise_()

    def show_image(self, image: QImage) -> None:
        """Show a better picture."""
        self._image = image
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture with its time."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        t = tokens()
        painter.setPen(QPen(QColor(t.border_strong), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 5, 5)
        picture = QRect(_PAD, _PAD, _WIDTH, _HEIGHT)
        painter.fillRect(picture, QColor(t.sunken))
        if not self._image.isNull():
            size = self._image.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
            fitted = QRect(QPoint(0, 0), size)
            fitted.moveCenter(picture.center())
            painter.drawImage(fitted, self._image)
        painter.setPen(QColor(t.text))
        painter.setFont(mono_font())
        for at, line in enumerate(self._lines):
            place = QRect(_PAD, _PAD + _HEIGHT + at * _LINE, _WIDTH, _LINE)
            text = painter.fontMetrics().elidedText(one_line(line), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
