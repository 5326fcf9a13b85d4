"""The reducer: one event turns one snapshot into the next. Total: it never raises, in any order of events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from rdpgui.core.account_events import (
    Armed,
    Disarmed,
    EmergencyReset,
    EmergencyStopped,
    HandActionEnded,
    HandActionIntended,
    IdentityObserved,
    InstancesObserved,
    ObjectsObserved,
    PlaceOpened,
    PollFailed,
    PollWaits,
    PreferencesObserved,
    RunDeleted,
    SessionsObserved,
)
from rdpgui.core.arming import Arming
from rdpgui.core.events import Event, RunEvent
from rdpgui.core.grown import grown
from rdpgui.core.ids import RunId
from rdpgui.core.judging.summary import summarise
from rdpgui.core.log_lines import line_for
from rdpgui.core.moved import identified, left_behind, moved
from rdpgui.core.noted import AnswersNoted, PlaceAnswersNoted, WordingEntered
from rdpgui.core.passing_events import Looked, Progressed, ScreenRead
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
    SessionAnswered,
    SessionQuestioned,
    VisuallyConfirmed,
)
from rdpgui.core.readings import is_said_already, read, unread, waiting
from rdpgui.core.recording import RecordingObject, StatusStatement
from rdpgui.core.repair_events import RepairEnded, RepairIntended
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    ConnectionClosed,
    ConnectionOpened,
    DestinationRead,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    NoteAdded,
    PhaseEntered,
    RunEnded,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
    SessionSeenAgain,
    SourceUnread,
    StatusStated,
    VerdictReached,
    WitnessSaved,
)
from rdpgui.core.shell_log import ShellContrastMade
from rdpgui.core.state import LOG_LIMIT, AppState, BytesRead, LogLine, PhaseMark, RunState


def reduce(state: AppState, event: Event) -> AppState:
    """Return the snapshot after an event.

    A run's event without its ``RunStarted`` is ignored.
    """
    match event:
        case PlaceOpened():
            return _logged(replace(moved(state, event.place), log=(), runs=left_behind(state.runs)), event)
        case IdentityObserved():
            return identified(state, event)
        case InstancesObserved() | SessionsObserved() | PreferencesObserved() | ObjectsObserved():
            return read(state, event)
        case PollFailed():
            stale = unread(state, event)
            return stale if is_said_already(state, event) else _logged(stale, event)
        case PollWaits():
            return waiting(state, event)
        case Armed():
            return _logged(_armed(state, event), event)
        case Disarmed():
            return _logged(_disarmed(state, event.by_run), event)
        case EmergencyStopped():
            return _logged(
                replace(state, arming=None, run_armings={}, emergency_at=state.emergency_at or event.at), event
            )
        case EmergencyReset():
            return _logged(replace(state, emergency_at=None), event)
        case RunDeleted():
            return _logged(_without(state, event.run_id), event)
        case HandActionIntended() | HandActionEnded() | RepairIntended() | RepairEnded():
            return _logged(state, event)
        case PlaceAnswersNoted() | WordingEntered() | ShellContrastMade():
            return state
        case Looked():
            return _looked(state, event)
        case ScreenRead():
            return _seen(state, event)
        case _:
            return _reduce_runs(state, event)


def _armed(state: AppState, event: Armed) -> AppState:
    if state.emergency:
        return replace(state, arming=None, run_armings={})
    arming = Arming(event.account_id, event.region, event.instance_id, event.at, event.expires_at)
    if event.by_run is None:
        return replace(state, arming=arming)
    return replace(state, run_armings={**state.run_armings, event.by_run: arming})


def _disarmed(state: AppState, run_id: RunId | None) -> AppState:
    if run_id is None:
        return replace(state, arming=None)
    return replace(state, run_armings={known: own for known, own in state.run_armings.items() if known != run_id})


def begun(event: RunStarted) -> RunState:
    """Return a run that has begun, before its first event is reduced."""
    return RunState(event.run_id, event.plan, event.account_id, event.region, event.at, event.recorded_place())


def reduce_run(run: RunState, event: RunEvent) -> RunState:
    """Return one run after one of its events, with its log line."""
    line = line_for(event)
    changed = _lasting(_reduce_run(run, event), event)
    return changed if line is None else replace(changed, log=grown(changed.log, line))


def _lasting(run: RunState, event: RunEvent) -> RunState:
    """Note that the run went on until this event, unless it only says that nobody knows what became of it."""
    if isinstance(event, _ADDED_LATER) or (isinstance(event, RunEnded) and event.status is RunStatus.INTERRUPTED):
        return run
    return replace(run, last_at=event.at)


_ADDED_LATER = (
    VisuallyConfirmed,
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    ConnectionClosed,
    RunArchived,
    RunRemarked,
)
"""What a person adds, also long after the end of a run."""


def _without(state: AppState, run_id: RunId) -> AppState:
    """Return the snapshot without a run."""
    runs = {known: run for known, run in state.runs.items() if known != run_id}
    return replace(state, runs=runs, history={known: line for known, line in state.history.items() if known != run_id})


def _reduce_runs(state: AppState, event: RunEvent) -> AppState:
    if isinstance(event, RunStarted):
        run = begun(event)
    elif event.run_id in state.runs:
        run = state.runs[event.run_id]
    else:
        return state
    run = reduce_run(run, event)
    changed = replace(state, runs={**state.runs, event.run_id: run})
    if isinstance(event, RunEnded):
        looks = {key: look for key, look in state.run_looks.items() if key[0] != event.run_id}
        screens = {run_id: seen for run_id, seen in state.screens.items() if run_id != event.run_id}
        changed = replace(changed, run_looks=looks, screens=screens)
    return changed if isinstance(event, Progressed) else _logged(_told(changed, run), event)


def _told(state: AppState, run: RunState) -> AppState:
    """Return the snapshot with the run's line in the history as it is now; the same history when nothing differs."""
    line = summarise(run)
    if state.history.get(run.run_id) == line:
        return state
    return replace(state, history={**state.history, run.run_id: line})


