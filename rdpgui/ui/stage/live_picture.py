"""The newest picture of the screen, or large words about what is waited for; never to be taken for the recording."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from rdpgui.ui.plain import visible
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.widgets.lab_mark import paint_lab_mark
from rdpgui.ui.widgets.screen_picture import PICTURE_TEXT, ScreenPicture, paint_line

_ON_PICTURE = QColor(12, 16, 24, 205)
_DIMMED = QColor(8, 11, 17, 234)
_QUIET_TEXT = "#c3cad4"
_MARGIN = 10
_HEADLINE_SHARE, _DETAIL_SHARE = 0.062, 0.036
"""Of the stage's height: read from three metres on a large screen."""
_HEADLINE_PX, _DETAIL_PX = (20, 44), (14, 26)


@dataclass(frozen=True, slots=True)
class StageWords:
    """What stands on the picture, in the reader's language.

    Attributes:
        caption: what the picture is and when it was taken; empty without one.
        headline, details: large words over the dimmed picture, or instead of one; empty while it is live.
    """

    caption: str = ""
    headline: str = ""
    details: tuple[str, ...] = ()


class LivePicture(ScreenPicture):
    """What EC2 shows of the screen."""

    def __init__(self, name: str = "live_picture", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._words = StageWords()

    @property
    def words(self) -> StageWords:
        """What stands on it."""
        return self._words

    @property
    def dimmed(self) -> bool:
        """Whether the picture is only the background of words."""
        return bool(self._words.headline)

    def show_image(self, image: QImage) -> None:
        """Show a picture; a null one for none."""
        self.put(image)
        self.update()

    def show_words(self, words: StageWords) -> None:
        """Show what stands on it."""
        if words != self._words:
            self._words = words
            said = " ".join(filter(None, (words.headline, *words.details, words.caption)))
            self.setAccessibleDescription(visible(said))
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture with what lies on it."""
        painter = self.painter()
        area = self.picture_area()
        shown = not self._image.isNull()
        if shown:
            painter.drawImage(area, self.averaged(area))
            if self.dimmed:
                painter.fillRect(area, _DIMMED)
        if self.dimmed:
            self._paint_headline(painter, on_picture=shown)
        self._paint_caption(painter, area, shown=shown)

    def _font(self, share: float, limits: tuple[int, int], *, bold: bool) -> QFont:
        font = sans_font(bold=bold)
        font.setPixelSize(min(limits[1], max(limits[0], round(self.height() * share))))
        return font

    def _paint_headline(self, painter: QPainter, *, on_picture: bool) -> None:
        wrap = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        room = QRectF(self.rect()).adjusted(24, 12, -24, -12)
        blocks = [(self._words.headline, self._font(_HEADLINE_SHARE, _HEADLINE_PX, bold=True), PICTURE_TEXT)]
        blocks += [
            (text, self._font(_DETAIL_SHARE, _DETAIL_PX, bold=False), _QUIET_TEXT) for text in self._words.details
        ]
        heights = []
        for text, font, _colour in blocks:
            painter.setFont(font)
            heights.append(painter.boundingRect(room, wrap, visible(text, 600)).height())
        top = room.center().y() - (sum(heights) + 8 * (len(blocks) - 1)) / 2
        for (text, font, colour), height in zip(blocks, heights, strict=True):
            painter.setFont(font)
            painter.setPen(QColor(colour if on_picture else tokens().text))
            painter.drawText(QRectF(room.left(), top, room.width(), height), wrap, visible(text, 600))
            top += height + 8

    def _paint_caption(self, painter: QPainter, area: QRectF, *, shown: bool) -> None:
        painter.setFont(sans_font())
        height = painter.fontMetrics().height() + 10
        left, top = area.left() + _MARGIN, area.bottom() - _MARGIN - height
        if self._lab:
            left = paint_lab_mark(painter, QRectF(left, top, 0, height)) + 6
        if not shown or not self._words.caption:
            return
        place = QRectF(left, top, area.right() - _MARGIN - left, height)
        paint_line(painter, place, self._words.caption, _ON_PICTURE, padding=20, radius=4)
