"""Which frame of a film a console picture shows: alike first, near in time second, and honest where neither helps.

The picture was taken between two instants by the local clock, the film lies on that clock by the judge's placement, so
only frames near these instants are asked. A still desktop has many frames that are alike: then all of them are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath

NEAR_S = 2.0
"""A frame may be shown so long before the picture was asked for, or after it was answered: clocks differ."""
EDGE_S = 1.0
"""Taken longer before the film's begin, or after its end, a picture is not of the film, however alike."""
ALIKE = 10.0
"""Root of the mean square of the differences of small grey pictures; what differs more is another screen."""
SAME = 0.5
"""Frames that differ by no more than this from the best one are as good."""


class MatchIs(Enum):
    """What was found for a picture."""

    FOUND = "found"
    OTHER = "other"
    BEFORE = "before"
    AFTER = "after"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame near a picture: film seconds from which to which it is shown, and how much it differs."""

    begin_s: float
    end_s: float
    difference: float


@dataclass(frozen=True, slots=True)
class ScreenMatch:
    """Where a picture is in the film.

    Attributes:
        at_s: the nearest frame that is alike. begin_s, end_s: from which to which frames that are alike are shown.
    """

    found: MatchIs
    at_s: float = 0.0
    begin_s: float = 0.0
    end_s: float = 0.0


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture file, and the film times between which it was taken, seconds."""

    path: PurePath
    low_s: float
    high_s: float


def is_near(begin_s: float, end_s: float, low_s: float, high_s: float) -> bool:
    """Whether a frame is asked for a picture that was taken between two film times."""
    return begin_s <= high_s + NEAR_S and end_s >= low_s - NEAR_S


def matched(near: Sequence[Candidate], low_s: float, high_s: float, film_end_s: float) -> ScreenMatch:
    """Return what is found for a picture.

    Args:
        near: frames near it, in the film's order.
        low_s: film time before which it was not taken.
        high_s: film time at which it was there.
        film_end_s: end of the film.
    """
    if low_s > film_end_s + EDGE_S:
        return ScreenMatch(MatchIs.AFTER)
    if high_s < -EDGE_S:
        return ScreenMatch(MatchIs.BEFORE)
    if not near:
        return ScreenMatch(MatchIs.UNREAD)
    best = min(frame.difference for frame in near)
    if best > ALIKE:
        return ScreenMatch(MatchIs.AFTER if low_s > film_end_s else MatchIs.OTHER)
    alike = [frame.difference <= best + SAME for frame in near]
    chosen = min((at for at, same in enumerate(alike) if same), key=lambda at: (_apart(near[at], low_s, high_s), at))
    first = last = chosen
    while first > 0 and alike[first - 1]:
        first -= 1
    while last + 1 < len(near) and alike[last + 1]:
        last += 1
    frame = near[chosen]
    at_s = min(max(frame.begin_s, (low_s + high_s) / 2), frame.end_s)
    return ScreenMatch(MatchIs.FOUND, at_s, near[first].begin_s, near[last].end_s)


def _apart(frame: Candidate, low_s: float, high_s: float) -> float:
    """Return the seconds between a frame and when the picture was taken; 0 where they meet."""
    return max(0.0, frame.begin_s - high_s, low_s - frame.end_s)
