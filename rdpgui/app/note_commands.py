"""Orders about the field notes of the place that is open. They read journals and write a file; nothing is called."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import RunId
from rdpgui.core.noted import WordingEntered
from rdpgui.core.notes.model import FieldNotes
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.shell_log import ShellContrast
from rdpgui.i18n import _, language
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.app.field_notes import Read
    from rdpgui.app.history import RunHistory

NOTED_RUNS = 100
"""The newest runs of a place that its notes are made of; the page says how many more there are."""

READ_STEP = 8
"""Whole runs read in one go: who opens one waits for no more than these."""


class NoteCommands:
    """Implements ``ui.commands.NotePort``.

    Args:
        work: what is open. folders: of the runs.
    """

    def __init__(self, work: Workplace, folders: FileRunFolders) -> None:
        self._work = work
        self._folders = folders

    def read_notes(self, run_id: RunId | None, on_read: Callable[[FieldNotes], None]) -> None:
        """Read the notes of a run, or of the newest runs of the place, and hand them over."""
        if self._work.records is not None:
            self._work.window_scope.cancel("field notes")
            read = self._notes(self._work.records.history, run_id)
            self._work.window_scope.start("field notes", read, on_done=partial(_hand_over, on_read))

    def read_shells(self, on_read: Callable[[tuple[ShellContrast, ...]], None]) -> None:
        """Read the shells of the place whose logs were looked for, also by another program, and hand them over."""
        place = self._work.store.state.place
        if self._work.records is not None and place is not None and place.known:
            self._work.window_scope.cancel("shells")
            read = self._shells(self._work.records.history, place)
            self._work.window_scope.start("shells", read, on_done=on_read)

    async def _shells(self, history: RunHistory, place: Place) -> tuple[ShellContrast, ...]:
        from rdpgui.app.field_notes import read_shells

        return await history.off_loop(read_shells, self._folders, place)

    def export_notes(self, run_id: RunId | None, path: str, *, as_json: bool) -> None:
        """Write the notes to a file that is not there yet, with every name replaced."""
        records = self._work.recorded()
        if records is not None:
            made = self._export(records.history, run_id, Path(path), as_json=as_json)
            self._work.window_scope.start("export field notes", made, on_done=self._on_exported, kept=True)

    def enter_wording(self, word: ConsoleWord, wording: str, on_kept: Callable[[], None]) -> None:
        """Write down how the console words a status, and call ``on_kept`` when it is on disk."""
        place = self._work.store.state.place
        if place is not None and place.known:
            event = WordingEntered(datetime.now(UTC), place, word, wording, language(), getpass.getuser())
            self._work.window_scope.start(
                "console wording", self._add(event), on_done=partial(_then, on_kept), kept=True
            )

    async def _add(self, event: WordingEntered) -> None:
        from rdpgui.app.field_notes import add_to_place

        await self._folders.pen.run(partial(add_to_place, self._folders, event))

    async def _gather(self, history: RunHistory, run_id: RunId | None) -> tuple[Read, int]:
        """Return what was read, and how many runs of the place were not."""
        # Loaded when somebody asks; at the top it would delay the first picture.
        from rdpgui.app import field_notes

        place = self._work.store.state.place
        key = place.key if place is not None and place.known else ""
        lines = [line.run_id for line in history.state.history.values() if key and line.place == key]
        wanted = [run_id] if run_id is not None else lines[: -NOTED_RUNS - 1 : -1]
        read = field_notes.Read(())
        for begin in range(0, len(wanted), READ_STEP):
            some = [self._folders.folder_of(one) for one in wanted[begin : begin + READ_STEP]]
            read = read.with_more(await history.off_loop(field_notes.read_runs, some))
        if run_id is not None:
            return read, 0
        try:
            notes = await history.off_loop(field_notes.read_place, self._folders)
        except RdpguiError as error:
            self._work.notifications.error(error)
            notes = ()
        return read.with_more(field_notes.Read((), notes)), len(lines) - len(read.runs)

    async def _notes(self, history: RunHistory, run_id: RunId | None) -> tuple[FieldNotes, Read]:
        from rdpgui.core.notes.collect import notes_of

        read, unread = await self._gather(history, run_id)
        place = read.runs[0].run.place if run_id is not None and read.runs else self._work.store.state.place
        lab = any(record.run.plan.lab for record in read.runs)
        made = partial(notes_of, place, lab, read.runs, read.place_notes, unread=unread)
        return await history.off_loop(made), read

    async def _export(self, history: RunHistory, run_id: RunId | None, path: Path, *, as_json: bool) -> Path:
        from rdpgui.app.field_notes import as_text, write_text

        notes, read = await self._notes(history, run_id)
        identity = self._work.store.state.identity
        profile = identity.profile if identity is not None else ""
        text = await history.off_loop(
            partial(as_text, [notes], read, datetime.now(UTC), as_json=as_json, profile=profile)
        )
        await history.off_loop(write_text, path, text)
        return path

    def _on_exported(self, path: Path) -> None:
        text = _("The field notes are written, with invented names instead of real ones.")
        self._work.notifications.say(Tone.OK, text, str(path))


def _hand_over(on_read: Callable[[FieldNotes], None], found: tuple[FieldNotes, Read]) -> None:
    on_read(found[0])


def _then(on_kept: Callable[[], None], _nothing: None) -> None:
    on_kept()
