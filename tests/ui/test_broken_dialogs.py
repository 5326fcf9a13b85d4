"""R1: an exception in any dialog, opened and pressed at each phase of a run, is a crash report and no more."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog

import rdpgui.ui.dialogs
from rdpgui.app.crash import CrashReporter
from rdpgui.core.account_events import IdentityObserved, PlaceOpened
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.remark import Remark
from rdpgui.core.repair import Repair, RepairKind
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import PhaseEntered
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue
from rdpgui.ui.dialogs.about import AboutDialog
from rdpgui.ui.dialogs.access_requests import AccessRequestsDialog
from rdpgui.ui.dialogs.close_question import CloseDialog
from rdpgui.ui.dialogs.confirm import ConfirmDialog
from rdpgui.ui.dialogs.delete_runs import DeleteDialog
from rdpgui.ui.dialogs.faults import FaultsDialog
from rdpgui.ui.dialogs.matrix import MatrixDialog
from rdpgui.ui.dialogs.mfa import MfaDialog
from rdpgui.ui.dialogs.open_film import OpenFilmDialog
from rdpgui.ui.dialogs.order import Order, OrderDialog
from rdpgui.ui.dialogs.palette import PaletteDialog
from rdpgui.ui.dialogs.place import PlaceDialog
from rdpgui.ui.dialogs.preflight import PreflightDialog
from rdpgui.ui.dialogs.remark import RemarkDialog
from rdpgui.ui.dialogs.repair import RepairDialog
from rdpgui.ui.dialogs.settings import SettingsDialog
from rdpgui.ui.dialogs.shortcuts import ShortcutsDialog
from rdpgui.ui.dialogs.whose import WhoseDialog
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.ui.conftest import Bench
from tests.ui.snapshots import INSTANCES, LAB, seeded
from tests.ui.test_broken_views import _break
from tests.unit.runner.scenes import Scene, run_scene

IDENTITY = cast("IdentityObserved", seeded().identity)
REPAIR = Repair(RepairKind.BUCKET_POLICY, "bucket", "", "{}")
HOW = ("nothing", "its parts", "its making")
"""What of a dialog is broken."""
KIND, ORDER = DISRUPTIONS[DisruptionId.EC2_STOP], Order("Stop?", "It stops.", [("Instance", "web")], "Go")


def _openers(bench: Bench) -> dict[str, Callable[[], QDialog]]:
    """Return what makes each dialog, by the name of its module."""
    window, settings = bench.window, bench.window.settings
    confirm = partial(ConfirmDialog, KIND, INSTANCES[0], IDENTITY, AccessType.STANDARD, restore=True, parent=window)
    return {
        "about": lambda: AboutDialog(bench.workbench.looked.state, (), window),
        "access_requests": partial(AccessRequestsDialog, "web", "unknown", window),
        "close_question": lambda: CloseDialog(bench.workbench.looked.state.active_runs, window),
        "confirm": confirm,
        "delete_runs": partial(DeleteDialog, ["r1", "r2"], wastebasket=True, parent=window),
        "faults": partial(FaultsDialog, window),
        "matrix": partial(MatrixDialog, IDENTITY, INSTANCES, whole=True, parent=window),
        "mfa": partial(MfaDialog, "arn:aws:iam::1:mfa/me", parent=window),
        "open_film": partial(OpenFilmDialog, window),
        "order": partial(OrderDialog, ORDER, window),
        "palette": partial(PaletteDialog, window.actions_by_name, window),
        "place": partial(PlaceDialog, settings, ("default",), "", window),
        "preflight": partial(PreflightDialog, "web", window),
        "remark": partial(RemarkDialog, "r1", Remark(), Remark(), window),
        "repair": partial(RepairDialog, REPAIR, IDENTITY, undo=False, parent=window),
        "settings": partial(SettingsDialog, settings, "lab", window),
        "shortcuts": partial(ShortcutsDialog, window),
        "whose": partial(WhoseDialog, [("Owner", "ann")], window),
    }


def _open_and_press(make: Callable[[], QDialog]) -> None:
    """Open a dialog, press all its buttons, and close it: what a person may do while a run goes on."""
    dialog = make()
    dialog.open()
    for button in dialog.findChildren(QAbstractButton):
        if button.isEnabled():
            button.click()
    dialog.close()


def _break_making(module: ModuleType, patch: pytest.MonkeyPatch, broken: list[str]) -> None:
    """Let every dialog of a module raise while it is made."""

    def raise_(self: QDialog, *_args: object, **_kwargs: object) -> None:
        broken.append(type(self).__name__)
        raise IndexError(type(self).__name__)

    for value in list(vars(module).values()):
        if inspect.isclass(value) and issubclass(value, QDialog) and value.__module__ == module.__name__:
            patch.setattr(value, "__init__", raise_)


def _close_all() -> None:
    for top in QApplication.topLevelWidgets():
        if isinstance(top, QDialog | QFileDialog):
            top.close()
            top.deleteLater()


def _try(bench: Bench, module: ModuleType, make: Callable[[], QDialog], logs: Path, how: str) -> list[str]:
    """Run with a dialog that is broken, and assert that the run is none the worse; returns what was broken."""
    crash, broken, pressed = CrashReporter(logs), list[str](), list[Phase]()
    action = QAction()
    action.triggered.connect(partial(_open_and_press, make))

    def view(state: AppState, event: Event) -> None:
        bench.workbench.looked.state = state
        if isinstance(event, PhaseEntered):
            pressed.append(event.phase)
            action.trigger()
            _close_all()

    def prepare(scene: Scene) -> None:
        asyncio.get_running_loop().set_exception_handler(crash.on_loop_exception)
        scene.store.show(view)
        scene.store.publish(PlaceOpened(scene.world.clock.now(), LAB))
        scene.store.publish(scene.events[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "excepthook", lambda _kind, error, _trace: crash.report(error))
        if how == "its parts":
            _break(module, patch, broken)
        if how == "its making":
            _break_making(module, patch, broken)
        scene, run = run_scene(Behaviour(), prepare=prepare)
    assert run.status is RunStatus.COMPLETED, module.__name__
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS, module.__name__
    assert scene.world.calls.count(f"ec2:StopInstances {TARGET}") == 1
    assert pressed == list(Phase), module.__name__
    told = list(logs.glob("crash-*.txt"))
    assert told if broken else how != "nothing" or not told, module.__name__
    return broken


@pytest.mark.case("R1", "R2")
def test_that_every_dialog_is_tried(bench: Bench) -> None:
    assert sorted(_openers(bench)) == sorted(i.name for i in pkgutil.iter_modules(rdpgui.ui.dialogs.__path__))


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
@pytest.mark.qt_no_exception_capture
@pytest.mark.logs("unexpected error")
# Python 3.13 tells what PySide6 asks of a callable in passing (im_func); it is no fault of a dialog.
@pytest.mark.filterwarnings("ignore:Exception ignored in PyObject_HasAttr:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.case("R1", "R2")
def test_that_a_broken_dialog_is_a_crash_report_and_the_run_ends_as_it_would_have(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda _url: True)
    openers = _openers(bench)
    seen = 0
    for name in openers:
        module = importlib.import_module(f"rdpgui.ui.dialogs.{name}")
        found = [_try(bench, module, openers[name], tmp_path / f"{name} {how}", how) for how in HOW]
        assert found[0] == [] and found[2], name
        seen += bool(found[1])
    assert seen > len(openers) / 2