def _looked(state: AppState, event: Looked) -> AppState:
    if event.run_id not in state.runs:
        return state
    return replace(state, run_looks={**state.run_looks, (event.run_id, event.source): event.look})


def _seen(state: AppState, event: ScreenRead) -> AppState:
    """Keep the newest picture when no newer one could be taken, and say why."""
    run, known = state.runs.get(event.run_id), state.screens.get(event.run_id)
    if run is None or not run.is_open:
        return state
    newest = event if known is None or event.name else replace(known, error=event.error)
    return replace(state, screens={**state.screens, event.run_id: newest})


def _reduce_run(run: RunState, event: RunEvent) -> RunState:
    match event:
        case RunStarted() | NoteAdded() | AnswersNoted() | Looked() | ScreenRead():
            return run
        case PhaseEntered():
            return replace(run, phases=grown(run.phases, PhaseMark(event.phase, event.at)), progress=None)
        case ConnectionOpened():
            return replace(run, opened=event, closed=None)
        case ConnectionClosed():
            return replace(run, closed=event)
        case IntentRecorded():
            return replace(run, intents=grown(run.intents, event))
        case ActionAccepted():
            return replace(run, accepted=grown(run.accepted, event))
        case ActionFailed():
            return replace(run, failed=grown(run.failed, event))
        case VerdictReached():
            return replace(run, verdict=event.verdict, judged=_judged(run))
        case (
            VisuallyConfirmed()
            | ConfirmationWithdrawn()
            | RunArchived()
            | RunRemarked()
            | ConsoleWordEntered()
            | FilmClockAdjusted()
            | SessionQuestioned()
            | SessionAnswered()
        ):
            return _said(run, event)
        case ClockSampled() | NeighboursRead() | DestinationRead() | SourceUnread():
            return _with_reading(run, event)
        case CandidatesFound() | FilmSaved() | FilmInspected() | StatusStated():
            return _with_recording(run, event)
        case Progressed():
            return replace(run, progress=event)
        case RunEnded():
            return replace(run, status=event.status, reason=event.reason, ended_at=event.at, progress=None)
        case _:
            return _reduce_evidence(run, event)


def _judged(run: RunState) -> RunState:
    """Return the run as it was judged: after its end a further verdict rests on what a person said since, no more.

    While it is open a further one (of a run that was taken up again, by 0.1) rests on what was seen until then.
    """
    if run.judged is None:
        return run
    return replace(run, judged=None) if run.is_open else run.judged


def _reduce_evidence(
    run: RunState,
    event: BaselineTaken
    | SessionAttached
    | InstanceChanged
    | ConnectionChanged
    | BootTimeRead
    | WitnessSaved
    | SessionLeftActive
    | SessionSeenAgain,
) -> RunState:
    match event:
        case BaselineTaken():
            return replace(run, baseline=event)
        case SessionAttached():
            return replace(run, attached=event)
        case InstanceChanged():
            return replace(run, instance_changes=grown(run.instance_changes, event))
        case ConnectionChanged():
            return replace(run, connection_changes=grown(run.connection_changes, event))
        case BootTimeRead():
            return replace(run, boot_reads=grown(run.boot_reads, event))
        case WitnessSaved():
            return replace(run, witness=event)
        case SessionLeftActive():
            return replace(run, left=event, first_left_at=run.first_left_at or event.at)
        case SessionSeenAgain():
            return replace(run, left=None, first_left_at=None)
        case _:
            assert_never(event)


