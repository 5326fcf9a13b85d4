"""The page of the field notes: what it shows, and what is asked for on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from rdpgui.core.ids import RunId
from rdpgui.core.notes.model import FieldNotes
from rdpgui.core.recording import ConsoleWord
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.main_window import Page
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import NotePort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.panels.field_notes import FieldNotesPanel


class NoteOrders(QObject):
    """Builds the page when it is first shown, and has the notes read when the runs are others than before.

    Args:
        window: holds the page. looked: the newest snapshot. commands: what is ordered. changes: what was rendered last.

    Attributes:
        panel: None until the page is shown for the first time.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: NotePort, changes: Changes) -> None:
        super().__init__(window)
        self._window, self._looked, self._commands = window, looked, commands
        self._changed = changes.changed
        self.panel: FieldNotesPanel | None = None

    def build(self) -> None:
        """Build the page, once."""
        if self.panel is not None:
            return
        from rdpgui.ui.panels.field_notes import FieldNotesPanel

        self.panel = panel = FieldNotesPanel()
        panel.scope_chosen.connect(self._read)
        panel.export_requested.connect(self._on_export)
        panel.first_run_requested.connect(self._on_first_run)
        panel.wording_entered.connect(self._on_wording)
        self._window.fill_page(Page.NOTES, panel)

    def render(self) -> None:
        """Have the notes read again where place, runs or the one that is looked at changed."""
        if self.panel is None or self._window.page is not Page.NOTES:
            return
        place = self._looked.state.place
        over = tuple(line.run_id for line in self._looked.lines_here if not line.is_open)
        if self._changed("field notes", place, over, self._run_id() if self.panel.of_one_run else None):
            self.panel.show_lab(place is not None and place.lab)
            self.panel.show_subtitle(labels.place_beside_mark(place))
            self._read()

    def _run_id(self) -> RunId | None:
        return self._looked.run.run_id if self._looked.run is not None else None

    def _scope(self) -> tuple[bool, RunId | None]:
        """Return whether notes can be read, and of which run alone; None: of all."""
        if self.panel is None or not self.panel.of_one_run:
            return True, None
        run_id = self._run_id()
        return run_id is not None, run_id

    def _read(self) -> None:
        there, run_id = self._scope()
        if self.panel is None:
            return
        if not there:
            self.panel.scope.setCurrentIndex(0)
            self._window.notifications.say(Tone.INFO, _("No run is looked at."), _("Choose one in the history."))
            return
        self._commands.read_notes(run_id, self._on_read)

    def _on_read(self, notes: FieldNotes) -> None:
        if self.panel is not None:
            self.panel.show_notes(notes)

    def _on_first_run(self) -> None:
        self._window.show_page(Page.EXPERIMENT)
        self._window.actions_by_name["preflight"].trigger()

    def _on_wording(self, word: object, wording: str) -> None:
        if isinstance(word, ConsoleWord):
            self._commands.enter_wording(word, wording, self._read)

    def _on_export(self, as_json: bool) -> None:
        """Ask where the notes shall lie: where there is no file yet, for a system's own dialog may add the ending."""
        ending = "json" if as_json else "md"
        dialog = QFileDialog(self._window, _("Export the field notes"))
        dialog.setObjectName("notes_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setNameFilter("JSON (*.json)" if as_json else "Markdown (*.md)")
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"rdpgui-field-notes.{ending}")
        dialog.fileSelected.connect(partial(self._on_path, as_json))
        dialog.open()

    def _on_path(self, as_json: bool, path: str) -> None:
        there, run_id = self._scope()
        if there:
            self._commands.export_notes(run_id, path, as_json=as_json)
