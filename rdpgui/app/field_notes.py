"""Field notes of the runs on this computer: read from their journals, and written for others with every name replaced.

No call is made: what was seen stands in the journals, and everything here works without an account.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rdpgui import __version__
from rdpgui.app.judge_command import objects_beside, read_lines
from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.aliases import Named
from rdpgui.core.errors import JournalDamaged, RdpguiError, StorageError
from rdpgui.core.journal import read_journal, read_place_notes
from rdpgui.core.noted import PlaceNote
from rdpgui.core.notes.collect import notes_of, record_of
from rdpgui.core.notes.masking import masks_of
from rdpgui.core.notes.model import FieldNotes, RunRecord
from rdpgui.core.notes.told import Teller
from rdpgui.core.place import Place
from rdpgui.core.shell_log import ShellContrast, ShellContrastMade
from rdpgui.core.texts import N_
from rdpgui.files import write_whole
from rdpgui.i18n import _, speaking
from rdpgui.report import notes as papers
from rdpgui.runner.on_record import append_sealed
from rdpgui.ui.alias_words import alias_word


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for notes.

    Attributes:
        damaged: why journals cannot be read or trusted.
    """

    runs: tuple[RunRecord, ...]
    place_notes: tuple[PlaceNote, ...] = ()
    damaged: tuple[RdpguiError, ...] = ()

    def with_more(self, more: Read) -> Read:
        """Return this and what else was read."""
        return Read((*self.runs, *more.runs), (*self.place_notes, *more.place_notes), (*self.damaged, *more.damaged))


def read_runs(folders: Iterable[Path]) -> Read:
    """Read the journals of runs; one that is damaged hides no other. Blocking."""
    runs: list[RunRecord] = []
    damaged: list[RdpguiError] = []
    for folder in folders:
        try:
            runs.append(read_run_record(folder / JOURNAL_NAME))
        except RdpguiError as error:
            damaged.append(error)
    return Read(tuple(runs), (), tuple(damaged))


def read_run_record(journal: Path) -> RunRecord:
    """Read one journal. Blocking.

    Raises:
        StorageError, JournalDamaged: it cannot be read or trusted.
    """
    lines, _lacks = read_lines(journal)
    record = record_of(read_journal(lines)[0], objects_beside(journal))
    if record is None:
        raise JournalDamaged(
            N_("The journal cannot be trusted: {reason}."),
            N_("Take it from a backup or from the evidence pack."),
            reason=N_("it does not begin with the start of a run"),
        )
    return record


def read_place(folders: FileRunFolders) -> tuple[PlaceNote, ...]:
    """Return what was noted of places outside of runs, but for logs of shells: no question is about them. Blocking.

    Raises:
        StorageError, JournalDamaged: it cannot be read or trusted.
    """
    found = read_place_notes(folders.noted_lines())
    return tuple(note for note in found if not isinstance(note, ShellContrastMade))


def read_shells(folders: FileRunFolders, place: Place) -> tuple[ShellContrast, ...]:
    """Return the shells of a place whose logs were looked for, oldest first. Blocking.

    Raises:
        StorageError, JournalDamaged: it cannot be read or trusted.
    """
    found = read_place_notes(folders.noted_lines())
    return tuple(note.contrast for note in found if isinstance(note, ShellContrastMade) and place.holds(note.place))


def add_to_place(folders: FileRunFolders, event: PlaceNote) -> None:
    """Add to the journal of what was noted of places, durably: for the journals' thread.

    Raises:
        StorageFull, StorageError: it is not in the journal.
    """
    append_sealed(folders.noted(), event)


def notes_of_each_place(read: Read) -> tuple[FieldNotes, ...]:
    """Return the notes of every place that was read, in the order of their first run; nothing is pooled."""
    lab: dict[Place | None, bool] = {record.run.place: record.run.plan.lab for record in read.runs}
    for note in read.place_notes:
        lab.setdefault(note.place, note.place.lab)
    found = [notes_of(place, of_lab, read.runs, read.place_notes) for place, of_lab in lab.items()]
    return tuple(found)


def as_text(places: Sequence[FieldNotes], read: Read, at: datetime, *, as_json: bool, profile: str = "") -> str:
    """Return notes for others: Markdown in the reader's language, or JSON in English; every name is replaced.

    Args:
        places: whose notes.
        read: what they were made of.
        at: when they are written.
        as_json: for a program.
        profile: in use, empty for none.
    """
    if as_json:
        with speaking("en"):
            return papers.to_json(places, _teller(read, profile), __version__, at)
    return papers.to_markdown(places, _teller(read, profile), __version__, at)


def _teller(read: Read, profile: str) -> Teller:
    names = ((Named.USER, getpass.getuser()), (Named.FOLDER, str(Path.home())), (Named.PROFILE, profile))
    masks = masks_of(read.runs, read.place_notes, alias_word, names)
    return Teller(_, masks.shown)


def write_text(path: Path, text: str) -> None:
    """Write notes to a file that is not there yet, readable by this user alone. Blocking.

    Raises:
        StorageError: there is a file of this name, or it cannot be written. StorageFull: the disk is full.
    """
    if path.exists() or path.is_symlink():
        raise StorageError(N_("There is a file {path} already."), N_("Choose another name."), path=path)
    try:
        write_whole(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise storage_error(error, path) from error
