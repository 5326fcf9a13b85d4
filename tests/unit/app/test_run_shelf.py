"""Runs that are over are archived, taken back and deleted; one without an end is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.history import RunHistory
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_shelf import archive_run, delete_run
from rdpgui.app.session import WorkSession
from rdpgui.core.account_events import PlaceOpened, RunDeleted
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.ids import RunId
from rdpgui.core.journal import ChainEnd, read_actions, read_journal, seal
from rdpgui.core.journal_scan import scan_journal
from rdpgui.core.run_events import RunArchived
from rdpgui.core.settings import LAB_TIMING, Settings
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


def _with_session(root: Path, act: Callable[[WorkSession], Awaitable[None]]) -> None:
    async def flow() -> None:
        ports: Any = SimpleNamespace(clock=SimpleNamespace(now=lambda: NOW))
        environment: Any = SimpleNamespace(ports=ports, timing=LAB_TIMING, lab=True, aclose=lambda: asyncio.sleep(0))
        store = Store()
        store.publish(PlaceOpened(NOW, LAB))
        session = WorkSession(environment, store, Settings(), RunHistory(store, FileRunFolders(root)))
        try:
            await session.history.load()
            await act(session)
        finally:
            await session.aclose()
            await session.history.aclose()

    asyncio.run(flow())


def test_that_an_archived_run_is_kept_and_left_out_of_what_is_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    folder = _keep(tmp_path)

    async def act(session: WorkSession) -> None:
        assert [line.run_id for line in session.store.state.history_here] == [RUN]
        await archive_run(session, RUN, archived=True)
        assert not session.store.state.history_here
        assert session.store.state.history[RUN].archived

    _with_session(tmp_path, act)
    lines = FileRunFolders(tmp_path).lines(folder)
    assert read_journal(lines)[0][-1] == RunArchived(NOW, RUN, True, "ann")
    assert scan_journal(lines, RUN).archived

    async def again(session: WorkSession) -> None:
        assert not session.store.state.history_here
        await archive_run(session, RUN, archived=False)
        assert [line.run_id for line in session.store.state.history_here] == [RUN]

    _with_session(tmp_path, again)


def test_that_a_deleted_run_goes_with_its_folder_and_is_said_in_log_and_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    root = tmp_path / "runs"
    folder = _keep(root)

    async def act(session: WorkSession) -> None:
        await delete_run(session, RUN, throw_away)
        assert not session.store.state.history
        assert session.store.state.log[-1].shown() == f"ann moved the run {RUN} to the wastebasket."

    _with_session(root, act)
    assert not folder.exists()
    assert list((tmp_path / "home" / "Trash" / "files").iterdir())
    lines = tuple((root / "actions.jsonl").read_text().splitlines())
    assert read_actions(lines) == (RunDeleted(NOW, RUN, "ann", True),)

    async def later(session: WorkSession) -> None:
        assert not session.store.state.history

    _with_session(root, later)


@pytest.mark.parametrize("what", ["archive", "delete"])
def test_that_a_run_without_an_end_is_neither_archived_nor_deleted(tmp_path: Path, what: str) -> None:
    folder = _keep(tmp_path, events=10)

    async def act(session: WorkSession) -> None:
        with pytest.raises(GuardRefusal):
            if what == "archive":
                await archive_run(session, RUN, archived=True)
            else:
                await delete_run(session, RUN, throw_away)

    _with_session(tmp_path, act)
    assert folder.exists()
