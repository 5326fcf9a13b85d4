"""The program with its lab, as a person or a terminal starts it; no child process may outlive a test module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rdpgui.app import cli, environment
from tests.e2e import terminal
from tests.e2e.desk import Desk
from tests.e2e.patience import patient_timing
from tests.helpers.processes import children_of_this_process
from tests.helpers.waiting import wait_for

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as end to end."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


Here = Callable[[Sequence[str | Path]], tuple[int, str, str]]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run a command that is refused or ends at once in this process: exit status, standard output and error."""
    quiet = terminal.environment()
    for name in set(os.environ) - set(quiet) | {"LANGUAGE", "LC_ALL", "LC_MESSAGES"}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", quiet["LANG"])

    def run(arguments: Sequence[str | Path]) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture(autouse=True, scope="module")
def no_child_is_left() -> Iterator[None]:
    """Fail when a module leaves a process behind."""
    before = set(children_of_this_process())
    yield
    wait_for(lambda: not set(children_of_this_process()) - before, limit_s=10.0)


@pytest.fixture(scope="module")
def still_between_tests() -> Iterator[None]:
    """Keep pytest-qt from turning Qt's events while no loop of asyncio runs.

    A module's window outlives its tests; its timers would step coroutines outside of a running loop.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pytestqt.plugin._process_events", _nothing)
        yield


def _nothing() -> None:
    return None


@pytest.fixture(scope="module")
def module_patch() -> Iterator[pytest.MonkeyPatch]:
    """Patches for as long as a module."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def desk(
    qapp: Any, still_between_tests: None, module_patch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """One window on one lab for a module."""
    module_patch.setattr(environment, "LAB_TIMING", patient_timing())
    made = Desk(qapp, tmp_path_factory.mktemp("data"))
    try:
        made.run(made.at_rest("fin-web-01"), limit_s=60.0)
        yield made
    finally:
        made.close()


@pytest.fixture
def faults(desk: Desk) -> Iterator[Callable[..., None]]:
    """Add fault rules to the module's lab; they are gone after the test."""

    def add(kind: str, **members: object) -> None:
        desk.run(desk.lab.control("POST", "/_lab/faults", {"kind": kind, **members}))

    yield add
    desk.run(desk.lab.control("DELETE", "/_lab/faults"))
