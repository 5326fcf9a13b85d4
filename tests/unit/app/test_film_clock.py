"""A person's correction of the film's clock, on disk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.history import RunHistory
from rdpgui.app.record_commands import RecordCommands
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_index import INDEX_NAME
from rdpgui.app.session import WorkSession
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.journal import ChainEnd, read_journal, seal
from rdpgui.core.people_events import FilmClockAdjusted
from rdpgui.core.place import place_from_key
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.core.state import AppState
from rdpgui.runner.store import Store
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.tasks import TaskScope
from tests.helpers.limits import limit_s
from tests.ui.snapshots import run_events

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def _session(root: Path) -> WorkSession:
    clock: Any = SimpleNamespace(now=lambda: AT)
    ports: Any = SimpleNamespace(clock=clock, sessions=None, instances=None, objects=None)
    environment: Any = SimpleNamespace(ports=ports, timing=LAB_TIMING, lab=True, aclose=lambda: asyncio.sleep(0))
    store = Store()
    records = RunRecords(store, RunHistory(store, FileRunFolders(root)), clock)
    return WorkSession(environment, store, Settings(), records)


async def _close(session: WorkSession) -> None:
    await session.aclose()
    await session.records.aclose()


def _is_moved(state: AppState) -> bool:
    run = state.runs.get(RunId("r1"))
    return run is not None and run.film_offset_s == 1.25


def _keep(root: Path) -> tuple[RunEvent, ...]:
    events: Any = run_events()
    _folder, journal = FileRunFolders(root).create("r1")
    end = ChainEnd()
    for event in events:
        line, end = seal(end, event)
        journal.append(line)
    journal.close()
    return tuple(events)


def test_that_corrections_are_appended_to_the_run_s_chain_and_restored_by_the_next_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _keep(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "ann")

    async def flow() -> None:
        errors: list[RdpguiError | BaseException] = []
        session = _session(tmp_path)
        scope = TaskScope(lambda _n, e: errors.append(e), lambda _n, e: errors.append(e))
        work = Workplace(scope, session.store, Notifications(), session.settings)
        work.session, work.records = session, session.records
        commands = RecordCommands(work, lambda _run_ids: None)  # nothing of this is shown
        await session.history.load()
        for offset_s in (-0.3, 1.25):
            commands.adjust_film_clock(RunId("r1"), offset_s)
        state = await session.store.until(_is_moved, limit_s(5))
        assert state is not None
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(left, timeout=limit_s(5))  # the report of each is written anew
        await _close(session)
        assert errors == []

    asyncio.run(flow())
    events, _end = read_journal((tmp_path / "r1" / "journal.jsonl").read_text().splitlines())
    assert events[: len(before)] == before
    assert events[len(before) :] == tuple(FilmClockAdjusted(AT, RunId("r1"), at, "ann") for at in (-0.3, 1.25))

    async def later() -> float:
        session = _session(tmp_path)
        await session.history.load()
        run = await session.history.run(RunId("r1"))
        await _close(session)
        return run.film_offset_s

    assert asyncio.run(later()) == 1.25


def test_that_a_run_that_was_put_away_counts_no_more_until_it_is_taken_back(tmp_path: Path) -> None:
    _keep(tmp_path)

    async def counted(*changes: bool) -> list[str]:
        session = _session(tmp_path)
        await session.history.load()
        for away in changes:
            await session.records.archive(RunId("r1"), away=away)
        line = session.store.state.history[RunId("r1")]
        place = place_from_key(line.place)
        assert place is not None
        state = replace(session.store.state, place=place)
        await _close(session)
        return [found.run_id for found in state.history_here]

    assert asyncio.run(counted()) == ["r1"]
    assert asyncio.run(counted(True)) == []
    assert asyncio.run(counted()) == []  # the next program knows it from the index, or the journal
    (tmp_path / INDEX_NAME).unlink()
    assert asyncio.run(counted()) == []
    assert asyncio.run(counted(False)) == ["r1"]


def test_that_what_a_download_left_in_a_run_that_is_over_goes_with_the_next_start(tmp_path: Path) -> None:
    _keep(tmp_path)
    left = tmp_path / "r1" / "recording.mp4.0123456789ab.part"
    left.write_bytes(b"x")

    async def flow() -> None:
        session = _session(tmp_path)
        await session.history.load()
        assert left.exists()
        await session.take_up()
        await _close(session)

    asyncio.run(flow())
    assert not left.exists()
