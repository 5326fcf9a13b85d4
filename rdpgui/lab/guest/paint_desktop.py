"""The desktop behind the windows: wallpaper, icons, taskbar, mouse pointer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF

from rdpgui.lab.guest.canvas import (
    ACCENT,
    CENTRE,
    LEFT,
    RIGHT,
    WHITE,
    Fonts,
    emblem,
    panel,
    qrect,
    text,
)
from rdpgui.lab.guest.config import GuestConfig
from rdpgui.lab.guest.desktop import WINDOW_KINDS, Desktop, WindowKind
from rdpgui.lab.guest.layout import Rect
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.texts import Texts

# Upper colour, lower colour, colour of the hills. Chosen by the wallpaper's number.
_WALLPAPERS: Final = (
    (0x0B2D5C, 0x2C86B8, 0x0F4C81),
    (0x2B1B57, 0xA14E86, 0x43276F),
    (0x0C3B3A, 0x4FA58A, 0x14544E),
    (0x3A2413, 0xC7783A, 0x5A3417),
    (0x1B2430, 0x5B7A99, 0x273647),
)
_BAR: Final = QColor(0x14, 0x19, 0x22)
_BAR_HOVER: Final = QColor(255, 255, 255, 28)
_ICON_PITCH: Final = 96


class DesktopPainter:
    """Paints what lies behind and below the windows."""

    def __init__(self, config: GuestConfig, fonts: Fonts, texts: Texts) -> None:
        self._config = config
        self._fonts = fonts
        self._texts = texts
        self._backdrop: QImage | None = None

    def backdrop(self) -> QImage:
        """Return wallpaper, icons and empty taskbar, painted once."""
        if self._backdrop is None:
            image = QImage(self._config.width, self._config.height, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._wallpaper(painter)
            self._icons(painter)
            bar = QRect(0, self._config.height - 48, self._config.width, 48)
            painter.fillRect(bar, _BAR)
            painter.fillRect(bar.x(), bar.y(), bar.width(), 1, QColor(255, 255, 255, 22))
            painter.end()
            self._backdrop = image
        return self._backdrop

    def taskbar(self, painter: QPainter, scene: Scene) -> None:
        """Paint the changing parts of the taskbar."""
        desktop = scene.desktop
        self._start(painter, desktop)
        for index, kind in enumerate(WINDOW_KINDS):
            self._task(painter, qrect(desktop.layout.task_button(index)), kind, desktop)
        self._tray(painter, scene)

    def pointer(self, painter: QPainter, x: int, y: int) -> None:
        """Paint the mouse pointer with its tip at (x, y)."""
        shape = ((0, 0), (0, 17), (4, 13.4), (6.8, 19.6), (9.4, 18.4), (6.7, 12.4), (12.2, 12.2))
        painter.setPen(QPen(QColor(20, 20, 20), 1.2))
        painter.setBrush(QBrush(WHITE))
        painter.drawPolygon(QPolygonF([QPointF(x + dx + 0.5, y + dy + 0.5) for dx, dy in shape]))

    def _wallpaper(self, painter: QPainter) -> None:
        width, height = self._config.width, self._config.height
        top, bottom, hills = (QColor(rgb) for rgb in _WALLPAPERS[self._config.wallpaper % len(_WALLPAPERS)])
        sky = QLinearGradient(0, 0, width * 0.35, height)
        sky.setColorAt(0, top)
        sky.setColorAt(1, bottom)
        painter.fillRect(0, 0, width, height, sky)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, (start, swing, alpha) in enumerate(((0.62, -0.20, 90), (0.74, 0.16, 120), (0.88, -0.12, 160))):
            path = QPainterPath(QPointF(0, height * start))
            lean = 0.3 + 0.12 * index
            path.cubicTo(
                QPointF(width * lean, height * (start + swing)),
                QPointF(width * (lean + 0.3), height * (start - swing)),
                QPointF(width, height * (start + swing / 2)),
            )
            path.lineTo(width, height)
            path.lineTo(0, height)
            shade = QColor(hills)
            shade.setAlpha(alpha)
            painter.setBrush(shade)
            painter.drawPath(path)
        note = QRect(width - 432, 44, 420, 40)
        words = f"{self._texts.lab_note}\n{self._config.instance_id}"
        painter.setFont(self._fonts.ui(13))
        painter.setPen(QColor(255, 255, 255, 150))
        painter.drawText(note, int(RIGHT), words)

    def _icons(self, painter: QPainter) -> None:
        labels = (self._texts.recycle_bin, self._texts.shared_folder, self._texts.audit_log)
        shapes = (self._bin_icon, self._folder_icon, self._log_icon)
        for index, (label, shape) in enumerate(zip(labels, shapes, strict=True)):
            top = 22 + index * _ICON_PITCH
            shape(painter, 54, top)
            place = QRect(4, top + 52, 100, 24)
            text(painter, place.translated(1, 1), label, self._fonts.ui(13), QColor(0, 0, 0, 170), CENTRE)
            text(painter, place, label, self._fonts.ui(13), WHITE, CENTRE)

    def _bin_icon(self, painter: QPainter, middle: int, top: int) -> None:
        body = QPolygonF([QPointF(middle + dx, top + dy) for dx, dy in ((-17, 12), (17, 12), (13, 46), (-13, 46))])
        painter.setPen(QPen(QColor(255, 255, 255, 210), 1.5))
        painter.setBrush(QColor(220, 235, 250, 110))
        painter.drawPolygon(body)
        panel(painter, QRect(middle - 20, top + 6, 40, 6), QColor(235, 243, 252), 2.0)
        painter.setPen(QPen(QColor(255, 255, 255, 170), 1.5))
        for dx in (-7, 0, 7):
            painter.drawLine(QPointF(middle + dx, top + 18), QPointF(middle + dx * 0.8, top + 40))

    def _folder_icon(self, painter: QPainter, middle: int, top: int) -> None:
        panel(painter, QRect(middle - 23, top + 8, 22, 12), QColor(0xE0, 0xA5, 0x2B), 3.0)
        panel(painter, QRect(middle - 23, top + 13, 46, 33), QColor(0xF5, 0xC2, 0x4D), 3.0)
        panel(painter, QRect(middle - 23, top + 22, 46, 24), QColor(0xFF, 0xD7, 0x77), 3.0)

    def _log_icon(self, painter: QPainter, middle: int, top: int) -> None:
        panel(painter, QRect(middle - 17, top + 4, 34, 44), QColor(0xF7, 0xFA, 0xFD), 3.0)
        for row in range(5):
            long = 20 if row % 2 else 24
            painter.fillRect(middle - 12, top + 13 + row * 7, long, 2, QColor(0x8A, 0xA0, 0xB8))
        painter.fillRect(middle - 17, top + 4, 34, 5, ACCENT)

    def _start(self, painter: QPainter, desktop: Desktop) -> None:
        button = qrect(desktop.layout.start_button)
        inside = desktop.layout.start_button.contains(*desktop.pointer)
        if desktop.menu.open or inside:
            painter.fillRect(button, _BAR_HOVER)
        colour = QColor(0x7F, 0xB8, 0xFF) if desktop.menu.open else QColor(0xE6, 0xEE, 0xF8)
        emblem(painter, QPointF(button.center().x() + 1, button.y() + 24), 24, colour)
        box = qrect(desktop.layout.search_box)
        panel(painter, box, QColor(0x24, 0x2B, 0x37), 4.0, QColor(255, 255, 255, 26))
        painter.setPen(QPen(QColor(0xB6, 0xC0, 0xCE), 1.6))
        painter.drawEllipse(QPointF(box.x() + 18, box.y() + 15), 5.5, 5.5)
        painter.drawLine(QPointF(box.x() + 22, box.y() + 19.5), QPointF(box.x() + 26, box.y() + 23.5))
        words = box.adjusted(36, 0, -6, 0)
        text(painter, words, self._texts.search, self._fonts.ui(13), QColor(0xA4, 0xAF, 0xBD), LEFT)

    def _task(self, painter: QPainter, button: QRect, kind: WindowKind, desktop: Desktop) -> None:
        focused = desktop.windows.focused is kind
        inside = Rect(button.x(), button.y(), button.width(), button.height()).contains(*desktop.pointer)
        if focused or inside:
            painter.fillRect(button.adjusted(0, 1, 0, 0), _BAR_HOVER)
        if kind in desktop.windows.order:
            inset = 0 if focused else 10
            bar = button.adjusted(inset, button.height() - 11, -inset, -8)
            painter.fillRect(bar, QColor(0x6F, 0xB4, 0xFF) if focused else QColor(0x5A, 0x6B, 0x80))
        window_icon(painter, button.x() + 12, button.y() + 12, kind)
        words = self._texts.server_manager if kind is WindowKind.SERVER_MANAGER else self._texts.console
        place = button.adjusted(38, -4, -6, -4)
        painter.setFont(self._fonts.ui(13))
        short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        text(painter, place, short, self._fonts.ui(13), QColor(0xE8, 0xED, 0xF4), LEFT)

    def _tray(self, painter: QPainter, scene: Scene) -> None:
        width, top = self._config.width, self._config.height - 48
        clock = QRect(width - 118, top + 2, 106, 19)
        day = QRect(width - 118, top + 19, 106, 17)
        text(painter, clock, scene.now_at.strftime("%H:%M:%S"), self._fonts.ui(14), WHITE, RIGHT)
        weekday = self._texts.weekdays.split()[scene.now_at.weekday()]
        words = f"{scene.now_at:%Y/%m/%d} ({weekday})"
        text(painter, day, words, self._fonts.ui(12), QColor(0xC9, 0xD2, 0xDE), RIGHT)
        text(painter, QRect(width - 166, top, 36, 40), "UTC", self._fonts.ui(12), QColor(0xC9, 0xD2, 0xDE), CENTRE)
        for index, high in enumerate((5, 9, 13)):
            painter.fillRect(width - 190 + index * 6, top + 27 - high, 4, high, QColor(0xE6, 0xEC, 0xF4))


def window_icon(painter: QPainter, x: int, y: int, kind: WindowKind) -> None:
    """Paint the 18 × 18 icon of a window with its left upper corner at (x, y)."""
    if kind is WindowKind.CONSOLE:
        panel(painter, QRect(x, y + 1, 19, 16), QColor(0x10, 0x1A, 0x2B), 2.0, QColor(0x9F, 0xB6, 0xD4))
        painter.setPen(QPen(WHITE, 1.5))
        painter.drawPolyline([QPointF(x + 4, y + 6), QPointF(x + 7.5, y + 9), QPointF(x + 4, y + 12)])
        painter.drawLine(QPointF(x + 9.5, y + 13), QPointF(x + 14, y + 13))
        return
    for row in range(3):
        panel(painter, QRect(x, y + row * 6, 19, 5), QColor(0x9C, 0xC6, 0xF2), 1.5)
        panel(painter, QRect(x + 13, y + row * 6 + 1, 3, 3), QColor(0x1F, 0x9D, 0x63), 1.0)
