"""Keys of the film panel, as in video editors."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt


class KeyCommand(StrEnum):
    """What a key asks for."""

    PLAY_PAUSE = "play-pause"
    PAUSE = "pause"
    BACKWARDS = "backwards"
    FORWARDS = "forwards"
    FRAME_BACK = "frame-back"
    FRAME_ON = "frame-on"
    SECOND_BACK = "second-back"
    SECOND_ON = "second-on"
    FIRST = "first"
    LAST = "last"
    LOOP_BEGIN = "loop-begin"
    LOOP_END = "loop-end"
    SNAPSHOT = "snapshot"
    FULL_SCREEN = "full-screen"
    LEAVE_FULL_SCREEN = "leave-full-screen"
    SKIP_IDLE = "skip-idle"


_KEYS = {
    Qt.Key.Key_Space: KeyCommand.PLAY_PAUSE,
    Qt.Key.Key_K: KeyCommand.PAUSE,
    Qt.Key.Key_J: KeyCommand.BACKWARDS,
    Qt.Key.Key_L: KeyCommand.FORWARDS,
    Qt.Key.Key_Comma: KeyCommand.FRAME_BACK,
    Qt.Key.Key_Period: KeyCommand.FRAME_ON,
    Qt.Key.Key_Left: KeyCommand.FRAME_BACK,
    Qt.Key.Key_Right: KeyCommand.FRAME_ON,
    Qt.Key.Key_Home: KeyCommand.FIRST,
    Qt.Key.Key_End: KeyCommand.LAST,
    Qt.Key.Key_BracketLeft: KeyCommand.LOOP_BEGIN,
    Qt.Key.Key_BracketRight: KeyCommand.LOOP_END,
    Qt.Key.Key_S: KeyCommand.SNAPSHOT,
    Qt.Key.Key_F: KeyCommand.FULL_SCREEN,
    Qt.Key.Key_Escape: KeyCommand.LEAVE_FULL_SCREEN,
    Qt.Key.Key_I: KeyCommand.SKIP_IDLE,
}
_SHIFTED = {Qt.Key.Key_Left: KeyCommand.SECOND_BACK, Qt.Key.Key_Right: KeyCommand.SECOND_ON}


def key_command(key: int, modifiers: Qt.KeyboardModifier) -> KeyCommand | None:
    """Return what a key asks for, None for keys that are not the player's."""
    modifiers &= ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == Qt.KeyboardModifier.ShiftModifier:
        return _SHIFTED.get(Qt.Key(key))
    return _KEYS.get(Qt.Key(key)) if modifiers == Qt.KeyboardModifier.NoModifier else None
