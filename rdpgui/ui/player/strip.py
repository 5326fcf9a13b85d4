"""The strip of thumbnails: spread over the film's time, the last one being the exact last frame."""

from __future__ import annotations

import bisect

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.errors import RdpguiError, RecordingUnreadable
from rdpgui.core.film import Span, Still
from rdpgui.ui.plain import set_tip
from rdpgui.ui.player.film_text import error_text
from rdpgui.ui.player.images import image_of
from rdpgui.ui.player.stills_port import FilmStills
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.theme import tokens

THUMBNAIL_PX = 160
EXACT_UP_TO_FRAMES = 3000
"""Films with more frames get the nearest key frames, which cost one decoded frame each."""
_PLACES = 10
_GAP_PX = 5
_TASK = "film thumbnails"
_NOWHERE = Span(0.0, 0.0)


class ThumbnailStrip(QWidget):
    """Thumbnails; a click seeks.

    Signals:
        seek_requested: film time.
    """

    seek_requested = Signal(float)

    def __init__(self, tasks: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("film_strip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tasks = tasks
        self._times: tuple[float, ...] = ()
        self._images: dict[int, QImage] = {}
        self._small: dict[int, QImage] = {}
        self._begin_s = self._last_s = 0.0
        self._position_s = 0.0

    def set_film(self, film: FilmStills | None, last_s: float, place: Span = _NOWHERE) -> None:
        """Show another film.

        Args:
            film: its stills, None for no film.
            last_s: film time of its last frame.
            place: where it begins and ends, in the time of all that comes in and goes out.
        """
        self._tasks.cancel(_TASK)
        set_tip(self, "")
        self._images.clear()
        self._small.clear()
        places = 0 if film is None else min(_PLACES, film.frame_count)
        self._begin_s, self._last_s = place.begin_s, last_s
        length_s = place.end_s - place.begin_s
        self._times = tuple(place.begin_s + length_s * at / max(1, places - 1) for at in range(places))
        if film is not None:
            self._tasks.start(_TASK, self._fill(film), on_error=self._on_error)
        self.update()

    def set_position(self, at_s: float) -> None:
        """Mark the thumbnail before or at a film time."""
        before, self._position_s = self._current(), at_s
        if self._current() != before:
            self.update()

    def nearest(self, at_s: float) -> QImage:
        """Return the thumbnail nearest to a film time; null when there is none yet."""
        if not self._images:
            return QImage()
        distances = [(abs(self._times[at] - at_s), at) for at in self._images]
        return self._images[min(distances)[1]]

    @property
    def count(self) -> int:
        """Thumbnails that are there."""
        return len(self._images)

    async def _fill(self, film: FilmStills) -> None:
        if film.frame_count > EXACT_UP_TO_FRAMES:
            keys = await film.key_thumbnails(len(self._times), THUMBNAIL_PX)
            begins = [self._begin_s + still.pts_s for still in keys]
            for at, time_s in enumerate(self._times[:-1] if keys else ()):
                self._put(at, keys[max(0, bisect.bisect_right(begins, time_s) - 1)])
        wanted = [at for at in range(len(self._times)) if at not in self._images]
        for at in wanted[-1:] + wanted[:-1]:
            try:
                at_s = min(self._times[at] - self._begin_s, self._last_s)
                self._put(at, await film.thumbnail(at_s, THUMBNAIL_PX))
            except RecordingUnreadable as error:
                self._on_error(error)

    def _put(self, at: int, still: Still) -> None:
        self._images[at] = image_of(still)
        self._small.pop(at, None)
        self.update()

    def _on_error(self, error: RdpguiError) -> None:
        """A thumbnail of a damaged stretch stays empty; the still itself says why when it is asked for."""
        set_tip(self, "\n".join(error_text(error)).strip())

    def _current(self) -> int:
        return max(0, bisect.bisect_right(self._times, self._position_s + 0.0005) - 1)

    def _box(self, at: int) -> QRectF:
        count = max(1, len(self._times))
        width = (self.width() - _GAP_PX * (count - 1)) / count
        return QRectF(at * (width + _GAP_PX), 0, width, self.height()).adjusted(0.75, 0.75, -0.75, -0.75)

    @override
    def sizeHint(self) -> QSize:
        """Return a strip of one row."""
        return QSize(300, 44)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale the pictures anew."""
        self._small.clear()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek to the thumbnail under the mouse."""
        for at in range(len(self._times)):
            if self._box(at).contains(event.position()):
                self.seek_requested.emit(self._times[at])

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the thumbnails, the one that is shown with a frame."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        t = tokens()
        for at in range(len(self._times) or _PLACES):
            box = self._box(at) if self._times else self._empty_box(at)
            path = QPainterPath()
            path.addRoundedRect(box, 3, 3)
            painter.fillPath(path, QColor(t.sunken))
            if at in self._images:
                painter.save()
                painter.setClipPath(path)
                painter.drawImage(box, self._scaled(at, box))
                painter.restore()
            current = bool(self._times) and at == self._current()
            painter.setPen(QPen(QColor(t.accent if current else t.border), 2.0 if current else 1.0))
            painter.drawPath(path)

    def _empty_box(self, at: int) -> QRectF:
        width = (self.width() - _GAP_PX * (_PLACES - 1)) / _PLACES
        return QRectF(at * (width + _GAP_PX), 0, width, self.height()).adjusted(0.75, 0.75, -0.75, -0.75)

    def _scaled(self, at: int, box: QRectF) -> QImage:
        """Return a thumbnail that fills its box, cut at the sides that are too long, at the screen's pixels."""
        wanted = box.size().toSize() * self.devicePixelRatioF()
        small = self._small.get(at)
        if small is None:
            grown = self._images[at].scaled(
                wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
            )
            left, top = (grown.width() - wanted.width()) // 2, (grown.height() - wanted.height()) // 2
            small = self._small[at] = grown.copy(left, top, wanted.width(), wanted.height())
        return small
