"""The field notes of a place: what its runs have shown of what AWS documents nowhere, to look at and to export."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from typing_extensions import override

from rdpgui.core.notes.model import FieldNote, FieldNotes, Sureness
from rdpgui.core.recording import ConsoleWord
from rdpgui.i18n import N_, _, joined, named
from rdpgui.ui import formats
from rdpgui.ui.models.field_notes import field_notes_model, rows_of, teller
from rdpgui.ui.plain import visible
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.copied import CopiedText
from rdpgui.ui.widgets.small import label, set_property, set_text
from rdpgui.ui.widgets.table import DenseTable

_DETAIL_HEIGHT = 150
_LONGEST_WORDING = 120


class FieldNotesPanel(Card):
    """Table of questions, and everything about the chosen one.

    Attributes:
        scope: all runs of the place, or the one that is looked at.

    Signals:
        scope_chosen: other runs are wanted. export_requested: as JSON, else as Markdown.
        first_run_requested: go where a run is made. wording_entered: a status, and how the console words it.
    """

    scope_chosen = Signal()
    export_requested = Signal(bool)
    first_run_requested = Signal()
    wording_entered = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Field notes"), "field_notes_panel", parent)
        self._notes: FieldNotes | None = None
        self.scope = Choice()
        self.scope.setObjectName("notes_scope")
        self.scope.addItems(["", ""])
        self.scope.currentIndexChanged.connect(self.scope_chosen)
        self._first = QPushButton()
        self._first.setObjectName("notes_first_run")
        self._first.setProperty("primary", True)
        self._first.clicked.connect(self.first_run_requested)
        self._markdown = QPushButton()
        self._markdown.setObjectName("notes_markdown")
        self._markdown.clicked.connect(self._on_markdown)
        self._json = QPushButton()
        self._json.setObjectName("notes_json")
        self._json.clicked.connect(self._on_json)
        for widget in (self._first, self.scope, self._markdown, self._json):
            self.head.addWidget(widget)
        self._hint = label(role="dim", wrap=True, name="notes_hint")
        self._caution = label(role="strong", wrap=True, name="notes_caution")
        set_property(self._caution, "tone", Tone.LAB.value)
        self._summary = label(wrap=True, name="notes_summary")
        for text in (self._hint, self._caution, self._summary):
            self.body.addWidget(text)
        self._model = field_notes_model()
        self.table = DenseTable(self._model, "notes_table")
        self.table.make_sortable(0)
        self.table.set_widths((210, 420, 170, 380), stretch=3, also=1)
        self.table.key_selected.connect(self._on_chosen)
        self.body.addWidget(self.table, 1)
        self._add_detail()
        self._retranslate_own()
        self.show_notes(None)

    def _add_detail(self) -> None:
        self._detail = QPlainTextEdit()
        self._detail.setObjectName("notes_detail")
        self._detail.setReadOnly(True)
        self._detail.setTabChangesFocus(True)
        self._detail.setFixedHeight(_DETAIL_HEIGHT)
        self._cli = CopiedText("notes_cli", _("Read it by hand"), most=3)
        self._wording = QLineEdit()
        self._wording.setObjectName("notes_wording")
        self._wording.setMaxLength(_LONGEST_WORDING)
        self._wording.textChanged.connect(self._on_wording)
        self._wording.returnPressed.connect(self._on_keep)
        self._keep = QPushButton()
        self._keep.setObjectName("notes_keep")
        self._keep.clicked.connect(self._on_keep)
        self._entry = QWidget()
        row = QHBoxLayout(self._entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._wording, 1)
        row.addWidget(self._keep)
        for widget in (self._detail, self._cli, self._entry):
            self.body.addWidget(widget)

    @property
    def of_one_run(self) -> bool:
        """Whether only the run that is looked at is wanted."""
        return self.scope.currentIndex() == 1

    def show_notes(self, notes: FieldNotes | None) -> None:
        """Render; None while they are being read."""
        self._notes = notes
        self._model.set_rows(() if notes is None else rows_of(notes))
        empty = notes is not None and not any(note.findings for note in notes.notes)
        self._first.setVisible(empty)
        for button in (self._markdown, self._json):
            button.setEnabled(notes is not None and not empty)
        caution = teller().caution(notes) if notes is not None and (notes.place is not None or notes.lab) else ""
        set_text(self._caution, caution)
        self._caution.setVisible(bool(caution))
        set_text(self._summary, "" if notes is None else _summary(notes))
        self.table.set_empty_text(_("Reading the journals …") if notes is None else "")
        self._show_detail()

    def _chosen(self) -> FieldNote | None:
        notes = self._notes.notes if self._notes is not None else ()
        key = self.table.selected_key()
        return next((note for note in notes if note.question.note_id == key), None)

    def _on_chosen(self, _note_id: str) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        note, notes, told = self._chosen(), self._notes, teller()
        word = _word_of(note)
        self._entry.setVisible(word is not None)
        self._on_wording()
        if note is None or notes is None:
            self._detail.setPlainText(_("Choose a question to see what was seen of it, and where from."))
            self._cli.show_text("")
            return
        lines = [told.question(note.question)]
        for found in note.findings:
            lines.append(f"• {told.finding(found)}")
            lines.append(f"   {formats.day_clock(found.at)} · {told.origin(found)}")
            lines += [f"   {told.translate(found.why)}"] if found.why and found.why != note.why_not else []
        lines += [told.why_not(note)] if note.why_not else []
        self._detail.setPlainText(visible("\n".join(lines)))
        self._cli.show_text("\n".join(told.lines(notes, note)), _("Read it by hand"))

    def _on_wording(self) -> None:
        self._keep.setEnabled(bool(self._wording.text().strip()))

    def _on_keep(self) -> None:
        word, wording = _word_of(self._chosen()), " ".join(self._wording.text().split())
        if word is not None and wording:
            self._wording.clear()
            self.wording_entered.emit(word, wording)

    def _on_markdown(self) -> None:
        self.export_requested.emit(False)

    def _on_json(self) -> None:
        self.export_requested.emit(True)

    def _retranslate_own(self) -> None:
        for place, text in enumerate((_("All runs of this place"), _("The run that is looked at"))):
            self.scope.setItemText(place, text)
        self.scope.setAccessibleName(_("Runs that are read"))
        self._first.setText(_("To the preflight and a first run"))
        self._markdown.setText(_("Export as Markdown …"))
        self._json.setText(_("Export as JSON …"))
        self._keep.setText(_("Write it down"))
        self._wording.setPlaceholderText(_("What the console shows for this status, as it stands there"))
        self._wording.setAccessibleName(self._wording.placeholderText())
        self._detail.setAccessibleName(_("What was seen, and where from"))
        self.table.setAccessibleName(_("Field notes"))
        hint = _(
            "What AWS documents nowhere, and what the runs made here have shown of it. Journals are read, nothing is "
            "called. An export carries invented names instead of real ones."
        )
        set_text(self._hint, hint)

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
        self.show_notes(self._notes)


def _word_of(note: FieldNote | None) -> ConsoleWord | None:
    """Return the console's status that a question is about, None for any other question."""
    head, _dot, word = note.question.note_id.partition(".") if note is not None else ("", "", "")
    return ConsoleWord(word) if head == "9" else None


def _summary(notes: FieldNotes) -> str:
    told = teller()
    counted = [named(told.sureness(sure), notes.count(sure)) for sure in Sureness if notes.count(sure)]
    read = _("Runs read: {runs}; not read: {unread}.").format(runs=len(notes.run_ids), unread=notes.unread)
    return joined(read, " · ".join(counted))
