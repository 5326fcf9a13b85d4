r"""Text of AWS, of films and of people as it is: what would act instead of being seen is written out.

A name may hold escape sequences that colour or clear a terminal, controls that turn the direction of a line, characters
without width, or ten thousand letters. Shown anywhere, such a text must neither become markup nor break a layout, and a
reader must see that something is there. Stored and copied text stays as it came.

Written out as in JSON, ``\u001b``: readable in every font and code page, and a JSON text keeps its meaning.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 4000
"""Characters of one shown text; what is longer ends in …"""
LONGEST_LINE = 400
"""Characters of a text that has one line, as in a table."""
TIP_COLUMNS, TIP_LINES = 100, 30
"""Room of a tooltip: it does not break lines by itself."""

_ACTING = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and line feed: escape sequences begin with one
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"  # without width, or turn the direction of a line
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff\ufdd0-\ufdef"  # halves of pairs and what is no character: no encoding takes them
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)  # zero-width joiner and non-joiner (U+200C, U+200D) stay: words and emoji are written with them
_BREAKS = str.maketrans({"\n": "\\n", "\t": "\\t"})


def _written(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number > 0xFFFF:
        high, low = divmod(number - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
    return f"\\u{number:04x}"


def visible(text: str, longest: int = LONGEST) -> str:
    """Return a text in which every character is seen and none acts; line breaks and tabs stay.

    Args:
        text: anybody's.
        longest: characters at most; 0 keeps any length.
    """
    if longest and len(text) > longest:
        text = text[: longest - 1] + "…"
    return text if text.isprintable() else _ACTING.sub(_written, text)


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text for a place with one line; breaks and tabs are written out, too."""
    text = visible(text, longest)
    return text if text.isprintable() else text.translate(_BREAKS)


def columns(text: str) -> int:
    """Return the width of a line in columns of a terminal: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text
    )  # fmt: skip


def shortened(text: str, room: int) -> str:
    """Return a line that ends in … where it is wider than ``room`` columns."""
    if 2 * len(text) <= room or columns(text) <= room:
        return text
    kept, used = [], 1
    for character in text:
        used += columns(character)
        if used > room:
            break
        kept.append(character)
    return "".join(kept) + "…"


@lru_cache(maxsize=2048)
def folded(text: str, room: int = TIP_COLUMNS, lines: int = TIP_LINES) -> str:
    """Return a text in lines of at most ``room`` columns, broken at spaces where there are some; … ends the last.

    The same texts are asked for at every render.
    """
    made: list[str] = []
    for line in visible(text).expandtabs(4).split("\n"):
        made += _fold(line, room)
        if len(made) > lines:
            return "\n".join([*made[: lines - 1], "…"])
    return "\n".join(made)


def _fold(line: str, room: int) -> list[str]:
    if columns(line) <= room:
        return [line]
    made, current, used = [], "", 0
    for word in re.findall(r" *[^ ]*", line):
        for part in _pieces(word, room):
            width = columns(part)
            if current and used + width > room:
                made.append(current)
                current, used, part = "", 0, part.lstrip(" ")
                width = columns(part)
            current += part
            used += width
    return [*made, current] if current else made


def _pieces(word: str, room: int) -> list[str]:
    """Return a word, in pieces where it is longer than a line."""
    if columns(word) <= room:
        return [word]
    return [word[at : at + room // 2] for at in range(0, len(word), room // 2)]


def breakable(text: str, room: int) -> str:
    """Return a text in which a word without a place to break it gets one (of no width) every ``room`` characters."""
    if len(text) <= room:
        return text
    return re.sub(rf"[^\s\-/\u3000-\u9fff]{{{room}}}(?=[^\s])", lambda match: f"{match[0]}\u200b", text)
