"""The run log: one line for each event that a person wants to read."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.account_events import (
    Armed,
    Disarmed,
    EmergencyReset,
    EmergencyStopped,
    HandActionEnded,
    HandActionIntended,
    PlaceOpened,
    PollFailed,
    RunDeleted,
)
from rdpgui.core.events import Event
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
from rdpgui.core.repair_events import RepairEnded, RepairIntended
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ConnectionChanged,
    ConnectionClosed,
    ConnectionOpened,
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
from rdpgui.core.state import LogLine
from rdpgui.core.texts import N_

INFO = "info"
WARNING = "warning"
ERROR = "error"


@dataclass(frozen=True, slots=True)
class _Words:
    """Level, message id and values of one line."""

    level: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()


UNWORDED = N_("{event} could not be put into words: {error}")
"""Stands for a line whose making failed: a bug of this program, for its crash report."""


def line_for(event: Event) -> LogLine | None:
    """Return the log line of an event, None when it has none.

    Total, like the reducer: a fault in the words of an event changes nothing of what happened.
    """
    try:
        words = _words_of(event)
    except Exception as error:  # noqa: BLE001 - what a run does must not hang on how it is told
        told = (("event", type(event).__name__), ("error", f"{type(error).__name__}: {error}"))
        words = _Words(ERROR, UNWORDED, told)
    if words is None:
        return None
    return LogLine(event.at, words.level, words.text, words.fields, getattr(event, "run_id", None))


def _words_of(event: Event) -> _Words | None:
    return (
        _run_words(event)
        or _evidence_words(event)
        or _reading_words(event)
        or _person_words(event)
        or _hand_words(event)
        or _account_words(event)
    )


def _run_words(event: Event) -> _Words | None:
    match event:
        case RunStarted():
            return _Words(
                INFO,
                N_("Run started: {disruption} on {instance}, {access} session."),
                (
                    ("disruption", event.plan.disruption_id.value),
                    ("instance", event.plan.instance_id),
                    ("access", event.plan.access_type.value),
                ),
            )
        case PhaseEntered():
            return _Words(INFO, N_("Phase: {phase}."), (("phase", event.phase.value),))
        case IntentRecorded():
            fields = (("action", event.action), ("target", str(event.target)))
            return _Words(INFO, N_("About to call {action} on {target}."), fields)
        case ConnectionOpened(by_person=False):
            return _Words(INFO, N_("The connection was opened."))
        case ConnectionClosed(error=""):
            return _Words(INFO, N_("The connection was ended by the program."))
        case ConnectionClosed():
            return _Words(WARNING, N_("The connection could not be closed: {error}"), (("error", event.error),))
        case ActionAccepted():
            return _Words(INFO, N_("{action} was accepted."), (("action", event.action),))
        case ActionFailed():
            return _failed(event.action, event.error, outcome_known=event.outcome_known)
        case VerdictReached():
            return _Words(INFO, N_("Verdict: {verdict}."), (("verdict", event.verdict.value.value),))
        case NoteAdded():
            return _Words(event.level, event.text, event.fields)
        case RunEnded(reason=""):
            return _Words(INFO, N_("Run ended: {status}."), (("status", event.status.value),))
        case RunEnded():
            fields = (("status", event.status.value), ("reason", event.reason))
            return _Words(WARNING, N_("Run ended: {status}: {reason}"), fields)
        case _:
            return None


def _failed(action: str, error: str, *, outcome_known: bool) -> _Words:
    fields = (("action", action), ("error", error))
    if outcome_known:
        return _Words(ERROR, N_("{action} failed: {error}"), fields)
    return _Words(WARNING, N_("{action} got no answer and may have taken effect; it is not repeated: {error}"), fields)


def _instance_words(event: InstanceChanged) -> _Words:
    state = ("state", event.state.value)
    if not event.state_reason_code:
        return _Words(INFO, N_("Instance state: {state}."), (state,))
    return _Words(INFO, N_("Instance state: {state} ({reason})."), (state, ("reason", event.state_reason_code)))


def _evidence_words(event: Event) -> _Words | None:
    match event:
        case BaselineTaken():
            fields = (
                ("count", str(event.objects_there)),
                ("bucket", event.preferences.bucket),
            )
            return _Words(INFO, N_("Baseline taken: {count} objects in {bucket}."), fields)
        case SessionAttached():
            return _Words(INFO, N_("Session {session} is this run's."), (("session", event.session.session_id),))
        case InstanceChanged():
            return _instance_words(event)
        case ConnectionChanged():
            return _Words(INFO, N_("Connection status: {status}."), (("status", event.status.value),))
        case BootTimeRead():
            return _Words(INFO, N_("Last boot: {boot_at}."), (("boot_at", event.boot_at.isoformat()),))
        case WitnessSaved():
            return _Words(INFO, N_("Console screenshot saved: {path}."), (("path", event.path),))
        case SessionLeftActive():
            ended = event.session.ended_at
            fields = (("session", event.session.session_id), ("end", ended.isoformat() if ended else "-"))
            return _Words(INFO, N_("Session {session} is no longer active (end: {end})."), fields)
        case SessionSeenAgain():
            text = N_("Session {session} is listed as active again: it goes on.")
            return _Words(WARNING, text, (("session", event.session.session_id),))
        case CandidatesFound():
            return _Words(INFO, N_("New objects in the window: {count}."), (("count", str(len(event.objects))),))
        case FilmSaved():
            return _Words(INFO, N_("Recording saved: {key}."), (("key", event.key),))
        case FilmInspected(error=""):
            return _Words(INFO, N_("Recording inspected: {key}."), (("key", event.key),))
        case FilmInspected():
            fields = (("key", event.key), ("error", event.error))
            return _Words(WARNING, N_("{key} is not a film that can be read: {error}"), fields)
        case StatusStated():
            fields = (("status", event.statement.status.value), ("basis", event.statement.basis.value))
            return _Words(INFO, N_("Recording: {status} ({basis})."), fields)
        case _:
            return None


def _reading_words(event: Event) -> _Words | None:
    match event:
        case NeighboursRead(complete=True):
            text = N_("Other sessions that could have made a recording meanwhile: {count}.")
            return _Words(INFO, text, (("count", str(len(event.sessions))),))
        case NeighboursRead():
            return _Words(WARNING, N_("The other sessions of the account could not be read."))
        case SourceUnread():
            seconds = max(0.0, (event.at - event.since_at).total_seconds())
            text = N_("Nobody looked for {seconds} s: {topic} was not read, or its answer was long in coming.")
            return _Words(WARNING, text, (("seconds", f"{seconds:.0f}"), ("topic", event.source.value)))
        case _:
            return None


def _person_words(event: Event) -> _Words | None:
    match event:
        case VisuallyConfirmed():
            text = N_("{by} sees the shutdown.") if event.confirmation.seen else N_("{by} does not see the shutdown.")
            return _Words(INFO, text, (("by", event.confirmation.by),))
        case ConfirmationWithdrawn():
            return _Words(INFO, N_("{by} takes back what was said of the shutdown."), (("by", event.by),))
        case ConsoleWordEntered():
            fields = (("by", event.by), ("word", event.word.value))
            return _Words(INFO, N_("{by} entered what the console says: {word}."), fields)
        case SessionQuestioned():
            text = N_("The owner of session {session}, {owner}, does not tell who opened it: is it yours?")
            return _Words(WARNING, text, _named_session(event.session.session_id, event.session.owner))
        case SessionAnswered():
            text = N_("{by} opened session {session} of {owner}.")
            text = text if event.own else N_("{by} did not open session {session} of {owner}.")
            return _Words(INFO, text, (("by", event.by), *_named_session(event.session_id, event.owner)))
        case RunArchived():
            text = N_("{by} put this run away.") if event.away else N_("{by} took this run back.")
            return _Words(INFO, text, (("by", event.by),))
        case RunRemarked() if not event.by:
            return _Words(INFO, N_("Tester and ticket of the settings stand on this run."))
        case RunRemarked():
            return _Words(INFO, N_("{by} wrote on this run who tested it, for what, or a note."), (("by", event.by),))
        case FilmClockAdjusted():
            fields = (("by", event.by), ("offset", f"{event.offset_s:+.2f}"))
            return _Words(INFO, N_("{by} set the offset of the film's clock to {offset} s."), fields)
        case _:
            return None


def _named_session(session_id: str, owner: str) -> tuple[tuple[str, str], ...]:
    return ("session", session_id), ("owner", owner or "?")


def _hand_words(event: Event) -> _Words | None:
    match event:
        case HandActionIntended() if event.session_id:
            text = N_("By hand ({by}): about to call {action} on session {session} ({target}).")
            named = (("session", str(event.session_id)), ("target", str(event.target)))
            return _Words(INFO, text, (("by", event.by), ("action", event.action), *named))
        case HandActionIntended():
            text = N_("By hand ({by}): about to call {action} on {target}.")
            return _Words(INFO, text, (("by", event.by), ("action", event.action), ("target", str(event.target))))
        case HandActionEnded(error=""):
            return _Words(INFO, N_("{action} was accepted."), (("action", event.action),))
        case HandActionEnded():
            return _failed(event.action, event.error, outcome_known=event.outcome_known)
        case RepairIntended():
            call = event.repair.call().action
            text = N_("By hand ({by}): about to call {action} on {target}.")
            return _Words(INFO, text, (("by", event.by), ("action", call), ("target", event.repair.subject)))
        case RepairEnded(error=""):
            return _Words(INFO, N_("{action} was accepted."), (("action", event.repair.call().action),))
        case RepairEnded():
            return _failed(event.repair.call().action, event.error, outcome_known=event.outcome_known)
        case RunDeleted():
            text = N_("{by} moved the run {run} to the wastebasket.")
            gone = N_("{by} deleted the run {run} for good.")
            return _Words(WARNING, text if event.wastebasket else gone, (("by", event.by), ("run", event.run_id)))
        case _:
            return None


def _account_words(event: Event) -> _Words | None:
    match event:
        case PlaceOpened() if event.place.lab:
            return _Words(
                INFO, N_("The lab (LAB) is opened: scenario {scenario}."), (("scenario", event.place.scenario),)
            )
        case PlaceOpened() if event.place.endpoint:
            fields = (("endpoint", event.place.endpoint), ("region", event.place.region or "-"))
            return _Words(INFO, N_("The endpoint {endpoint} is opened: {region}."), fields)
        case PlaceOpened():
            return _Words(INFO, N_("AWS is opened: {region}."), (("region", event.place.region or "-"),))
        case PollFailed() if event.need is not None:
            return _Words(WARNING, N_("Nobody is signed in: {error}"), (("error", event.error),))
        case PollFailed():
            fields = (("topic", event.topic.value), ("error", event.error))
            return _Words(WARNING, N_("Reading {topic} failed: {error}"), fields)
        case Armed():
            return _Words(WARNING, N_("Armed: {target}."), (("target", event.instance_id),))
        case Disarmed():
            return _Words(INFO, N_("Read-only again ({reason})."), (("reason", event.reason),))
        case EmergencyStopped():
            return _Words(ERROR, N_("Emergency stop: no new action until it is reset."))
        case EmergencyReset():
            return _Words(INFO, N_("Emergency stop reset."))
        case _:
            return None
