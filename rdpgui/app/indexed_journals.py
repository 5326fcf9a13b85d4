"""The journals of one folder against their index: which have changed, and one line of each.

Blocking. What takes the index is used from the thread that owns it; ``looked_into`` and ``mark_in`` from any.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders
from rdpgui.app.run_index import Mark, RunIndex, mark_of, politely
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import RunId
from rdpgui.core.journal_scan import read_summary, scan_journal
from rdpgui.core.run_summary import RunSummary

NEWEST = 200
"""Rows that are shown before all others are looked for."""

MARKS_AT_ONCE = 500
"""Journals whose size is looked at in one go: about 5 ms, which is how long a thread is let run at most."""

SCANS_AT_ONCE = 5

_OF_A_RUN = re.compile(r"\d{8}-\d{6}-.+")
_NO_JOURNAL = Mark(-1, 0)


class IndexedJournals:
    """Keeps the rows of an index what the journals are.

    Args:
        index: opened and closed by its owner. folders: where the journals lie.
    """

    def __init__(self, index: RunIndex, folders: FileRunFolders) -> None:
        self._index = index
        self._folders = folders

    def first(self) -> list[RunSummary]:
        """Return the lines that are shown before all others, as the index has them: open runs, and the newest."""
        return [*self._index.open_runs(), *self._index.rows(newest=NEWEST)]

    def compare(self) -> tuple[list[str], list[str]]:
        """Return the names of folders to be read, the newest first, and of those that are gone."""
        known, found = self._index.marks(), dict(self._marks_on_disk())
        changed = [name for name, mark in found.items() if known.get(name) != mark]
        return sorted(changed, reverse=True), [name for name in known if name not in found]

    def scan(self, names: Sequence[str]) -> list[RunSummary]:
        """Read the lines of journals and keep them; one that cannot be read is a line with its reason."""
        rows = [_scanned(self._folders, self._folders.root / name) for name in politely(names, SCANS_AT_ONCE)]
        self._index.put(rows)
        return [line for line, _ in rows]

    def keep(self, rows: Sequence[tuple[RunSummary, Mark | None]]) -> None:
        """Keep lines; those without a mark are of their journals as these are now."""
        self._index.put([(line, mark or mark_in(self._folders.root / line.run_id)) for line, mark in rows])

    def _marks_on_disk(self) -> Iterator[tuple[str, Mark]]:
        root = os.fspath(self._folders.root)
        for name in politely(self._folders.run_names(), MARKS_AT_ONCE):
            mark = mark_in(os.path.join(root, name))  # noqa: PTH118 - a path costs more than its stat
            if mark != _NO_JOURNAL or _OF_A_RUN.fullmatch(name):
                yield name, mark


def mark_in(folder: str | Path) -> Mark:
    """Return the mark of a folder's journal; one that is no mark of any when there is none."""
    try:
        return mark_of(os.lstat(os.path.join(folder, JOURNAL_NAME)))  # noqa: PTH118 - a path costs more than its stat
    except OSError:
        return _NO_JOURNAL


def looked_into(folders: FileRunFolders, lines: Sequence[RunSummary]) -> list[tuple[RunSummary, Mark]]:
    """Return lines with what only whole journals say about the claims, each with the mark its journal had."""
    made = []
    for line in politely(lines, 1):
        folder = folders.root / line.run_id
        mark = mark_in(folder)
        try:
            read = read_summary(folders.lines(folder))
        except RdpguiError as error:
            read = line._replace(damage=error.text())
        made.append((read, mark))
    return made


def _scanned(folders: FileRunFolders, folder: Path) -> tuple[RunSummary, Mark]:
    mark = mark_in(folder)  # before it is read: what is added meanwhile makes it stale
    try:
        return scan_journal(folders.lines(folder), folder.name), mark
    except RdpguiError as error:
        return RunSummary(RunId(folder.name), _written_at(mark, folder), damage=error.text()), mark


def _written_at(mark: Mark, folder: Path) -> datetime:
    """Return when a journal was last written, else when its folder was."""
    try:
        seconds = mark.mtime_ns / 1e9 if mark != _NO_JOURNAL else folder.lstat().st_mtime
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0, UTC)
