"""The display: composes all painters into one QImage and puts LAB mark and clock strip on top."""

from __future__ import annotations

import os
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QPainter

from rdpgui.lab.guest import clock_strip
from rdpgui.lab.guest.canvas import Fonts, lab_mark
from rdpgui.lab.guest.config import GuestConfig
from rdpgui.lab.guest.machine import Screen
from rdpgui.lab.guest.paint_desktop import DesktopPainter
from rdpgui.lab.guest.paint_menus import MenuPainter
from rdpgui.lab.guest.paint_system import SystemPainter
from rdpgui.lab.guest.paint_windows import WindowPainter
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.texts import texts_for

_JPEG_QUALITY = 88


class Display:
    """The guest's framebuffer and its painters. Needs a QGuiApplication.

    Attributes:
        texts: the words that can be painted with the fonts of this machine.
        frame: the framebuffer, shape (height, width, 4), uint8 BGRX, changed in place by ``paint``.
        last_paint_ms: the time in the strip of the last frame, milliseconds by the guest's own clock.
    """

    def __init__(self, config: GuestConfig) -> None:
        fonts = Fonts()
        self.texts = texts_for(config.language, japanese_font=fonts.japanese)
        self.last_paint_ms = 0
        self._fonts = fonts
        self._config = config
        self._image = QImage(config.width, config.height, QImage.Format.Format_RGB32)
        self._image.fill(0)
        self.frame: NDArray[np.uint8] = np.frombuffer(self._image.bits(), np.uint8).reshape(
            config.height, config.width, 4
        )
        self._system = SystemPainter(config, fonts, self.texts)
        self._desktop = DesktopPainter(config, fonts, self.texts)
        self._windows = WindowPainter(config, fonts, self.texts)
        self._menus = MenuPainter(config, fonts, self.texts)
        self._behind_image = QImage()
        self._behind_key: Hashable = None
        self._painted_key: Hashable = None

    def paint(self, scene: Scene) -> None:
        """Paint one frame. The strip is painted last and on every frame; the rest only when it changed."""
        key = _key(scene)
        if key != self._painted_key:
            self._compose(scene)
            self._painted_key = key
        self.last_paint_ms = scene.now_ms
        clock_strip.paint(self.frame, self.last_paint_ms)

    def save_jpeg(self, path: str) -> None:
        """Write the present frame as JPEG, readable by the owner only.

        Raises:
            OSError: the file cannot be written, or Qt has no JPEG writer here.
        """
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not self._image.save(buffer, "JPEG", _JPEG_QUALITY):  # type: ignore[call-overload]  # stubs lack QIODevice
            raise OSError("Qt could not write a JPEG")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data.data())

    def _compose(self, scene: Scene) -> None:
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if scene.screen is Screen.DESKTOP:
            painter.drawImage(0, 0, self._behind(scene))
            self._desktop.taskbar(painter, scene)
            self._menus.paint(painter, scene)
            self._desktop.pointer(painter, *scene.desktop.pointer)
        else:
            self._system.paint(painter, scene)
        lab_mark(painter, self._config.width, self._fonts)
        painter.end()

    def _behind(self, scene: Scene) -> QImage:
        """Return backdrop and windows: a moving pointer or an open menu does not paint them again."""
        key = self._windows.key(scene)
        if key != self._behind_key:
            if self._behind_image.isNull():
                self._behind_image = QImage(self._image.size(), QImage.Format.Format_RGB32)
            painter = QPainter(self._behind_image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawImage(0, 0, self._desktop.backdrop())
            self._windows.paint(painter, scene)
            painter.end()
            self._behind_key = key
        return self._behind_image


def _key(scene: Scene) -> Hashable:
    """Return what the picture depends on, so that an unchanged one is not painted again."""
    if scene.screen is not Screen.DESKTOP:
        return scene.screen, scene.elapsed_s
    half_seconds = scene.now_ms // 500
    return scene.screen, scene.desktop.revision, scene.desktop.shell.revision, half_seconds, scene.pending
