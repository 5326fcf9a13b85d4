"""The history of a folder of runs: whole whatever became of its index, and no journal is hidden or waited for."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rdpgui.app import history as history_module
from rdpgui.app.history import RunHistory
from rdpgui.app.indexed_journals import IndexedJournals
from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders
from rdpgui.app.run_index import INDEX_NAME, RunIndex
from rdpgui.core.errors import JournalDamaged, StorageError
from rdpgui.core.ids import RunId
from rdpgui.core.journal import FIRST_LINK, link_of, read_journal
from rdpgui.core.journal_scan import read_summary, scan_journal
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import AppState
from rdpgui.runner.store import OVER_KEPT, Store
from tests.helpers.many_runs import write_runs

T = TypeVar("T")
LOGGED = "the index of the history"


def _with(root: Path, act: Callable[[RunHistory, Store], Awaitable[T]], *, told: list[AppState] | None = None) -> T:
    """Act on the history of a folder in a loop of its own, as one program does."""

    async def flow() -> T:
        store = Store()
        history = RunHistory(store, FileRunFolders(root), told.append if told is not None else None)
        try:
            return await act(history, store)
        finally:
            await history.aclose()

    return asyncio.run(flow())


def _load(root: Path) -> tuple[dict[str, RunSummary], str]:
    """Start a program on a folder; returns its lines by id, and why the index was made anew."""

    async def act(history: RunHistory, store: Store) -> tuple[dict[str, RunSummary], str]:
        why = await history.load()
        return {str(run_id): line for run_id, line in store.state.history.items()}, why

    return _with(root, act)


def _scanned(root: Path) -> dict[str, RunSummary]:
    folders = FileRunFolders(root)
    return {
        folder.name: scan_journal(folders.lines(folder), folder.name)
        for folder in sorted(folders.run_folders())
        if folder.name[0].isdigit()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of thirty runs."""
    write_runs(tmp_path / "runs", 30)
    return tmp_path / "runs"


