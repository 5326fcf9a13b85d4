"""The windows of the desktop: Server Manager and console. Each is painted into a picture of its own and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from rdpgui.lab.guest.activity import Load, history, seed_of, services
from rdpgui.lab.guest.canvas import (
    ACCENT,
    CARD,
    FAINT_INK,
    GREEN,
    INK,
    LEFT,
    PAPER,
    RIGHT,
    RULE,
    WHITE,
    Fonts,
    panel,
    qrect,
    soft_shadow,
    text,
)
from rdpgui.lab.guest.config import GuestConfig
from rdpgui.lab.guest.desktop import WindowKind
from rdpgui.lab.guest.layout import CAPTION_BUTTON, TITLE_HEIGHT, Rect
from rdpgui.lab.guest.paint_desktop import window_icon
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.shell import Shell
from rdpgui.lab.guest.texts import Texts

_GRAPH_SECONDS: Final = 60
_NAV_WIDTH: Final = 168
_LINE_HEIGHT: Final = 18
_CONSOLE_INK: Final = QColor(0xD6, 0xDE, 0xE8)
_NETWORK_TOP_KIB_S: Final = 3000.0


class WindowPainter:
    """Paints the windows in their order."""

    def __init__(self, config: GuestConfig, fonts: Fonts, texts: Texts) -> None:
        self._config = config
        self._fonts = fonts
        self._texts = texts
        self._seed = seed_of(config.instance_id)
        self._kept: dict[WindowKind, tuple[Hashable, QImage]] = {}

    def key(self, scene: Scene) -> Hashable:
        """Return what the picture of all windows depends on."""
        windows = scene.desktop.windows
        contents = (self._content_key(kind, windows.focused is kind, scene) for kind in windows.order)
        return tuple(windows.order), tuple(windows.rects.values()), tuple(contents)

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Paint all visible windows, undermost first."""
        windows = scene.desktop.windows
        for kind in windows.order:
            rect = windows.rects[kind]
            focused = windows.focused is kind
            soft_shadow(painter, qrect(rect))
            painter.drawImage(rect.x, rect.y, self._picture(kind, rect, focused, scene))

    def _picture(self, kind: WindowKind, rect: Rect, focused: bool, scene: Scene) -> QImage:
        """Return the window's picture, painted anew only when something in it changed."""
        key = (focused, rect.width, rect.height, self._content_key(kind, focused, scene))
        kept = self._kept.get(kind)
        if kept is not None and kept[0] == key:
            return kept[1]
        image = QImage(rect.width, rect.height, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRect(0, TITLE_HEIGHT, rect.width, rect.height - TITLE_HEIGHT)
        contents: dict[WindowKind, Callable[[QPainter, QRect, Scene], None]] = {
            WindowKind.SERVER_MANAGER: self._server_manager,
            WindowKind.CONSOLE: self._console,
        }
        contents[kind](painter, body, scene)
        self._frame(painter, rect.width, rect.height, kind, focused)
        painter.end()
        self._kept[kind] = (key, image)
        return image

    def _content_key(self, kind: WindowKind, focused: bool, scene: Scene) -> Hashable:
        if kind is WindowKind.SERVER_MANAGER:
            return scene.second
        return scene.desktop.shell.revision, focused and caret_on(scene.now_ms)

    def _frame(self, painter: QPainter, width: int, height: int, kind: WindowKind, focused: bool) -> None:
        dark = kind is WindowKind.CONSOLE
        bar = QColor(0x1B, 0x22, 0x2E) if dark else (WHITE if focused else QColor(0xEC, 0xEF, 0xF3))
        ink = _CONSOLE_INK if dark else INK
        painter.fillRect(0, 0, width, TITLE_HEIGHT, bar)
        window_icon(painter, 10, 8, kind)
        words = self._texts.console if dark else self._texts.server_manager
        colour = QColor(ink)
        colour.setAlpha(255 if focused else 140)
        text(painter, QRect(38, 0, width - 200, TITLE_HEIGHT), words, self._fonts.ui(14), colour, LEFT)
        painter.setPen(QPen(colour, 1.3))
        middle = TITLE_HEIGHT / 2
        cross = width - CAPTION_BUTTON / 2
        painter.drawLine(QPointF(cross - 5, middle - 5), QPointF(cross + 5, middle + 5))
        painter.drawLine(QPointF(cross - 5, middle + 5), QPointF(cross + 5, middle - 5))
        dash = width - CAPTION_BUTTON * 1.5
        painter.drawLine(QPointF(dash - 5, middle), QPointF(dash + 5, middle))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ACCENT if focused else QColor(0x8C, 0x98, 0xA8), 1))
        painter.drawRect(QRect(0, 0, width - 1, height - 1))

    # -- console ------------------------------------------------------------
    def _console(self, painter: QPainter, body: QRect, scene: Scene) -> None:
        painter.fillRect(body, QColor(0x0C, 0x12, 0x1C))
        shell: Shell = scene.desktop.shell
        rows = (body.height() - 16) // _LINE_HEIGHT
        lines = shell.tail(rows - 1)
        font = self._fonts.mono(13)
        place = QRect(body.x() + 10, body.y() + 8, body.width() - 20, _LINE_HEIGHT)
        for line in lines:
            text(painter, place, line, font, _CONSOLE_INK, LEFT)
            place.translate(0, _LINE_HEIGHT)
        words = shell.prompt + shell.typed
        painter.setFont(font)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideLeft, place.width() - 12)
        text(painter, place, shown, font, QColor(0xF4, 0xF7, 0xFB), LEFT)
        if caret_on(scene.now_ms) and scene.desktop.windows.focused is WindowKind.CONSOLE:
            left = place.x() + metrics.horizontalAdvance(shown) + 1
            painter.fillRect(left, place.y() + 14, 8, 2, WHITE)

    # -- Server Manager -----------------------------------------------------
    def _server_manager(self, painter: QPainter, body: QRect, scene: Scene) -> None:
        painter.fillRect(body, PAPER)
        self._navigation(painter, QRect(body.x(), body.y(), _NAV_WIDTH, body.height()))
        left = body.x() + _NAV_WIDTH + 18
        width = body.right() - left - 16
        head = QRect(left, body.y() + 8, width, 34)
        text(painter, head, self._texts.dashboard, self._fonts.ui(21), INK, LEFT)
        loads = history(self._seed, scene.second, _GRAPH_SECONDS)
        top = head.bottom() + 6
        self._properties(painter, QRect(left, top, width, 118), scene)
        self._graphs(painter, QRect(left, top + 130, width, 152), loads)
        self._services(painter, QRect(left, top + 294, width, body.bottom() - top - 294 - 14), loads[-1])

    def _navigation(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, QColor(0xE9, 0xED, 0xF3))
        items = (
            self._texts.dashboard,
            self._texts.local_server,
            self._texts.all_servers,
            self._texts.file_services,
        )
        for index, words in enumerate(items):
            row = QRect(area.x() + 6, area.y() + 10 + index * 38, area.width() - 12, 34)
            if index == 0:
                panel(painter, row, QColor(0xD3, 0xE4, 0xF8), 4.0)
                painter.fillRect(row.x(), row.y() + 8, 3, 18, ACCENT)
            text(painter, row.adjusted(14, 0, 0, 0), words, self._fonts.ui(13, bold=index == 0), INK, LEFT)

    def _card(self, painter: QPainter, area: QRect, title: str) -> None:
        panel(painter, area, CARD, 5.0, RULE)
        place = QRect(area.x() + 14, area.y() + 7, area.width() - 28, 20)
        text(painter, place, title, self._fonts.ui(13, bold=True), INK, LEFT)

    def _properties(self, painter: QPainter, area: QRect, scene: Scene) -> None:
        self._card(painter, area, self._texts.properties)
        up = max(0, int((scene.now_at - scene.boot_at).total_seconds()))
        up_time = f"{up // 3600:02d}:{up // 60 % 60:02d}:{up % 60:02d}"
        facts = (
            (self._texts.computer_name, self._config.computer_name),
            (self._texts.instance, self._config.instance_id),
            (self._texts.operating_system, self._texts.system),
            (self._texts.signed_in, self._config.user),
            (self._texts.up_time, up_time),
            (self._texts.network, "10.0.12.34"),
        )
        column = (area.width() - 28) // 2
        for index, (name, value) in enumerate(facts):
            x = area.x() + 14 + index % 2 * column
            y = area.y() + 34 + index // 2 * 26
            text(painter, QRect(x, y, 126, 22), name, self._fonts.ui(12), FAINT_INK, LEFT)
            text(painter, QRect(x + 130, y, column - 134, 22), value, self._fonts.ui(13), INK, LEFT)

    def _graphs(self, painter: QPainter, area: QRect, loads: Sequence[Load]) -> None:
        self._card(painter, area, self._texts.performance)
        now = loads[-1]
        shown = (
            (self._texts.processor, f"{now.cpu:.0%}", [load.cpu for load in loads], ACCENT),
            (self._texts.memory, f"{now.memory:.0%}", [load.memory for load in loads], QColor(0x8A, 0x5C, 0xD1)),
            (
                self._texts.network,
                f"{now.network_kib_s:,.0f} KiB/s",
                [min(1.0, load.network_kib_s / _NETWORK_TOP_KIB_S) for load in loads],
                GREEN,
            ),
        )
        width = (area.width() - 28 - 2 * 14) // 3
        for index, (name, value, shares, colour) in enumerate(shown):
            x = area.x() + 14 + index * (width + 14)
            label = QRect(x, area.y() + 30, width, 20)
            text(painter, label, name, self._fonts.ui(12), FAINT_INK, LEFT)
            text(painter, label, value, self._fonts.ui(13, bold=True), INK, RIGHT)
            graph(painter, QRect(x, area.y() + 54, width, area.height() - 68), shares, colour)

    def _services(self, painter: QPainter, area: QRect, now: Load) -> None:
        self._card(painter, area, self._texts.services)
        names = services()
        width = (area.width() - 28) // len(names)
        for index, name in enumerate(names):
            cell = QRect(area.x() + 14 + index * width, area.y() + 32, width - 8, 44)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(GREEN)
            painter.drawEllipse(QPointF(cell.x() + 6, cell.y() + 11), 4, 4)
            text(painter, QRect(cell.x() + 16, cell.y(), width - 20, 22), name, self._fonts.ui(12), INK, LEFT)
            place = QRect(cell.x() + 16, cell.y() + 20, width - 20, 20)
            text(painter, place, self._texts.running, self._fonts.ui(11), FAINT_INK, LEFT)
        if area.height() < 104:
            return
        bar = QRect(area.x() + 14, area.bottom() - 16, area.width() - 28, 5)
        panel(painter, bar, RULE, 2.5)
        bar.setWidth(max(6, int(bar.width() * now.cpu)))
        panel(painter, bar, ACCENT, 2.5)


def caret_on(now_ms: int) -> bool:
    """Return whether the blinking caret is visible now: half a second on, half a second off."""
    return now_ms % 1000 < 500


def graph(painter: QPainter, area: QRect, shares: Sequence[float], colour: QColor) -> None:
    """Paint a filled line graph of values from 0 to 1, newest at the right."""
    panel(painter, area, QColor(0xF7, 0xF9, 0xFC), 2.0, RULE)
    painter.setPen(QPen(QColor(0xE6, 0xEB, 0xF1), 1))
    for line in (1, 2, 3):
        y = area.y() + area.height() * line // 4
        painter.drawLine(area.x() + 1, y, area.right() - 1, y)
    step = (area.width() - 2) / (len(shares) - 1)
    points = [
        QPointF(area.x() + 1 + index * step, area.bottom() - 1 - share * (area.height() - 3))
        for index, share in enumerate(shares)
    ]
    path = QPainterPath(QPointF(points[0].x(), area.bottom()))
    for point in points:
        path.lineTo(point)
    path.lineTo(QPointF(points[-1].x(), area.bottom()))
    fill = QColor(colour)
    fill.setAlpha(48)
    painter.fillPath(path, fill)
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(points)
