"""What the window says while there is nothing yet, while a person is to act, and when something failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QPushButton, QTableView, QToolButton

from rdpgui.core.account_events import PollFailed, SessionsObserved, Topic
from rdpgui.core.ids import RunId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import ConnectionChanged, InstanceChanged, IntentRecorded, PhaseEntered, RunEnded
from rdpgui.core.state import RESTORE_ACTION, AppState, RunState
from rdpgui.i18n import set_language
from rdpgui.ui import labels
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, armed, fold, recording, seeded


@pytest.fixture
def japanese(bench: Bench) -> Iterator[None]:
    set_language("ja")
    bench.workbench.retranslate()
    yield
    set_language("en")


def by_hand(state: AppState) -> AppState:
    """Return the state with its run as one that only observes what a person does."""
    number, run = next(iter(state.runs.items()))
    return replace(state, runs={number: replace(run, plan=replace(run.plan, by_hand=True))})


def only_run(state: AppState) -> RunState:
    return next(iter(state.runs.values()))


def test_that_no_session_is_said_as_soon_as_the_sessions_were_read(bench: Bench) -> None:
    known = seeded()
    bench.show(replace(known, observed_at={}))
    panel = bench.window.experiment.sessions
    assert panel.table.empty_text == "Reading the sessions …"
    bench.show(fold(replace(known, observed_at={}), SessionsObserved(NOW, ())))
    assert panel.table.empty_text.startswith("No session yet.")


def test_that_the_empty_log_says_what_comes_and_a_filter_that_nothing_fits(bench: Bench) -> None:
    bench.show(seeded())
    log = bench.window.experiment.log
    assert log.view.empty_text == "What is asked, answered and observed comes here."
    log.search.setText("nothing like this")
    assert log.view.empty_text == "No line fits the filter."


def test_that_a_run_by_hand_says_when_it_is_the_persons_turn(bench: Bench) -> None:
    state = fold(by_hand(recording()), PhaseEntered(NOW, RunId("r1"), Phase.ENDING))
    bench.show(state)
    assert "your turn" in bench.text("experiment_hint")
    assert "your turn" in bench.text("verdict_gap")


def test_that_a_run_by_hand_is_called_what_the_person_did() -> None:
    state = by_hand(recording())
    assert labels.run_name(only_run(state)) == "By hand"
    later = NOW + timedelta(seconds=2)
    stopped = fold(
        state,
        ConnectionChanged(later, RunId("r1"), ConnectionStatus.NOT_CONNECTED, NOW),
        InstanceChanged(later, RunId("r1"), InstanceState.STOPPED, "Client.InstanceInitiatedShutdown", "", NOW),
    )
    assert labels.run_name(only_run(stopped)) == "OS shutdown (by hand)"


def test_that_a_start_that_restores_is_not_taken_for_the_persons_disruption(bench: Bench) -> None:
    run = only_run(recording())
    what = run.plan.disruption_id
    restored = IntentRecorded(NOW, run.run_id, what, RESTORE_ACTION, run.plan.instance_id)
    bench.window.ui_state.select_instance(run.plan.instance_id)
    bench.show(fold(by_hand(recording()), restored))
    button = bench.find(QPushButton, f"disrupt_{what.value}")
    assert "done" not in button.accessibleDescription()
    bench.show(fold(recording(), replace(restored, action="ssm:SendCommand")))
    assert "done" in button.accessibleDescription()


def test_that_why_a_run_failed_is_said_in_the_readers_language(bench: Bench, japanese: None) -> None:
    reason = "Access request oi-1 was not approved within 20 s. Ask an approver, then run again."
    bench.show(fold(recording(), RunEnded(NOW, RunId("r1"), RunStatus.FAILED, reason)))
    assert "承認されませんでした" in bench.text("verdict_gap")
    model = bench.window.experiment.log.view.model()
    lines = [str(model.index(row, 1).data()) for row in range(model.rowCount())]
    assert any("承認者に依頼してから" in line for line in lines)


def test_that_the_menu_is_no_higher_than_a_small_screen(bench: Bench) -> None:
    menu = bench.find(QToolButton, "menu_button").menu()
    assert menu.sizeHint().height() < 400
    groups = [action.menu() for action in menu.actions() if action.menu() is not None]
    assert [group.title() for group in groups] == ["Experiment", "Connection", "Run", "View", "Film"]
    # Every disruption there is stands in the first: 11 kinds, and still within the smallest window.
    assert max(group.sizeHint().height() for group in groups) < bench.window.minimumHeight()


def test_that_a_small_window_gives_the_film_its_height_and_keeps_the_selection_in_view(bench: Bench) -> None:
    state = seeded()
    bench.show(state)
    last = max(state.instances.values(), key=lambda instance: instance.name)
    bench.window.ui_state.select_instance(last.instance_id)
    bench.show(state)
    bench.window.resize(1180, 700)
    bench.workbench.rendering.force()
    table = bench.find(QTableView, "instances_table")
    row = next(r for r in range(table.model().rowCount()) if table.model().index(r, 0).data() == last.name)
    assert table.viewport().rect().contains(table.visualRect(table.model().index(row, 0)))


def test_that_what_could_never_be_read_says_why_and_what_to_do_instead_of_reading_on(bench: Bench) -> None:
    why = ("There are no credentials that can be used.", "Sign in again.")
    topics = (Topic.IDENTITY, Topic.INSTANCES, Topic.SESSIONS)
    bench.show(fold(AppState(), *(PollFailed(NOW, topic, *why) for topic in topics)))
    page = bench.window.experiment
    for table in (page.instances.table, page.sessions.table):
        assert table.empty_text.splitlines() == list(why)
    assert bench.text("banner_place") == "No connection"
    assert bench.text("banner_identity") == " ".join(why)
    bench.show(seeded())
    assert page.sessions.table.empty_text.startswith("No session yet.")
    assert bench.text("banner_identity") == "user/lab-admin", "what is left of it where there is little room"


def test_that_preferences_that_are_still_being_read_are_not_called_unreadable(bench: Bench) -> None:
    unread = replace(armed(seeded()), preferences=None)
    bench.show(unread)
    assert bench.text("experiment_hint") == "The recording preferences are being read. Wait a moment."
    bench.show(fold(unread, PollFailed(NOW, Topic.PREFERENCES, "no", "")))
    assert "could not be read" in bench.text("experiment_hint")


def test_that_a_run_that_is_over_without_a_film_does_not_promise_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(bench.film, "clear", told.append)
    bench.show(recording())
    bench.show(fold(recording(), RunEnded(NOW, RunId("r1"), RunStatus.COMPLETED, "")))
    assert told == ["This run left no film that can be shown. Its verdict says why."]
