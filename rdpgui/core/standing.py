"""What may be said now of what a snapshot holds: live words while their source is looked at, else when it was seen.

``core/freshness.py`` has the rule, this file what it is asked about. Window, history, report and terminal ask here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rdpgui.core.account_events import Topic
from rdpgui.core.freshness import NEVER, Moment, Sight, sight
from rdpgui.core.recording import Basis, Evidence, RecordingStatus, StatusStatement
from rdpgui.core.run_events import Source
from rdpgui.core.state import AppState, RunState
from rdpgui.core.texts import N_

LASTING = frozenset(
    {RecordingStatus.FINISHED, RecordingStatus.VERIFIED, RecordingStatus.SUSPECT, RecordingStatus.UNKNOWN}
)
"""Said of an object that is there and was examined; every other status is said of what may change at any moment."""

_SOURCES = {
    RecordingStatus.RECORDING: Source.SESSION,
    RecordingStatus.PROCESSING: Source.OBJECTS,
    RecordingStatus.OVERDUE: Source.OBJECTS,
    RecordingStatus.PROCESSING_ERROR: Source.OBJECTS,
    RecordingStatus.NOT_CONFIGURED: Source.SESSION,
    RecordingStatus.WAITING: Source.SESSION,
}


def topic_sight(state: AppState, topic: Topic, now: Moment) -> Sight:
    """Return what may be said of a topic of the account. What was read once, and not by a watcher, is past."""
    look = state.looks.get(topic)
    return Sight(live=False, seen_at=state.observed_at.get(topic)) if look is None else sight(look, now)


def run_sight(state: AppState, run: RunState, source: Source, now: Moment) -> Sight:
    """Return what may be said of something that a run looks at. A run that is over looks at nothing."""
    look = state.run_looks.get((run.run_id, source))
    if not run.active:
        return Sight(live=False, seen_at=run.last_at)
    return NEVER if look is None else sight(look, now)


def statement_now(state: AppState, run: RunState, now: Moment) -> StatusStatement | None:
    """Return the recording status that may be shown of a run's session now."""
    statement = run.statement
    if statement is None or statement.status in LASTING:
        return statement
    seen = run_sight(state, run, _SOURCES[statement.status], now)
    return statement if seen.live else aged(statement, seen.seen_at or _stated_at(run))


def statement_then(run: RunState) -> StatusStatement | None:
    """Return the recording status as a paper may state it, which nobody looks after: live words in the past only."""
    statement = run.statement
    if statement is None or statement.status in LASTING:
        return statement
    return aged(statement, run.last_at if not run.active else _stated_at(run))


def status_then(status: RecordingStatus) -> RecordingStatus:
    """Return what may be said of a recording that nobody looks after any more."""
    return status if status in LASTING else RecordingStatus.UNKNOWN


def run_now(state: AppState, run: RunState, now: Moment) -> RunState:
    """Return a run as it may be shown now; the run itself when nothing of it has aged."""
    statement = statement_now(state, run, now)
    return run if statement is None or statement is run.statement else _with_last(run, statement)


def run_then(run: RunState) -> RunState:
    """Return a run as a paper may tell it, see ``statement_then``."""
    statement = statement_then(run)
    return run if statement is None or statement is run.statement else _with_last(run, statement)


def _with_last(run: RunState, statement: StatusStatement) -> RunState:
    return replace(run, statements=(*run.statements[:-1], statement))


def aged(statement: StatusStatement, seen_at: datetime | None) -> StatusStatement:
    """Return what is left of a statement whose source is not looked at any more."""
    last = Evidence(
        N_("Last seen at {at}: {status}.") if seen_at is not None else N_("Last seen: {status}."),
        seen_at,
        "rdpgui",
        None,
        (("at", seen_at.isoformat() if seen_at is not None else "-"), ("status", statement.status.value)),
    )
    return replace(
        statement,
        status=RecordingStatus.UNKNOWN,
        basis=Basis.NONE,
        since_at=seen_at,
        evidence=(last, *statement.evidence),
        usual_s=None,
    )


def seen_until(state: AppState, run: RunState, now: Moment) -> dict[Source, datetime | None]:
    """Return until when each thing of a run was seen, None as long as it is looked at."""
    found: dict[Source, datetime | None] = {}
    for source in Source:
        seen = run_sight(state, run, source, now)
        found[source] = None if seen.live else seen.seen_at or run.last_at or run.started_at
    return found


def _stated_at(run: RunState) -> datetime | None:
    return run.stated_at[-1] if run.stated_at else None
