"""Conventions that a reader relies on, checked on the source itself."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.helpers.sources import PACKAGE, calls

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "runner", "aws", "media", "report", "ui", "app", "lab")


@pytest.mark.parametrize("room", ROOMS)
def test_that_each_room_says_what_it_is_for_and_what_it_may_import(room: str) -> None:
    docstring = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""
    assert "import" in docstring.lower()


def test_that_nothing_runs_a_nested_event_loop() -> None:
    banned = {"exec", "exec_", "processEvents", "asyncSlot", "asyncClose"}
    # The lab console is a process of its own without asyncio: its only loop is the outermost one.
    # The window's frame is painted before its loop exists: nothing of ours runs yet that could be entered anew.
    outermost = {("lab/console/process.py", "exec"), ("app/gui.py", "processEvents")}
    found = [str(call) for call in calls() if call.name in banned and (call.file, call.name) not in outermost]
    assert found == []


def test_that_time_limits_hold_on_the_first_python_3_11() -> None:
    # WORKAROUND for how Python 3.11.2 (Debian 12) counts cancellations: after a TaskGroup whose child failed, the
    # parent counts as being cancelled, and ``asyncio.timeout`` then ends the task instead of raising TimeoutError.
    # ``asyncio.wait_for`` loses a cancellation that comes with the result, which a loop of polls does not survive:
    # runner/concurrency.py has neither fault. Until Python 3.11 is no longer supported.
    found = [call for call in calls() if call.owner == "asyncio" and call.name in {"timeout", "wait_for"}]
    assert [str(c) for c in found if c.name == "timeout" or c.room in {"runner", "app", "ui"}] == []


def test_that_slots_become_tasks_only_behind_their_door() -> None:
    doors = {"ui/tasks.py", "app", "runner", "aws", "media", "lab"}
    begun = [call for call in calls() if call.name in {"create_task", "ensure_future"}]
    assert [str(call) for call in begun if not {call.room, call.file} & doors] == []


def test_that_threads_reach_the_program_only_behind_their_doors() -> None:
    allowed = (
        "threads.py",
        "aws/cli_login.py",
        "runner/run_line.py",
        "ui/player/",
        "media/",
        "lab/",
    )
    begun = [call for call in calls() if call.name in {"Thread", "ThreadPoolExecutor", "QThread", "to_thread"}]
    assert [str(call) for call in begun if not call.file.startswith(allowed)] == []


def test_that_no_thread_of_the_program_can_hold_up_its_end() -> None:
    # The interpreter joins at exit what a ThreadPoolExecutor began (to_thread has one), and every thread but daemons.
    joined = {"ThreadPoolExecutor", "to_thread"}
    assert [str(call) for call in calls() if call.room != "lab" and call.name in joined] == []
    begun = {call.file for call in calls() if call.room != "lab" and call.name == "Thread"}
    lines = [
        line for file in begun for line in (PACKAGE / file).read_text().splitlines() if "threading.Thread(" in line
    ]
    assert lines
    assert [line for line in lines if "daemon=True" not in line] == []


def test_that_no_slot_is_a_lambda() -> None:
    assert [str(call) for call in calls() if call.name == "connect" and call.lambdas] == []


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
