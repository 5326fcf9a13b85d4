"""The clock in a film's pictures against the start that its file states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rdpgui.core.film import ClockBasis, FilmClock, FilmFacts
from rdpgui.core.film_clock import SHORTEST_S, WHOLE_S, clock_skew
from rdpgui.core.film_notes import film_notes

STATED_AT = datetime(2026, 11, 29, 4, 28, 56, 100_000, tzinfo=UTC)


def _clock(skew_s: float, zone_h: float, width_s: float = 0.2) -> FilmClock:
    low_at = STATED_AT + timedelta(seconds=skew_s - width_s / 2, hours=zone_h)
    return FilmClock(low_at, low_at + timedelta(seconds=width_s), ClockBasis.FLIP)


@pytest.mark.parametrize("zone_h", [0.0, 9.0, -3.5, 5.75, 14.0])
@pytest.mark.parametrize("skew_s", [-300.0, -2.0, 0.0, 0.3, 120.0, 300.0])
def test_that_the_skew_is_told_whatever_the_zone(zone_h: float, skew_s: float) -> None:
    found = clock_skew(STATED_AT, SHORTEST_S, _clock(skew_s, zone_h))
    assert found is not None
    assert found.low_s <= skew_s <= found.high_s
    assert found.high_s - found.low_s == pytest.approx(0.201)


def test_that_a_start_in_whole_seconds_leaves_a_second_open() -> None:
    found = clock_skew(STATED_AT.replace(microsecond=0), WHOLE_S, _clock(0.0, 9.0))
    assert found is not None
    assert found.low_s <= 0.0 <= found.high_s
    assert clock_skew(None, WHOLE_S, _clock(0.0, 9.0)) is None


def test_that_a_stated_start_is_not_overridden_in_silence() -> None:
    facts = FilmFacts("mp4", "h264", 1280, 720, 1000, 10.0, 9.9, dated_at=STATED_AT, clock=_clock(-120.0, 9.0))
    told = [text.format(**dict(fields)) for text, fields in film_notes(facts)]
    assert told[1:] == [
        "that clock minus the start that the file states: -120.1 to -119.9 s, up to whole quarters of an hour"
    ]
