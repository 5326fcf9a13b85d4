"""What may be said now of what a snapshot holds: live words while their source is looked at, else when it was seen.

``core/freshness.py`` has the rule, this file what it is asked about. Window, history, report and terminal ask here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from rdpgui.core.account_events import Topic
from rdpgui.core.freshness import NEVER, Moment, Sight, sight
from rdpgui.core.judging.case import own_film
from rdpgui.core.recording import Basis, Evidence, RecordingStatus, StatusStatement
from rdpgui.core.run_events import FilmInspected, FilmSaved, Source
from rdpgui.core.state import AppState, RunState
from rdpgui.core.texts import N_

LASTING = frozenset(
    {RecordingStatus.FINISHED, RecordingStatus.VERIFIED, RecordingStatus.SUSPECT, RecordingStatus.UNKNOWN}
)
"""Said of an object that is there and was examined; every other status is said of what may change at any moment."""

FILM_GONE = N_("Verified at {at}; the film is no longer here.")

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


def files_of(run: RunState) -> tuple[str, ...]:
    """Return the names of the files that a run says it keeps in its folder: films, last frames, the screenshot."""
    stills = [item.last_frame for item in run.inspected if item.last_frame]
    witness = [run.witness.path] if run.witness is not None and run.witness.path else []
    return (*(film.path for film in run.saved if film.path), *stills, *witness)


def as_kept(run: RunState, gone: Collection[str]) -> RunState:
    """Return a run as it may be told once files of it are gone; the run itself while none is.

    What was verified of a film was verified then: it is no statement about a film that is no longer here.

    Args:
        run: as its journal tells it.
        gone: of ``files_of``, what is no longer in the folder.
    """
    if not gone:
        return run
    kept = replace(
        run,
        saved=tuple(_saved(film, gone) for film in run.saved),
        inspected=tuple(_inspected(found, gone) for found in run.inspected),
        bytes_read=tuple(
            replace(
                read,
                saved=_saved(read.saved, gone) if read.saved is not None else None,
                inspected=_inspected(read.inspected, gone) if read.inspected is not None else None,
            )
            for read in run.bytes_read
        ),
        witness=replace(run.witness, path="") if run.witness is not None and run.witness.path in gone else run.witness,
        judged=as_kept(run.judged, gone) if run.judged is not None else None,
    )
    own = own_film(run)
    films = [own.saved] if own is not None and own.saved is not None else run.saved
    statement = run.statement
    if statement is None or statement.status is not RecordingStatus.VERIFIED or any(f.path not in gone for f in films):
        return kept
    return _with_last(kept, _verified_then(statement))


def _saved(film: FilmSaved, gone: Collection[str]) -> FilmSaved:
    return replace(film, path="") if film.path in gone else film


def _inspected(found: FilmInspected, gone: Collection[str]) -> FilmInspected:
    return replace(found, last_frame="") if found.last_frame in gone else found


def _verified_then(statement: StatusStatement) -> StatusStatement:
    checked_at = statement.evidence[-1].observed_at if statement.evidence else statement.since_at
    at = checked_at.isoformat() if checked_at is not None else "-"
    then = Evidence(FILM_GONE, checked_at, "rdpgui", None, (("at", at),))
    evidence = (then, *statement.evidence)
    return replace(statement, status=RecordingStatus.UNKNOWN, basis=Basis.NONE, since_at=checked_at, evidence=evidence)


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
