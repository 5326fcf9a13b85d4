"""Orders for what is made of the record of a run and taken out of the program: its folder, reports, one archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from rdpgui.app.workplace import Workplace
from rdpgui.core.ids import RunId
from rdpgui.i18n import _
from rdpgui.ui.naming import Naming
from rdpgui.ui.plain import with_aliases
from rdpgui.ui.tokens import Tone


class PaperCommands:
    """The part of ``ui.commands.Commands`` that opens and hands out papers.

    Args:
        work: what is open. naming: puts invented names into what others are shown.
        shown: folder of that.
    """

    def __init__(self, work: Workplace, naming: Naming, shown: Path) -> None:
        self._work = work
        self._naming = naming
        self._shown = shown

    def open_run(self, run_id: RunId) -> None:
        """Open the run's folder in the file manager."""
        records = self._work.recorded()
        if records is not None:
            self._open_path(records.folders.folder_of(run_id))

    def open_report(self, run_id: RunId) -> None:
        """Open the run's report in the browser, making it when needed; with invented names one beside the evidence."""
        records = self._work.recorded()
        if records is not None and with_aliases():
            made = records.papers.report_to_show(run_id, self._shown, self._naming.for_run)
            self._work.window_scope.start("report", made, on_done=self._open_path)
        elif records is not None:
            self._work.window_scope.start("report", records.papers.report_of(run_id), on_done=self._open_path)

    def open_matrix_report(self, run_ids: Sequence[RunId]) -> None:
        """Open one report of several runs in the browser."""
        if with_aliases():
            text = _("The report of the whole table holds the real names.")
            self._work.notifications.say(Tone.WARN, text, _("Switch the aliases off to open it."))
            return
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("matrix report", records.papers.table_of(run_ids), on_done=self._open_path)

    def hand_in(self, run_id: RunId, path: str, *, replace: bool) -> None:
        """Write a run as one archive."""
        records = self._work.recorded()
        if records is not None:
            made = records.hand_in(run_id, Path(path), replace=replace)
            self._work.window_scope.start(f"hand in {run_id}", made, on_done=self._on_handed_in)

    def _on_handed_in(self, path: Path) -> None:
        text = _("The run was packed into one file, checked against its manifest.")
        self._work.notifications.say(Tone.OK, text, str(path))

    def _open_path(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._work.notifications.say(Tone.WARN, _("No program opens this."), str(path))
