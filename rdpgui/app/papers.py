"""What is made of the record of a run: its report, a report to show, a table of several, one archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rdpgui.app.file_work import FileWork
from rdpgui.app.history import RunHistory
from rdpgui.app.run_folders import drop_unfinished
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.ids import RunId
from rdpgui.core.state import RunState


class RunPapers:
    """Writes the papers of runs from what their journals say.

    Args:
        history: reads the runs. files: where the papers are written, off the loop.
    """

    def __init__(self, history: RunHistory, files: FileWork) -> None:
        self._history = history
        self._folders = history.folders
        self._files = files

    async def report_of(self, run_id: RunId) -> Path:
        """Return the report of a run, written anew with its facts and its manifest.

        Raises:
            StorageFull, StorageError: a file cannot be written.
            JournalDamaged: its journal cannot be trusted.
        """
        return await self._files.run(self._write_evidence, await self._history.run(run_id))

    async def report_to_show(
        self, run_id: RunId, into: Path, naming: Callable[[RunState], Callable[[str], str]]
    ) -> Path:
        """Return a report for others: with invented names, its pictures beside it, outside of the evidence.

        Args:
            run_id: the run.
            into: folder of such reports.
            naming: gives what puts invented names into texts about a run; it is called on another thread.

        Raises:
            StorageFull, StorageError: a file cannot be written.
            JournalDamaged: its journal cannot be trusted.
        """
        run = await self._history.run(run_id)
        return await self._files.run(self._write_shown, run, into / run_id, naming(run))

    def _write_shown(self, run: RunState, into: Path, named: Callable[[str], str]) -> Path:
        """Worker thread."""
        from rdpgui.app.evidence import write_shown

        return write_shown(self._folders, run, into, named)

    async def table_of(self, run_ids: Sequence[RunId]) -> Path:
        """Return one report of several runs, the article's table, written beside their folders.

        Raises:
            StorageFull, StorageError: it cannot be written.
            JournalDamaged: the journal of one cannot be trusted.
        """
        runs = [await self._history.run(run_id) for run_id in run_ids]
        return await self._files.run(self._write_table, runs)

    def _write_table(self, runs: Sequence[RunState]) -> Path:
        """Worker thread."""
        from rdpgui.app.evidence import write_table

        return write_table(self._folders, runs)

    def _write_evidence(self, run: RunState) -> Path:
        """Worker thread."""
        # The report's libraries are loaded here, with the first one, where nobody waits for them.
        from rdpgui.app.evidence import write_evidence

        return write_evidence(self._folders, run)

    async def drop_unfinished(self, run_id: RunId) -> None:
        """Remove what a download left half-written in the folder of a run that is over. Raises StorageError."""
        await self._files.run(drop_unfinished, self._folders.folder_of(run_id))

    async def pack(self, run_id: RunId, target: Path, *, replace: bool) -> Path:
        """Write the folder of a run as one archive; returns its path.

        Raises:
            StorageFull, StorageError: it cannot be written, or is there already and ``replace`` was not said.
        """
        return await self._files.run(self._pack, self._folders.folder_of(run_id), target, replace)

    @staticmethod
    def _pack(folder: Path, target: Path, replace: bool) -> Path:
        """Worker thread."""
        from rdpgui.report.hand_in import hand_in  # with the first one

        try:
            return hand_in(folder, target, replace=replace)
        except OSError as error:
            raise storage_error(error, target) from error
