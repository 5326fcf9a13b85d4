"""The chain of hashes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.core.account_events import HandActionIntended
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.events import HandEvent, RunEvent
from rdpgui.core.freshness import Look
from rdpgui.core.ids import AccountId, InstanceId, Region, RunId
from rdpgui.core.journal import (
    FIRST_LINK,
    ChainEnd,
    end_of,
    is_journalled,
    link_of,
    read_actions,
    read_journal,
    read_place_notes,
    rebuild,
    seal,
)
from rdpgui.core.noted import PlaceNote, WordingEntered
from rdpgui.core.passing_events import Looked, Progressed
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.run_events import FilmInspected, FilmSaved, NoteAdded, Source, WitnessSaved
from tests.unit.core.samples import begin

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


# -- the journals beside the runs ---------------------------------------------------------------

PLACE = Place(account_id=AccountId("111122223333"), region=Region("us-east-1"))
BY_HAND = HandActionIntended(AT, "ec2:StopInstances", InstanceId("i-0aaaaaaaaaaaaaaaa"), "ann")
WORDING = WordingEntered(AT, PLACE, ConsoleWord.FINISHED, "完了", "ja", "ann")
OF_RUN = NoteAdded(AT, RunId("r"), "info", "{", (("a", "\u2028"),))

Reader = Callable[[Iterable[str]], tuple[object, ...]]


def _run_reader(lines: Iterable[str]) -> tuple[object, ...]:
    return read_journal(lines)[0]


READERS: dict[str, tuple[Reader, RunEvent | HandEvent | PlaceNote]] = {
    "of a run": (_run_reader, OF_RUN),
    "of what was done by hand": (read_actions, BY_HAND),
    "of places": (read_place_notes, WORDING),
}


def _sealed(*events: RunEvent | HandEvent | PlaceNote) -> list[str]:
    end, lines = ChainEnd(), []
    for event in events:
        line, end = seal(end, event)
        lines.append(line)
    return lines


@pytest.mark.parametrize("name", READERS)
def test_that_each_journal_is_read_as_it_was_written(name: str) -> None:
    reader, own = READERS[name]
    assert reader(_sealed(own, own)) == (own, own)
    assert reader([]) == ()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("other", READERS)
def test_that_an_event_of_another_journal_is_damage(name: str, other: str) -> None:
    """Each has a whole chain of its own; who copies lines between them must not get a run out of a wish."""
    if name == other:
        return
    reader, own = READERS[name]
    with pytest.raises(JournalDamaged, match=r"Line 3 .* its event belongs to"):
        reader(_sealed(own, own, READERS[other][1]))


def _changed(line: str, **members: object) -> str:
    return json.dumps({**json.loads(line), **members})


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[0], lines[0]],
        lambda lines: [lines[1]],
        lambda lines: [lines[0], _changed(lines[1], prev=FIRST_LINK)],
        lambda lines: [lines[0], _changed(lines[1], seq=2)],
        lambda lines: [lines[0], _changed(lines[1], seq=str(1))],
        lambda lines: [lines[0], _changed(lines[1], more=1)],
        lambda lines: [lines[0], _changed(lines[1], event={"event": "OfALaterVersion"})],
        lambda lines: [lines[0], _changed(lines[1], event=None)],
        lambda lines: [lines[0], lines[1][:-1]],
        lambda lines: [lines[0], f'{{"seq": {"9" * 5_000}}}'],
        lambda lines: [lines[0].replace("ann", "bob").replace("info", "warn").replace("ja", "en"), lines[1]],
    ],
)
def test_that_a_line_that_does_not_fit_is_named_in_each_journal(
    name: str, damage: Callable[[list[str]], list[str]]
) -> None:
    reader, own = READERS[name]
    with pytest.raises(JournalDamaged) as caught:
        reader(damage(_sealed(own, own)))
    assert caught.value.fields["line"] in (1, 2) and caught.value.remedy


@pytest.mark.parametrize("count", [0, 1, 3])
def test_that_the_end_of_lines_is_where_the_next_one_hooks_in(count: int) -> None:
    """Also behind a line that is damaged: what comes after it stays to be seen where it is."""
    lines = _sealed(*[OF_RUN] * count)
    line, _ = seal(end_of(lines), OF_RUN)
    assert len(read_journal([*lines, line])[0]) == count + 1
    assert end_of([*lines, "damaged"]) == ChainEnd(count + 1, link_of("damaged"))


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((), None),
        ((OF_RUN,), None),
        ((NoteAdded(AT, RunId("r-1"), "info", "before"), *begin()), []),
        (begin(), []),
        (
            (*begin(), NoteAdded(AT, RunId("r-1"), "info", "own"), NoteAdded(AT, RunId("r-2"), "info", "other's")),
            ["own"],
        ),
    ],
    ids=["nothing", "no start", "something before the start", "a start", "another run's line"],
)
def test_that_a_run_is_made_of_its_own_events_from_its_start_on(
    events: Sequence[RunEvent], told: list[str] | None
) -> None:
    run = rebuild(events)
    if told is None:
        assert run is None
    else:
        assert run is not None and run.run_id == "r-1"
        assert [line.text for line in run.log if line.text in ("before", "own", "other's")] == told


def test_that_looks_that_found_nothing_new_are_no_line_of_a_journal() -> None:
    assert is_journalled(OF_RUN)
    assert not is_journalled(Looked(AT, RunId("r"), Source.SESSION, Look(AT, 0.0, 1.0)))
    assert not is_journalled(Progressed(AT, RunId("r"), "recording", 1, 2))


@pytest.mark.parametrize("name", ["recording.mp4", "last-frame.png", "", "...", ".hidden", "録画.mp4", "a b.mp4"])
def test_that_a_plain_name_is_a_file_of_the_run(name: str) -> None:
    for event in (FilmSaved(AT, RunId("r"), "../key", name, "ab", "", None), WitnessSaved(AT, RunId("r"), name, AT)):
        assert _run_reader(_sealed(event)) == (event,)
