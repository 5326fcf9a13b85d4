"""What lies over the windows: start menu, power menu, message, shutdown countdown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rdpgui.lab.guest.canvas import ACCENT, LEFT, WHITE, Fonts, emblem, panel, qrect, soft_shadow, text, wrapped
from rdpgui.lab.guest.config import GuestConfig
from rdpgui.lab.guest.desktop import MENU_ROWS, POWER_FOCUS, POWER_ROWS, Desktop, MenuRow, PowerRow, WindowKind
from rdpgui.lab.guest.machine import Action
from rdpgui.lab.guest.paint_desktop import window_icon
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.texts import Texts

_SHEET: Final = QColor(0x1D, 0x24, 0x30)
_EDGE: Final = QColor(0x45, 0x51, 0x63)
_ROW_ON: Final = QColor(0x35, 0x4A, 0x68)
_WORDS: Final = QColor(0xEC, 0xF1, 0xF7)
_QUIET: Final = QColor(0xA9, 0xB4, 0xC3)


class MenuPainter:
    """Paints menus and messages."""

    def __init__(self, config: GuestConfig, fonts: Fonts, texts: Texts) -> None:
        self._config = config
        self._fonts = fonts
        self._rows = {
            MenuRow.SERVER_MANAGER: texts.server_manager,
            MenuRow.CONSOLE: texts.console,
            MenuRow.BACKUP_JOB: texts.backup_job,
            MenuRow.ABOUT: texts.about,
        }
        self._power_rows = {
            PowerRow.RESTART: texts.restart,
            PowerRow.SHUT_DOWN: texts.shut_down,
            PowerRow.UPDATE_RESTART: texts.update_restart,
        }
        self._texts = texts

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Paint everything that is open."""
        desktop = scene.desktop
        if desktop.menu.open:
            self._menu(painter, desktop)
        if desktop.menu.power_focus is not None:
            self._flyout(painter, desktop)
        if desktop.toast:
            self._toast(painter, desktop)
        if scene.pending is not None:
            self._countdown(painter, scene)

    def _sheet(self, painter: QPainter, area: QRect) -> None:
        soft_shadow(painter, area)
        panel(painter, area, _SHEET, 7.0, _EDGE)

    def _menu(self, painter: QPainter, desktop: Desktop) -> None:
        layout = desktop.layout
        area = qrect(layout.menu)
        self._sheet(painter, area)
        head = QRect(area.x() + 20, area.y() + 10, area.width() - 40, 40)
        text(painter, head, self._config.computer_name, self._fonts.ui(16, bold=True), _WORDS, LEFT)
        for index, row in enumerate(MENU_ROWS):
            place = qrect(layout.menu_row(index))
            if desktop.menu.focus == index:
                panel(painter, place, _ROW_ON, 5.0)
            self._row_icon(painter, place.x() + 14, place.y() + 14, row)
            text(painter, place.adjusted(48, 0, -8, 0), self._rows[row], self._fonts.ui(15), _WORDS, LEFT)
        power = qrect(layout.power_button)
        painter.fillRect(area.x() + 12, power.y() - 8, area.width() - 24, 1, _EDGE)
        user = QRect(area.x() + 20, power.y(), 170, power.height())
        text(painter, user, self._config.user, self._fonts.ui(14), _QUIET, LEFT)
        if desktop.menu.focus == POWER_FOCUS or desktop.menu.power_focus is not None:
            panel(painter, power, _ROW_ON, 5.0)
        power_icon(painter, QPointF(power.x() + 22, power.center().y() + 1), _WORDS)
        text(painter, power.adjusted(42, 0, 0, 0), self._texts.power, self._fonts.ui(15), _WORDS, LEFT)

    def _row_icon(self, painter: QPainter, x: int, y: int, row: MenuRow) -> None:
        match row:
            case MenuRow.SERVER_MANAGER:
                window_icon(painter, x, y, WindowKind.SERVER_MANAGER)
            case MenuRow.CONSOLE:
                window_icon(painter, x, y, WindowKind.CONSOLE)
            case MenuRow.BACKUP_JOB:
                panel(painter, QRect(x, y + 3, 19, 13), QColor(0xF5, 0xC2, 0x4D), 2.5)
            case MenuRow.ABOUT:
                emblem(painter, QPointF(x + 9, y + 9), 18, QColor(0xB7, 0x9A, 0xF2))

    def _flyout(self, painter: QPainter, desktop: Desktop) -> None:
        layout = desktop.layout
        self._sheet(painter, qrect(layout.flyout))
        for index, row in enumerate(POWER_ROWS):
            place = qrect(layout.flyout_row(index))
            if desktop.menu.power_focus == index:
                panel(painter, place, _ROW_ON, 5.0)
            centre = QPointF(place.x() + 22, place.center().y() + 1)
            power_icon(painter, centre, _WORDS, ring=row is not PowerRow.SHUT_DOWN)
            words = self._power_rows[row]
            text(painter, place.adjusted(44, 0, -6, 0), words, self._fonts.ui(15), _WORDS, LEFT)

    def _toast(self, painter: QPainter, desktop: Desktop) -> None:
        area = qrect(desktop.layout.toast)
        self._sheet(painter, area)
        painter.fillRect(area.x() + 1, area.y() + 10, 3, area.height() - 20, ACCENT)
        title = QRect(area.x() + 18, area.y() + 10, area.width() - 36, 22)
        text(painter, title, self._texts.notice, self._fonts.ui(14, bold=True), _WORDS, LEFT)
        body = area.adjusted(18, 38, -18, -8)
        wrapped(painter, body, desktop.toast, self._fonts.ui(14), _QUIET)

    def _countdown(self, painter: QPainter, scene: Scene) -> None:
        """Paint what ``shutdown.exe /t N`` shows: a band across the desktop with the seconds left."""
        pending = scene.pending
        if pending is None:
            return
        band = QRect(0, int(self._config.height * 0.34), self._config.width, 164)
        painter.fillRect(band, QColor(0x0A, 0x4E, 0x92))
        left = int(self._config.width * 0.24)
        sentence = self._texts.banner_restart if pending.action is Action.RESTART else self._texts.banner_shutdown
        seconds = max(0, int(scene.pending_s + 0.999))
        title = QRect(left, band.y() + 30, band.width() - left, 44)
        text(painter, title, self._texts.banner_title, self._fonts.ui(29), WHITE, LEFT)
        line = QRect(left, band.y() + 84, band.width() - left, 36)
        text(painter, line, sentence.format(seconds=seconds), self._fonts.ui(20), WHITE, LEFT)


def power_icon(painter: QPainter, centre: QPointF, colour: QColor, *, ring: bool = False) -> None:
    """Paint the power sign, or with ``ring`` the restart arrow."""
    painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = QRect(int(centre.x()) - 8, int(centre.y()) - 8, 16, 16)
    if ring:
        painter.drawArc(box, 70 * 16, 300 * 16)
        tip = QPointF(centre.x() + 4.6, centre.y() - 6.6)
        painter.drawPolyline([QPointF(tip.x() - 5, tip.y() - 1.5), tip, QPointF(tip.x() - 0.5, tip.y() + 5)])
        return
    painter.drawArc(box, 120 * 16, 300 * 16)
    painter.drawLine(QPointF(centre.x(), centre.y() - 9), QPointF(centre.x(), centre.y() - 1))
