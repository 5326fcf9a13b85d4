"""When a film began, by the clock in its pictures: as an interval that holds the truth, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest

from rdpgui.core.film import ClockBasis, FilmClock, ReaderState
from rdpgui.media.inspect import inspect_film
from rdpgui.media.reader import model, taskbar
from rdpgui.media.reader.film_clock import Seen, bounds
from rdpgui.media.reader.lines import Box
from rdpgui.media.reader.taskbar import ClockReading, DateOrder, dates_of
from rdpgui.media.remote_file import LocalReader, MemoryReader
from tests.reader.campaign import MILLISECOND, clocks
from tests.reader.clock_films import clock_film
from tests.reader.here import needs_reader

SAMPLE = 2
BOX = Box(1200, 690, 1270, 715)
DAY = ((None, date(2026, 11, 29)),)


def _reading(hour: int, minute: int, second: int | None = None) -> ClockReading:
    return ClockReading(time(hour, minute, second or 0), second is not None, DAY, BOX)


def _at(hour: int, minute: int, second: float = 0.0) -> datetime:
    return datetime(2026, 11, 29, hour, minute, tzinfo=UTC) + timedelta(seconds=second)


@needs_reader
def test_that_the_interval_of_a_generated_film_holds_the_truth(qapp: object, tmp_path: Path) -> None:
    found = clocks(range(SAMPLE), tmp_path, small=True)
    for way in ("", "searched "):
        assert found.counts[f"{way}named wrongly"] == 0, found.misses
        assert sum(count for word, count in found.counts.items() if word.startswith(f"{way}right")) >= 1, found.misses


@needs_reader
def test_that_an_object_has_its_clock_where_every_picture_is_looked_at(qapp: object, tmp_path: Path) -> None:
    made = clock_film(Random(0), tmp_path / "clock.mp4", small=True)
    data = MemoryReader(made.path.read_bytes())
    assert inspect_film(data, "clock.mp4").facts.clock is None
    found = inspect_film(data, "clock.mp4", every_picture=True).facts.clock
    assert found is not None
    assert found.zero_low_at - MILLISECOND <= made.zero_at <= found.zero_high_at + MILLISECOND


def test_that_a_clock_that_cannot_be_read_is_told(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MODEL_PACKAGE", "no-such-package")
    made = clock_film(Random(0), tmp_path / "clock.mp4", small=True)
    reader = LocalReader(made.path)
    facts = inspect_film(reader, "clock.mp4").facts
    reader.close()
    assert not made.hidden
    assert (facts.clock, facts.reader) == (None, ReaderState.MISSING)


def test_that_a_minute_that_changes_narrows_it_to_a_picture() -> None:
    seen = [Seen(0.0, 3.8, 3.8, None, _reading(13, 28)), Seen(4.0, 6.0, 5.8, 3.8, _reading(13, 29))]
    assert bounds(seen) == FilmClock(_at(13, 28, 56.0), _at(13, 28, 56.2), ClockBasis.FLIP)
    late = bounds(seen, 0.3)
    assert late is not None
    assert late.zero_high_at == _at(13, 28, 56.5)


def test_that_without_one_it_is_what_is_left_of_a_minute() -> None:
    found = bounds([Seen(0.0, 9.8, 9.6, None, _reading(13, 28))])
    assert found == FilmClock(_at(13, 28), _at(13, 28, 50.4), ClockBasis.READINGS)


def test_that_a_picture_that_may_have_stood_still_bounds_nothing_from_above() -> None:
    seen = [Seen(0.0, 3.8, 0.4, None, _reading(13, 28)), Seen(4.0, 6.0, 5.8, None, _reading(13, 29))]
    found = bounds(seen)
    assert found is not None
    assert found.basis is ClockBasis.READINGS
    assert found.zero_high_at > _at(13, 28, 56.2)


def test_that_a_picture_from_which_decoding_began_bounds_nothing_from_above() -> None:
    """It may be one that had been standing for hours; nothing was new in the pictures behind it."""
    old = Seen(600.0, 602.0, float("-inf"), None, _reading(13, 28), new=False)
    assert bounds([old]) is None
    found = bounds([old, Seen(602.2, 604.0, 603.8, 602.0, _reading(13, 29))])
    assert found == FilmClock(_at(13, 18, 57.8), _at(13, 18, 58.0), ClockBasis.FLIP)
    moved = Seen(600.0, 602.0, 601.8, None, _reading(13, 28), new=False)
    assert bounds([moved]) == FilmClock(_at(13, 18), _at(13, 18, 58.2), ClockBasis.READINGS)


@pytest.mark.parametrize("other", [_reading(13, 25), _reading(14, 29), _reading(13, 28, 10)])
def test_that_readings_that_contradict_each_other_tell_nothing(other: ClockReading) -> None:
    seen = [Seen(0.0, 3.8, 3.8, None, _reading(13, 28)), Seen(4.0, 6.0, 5.8, None, other)]
    assert bounds([*seen, Seen(6.2, 9.0, 9.0, 6.0, _reading(13, 30))]) is None


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026/11/29 (日)", DAY),
        ("2026年11月29日", DAY),
        ("2026-11-29", DAY),
        ("11/29/2026", ((DateOrder.MONTH, date(2026, 11, 29)),)),
        ("29/11/2026", ((DateOrder.DAY, date(2026, 11, 29)),)),
        ("3/4/2026", ((DateOrder.MONTH, date(2026, 3, 4)), (DateOrder.DAY, date(2026, 4, 3)))),
        ("31/31/2026", ()),
        ("13:28", ()),
    ],
)
def test_that_a_date_means_what_it_can_mean(text: str, dates: tuple[tuple[DateOrder | None, date], ...]) -> None:
    assert dates_of(text) == dates


@pytest.mark.parametrize(("day", "orders"), [("3/11/2026", [*DateOrder]), ("29/11/2026", [DateOrder.DAY])])
def test_that_am_or_pm_beside_a_date_decides_no_order(day: str, orders: list[DateOrder]) -> None:
    """Windows writes day first and PM in Australia and New Zealand."""
    time_row = taskbar._Row(Box(1200, 690, 1270, 700), "3:28 PM", 0.95)
    date_row = taskbar._Row(Box(1195, 706, 1275, 716), day, 0.95)
    clock = taskbar._clock([time_row, date_row])
    assert clock is not None
    assert (clock.at, {order for order, _day in clock.dates}) == (time(15, 28), set(orders))


def test_that_a_date_that_stays_open_tells_nothing() -> None:
    open_date = ClockReading(time(13, 28), False, dates_of("3/4/2026"), BOX)
    assert bounds([Seen(0.0, 9.8, 9.6, None, open_date)]) is None
    assert bounds([]) is None
