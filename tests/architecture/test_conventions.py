"""Conventions that a reader relies on, checked on the source itself."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "rdpgui"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = ("core", "runner", "aws", "media", "report", "ui", "app", "lab")


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("room", ROOMS)
def test_that_each_room_says_what_it_is_for_and_what_it_may_import(room: str) -> None:
    docstring = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""
    assert "import" in docstring.lower()


def test_that_nothing_runs_a_nested_event_loop() -> None:
    banned = {"exec", "exec_", "processEvents", "asyncSlot", "asyncClose"}
    # The lab console is a process of its own without asyncio: its only loop is the outermost one.
    # The window's frame is painted before its loop exists: nothing of ours runs yet that could be entered anew.
    outermost = {("lab/console/process.py", "exec"), ("app/gui.py", "processEvents")}
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno} {name}"
        for path in SOURCES
        for name, call in _calls(ast.parse(path.read_text()))
        if name in banned and (path.relative_to(PACKAGE).as_posix(), name) not in outermost
    ]
    assert found == []


def test_that_time_limits_hold_on_the_first_python_3_11() -> None:
    # WORKAROUND for how Python 3.11.2 (Debian 12) counts cancellations: after a TaskGroup whose child failed, the
    # parent counts as being cancelled, and ``asyncio.timeout`` then ends the task instead of raising TimeoutError.
    # ``asyncio.wait_for`` loses a cancellation that comes with the result, which a loop of polls does not survive:
    # runner/concurrency.py has neither fault. Until Python 3.11 is no longer supported.
    found = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in SOURCES
        for _, call in _calls(ast.parse(path.read_text()))
        if ast.unparse(call.func) == "asyncio.timeout"
        or (ast.unparse(call.func) == "asyncio.wait_for" and _room(path) in {"runner", "app", "ui"})
    ]
    assert found == []


def test_that_slots_become_tasks_only_behind_their_door() -> None:
    doors = {"ui/tasks.py", "app", "runner", "aws", "media", "lab"}
    found = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in SOURCES
        for name, call in _calls(ast.parse(path.read_text()))
        if name in {"create_task", "ensure_future"}
        and _room(path) not in doors
        and str(path.relative_to(PACKAGE)) not in doors
    ]
    assert found == []


def test_that_threads_reach_the_program_only_behind_their_doors() -> None:
    allowed = ("aws/calls.py", "runner/run_line.py", "ui/player/", "app/lab_process.py", "media/", "lab/")
    found = [
        f"{path.relative_to(PACKAGE)}:{call.lineno} {name}"
        for path in SOURCES
        for name, call in _calls(ast.parse(path.read_text()))
        if name in {"Thread", "ThreadPoolExecutor", "QThread", "to_thread"}
        and not str(path.relative_to(PACKAGE)).startswith(allowed)
    ]
    assert found == []


def test_that_no_slot_is_a_lambda() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCES
        for name, call in _calls(ast.parse(path.read_text()))
        if name == "connect" and any(isinstance(argument, ast.Lambda) for argument in call.args)
    ]
    assert found == []


def test_that_the_core_has_no_clock_and_no_randomness() -> None:
    banned = re.compile(r"datetime\.now|time\.time|time\.monotonic|random\.|uuid4|(?<!def )\bopen\(")
    found = [
        f"{path.name}: {line.strip()}"
        for path in (PACKAGE / "core").rglob("*.py")
        for line in path.read_text().splitlines()
        if banned.search(line) and not line.lstrip().startswith(("#", '"'))
    ]
    assert found == []


def test_that_the_pyside_range_leaves_out_the_version_that_aborts() -> None:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "PySide6-Essentials>=6.8,<6.12" in dependencies


def test_that_each_dependency_earns_its_place_in_the_architecture_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "resources" / "docs" / "architecture.md").read_text().lower()
    names = [re.split(r"[\[<>=!; ]", d)[0].lower() for d in project["dependencies"]]
    assert [name for name in names if name not in page] == []
