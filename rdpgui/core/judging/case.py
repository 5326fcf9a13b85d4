"""The case of a run: all its evidence, once. The checks read it and derive nothing again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath

from rdpgui.core.clocks import TimeRange
from rdpgui.core.film import FilmFacts, TailClass
from rdpgui.core.judging.clock_track import ClockTrack, clock_track
from rdpgui.core.judging.film_place import FilmStart, film_start
from rdpgui.core.judging.gap import Gap, shutdown_gap
from rdpgui.core.judging.onset import onset
from rdpgui.core.judging.own_film import Match, OwnFilm, could_be_own, match_candidates, own_film_of
from rdpgui.core.judging.session_end import SessionEnd, session_end
from rdpgui.core.judging.shown import Shown, Witness, shown
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.kinds.seen import Onset
from rdpgui.core.recording import Denial, RecordingObject
from rdpgui.core.session import Session, SessionOrigin
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VisualConfirmation


@dataclass(frozen=True, slots=True)
class Destination:
    """What was read of the recording destination when the wait ended.

    Attributes:
        readable: the listing was read. unchanged: the preferences still are the baseline's.
        unread: why a candidate's bytes could not be taken, a cause word; empty when they could.
        denials: calls that the destination refused to the service principal, newest first.
        looks: successful listings since the session left Active; None when they were not counted.
        listed: new objects in the last listing, read or not.
        bucket_key: KMS key of the bucket's default encryption, empty without one, None when it was not read.
        origin: what the audit log says of the session, where it was asked.
    """

    readable: bool
    unchanged: bool
    read_at: datetime | None = None
    unread: str = ""
    denials: tuple[Denial, ...] = ()
    looks: int | None = None
    listed: int = 0
    bucket_key: str | None = None
    origin: SessionOrigin = SessionOrigin.UNKNOWN


TESTIMONY_S = 60.0
"""A person saw the shutdown at the film's end when the picture on screen was at most this long before it."""

CASES_KEPT = 8
"""Runs that go on at once, and the one that is looked at."""

NOT_READ = Destination(readable=False, unchanged=False)


def destination_of(run: RunState) -> Destination:
    """Return what the journal says was read of the destination."""
    read = run.destination
    if read is None:
        return NOT_READ
    return Destination(
        read.readable,
        read.unchanged,
        read.listed_at,
        read.unread,
        read.denials,
        read.looks,
        read.listed,
        read.bucket_key,
        read.origin,
    )


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one run when it is judged.

    Attributes:
        run: what was planned, done and seen, as the journal tells it.
        disruption: the kind of disruption that was planned.
        destination: what was read of the recording destination.
        clock: what local times mean on AWS's clock.
        onset: the order, and the signs of its effect.
        end: when the session ended; None while nothing says that it did.
        match, own: which object is the recording, and what is known of it.
        start, gap: the film's place in time, and what it lacks at its end; None where they are not known.
        shown: what the end of the film shows; None without a film.
    """

    run: RunState
    disruption: Disruption
    destination: Destination
    clock: ClockTrack
    onset: Onset
    end: SessionEnd | None
    match: Match
    own: OwnFilm | None
    start: FilmStart | None
    gap: Gap | None
    shown: Shown | None

    @property
    def session(self) -> Session | None:
        """Return the run's session as last seen."""
        return self.run.session

    @property
    def certain(self) -> bool:
        """Whether what was looked at certainly is this session's; only then does a fault of it speak."""
        return self.own is not None and not self.match.misfit and self.own.is_the_object

    @property
    def facts(self) -> FilmFacts | None:
        """Return the film's facts, None when there is no film or it was not inspected."""
        return self.own.facts if self.own is not None else None

    @property
    def over(self) -> TimeRange | None:
        """Return when the session ended; None while nothing says that it did."""
        return self.end.range if self.end is not None else None

    @property
    def clock_stepped(self) -> bool:
        """Whether the local clock was set during the run."""
        return bool(self.clock.stepped_s)

    @property
    def own_tail(self) -> TailClass | None:
        """Return how the last picture looks, if it certainly is of this session's film; None when not known."""
        return self.shown.tail if self.shown is not None and self.certain else None

    @property
    def person_saw(self) -> bool:
        """Whether a person saw a shutdown at the end of what certainly is this session's film."""
        return self.shown is not None and self.certain and self.shown.witness is Witness.PERSON


class _Same:
    """One run as it is at one moment: the same only as itself. A run that was told something is another object."""

    __slots__ = ("run",)

    def __init__(self, run: RunState) -> None:
        self.run = run

    def __hash__(self) -> int:
        return id(self.run)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.run is self.run


def case_of(run: RunState, destination: Destination | None = None) -> Case:
    """Return the case of a run; ``destination`` stands in for what the journal says of it.

    Judge, recording status, wait and window ask for it at every look; it is made once as long as nothing was told.
    """
    case = _case(_Same(run))
    return case if destination is None else replace(case, destination=destination)


def evidence_of(run: RunState) -> RunState:
    """Return what a verdict may rest on: what was seen until it was written, and what a person says, also later.

    Restoring the instance takes its agent away and boots it again, and somebody may do so at any time after that.
    """
    return run if run.judged is None else replace(run.judged, confirmation=run.confirmation)


@lru_cache(maxsize=CASES_KEPT)
def _case(same: _Same) -> Case:
    run = evidence_of(same.run)
    clock = clock_track(run)
    seen = onset(run, clock)
    end = session_end(run, clock, seen)
    match = match_candidates(run, end)
    own = own_film_of(run, match)
    facts = own.facts if own is not None else None
    start = None
    if own is not None and facts is not None and run.session is not None and end is not None:
        start = film_start(facts, run.session, end, None if own.item.in_parts else own.item.modified_at)
    gap = None
    if facts is not None and end is not None and start is not None:
        gap = shutdown_gap(facts, end, start)
    return Case(
        run,
        DISRUPTIONS[run.plan.disruption_id],
        destination_of(run),
        clock,
        seen,
        end,
        match,
        own,
        start,
        gap,
        shown(facts, run.plan.tolerance_s, _testimony(run, own), lab=run.plan.lab) if facts is not None else None,
    )


def _testimony(run: RunState, own: OwnFilm | None) -> VisualConfirmation | None:
    """Return the person's answer, if it was given on this film, near its end; 0.1.0 did not write on which."""
    answer = run.confirmation
    if answer is None or own is None or own.facts is None:
        return None
    on_it = own.saved is not None and PurePath(own.saved.path).name == PurePath(answer.film).name
    if answer.film and not on_it:
        return None
    near_end = answer.film_s is None or answer.film_s >= own.facts.last_frame_pts_s - TESTIMONY_S
    return answer if near_end or not answer.seen else None


def match_recording(run: RunState) -> Match:
    """Return which candidate is the recording of the run's session."""
    return case_of(run).match


def own_film(run: RunState) -> OwnFilm | None:
    """Return the run's recording, None while it is not known which one it is."""
    return case_of(run).own


def plausible(run: RunState, case: Case | None = None) -> tuple[RecordingObject, ...]:
    """Return the candidates that could be the run's recording, also where they cannot be told apart.

    ``case``: of this run, where it is made already.
    """
    end = (case or case_of(run)).end
    return tuple(item for item in run.candidates if could_be_own(run, item, end))