@pytest.mark.case("R14", "X2")
def test_that_the_index_tells_what_the_journals_tell_and_no_journal_is_read_twice(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, why = _load(root)
    assert (first, why) == (_scanned(root), "")
    read: list[Path] = []
    monkeypatch.setattr("rdpgui.app.run_folders.read_whole", read.append)
    again, _ = _load(root)
    assert list(again.items()) == list(first.items())
    assert read == []


@pytest.mark.case("X1")
def test_that_thousands_of_lines_are_taken_over_in_a_few_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_runs(tmp_path, 300)
    _load(tmp_path)
    monkeypatch.setattr("rdpgui.app.indexed_journals.NEWEST", 20)
    monkeypatch.setattr(history_module, "STEP", 100)
    told: list[AppState] = []

    async def act(history: RunHistory, store: Store) -> None:
        await history.load()

    _with(tmp_path, act, told=told)
    assert [len(state.history) for state in told] == [20, 100, 200, 300]
    newest = sorted(_scanned(tmp_path))[-20:]
    assert list(told[0].history) == newest
    assert all(not state.runs for state in told)


@pytest.mark.case("X1")
def test_that_every_line_of_the_index_is_there_before_any_journal_is_looked_at(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _load(root)
    there: list[int] = []

    compare = IndexedJournals.compare

    async def act(history: RunHistory, store: Store) -> None:
        def noted(journals: IndexedJournals) -> tuple[list[str], list[str]]:
            there.append(len(store.state.history))
            return compare(journals)

        monkeypatch.setattr(IndexedJournals, "compare", noted)
        await history.load()

    _with(root, act)
    assert there == [30]


def _absent(root: Path) -> None:
    for path in root.glob(f"{INDEX_NAME}*"):
        path.unlink()


def _cut(root: Path) -> None:
    data = (root / INDEX_NAME).read_bytes()
    (root / INDEX_NAME).write_bytes(data[: len(data) // 2])


def _scribbled(root: Path) -> None:
    data = bytearray((root / INDEX_NAME).read_bytes())
    data[4096:8192] = os.urandom(4096)
    (root / INDEX_NAME).write_bytes(data)


def _no_database(root: Path) -> None:
    (root / INDEX_NAME).write_bytes(b"<h1>PASS</h1>" * 1000)


def _folder(root: Path) -> None:
    (root / INDEX_NAME).unlink()
    (root / INDEX_NAME).mkdir()


def _pipe(root: Path) -> None:
    (root / INDEX_NAME).unlink()
    os.mkfifo(root / INDEX_NAME)


def _link(root: Path) -> None:
    shutil.move(root / INDEX_NAME, root.parent / "elsewhere")
    (root / INDEX_NAME).symlink_to(root.parent / "elsewhere")


def _sql(text: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        database = sqlite3.connect(root / INDEX_NAME)
        with database:
            database.execute(text)
        database.close()

    return damage


DAMAGES: dict[str, Callable[[Path], None]] = {
    "absent": _absent,
    "cut": _cut,
    "scribbled": _scribbled,
    "no database": _no_database,
    "a folder": _folder,
    "a pipe": _pipe,
    "a link": _link,
    "another schema": _sql("UPDATE meta SET value='0' WHERE key='schema'"),
    "another version": _sql("UPDATE meta SET value='0.0.1' WHERE key='program'"),
    "no table": _sql("DROP TABLE runs"),
    "no versions": _sql("DROP TABLE meta"),
    "a column less": _sql("ALTER TABLE runs DROP COLUMN damage"),
    "an unknown word": _sql("UPDATE runs SET verdict='maybe', status='sleeping'"),
    "no numbers": _sql("UPDATE runs SET started='soon'"),
    "a broken claim": _sql("UPDATE runs SET claim='x'"),
}


@pytest.mark.case("R14")
@pytest.mark.logs(LOGGED)
@pytest.mark.parametrize("kind", DAMAGES)
def test_that_an_index_that_cannot_be_trusted_is_made_anew_from_the_journals(root: Path, kind: str) -> None:
    first, _ = _load(root)
    DAMAGES[kind](root)
    again, why = _load(root)
    assert again == first
    assert bool(why) == (kind != "absent")
    assert _load(root) == (first, "")


@pytest.mark.case("R14")
@pytest.mark.logs(LOGGED)
def test_that_an_index_that_breaks_while_it_is_used_loses_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = _load(root)
    marks = RunIndex.marks

    def broken(index: RunIndex) -> object:
        monkeypatch.setattr(RunIndex, "marks", marks)
        raise_from(index)
        return marks(index)

    def raise_from(index: RunIndex) -> None:
        index._give_up(sqlite3.DatabaseError("the disk image is malformed"))

    monkeypatch.setattr(RunIndex, "marks", broken)
    again, why = _load(root)
    assert again == first
    assert "malformed" in why


@pytest.mark.case("R14")
@pytest.mark.logs(LOGGED)
def test_that_a_folder_that_cannot_be_written_still_shows_its_runs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_file = os.open

    def refuse(path: str, *arguments: int) -> int:
        if str(path).endswith(INDEX_NAME):
            raise PermissionError(13, "Permission denied")
        return open_file(path, *arguments)

    monkeypatch.setattr("rdpgui.app.run_index.os.open", refuse)
    found, _ = _load(root)
    assert found == _scanned(root)
    assert not (root / INDEX_NAME).exists()


@pytest.mark.case("R14")
def test_that_looking_at_no_runs_leaves_nothing(tmp_path: Path) -> None:
    assert _load(tmp_path / "none") == ({}, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case("R14")
def test_that_changed_new_and_removed_journals_are_seen_by_the_next_start(root: Path) -> None:
    first, _ = _load(root)
    ids = sorted(first)
    changed = root / ids[3] / JOURNAL_NAME
    changed.write_text("".join(line + "\n" for line in changed.read_text().splitlines()[:4]))
    shutil.rmtree(root / ids[5])
    (new_id,) = write_runs(root / "more", 1)
    shutil.move(root / "more" / new_id, root / new_id)
    (root / "more").rmdir()
    again, _ = _load(root)
    assert again == _scanned(root)
    assert again[ids[3]].is_open
    assert ids[5] not in again and new_id in again


# -- journals that are none -----------------------------------------------------


def _empty(folder: Path) -> None:
    (folder / JOURNAL_NAME).write_bytes(b"")


def _missing(folder: Path) -> None:
    (folder / JOURNAL_NAME).unlink()


def _journal_pipe(folder: Path) -> None:
    (folder / JOURNAL_NAME).unlink()
    os.mkfifo(folder / JOURNAL_NAME)


def _journal_device(folder: Path) -> None:
    (folder / JOURNAL_NAME).unlink()
    (folder / JOURNAL_NAME).symlink_to("/dev/zero")


def _journal_folder(folder: Path) -> None:
    (folder / JOURNAL_NAME).unlink()
    (folder / JOURNAL_NAME).mkdir()


def _journal_torn(folder: Path) -> None:
    (folder / JOURNAL_NAME).write_bytes(b'{"seq":0,"prev":"')


def _journal_bytes(folder: Path) -> None:
    (folder / JOURNAL_NAME).write_bytes(b"\xff\xfe\x00\n" * 3)


def _journal_changed(folder: Path) -> None:
    path = folder / JOURNAL_NAME
    path.write_text(path.read_text().replace("win-0", "win-9"))


def _journal_outside(folder: Path) -> None:
    path = folder / JOURNAL_NAME
    path.write_text(path.read_text().replace(folder.name, "../outside"))


def _journal_early(folder: Path) -> None:
    _reseal(folder, lambda event: {**event, "at": "0001-01-01T00:00:00+10:00"})


def _reseal(folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change every event of a journal by hand, and make its chain whole again."""
    path, previous, made = folder / JOURNAL_NAME, FIRST_LINK, []
    for line in path.read_text().splitlines():
        body = json.loads(line)
        made.append(json.dumps({**body, "prev": previous, "event": change(body["event"])}, separators=(",", ":")))
        previous = link_of(made[-1])
    path.write_text("\n".join(made) + "\n")


UNREADABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (_empty, "it is empty"),
    "torn in its first line": (_journal_torn, "it is empty"),
    "missing": (_missing, "cannot be read"),
    "a pipe": (_journal_pipe, "a pipe"),
    "a device": (_journal_device, "a symbolic link"),
    "a folder": (_journal_folder, "a folder"),
    "bytes": (_journal_bytes, "not JSON"),
    "changed": (_journal_changed, "was changed"),
    "of a run outside": (_journal_outside, "was changed"),
    "before the calendar": (_journal_early, "another shape"),
}


@pytest.mark.case("R13")
@pytest.mark.parametrize("kind", UNREADABLE)
def test_that_a_journal_that_cannot_be_read_is_a_row_with_its_reason(root: Path, kind: str) -> None:
    damage, reason = UNREADABLE[kind]
    good = _scanned(root)
    bad = sorted(good)[7]
    damage(root / bad)
    for _start in range(2):
        found, _ = _load(root)
        assert reason in found[bad].damage
        assert {name: line for name, line in found.items() if name != bad} == {
            name: line for name, line in good.items() if name != bad
        }

    async def act(history: RunHistory, store: Store) -> None:
        await history.load()
        with pytest.raises((StorageError, JournalDamaged)):
            await history.run(RunId(bad))
        assert await history.open_runs() == []

    _with(root, act)
    assert not (root.parent / "outside").exists()


@pytest.mark.case("R13")
def test_that_a_folder_or_a_text_that_is_no_utf_8_is_a_row_and_hinders_no_other(root: Path) -> None:
    good = _scanned(root)
    half, odd = sorted(good)[7], os.fsdecode(b"20261130-010203-\x8e\xc0\x8d\x73")
    _reseal(root / half, lambda event: event | ({"reason": "\ud800"} if event["event"] == "RunEnded" else {}))
    try:
        (root / odd).mkdir()
    except OSError:
        pytest.skip("this file system knows UTF-8 only")
    for _start in range(2):
        found, remade = _load(root)
        assert remade == ""
        assert found.keys() == {*good, odd}
        assert "cannot be read" in found[odd].damage
        assert {name: line for name, line in found.items() if name not in (half, odd)} == {
            name: line for name, line in good.items() if name != half
        }


@pytest.mark.case("R13")
def test_that_a_run_whose_folder_carries_another_name_is_named_and_opened_by_nobody(root: Path) -> None:
    ids = sorted(_scanned(root))
    shutil.copytree(root / ids[0], root / "copy of a run")
    (root / "not a run").mkdir()
    found, _ = _load(root)
    assert ids[0] in found["copy of a run"].damage
    assert found[ids[0]].damage == ""
    assert "not a run" not in found


@pytest.mark.case("R13")
def test_that_a_journal_this_version_cannot_read_is_said_when_it_is_opened_and_from_then_on(root: Path) -> None:
    ids = sorted(_scanned(root))
    path = root / ids[0] / JOURNAL_NAME
    lines = path.read_text().splitlines()
    tail = f'{{"seq":{len(lines)},"prev":"{link_of(lines[-1])}","event":{{"event":"FromTheFuture"}}}}'
    path.write_text("\n".join([*lines, tail]) + "\n")
    assert _load(root)[0][ids[0]].damage == ""

    async def act(history: RunHistory, store: Store) -> str:
        await history.load()
        with pytest.raises(JournalDamaged, match="FromTheFuture"):
            await history.run(RunId(ids[0]))
        return store.state.history[RunId(ids[0])].damage

    assert "FromTheFuture" in _with(root, act)
    assert "FromTheFuture" in _load(root)[0][ids[0]].damage


# -- whole runs -----------------------------------------------------------------


@pytest.mark.case("X2")
def test_that_whole_runs_are_read_when_somebody_looks_and_let_go_after_many_others(tmp_path: Path) -> None:
    ids = [RunId(run_id) for run_id in write_runs(tmp_path, OVER_KEPT + 10)]

    async def act(history: RunHistory, store: Store) -> None:
        await history.load()
        assert not store.state.runs
        for run_id in ids:
            run = await history.run(run_id)
            assert run.run_id == run_id
            assert await history.run(run_id) is run
        assert len(store.state.runs) == OVER_KEPT
        assert len(store.state.history) == len(ids)
        assert (await history.run(ids[0])).run_id == ids[0]

    _with(tmp_path, act)


@pytest.mark.case("X2")
def test_that_what_runs_say_about_the_claims_is_read_once_and_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(history: RunHistory, store: Store) -> list[RunSummary]:
        await history.load()
        await history.look_into([line for line in store.state.history.values() if line.needs_reading])
        return list(store.state.history.values())

    lines = _with(root, act)
    folders = FileRunFolders(root)
    assert lines == [read_summary(folders.lines(root / line.run_id)) for line in lines]
    assert not any(line.needs_reading for line in lines)
    assert list(_load(root)[0].values()) == lines


@pytest.mark.case("R8")
def test_that_only_runs_without_an_end_are_given_to_be_taken_up(root: Path) -> None:
    ids = sorted(_scanned(root))
    for run_id in (ids[4], ids[1]):
        path = root / run_id / JOURNAL_NAME
        path.write_text("".join(line + "\n" for line in path.read_text().splitlines()[:6]))

    async def act(history: RunHistory, store: Store) -> list[str]:
        await history.load()
        return [run.state.run_id for run in await history.open_runs()]

    for _start in range(2):
        assert _with(root, act) == [ids[1], ids[4]]


@pytest.mark.case("X2")
def test_that_a_run_of_this_program_is_in_the_index_when_it_ends(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = sorted(_scanned(root))
    path = root / ids[-1] / JOURNAL_NAME
    whole = path.read_text()
    events, _ = read_journal(whole.splitlines())
    shutil.rmtree(root / ids[-1])

    async def act(history: RunHistory, store: Store) -> None:
        await history.load()
        path.parent.mkdir()
        path.write_text(whole)
        for event in events:
            store.publish(event)

    _with(root, act)
    read: list[Path] = []
    monkeypatch.setattr("rdpgui.app.run_folders.read_whole", read.append)
    line = _load(root)[0][ids[-1]]
    assert read == []
    assert line == read_summary(whole.splitlines())


@pytest.mark.case("R14")
def test_that_rows_can_be_asked_for_by_place(root: Path) -> None:
    first, _ = _load(root)
    index = RunIndex(root)
    index.open()
    lab = index.rows(place="lab:default")
    assert {line.run_id for line in lab} == {line.run_id for line in first.values() if line.lab}
    assert [line.run_id for line in index.rows(place="lab:default", newest=2)] == [line.run_id for line in lab[:2]]
    assert index.rows(place="lab:other") == []
    index.delete([line.run_id for line in lab])
    assert index.rows(place="lab:default") == []
    index.close()
