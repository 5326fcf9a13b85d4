"""One time axis for a run: calls, EC2 state, agent, session, recording status and film, as spans and markers.

Everything is on AWS's clock: local times are shifted by the middle of the measured offset, and
the film's place follows from its creation time and the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.clocks import shifted
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.clock_track import clock_track
from rdpgui.core.judging.film_place import StartBasis
from rdpgui.core.recording import Basis
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import Source
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_

_Until = Mapping[Source, datetime | None]

USABLE_OFFSET_S = 3_600.0
"""Bounds of the clock offset that are wider say nothing."""


class Lane(StrEnum):
    """Rows of the timeline, top to bottom."""

    API = "api"
    EC2 = "ec2"
    SSM = "ssm"
    SESSION = "session"
    RECORDING = "recording"
    FILM = "film"


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """A stretch of time in one lane.

    Attributes:
        end_at: None while it still goes on.
        word: an AWS or status word for the colour and label, for example ``running``.
        basis: observed or inferred; inferred ones are hatched.
    """

    lane: Lane
    begin_at: datetime
    end_at: datetime | None
    word: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment in one lane.

    Attributes:
        not_before_at: for a change seen by polling, when it was last seen otherwise; None when it is exact.
        text: English message id with ``{name}`` fields.
    """

    lane: Lane
    at: datetime
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    not_before_at: datetime | None = None
    basis: Basis = Basis.OBSERVED


@dataclass(frozen=True, slots=True)
class FilmPlacement:
    """Where the film lies on the time axis.

    Attributes:
        zero_at: the film's time zero, the middle of what is known.
        uncertainty_s: half the width of what is known.
        adjusted_s: a person's correction, added to ``zero_at``.
    """

    zero_at: datetime
    duration_s: float
    uncertainty_s: float
    basis: StartBasis
    adjusted_s: float = 0.0

    def wall_at(self, film_s: float) -> datetime:
        """Return the wall-clock time of a film time (seconds from its start)."""
        return shifted(self.zero_at, self.adjusted_s + film_s)

    def film_s(self, wall_at: datetime) -> float:
        """Return the film time of a wall-clock time, kept inside the film."""
        return min(max(0.0, self.unbounded_film_s(wall_at)), self.duration_s)

    def unbounded_film_s(self, wall_at: datetime) -> float:
        """Return the film time of a wall-clock time, also before or after the film."""
        return (wall_at - self.zero_at).total_seconds() - self.adjusted_s


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything of one run on one axis.

    Attributes:
        end_at: the last known moment, or now while the run goes on.
        film: None while there is no film that can be placed.
    """

    begin_at: datetime
    end_at: datetime
    spans: tuple[TimelineSpan, ...]
    markers: tuple[Marker, ...]
    film: FilmPlacement | None = None


def timeline(run: RunState, now: datetime, seen_until: _Until | None = None) -> Timeline:
    """Return the timeline of a run.

    Args:
        run: the run.
        now: the local time, where the axis of a run under way ends.
        seen_until: until when each thing was seen (``core/standing.py``), None as long as it is looked at; without it
            everything of a run under way is taken as looked at.
    """
    over_at = _over_at(run, now)
    until = seen_until if run.active and seen_until else dict.fromkeys(Source, None if run.active else over_at)
    shift_s = aws_shift_s(run)
    film = film_placement(run)
    spans = (*_ec2(run, until), *_ssm(run, until), *_session(run, until), *_recording(run, until))
    moved = tuple(_moved_span(span, shift_s) for span in spans)
    if film is not None:
        film_end_at = film.wall_at(film.duration_s)
        basis = Basis.INFERRED if film.basis is StartBasis.SESSION_LENGTH else Basis.OBSERVED
        moved = (*moved, TimelineSpan(Lane.FILM, film.wall_at(0.0), film_end_at, "film", basis))
    markers = (
        tuple(_moved_marker(marker, shift_s) for marker in _markers(run))
        + _stated_markers(run)
        + _read_markers(run, film)
    )
    begin_at = min([shifted(run.started_at, shift_s)] + [span.begin_at for span in moved])
    end_at = shifted(over_at, shift_s)
    ends = [span.end_at for span in moved if span.end_at is not None]
    return Timeline(begin_at, max([begin_at, end_at, *ends]), moved, markers, film)


def aws_shift_s(run: RunState) -> float:
    """Return what is added to a local time to get AWS's time, seconds; 0 when the offset is not known."""
    offset = clock_track(run).offset
    return -offset.middle_s if offset.half_width_s <= USABLE_OFFSET_S else 0.0


def film_placement(run: RunState) -> FilmPlacement | None:
    """Return where the run's film lies on the time axis, None when that is not known."""
    case = case_of(run)
    start, facts = case.start, case.facts
    if start is None or facts is None:
        return None
    half_s = start.range.width_s / 2
    zero_at = shifted(start.range.low_at, half_s)
    return FilmPlacement(zero_at, facts.duration_s, half_s, start.basis, run.film_offset_s)


