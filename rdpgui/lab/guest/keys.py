"""X11 keysyms as RFB carries them. Source: RFC 6143 §7.5.4; X11 ``keysymdef.h``."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Keysym(IntEnum):
    """The keys with a meaning on the painted desktop."""

    BACKSPACE = 0xFF08
    TAB = 0xFF09
    RETURN = 0xFF0D
    ESCAPE = 0xFF1B
    HOME = 0xFF50
    LEFT = 0xFF51
    UP = 0xFF52
    RIGHT = 0xFF53
    DOWN = 0xFF54
    END = 0xFF57
    KP_ENTER = 0xFF8D
    F4 = 0xFFC1
    SHIFT_L = 0xFFE1
    SHIFT_R = 0xFFE2
    CONTROL_L = 0xFFE3
    CONTROL_R = 0xFFE4
    META_L = 0xFFE7
    META_R = 0xFFE8
    ALT_L = 0xFFE9
    ALT_R = 0xFFEA
    SUPER_L = 0xFFEB
    SUPER_R = 0xFFEC
    DELETE = 0xFFFF


ENTER: Final = frozenset({Keysym.RETURN, Keysym.KP_ENTER})
SUPER: Final = frozenset({Keysym.SUPER_L, Keysym.SUPER_R, Keysym.META_L, Keysym.META_R})
CONTROL: Final = frozenset({Keysym.CONTROL_L, Keysym.CONTROL_R})
ALT: Final = frozenset({Keysym.ALT_L, Keysym.ALT_R})

_UNICODE: Final = 0x0100_0000
_KEYPAD: Final = {0xFF80: " ", 0xFFAA: "*", 0xFFAB: "+", 0xFFAC: ",", 0xFFAD: "-", 0xFFAE: ".", 0xFFAF: "/"}


def character(keysym: int) -> str | None:
    """Return the printable character of a keysym, None when it has none."""
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    if _UNICODE + 0x20 <= keysym <= _UNICODE + 0x10FFFF:
        text = chr(keysym - _UNICODE)
        return text if text.isprintable() else None
    if 0xFFB0 <= keysym <= 0xFFB9:
        return chr(ord("0") + keysym - 0xFFB0)
    return _KEYPAD.get(keysym)
