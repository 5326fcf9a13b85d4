"""R1: an exception in any panel, model or part of the window, at each event of a run, is a crash report and no more."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import rdpgui.ui.models
import rdpgui.ui.panels
from rdpgui.app.crash import CrashReporter
from rdpgui.core.account_events import PlaceOpened
from rdpgui.core.events import Event
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import IntentRecorded, PhaseEntered, RunEnded
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.ui import (
    actions,
    formats,
    hand_orders,
    labels,
    lanes,
    looked_at,
    pages,
    refusals,
    render,
    render_run,
    run_files,
)
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.ui.conftest import Bench
from tests.ui.snapshots import LAB
from tests.unit.runner.scenes import Scene, run_scene


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(info.name)


PARTS = [
    *_modules(rdpgui.ui.panels), *_modules(rdpgui.ui.models),
    actions, formats, hand_orders, labels, lanes, looked_at, pages, refusals, render, render_run, run_files,
]  # fmt: skip


def _break(module: ModuleType, monkeypatch: pytest.MonkeyPatch, broken: list[str]) -> None:
    """Let every function and method of a module raise, but for what Qt calls by itself (camelCase)."""

    def raising(name: str) -> Any:
        def raise_(*_args: object, **_kwargs: object) -> None:
            broken.append(name)
            raise IndexError(name)

        return raise_

    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", "") != module.__name__:
            continue
        if isinstance(value, FunctionType):
            monkeypatch.setattr(module, name, raising(name))
        if inspect.isclass(value):
            for part, member in list(vars(value).items()):
                if isinstance(member, FunctionType) and part == part.lower() and not part.startswith("__"):
                    monkeypatch.setattr(value, part, raising(f"{name}.{part}"))


@pytest.mark.qt_no_exception_capture
@pytest.mark.logs("unexpected error")
@pytest.mark.case("R1", "R2")
def test_that_a_broken_part_of_the_window_is_a_crash_report_and_the_run_ends_as_it_would_have(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, _ = run_scene(Behaviour())
    seen: dict[str, int] = {}
    for module in PARTS:
        with monkeypatch.context() as patch:
            broken: list[str] = []
            crash = CrashReporter(tmp_path / module.__name__)

            def prepare(scene: Scene, crash: CrashReporter = crash) -> None:
                asyncio.get_running_loop().set_exception_handler(crash.on_loop_exception)

                def view(state: AppState, event: Event) -> None:
                    bench.workbench.looked.state = state
                    if isinstance(event, IntentRecorded | PhaseEntered | RunEnded):
                        bench.workbench.rendering.force()

                scene.store.show(view)
                scene.store.publish(PlaceOpened(scene.world.clock.now(), LAB))
                scene.store.publish(scene.events[0])  # who calls is asked anew in a place

            patch.setattr(sys, "excepthook", lambda _kind, error, _trace, crash=crash: crash.report(error))
            _break(module, patch, broken)
            scene, run = run_scene(Behaviour(), prepare=prepare)
            assert run.status is RunStatus.COMPLETED, module.__name__
            assert run.verdict is not None and run.verdict.value is VerdictValue.PASS, module.__name__
            assert scene.names()[3:] == good.names()[1:], module.__name__
            assert scene.world.calls.count(f"ec2:StopInstances {TARGET}") == 1
            bundles = list((tmp_path / module.__name__).glob("crash-*.txt"))
            assert bool(bundles) == bool(broken), module.__name__
            seen[module.__name__] = len(broken)
    assert sum(map(bool, seen.values())) > len(seen) / 2, seen
