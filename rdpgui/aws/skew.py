"""Bounds of (local clock - AWS clock), learnt from the Date header of answers.

An answer whose request left at local time ``sent`` and that was complete at
``received`` was dated in between. The header has whole seconds, so AWS's clock
read something in [date, date + 1 s). One answer bounds the offset to about a
second; the intersection over many answers, which fall at different places
within the second, is far narrower.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

HEADER_RESOLUTION_S = 1.0
KEEP_S = 300.0
"""Samples older than this are dropped: clocks drift, and this computer's may be set."""
DRIFT = 1e-4
"""Drift allowed between two clocks, 100 ppm: a sample's bounds widen with its age."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Bounds from one answer, seconds; ``taken_s`` is the local Unix time of it."""

    low_s: float
    high_s: float
    taken_s: float

    def at(self, now_s: float) -> tuple[float, float]:
        """Return the bounds widened by the drift since then."""
        widened_s = abs(now_s - self.taken_s) * DRIFT
        return self.low_s - widened_s, self.high_s + widened_s


def sample(sent_s: float, received_s: float, date: datetime) -> Sample:
    """Return the bounds of one answer. Times are local Unix time; ``date`` is the header's value."""
    aws_s = date.timestamp()
    return Sample(sent_s - (aws_s + HEADER_RESOLUTION_S), received_s - aws_s, received_s)


class ClockOffset:
    """Collects samples from any thread and intersects them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: deque[Sample] = deque(maxlen=64)

    def feed(self, sent_s: float, received_s: float, headers: Mapping[str, str]) -> None:
        """Take one answer's headers; an answer without a usable Date says nothing. A stepped clock starts anew."""
        text = headers.get("date", "")
        try:
            date = parsedate_to_datetime(text)
        except ValueError:
            return
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        new = sample(sent_s, received_s, date)
        with self._lock:
            self._samples.append(new)
            low_s, high_s = self._intersection(received_s)
            if low_s > high_s:
                self._samples.clear()
                self._samples.append(new)

    def bounds(self, now_s: float) -> tuple[float, float] | None:
        """Return (low, high) in seconds, None when no answer was seen lately."""
        with self._lock:
            while self._samples and abs(now_s - self._samples[0].taken_s) > KEEP_S:
                self._samples.popleft()
            return self._intersection(now_s) if self._samples else None

    def _intersection(self, now_s: float) -> tuple[float, float]:
        widened = [item.at(now_s) for item in self._samples]
        return max(low for low, _ in widened), min(high for _, high in widened)


def next_cut_s(bounds: tuple[float, float], now_s: float, trip_s: float) -> float:
    """Return how long to wait so that the next answer halves the bounds, 0 <= wait < 1 s.

    The AWS clock turns a second at a local time that the bounds leave open; a request placed in the middle of them
    tells on which side it is.
    """
    middle_s = (bounds[0] + bounds[1]) / 2
    phase_s = (now_s + trip_s / 2 - middle_s) % HEADER_RESOLUTION_S
    return (HEADER_RESOLUTION_S - phase_s) % HEADER_RESOLUTION_S
