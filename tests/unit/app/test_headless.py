"""What an unattended matrix leaves: each paper stands for itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app import headless, lab_run
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_options import Options
from rdpgui.app.run_results import results_json
from rdpgui.app.run_talk import Terminal
from rdpgui.app.session import WorkSession
from rdpgui.core.errors import RdpguiError, StorageFull
from rdpgui.core.instance import InstanceState
from rdpgui.core.place import Place
from rdpgui.core.settings import Settings
from rdpgui.runner.matrix import Matrix, Row, RowStatus
from rdpgui.runner.plans import matrix_pairs
from rdpgui.runner.store import Store
from tests.helpers.virtual_time import FakeClock, run_virtual
from tests.ui.snapshots import INSTANCES, NODES, STOPPED, seeded
from tests.unit.core.samples import good_run


class _NoRuns(Matrix):
    """A matrix of no rows, as far as the papers ask."""

    def __init__(self) -> None:
        self._rows: list[Row] = []


def _options(out: Path, results: Path) -> Options:
    out.mkdir()
    return Options(matrix_pairs(), "default", out.parent, out, results, screenshots=False)


def test_that_a_report_without_room_does_not_take_the_results_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileRunFolders.write_bytes

    def write(self: FileRunFolders, path: Path, data: bytes) -> None:
        if path.name == "report.html":
            raise StorageFull("There is no room for {path}.", "Free some space.", path=str(path))
        real(self, path, data)

    monkeypatch.setattr(FileRunFolders, "write_bytes", write)
    unwritten: list[RdpguiError] = []
    lines = headless._leave(_options(tmp_path / "out", tmp_path / "r.json"), _NoRuns(), unwritten)
    assert json.loads((tmp_path / "r.json").read_text()) == {"place": "lab:default", "scenario": "default", "runs": []}
    assert [type(error) for error in unwritten] == [StorageFull]
    assert any("r.json" in line for line in lines)
    assert not any("report.html" in line for line in lines)


class _TwoRows(Matrix):
    """A matrix of one run that was made and one that was not."""

    def __init__(self) -> None:
        run = replace(good_run(), place=Place(scenario="recorder-on-instance"))
        self._rows = [Row(run.plan, RowStatus.ENDED, run), Row(run.plan, RowStatus.SKIPPED)]


@pytest.mark.case("L1", "L2")
def test_that_results_and_terminal_name_scenario_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = _TwoRows()
    results = json.loads(results_json(matrix, Place(scenario="recorder-on-instance"), tmp_path, tmp_path))
    made, skipped = results["runs"]
    for found in (results, made):
        assert (found["place"], found["scenario"]) == ("lab:recorder-on-instance", "recorder-on-instance")
    assert (skipped["place"], skipped["scenario"]) == (None, None)
    for number, row in enumerate(matrix.rows):
        Terminal(2).progress(number, row)
    said = capsys.readouterr().out.splitlines()
    assert [line.partition("] ")[2].split()[0] for line in said] == ["LAB", "LAB"]


class _Account(WorkSession):
    """A session whose account is the same at every look."""

    def __init__(self, machines: int, online: int) -> None:
        ports: Any = SimpleNamespace(clock=FakeClock())
        self.environment: Any = SimpleNamespace(ports=ports)
        self.settings = Settings()
        stopped = replace(INSTANCES[0], instance_id=STOPPED, state=InstanceState.STOPPED)
        listed = [*INSTANCES[:machines], stopped]
        nodes = {node.instance_id: node for node in NODES[:online]}
        self.store = Store(replace(seeded(), instances={item.instance_id: item for item in listed}, nodes=nodes))

    async def observe_account(self) -> None:
        pass


@pytest.mark.case("S5")
@pytest.mark.parametrize(
    ("machines", "online", "wanted", "waits_s"),
    [(1, 1, 2, 0.0), (2, 2, 2, 0.0), (2, 1, 1, 0.0), (2, 1, 2, lab_run.READY_LIMIT_S)],
)
def test_that_only_machines_that_may_come_up_are_waited_for(
    machines: int, online: int, wanted: int, waits_s: float
) -> None:
    async def flow() -> float:
        account = _Account(machines, online)
        await lab_run._wait_until_usable(account, wanted)
        return float(account.environment.ports.clock.monotonic())

    assert run_virtual(flow()) == pytest.approx(waits_s, abs=1.0)
