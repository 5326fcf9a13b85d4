"""The recording status of a session that somebody else opened and no run watched, in table and panel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QLabel, QTableView, QWidget

from rdpgui.core.account_events import ObjectsObserved, PlaceOpened, PollFailed, SessionsObserved, Topic
from rdpgui.core.freshness import Moment
from rdpgui.core.ids import SessionId
from rdpgui.core.place import Place
from rdpgui.core.recording import RecordingObject, StatusStatement
from rdpgui.core.session import Session, SessionStatus
from rdpgui.core.state import AppState
from rdpgui.core.watched import Watched, statement_of_session
from rdpgui.ui.models.keyed import KEY_ROLE
from tests.ui import snapshots
from tests.ui.conftest import Bench

LOOK = snapshots.WATCHED
THEIRS = Session(
    SessionId("colleague-0a1b"),
    snapshots.WEB1,
    SessionStatus.CONNECTED,
    active=True,
    started_at=snapshots.NOW - timedelta(minutes=3),
    document_name="AWS-StartPortForwardingSession",
    owner="colleague",
)
OVER = replace(THEIRS, active=False, status=SessionStatus.TERMINATED, ended_at=snapshots.NOW - timedelta(seconds=3))


def _with(state: AppState, *sessions: Session) -> AppState:
    return snapshots.fold(state, SessionsObserved(snapshots.NOW, (*state.sessions, *sessions), LOOK))


def _choose(bench: Bench, session: Session) -> None:
    bench.window.experiment.sessions.session_selected.emit(session.session_id)
    bench.workbench.rendering.render()


def _column(bench: Bench) -> dict[str, str]:
    """Return what the table says of each session's recording."""
    model = bench.find(QTableView, "sessions_table").model()
    cells = [model.index(row, 3) for row in range(model.rowCount())]
    return {str(cell.data(KEY_ROLE)): str(cell.data()) for cell in cells}


def _evidence(bench: Bench) -> str:
    panel = bench.find(QWidget, "recording_panel")
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


@pytest.mark.case("P7")
def test_that_a_colleague_s_session_has_a_status_with_its_basis_beside_a_run_s(bench: Bench) -> None:
    state = _with(snapshots.finished(), THEIRS)
    bench.show(state)
    assert bench.text("recording_word") == "Verified"
    _choose(bench, THEIRS)
    assert bench.text("recording_word") == "Recording"
    assert bench.text("recording_basis").startswith("inferred")
    assert bench.find(QWidget, "recording_basis").property("role") == "inferred"
    assert "No run in the history watched it: no verdict." in _evidence(bench)
    subtitle = bench.window.experiment.recording.subtitle
    assert subtitle.whole == "no run: no verdict"
    assert not {"PASS", "FAIL"} & set(_evidence(bench).split())
    assert not bench.find(QAbstractButton, "recording_console_word").isVisible()
    assert _column(bench)[THEIRS.session_id] == "Recording"
    theirs, mine = THEIRS.session_id, state.sessions[0]
    assert mine.session_id != theirs
    _choose(bench, mine)
    assert bench.text("recording_word") == "Verified"
    assert "No run in the history" not in _evidence(bench)
    assert subtitle.whole == ""


@pytest.mark.case("P7")
def test_that_an_outside_stop_is_followed_without_a_run(bench: Bench) -> None:
    state = _with(snapshots.seeded(), THEIRS)
    bench.show(state)
    _choose(bench, THEIRS)
    assert bench.text("recording_word") == "Recording"
    bench.show(snapshots.fold(state, SessionsObserved(snapshots.NOW, (OVER,), LOOK)))
    assert (bench.text("recording_word"), _column(bench)[OVER.session_id]) == ("Processing", "Processing")
    named, other = (
        ObjectsObserved(
            snapshots.NOW + timedelta(seconds=9),
            snapshots.PREFERENCES.bucket,
            (RecordingObject(snapshots.PREFERENCES.bucket, key, 1000, "e", snapshots.NOW),),
            LOOK,
        )
        for key in (f"r/{OVER.session_id}.mp4", "r/x.mp4")
    )
    over = bench.workbench.looked.state
    bench.show(snapshots.fold(over, other))
    assert (bench.text("recording_word"), _column(bench)[OVER.session_id]) == ("Unknown", "Unknown")
    assert "None names this session" in bench.text("recording_basis")
    bench.show(snapshots.fold(over, named))
    assert (bench.text("recording_word"), _column(bench)[OVER.session_id]) == ("Finished", "Finished")


