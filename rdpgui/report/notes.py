"""Field notes to hand on: Markdown for people, JSON for programs, with every name replaced."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from rdpgui.core import plain
from rdpgui.core.notes.model import FieldNote, FieldNotes, Finding, Sureness
from rdpgui.core.notes.told import Teller
from rdpgui.i18n import _, joined, named

FORMAT = "rdpgui-field-notes/1"
_TO_ESCAPE = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>|#"})


def to_json(places: Sequence[FieldNotes], teller: Teller, program_version: str, at: datetime) -> str:
    """Return the notes of places as JSON; ``teller`` speaks English, and replaces names."""
    document = {
        "format": FORMAT,
        "program_version": program_version,
        "written_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "places": [_place(notes, teller) for notes in places],
    }
    return json.dumps(document, indent=2) + "\n"


def _place(notes: FieldNotes, teller: Teller) -> dict[str, object]:
    return {
        "place": teller.place(notes),
        "lab": notes.lab,
        "on_aws": notes.on_aws,
        "caution": teller.caution(notes),
        "runs": list(notes.run_ids),
        "runs_not_read": notes.unread,
        "notes": [_note(notes, note, teller) for note in notes.notes],
    }


def _note(notes: FieldNotes, note: FieldNote, teller: Teller) -> dict[str, object]:
    return {
        "id": note.question.note_id,
        "item": note.question.item,
        "question": teller.question(note.question),
        "sure": note.sure.value,
        "seen": [_finding(found, note.sure, teller) for found in note.findings],
        "why_not": teller.why_not(note),
        "read_by_hand": teller.lines(notes, note),
    }


def _finding(found: Finding, sure: Sureness, teller: Teller) -> dict[str, object]:
    return {
        "text": teller.finding(found),
        "values": {name: teller.named(value) for name, value in found.fields},
        "words": {name: list(texts) for name, texts in found.words},
        "sure": sure.value if sure is Sureness.ELSEWHERE else found.sure.value,
        "why_not": found.why,
        "at": found.at.astimezone(UTC).isoformat(),
        "event": found.event,
        "call": found.call,
        "run": found.run_id,
    }


def to_markdown(places: Sequence[FieldNotes], teller: Teller, program_version: str, at: datetime) -> str:
    """Return the notes of places as Markdown in the reader's language, with every name replaced."""
    written = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    head = _("Written {time} by rdpgui {version}. Names and ids are replaced by invented ones.")
    lines = [f"# {_('Field notes')}", "", head.format(time=written, version=program_version), ""]
    for notes in places:
        lines += _place_lines(notes, teller)
    return "\n".join(lines).rstrip() + "\n"


def _place_lines(notes: FieldNotes, teller: Teller) -> list[str]:
    lines = [f"## {_plain(teller.place(notes))}", ""]
    caution = teller.caution(notes)
    lines += [f"**{_plain(caution)}**", ""] if caution else []
    lines += [_plain(summary(notes, teller)), ""]
    item = 0
    for note in notes.notes:
        if note.question.item != item:
            item = note.question.item
            lines += [f"### {item}. {_plain(teller.item(item))}", ""]
        lines += [*_note_lines(notes, note, teller), ""]
    return lines


def summary(notes: FieldNotes, teller: Teller) -> str:
    """Return how many questions are how sure, and of how many runs."""
    counted = [named(teller.sureness(sure), notes.count(sure)) for sure in Sureness if notes.count(sure)]
    text = _("Runs read: {runs}; not read: {unread}.").format(runs=len(notes.run_ids), unread=notes.unread)
    return joined(text, " · ".join(counted))


def _note_lines(notes: FieldNotes, note: FieldNote, teller: Teller) -> list[str]:
    question = _plain(teller.question(note.question))
    lines = [f"- **{note.question.note_id}** ({_plain(teller.sureness(note.sure))}) {question}"]
    for found in note.findings:
        lines.append(f"  - {_plain(teller.finding(found))}")
        lines.append(f"    ({found.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC · {_plain(teller.origin(found))})")
    why = teller.why_not(note)
    lines += [f"  - {_plain(why)}"] if why else []
    lines += [f"  - `{plain.one_line(line, 0).replace('`', '')}`" for line in teller.lines(notes, note)]
    return lines


def _plain(text: str) -> str:
    """Return a text as Markdown shows it as it is, on one line."""
    return " ".join(plain.visible(text, 0).split()).translate(_TO_ESCAPE)