def _with_recording(run: RunState, event: CandidatesFound | FilmSaved | FilmInspected | StatusStated) -> RunState:
    match event:
        case CandidatesFound():
            found = {item.key: event.at for item in event.objects} | dict(run.first_listed)
            known = {read.key: read for read in run.bytes_read}
            run = _with_read(run, *(_read_of(known, item) for item in event.objects))
            return replace(run, candidates=event.objects, candidates_at=event.at, first_listed=tuple(found.items()))
        case FilmSaved():
            run = _with_read(run, replace(run.read_of(event.key), saved=event, inspected=None))
            return replace(run, saved=grown(run.saved, event), progress=None)
        case FilmInspected():
            run = _with_read(run, replace(run.read_of(event.key), inspected=event))
            return replace(run, inspected=grown(run.inspected, event), progress=None)
        case StatusStated():
            statements = grown(run.statements, event.statement)
            return replace(run, statements=statements, stated_at=grown(run.stated_at, event.at))
        case _:
            assert_never(event)


def _read_of(known: Mapping[str, BytesRead], item: RecordingObject) -> BytesRead:
    """Return what was read of a candidate: nothing when other bytes lie under its key than before."""
    read = known.get(item.key)
    same = read is not None and (read.etag, read.size_bytes) == (item.etag, item.size_bytes)
    return read if read is not None and same else BytesRead(item.key, item.etag, item.size_bytes)


def _with_read(run: RunState, *changed: BytesRead) -> RunState:
    known = {read.key: read for read in run.bytes_read} | {read.key: read for read in changed}
    return replace(run, bytes_read=tuple(known.values()))


def _with_reading(run: RunState, event: ClockSampled | NeighboursRead | DestinationRead | SourceUnread) -> RunState:
    match event:
        case SourceUnread():
            return replace(run, unread=grown(run.unread, event))
        case ClockSampled():
            return replace(run, clock_samples=grown(run.clock_samples, event))
        case NeighboursRead():
            return replace(run, neighbours=_merged(run.neighbours, event))
        case DestinationRead():
            return replace(run, destination=event)
        case _:
            assert_never(event)


def _merged(known: NeighboursRead | None, event: NeighboursRead) -> NeighboursRead:
    """Keep every session that any reading showed: a listing may lack what has just begun or ended."""
    if known is None:
        return event
    sessions = {s.session_id: s for s in (*known.sessions, *event.sessions)}
    since_at = min(known.since_at, event.since_at)
    return replace(event, since_at=since_at, sessions=tuple(sessions.values()))


def _said(
    run: RunState,
    event: VisuallyConfirmed
    | ConfirmationWithdrawn
    | RunArchived
    | RunRemarked
    | ConsoleWordEntered
    | FilmClockAdjusted
    | SessionQuestioned
    | SessionAnswered,
) -> RunState:
    """Take what a person is asked and says of a run, or does with it."""
    match event:
        case SessionQuestioned():
            return replace(run, questions=grown(run.questions, event))
        case SessionAnswered():
            return replace(run, answers=grown(run.answers, event))
        case VisuallyConfirmed():
            return replace(run, confirmation=event.confirmation)
        case ConfirmationWithdrawn():
            return replace(run, confirmation=None)
        case RunArchived():
            return replace(run, archived=event.away)
        case RunRemarked():
            return replace(run, remark=event.remark)
        case ConsoleWordEntered():
            return _with_word(run, event)
        case FilmClockAdjusted():
            return replace(run, film_offset_s=event.offset_s)
        case _:
            assert_never(event)


def _with_word(run: RunState, event: ConsoleWordEntered) -> RunState:
    """Keep the console's word beside the statement, never instead of it."""
    if not run.statements:
        return replace(run, console_word=event.word)
    last: StatusStatement = replace(run.statements[-1], console_word=event.word)
    return replace(run, console_word=event.word, statements=(*run.statements[:-1], last))


def _logged(state: AppState, event: Event) -> AppState:
    line: LogLine | None = line_for(event)
    if line is None:
        return state
    return replace(state, log=grown(state.log, line, LOG_LIMIT))
