"""The console's picture and input: scaling, pointer, wheel, keys of many layouts. Needs Qt, offscreen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QInputMethodEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rdpgui.lab.console.config import ConfigError, ConsoleConfig
from rdpgui.lab.console.keysyms import keysym_of
from rdpgui.lab.console.texts import ENGLISH, JAPANESE, texts_for
from rdpgui.lab.console.view import DesktopView

RED, BLUE = QColor(200, 0, 0), QColor(0, 0, 200)
NONE = Qt.KeyboardModifier.NoModifier
K = Qt.Key


class Stage:
    """A live view of a 1280x720 desktop, half red and half blue, and what it passed on."""

    def __init__(self, view: DesktopView) -> None:
        self.view = view
        self.pointer: list[tuple[int, int, int]] = []
        self.keys: list[tuple[int, bool]] = []
        view.pointer_changed.connect(self.on_pointer)
        view.key_changed.connect(self.on_key)

    def on_pointer(self, x: int, y: int, buttons: int) -> None:
        self.pointer.append((x, y, buttons))

    def on_key(self, keysym: int, down: bool) -> None:
        self.keys.append((keysym, down))

    def key(self, key: int, text: str = "", *, down: bool = True, modifiers: Qt.KeyboardModifier = NONE) -> None:
        kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
        QApplication.sendEvent(self.view, QKeyEvent(kind, key, modifiers, text))


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    view = DesktopView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    picture = QImage(1280, 720, QImage.Format.Format_RGB32)
    picture.fill(RED)
    for x in range(640, 1280):
        for y in (0, 719):
            picture.setPixelColor(x, y, BLUE)
    view.show_picture(picture)
    view.set_live(True)
    view.show()
    yield Stage(view)
    view.close()


def test_that_the_picture_keeps_its_aspect_and_sits_in_the_middle(stage: Stage) -> None:
    target = stage.view.target()
    assert (target.x(), target.y(), target.width(), target.height()) == (0, 60, 640, 360)
    grabbed = stage.view.grab().toImage()
    assert grabbed.pixelColor(320, 240).red() > 150
    assert grabbed.pixelColor(320, 30).red() < 60


@pytest.mark.parametrize(
    ("place", "pixel"),
    [
        ((0, 60), (0, 0)),
        ((320, 240), (640, 360)),
        ((700, 470), (1279, 719)),
        ((5, 3), (10, 0)),
        ((700, 470), (1279, 719)),
    ],
)
def test_that_a_place_in_the_window_is_a_pixel_of_the_desktop(
    stage: Stage, place: tuple[int, int], pixel: tuple[int, int]
) -> None:
    assert stage.view.to_desktop(QPointF(*place)) == pixel


def test_that_buttons_are_pressed_held_and_released(stage: Stage) -> None:
    QTest.mousePress(stage.view, Qt.MouseButton.LeftButton, NONE, QPoint(320, 240))
    QTest.mousePress(stage.view, Qt.MouseButton.RightButton, NONE, QPoint(320, 240))
    QTest.mouseRelease(stage.view, Qt.MouseButton.LeftButton, NONE, QPoint(322, 240))
    QTest.mouseRelease(stage.view, Qt.MouseButton.RightButton, NONE, QPoint(322, 240))
    presses = [one for one in stage.pointer if one[2] or one is stage.pointer[-1]]
    assert presses == [(640, 360, 1), (640, 360, 5), (644, 360, 4), (644, 360, 0)]


def wheel(stage: Stage, x: int, y: int) -> None:
    place = QPointF(320, 240)
    event = QWheelEvent(
        place, place, QPoint(), QPoint(x, y), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(stage.view, event)


@pytest.mark.parametrize(("x", "y", "button"), [(0, 120, 8), (0, -120, 16), (120, 0, 32), (-120, 0, 64)])
def test_that_a_wheel_step_is_a_button_pressed_and_released(stage: Stage, x: int, y: int, button: int) -> None:
    wheel(stage, x, y)
    assert [buttons for _, _, buttons in stage.pointer] == [button, 0]


def test_that_small_wheel_movements_add_up_to_one_step(stage: Stage) -> None:
    for _ in range(4):
        wheel(stage, 0, -30)
    assert [buttons for _, _, buttons in stage.pointer] == [16, 0]


def test_that_nothing_is_passed_before_the_connection_and_after_its_end(stage: Stage) -> None:
    stage.view.set_live(False)
    QTest.mouseClick(stage.view, Qt.MouseButton.LeftButton, NONE, QPoint(320, 240))
    wheel(stage, 0, 120)
    stage.key(K.Key_A, "a")
    stage.key(K.Key_A, "a", down=False)
    assert (stage.pointer, stage.keys) == ([], [])


def test_that_tab_and_shortcuts_reach_the_desktop_instead_of_the_window(stage: Stage) -> None:
    stage.key(K.Key_Tab, "\t")
    override = QKeyEvent(QEvent.Type.ShortcutOverride, K.Key_W, Qt.KeyboardModifier.ControlModifier, "\x17")
    override.ignore()
    QApplication.sendEvent(stage.view, override)
    assert stage.keys == [(0xFF09, True)]
    assert override.isAccepted()


def test_that_the_key_released_is_the_one_that_was_pressed(stage: Stage) -> None:
    stage.key(K.Key_Meta)
    stage.key(K.Key_Meta, down=False)
    stage.key(K.Key_A, "A")
    stage.key(K.Key_A, "a", down=False)
    assert stage.keys == [(0xFFEB, True), (0xFFEB, False), (0x41, True), (0x41, False)]


def test_that_losing_the_focus_lets_go_of_held_keys(stage: Stage) -> None:
    stage.key(K.Key_Alt)
    QApplication.sendEvent(stage.view, QFocusEvent(QEvent.Type.FocusOut))
    stage.key(K.Key_Alt, down=False)
    assert stage.keys == [(0xFFE9, True), (0xFFE9, False)]


def test_that_the_end_of_the_connection_lets_go_of_held_keys(stage: Stage) -> None:
    stage.key(K.Key_Shift)
    stage.view.set_live(False)
    assert stage.keys == [(0xFFE1, True), (0xFFE1, False)]


def test_that_a_double_click_is_two_presses(stage: Stage) -> None:
    QTest.mouseClick(stage.view, Qt.MouseButton.LeftButton, NONE, QPoint(320, 240))
    QTest.mouseDClick(stage.view, Qt.MouseButton.LeftButton, NONE, QPoint(320, 240))
    assert [buttons for _, _, buttons in stage.pointer][:3] == [1, 0, 1]


def test_that_what_an_input_method_commits_goes_out_character_by_character(stage: Stage) -> None:
    event = QInputMethodEvent()
    event.setCommitString("録a")
    QApplication.sendEvent(stage.view, event)
    assert stage.keys == [(0x01009332, True), (0x01009332, False), (0x61, True), (0x61, False)]


def test_that_a_notice_is_painted_over_the_picture_and_can_go_away(stage: Stage) -> None:
    without = stage.view.grab().toImage()
    stage.view.set_notice("Session ended")
    assert stage.view.grab().toImage() != without
    stage.view.set_notice("")
    assert stage.view.grab().toImage() == without


def test_that_another_desktop_size_is_shown_whole(stage: Stage) -> None:
    picture = QImage(600, 800, QImage.Format.Format_RGB32)
    picture.fill(BLUE)
    stage.view.show_picture(picture)
    target = stage.view.target()
    assert (target.width(), target.height()) == (360, 480)
    assert stage.view.sizeHint() == QSize(600, 800)
    assert stage.view.grab().toImage().pixelColor(320, 240).blue() > 150


@pytest.mark.parametrize(
    ("key", "text", "keypad", "keysym"),
    [
        (K.Key_A, "a", False, 0x61),
        (K.Key_A, "\x01", False, 0x61),  # Ctrl+A
        (K.Key_2, '"', False, 0x22),  # Shift+2 on a Japanese keyboard
        (K.Key_yen, "¥", False, 0xA5),
        (K.Key_Backslash, "\\", False, 0x5C),
        (K.Key_Underscore, "_", False, 0x5F),
        (K.Key_Eacute, "é", False, 0xE9),
        (K.Key_unknown, "あ", False, 0x01003042),
        (K.Key_unknown, "€", False, 0x010020AC),
        (K.Key_Henkan, "", False, 0xFF23),
        (K.Key_Muhenkan, "", False, 0xFF22),
        (K.Key_Zenkaku_Hankaku, "", False, 0xFF2A),
        (K.Key_Hiragana_Katakana, "", False, 0xFF27),
        (K.Key_F1, "", False, 0xFFBE),
        (K.Key_F12, "", False, 0xFFC9),
        (K.Key_Return, "\r", False, 0xFF0D),
        (K.Key_Enter, "\r", True, 0xFF8D),
        (K.Key_7, "7", True, 0xFFB7),
        (K.Key_Plus, "+", True, 0xFFAB),
        (K.Key_Delete, "\x7f", False, 0xFFFF),
        (K.Key_Space, " ", False, 0x20),
        (K.Key_Super_R, "", False, 0xFFEC),
        (K.Key_VolumeUp, "", False, None),
    ],
)
def test_that_a_key_has_its_keysym(key: int, text: str, keypad: bool, keysym: int | None) -> None:
    assert keysym_of(key, text, keypad=keypad) == keysym


WHOLE = (
    '{"host": "127.0.0.1", "port": 5900, "password": "secret-9", "title": "T", "language": "ja", "instance_name": "n"}'
)


def test_that_a_whole_configuration_is_taken_and_keeps_its_password_to_itself() -> None:
    config = ConsoleConfig.from_json(WHOLE)
    assert (config.host, config.port, config.title, config.language) == ("127.0.0.1", 5900, "T", "ja")
    assert "secret-9" not in repr(config)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("127.0.0.1", "192.0.2.1", "loopback"),
        ("127.0.0.1", "example.org", "host"),
        ("5900", "0", "port"),
        ("5900", '"5900"', "port"),
        ('"ja"', '"fr"', "language"),
        ('"n"}', "null}", "instance_name"),
    ],
)
def test_that_an_unusable_member_is_named(old: str, new: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        ConsoleConfig.from_json(WHOLE.replace(old, new))


def test_that_each_language_has_its_words_and_others_get_english() -> None:
    assert texts_for("ja") is JAPANESE
    assert texts_for("xx") is ENGLISH
    assert JAPANESE.ended != ENGLISH.ended
