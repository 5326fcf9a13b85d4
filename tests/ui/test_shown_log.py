"""The run log is that of the run that is looked at: after a restart and from the history, too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rdpgui.core.account_events import Armed, PollFailed, Topic
from rdpgui.core.ids import RunId
from rdpgui.core.journal import rebuild
from rdpgui.core.shown_log import log_of
from rdpgui.core.state import AppState
from rdpgui.runner.store import Store
from tests.ui import snapshots
from tests.ui.conftest import Bench

R1, R2 = RunId("r1"), RunId("r2")


def _shown(bench: Bench) -> list[str]:
    model = bench.window.experiment.log.view.model()
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


@pytest.mark.case("L9")
def test_that_after_a_restart_the_log_is_there_and_of_the_run_shown(bench: Bench) -> None:
    before = rebuild(snapshots.run_events())  # type: ignore[arg-type]
    assert before is not None
    store = Store(AppState(place=snapshots.LAB))
    store.adopt(before)
    bench.show(store.state)
    assert len(_shown(bench)) == len(before.log) > 5
    assert any("Verdict" in line for line in _shown(bench))


@pytest.mark.case("L9")
def test_that_a_run_from_the_history_shows_its_own_lines_and_no_other_runs(bench: Bench) -> None:
    early = snapshots.NOW - timedelta(hours=1)
    old, new = snapshots.run_events("r1", start=early), snapshots.run_events("r2")
    armed = Armed(early + timedelta(seconds=2), snapshots.ACCOUNT, snapshots.REGION, snapshots.WEB1, snapshots.NOW)
    failed = PollFailed(early + timedelta(minutes=30), Topic.OBJECTS, "between the runs", "")
    state = snapshots.fold(snapshots.seeded(), *old, armed, failed, *new)
    bench.window.ui_state.select_run(R1)
    bench.show(state)
    lines = log_of(state, state.runs[R1])
    assert {line.run_id for line in lines} == {R1, None}
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    text = "\n".join(_shown(bench))
    assert "Armed" in text and "between the runs" not in text
    bench.window.ui_state.select_run(None)
    bench.show(state)
    assert "between the runs" in "\n".join(_shown(bench)), "beside the newest run all of the account is told"
    assert {line.run_id for line in log_of(state, state.runs[R2])} == {R2, None}
