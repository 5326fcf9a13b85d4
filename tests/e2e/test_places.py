"""Another scenario or place is opened without a restart, and nothing of the one before is shown there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QTableView

from rdpgui.core.account_events import IdentityObserved, PlaceOpened
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import AccountEvent, Event
from rdpgui.core.place import Place
from rdpgui.core.run import RunPlan
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.ui.commands import PlaceChoice
from tests.e2e.desk import Desk
from tests.helpers.limits import limit_s
from tests.helpers.processes import is_alive

DEFAULT, ON_INSTANCE = Place(scenario="default"), Place(scenario="recorder-on-instance")


def _dialog() -> QDialog:
    found = [w for w in QApplication.topLevelWidgets() if w.objectName() == "place_dialog" and w.isVisible()]
    assert len(found) == 1
    assert isinstance(found[0], QDialog)
    return found[0]


def _part(kind: type[Any], name: str) -> Any:
    found = _dialog().findChild(kind, name)
    assert found is not None
    return found


def _shows_nothing(desk: Desk) -> bool:
    state = desk.program.store.state
    seen = (state.instances, state.nodes, state.sessions, state.observed_at, state.arming)
    return not any(seen) and state.identity is None and state.preferences is None


@pytest.mark.case("L1")
def test_that_a_place_is_not_left_while_a_run_is_under_way_and_the_reason_is_said(desk: Desk) -> None:
    async def flow() -> None:
        await desk.arm("fin-web-01")
        run = await desk.disrupt("os-shutdown")
        await desk.click("banner_change_place")
        assert "while a run is under way" in _part(QLabel, "place_why_not").text()
        assert not _part(QPushButton, "place_open").isEnabled()
        await desk.click("place_cancel")
        desk.program.commands.place.switch_place(PlaceChoice("lab", "", "", "recorder-on-instance"))
        assert any("while a run is under way" in notice for notice in desk.notices())
        assert desk.program.store.state.place == DEFAULT
        ended = await desk.ended(run)
        assert ended.verdict is not None and ended.verdict.value is VerdictValue.PASS
        assert ended.place == DEFAULT

    desk.run(flow(), limit_s=limit_s(90.0))


@pytest.mark.case("L1", "L2")
def test_that_another_scenario_opens_empty_and_its_runs_are_its_own(desk: Desk) -> None:
    events: list[Event] = []

    def keep(_state: AppState, event: Event) -> None:
        events.append(event)

    async def flow() -> None:
        old = desk.lab.pid
        stop = desk.program.store.subscribe(keep)
        await desk.click("banner_change_place")
        _part(QComboBox, "place_scenario").setCurrentText("recorder-on-instance")
        await desk.click("place_open_lab")
        await desk.until(lambda: desk.program.store.state.place == ON_INSTANCE, limit_s(2.0), "the other place")
        assert _shows_nothing(desk)
        desk.program.workbench.rendering.render()
        assert desk.text("verdict_word") == "–"
        assert desk.find(QTableView, "instances_table").model().rowCount() == 0
        assert "recorder-on-instance" in desk.text("banner_place")
        await desk.until(lambda: desk.is_usable("fin-web-01"), limit_s(40.0), "the other lab can be used")
        assert not is_alive(old)
        moved = next(n for n, event in enumerate(events) if isinstance(event, PlaceOpened))
        first = next(event for event in events[moved + 1 :] if isinstance(event, AccountEvent))
        assert isinstance(first, IdentityObserved | type(events[moved + 1])), "an answer of the lab before came through"
        stop()
        await desk.arm("fin-web-01")
        session, target = desk.program.work.session, desk.instance_id("fin-web-01")
        assert session is not None and target is not None
        plan: RunPlan = session.plan((DisruptionId.OS_SHUTDOWN, AccessType.STANDARD), target)
        # No film will come: the whole limit is waited for.
        ended = await session.run(replace(plan, recording_limit_s=limit_s(0.5)))
        assert ended.place == ON_INSTANCE
        assert ended.verdict is not None and ended.verdict.value is not VerdictValue.PASS
        assert {run.place for run in desk.program.store.state.runs_here} == {ON_INSTANCE}

    desk.run(flow(), limit_s=limit_s(150.0))


@pytest.mark.case("L1", "P4")
def test_that_a_profile_that_does_not_exist_shows_the_history_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))

    async def flow() -> None:
        await desk.click("banner_change_place")
        _part(QLineEdit, "place_profile").setText("nobody")
        _part(QComboBox, "place_region").setEditText("us-east-1")
        await desk.click("place_open")
        await desk.until(lambda: desk.text("banner_place") == "No connection", limit_s(20.0), "no connection")
        assert desk.text("banner_mark") == "AWS"
        assert _shows_nothing(desk)
        assert desk.program.store.state.runs_here == ()
        for page in (1, 2, 3):
            desk.program.window.show_page(page)
            desk.program.workbench.rendering.render()
        assert desk.find(QTableView, "history_table").model().rowCount() == 2
        desk.program.window.show_page(0)
        desk.program.workbench.rendering.render()
        assert desk.text("verdict_word") == "–"
        assert "nobody" in desk.text("sign_in_text")
        assert desk.text("sign_in_command") == "aws configure sso --profile nobody"
        assert not any("nobody" in notice for notice in desk.notices()), "one cause is said once"

    desk.run(flow(), limit_s=limit_s(60.0))


@pytest.mark.case("L1")
def test_that_the_way_back_leads_to_the_runs_of_the_first_place(desk: Desk) -> None:
    async def flow() -> None:
        desk.program.commands.place.switch_place(PlaceChoice("lab", "", "", "default"))
        await desk.until(lambda: desk.is_usable("fin-web-01"), limit_s(40.0), "the first lab can be used again")
        await desk.until(lambda: desk.text("verdict_word") == "PASS", limit_s(5.0), "its run is shown")
        assert not desk.find(QLabel, "verdict_elsewhere").isVisible()
        assert [run.place for run in desk.program.store.state.runs_here] == [DEFAULT]

    desk.run(flow(), limit_s=limit_s(60.0))
