"""Qt keys to X11 keysyms, as RFB wants them. Source: RFC 6143 §7.5.4; X11 ``keysymdef.h``."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

_UNICODE: Final = 0x0100_0000
_K = Qt.Key

_NAMED: Final[dict[int, int]] = {
    _K.Key_Escape: 0xFF1B,
    _K.Key_Tab: 0xFF09,
    _K.Key_Backtab: 0xFF09,
    _K.Key_Backspace: 0xFF08,
    _K.Key_Return: 0xFF0D,
    _K.Key_Enter: 0xFF8D,
    _K.Key_Insert: 0xFF63,
    _K.Key_Delete: 0xFFFF,
    _K.Key_Pause: 0xFF13,
    _K.Key_Print: 0xFF61,
    _K.Key_SysReq: 0xFF15,
    _K.Key_Home: 0xFF50,
    _K.Key_End: 0xFF57,
    _K.Key_Left: 0xFF51,
    _K.Key_Up: 0xFF52,
    _K.Key_Right: 0xFF53,
    _K.Key_Down: 0xFF54,
    _K.Key_PageUp: 0xFF55,
    _K.Key_PageDown: 0xFF56,
    _K.Key_Shift: 0xFFE1,
    _K.Key_Control: 0xFFE3,
    _K.Key_Meta: 0xFFEB,
    _K.Key_Super_L: 0xFFEB,
    _K.Key_Super_R: 0xFFEC,
    _K.Key_Alt: 0xFFE9,
    _K.Key_AltGr: 0xFE03,
    _K.Key_CapsLock: 0xFFE5,
    _K.Key_NumLock: 0xFF7F,
    _K.Key_ScrollLock: 0xFF14,
    _K.Key_Menu: 0xFF67,
    # Keys of Japanese keyboards
    _K.Key_Kanji: 0xFF21,
    _K.Key_Muhenkan: 0xFF22,
    _K.Key_Henkan: 0xFF23,
    _K.Key_Romaji: 0xFF24,
    _K.Key_Hiragana: 0xFF25,
    _K.Key_Katakana: 0xFF26,
    _K.Key_Hiragana_Katakana: 0xFF27,
    _K.Key_Zenkaku: 0xFF28,
    _K.Key_Hankaku: 0xFF29,
    _K.Key_Zenkaku_Hankaku: 0xFF2A,
    _K.Key_Kana_Lock: 0xFF2D,
    _K.Key_Eisu_Shift: 0xFF2F,
    _K.Key_Eisu_toggle: 0xFF30,
}
_FIRST_F: Final = 0xFFBE
_LAST_F_KEY: Final = int(_K.Key_F35)
_KEYPAD_DIGIT: Final = 0xFFB0
_KEYPAD_SIGNS: Final = {"*": 0xFFAA, "+": 0xFFAB, "-": 0xFFAD, ".": 0xFFAE, "/": 0xFFAF}


def keysym_of(key: int, text: str, *, keypad: bool = False) -> int | None:
    """Return the keysym of a Qt key press, None for a key that has none.

    Args:
        key: ``QKeyEvent.key()``.
        text: ``QKeyEvent.text()``: decides for printable keys, so that every layout passes what it prints.
        keypad: whether the key is on the numeric keypad.
    """
    named = _NAMED.get(key)
    if named is not None:
        return named
    if int(_K.Key_F1) <= key <= _LAST_F_KEY:
        return _FIRST_F + key - int(_K.Key_F1)
    if len(text) == 1 and text.isprintable():
        return _keypad_keysym(text) if keypad else keysym_of_character(text)
    # With Ctrl or Alt held the text is a control character or empty: the key says which letter it was.
    if 0x20 <= key <= 0x7E:
        return ord(chr(key).lower())
    return key if 0xA0 <= key <= 0xFF else None


def keysym_of_character(character: str) -> int:
    """Return the keysym of one printable character."""
    code = ord(character)
    return code if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF else _UNICODE + code


def _keypad_keysym(text: str) -> int:
    if text.isascii() and text.isdigit():
        return _KEYPAD_DIGIT + int(text)
    return _KEYPAD_SIGNS.get(text, keysym_of_character(text))
