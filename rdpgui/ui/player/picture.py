"""The picture of the film, in its aspect; what it shows stays until something else is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.plain import one_line, visible
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import mono_font, sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.lab_mark import clock_tip, paint_lab_mark

_ON_PICTURE = QColor(12, 16, 24, 190)
"""Behind writing on the film, which has its own colours: the same in both themes."""
_PICTURE_TEXT = "#f2f5f9"
_LAST_FRAME = "#3fd08a"
_RADIUS = 5.0
_FULL_SCREEN_PX, _FULL_SCREEN_OF_PX = 24, 1080
"""Height of the type on a whole screen, and of the screen on which it is so high."""


def overlay_font(widget: QWidget, font: QFont) -> QFont:
    """Return the font of what lies on a picture: as it is in a window, to be read across a room on a whole screen."""
    window = widget.window()
    if window.isFullScreen():
        font.setPixelSize(max(_FULL_SCREEN_PX, round(_FULL_SCREEN_PX * window.height() / _FULL_SCREEN_OF_PX)))
    return font


class PictureView(QWidget):
    """A plain widget, so that every platform shows it and ``grab()`` sees it.

    Signals:
        shown_changed: a picture is shown now, or none any more.
        clicked: play or pause. double_clicked: full screen.
    """

    clicked = Signal()
    double_clicked = Signal()
    shown_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("film_picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._image = QImage()
        self._small = QImage()
        self._still = False
        self._caption = ""
        self._notice = ""
        self._last = False
        self._lab = False
        self._message: tuple[str, str, Tone] | None = None

    @property
    def image(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._image

    @property
    def caption(self) -> str:
        """The line on the picture."""
        return self._caption

    @property
    def notice(self) -> str:
        """The sentence above the caption."""
        return self._notice

    @property
    def message(self) -> tuple[str, str]:
        """Headline and detail shown instead of a picture; empty when there is one."""
        return self._message[:2] if self._message is not None else ("", "")

    def show_image(self, image: QImage, *, still: bool) -> None:
        """Show a picture; stills are averaged down for sharpness, moving ones drawn quickly."""
        was_empty = self._image.isNull()
        self._image, self._still, self._small = image, still, QImage()
        self._message = None
        if was_empty is not image.isNull():
            self.shown_changed.emit()
        self.update()

    def show_caption(self, text: str, *, last: bool = False) -> None:
        """Show a line on the picture, framed when it is the last one; empty for none."""
        if (text, last) != (self._caption, self._last):
            self._caption, self._last = text, last
            self.setAccessibleDescription(text)
            self.update()

    def show_notice(self, text: str) -> None:
        """Show a sentence above the caption; empty for none."""
        self._notice = text
        self.update()

    def set_lab(self, lab: bool) -> None:
        """Mark the picture as the lab's, and say what the cells at its lower edge are."""
        self._lab = lab
        set_tip(self, clock_tip() if lab else "")
        self.update()

    def show_message(self, headline: str, detail: str, tone: Tone) -> None:
        """Show words instead of a picture."""
        was_empty = self._image.isNull()
        self._image, self._small = QImage(), QImage()
        if not was_empty:
            self.shown_changed.emit()
        self._message = (headline, detail, tone)
        self.setAccessibleDescription(f"{headline} {detail}")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return a usual film's shape."""
        return QSize(640, 360)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which a desktop is recognized."""
        return QSize(200, 112)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell a double click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()  # takes back what the first click did
            self.double_clicked.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture as large as it fits, with what lies on it."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.fillPath(path, QColor(tokens().sunken))
        painter.setClipPath(path)
        if not self._image.isNull():
            area = self._area()
            painter.drawImage(area, self._pixels(area))
            self._paint_marks(painter, area)
        elif self._message is not None:
            self._paint_message(painter, *self._message)
        if self.hasFocus():
            painter.setClipping(False)
            painter.setPen(QPen(QColor(tokens().accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), _RADIUS, _RADIUS)

    def _area(self) -> QRectF:
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        return QRectF(left, top, size.width(), size.height())

    def _pixels(self, area: QRectF) -> QImage:
        wanted = area.size().toSize() * self.devicePixelRatioF()
        if not self._still or wanted.width() >= self._image.width():
            return self._image
        if self._small.size() != wanted:
            self._small = self._image.scaled(
                wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return self._small

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        bottom = area.bottom() - 10
        painter.setFont(overlay_font(self, mono_font(scale=1.0)))
        left = area.left() + 10
        height = painter.fontMetrics().height() + 6
        if self._lab:
            left = paint_lab_mark(painter, QRectF(left, bottom - height, 0, height)) + 6
        if self._caption:
            box = self._paint_line(
                painter, QRectF(left, bottom - height, self.width() - 10 - left, height), self._caption
            )
            if self._last:
                painter.setPen(QPen(QColor(_LAST_FRAME), 1.5))
                painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        if self._caption or self._lab:
            bottom -= height + 6
        if self._notice:
            painter.setFont(overlay_font(self, sans_font()))
            height = painter.fontMetrics().height() + 8
            self._paint_line(
                painter, QRectF(area.left() + 10, bottom - height, area.width() - 20, height), self._notice
            )

    def _paint_line(self, painter: QPainter, place: QRectF, whole: str) -> QRectF:
        """Paint one line on a dark ground, shortened to its place; return the ground."""
        metrics = painter.fontMetrics()
        text = metrics.elidedText(one_line(whole), Qt.TextElideMode.ElideRight, max(0, int(place.width()) - 16))
        box = QRectF(place.left(), place.top(), metrics.horizontalAdvance(text) + 16, place.height())
        path = QPainterPath()
        path.addRoundedRect(box, 3, 3)
        painter.fillPath(path, _ON_PICTURE)
        painter.setPen(QColor(_PICTURE_TEXT))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        return box

    def _paint_message(self, painter: QPainter, headline: str, detail: str, tone: Tone) -> None:
        wrap = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        area = QRectF(self.rect()).adjusted(24, 12, -24, -12)
        middle = area.center().y()
        painter.setFont(overlay_font(self, sans_font(scale=1.15, bold=True)))
        painter.setPen(QColor(tokens().text if tone is Tone.IDLE else tokens().tone(tone)))
        above = QRectF(area.left(), area.top(), area.width(), middle - area.top() - 3)
        painter.drawText(above, wrap | int(Qt.AlignmentFlag.AlignBottom), visible(headline, 600))
        painter.setFont(overlay_font(self, sans_font()))
        painter.setPen(QColor(tokens().dim))
        below = QRectF(area.left(), middle + 5, area.width(), area.bottom() - middle - 5)
        painter.drawText(below, wrap | int(Qt.AlignmentFlag.AlignTop), visible(detail, 600))
