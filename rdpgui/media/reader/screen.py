"""Whether one picture is a screen that fills the display and says a few words, and which.

Four gates, all of them: nearly everything is one ground; the words stand where such screens have them; every other
text is one that comes with them; nothing else is there. Each alone takes desktops with these very words for screens.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rdpgui.core.film import EndClass
from rdpgui.media.reader import vocabulary
from rdpgui.media.reader.lines import READ_WIDTH, Box, ground_of, ink_of, pieces_of
from rdpgui.media.reader.model import LineReader, Luma
from rdpgui.media.reader.turning import has_dots

MIN_GROUND_SHARE = 0.90
"""End screens have 0.947 to 0.999 of one ground, desktops of the lab 0.37 at most."""
_PAD = 0.35
_MIN_READ_HEIGHT = 8
_UNSURE_BELOW = 0.95
_UNEXPLAINED_LETTERS = 3
_KNOWN_FROM = 0.9
_MAX_UNKNOWN_LINES = 3
_RING_PIXELS = 20
_LAB_FOOTER = re.compile(r"i.[0-9a-zA-Z]{12,}$")
_LAB_BADGE = "lab"
_STOP_NAME = re.compile(r"[:.]\s*([A-Z0-9_ ]{6,}(\s*\(0x[0-9A-F]+\))?|[\w-]+\.(sys|dll|exe))$")
"""What a stop screen ends with; its label may be read badly, small as it is."""
_KANA = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was read."""

    box: Box
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Screen:
    """What a picture says that is such a screen.

    Attributes:
        text_class: what it means. language: ``en``, ``ja``, or empty. text: its words, line by line.
        box: of the line that told its class. per_cent: of the work under way, None without.
        dots: a ring of them stands in its middle.
    """

    text_class: EndClass
    language: str
    text: str
    box: Box
    per_cent: int | None = None
    dots: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    """The pieces of a picture, those read as lines, and whether a ring of dots stands in its middle."""

    width: int
    height: int
    pieces: tuple[Box, ...]
    lines: tuple[Line, ...]
    ring: bool

    def others(self, *named: Line) -> list[Box]:
        """Return the pieces that are none of some lines."""
        known = {line.box for line in named}
        return [piece for piece in self.pieces if piece not in known]


def read_screen(picture: Luma, reader: LineReader) -> Screen | None:
    """Return what a picture says, None when it is no such screen or says nothing.

    Args:
        picture: brightness, full range and full resolution.
        reader: reads its lines.
    """
    ground = ground_of(picture[::4, ::4])
    if ground.share < MIN_GROUND_SHARE:
        return None
    ink = ink_of(picture, ground.level)
    pieces = pieces_of(ink)
    if not pieces:
        return None
    height, width = picture.shape
    readable = [box for box in pieces if box.width > READ_WIDTH * box.height and box.height >= _MIN_READ_HEIGHT]
    readings = [(box, reader.read(box.padded(_PAD, picture))) for box in readable]
    lines = tuple(Line(box, found.text, found.confidence) for box, found in readings)
    page = _Page(width, height, pieces, lines, _has_ring(ink, lines))
    screen = _busy(page) or _stop(page) or _unknown(page)
    if screen is None:
        return None
    sure = [line.box for line in lines if line.confidence >= _KNOWN_FROM]
    return replace(screen, dots=has_dots(ink, sure, screen.box.height))


def is_blank(picture: Luma) -> bool:
    """Say whether a picture has one ground and nothing on it that could be words."""
    ground = ground_of(picture[::4, ::4])
    return ground.share >= MIN_GROUND_SHARE and pieces_of(ink_of(picture, ground.level)) == ()


def _busy(page: _Page) -> Screen | None:
    """A line or a few in the middle."""
    told = [(line, found) for line in page.lines if (found := vocabulary.match(line.text)) is not None]
    first = next(((line, found) for line, found in told if found.phrase.text_class is not None), None)
    if first is None or first[1].phrase.text_class is None:
        return None
    classes = {found.phrase.text_class for _, found in told} - {None, EndClass.WAIT}
    if len(classes) > 1:  # a list of what such screens say
        return None
    size = first[0].box.height
    known = [line for line, _ in told] + [line for line in page.lines if vocabulary.is_per_cent_alone(line.text)]
    if not all(_is_central(page, line.box) for line in known):
        return None
    explained = [line for line in page.lines if line in known or _comes_along(page, line, size)]
    rest = [line for line in page.lines if line not in explained]
    if sum(len(vocabulary.letters(line.text)) for line in rest) > _UNEXPLAINED_LETTERS:
        return None
    if any(piece.width > 6 * size or piece.height > 4 * size for piece in page.others(*explained)):
        return None
    words = [line for line in page.lines if line in known]
    shares = (vocabulary.per_cent(line.text) for line in words)
    phrase = first[1].phrase
    assert phrase.text_class is not None  # noqa: S101  (chosen so above)
    return Screen(
        phrase.text_class, phrase.language, _joined(words), first[0].box, next(filter(_is_told, shares), None)
    )


