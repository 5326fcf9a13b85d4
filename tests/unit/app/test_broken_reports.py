"""R1, R2: an exception in any step of a report, or of the papers of a matrix, takes nothing else with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import pytest

from rdpgui.app import evidence, headless
from rdpgui.app.history import RunHistory
from rdpgui.app.left_runs import LeftRuns
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_options import Options
from rdpgui.app.session import WorkSession
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import RunId
from rdpgui.core.journal import read_journal
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.report import html, model, pack
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.matrix import Matrix, Row, RowStatus
from rdpgui.runner.plans import matrix_pairs
from rdpgui.runner.store import Store
from tests.helpers.fake_ports import ports_of
from tests.helpers.many_runs import write_runs
from tests.helpers.simulated_world import SimulatedWorld
from tests.unit.app.test_left_runs import _cut, _missing
from tests.unit.core.samples import good_run


def _steps() -> Iterator[tuple[ModuleType, str]]:
    for module in (html, model, pack, evidence):
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                yield module, name


def _raising(broken: list[str], name: str) -> Any:
    def raise_(*_args: object, **_kwargs: object) -> None:
        broken.append(name)
        raise IndexError(name)

    return raise_


async def _take_up(root: Path, bugs: list[BaseException]) -> RdpguiError | None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context["exception"]))
    store, folders = Store(), FileRunFolders(root)
    history = RunHistory(store, folders)
    runner = ExperimentRunner(replace(ports_of(SimulatedWorld()), folders=folders), store, Settings(), LAB_TIMING)
    try:
        await history.load()
        await LeftRuns(runner, store, history).take_up()
    except RdpguiError as error:
        return error
    finally:
        runner.close()
        await history.aclose()
    return None


@pytest.mark.case("R1", "R2", "R7")
def test_that_a_broken_step_of_a_report_keeps_no_run_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = 0
    for module, name in _steps():
        root = tmp_path / f"{module.__name__}.{name}"
        runs = write_runs(root, 3)
        for run_id in runs[1:]:
            _cut(root / run_id, 9)
        broken: list[str] = []
        bugs: list[BaseException] = []
        with monkeypatch.context() as patch:
            patch.setattr(module, name, _raising(broken, name))
            told = asyncio.run(_take_up(root, bugs))
        for run_id in runs:
            events, _ = read_journal(FileRunFolders(root).lines(root / run_id))
            assert type(events[-1]).__name__ == "RunEnded", name
        assert bool(bugs) == bool(broken) == (told is not None), name
        assert [type(bug) for bug in bugs] == [IndexError] * len(bugs), name
        seen += bool(broken)
        assert asyncio.run(_take_up(root, [])) is None, name
        assert [_missing(root / run_id) for run_id in runs] == [set()] * 3, "the next start writes what is missing"
    assert seen > 10


@pytest.mark.case("R2")
def test_that_a_bug_in_one_report_leaves_the_others_of_a_matrix_and_is_told() -> None:
    plans = [replace(good_run().plan, run_id=RunId(f"r{number}")) for number in range(3)]
    tried: list[str] = []

    async def sign(run_id: str, _settings: Settings) -> None:
        tried.append(run_id)
        if run_id == "r0":
            raise IndexError("a bug")

    async def main() -> list[object]:
        bugs: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context["exception"]))
        rows = [Row(plan, RowStatus.ENDED, replace(good_run(), run_id=plan.run_id)) for plan in plans]
        session: Any = SimpleNamespace(records=SimpleNamespace(sign=sign), settings=Settings())
        matrix: Any = SimpleNamespace(rows=rows)
        with pytest.raises(RdpguiError, match="a bug"):
            await WorkSession.write_reports(session, matrix)
        return bugs

    assert [type(bug) for bug in asyncio.run(main())] == [IndexError]
    assert tried == ["r0", "r1", "r2"]


class _OneRow(Matrix):
    """A matrix whose only run was made."""

    def __init__(self) -> None:
        self._rows = [Row(good_run().plan, RowStatus.ENDED, good_run())]


@pytest.mark.case("R2")
@pytest.mark.logs("Report", "Results")
@pytest.mark.parametrize(("name", "left"), [("matrix_html", "r.json"), ("results_json", "out/report.html")])
def test_that_a_bug_in_one_paper_of_a_matrix_leaves_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, left: str
) -> None:
    (tmp_path / "out").mkdir()
    options = Options(matrix_pairs(), "default", tmp_path, tmp_path / "out", tmp_path / "r.json", False)
    monkeypatch.setattr(headless, name, _raising([], name))
    unwritten: list[RdpguiError] = []
    lines = headless._leave(options, _OneRow(), unwritten)
    assert [name in error.text() for error in unwritten] == [True]
    assert (tmp_path / left).exists() and any(left.rpartition("/")[2] in line for line in lines)
    if left == "r.json":
        assert len(json.loads((tmp_path / left).read_text())["runs"]) == 1
