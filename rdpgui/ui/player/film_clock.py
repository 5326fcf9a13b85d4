"""Wall clock and film time, one into the other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$")
_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_SPAN = re.compile(r"^(?:(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,6}))?$")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FilmClock:
    """Where a film lies on the wall clock.

    Attributes:
        starts_at: instant of film time zero, None when unknown.
        duration_s: length of the film. adjusted_s: a person's correction, added to ``starts_at``.
    """

    starts_at: datetime | None
    duration_s: float
    adjusted_s: float = 0.0

    def wall_at(self, film_s: float) -> datetime | None:
        """Return the instant of a film time (seconds from the first frame), None when unknown."""
        return None if self.starts_at is None else self.starts_at + timedelta(seconds=self.adjusted_s + film_s)

    def film_s(self, at: datetime) -> float | None:
        """Return the film time of an instant, also before or after the film; None when unknown."""
        return None if self.starts_at is None else (at - self.starts_at).total_seconds() - self.adjusted_s

    def inside(self, film_s: float) -> float:
        """Return a film time kept inside the film."""
        return min(max(0.0, film_s), self.duration_s)

    def holds(self, film_s: float) -> bool:
        """Say whether a film time lies inside the film."""
        return 0.0 <= film_s <= self.duration_s

    def adjusted(self, by_s: float) -> FilmClock:
        """Return the clock with another correction."""
        return replace(self, adjusted_s=by_s)

    def later(self, by_s: float) -> FilmClock:
        """Return the clock of a film that begins so many seconds later."""
        return self if self.starts_at is None else replace(self, starts_at=self.starts_at + timedelta(seconds=by_s))

    def parse(self, text: str) -> float | None:
        """Return the film time that a person typed, None when it is not a time.

        ``14:03:06.8`` and ``14:03`` are local wall-clock times, on the day that puts them nearest to the film;
        ``14:03:06Z`` and ``14:03+09:00`` name their zone, ``2026-05-01T14:03:06Z`` its day, too.
        ``+12.5`` and ``+1:12.5`` count from the film's start; so does everything when the wall clock is unknown.
        """
        text = unicodedata.normalize("NFKC", text).strip().upper()  # an input method may give wide digits and colons
        if text.startswith("+") or self.starts_at is None:
            return _span_s(text.removeprefix("+"))
        if _DATED.match(text):
            return self._dated_s(text)
        match = _CLOCK.match(text)
        if match is None:
            return None
        hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3))
        if hour > 23 or minute > 59 or second > 59:
            return None
        micro = int((match.group(4) or "").ljust(6, "0"))
        middle = self.starts_at + timedelta(seconds=self.adjusted_s + self.duration_s / 2)
        zone = datetime.strptime(match.group(5).replace("UTC", "Z"), "%z").tzinfo if match.group(5) else None
        local = middle.astimezone(zone).replace(hour=hour, minute=minute, second=second, microsecond=micro)
        nearest = min((local - _DAY, local, local + _DAY), key=_DistanceTo(middle))
        return self.film_s(nearest)

    def _dated_s(self, text: str) -> float | None:
        try:
            return self.film_s(datetime.fromisoformat(text.replace(" UTC", "Z")).astimezone())
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class _DistanceTo:
    middle: datetime

    def __call__(self, at: datetime) -> float:
        return abs((at - self.middle).total_seconds())


def _span_s(text: str) -> float | None:
    match = _SPAN.match(text)
    if match is None:
        return None
    minutes, seconds, fraction = match.group(1, 2, 3)
    return int(minutes or 0) * 60 + int(seconds) + float(f"0.{fraction or 0}")