def _over_at(run: RunState, now: datetime) -> datetime:
    """Return where the run's time ends: an interrupted one when it was last known to go on, not when that was found."""
    if run.active:
        return now
    if run.ended_at is None or run.status is RunStatus.INTERRUPTED:
        return run.last_at or run.started_at
    return run.ended_at


def _ec2(run: RunState, until: _Until) -> list[TimelineSpan]:
    if run.baseline is None:
        return []
    changes = [(run.baseline.at, run.baseline.instance.state.value)]
    changes += [(change.at, change.state.value) for change in run.instance_changes]
    return _spans(Lane.EC2, changes, until[Source.INSTANCE])


def _ssm(run: RunState, until: _Until) -> list[TimelineSpan]:
    if run.baseline is None:
        return []
    changes = [(run.baseline.at, ConnectionStatus.CONNECTED.value)]
    changes += [(change.at, change.status.value) for change in run.connection_changes]
    return _spans(Lane.SSM, changes, until[Source.CONNECTION])


def _session(run: RunState, until: _Until) -> list[TimelineSpan]:
    if run.attached is None:
        return []
    # The session's own times are AWS's: they are moved back here, and forth with all others.
    back_s = -aws_shift_s(run)
    session = run.attached.session
    end = case_of(run).end
    end_at = until[Source.SESSION] if end is None else shifted(end.range.high_at, back_s)
    begin_at = shifted(session.started_at, back_s)
    return [TimelineSpan(Lane.SESSION, begin_at, end_at, session.status.value, Basis.OBSERVED)]


def _recording(run: RunState, until: _Until) -> list[TimelineSpan]:
    last = Source.SESSION if run.left is None else Source.OBJECTS
    ends: list[datetime | None] = [*run.stated_at[1:], until[last]]
    return [
        TimelineSpan(Lane.RECORDING, at, end_at, statement.status.value, statement.basis)
        for statement, at, end_at in zip(run.statements, run.stated_at, ends, strict=False)
    ]


def _spans(lane: Lane, changes: list[tuple[datetime, str]], ended_at: datetime | None) -> list[TimelineSpan]:
    ends: list[datetime | None] = [at for at, _ in changes[1:]]
    ends.append(ended_at)
    return [
        TimelineSpan(lane, at, end_at, word, Basis.OBSERVED) for (at, word), end_at in zip(changes, ends, strict=True)
    ]


def _markers(run: RunState) -> list[Marker]:
    """Return the markers with local times."""
    markers = [
        Marker(Lane.API, intent.at, N_("{action}: about to call"), (("action", intent.action),))
        for intent in run.intents
    ]
    markers += [
        Marker(Lane.API, answer.at, N_("{action}: accepted"), (("action", answer.action),)) for answer in run.accepted
    ]
    markers += [
        Marker(Lane.API, failure.at, N_("{action}: failed"), (("action", failure.action),)) for failure in run.failed
    ]
    markers += [
        Marker(Lane.EC2, c.at, N_("Instance {state}"), (("state", c.state.value),), c.not_before_at)
        for c in run.instance_changes
        if c.state in (InstanceState.STOPPING, InstanceState.STOPPED)
    ]
    markers += [
        Marker(Lane.SSM, c.at, N_("Agent {status}"), (("status", c.status.value),), c.not_before_at)
        for c in run.connection_changes
    ]
    if run.left is not None and run.first_left_at is not None:
        text = N_("Session left Active")
        markers.append(Marker(Lane.SESSION, run.first_left_at, text, (), run.left.last_active_at))
    return markers


def _stated_markers(run: RunState) -> tuple[Marker, ...]:
    """Return the markers whose times AWS stated."""
    markers = []
    if run.session is not None and run.session.ended_at is not None:
        markers.append(Marker(Lane.SESSION, run.session.ended_at, N_("Session ended (EndDate)")))
    markers += [
        Marker(Lane.RECORDING, item.modified_at, N_("Object {key}"), (("key", item.key),)) for item in run.candidates
    ]
    markers += [Marker(Lane.SSM, read.boot_at, N_("Last boot"), (), None, Basis.INFERRED) for read in run.boot_reads]
    return tuple(markers)


def _read_markers(run: RunState, film: FilmPlacement | None) -> tuple[Marker, ...]:
    """Return where words were first read near the end of the film, as far as the film is placed."""
    facts = case_of(run).facts
    if film is None or facts is None:
        return ()
    text = N_("First seen in the film: “{words}”")
    return tuple(
        Marker(Lane.FILM, film.wall_at(read.at_s), text, (("words", read.text),), basis=Basis.INFERRED)
        for read in facts.end_texts
    )


def _moved_span(span: TimelineSpan, shift_s: float) -> TimelineSpan:
    end_at = None if span.end_at is None else shifted(span.end_at, shift_s)
    begin_at = shifted(span.begin_at, shift_s)
    return TimelineSpan(span.lane, begin_at, None if end_at is None else max(begin_at, end_at), span.word, span.basis)


def _moved_marker(marker: Marker, shift_s: float) -> Marker:
    before_at = None if marker.not_before_at is None else shifted(marker.not_before_at, shift_s)
    return Marker(marker.lane, shifted(marker.at, shift_s), marker.text, marker.fields, before_at, marker.basis)
