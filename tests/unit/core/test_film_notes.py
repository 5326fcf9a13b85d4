"""What is said of a film that is not an ordinary one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rdpgui.core.film import (
    Break,
    BreakWhy,
    ClockBasis,
    EndClass,
    EndText,
    FilmClock,
    FilmFacts,
    FilmTrack,
    ReaderState,
    gravest_join,
)
from rdpgui.core.film_notes import film_notes

ORDINARY = FilmFacts("mp4", "h264", 1280, 720, 1000, 10.0, 9.9)


def told(facts: FilmFacts) -> list[str]:
    return [text.format(**dict(fields)) for text, fields in film_notes(facts)]


def test_that_nothing_is_said_of_an_ordinary_film() -> None:
    assert told(ORDINARY) == []
    assert told(replace(ORDINARY, tracks=(FilmTrack("video", "avc1", 1280, 720, 100, True),))) == []


def test_that_what_its_pictures_say_is_said_or_why_it_was_not_read() -> None:
    low_at = datetime(2026, 11, 29, 13, 28, 56, tzinfo=UTC)
    text = EndText(2.66, 3.9, EndClass.SHUTDOWN, "Shutting down", "en", 15)
    clock = FilmClock(low_at, low_at + timedelta(milliseconds=200), ClockBasis.FLIP)
    assert told(replace(ORDINARY, end_texts=(text,), reader=ReaderState.DONE, clock=clock)) == [
        "its end reads “Shutting down”, first seen at 2.7 s",
        "by the taskbar's clock it begins between 2026-11-29 13:28:56.000 and 2026-11-29 13:28:56.200, "
        "local time of the instance",
    ]
    missing = told(replace(ORDINARY, reader=ReaderState.MISSING))
    assert missing == ["the texts in its pictures are not read: the text reader is not installed"]


@pytest.mark.case("F1", "F9", "F10", "F11")
def test_that_what_is_odd_is_said_with_its_place() -> None:
    tracks = (FilmTrack("video", "avc1", 160, 90, 9, False), FilmTrack("video", "avc1", 1280, 720, 100, True))
    facts = replace(
        ORDINARY,
        encrypted="cenc",
        encrypted_from_s=8.0,
        damaged=True,
        truncated=True,
        holes=(Break(2.0, 1.5, BreakWhy.FRAGMENTS_MISSING),),
        joins=tuple(Break(float(at), 0.0, BreakWhy.SPLICED) for at in range(5)),
        tracks=tracks,
    )
    assert told(facts) == [
        "encrypted (cenc) from 8.0 s on",
        "damaged: the last frame is one before the damage",
        "another recording begins at 0.0 s",
        "another recording begins at 1.0 s",
        "another recording begins at 2.0 s",
        "1.5 s are missing at 2.0 s",
        "2 more interruptions",
        "one of 2 video tracks (1280×720)",
    ]
    assert told(replace(ORDINARY, encrypted="cenc")) == ["marked as encrypted (cenc), plays in clear"]
    assert told(replace(ORDINARY, truncated=True)) == ["cut off"]


@pytest.mark.case("F10")
def test_that_disorder_is_not_called_another_recording() -> None:
    twice, order = Break(3.0, -1.0, BreakWhy.STORED_TWICE), Break(6.0, -2.0, BreakWhy.OUT_OF_ORDER)
    assert told(replace(ORDINARY, joins=(twice, order))) == [
        "behind 3.0 s a part is stored a second time",
        "stored out of order: behind 6.0 s comes an earlier part",
    ]
    other = Break(9.0, 0.0, BreakWhy.SPLICED)
    assert [gravest_join(joins) for joins in ((twice, order), (twice, other))] == [twice, other]
