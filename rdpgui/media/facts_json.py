"""Film facts as JSON: between the worker and the program, and for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rdpgui.core.film import (
    Break,
    BreakWhy,
    ClockBasis,
    EndClass,
    EndText,
    FilmClock,
    FilmFacts,
    FilmTrack,
    PictureShape,
    PictureSize,
    ReaderState,
    Span,
    SpanBasis,
    TailClass,
    TailMetrics,
    Watched,
)

JsonObject = dict[str, Any]
_SPANS = ("idle", "frozen", "black", "duplicate", "spoiled")
_FACTS = (
    *("duration_s", "frame_count", "last_frame_pts_s", "width", "height", "size_changes", "sizes"),
    *("hidden_frames", "hidden_end_s", "codec", "fragmented", "truncated", "decodable", "reason", "bytes_read"),
    *("encrypted", "encrypted_from_s", "damaged", "tracks", "holes", "joins", "idle", "frozen", "black", "duplicate"),
    *("spoiled", "watched", "shape", "end_texts", "reader", "clock"),
)
"""Members of what the command line prints, in their order."""
_TIMES = ("created_at", "painted_at", "first_painted_at", "dated_at")


def facts_to_json(facts: FilmFacts) -> JsonObject:
    """Return plain JSON values; times as ISO 8601 UTC."""
    found = asdict(facts)
    for member in _TIMES:
        at: datetime | None = found[member]
        found[member] = None if at is None else at.isoformat()
    if facts.clock is not None:
        found["clock"] |= {name: getattr(facts.clock, name).isoformat() for name in ("zero_low_at", "zero_high_at")}
    return found


def facts_from_json(found: Mapping[str, Any]) -> FilmFacts:
    """Return the facts a worker wrote.

    Raises:
        KeyError: a member is missing.
        TypeError: a member is unknown.
        ValueError: a value does not fit.
    """
    values = dict(found)
    for member in _TIMES:
        text = values[member]
        values[member] = None if text is None else datetime.fromisoformat(text)
    values["box_order"] = tuple(values["box_order"])
    for member in _SPANS:
        values[member] = _spans(values[member])
    values["tracks"] = tuple(FilmTrack(**track) for track in values["tracks"])
    for member in ("holes", "joins"):
        values[member] = tuple(Break(**{**item, "why": BreakWhy(item["why"])}) for item in values[member])
    values["sizes"] = tuple(PictureSize(**size) for size in values["sizes"])
    values["shape"] = PictureShape(**values["shape"])
    tail = values["tail"]
    values["tail"] = None if tail is None else TailMetrics(**{**tail, "tail_class": TailClass(tail["tail_class"])})
    texts = values["end_texts"]
    values["end_texts"] = tuple(EndText(**{**text, "text_class": EndClass(text["text_class"])}) for text in texts)
    values["reader"] = ReaderState(values["reader"])
    clock = values["clock"]
    values["clock"] = None if clock is None else _clock_from_json(clock)
    return FilmFacts(**values)


def watched_from_json(found: Mapping[str, Any]) -> Watched:
    """Return what a worker saw of a whole film. Raises as ``facts_from_json``."""
    return Watched(**{member: _spans(found[member]) for member in _SPANS})


def _spans(found: list[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(**{**span, "basis": SpanBasis(span["basis"])}) for span in found)


def decodable_to_json(facts: FilmFacts) -> JsonObject:
    """Return what the command line prints for a film."""
    return {
        "duration_s": facts.duration_s,
        "frame_count": facts.frame_count,
        "last_frame_pts_s": facts.last_frame_pts_s,
        "width": facts.width,
        "height": facts.height,
        "size_changes": facts.size_changes,
        "sizes": [asdict(size) for size in facts.sizes],
        "hidden_frames": facts.hidden_frames,
        "hidden_end_s": facts.hidden_end_s,
        "codec": facts.codec,
        "fragmented": facts.fragmented,
        "truncated": facts.truncated,
        "decodable": True,
        "reason": "",
        "bytes_read": facts.bytes_read,
        "encrypted": facts.encrypted,
        "encrypted_from_s": facts.encrypted_from_s,
        "damaged": facts.damaged,
        "tracks": [asdict(track) for track in facts.tracks],
        "holes": [asdict(item) for item in facts.holes],
        "joins": [asdict(item) for item in facts.joins],
        "idle": [asdict(span) for span in facts.idle],
        "frozen": [asdict(span) for span in facts.frozen],
        "black": [asdict(span) for span in facts.black],
        "duplicate": [asdict(span) for span in facts.duplicate],
        "spoiled": [asdict(span) for span in facts.spoiled],
        "watched": facts.watched,
        "shape": asdict(facts.shape),
        "end_texts": [_end_text(text) for text in facts.end_texts] if facts.reader is ReaderState.DONE else None,
        "reader": facts.reader,
        "clock": None if facts.clock is None else _clock(facts.clock),
    }


def _clock(clock: FilmClock) -> JsonObject:
    """Return the bounds as local times without a zone: none is known."""
    low, high = (at.replace(tzinfo=None).isoformat() for at in (clock.zero_low_at, clock.zero_high_at))
    return {"zero_low": low, "zero_high": high, "basis": clock.basis}


def _clock_from_json(clock: JsonObject) -> FilmClock:
    low_at, high_at = (datetime.fromisoformat(clock[name]) for name in ("zero_low_at", "zero_high_at"))
    return FilmClock(low_at, high_at, ClockBasis(clock["basis"]))


def _end_text(text: EndText) -> JsonObject:
    return {
        "at_s": text.at_s,
        "end_s": text.end_s,
        "class": text.text_class,
        "text": text.text,
        "language": text.language,
        "pictures": text.pictures,
    }


def unreadable_to_json(reason: str, bytes_read: int, *, known: bool = True) -> JsonObject:
    """Return what the command line prints for a file that is not a film that can be decoded.

    Args:
        reason: why not.
        bytes_read: bytes that were looked at.
        known: False when the inspection could not be made: nothing is said of the film then.
    """
    known_all = {"decodable": False if known else None, "reason": reason, "bytes_read": bytes_read}
    return dict.fromkeys(_FACTS) | known_all
