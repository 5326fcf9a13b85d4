"""Keys of the film panel, as in video editors."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt

from rdpgui.i18n import N_


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
    EARLIER = "earlier"
    LATER = "later"


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
_CONTROLLED = {Qt.Key.Key_BracketLeft: KeyCommand.EARLIER, Qt.Key.Key_BracketRight: KeyCommand.LATER}
_SHIFTED = {Qt.Key.Key_Left: KeyCommand.SECOND_BACK, Qt.Key.Key_Right: KeyCommand.SECOND_ON}

KEY_HELP: tuple[tuple[str, str, tuple[KeyCommand, ...]], ...] = (
    ("Space", N_("Play or pause"), (KeyCommand.PLAY_PAUSE,)),
    (
        "J  K  L",
        N_("Backwards, pause, forwards; J and L again for faster"),
        (KeyCommand.BACKWARDS, KeyCommand.PAUSE, KeyCommand.FORWARDS),
    ),
    (",  .    ←  →", N_("One frame back, one frame on"), (KeyCommand.FRAME_BACK, KeyCommand.FRAME_ON)),
    ("Shift+←  Shift+→", N_("One second back, one second on"), (KeyCommand.SECOND_BACK, KeyCommand.SECOND_ON)),
    ("Home  End", N_("First frame, last frame"), (KeyCommand.FIRST, KeyCommand.LAST)),
    ("[  ]", N_("Begin and end of a loop"), (KeyCommand.LOOP_BEGIN, KeyCommand.LOOP_END)),
    (
        "Ctrl+[  Ctrl+]",
        N_("Move the film on the clock by a tenth of a second"),
        (KeyCommand.EARLIER, KeyCommand.LATER),
    ),
    ("I", N_("Skip stretches in which nothing changes"), (KeyCommand.SKIP_IDLE,)),
    ("S", N_("Save the picture"), (KeyCommand.SNAPSHOT,)),
    ("F  Esc", N_("Full screen, and back"), (KeyCommand.FULL_SCREEN, KeyCommand.LEAVE_FULL_SCREEN)),
)
"""Keys as the help shows them, English message id, and what they ask for: every command of the film once."""


def key_command(key: int, modifiers: Qt.KeyboardModifier) -> KeyCommand | None:
    """Return what a key asks for, None for keys that are not the player's."""
    modifiers &= ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == Qt.KeyboardModifier.ShiftModifier:
        return _SHIFTED.get(Qt.Key(key))
    if modifiers == Qt.KeyboardModifier.ControlModifier:
        return _CONTROLLED.get(Qt.Key(key))
    return _KEYS.get(Qt.Key(key)) if modifiers == Qt.KeyboardModifier.NoModifier else None
