"""Journals, of a run or of what was done by hand: lines of JSON, each sealed with the SHA-256 of the line before.

A line is ``{"seq": n, "prev": "<hex>", "event": {…}}``. ``prev`` of the first line is the
SHA-256 of nothing. A line that was changed, removed or moved breaks the chain at
the line after it; the pack's manifest covers the last one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rdpgui.core.codec import event_from_json, event_to_json
from rdpgui.core.errors import EventUnreadable, JournalDamaged
from rdpgui.core.events import Event, HandEvent, RunEvent
from rdpgui.core.noted import PlaceNote
from rdpgui.core.passing_events import PassingEvent
from rdpgui.core.reduce import begun, reduce_run
from rdpgui.core.run_events import FilmInspected, FilmSaved, RunStarted, WitnessSaved
from rdpgui.core.state import RunState

FIRST_LINK = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Where the next line is hooked in.

    Attributes:
        seq: number of the next line, from 0.
        prev: SHA-256 of the last line, in hex.
    """

    seq: int = 0
    prev: str = FIRST_LINK


def seal(end: ChainEnd, event: RunEvent | HandEvent | PlaceNote) -> tuple[str, ChainEnd]:
    """Return the line of an event and the new end of the chain."""
    body = {"seq": end.seq, "prev": end.prev, "event": event_to_json(event)}
    line = json.dumps(body, allow_nan=False, separators=(",", ":"))
    return line, ChainEnd(end.seq + 1, link_of(line))


def link_of(line: str) -> str:
    """Return the SHA-256 of a line, in hex."""
    return hashlib.sha256(line.encode()).hexdigest()


def is_journalled(event: RunEvent) -> bool:
    """Whether an event belongs into the journal: all but progress, and looks that found nothing new."""
    return not isinstance(event, PassingEvent)


def end_of(lines: Sequence[str]) -> ChainEnd:
    """Return where the next line is hooked in, without judging the lines: damage stays to be seen where it is."""
    return ChainEnd(len(lines), link_of(lines[-1])) if lines else ChainEnd()


def read_actions(lines: Iterable[str]) -> tuple[HandEvent, ...]:
    """Check the chain of the account's journal and return what was done by hand.

    Raises:
        JournalDamaged: a line does not fit; the text names it, counted from 1.
    """
    return _read_all(lines, HandEvent, "its event belongs to a run")


def read_place_notes(lines: Iterable[str]) -> tuple[PlaceNote, ...]:
    """Check the chain of the places' journal and return what was noted outside of runs.

    Raises:
        JournalDamaged: a line does not fit; the text names it, counted from 1.
    """
    return _read_all(lines, PlaceNote, "its event belongs to no place")


def _read_all(lines: Iterable[str], kind: Any, reason: str) -> tuple[Any, ...]:
    end = ChainEnd()
    events: list[Event] = []
    for line in lines:
        event = _opened(line, end)
        if not isinstance(event, kind):
            raise _damaged(end, reason)
        events.append(event)
        end = ChainEnd(end.seq + 1, link_of(line))
    return tuple(events)


def read_journal(lines: Iterable[str]) -> tuple[tuple[RunEvent, ...], ChainEnd]:
    """Check the chain and return the events and its end.

    Raises:
        JournalDamaged: a line does not fit; the text names it, counted from 1.
    """
    end = ChainEnd()
    events: list[RunEvent] = []
    for line in lines:
        event = _opened(line, end)
        if not isinstance(event, RunEvent):
            raise _damaged(end, "its event belongs to no run")
        if _leads_out(event):
            raise _damaged(end, "it names a file outside of the run's folder")
        events.append(event)
        end = ChainEnd(end.seq + 1, link_of(line))
    return tuple(events), end


def rebuild(events: Iterable[RunEvent]) -> RunState | None:
    """Return the run's state from its events, None when they do not begin with its start."""
    run: RunState | None = None
    for event in events:
        if run is None and isinstance(event, RunStarted):
            run = begun(event)
        if run is not None and event.run_id == run.run_id:
            run = reduce_run(run, event)
    return run


def unsealed(line: str, end: ChainEnd) -> object:
    """Check that a line is hooked in and return the JSON of its event.

    Raises:
        JournalDamaged: it does not fit; the text names it, counted from 1.
    """
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _damaged(end, "it is not JSON") from error
    if not isinstance(body, dict) or body.keys() != {"seq", "prev", "event"}:
        raise _damaged(end, "it is not a line of a journal")
    if body["seq"] != end.seq:
        raise _damaged(end, f"it carries the number {body['seq']}")
    if body["prev"] != end.prev:
        raise _damaged(end, "the line before it was changed")
    return body["event"]


def _leads_out(event: RunEvent) -> bool:
    """Whether an event names a file that is not in its run's folder: this program writes plain names only."""
    match event:
        case FilmSaved() | WitnessSaved():
            name = event.path
        case FilmInspected():
            name = event.last_frame
        case _:
            return False
    return name in (".", "..") or any(part in name for part in ("/", "\\", "\0"))


def _opened(line: str, end: ChainEnd) -> Event:
    value = unsealed(line, end)
    try:
        return event_from_json(value)
    except EventUnreadable as error:
        raise _damaged(end, error.text()) from error


def _damaged(end: ChainEnd, reason: str) -> JournalDamaged:
    return JournalDamaged(
        "Line {line} of the journal does not fit: {reason}.",
        "Lines before it are sound; take the journal from a backup or the evidence pack.",
        line=end.seq + 1,
        reason=reason,
    )
