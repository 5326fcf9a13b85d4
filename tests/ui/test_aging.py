"""What the window says in the present, and what it says once nobody looks any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView

from rdpgui.core.account_events import IdentityObserved, InstancesObserved, SessionsObserved
from rdpgui.core.attention import Attention
from rdpgui.core.freshness import Look, Moment
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import RunEnded
from rdpgui.core.state import AppState
from rdpgui.runner.store import Store
from rdpgui.ui import formats
from rdpgui.ui.attention import AttentionWatch
from rdpgui.ui.plain import told_tip
from tests.ui import snapshots
from tests.ui.conftest import Bench

_LIVE = ("running", "Online", "Recording", "Connected")


def _cells(bench: Bench, name: str) -> list[str]:
    model = bench.find(QTableView, name).model()
    columns, rows = range(model.columnCount()), range(model.rowCount())
    return [model.index(row, column).data() for row in rows for column in columns]


def _tips(bench: Bench, name: str) -> str:
    model = bench.find(QTableView, name).model()
    role = Qt.ItemDataRole.ToolTipRole
    return "\n".join(str(model.index(row, 1).data(role)) for row in range(model.rowCount()))


def _at(bench: Bench, plus_s: float) -> datetime:
    """Let the window's clocks stand so much later than the last look."""
    look = snapshots.WATCHED
    moment = Moment(look.at + timedelta(seconds=plus_s), look.mono_s + plus_s)
    bench.workbench.looked.moment = lambda: moment
    return look.at


def _short(state: AppState, due_s: float = 10.0) -> AppState:
    """Return the state as its watchers left it: each look was good for so long."""
    look = replace(snapshots.WATCHED, due_s=due_s)
    return replace(state, looks=dict.fromkeys(state.looks, look), run_looks=dict.fromkeys(state.run_looks, look))


@pytest.mark.case("R11")
def test_that_every_live_word_goes_when_the_watchers_hang_and_comes_back_with_a_look(bench: Bench) -> None:
    state = _short(snapshots.recording())
    _at(bench, 1.0)
    bench.show(state)
    before = _cells(bench, "instances_table") + _cells(bench, "sessions_table") + [bench.text("recording_word")]
    assert {"running", "Online", "Recording"} <= set(before)

    seen_at = _at(bench, 60.0)
    bench.workbench.rendering._on_aging()  # the window's own second hand: no event comes
    after = _cells(bench, "instances_table") + _cells(bench, "sessions_table") + [bench.text("recording_word")]
    assert not set(after) & set(_LIVE)
    assert after.count("Unknown") >= 3 and "?" in after
    when = formats.clock(seen_at)
    assert bench.text("instances_stale") == bench.text("sessions_stale") == f"seen {when}"
    assert f"last seen at {when}" in told_tip(bench.find(QLabel, "sessions_stale"))
    assert f"Last seen at {when}: running" in _tips(bench, "instances_table")
    assert "Last seen at" in bench.text("recording_basis") and "Recording" in bench.text("recording_basis")
    assert f"last seen at {when}" in bench.text("banner_identity")

    look = Look(seen_at + timedelta(seconds=60), snapshots.WATCHED.mono_s + 60.0, 10.0)
    state = snapshots.fold(
        state,
        IdentityObserved(look.at, snapshots.ACCOUNT, "arn", snapshots.REGION, "", "", True, look),
        InstancesObserved(look.at, snapshots.INSTANCES, snapshots.NODES, look),
        SessionsObserved(look.at, state.sessions, look),
    )
    bench.show(state)
    assert {"running", "Online"} <= set(_cells(bench, "instances_table"))
    assert bench.text("instances_stale") == ""
    assert bench.text("banner_identity") == "arn"


@pytest.mark.case("R11")
def test_that_the_session_of_a_killed_run_is_unknown_after_the_next_start(bench: Bench) -> None:
    """Killed in the steady phase; the sessions are still listed as active, because nobody ended them."""
    run = replace(next(iter(snapshots.recording().runs.values())), carried=True)
    store = Store(replace(snapshots.recording(), runs={}))
    store.adopt(run)
    bench.show(store.state)
    assert bench.workbench.looked.state.active_runs == ()
    assert bench.text("recording_word") == "Unknown"
    assert "Recording" not in _cells(bench, "sessions_table")
    assert bench.text("verdict_word") == "Unfinished"
    shown = bench.text("recording_basis")
    store.publish(RunEnded(snapshots.NOW, run.run_id, RunStatus.INTERRUPTED, "the program ended"))
    bench.show(store.state)
    assert bench.text("recording_word") == "Unknown"
    assert bench.text("recording_basis") == shown, "a clock runs"
    assert bench.text("verdict_word") == "Interrupted"
    bench.window.show_page(3)
    bench.workbench.rendering.render()
    assert not {"Recording", "Running"} & set(_cells(bench, "history_table"))


@pytest.mark.case("R11")
def test_that_nodes_that_could_not_be_read_are_not_called_online(bench: Bench) -> None:
    state = snapshots.seeded()
    bench.show(state)
    assert "Online" in _cells(bench, "instances_table")
    bench.show(snapshots.fold(state, InstancesObserved(snapshots.NOW, snapshots.INSTANCES, None, snapshots.WATCHED)))
    cells = _cells(bench, "instances_table")
    assert "Online" not in cells and "running" in cells


@pytest.mark.case("R11")
def test_that_an_arming_that_is_over_is_not_shown_as_armed(bench: Bench) -> None:
    bench.show(snapshots.armed(snapshots.seeded(), left_s=-1.0))
    assert bench.text("banner_arming") == "Read-only"


@pytest.mark.case("X11")
def test_that_a_window_that_nobody_uses_says_that_it_reads_less_often(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = AttentionWatch(bench.window)
    told: list[Attention] = []
    watch.changed.connect(told.append)
    watch.start()
    monkeypatch.setattr("rdpgui.ui.attention.IDLE_AFTER_S", -1.0)
    watch.look()
    assert told[-1:] == [Attention.IDLE]
    bench.window.banner.show_pace(slow=True)
    assert "less often" in bench.text("banner_pace")
    monkeypatch.setattr("rdpgui.ui.attention.IDLE_AFTER_S", 300.0)
    watch.note_use()
    assert told[-1:] == [Attention.LOOKING]
    bench.window.hide()
    watch.look()
    assert told[-1:] == [Attention.HIDDEN]
    bench.window.show()
    assert told[-1:] == [Attention.LOOKING]
