"""What a person has to know of a film before believing its pictures: one list for window and report."""

from __future__ import annotations

from rdpgui.core.film import Break, BreakWhy, EndText, FilmClock, FilmFacts, PictureShape, ReaderState
from rdpgui.core.film_clock import SHORTEST_S, WHOLE_S, clock_skew
from rdpgui.core.texts import N_

Fields = tuple[tuple[str, str], ...]
FilmNote = tuple[str, Fields]
"""A message id in English and the values of its fields."""

SHOWN_BREAKS = 3

_JOINED = N_("another recording begins at {at} s")
_JOINS = {
    BreakWhy.OUT_OF_ORDER: N_("stored out of order: behind {at} s comes an earlier part"),
    BreakWhy.STORED_TWICE: N_("behind {at} s a part is stored a second time"),
}

UNREAD = {
    ReaderState.MISSING: N_("the texts in its pictures are not read: the text reader is not installed"),
    ReaderState.ALTERED: N_(
        "the texts in its pictures are not read: the text reader's model is another file than expected"
    ),
    ReaderState.FAILED: N_("the texts in its pictures are not read: the text reader failed"),
}
"""Why the end of a film was not read."""


def film_notes(facts: FilmFacts) -> tuple[FilmNote, ...]:
    """Return what is odd about a film, the gravest first; empty for an ordinary one."""
    notes: list[FilmNote] = []
    if facts.encrypted:
        notes.append(_encrypted(facts))
    if facts.damaged:
        notes.append((N_("damaged: the last frame is one before the damage"), ()))
    elif facts.spoiled:
        notes.append((N_("damaged pictures from {at} s on"), (("at", f"{facts.spoiled[0].begin_s:.1f}"),)))
    if facts.truncated and not facts.damaged:
        notes.append((N_("cut off"), ()))
    notes += [_of_break(_JOINS.get(item.why, _JOINED), item) for item in facts.joins[:SHOWN_BREAKS]]
    notes += [_of_break(N_("{seconds} s are missing at {at} s"), item) for item in facts.holes[:SHOWN_BREAKS]]
    more = max(0, len(facts.joins) - SHOWN_BREAKS) + max(0, len(facts.holes) - SHOWN_BREAKS)
    if more:
        notes.append((N_("{n} more interruptions"), (("n", str(more)),)))
    notes += [*_of_hidden(facts), *_of_sizes(facts)]
    films = [track for track in facts.tracks if track.kind == "video"]
    if len(films) > 1:
        used = next((track for track in films if track.used), films[0])
        size = f"{used.width}×{used.height}"
        notes.append((N_("one of {n} video tracks ({size})"), (("n", str(len(films))), ("size", size))))
    return (*notes, *_of_shape(facts.shape), *_of_pictures(facts))


def _of_hidden(facts: FilmFacts) -> list[FilmNote]:
    if not facts.hidden_frames:
        return []
    fields = (("n", str(facts.hidden_frames)), ("seconds", f"{facts.hidden_end_s:.1f}"))
    if facts.hidden_end_s:
        return [
            (N_("an edit list hides {n} stored pictures, {seconds} s of them behind the end that is shown"), fields)
        ]
    return [(N_("an edit list hides {n} stored pictures before or between those that are shown"), fields)]


def _of_sizes(facts: FilmFacts) -> list[FilmNote]:
    if facts.size_changes and len(facts.sizes) < 2:
        return [(N_("the size of its pictures changes"), ())]
    text = N_("from {at} s on its pictures have {width}×{height} pixels")
    return [
        (text, (("at", f"{size.at_s:.1f}"), ("width", str(size.width)), ("height", str(size.height))))
        for size in facts.sizes[1 : 1 + SHOWN_BREAKS]
    ]


def _of_shape(shape: PictureShape) -> list[FilmNote]:
    notes: list[FilmNote] = []
    if shape.mirrored:
        notes.append((N_("shown mirrored"), ()))
    if shape.turned_deg:
        notes.append((N_("shown turned by {degrees}°"), (("degrees", str(shape.turned_deg)),)))
    if shape.pixel_width != shape.pixel_height:
        sides = (("width", str(shape.pixel_width)), ("height", str(shape.pixel_height)))
        notes.append((N_("pixels of {width}:{height}"), sides))
    return notes


def _encrypted(facts: FilmFacts) -> FilmNote:
    if facts.encrypted_from_s is None:
        return N_("marked as encrypted ({scheme}), plays in clear"), (("scheme", facts.encrypted),)
    at = f"{facts.encrypted_from_s:.1f}"
    return N_("encrypted ({scheme}) from {at} s on"), (("scheme", facts.encrypted), ("at", at))


def _of_pictures(facts: FilmFacts) -> list[FilmNote]:
    """What was read in the pictures, or why it was not."""
    notes: list[FilmNote] = []
    if facts.end_texts:
        notes.append(_read(facts.end_texts[-1]))
    if facts.reader in UNREAD:
        notes.append((UNREAD[facts.reader], ()))
    if facts.clock is not None:
        notes.append(_clock(facts.clock))
        notes += _skew(facts, facts.clock)
    return notes


def _clock(clock: FilmClock) -> FilmNote:
    """The times are the instance's, whose zone is not known: they are told as they stand in the picture."""
    low, high = (
        f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}" for at in (clock.zero_low_at, clock.zero_high_at)
    )
    text = N_("by the taskbar's clock it begins between {low} and {high}, local time of the instance")
    return text, (("low", low), ("high", high))


def _skew(facts: FilmFacts, clock: FilmClock) -> list[FilmNote]:
    """How far the instance's clock is from what the container states, as far as an unknown zone lets one say."""
    skew = clock_skew(facts.dated_at, SHORTEST_S, clock) or clock_skew(facts.created_at, WHOLE_S, clock)
    if skew is None:
        return []
    text = N_("that clock minus the start that the file states: {low} to {high} s, up to whole quarters of an hour")
    return [(text, (("low", f"{skew.low_s:+.1f}"), ("high", f"{skew.high_s:+.1f}")))]


def _read(text: EndText) -> FilmNote:
    return N_("its end reads “{words}”, first seen at {at} s"), (("words", text.text), ("at", f"{text.at_s:.1f}"))


def _of_break(text: str, item: Break) -> FilmNote:
    return text, (("at", f"{item.at_s:.1f}"), ("seconds", f"{item.seconds:.1f}"))
