"""Rows of the field notes: a question, how sure its answer is, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdpgui.core.notes.model import FieldNotes, Sureness
from rdpgui.core.notes.told import Teller
from rdpgui.i18n import N_, _
from rdpgui.ui import formats
from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.tokens import Tone

TONES = {
    Sureness.SETTLED: Tone.OK,
    Sureness.HINT: Tone.WARN,
    Sureness.ELSEWHERE: Tone.LAB,
    Sureness.NOT_SEEN: Tone.IDLE,
}


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One question in the reader's language; ``place`` is its number in the list."""

    note_id: str
    place: int
    item: str
    question: str
    sure: Sureness
    word: str
    seen: str


def teller() -> Teller:
    """Return who tells notes in the language in use; whoever shows them puts in invented names."""
    return Teller(_, str)


def rows_of(notes: FieldNotes) -> Iterable[NoteRow]:
    """Return a row of every question."""
    told = teller()
    for place, note in enumerate(notes.notes):
        seen = told.finding(note.findings[-1]) if note.findings else ""
        more = len(note.findings) - 1
        yield NoteRow(
            note.question.note_id,
            place,
            f"{note.question.item}. {told.item(note.question.item)}",
            told.question(note.question),
            note.sure,
            told.sureness(note.sure),
            f"{seen} (+{more})" if more > 0 else seen,
        )


def _key(row: NoteRow) -> str:
    return row.note_id


def _place(row: NoteRow) -> int:
    return row.place


def _item(row: NoteRow) -> str:
    return row.item


def _question(row: NoteRow) -> str:
    return row.question


def _word(row: NoteRow) -> str:
    return row.word


def _rank(row: NoteRow) -> int:
    return list(Sureness).index(row.sure)


def _seen(row: NoteRow) -> str:
    return row.seen or formats.ABSENT


def _tone(row: NoteRow) -> Tone:
    return TONES[row.sure]


def _tooltip(row: NoteRow) -> str:
    return "\n".join((row.item, row.question, row.word, row.seen)).strip()


def _search_text(row: NoteRow) -> str:
    return "\n".join((row.note_id, row.item, row.question, row.word, row.seen))


def field_notes_model() -> KeyedTableModel[NoteRow]:
    """Return the model of the field notes."""
    columns = (
        Column(N_("Item"), _item, _place, tooltip=_tooltip),
        Column(N_("Question"), _question, tooltip=_tooltip),
        Column(N_("How sure"), _word, _rank, tone=_tone, tooltip=_tooltip),
        Column(N_("What was seen"), _seen, tooltip=_tooltip),
    )
    return KeyedTableModel(columns, _key, _search_text)
