"""Runs that are over are archived, taken back and deleted; one without an end is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.history import RunHistory
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.account_events import PlaceOpened, RunDeleted
from rdpgui.core.errors import GuardRefusal, StorageError
from rdpgui.core.ids import RunId
from rdpgui.core.journal import ChainEnd, read_actions, read_journal, seal
from rdpgui.core.journal_scan import scan_journal
from rdpgui.core.log_lines import line_for
from rdpgui.core.people_events import RunArchived, RunRemarked
from rdpgui.core.remark import remark
from rdpgui.core.settings import Settings
from rdpgui.report.hand_in import verify_archive
from rdpgui.runner.store import Store
from rdpgui.ui.wastebasket import throw_away
from tests.ui.snapshots import LAB, NOW, run_events

RUN = RunId("r1")


def _keep(root: Path, *, events: int | None = None) -> Path:
    kept: Any = run_events()[:events]
    folder, journal = FileRunFolders(root).create(RUN)
    end = ChainEnd()
    for event in kept:
        line, end = seal(end, event)
        journal.append(line)
    journal.close()
    return folder


def _with_records(root: Path, act: Callable[[RunRecords, Store], Awaitable[None]]) -> None:
    async def flow() -> None:
        clock: Any = SimpleNamespace(now=lambda: NOW)
        store = Store()
        store.publish(PlaceOpened(NOW, LAB))
        records = RunRecords(store, RunHistory(store, FileRunFolders(root)), clock)
        try:
            await records.history.load()
            await act(records, store)
        finally:
            await records.aclose()

    asyncio.run(flow())


def test_that_an_archived_run_is_kept_and_left_out_of_what_is_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    folder = _keep(tmp_path)

    async def act(records: RunRecords, store: Store) -> None:
        assert [line.run_id for line in store.state.history_here] == [RUN]
        await records.archive(RUN, away=True)
        assert not store.state.history_here
        assert store.state.history[RUN].archived

    _with_records(tmp_path, act)
    lines = FileRunFolders(tmp_path).lines(folder)
    assert read_journal(lines)[0][-1] == RunArchived(NOW, RUN, True, "ann")
    assert scan_journal(lines, RUN).archived

    async def again(records: RunRecords, store: Store) -> None:
        assert not store.state.history_here
        await records.archive(RUN, away=False)
        assert [line.run_id for line in store.state.history_here] == [RUN]

    _with_records(tmp_path, again)


def test_that_a_deleted_run_goes_with_its_folder_and_is_said_in_log_and_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    root = tmp_path / "runs"
    folder = _keep(root)

    async def act(records: RunRecords, store: Store) -> None:
        await records.delete(RUN, throw_away)
        assert not store.state.history
        assert store.state.log[-1].shown() == f"ann moved the run {RUN} to the wastebasket."

    _with_records(root, act)
    assert not folder.exists()
    assert list((tmp_path / "home" / "Trash" / "files").iterdir())
    lines = tuple((root / "actions.jsonl").read_text().splitlines())
    assert read_actions(lines) == (RunDeleted(NOW, RUN, "ann", True),)

    async def later(records: RunRecords, store: Store) -> None:
        assert not store.state.history

    _with_records(root, later)


@pytest.mark.parametrize("what", ["archive", "delete"])
def test_that_a_run_without_an_end_is_neither_archived_nor_deleted(tmp_path: Path, what: str) -> None:
    folder = _keep(tmp_path, events=10)

    async def act(records: RunRecords, store: Store) -> None:
        with pytest.raises(GuardRefusal):
            if what == "archive":
                await records.archive(RUN, away=True)
            else:
                await records.delete(RUN, throw_away)

    _with_records(tmp_path, act)
    assert folder.exists()


def test_that_what_a_tester_wrote_is_in_journal_index_and_report_and_changes_no_verdict(tmp_path: Path) -> None:
    folder = _keep(tmp_path)
    written = remark("  ann ", "QA-12", "screen froze\nonce")

    async def act(records: RunRecords, store: Store) -> None:
        before = await records.history.run(RUN)
        await records.remark(RUN, written)
        after = store.state.runs[RUN]
        assert (after.remark, after.verdict) == (written, before.verdict)

    _with_records(tmp_path, act)
    lines = FileRunFolders(tmp_path).lines(folder)
    line = scan_journal(lines, RUN)
    assert (line.tester, line.ticket, line.note) == ("ann", "QA-12", "screen froze\nonce")
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert all(word in report for word in ("ann", "QA-12", "screen froze"))

    async def again(_records: RunRecords, store: Store) -> None:
        assert (store.state.history[RUN].tester, store.state.history[RUN].note) == ("ann", "screen froze\nonce")

    _with_records(tmp_path, again)


def test_that_a_run_is_handed_in_with_a_report_of_now_and_one_without_an_end_is_not(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    _keep(root)

    async def act(records: RunRecords, _store: Store) -> None:
        path = await records.hand_in(RUN, tmp_path / "r1.zip", replace=False)
        assert verify_archive(path) == []
        with pytest.raises(StorageError, match="already"):
            await records.hand_in(RUN, path, replace=False)

    _with_records(root, act)
    open_root = tmp_path / "open"
    _keep(open_root, events=8)

    async def refused(records: RunRecords, _store: Store) -> None:
        with pytest.raises(GuardRefusal):
            await records.hand_in(RUN, tmp_path / "open.zip", replace=False)

    _with_records(open_root, refused)


def test_that_the_settings_tester_is_written_on_a_run_that_ended_but_not_over_what_was_said(tmp_path: Path) -> None:
    _keep(tmp_path)
    settings = Settings(tester="ann", ticket="QA-1")

    async def act(records: RunRecords, store: Store) -> None:
        await records.sign(RUN, Settings())
        assert not store.state.history[RUN].tester
        await records.sign(RUN, settings)
        assert (store.state.history[RUN].tester, store.state.history[RUN].ticket) == ("ann", "QA-1")
        await records.sign(RUN, Settings(tester="bob"))
        assert store.state.history[RUN].tester == "ann"

    _with_records(tmp_path, act)


def test_that_the_settings_tester_is_journalled_as_written_by_nobody(tmp_path: Path) -> None:
    _keep(tmp_path)

    async def act(records: RunRecords, _store: Store) -> None:
        await records.sign(RUN, Settings(tester="ann"))
        events, _end = read_journal(records.folders.lines(records.folders.folder_of(RUN)))
        written = [event for event in events if isinstance(event, RunRemarked)]
        assert [(event.remark.tester, event.by) for event in written] == [("ann", "")]
        line = line_for(written[0])
        assert line is not None
        assert line.text == "Tester and ticket of the settings stand on this run."

    _with_records(tmp_path, act)


def test_that_the_papers_of_a_run_are_written_also_where_its_journal_takes_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(tmp_path)

    def closed(_folders: FileRunFolders, _folder: Path) -> None:
        raise StorageError("closed")

    async def act(records: RunRecords, _store: Store) -> None:
        report = records.folders.folder_of(RUN) / "report.html"
        report.unlink(missing_ok=True)
        with monkeypatch.context() as patch:
            patch.setattr(FileRunFolders, "reopen", closed)
            with pytest.raises(StorageError, match="closed"):
                await records.sign(RUN, Settings(tester="ann"))
        assert report.is_file()

    _with_records(tmp_path, act)


def test_that_several_runs_have_one_report_beside_their_folders(tmp_path: Path) -> None:
    _keep(tmp_path)

    async def act(records: RunRecords, _store: Store) -> None:
        path = await records.papers.table_of([RUN])
        assert path.parent == tmp_path
        assert f"{RUN}/report.html" in path.read_text(encoding="utf-8")

    _with_records(tmp_path, act)
