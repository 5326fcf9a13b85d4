"""The index of the history: one row a run, in SQLite beside the run folders.

The journals stay the truth: whatever is wrong with the index (absent, damaged, of another version, a journal that has
changed since), it is made anew from them. Nothing here waits for the disk, because nothing here can be lost.

Blocking, and used from one thread only: ``app.history`` owns that thread.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from rdpgui import __version__
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import StorageError
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_summary import ClaimFacts, RunSummary
from rdpgui.core.session import AccessType
from rdpgui.core.verdict import VerdictValue
from rdpgui.files import PRIVATE_FILE_MODE, refuse_irregular

T = TypeVar("T")

PAUSE_S = 0.001
INDEX_NAME = "history.sqlite"
SCHEMA = "3"
"""Of the table below; another one, or another version of the program, makes the index anew."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DDL = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE runs(
  run_id TEXT PRIMARY KEY, started INTEGER NOT NULL, status TEXT, phase TEXT, ended INTEGER, place TEXT, lab INTEGER,
  instance_id TEXT, name TEXT, disruption TEXT, access TEXT, planned_access TEXT, by_hand INTEGER, observed TEXT,
  verdict TEXT, reason TEXT, gap_low REAL, gap_high REAL, film_s REAL, session_id TEXT, recording TEXT, basis TEXT,
  archived INTEGER, claim TEXT, tester TEXT, ticket TEXT, note TEXT, damage TEXT, size INTEGER,
  mtime_ns INTEGER) WITHOUT ROWID;
CREATE INDEX by_start ON runs(started DESC);
CREATE INDEX by_place ON runs(place, started DESC);
CREATE INDEX by_kind ON runs(place, disruption, access, started DESC);
"""
_COLUMNS = 30
_PUT = f"INSERT OR REPLACE INTO runs VALUES({','.join('?' * _COLUMNS)})"
_ALL = "SELECT * FROM runs"
ROWS_AT_ONCE = 500
"""Rows made in one go: about 5 ms, which is how long a thread is let run at most."""
_MEMORY = ":memory:"
_NEVER_WRITTEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What a word or a number raises that this program never puts into a row."""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

_log = logging.getLogger(__name__)


class Mark(NamedTuple):
    """How a journal was when it was read; another mark means that it has changed since."""

    size_bytes: int
    mtime_ns: int


