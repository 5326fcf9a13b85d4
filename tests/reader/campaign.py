"""What the reader makes of generated pictures: counted, and each miss told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from rdpgui.core.film import EndClass
from rdpgui.media.reader.lines import luma_of
from rdpgui.media.reader.model import LineReader
from rdpgui.media.reader.screen import Screen, read_screen
from tests.reader.desktops import desk
from tests.reader.drawing import filmed
from tests.reader.end_screens import EndScreen, end_screen


@dataclass(slots=True)
class Tally:
    """How often what came out.

    Attributes:
        counts: by word. misses: one line each, with the number that makes the same picture again.
    """

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, word: str, told: str = "") -> None:
        """Count one; with a text it is a miss."""
        self.counts[word] += 1
        if told:
            self.misses.append(f"{word}: {told}")


def judged(screen: EndScreen, found: Screen | None) -> str:
    """Return ``right``, or how a screen was taken."""
    if found is None:
        return "nothing read"
    if found.text_class is EndClass.UNKNOWN:
        return "unknown"
    if (found.text_class, found.language) != (screen.text_class, screen.language):
        return "named wrongly"
    return "right" if found.per_cent == screen.per_cent else "per cent differs"


def end_screens(reader: LineReader, numbers: Iterable[int], *, small: bool = False) -> Tally:
    """Read generated end screens."""
    tally = Tally()
    for number in numbers:
        screen = end_screen(Random(number), small=small)
        found = read_screen(luma_of(filmed([screen.picture], screen.crf)[-1]), reader)
        word = judged(screen, found)
        seen = "" if found is None else f"{found.text_class} {found.text!r}"
        told = "" if word == "right" else f"{number}: {screen.text_class} {screen.told} -> {seen}"
        tally.add(word, told)
        tally.counts[f"em {_band(screen.em_px)} {'right' if word == 'right' else 'missed'}"] += 1
    return tally


def desktops(reader: LineReader, numbers: Iterable[int], *, small: bool = False) -> Tally:
    """Read generated desktops: nothing is to be found."""
    tally = Tally()
    for number in numbers:
        made = desk(Random(number), small=small)
        found = read_screen(luma_of(filmed([made.picture], made.crf)[-1]), reader)
        if found is None:
            tally.add("right")
        else:
            word = "unknown" if found.text_class is EndClass.UNKNOWN else "named wrongly"
            tally.add(word, f"{number}: {made.kind} -> {found.text_class} {found.text!r}")
    return tally


def _band(em_px: float) -> str:
    return next((name for below, name in ((14, "< 14"), (16, "14-15"), (20, "16-19")) if em_px < below), ">= 20")
