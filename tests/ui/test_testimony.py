"""A person is a witness only of a film on screen, says it on purpose, and may take it back until the next run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from rdpgui.core.codec import dumps, loads
from rdpgui.core.ids import RunId
from rdpgui.core.people_events import ConfirmationWithdrawn, VisuallyConfirmed
from rdpgui.core.run_events import CandidatesFound, FilmInspected, FilmSaved, StatusStated
from rdpgui.core.state import AppState
from rdpgui.core.testimony import counted_answer, may_testify, may_withdraw
from rdpgui.core.verdict import VerdictValue, VisualConfirmation
from rdpgui.report.html import run_html
from rdpgui.ui.plain import told_tip
from tests.ui import snapshots
from tests.ui.conftest import Bench

R1 = RunId("r1")
_OF_FILM = (CandidatesFound, FilmSaved, FilmInspected, StatusStated)


@pytest.fixture
def bench(kept_bench: Bench) -> Bench:
    """One window for all of them."""
    kept_bench.forget()
    return kept_bench


def _without_film() -> AppState:
    events = (event for event in snapshots.run_events(value=VerdictValue.FAIL) if not isinstance(event, _OF_FILM))
    return snapshots.fold(snapshots.seeded(), *events)


def _said(state: AppState, *, film_s: float | None = 4.98) -> AppState:
    film = "" if film_s is None else "film.mp4"
    confirmation = VisualConfirmation(True, "ana", snapshots.NOW, film, film_s)
    return snapshots.fold(state, VisuallyConfirmed(snapshots.NOW, R1, confirmation))


@pytest.mark.case("L3")
def test_that_nobody_is_a_witness_without_a_film(bench: Bench) -> None:
    state = _without_film()
    assert not may_testify(state.runs[R1])
    bench.show(state)
    assert bench.text("verdict_word") == "FAIL"
    for name in ("visual_yes", "visual_no"):
        assert not bench.find(QAbstractButton, name).isVisible()
    for name in ("see-yes", "see-no"):
        action = bench.window.actions_by_name[name]
        assert not action.isEnabled() and "on screen" in told_tip(action)
        action.trigger()
    bench.window.experiment.verdict.visually_confirmed.emit(True)
    assert bench.commands.orders == []


@pytest.mark.case("L3")
def test_that_a_witness_speaks_of_the_picture_on_screen_only(bench: Bench) -> None:
    bench.show(snapshots.finished())
    button = bench.find(QAbstractButton, "visual_yes")
    assert button.isEnabled()
    bench.film.clear()  # closed, or another film is looked at
    assert not button.isEnabled() and "on screen" in told_tip(button)
    bench.window.experiment.verdict.visually_confirmed.emit(True)
    assert bench.commands.orders == []
    bench.workbench.rendering.force()
    other = snapshots.facts(snapshots.NOW)
    bench.film.show_film(bench.folder / "somebody-elses.mp4", other, starts_at=None, lab=False)
    assert not button.isEnabled()
    own = bench.folder / "film.mp4"
    bench.film.show_film(own, other, starts_at=None, lab=True)
    assert button.isEnabled()
    button.click()
    assert bench.commands.orders == [("confirm_visual", R1, True, "film.mp4", 4.98)]


@pytest.mark.case("L3")
def test_that_no_single_key_writes_evidence(bench: Bench) -> None:
    bench.show(snapshots.finished())
    keys = [QKeySequence(f"Ctrl+{letter}") for letter in "YN"]
    taken = {keys for _spec, action in bench.window.actions_by_name.items() for keys in action.shortcuts()}
    assert not taken & set(keys)
    bench.window.activateWindow()
    for key in (Qt.Key.Key_Y, Qt.Key.Key_N):
        for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
            QTest.keyClick(bench.window, key, modifier)
    assert bench.commands.orders == []


@pytest.mark.case("L3")
def test_that_the_answer_can_be_taken_back_until_the_next_run(bench: Bench) -> None:
    state = _said(snapshots.finished())
    bench.show(state)
    assert "yes, at 4.98 s" in bench.find(QWidget, "check_visual").accessibleName()
    bench.press("visual_undo")
    assert bench.commands.orders == [("withdraw_visual", R1)]
    back = snapshots.fold(state, ConfirmationWithdrawn(snapshots.NOW, R1, "ana"))
    assert back.runs[R1].confirmation is None and may_testify(back.runs[R1])

    later = snapshots.fold(state, *snapshots.run_events("r2", start=snapshots.NOW + timedelta(seconds=1))[:2])
    assert may_withdraw(state, state.runs[R1]) and not may_withdraw(later, later.runs[R1])
    bench.window.ui_state.select_run(R1)
    bench.show(later)
    button = bench.find(QAbstractButton, "visual_undo")
    assert not button.isEnabled() and "another run" in told_tip(button)
    bench.window.experiment.verdict.withdraw_requested.emit()
    assert len(bench.commands.orders) == 1


@pytest.mark.case("L3")
def test_that_the_report_names_the_picture_and_no_witness_under_a_fail_without_film() -> None:
    run = _said(snapshots.finished()).runs[R1]
    assert "ana sees the shutdown" in run_html(run) and "on the picture at 4.980 s of film.mp4" in run_html(run)
    none = _said(_without_film(), film_s=None).runs[R1]
    assert none.confirmation is not None and counted_answer(none) is None
    assert "sees the shutdown (" not in run_html(none) and "there is no film to look at" in run_html(none)


def test_that_an_answer_of_an_earlier_version_is_read() -> None:
    event = VisuallyConfirmed(snapshots.NOW, R1, VisualConfirmation(True, "ana", snapshots.NOW))
    line = dumps(event).replace(',"film":"","film_s":null', "")
    assert "film" not in line and loads(line) == event
