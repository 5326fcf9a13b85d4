"""Full-screen pictures outside of the desktop: boot, log-on, update, shutdown, stop screen, power off."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from rdpgui.lab.guest.canvas import BLACK, CENTRE, LEFT, SYSTEM_BLUE, WHITE, Fonts, emblem, spinner, text
from rdpgui.lab.guest.config import GuestConfig
from rdpgui.lab.guest.machine import Screen
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.texts import Texts

_SOFT_WHITE: Final = QColor(255, 255, 255, 200)
_STOP_BLUE: Final = QColor(0x23, 0x2A, 0x6B)
_UNLOCK_SHARE: Final = 0.35


class SystemPainter:
    """Paints the screens that fill the display."""

    def __init__(self, config: GuestConfig, fonts: Fonts, texts: Texts) -> None:
        self._config = config
        self._fonts = fonts
        self._texts = texts
        self._width = config.width
        self._height = config.height

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Paint the scene's screen; the desktop is not one of them."""
        match scene.screen:
            case Screen.BOOT:
                self._boot(painter, scene)
            case Screen.LOGON:
                self._logon(painter, scene)
            case Screen.UPDATE:
                percent = min(100, int(scene.progress * 100))
                self._busy(painter, scene, self._texts.updating.format(percent=percent), self._texts.keep_on)
            case Screen.RESTART:
                self._busy(painter, scene, self._texts.restarting)
            case Screen.SHUTDOWN:
                self._busy(painter, scene, self._texts.shutting_down)
            case Screen.STOP:
                self._stop(painter, scene)
            case Screen.DESKTOP | Screen.CLOSED | Screen.OFF:
                self._fill(painter, BLACK)

    def _fill(self, painter: QPainter, colour: QColor) -> None:
        painter.fillRect(0, 0, self._width, self._height, colour)

    def _line(self, y: int, height: int) -> QRect:
        return QRect(0, y, self._width, height)

    def _boot(self, painter: QPainter, scene: Scene) -> None:
        self._fill(painter, QColor(0x05, 0x07, 0x0C))
        middle = self._width / 2
        emblem(painter, QPointF(middle, self._height * 0.36), 132, QColor(0x8F, 0xB8, 0xFF))
        name = self._line(int(self._height * 0.5), 40)
        text(painter, name, "LAB SERVER", self._fonts.ui(24, bold=True), QColor(0xDF, 0xE8, 0xF7), CENTRE)
        spinner(painter, QPointF(middle, self._height * 0.70), 20, scene.elapsed_s)
        label = self._line(int(self._height * 0.76), 40)
        text(painter, label, self._texts.starting, self._fonts.ui(19), _SOFT_WHITE, CENTRE)

    def _logon(self, painter: QPainter, scene: Scene) -> None:
        sky = QLinearGradient(0, 0, self._width, self._height)
        sky.setColorAt(0, QColor(0x0B, 0x2A, 0x4F))
        sky.setColorAt(1, QColor(0x1C, 0x6E, 0x8C))
        painter.fillRect(0, 0, self._width, self._height, sky)
        if scene.progress < _UNLOCK_SHARE:
            self._locked(painter, scene)
        else:
            self._welcome(painter, scene)

    def _locked(self, painter: QPainter, scene: Scene) -> None:
        left, base = 64, int(self._height * 0.58)
        clock = QRect(left, base, self._width - left, 110)
        text(painter, clock, scene.now_at.strftime("%H:%M"), self._fonts.ui(92), WHITE, LEFT)
        day = QRect(left + 6, base + 112, self._width - left, 40)
        text(painter, day, scene.now_at.strftime("%Y-%m-%d  UTC"), self._fonts.ui(26), WHITE, LEFT)
        hint = self._line(int(self._height * 0.12), 36)
        text(painter, hint, self._texts.press_keys, self._fonts.ui(20), WHITE, CENTRE)

    def _welcome(self, painter: QPainter, scene: Scene) -> None:
        middle = self._width / 2
        centre = QPointF(middle, self._height * 0.34)
        painter.setPen(QColor(255, 255, 255, 0))
        painter.setBrush(QColor(255, 255, 255, 46))
        painter.drawEllipse(centre, 78, 78)
        painter.setBrush(QColor(255, 255, 255, 215))
        painter.drawEllipse(QPointF(middle, centre.y() - 18), 24, 24)
        painter.drawChord(int(middle) - 44, int(centre.y()) + 16, 88, 84, 0, 180 * 16)
        name = self._line(int(self._height * 0.48), 44)
        text(painter, name, self._config.user, self._fonts.ui(30), WHITE, CENTRE)
        spinner(painter, QPointF(middle - 0, self._height * 0.62), 18, scene.elapsed_s)
        label = self._line(int(self._height * 0.68), 36)
        words = self._texts.welcome if scene.progress < 0.75 else self._texts.preparing
        text(painter, label, words, self._fonts.ui(20), _SOFT_WHITE, CENTRE)

    def _busy(self, painter: QPainter, scene: Scene, words: str, more: str = "") -> None:
        """Blue from edge to edge, a spinner and one line: the picture a shutdown is known by."""
        self._fill(painter, SYSTEM_BLUE)
        spinner(painter, QPointF(self._width / 2, self._height * 0.44), 26, scene.elapsed_s)
        line = self._line(int(self._height * 0.52), 48)
        text(painter, line, words, self._fonts.ui(30), WHITE, CENTRE)
        if more:
            text(painter, self._line(line.bottom() + 2, 34), more, self._fonts.ui(20), _SOFT_WHITE, CENTRE)
        self._footer(painter)

    def _footer(self, painter: QPainter) -> None:
        words = f"{self._config.computer_name}  ·  {self._config.instance_id}"
        foot = QRect(28, self._height - 46, self._width - 56, 28)
        text(painter, foot, words, self._fonts.ui(14), QColor(255, 255, 255, 150), LEFT)

    def _stop(self, painter: QPainter, scene: Scene) -> None:
        self._fill(painter, _STOP_BLUE)
        left = int(self._width * 0.12)
        width = self._width - left - 60
        top = int(self._height * 0.24)
        # Above the words, as Windows has it: beside them a reader of the film would take it for their first letter.
        emblem(painter, QPointF(left + 34, top - 26), 68, QColor(0xFF, 0x9A, 0x8B))
        title = QRect(left, top + 28, width, 48)
        text(painter, title, self._texts.stop_title, self._fonts.ui(32, bold=True), WHITE, LEFT)
        percent = self._texts.stop_percent.format(percent=min(100, int(scene.progress * 100)))
        rows = ((self._texts.stop_text, 22, 96), (percent, 22, 146), (self._texts.stop_code, 16, 214))
        for words, size, below in rows:
            text(painter, QRect(left, top + below, width, 36), words, self._fonts.ui(size), _SOFT_WHITE, LEFT)
        self._footer(painter)
