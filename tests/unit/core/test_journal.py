"""The chain of hashes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.journal import FIRST_LINK, ChainEnd, read_journal, seal
from rdpgui.core.run_events import FilmInspected, FilmSaved, NoteAdded, WitnessSaved

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def _journal(count: int) -> tuple[list[RunEvent], list[str]]:
    end = ChainEnd()
    events: list[RunEvent] = []
    lines = []
    for number in range(count):
        event = NoteAdded(AT + timedelta(seconds=number), RunId("r"), "info", f"note {number}")
        line, end = seal(end, event)
        events.append(event)
        lines.append(line)
    return events, lines


def test_that_a_sound_journal_gives_its_events_and_its_end() -> None:
    events, lines = _journal(5)
    read, end = read_journal(lines)
    assert list(read) == events
    line, _ = seal(end, events[0])
    assert read_journal([*lines, line])[1].seq == 6


@pytest.mark.case("R13")
@pytest.mark.parametrize("name", ["../outside.mp4", "/etc/passwd", "..", "a/b.png", "a\\b.png", "a\0.png"])
def test_that_a_journal_that_names_a_file_outside_of_its_run_is_not_trusted(name: str) -> None:
    run_id = RunId("r")
    for event in (
        FilmSaved(AT, run_id, "key", name, "ab", "", None),
        FilmInspected(AT, run_id, "key", None, name, ""),
        WitnessSaved(AT, run_id, name, AT),
    ):
        line, _ = seal(ChainEnd(), event)
        with pytest.raises(JournalDamaged, match="outside of the run's folder"):
            read_journal([line])


def test_that_the_first_line_hangs_on_nothing() -> None:
    _, lines = _journal(1)
    assert json.loads(lines[0])["prev"] == FIRST_LINK
    assert read_journal([]) == ((), ChainEnd())


@given(st.integers(0, 7), st.data())
@settings(max_examples=150, deadline=None)
def test_that_any_changed_character_is_noticed(number: int, data: st.DataObject) -> None:
    _, lines = _journal(9)
    line = lines[number]
    place = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != line[place]))
    lines[number] = line[:place] + other + line[place + 1 :]
    with pytest.raises(JournalDamaged) as caught:
        read_journal(lines)
    assert caught.value.fields["line"] in (number + 1, number + 2)


@pytest.mark.parametrize("number", range(4))
def test_that_a_missing_line_is_named(number: int) -> None:
    _, lines = _journal(6)
    del lines[number]
    with pytest.raises(JournalDamaged) as caught:
        read_journal(lines)
    assert caught.value.fields["line"] == number + 1


def test_that_moved_lines_are_noticed() -> None:
    _, lines = _journal(6)
    lines[2], lines[3] = lines[3], lines[2]
    with pytest.raises(JournalDamaged, match="Line 3"):
        read_journal(lines)


@pytest.mark.parametrize("line", ["", "7", "{}", '{"seq": 0, "prev": "x", "event": {}}', "[" * 100_000])
def test_that_what_is_no_line_is_damage_and_never_another_error(line: str) -> None:
    with pytest.raises(JournalDamaged, match="Line 1"):
        read_journal([line])