class RunIndex:
    """Rows of all runs below one folder.

    Attributes:
        remade: why the index that was found is not used, empty when it is, or when there was none.
        times_begun: how often it was begun empty; whoever reads rows while this changes has not read all.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / INDEX_NAME
        self._database: sqlite3.Connection | None = None
        self.remade = ""
        self.times_begun = 0

    def open(self) -> None:
        """Open the index; one that cannot be trusted is moved aside and begun anew, empty."""
        if not self._path.parent.is_dir():  # nothing has run yet: looking leaves no trace
            self._database = self._made(_MEMORY)
            return
        try:
            self._database = self._opened()
        except (sqlite3.Error, OSError, StorageError) as error:
            self.remade = str(error)
            _log.warning("the index of the history is made anew: %s", error)
            self._database = self._begun_anew()

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def rows(self, *, place: str | None = None, newest: int | None = None) -> list[RunSummary]:
        """Return rows, the newest first.

        Args:
            place: key of the one place to look at, None for all.
            newest: not more than these.
        """
        where, values = ("", ()) if place is None else (" WHERE place=?", (place,))
        limit = "" if newest is None else f" LIMIT {newest:d}"
        return self._summaries(f"{_ALL}{where} ORDER BY started DESC{limit}", values)

    def open_runs(self) -> list[RunSummary]:
        """Return the rows of runs without an end, oldest first."""
        return self._summaries(f"{_ALL} WHERE status=? AND damage='' ORDER BY started", (RunStatus.RUNNING.value,))

    def marks(self) -> dict[str, Mark]:
        """Return how each journal was when its row was made."""
        found = self._read("SELECT run_id, size, mtime_ns FROM runs")
        return {run_id: Mark(size_bytes, mtime_ns) for run_id, size_bytes, mtime_ns in found}

    def put(self, rows: Iterable[tuple[RunSummary, Mark]]) -> None:
        """Add or replace rows. What cannot be written is found to be stale at the next start."""
        self._write(_PUT, [values for row, mark in rows if _has_utf8(values := _values(row, mark))])

    def delete(self, run_ids: Collection[str]) -> None:
        """Drop rows whose folders are gone."""
        self._write("DELETE FROM runs WHERE run_id=?", [(run_id,) for run_id in run_ids])

    def _summaries(self, query: str, values: tuple[object, ...]) -> list[RunSummary]:
        try:
            return list(map(_summary, politely(self._read(query, values), ROWS_AT_ONCE)))
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            OverflowError,
        ) as error:  # a word or a number that this program never writes
            self._give_up(sqlite3.DatabaseError(f"a row cannot be read: {error}"))
            return []

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        if self._database is None:
            return []
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _write(self, query: str, rows: list[tuple[object, ...]]) -> None:
        if self._database is None or not rows:
            return
        try:
            with self._database:
                self._database.executemany(query, rows)
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        """Begin anew, empty: whoever fills it sees that by ``times_begun``."""
        if getattr(error, "sqlite_errorcode", None) in _BUSY:
            _log.warning("the index of the history is busy: %s", error)
            return
        self.remade = str(error)
        _log.warning("the index of the history cannot be used: %s", error)
        self.close()
        self._database = self._begun_anew()

    def _opened(self) -> sqlite3.Connection:
        refuse_irregular(self._path)
        if not self._path.exists():
            return self._made(str(self._path))
        database = sqlite3.connect(self._path, timeout=1.0)
        try:
            found = dict(database.execute("SELECT key, value FROM meta"))
            if found != _meta():
                raise sqlite3.DatabaseError(f"it is of version {found.get('program')}, schema {found.get('schema')}")
            said = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                raise sqlite3.DatabaseError(said)
            return _quick(database)
        except sqlite3.Error:
            database.close()
            raise

    def _made(self, path: str) -> sqlite3.Connection:
        self.times_begun += 1
        if path != _MEMORY:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE))
        return _filled(sqlite3.connect(path, timeout=1.0))

    def _begun_anew(self) -> sqlite3.Connection:
        try:
            for name in (INDEX_NAME, f"{INDEX_NAME}-wal", f"{INDEX_NAME}-shm"):
                path = self._path.with_name(name)
                if path.exists() or path.is_symlink():
                    path.replace(path.with_name(f"{name}.unused"))
            return self._made(str(self._path))
        except (sqlite3.Error, OSError) as error:
            _log.warning("the index of the history stays in memory: %s", error)
            return self._made(_MEMORY)


def politely(items: Iterable[T], at_once: int) -> Iterator[T]:
    """Yield items, and let the other threads have the interpreter after so many of them.

    A thread that computes without a pause makes the loop wait for its turn again and again: the window would jerk.
    """
    for number, item in enumerate(items, start=1):
        yield item
        if number % at_once == 0:
            time.sleep(PAUSE_S)


def mark_of(status: os.stat_result) -> Mark:
    """Return the mark of a journal."""
    return Mark(status.st_size, status.st_mtime_ns)


def _meta() -> dict[str, str]:
    return {"schema": SCHEMA, "program": __version__}


def _filled(database: sqlite3.Connection) -> sqlite3.Connection:
    try:
        _quick(database)
        database.executescript(_DDL)
        with database:
            database.executemany("INSERT INTO meta VALUES(?,?)", _meta().items())
    except sqlite3.Error:
        database.close()
        raise
    return database


def _quick(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=OFF")
    return database


# -- a row and its summary ----------------------------------------------------

_STATUS = {member.value: member for member in RunStatus}
_PHASE = {member.value: member for member in Phase}
_DISRUPTION = {member.value: member for member in DisruptionId}
_ACCESS = {member.value: member for member in AccessType}
_VERDICT = {member.value: member for member in VerdictValue}
_RECORDING = {member.value: member for member in RecordingStatus}
_BASIS = {member.value: member for member in Basis}
_TOLD = {"1": True, "0": False, "-": None}
_NONE = "-"


def _values(run: RunSummary, mark: Mark) -> tuple[object, ...]:
    return (
        run.run_id, _number(run.started_at), run.status.value, run.phase.value,
        None if run.ended_at is None else _number(run.ended_at), run.place, run.lab, run.instance_id, run.name,
        run.disruption.value, run.access.value, run.planned_access.value, run.by_hand,
        run.observed and run.observed.value,
        run.verdict and run.verdict.value, run.reason, run.gap_low_s, run.gap_high_s, run.film_s, run.session_id,
        run.recording and run.recording.value, run.basis and run.basis.value, run.archived, _claim_text(run.claim),
        run.tester, run.ticket, run.note, run.damage, mark.size_bytes, mark.mtime_ns,
    )  # fmt: skip


def _has_utf8(values: tuple[object, ...]) -> bool:
    """Return whether SQLite takes a row: a name on disk may be no UTF-8, a text of JSON half a pair."""
    try:
        "".join(value for value in values if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _summary(row: Any) -> RunSummary:
    """Return the summary of a row; a word that this version does not know cannot be there (see ``SCHEMA``)."""
    run_id, access = RunId(row[0]), _ACCESS[row[10]]
    return RunSummary(
        run_id, _moment(row[1]), _STATUS[row[2]], _PHASE[row[3]], None if row[4] is None else _moment(row[4]),
        sys.intern(row[5]), bool(row[6]), InstanceId(sys.intern(row[7])), sys.intern(row[8]), _DISRUPTION[row[9]],
        access, _ACCESS[row[11]], bool(row[12]), _DISRUPTION.get(row[13]), _VERDICT.get(row[14]), sys.intern(row[15]),
        row[16], row[17], row[18], SessionId(row[19]), _RECORDING.get(row[20]), _BASIS.get(row[21]), bool(row[22]),
        _claim(run_id, access, row[23]), sys.intern(row[24]), sys.intern(row[25]), row[26], row[27],
    )  # fmt: skip


def _number(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def _claim_text(claim: ClaimFacts | None) -> str | None:
    if claim is None:
        return None
    told = (claim.processed, claim.reaches_end, claim.while_down)
    return " ".join([claim.what or _NONE, *(_NONE if held is None else str(int(held)) for held in told)])


def _claim(run_id: RunId, access: AccessType, text: str | None) -> ClaimFacts | None:
    if text is None:
        return None
    what, processed, reaches_end, while_down = text.split(" ")
    return ClaimFacts(run_id, _DISRUPTION.get(what), access, _TOLD[processed], _TOLD[reaches_end], _TOLD[while_down])
