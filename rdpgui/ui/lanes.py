"""From a run to the lanes of the timeline, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rdpgui.core.film import FilmFacts
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run import Phase
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.panels.timeline import LaneMark, LaneSpan, LaneView
from rdpgui.ui.theme import Tone


def film_facts(run: RunState) -> FilmFacts | None:
    """Return the facts of the run's film, None before it was inspected."""
    return next((item.facts for item in reversed(run.inspected) if item.facts is not None), None)


def film_start(run: RunState) -> datetime | None:
    """Return the instant of the film's first frame: the painted clock's, else the container's, else the session's."""
    facts = film_facts(run)
    if facts is None:
        return None
    session = run.session
    return facts.first_painted_at or facts.created_at or (session.started_at if session else None)


def time_range(run: RunState, now: datetime | None = None) -> tuple[datetime, datetime]:
    """Return the instants that the timeline reaches from and to."""
    session = run.session
    begin = min(run.started_at, session.started_at if session else run.started_at)
    restored = run.entered_at(Phase.RESTORING)
    end = restored or run.ended_at or now or datetime.now(UTC)
    end = max([end, begin + timedelta(seconds=5), *(change.at for change in run.instance_changes if not restored)])
    return begin - timedelta(seconds=0.5), end + timedelta(seconds=0.5)


def lanes_of(run: RunState) -> tuple[LaneView, ...]:
    """Return the lanes: actions, EC2, SSM connection, session, recording, film."""
    return (
        LaneView("api", _("Actions"), (), _action_marks(run)),
        LaneView("ec2", "EC2", _instance_spans(run)),
        LaneView("ssm", _("SSM link"), _connection_spans(run)),
        LaneView("session", _("Session"), _session_spans(run)),
        LaneView("recording", _("Recording"), _recording_spans(run), _object_marks(run)),
        LaneView("film", _("Film"), _film_spans(run)),
    )


def _action_marks(run: RunState) -> tuple[LaneMark, ...]:
    marks = [LaneMark(i.at, Tone.BAD, False, _("{action} called").format(action=i.action)) for i in run.intents]
    marks += [
        LaneMark(f.at, Tone.WARN, not f.outcome_known, _("{action} failed").format(action=f.action)) for f in run.failed
    ]
    return tuple(marks)


def _instance_spans(run: RunState) -> tuple[LaneSpan, ...]:
    spans: list[LaneSpan] = []
    begin = run.started_at
    state = run.baseline.instance.state if run.baseline else InstanceState.RUNNING
    for change in run.instance_changes:
        spans.append(LaneSpan(begin, change.at, labels.tone(state), False, labels.word(state)))
        begin, state = change.at, change.state
    spans.append(LaneSpan(begin, run.ended_at, labels.tone(state), False, labels.word(state)))
    return tuple(spans)


def _connection_spans(run: RunState) -> tuple[LaneSpan, ...]:
    spans: list[LaneSpan] = []
    begin, status = run.started_at, ConnectionStatus.CONNECTED
    for change in run.connection_changes:
        if change.status is not status:
            if status is ConnectionStatus.CONNECTED:
                spans.append(LaneSpan(begin, change.at, Tone.OK, False, labels.word(status)))
            begin, status = change.at, change.status
    if status is ConnectionStatus.CONNECTED:
        spans.append(LaneSpan(begin, run.ended_at, Tone.OK, False, labels.word(status)))
    return tuple(spans)


def _session_spans(run: RunState) -> tuple[LaneSpan, ...]:
    session = run.session
    if session is None:
        return ()
    end = session.ended_at or run.first_left_at
    return (LaneSpan(session.started_at, end, Tone.INFO, False, labels.word(session.access_type)),)


def _recording_spans(run: RunState) -> tuple[LaneSpan, ...]:
    shown = (RecordingStatus.RECORDING, RecordingStatus.PROCESSING, RecordingStatus.OVERDUE)
    spans: list[LaneSpan] = []
    for place, statement in enumerate(run.statements):
        if statement.status not in shown or statement.since_at is None:
            continue
        later = (other.since_at for other in run.statements[place + 1 :] if other.status is not statement.status)
        end = next((at for at in later if at is not None), run.ended_at)
        inferred = statement.basis is Basis.INFERRED
        span = LaneSpan(statement.since_at, end, labels.tone(statement.status), inferred, labels.word(statement.status))
        if spans and spans[-1].text == span.text:
            spans[-1] = LaneSpan(spans[-1].begin_at, end, span.tone, inferred, span.text)
        else:
            spans.append(span)
    return tuple(spans)


def _object_marks(run: RunState) -> tuple[LaneMark, ...]:
    return tuple(
        LaneMark(item.modified_at, Tone.OK, False, _("New object in S3: {key}").format(key=item.key))
        for item in run.candidates
    )


def _film_spans(run: RunState) -> tuple[LaneSpan, ...]:
    facts, begin = film_facts(run), film_start(run)
    if facts is None or begin is None:
        return ()
    exact = facts.first_painted_at is not None
    end = begin + timedelta(seconds=facts.duration_s)
    return (LaneSpan(begin, end, Tone.LAB, not exact, _("Film")),)
