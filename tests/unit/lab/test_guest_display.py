"""The painted pictures: clock, LAB mark and words on every screen. Needs Qt, offscreen."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from rdpgui.lab.guest.canvas import LAB_VIOLET
from rdpgui.lab.guest.config import GuestConfig, Language
from rdpgui.lab.guest.desktop import Desktop
from rdpgui.lab.guest.machine import Action, Origin, PendingShutdown, Screen
from rdpgui.lab.guest.scene import Scene
from rdpgui.lab.guest.screen import Display
from rdpgui.lab.guest.shell import Shell
from rdpgui.lab.guest.texts import ENGLISH, JAPANESE, texts_for
from tests.helpers.painted_clock import Picture, read_clock

NOW_MS = 1_795_000_000_123
SHOWN: Sequence[Screen] = [screen for screen in Screen if screen not in (Screen.CLOSED, Screen.OFF)]


class Studio:
    """A display with its desktop, and a short way to paint it."""

    def __init__(self, *, language: Language = Language.ENGLISH, width: int = 1280, height: int = 720) -> None:
        config = GuestConfig("i-1", "PC", "User", "pw", language, width, height)
        self.display = Display(config)
        self.shell = Shell("PC", "User", self.display.texts)
        self.desktop = Desktop(width, height, self.shell, self.display.texts)

    def paint(self, screen: Screen, now_ms: int = NOW_MS, *, pending: PendingShutdown | None = None) -> Picture:
        boot_at = datetime.fromtimestamp(now_ms / 1000 - 60, UTC)
        self.display.paint(Scene(screen, 1.0, 0.5, now_ms, boot_at, self.desktop, pending, 9.5))
        return self.display.frame.copy()


@pytest.fixture
def studio(qapp: QApplication) -> Studio:
    return Studio()


@pytest.mark.parametrize("screen", SHOWN)
def test_that_every_screen_carries_the_clock_and_the_lab_mark(studio: Studio, screen: Screen) -> None:
    picture = studio.paint(screen)
    assert read_clock(picture) == NOW_MS
    assert studio.display.last_paint_ms == NOW_MS
    corner = picture[14:34, 1206:1260, :3].reshape(-1, 3)
    violet = np.array([LAB_VIOLET.blue(), LAB_VIOLET.green(), LAB_VIOLET.red()])
    assert (np.abs(corner.astype(int) - violet).max(axis=1) < 3).mean() > 0.3


def test_that_no_two_screens_look_the_same(studio: Studio) -> None:
    pictures = [studio.paint(screen) for screen in SHOWN]
    for index, one in enumerate(pictures):
        assert all(np.abs(one.astype(int) - other).sum() > 100_000 for other in pictures[index + 1 :])


def test_that_the_shutdown_screen_is_blue_from_edge_to_edge(studio: Studio) -> None:
    picture = studio.paint(Screen.SHUTDOWN)
    blue, green, red = (int(picture[40, 40, channel]) for channel in range(3))
    assert blue > 150 > green > red
    assert (picture[600:660, :, :3] == picture[40, 40, :3]).all()


def test_that_only_the_strip_changes_while_nothing_moves(studio: Studio) -> None:
    before = studio.paint(Screen.DESKTOP, NOW_MS)
    after = studio.paint(Screen.DESKTOP, NOW_MS + 100)
    rows = np.flatnonzero((before != after).any(axis=(1, 2)))
    assert rows.min() >= 712


def test_that_the_numbers_move_from_second_to_second(studio: Studio) -> None:
    before = studio.paint(Screen.DESKTOP, NOW_MS)
    after = studio.paint(Screen.DESKTOP, NOW_MS + 1000)
    assert (before[:672] != after[:672]).sum() > 200


def test_that_the_pointer_is_painted_where_it_is_and_nowhere_else(studio: Studio) -> None:
    away = studio.paint(Screen.DESKTOP)
    studio.desktop.on_pointer(1000, 150, 0)
    changed = np.argwhere((studio.paint(Screen.DESKTOP)[:, :, :3] != away[:, :, :3]).any(axis=2))
    near = changed[(changed[:, 1] > 900) & (changed[:, 0] < 300)]
    assert near.min(axis=0).tolist() == pytest.approx([150, 1000], abs=2)
    assert np.ptp(near, axis=0).max() < 24


def test_that_typed_text_menu_message_and_countdown_can_be_seen(studio: Studio) -> None:
    pictures = [studio.paint(Screen.DESKTOP)]
    studio.shell.put("x")
    pictures.append(studio.paint(Screen.DESKTOP))
    studio.desktop.menu.toggle()
    studio.desktop.show_toast("hello")
    pictures.append(studio.paint(Screen.DESKTOP))
    studio.desktop.menu.open_power()
    studio.desktop.revision += 1
    pictures.append(studio.paint(Screen.DESKTOP))
    pictures.append(studio.paint(Screen.DESKTOP, pending=PendingShutdown(Action.RESTART, Origin.RUN_COMMAND, 99.0)))
    for before, after in pairwise(pictures):
        assert (before != after).any()


def test_that_wallpapers_differ_by_number_and_any_number_is_one(qapp: QApplication) -> None:
    seen = set()
    for number in (0, 1, 2, -3, 10**6):
        display = Display(GuestConfig("i-1", "PC", "User", "pw", wallpaper=number))
        shell = Shell("PC", "User", display.texts)
        boot_at = datetime.fromtimestamp(NOW_MS / 1000, UTC)
        display.paint(Scene(Screen.DESKTOP, 0, 0, NOW_MS, boot_at, Desktop(1280, 720, shell, display.texts)))
        seen.add(display.frame[600, 20].tobytes())
    assert len(seen) >= 3


def test_that_japanese_is_painted_where_a_font_has_it_and_english_elsewhere(qapp: QApplication) -> None:
    assert texts_for(Language.JAPANESE, japanese_font=False) is ENGLISH
    assert texts_for(Language.JAPANESE, japanese_font=True) is JAPANESE
    english = Studio(language=Language.ENGLISH).paint(Screen.RESTART)
    studio = Studio(language=Language.JAPANESE)
    if studio.display.texts is JAPANESE:
        assert (studio.paint(Screen.RESTART) != english).any()


@pytest.mark.parametrize(("width", "height"), [(800, 600), (1920, 1080)])
def test_that_other_sizes_are_painted_to_the_corners(qapp: QApplication, width: int, height: int) -> None:
    studio = Studio(width=width, height=height)
    for screen in SHOWN:
        assert read_clock(studio.paint(screen)) == NOW_MS


def test_that_a_screenshot_is_a_private_jpeg_of_the_frame(studio: Studio, tmp_path: Path) -> None:
    studio.paint(Screen.SHUTDOWN)
    path = tmp_path / "screen.jpg"
    studio.display.save_jpeg(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1280, 720)
    assert path.read_bytes()[:2] == b"\xff\xd8"


def test_that_an_unwritable_screenshot_is_an_error(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        studio.display.save_jpeg(str(tmp_path / "missing" / "screen.jpg"))
