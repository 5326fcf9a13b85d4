"""Several films of one run, laid out on the clock: the stretches that were recorded and the gaps between them.

Reel time is seconds from the first film's first frame; for a single film it is film time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rdpgui.core.film import FilmFacts, Span, SpanBasis, Watched, with_watched
from rdpgui.ui.film_port import PlacedFilm

_NO_GAP_S = 0.05
"""Shorter than a frame of most recordings: the films touch."""
_HELD_S = 1.0
"""A last picture that is shown for at least so long is played: time goes on under it."""


def length_s(facts: FilmFacts) -> float:
    """Return the end of a film's last picture, seconds."""
    return max(facts.duration_s, facts.last_frame_pts_s)


def rest_s(facts: FilmFacts) -> float:
    """Return the film time from which on nothing moves: the last frame's begin, its end when it is held for long."""
    end_s = length_s(facts)
    return end_s if end_s - facts.last_frame_pts_s >= _HELD_S else facts.last_frame_pts_s


@dataclass(frozen=True, slots=True)
class ReelPart:
    """One film on the reel.

    Attributes:
        begin_s: reel time of its first frame.
    """

    film: PlacedFilm
    begin_s: float

    @property
    def facts(self) -> FilmFacts:
        """The film's facts."""
        return self.film.facts

    @property
    def end_s(self) -> float:
        """Reel time of its end."""
        return self.begin_s + length_s(self.facts)

    @property
    def rest_s(self) -> float:
        """Film time from which on nothing is played."""
        return rest_s(self.facts)

    def placed(self, span: Span) -> Span:
        """Return a stretch of the film in reel time."""
        return Span(self.begin_s + span.begin_s, self.begin_s + span.end_s, span.basis)

    def inside(self, at_s: float) -> float:
        """Return the film time of a reel time, kept inside the film."""
        return min(max(0.0, at_s - self.begin_s), length_s(self.facts))


@dataclass(frozen=True, slots=True)
class Reel:
    """At least one film, in the order of the clock."""

    parts: tuple[ReelPart, ...]

    @property
    def duration_s(self) -> float:
        """Reel time of the end of what ends last."""
        return max(part.end_s for part in self.parts)

    @property
    def last_frame_s(self) -> float:
        """Reel time of the last frame of the last film."""
        last = self.parts[-1]
        return last.begin_s + last.facts.last_frame_pts_s

    @property
    def end_s(self) -> float:
        """Reel time of the end of the last film."""
        return self.parts[-1].end_s

    @property
    def rest_s(self) -> float:
        """Reel time from which on nothing is played."""
        return self.parts[-1].begin_s + self.parts[-1].rest_s

    @property
    def idle(self) -> tuple[Span, ...]:
        """Idle stretches of all films, in reel time."""
        # By bytes: nobody looked at the pictures, and something may happen there.
        return tuple(
            part.placed(span) for part in self.parts for span in part.facts.idle if span.basis is not SpanBasis.BYTES
        )

    @property
    def seen(self) -> Watched:
        """What was found by looking at every picture, in reel time."""
        return Watched(
            idle=self.idle,
            frozen=tuple(part.placed(span) for part in self.parts for span in part.facts.frozen),
            black=tuple(part.placed(span) for part in self.parts for span in part.facts.black),
            duplicate=tuple(part.placed(span) for part in self.parts for span in part.facts.duplicate),
            spoiled=tuple(part.placed(span) for part in self.parts for span in part.facts.spoiled),
        )

    @property
    def gaps(self) -> tuple[Span, ...]:
        """Watched of reel time of which there is no film."""
        pairs = zip(self.parts, self.parts[1:], strict=False)
        return tuple(
            Span(before.end_s, after.begin_s) for before, after in pairs if after.begin_s - before.end_s > _NO_GAP_S
        )

    def holds(self, at_s: float) -> bool:
        """Say whether a reel time was recorded, to a thousandth of a second, in which times are typed and shown."""
        return any(part.begin_s - 0.001 <= at_s <= part.end_s + 0.001 for part in self.parts)

    def watched(self, path: Path, facts: FilmFacts) -> Reel:
        """Return the reel with a film of which every picture was looked at by now."""
        return Reel(
            tuple(
                replace(part, film=replace(part.film, facts=_with_spans(part.facts, facts)))
                if part.film.path == path
                else part
                for part in self.parts
            )
        )

    def downloaded(self, path: Path) -> Reel:
        """Return the reel with a film that is read from its file now."""
        return Reel(
            tuple(
                replace(part, film=replace(part.film, remote=None)) if part.film.path == path else part
                for part in self.parts
            )
        )

    def locate(self, at_s: float, *, toward: int = 0) -> tuple[int, float]:
        """Return the film and the film time of a reel time.

        Args:
            at_s: reel time.
            toward: what is chosen in a gap: -1 the film before, 1 the film after, 0 the nearer end.
        """
        at = max((place for place, part in enumerate(self.parts) if part.begin_s <= at_s), default=0)
        part = self.parts[at]
        if at_s >= part.end_s and at + 1 < len(self.parts):
            after_s = self.parts[at + 1].begin_s
            if toward > 0 or (toward == 0 and after_s - at_s < at_s - part.end_s):
                return at + 1, 0.0
        return at, part.inside(at_s)


def reel_of(films: Sequence[PlacedFilm]) -> Reel:
    """Return films on the clock; one whose start is unknown follows the one before it at once.

    Args:
        films: at least one, in any order when their starts are known.
    """
    known = sorted((film for film in films if film.starts_at is not None), key=_start_s)
    zero_s = _start_s(known[0]) if known else 0.0
    parts: list[ReelPart] = [ReelPart(film, _start_s(film) - zero_s) for film in known]
    for film in films:
        if film.starts_at is None:
            parts.append(ReelPart(film, parts[-1].end_s if parts else 0.0))
    return Reel(tuple(parts))


def _with_spans(facts: FilmFacts, found: FilmFacts) -> FilmFacts:
    """Return facts with what was found by looking at all pictures; of an object in S3 the clock is not read before."""
    spans = Watched(found.idle, found.frozen, found.black, found.duplicate, found.spoiled)
    return replace(with_watched(facts, spans), clock=found.clock or facts.clock)


def _start_s(film: PlacedFilm) -> float:
    return film.starts_at.timestamp() if film.starts_at is not None else 0.0
