"""What the window shows of thousands of runs, sessions and claims costs what changed, not what is there."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QWidget

from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import Session, SessionStatus
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.models.sessions import SessionRow
from rdpgui.ui.panels import history as history_module
from rdpgui.ui.panels.claims import NAMED, ClaimCard, ClaimView
from rdpgui.ui.panels.history import HistoryPanel, _as_told
from rdpgui.ui.tokens import Tone
from tests.ui.conftest import Bench
from tests.ui.snapshots import LAB, NOW, seeded

COUNT = 60


def _lines() -> dict[RunId, RunSummary]:
    lines = (
        RunSummary(
            RunId(f"r{number:03d}"), NOW + timedelta(minutes=number), RunStatus.COMPLETED, Phase.DONE, NOW, LAB.key,
            session_id=SessionId(f"s{number}"), recording=RecordingStatus.FINISHED, basis=Basis.OBSERVED,
        )
        for number in range(COUNT)
    )  # fmt: skip
    return {line.run_id: line for line in lines}


@pytest.mark.case("X10")
def test_that_another_line_of_the_history_is_told_alone(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def counted(line: RunSummary, now: Mapping[RunId, RunSummary], gone: Set[RunId]) -> RunSummary:
        told.append(line.run_id)
        return _as_told(line, now, gone)

    monkeypatch.setattr(history_module, "_as_told", counted)
    panel, lines, key = HistoryPanel(), _lines(), RunId("r007")
    model = panel.table.model()
    panel.show_runs(lines, {})
    assert len(told) == COUNT
    told.clear()
    panel.show_runs({**lines, key: lines[key]._replace(name="renamed")}, {})
    assert told == [key]
    assert [model.index(row, 3).data() for row in range(COUNT)].count("renamed") == 1
    gone = {key: lines[key]._replace(name="told now")}
    panel.show_runs(lines, gone)
    assert [model.index(row, 3).data() for row in range(COUNT)].count("told now") == 1
    panel.show_runs(lines, {})
    assert [model.index(row, 3).data() for row in range(COUNT)].count("told now") == 0
    few = frozenset({RunId("r001"), RunId("r002")})
    told.clear()
    panel.show_runs(lines, {}, few)
    panel.show_runs(lines, {}, few)
    assert sorted(told) == sorted(few)
    assert {run_id for run_id, line in panel._lines.items() if line.film_gone} == few
    panel.show_runs({**lines, key: lines[key]._replace(archived=True)}, {})
    assert not any(line.film_gone for line in panel._lines.values())
    assert model.rowCount() == COUNT - 1  # it belongs elsewhere now
    panel.show_runs({other: line for other, line in lines.items() if other != key}, {})
    assert model.rowCount() == COUNT - 1
    panel.deleteLater()


@pytest.mark.case("X5")
def test_that_the_same_sessions_are_the_same_rows_and_statements_are_not_made_anew(bench: Bench) -> None:
    state = seeded()
    sessions = tuple(
        Session(SessionId(f"s{number}"), InstanceId("i-1"), SessionStatus.TERMINATED, False, NOW)
        for number in range(COUNT)
    )
    state = replace(state, history=_lines(), sessions=sessions)
    bench.show(state)
    rows = _session_rows(bench)
    assert [row.statement and row.statement.status for row in rows] == [RecordingStatus.FINISHED] * COUNT
    key = RunId("r003")
    bench.show(replace(state, history={**state.history, key: state.history[key]._replace(basis=Basis.INFERRED)}))
    again = _session_rows(bench)
    assert sum(row is not before for row, before in zip(again, rows, strict=True)) == 1


def _session_rows(bench: Bench) -> list[SessionRow]:
    return sorted(bench.window.experiment.sessions._rows, key=lambda row: int(row.session.session_id[1:]))


@pytest.mark.case("X5")
def test_that_columns_are_fitted_to_the_rows_in_view_not_to_thousands(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[int] = set()
    read = KeyedTableModel.data

    def noted(model: KeyedTableModel[Any], index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        asked.add(index.row())
        return read(model, index, role)

    monkeypatch.setattr(KeyedTableModel, "data", noted)
    sessions = tuple(
        Session(SessionId(f"s{number}"), InstanceId("i-1"), SessionStatus.TERMINATED, False, NOW)
        for number in range(500)
    )
    bench.show(replace(seeded(), sessions=sessions))
    for _turn in range(3):
        QApplication.processEvents()
    assert asked
    assert max(asked) < 100


def test_that_a_claim_of_thousands_of_runs_names_the_newest_few(qapp: object) -> None:
    card = ClaimCard()
    ids = tuple(f"run-{number}" for number in range(1000))
    card.show_claim(ClaimView("C1", "It holds.", "", "supported", Tone.OK, "", ids))
    runs = card.findChild(QWidget, "claim_runs")
    assert runs is not None
    lines = runs.toolTip().splitlines()
    assert lines[:2] == ["run-999", "run-998"]
    assert lines[-1] == "980 more"
    assert len(lines) == NAMED + 1
    card.deleteLater()
