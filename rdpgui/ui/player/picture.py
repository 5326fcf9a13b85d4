"""The picture of the film, in its aspect; what it shows stays until something else is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.ui.accessible import tell_as
from rdpgui.ui.plain import visible
from rdpgui.ui.theme import mono_font, sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.lab_mark import paint_lab_mark
from rdpgui.ui.widgets.screen_picture import RADIUS, ScreenPicture, paint_line
from rdpgui.ui.widgets.small import flat_button

_ON_PICTURE = QColor(12, 16, 24, 240)
"""What a film has painted behind it must not be read as a part of the words."""
"""Behind writing on the film, which has its own colours: the same in both themes."""
_LAST_FRAME = "#3fd08a"
_FULL_SCREEN_PX, _FULL_SCREEN_OF_PX = 24, 1080
"""Height of the type on a whole screen, and of the screen on which it is so high."""
_WRAPPED = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
_UNDER_WORDS_PX = 8


def overlay_font(widget: QWidget, font: QFont) -> QFont:
    """Return the font of what lies on a picture: as it is in a window, to be read across a room on a whole screen."""
    window = widget.window()
    if window.isFullScreen():
        font.setPixelSize(max(_FULL_SCREEN_PX, round(_FULL_SCREEN_PX * window.height() / _FULL_SCREEN_OF_PX)))
    return font


class PictureView(ScreenPicture):
    """The film's picture, its caption and notice, or a message instead.

    Signals:
        shown_changed: a picture is shown now, or none any more.
        clicked: play or pause. double_clicked: full screen. offer_taken: the button under a message was pressed.
    """

    clicked = Signal()
    double_clicked = Signal()
    offer_taken = Signal()
    shown_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("film_picture", parent)
        tell_as(self, "graphic")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._still = False
        self._caption = ""
        self._notice = ""
        self._last = False
        self._message: tuple[str, str, Tone] | None = None
        self._offer = flat_button("", "film_offer")
        self._offer.setParent(self)
        self._offer.hide()
        self._offer.clicked.connect(self.offer_taken)

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
        self.put(image)
        self._still = still
        self._message = None
        self._offer.hide()
        if was_empty is not image.isNull():
            self.shown_changed.emit()
        self.update()

    def show_caption(self, text: str, *, last: bool = False) -> None:
        """Show a line on the picture, framed when it is the last one; empty for none."""
        if (text, last) != (self._caption, self._last):
            self._caption, self._last = text, last
            self.setAccessibleDescription(visible(text))
            self.update()

    def show_notice(self, text: str) -> None:
        """Show a sentence above the caption; empty for none."""
        self._notice = text
        self.update()

    def show_message(self, headline: str, detail: str, tone: Tone, *, offer: str = "") -> None:
        """Show words instead of a picture, and a button that leads on where there is something to offer."""
        was_empty = self._image.isNull()
        self.put(QImage())
        if not was_empty:
            self.shown_changed.emit()
        self._message = (headline, detail, tone)
        self.setAccessibleDescription(visible(f"{headline} {detail}"))
        self._offer.setText(offer)
        self._place_offer()
        self.update()

    def _place_offer(self) -> None:
        """Show the button where it fits under all words; what it does is in the menu, too."""
        offer, below = self._offer, self._detail_area().toRect()
        detail = visible(self.message[1], 600)
        words = QFontMetrics(overlay_font(self, sans_font())).boundingRect(below, _WRAPPED, detail)
        size = offer.sizeHint()
        top = words.bottom() + _UNDER_WORDS_PX
        offer.setGeometry((self.width() - size.width()) // 2, top, size.width(), size.height())
        offer.setVisible(bool(self._message and offer.text()) and top + size.height() <= self.height())

    def _detail_area(self) -> QRectF:
        area = QRectF(self.rect()).adjusted(24, 12, -24, -12)
        begin = area.center().y() + 5
        return QRectF(area.left(), begin, area.width(), area.bottom() - begin)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button under the words."""
        super().resizeEvent(event)
        self._place_offer()

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
        painter = self.painter()
        if not self._image.isNull():
            area = self.picture_area()
            painter.drawImage(area, self.averaged(area) if self._still else self._image)
            self._paint_marks(painter, area)
        elif self._message is not None:
            self._paint_message(painter, *self._message)
        if self.hasFocus():
            painter.setClipping(False)
            painter.setPen(QPen(QColor(tokens().accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), RADIUS, RADIUS)

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
        return paint_line(painter, place, whole, _ON_PICTURE, padding=16, radius=3)

    def _paint_message(self, painter: QPainter, headline: str, detail: str, tone: Tone) -> None:
        area = QRectF(self.rect()).adjusted(24, 12, -24, -12)
        middle = area.center().y()
        painter.setFont(overlay_font(self, sans_font(scale=1.15, bold=True)))
        painter.setPen(QColor(tokens().text if tone is Tone.IDLE else tokens().tone(tone)))
        above = QRectF(area.left(), area.top(), area.width(), middle - area.top() - 3)
        painter.drawText(above, _WRAPPED | int(Qt.AlignmentFlag.AlignBottom), visible(headline, 600))
        painter.setFont(overlay_font(self, sans_font()))
        painter.setPen(QColor(tokens().dim))
        painter.drawText(self._detail_area(), _WRAPPED | int(Qt.AlignmentFlag.AlignTop), visible(detail, 600))
