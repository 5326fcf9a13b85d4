"""Two films on one clock: the instant at which they are aligned, and film time from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.timeline import aws_shift_s, film_placement
from rdpgui.core.state import RunState
from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.player.reel import rest_s


class Anchor(StrEnum):
    """What two films are aligned at."""

    DISRUPTION = "disruption"
    SESSION_END = "session-end"
    FILM_END = "film-end"


def anchor_at(run: RunState, anchor: Anchor) -> datetime | None:
    """Return a run's instant on AWS's clock, None when it is not known; the film's end is no instant of the run."""
    match anchor:
        case Anchor.DISRUPTION:
            intent = run.disruption_intent
            return None if intent is None else intent.at + timedelta(seconds=aws_shift_s(run))
        case Anchor.SESSION_END:
            if run.session is not None and run.session.ended_at is not None:
                return run.session.ended_at  # the mark of the timeline; AWS's own clock
            end = case_of(run).end
            return None if end is None else end.range.low_at + (end.range.high_at - end.range.low_at) / 2
        case Anchor.FILM_END:
            return None


def anchor_film_s(compared: ComparedRun, anchor: Anchor) -> float | None:
    """Return the film time of the anchor, also outside of the film; None when it cannot be placed."""
    if compared.facts is None:
        return None
    if anchor is Anchor.FILM_END:
        return compared.facts.last_frame_pts_s
    at, placement = anchor_at(compared.run, anchor), film_placement(compared.run)
    return None if at is None or placement is None else placement.unbounded_film_s(at)


def possible_anchors(sides: Sequence[ComparedRun]) -> tuple[Anchor, ...]:
    """Return the anchors at which every side that has a film can be aligned; none without a film."""
    films = [side for side in sides if side.facts is not None]
    return tuple(
        anchor for anchor in Anchor if films and all(anchor_film_s(side, anchor) is not None for side in films)
    )


@dataclass(frozen=True, slots=True)
class Lock:
    """The common clock: seconds from the anchor.

    Attributes:
        zeros_s: film time of the anchor, for each side; None for a side without a film.
        ends_s: film time from which on nothing moves, for each side.
    """

    zeros_s: tuple[float | None, ...]
    ends_s: tuple[float, ...]

    @property
    def begin_s(self) -> float:
        """Where the first film begins, seconds from the anchor."""
        return min((-zero_s for zero_s in self.zeros_s if zero_s is not None), default=0.0)

    @property
    def end_s(self) -> float:
        """Where the last film ends, seconds from the anchor."""
        lasts = zip(self.zeros_s, self.ends_s, strict=True)
        return max((end_s - zero_s for zero_s, end_s in lasts if zero_s is not None), default=0.0)

    @property
    def length_s(self) -> float:
        """Length of the common axis."""
        return self.end_s - self.begin_s

    def inside(self, at_s: float) -> float:
        """Return a common time kept on the axis."""
        return min(max(self.begin_s, at_s), self.end_s)

    def film_s(self, side: int, at_s: float) -> float | None:
        """Return the film time of a common time, also outside of the film; None without a film."""
        zero_s = self.zeros_s[side]
        return None if zero_s is None else zero_s + at_s

    def common_s(self, side: int, film_s: float) -> float | None:
        """Return the common time of a film time; None without a film."""
        zero_s = self.zeros_s[side]
        return None if zero_s is None else film_s - zero_s


def lock_at(sides: Sequence[ComparedRun], anchor: Anchor) -> Lock:
    """Return the common clock of films aligned at an anchor that is possible."""
    return Lock(tuple(anchor_film_s(side, anchor) for side in sides), tuple(_end_s(side.facts) for side in sides))


def _end_s(facts: FilmFacts | None) -> float:
    return 0.0 if facts is None else rest_s(facts)
