"""What the reader makes of generated pictures: counted, and each miss told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from rdpgui.core.film import EndClass, FilmClock
from rdpgui.media.decoding import Deadline
from rdpgui.media.demuxer import open_film
from rdpgui.media.idle import read_samples
from rdpgui.media.inspect import inspect_film
from rdpgui.media.last_frame import find_last_frame
from rdpgui.media.reader.clock_search import find_film_clock
from rdpgui.media.reader.lines import luma_of
from rdpgui.media.reader.model import LineReader
from rdpgui.media.reader.screen import Screen, read_screen
from rdpgui.media.remote_file import LocalReader
from tests.reader.clock_films import ClockFilm, clock_film
from tests.reader.desktops import desk
from tests.reader.drawing import filmed
from tests.reader.end_screens import EndScreen, end_screen

LIMIT_S = 600.0
MILLISECOND = timedelta(milliseconds=1)
"""Film times are kept no finer."""


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
        if found is None or not (found.dots or found.text_class is EndClass.STOP):
            tally.add("right")  # its words are told only where something turns, which on no desktop it does
        else:
            word = "unknown" if found.text_class is EndClass.UNKNOWN else "named wrongly"
            tally.add(word, f"{number}: {made.kind} -> {found.text_class} {found.text!r}")
    return tally


def clocks(numbers: Iterable[int], folder: Path, *, small: bool = False) -> Tally:
    """Read when generated films began; the clock is their only tag.

    Twice: from all pictures, and from those that are decoded of a long film (these words begin with "searched").
    """
    tally = Tally()
    for number in numbers:
        made = clock_film(Random(number), folder / "clock.mp4", small=small)
        reader = LocalReader(made.path)
        found = inspect_film(reader, made.path.name, limit_s=LIMIT_S).facts.clock
        with open_film(reader, made.path.name) as film:
            table, deadline = read_samples(film), Deadline(made.path.name, LIMIT_S, reader)
            last = find_last_frame(film, deadline).frame
            searched = find_film_clock(film, table, last, LineReader(), deadline)
        reader.close()
        for way, clock in (("", found), ("searched ", searched)):
            word = _clock_word(made, clock)
            seen = "" if clock is None else f"{clock.zero_low_at} .. {clock.zero_high_at} {clock.basis}"
            told = "" if word.startswith("right") else f"{number}: {made.told}, zero {made.zero_at} -> {seen}"
            tally.add(way + word, told)
    return tally


def _clock_word(made: ClockFilm, found: FilmClock | None) -> str:
    """Return ``right …``, or how an interval is wrong."""
    if found is None:
        return "right: no clock" if made.hidden else "cannot tell"
    if made.hidden:
        return "named wrongly"
    if not found.zero_low_at - MILLISECOND <= made.zero_at <= found.zero_high_at + MILLISECOND:
        return "named wrongly"
    width_s = (found.zero_high_at - found.zero_low_at).total_seconds()
    if width_s <= made.frame_s + 0.002:
        return "right, to a picture"
    return "wide" if made.flip or width_s > 60 else "right, to a minute"


def _band(em_px: float) -> str:
    return next((name for below, name in ((14, "< 14"), (16, "14-15"), (20, "16-19")) if em_px < below), ">= 20")