def _is_told(share: int | None) -> bool:
    return share is not None


def _stop(page: _Page) -> Screen | None:
    """A stop screen: its sentence at the left, and below it, as far left, what nobody can list."""
    words = [line for line in page.lines if _of_stop(line)]
    if len(words) < 2 or any(not 0.05 * page.width <= line.box.left <= 0.25 * page.width for line in words):
        return None
    first = words[0]
    phrase = _stop_phrase(first.text, words[1].text)
    if phrase is None or phrase.text_class is None:
        return None
    rest = [line for line in page.lines if line not in words and not _comes_along(page, line, first.box.height)]
    if sum(len(vocabulary.letters(line.text)) for line in rest) > _UNEXPLAINED_LETTERS:
        return None
    share = next(filter(_is_told, (vocabulary.per_cent(line.text) for line in words)), None)
    return Screen(phrase.text_class, phrase.language, _joined(words), first.box, share)


def _stop_phrase(text: str, following: str) -> vocabulary.Phrase | None:
    """Return the phrase that a line begins: the sentence may be broken anywhere behind its half."""
    key = vocabulary.letters(text)
    for phrase in vocabulary.STOP_PHRASES:
        begin = key[: len(phrase.key)]
        if len(begin) * 2 < len(phrase.key):
            continue
        if len(begin) < len(phrase.key):
            begin += vocabulary.letters(following)[: len(phrase.key) - len(begin)]
        if vocabulary.nearest(begin, (phrase,)) is not None:
            return phrase
    return None


def _of_stop(line: Line) -> bool:
    key = vocabulary.letters(line.text)
    if vocabulary.per_cent(line.text) is not None:
        return True
    plain = unicodedata.normalize("NFKC", line.text).strip()
    if _STOP_NAME.search(plain) or any(key.startswith(label) for label in vocabulary.STOP_LABELS):
        return True
    return len(key) >= vocabulary.EXACT_BELOW and any(
        vocabulary.is_part_of(key, whole)
        for whole in (*vocabulary.STOP_MORE, *(p.key for p in vocabulary.STOP_PHRASES))
    )


def _unknown(page: _Page) -> Screen | None:
    """A few sure lines in the middle, a turning ring and nothing else; what they say is not known."""
    words = [line for line in page.lines if not _is_lab_mark(page, line) and line.confidence >= _KNOWN_FROM]
    if not 1 <= len(words) <= _MAX_UNKNOWN_LINES or not all(_is_central(page, line.box) for line in words):
        return None
    size = max(line.box.height for line in words)
    marks = [line for line in page.lines if _comes_along(page, line, size)]
    if set(page.lines) - set(marks) - set(words):
        return None
    if any(piece.width > 6 * size or piece.height > 4 * size for piece in page.others(*words, *marks)):
        return None
    text = _joined(words)
    said = vocabulary.letters(vocabulary.without_per_cent(text))
    if not page.ring or len(said) < vocabulary.EXACT_BELOW or any(character.isdigit() for character in said):
        return None
    return Screen(EndClass.UNKNOWN, "ja" if _KANA.search(text) else "en", text, words[0].box)


def _has_ring(ink: NDArray[np.bool_], lines: tuple[Line, ...]) -> bool:
    """Say whether dots stand in the middle that are in no line."""
    height, width = ink.shape
    zone = slice(round(0.47 * width), round(0.53 * width))
    rows = np.zeros(height, dtype=bool)
    rows[round(0.2 * height) : round(0.9 * height)] = True
    for line in lines:
        if line.confidence >= _KNOWN_FROM:
            rows[max(0, line.box.top - 2) : line.box.bottom + 2] = False
    return int(ink[rows, zone].sum()) >= _RING_PIXELS


def _is_central(page: _Page, box: Box) -> bool:
    off = abs(box.middle - page.width / 2)
    return off <= 0.012 * page.width + 0.9 * box.height and 0.2 * page.height <= box.top <= 0.9 * page.height


def _comes_along(page: _Page, line: Line, size: int) -> bool:
    """Say whether a line belongs to such a screen without being words: per cent, a turning ring, a mark of the lab."""
    if vocabulary.is_per_cent_alone(line.text):
        return True
    off = abs(line.box.middle - page.width / 2)
    ring = off <= 0.03 * page.width and line.box.width <= 4.5 * size
    if ring and len(vocabulary.letters(line.text)) <= 7 and line.confidence < _UNSURE_BELOW:
        return True
    return _is_lab_mark(page, line)


def _is_lab_mark(page: _Page, line: Line) -> bool:
    plain = unicodedata.normalize("NFKC", line.text).strip()
    if line.box.top < 0.1 * page.height and vocabulary.letters(plain) == _LAB_BADGE:
        return True
    return line.box.top > 0.85 * page.height and _LAB_FOOTER.search(plain) is not None


def _joined(lines: list[Line]) -> str:
    return " / ".join(unicodedata.normalize("NFKC", line.text).strip() for line in lines)
