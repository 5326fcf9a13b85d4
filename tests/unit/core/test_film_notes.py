"""What is said of a film that is not an ordinary one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.film import Break, BreakWhy, FilmFacts, FilmTrack
from rdpgui.core.film_notes import film_notes

ORDINARY = FilmFacts("mp4", "h264", 1280, 720, 1000, 10.0, 9.9)


def told(facts: FilmFacts) -> list[str]:
    return [text.format(**dict(fields)) for text, fields in film_notes(facts)]


def test_that_nothing_is_said_of_an_ordinary_film() -> None:
    assert told(ORDINARY) == []
    assert told(replace(ORDINARY, tracks=(FilmTrack("video", "avc1", 1280, 720, 100, True),))) == []


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
