"""``rdpgui notes``: what runs have shown of the unknowns of AWS, with every name replaced. It reads journals only."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from rdpgui.app import settings_store
from rdpgui.app.field_notes import (
    Read,
    as_text,
    notes_of_each_place,
    read_place,
    read_run_record,
    read_runs,
    write_text,
)
from rdpgui.app.judge_command import journal_path
from rdpgui.app.paths import user_paths
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.terminal import say
from rdpgui.core.errors import RdpguiError, SettingsError
from rdpgui.core.ids import is_run_id
from rdpgui.i18n import _, fill

EXIT_OK = 0
MOST_RUNS = 500
"""Of all runs the newest so many are read: each is in memory as a whole."""
EXIT_IN_PART = 1
"""Some journals of the folder of all runs cannot be read or trusted; the notes are of the others."""


def main(arguments: argparse.Namespace) -> int:
    """Print the notes, or write them to a file; returns the exit status.

    Raises:
        StorageError, JournalDamaged: a run that was named cannot be read or trusted; the file cannot be written.
        SettingsError: there is no run.
    """
    folders = folders_of(arguments.data_dir)
    read = _read(folders, [str(name) for name in arguments.runs])
    places = notes_of_each_place(read)
    if not places:
        raise SettingsError(
            "There are no runs in {path}.", "Name the folder of a run, or make a run first.", path=folders.root
        )
    text = as_text(places, read, datetime.now(UTC), as_json=arguments.json)
    if arguments.out is not None:
        write_text(arguments.out, text)
    else:
        say(*text.rstrip("\n").split("\n"))
    for error in read.damaged:
        say(f"{fill(error.template, error.fields)} {fill(error.remedy, error.fields)}".strip(), error=True)
    return EXIT_IN_PART if read.damaged else EXIT_OK


def folders_of(data_dir: Path | None) -> FileRunFolders:
    """Return the folder of all runs, where the settings have it."""
    paths = user_paths(data_dir)
    chosen = settings_store.load(paths.settings_file).run_folder
    return FileRunFolders(Path(chosen) if chosen else paths.runs)


def _read(folders: FileRunFolders, names: list[str]) -> Read:
    """Read the runs that were named, else all there are; what was noted of places goes with all of them."""
    if names:
        return Read(tuple(read_run_record(_journal_of(folders, name)) for name in names))
    there = sorted(folders.run_folders())
    if len(there) > MOST_RUNS:
        text = _("{n} older runs are not read: name those that are wanted.")
        say(text.format(n=len(there) - MOST_RUNS), error=True)
    found = read_runs(there[-MOST_RUNS:])
    try:
        return Read(found.runs, read_place(folders), found.damaged)
    except RdpguiError as error:
        return Read(found.runs, (), (*found.damaged, error))


def _journal_of(folders: FileRunFolders, name: str) -> Path:
    """Return the journal that was meant: by the id of a run, its folder, or the file itself."""
    path = Path(name)
    known = is_run_id(name) and not path.exists()
    return journal_path(folders.folder_of(name) if known else path)
