"""The window's orders about field notes, and what is kept of a place outside of runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui.app.clock import SystemClock
from rdpgui.app.field_notes import read_place
from rdpgui.app.history import RunHistory
from rdpgui.app.note_commands import NoteCommands
from rdpgui.app.place_notebook import PlaceNotebook
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import NOTED_NAME, FileRunFolders
from rdpgui.app.session import WorkSession
from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import PreferencesObserved
from rdpgui.core.ids import RunId
from rdpgui.core.noted import AnswerKind, NotedAnswer, PlaceAnswersNoted, WordingEntered
from rdpgui.core.notes.model import FieldNotes, Sureness
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.runner.store import Store
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.tasks import TaskScope
from tests.helpers.limits import limit_s
from tests.unit.app.test_judge_command import keep
from tests.unit.core.samples import ACCOUNT, REGION, T0, recorded
from tests.unit.core.test_judged_anew import evidence, judged_at_once

LAB, AWS = Place("default"), Place(account_id=ACCOUNT, region=REGION)
Flow = Callable[["_Desk"], Awaitable[None]]


@dataclass
class _Desk:
    """What is open, without a window."""

    folder: Path
    errors: list[BaseException] = field(default_factory=list)
    notices: Notifications = field(default_factory=Notifications)
    read: list[FieldNotes] = field(default_factory=list)

    def __post_init__(self) -> None:
        scope = TaskScope(lambda _n, e: self.errors.append(e), lambda _n, e: self.errors.append(e))
        self.store = Store(AppState(LAB))
        self.work = Workplace(scope, self.store, self.notices, Settings())
        self.folders = FileRunFolders(self.folder)
        self.work.records = RunRecords(self.store, RunHistory(self.store, self.folders), SystemClock())
        self.notes = NoteCommands(self.work, self.folders)

    async def done(self) -> None:
        """Wait for every task that was started."""
        under_way = asyncio.all_tasks() - {cast(Any, asyncio.current_task())}
        if under_way:
            await asyncio.wait(under_way, timeout=limit_s(10))

    async def close(self) -> None:
        assert self.work.records is not None
        await self.work.records.aclose()


def run(folder: Path, flow: Flow) -> _Desk:
    async def whole() -> _Desk:
        desk = _Desk(folder)
        await desk.work.records.history.load()  # type: ignore[union-attr]  # made a moment ago
        await flow(desk)
        await desk.close()
        return desk

    return asyncio.run(whole())


def test_that_the_notes_of_the_place_are_handed_over_and_of_one_run(tmp_path: Path) -> None:
    keep(tmp_path / "r-1", judged_at_once(evidence(*recorded())))

    async def flow(desk: _Desk) -> None:
        desk.notes.read_notes(None, desk.read.append)
        await desk.done()
        desk.notes.read_notes(RunId("r-1"), desk.read.append)
        await desk.done()

    desk = run(tmp_path, flow)
    assert desk.errors == []
    assert [(notes.place, notes.lab, notes.run_ids, notes.unread) for notes in desk.read] == [
        (LAB, True, ("r-1",), 0)
    ] * 2
    assert not (tmp_path / NOTED_NAME).exists(), "looking writes nothing"


@pytest.mark.logs("already. Choose another name")
def test_that_an_export_is_written_once_and_a_file_that_is_there_stays(tmp_path: Path) -> None:
    runs, out = tmp_path / "runs", tmp_path / "notes.json"
    runs.mkdir()
    keep(runs / "r-1", judged_at_once(evidence(*recorded())))

    async def flow(desk: _Desk) -> None:
        for as_json in (True, False):
            desk.notes.export_notes(None, str(out), as_json=as_json)
            await desk.done()

    desk = run(runs, flow)
    assert json.loads(out.read_text(encoding="utf-8"))["places"][0]["runs"] == ["r-1"]
    assert [type(error).__name__ for error in desk.errors] == ["StorageError"]
    assert len(desk.notices.kept) == 1


def test_that_a_wording_is_on_disk_before_it_is_told_and_is_in_the_notes(tmp_path: Path) -> None:
    told: list[bool] = []

    async def flow(desk: _Desk) -> None:
        desk.notes.enter_wording(ConsoleWord.FINISHED, "完了", lambda: told.append((tmp_path / NOTED_NAME).exists()))
        await desk.done()
        desk.notes.read_notes(None, desk.read.append)
        await desk.done()

    desk = run(tmp_path, flow)
    assert told == [True]
    (written,) = read_place(desk.folders)
    assert isinstance(written, WordingEntered)
    assert (written.place, written.wording) == (LAB, "完了")
    note = next(one for one in desk.read[0].notes if one.question.note_id == "9.Finished")
    assert note.sure is Sureness.ELSEWHERE


def test_that_a_damaged_journal_of_places_is_said_and_the_rest_is_told(tmp_path: Path) -> None:
    (tmp_path / NOTED_NAME).write_text("{}\n", encoding="ascii")

    async def flow(desk: _Desk) -> None:
        desk.notes.read_notes(None, desk.read.append)
        await desk.done()

    desk = run(tmp_path, flow)
    assert len(desk.read) == 1
    assert len(desk.notices.kept) == 1


# -- the places' own journal ---------------------------------------------------------------


@dataclass
class Book:
    answers: list[NotedAnswer]

    def since(self, at: datetime) -> tuple[NotedAnswer, ...]:
        return tuple(answer for answer in self.answers if answer.at >= at)


def unset(seconds: float = 0.0, **more: str) -> NotedAnswer:
    facts = tuple({"answer": "error", **more}.items())
    return NotedAnswer(T0 + timedelta(seconds=seconds), AnswerKind.PREFERENCES_UNSET, "c", "", facts)


def watched(book: Book) -> WorkSession:
    return cast(WorkSession, SimpleNamespace(environment=SimpleNamespace(ports=SimpleNamespace(answers=book))))


def heard(tmp_path: Path, *moments: tuple[Place, float, list[NotedAnswer]]) -> list[PlaceAnswersNoted]:
    """Return what is in the journal after the preferences were read at these places and times."""

    async def flow(desk: _Desk) -> None:
        book = Book([])
        notebook = PlaceNotebook(desk.work, desk.folders)
        notebook.watch(watched(book))
        for place, seconds, answers in moments:
            book.answers += answers
            event = PreferencesObserved(T0 + timedelta(seconds=seconds), None)
            notebook.hear(replace(desk.store.state, place=place), event)
            await desk.done()

    desk = run(tmp_path, flow)
    assert desk.errors == []
    return [note for note in read_place(desk.folders) if isinstance(note, PlaceAnswersNoted)]


def test_that_an_answer_is_kept_once_a_place_also_over_two_starts(tmp_path: Path) -> None:
    answers = [unset(), unset(1.0), NotedAnswer(T0, AnswerKind.OBJECT_HEAD, "s3:HeadObject", "k")]
    first = heard(tmp_path, (AWS, 5.0, answers), (AWS, 6.0, [unset(6.0)]))
    assert [(note.place, len(note.answers)) for note in first] == [(AWS, 1)]
    assert heard(tmp_path, (AWS, 50.0, [unset(40.0)])) == first
    other = heard(tmp_path, (AWS, 60.0, [unset(55.0, answer="no-member")]))
    assert [note.answers[0].fact("answer") for note in other] == ["error", "no-member"]


def test_that_an_answer_to_other_credentials_is_not_of_the_account_that_came_after(tmp_path: Path) -> None:
    other = replace(AWS, account_id=type(ACCOUNT)("999988887777"))
    found = heard(tmp_path, (AWS, 5.0, [unset(1.0)]), (other, 9.0, []), (other, 12.0, [unset(11.0)]))
    assert [(note.place, note.answers[0].at) for note in found] == [
        (AWS, T0 + timedelta(seconds=1.0)),
        (other, T0 + timedelta(seconds=11.0)),
    ]


def test_that_nothing_is_kept_of_a_place_that_nobody_knows(tmp_path: Path) -> None:
    assert heard(tmp_path, (Place(region=REGION), 5.0, [unset(1.0)])) == []
    assert not (tmp_path / NOTED_NAME).exists()
