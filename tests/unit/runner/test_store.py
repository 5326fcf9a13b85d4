"""The snapshot's runs: whole ones for those that go on or are looked at, a line for every one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rdpgui.core.ids import RunId
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.journal_scan import scan_journal
from rdpgui.core.run_events import RunEnded
from rdpgui.core.state import RunState
from rdpgui.runner.store import OVER_KEPT, Store
from tests.helpers.many_runs import journals


def _runs(count: int) -> list[RunState]:
    found = [rebuild(read_journal(journal.splitlines())[0]) for _, journal in journals(count)]
    return [run for run in found if run is not None]


@pytest.mark.case("X1")
def test_that_lines_come_in_any_order_and_stand_by_their_start() -> None:
    store = Store()
    lines = [scan_journal(journal.splitlines(), run_id) for run_id, journal in journals(7)]
    for part in (lines[4:], lines[2:4], lines[:3]):
        store.list_runs(part)
    assert list(store.state.history.values()) == lines
    before = store.state
    store.forget([lines[0].run_id])
    assert list(store.state.history) == [line.run_id for line in lines[1:]]
    assert len(before.history) == 7


@pytest.mark.case("X2")
def test_that_only_the_newest_whole_runs_are_kept_and_every_line() -> None:
    store, runs = Store(), _runs(OVER_KEPT + 5)
    open_run = rebuild(read_journal(next(journals(1))[1].splitlines()[:9])[0])
    assert open_run is not None and open_run.active
    store.adopt(open_run)
    for run in runs:
        store.adopt(run)
    assert set(store.state.runs) == {open_run.run_id, *(run.run_id for run in runs[5:])}
    assert len(store.state.history) == OVER_KEPT + 6
    assert store.state.history[runs[0].run_id].verdict is runs[0].verdict.value  # type: ignore[union-attr]


def test_that_a_whole_run_knows_better_than_the_index_and_one_that_goes_on_is_never_forgotten() -> None:
    store = Store()
    run_id, journal = next(journals(1))
    lines = journal.splitlines()
    run = rebuild(read_journal(lines[:9])[0])
    assert run is not None
    store.adopt(run)
    old = scan_journal(lines[:3], run_id)
    store.list_runs([old])
    assert store.state.history[RunId(run_id)] != old
    store.carry_on(run.run_id)
    store.forget([run.run_id])
    assert RunId(run_id) in store.state.runs
    ended = read_journal(lines)[0][-1]
    assert isinstance(ended, RunEnded)
    store.publish(ended)
    assert store.state.history[RunId(run_id)].ended_at == ended.at > run.started_at + timedelta(seconds=1)