@pytest.mark.case("P7", "R11")
def test_that_no_clock_runs_on_without_a_look(bench: Bench) -> None:
    state = _with(snapshots.seeded(), THEIRS)
    state = replace(state, looks={t: replace(LOOK, due_s=10.0) for t in state.looks})
    bench.workbench.looked.moment = lambda: Moment(LOOK.at, LOOK.mono_s)
    bench.show(state)
    _choose(bench, THEIRS)
    panel = bench.window.experiment.recording
    running = [timer for timer in panel.findChildren(QTimer) if timer.interval() == 1000]
    assert any(timer.isActive() for timer in running)
    bench.workbench.looked.moment = lambda: Moment(LOOK.at + timedelta(seconds=60), LOOK.mono_s + 60.0)
    bench.workbench.rendering._on_aging()
    assert bench.text("recording_word") == "Unknown"
    assert bench.text("recording_basis").startswith("Last seen at")
    assert not any(timer.isActive() for timer in running)
    assert _column(bench)[THEIRS.session_id] == "Unknown"


@pytest.mark.case("P7")
def test_that_a_source_that_fails_and_another_place_leave_no_word(bench: Bench) -> None:
    state = _with(snapshots.seeded(), THEIRS)
    bench.show(state)
    _choose(bench, THEIRS)
    failed = snapshots.fold(state, PollFailed(snapshots.NOW, Topic.SESSIONS, "denied", ""))
    bench.show(failed)
    assert (bench.text("recording_word"), _column(bench)[THEIRS.session_id]) == ("Unknown", "Unknown")
    bench.show(snapshots.fold(state, PlaceOpened(snapshots.NOW, Place(scenario="other"))))
    assert bench.text("recording_empty") == "The selected session is not listed here."
    assert _evidence(bench).count("Recording") <= 1, "the card's title only"


@pytest.mark.case("P7")
def test_that_a_session_that_is_never_recorded_says_so(bench: Bench) -> None:
    shell = replace(THEIRS, document_name="SSM-SessionManagerRunShell")
    bench.show(_with(snapshots.seeded(), shell))
    _choose(bench, shell)
    assert "SSM-SessionManagerRunShell is not the document of a remote desktop" in bench.text("recording_empty")
    assert _column(bench)[shell.session_id] == "–"
    model = bench.find(QTableView, "sessions_table").model()
    assert "Nothing is recorded of this session" in str(model.index(0, 3).data(3))
    bench.workbench.rendering.force()
    assert "Nothing is recorded" in bench.text("recording_empty")


@pytest.mark.case("P7")
@pytest.mark.parametrize("lab", [True, False])
def test_that_the_panel_is_marked_by_the_session_s_place(bench: Bench, lab: bool) -> None:
    bench.show(_with(snapshots.seeded(lab=lab), THEIRS))
    _choose(bench, THEIRS)
    assert bench.window.experiment.recording.lab_mark.isVisible() is lab


@pytest.mark.case("P7", "X5")
def test_that_only_the_sessions_on_screen_are_asked_about(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SessionId] = []

    def counted(seen: Watched, session: Session) -> StatusStatement | None:
        asked.append(session.session_id)
        return statement_of_session(seen, session)

    monkeypatch.setattr("rdpgui.ui.watched_sessions.statement_of_session", counted)
    many = tuple(replace(OVER, session_id=SessionId(f"s-{number:04d}")) for number in range(1000))
    state = _with(snapshots.seeded(), *many)
    bench.show(state)
    bench.window.grab()
    assert len(set(asked)) < 100
    assert len(asked) == len(set(asked)), "kept as long as nothing else is known"
