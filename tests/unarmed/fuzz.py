"""Presses, types, chooses and waits at random in the real window of an account, never arming, never confirming.

Dropped on purpose: the order to arm (it may be pressed, and nothing comes of it), and the switch to another place,
which has clients of its own. Never typed: the account's number into the matrix's question, which is a person's consent.
Everything else that can be reached is pressed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from rdpgui.app.crash import CrashReporter
from rdpgui.app.history import RunHistory
from rdpgui.app.paths import Paths
from rdpgui.app.program import Program
from rdpgui.app.records import RunRecords
from rdpgui.app.session import WorkSession
from rdpgui.core.account_events import PlaceOpened
from rdpgui.core.instance import InstanceState
from rdpgui.core.place import Place
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.threads import DaemonPool
from rdpgui.ui.theme import Theming
from tests.helpers.fake_ports import ports_of
from tests.helpers.simulated_world import ACCOUNT, OTHER, REGION, TARGET, Behaviour, SimulatedWorld
from tests.helpers.virtual_time import run_virtual

READS = ("Describe", "Get", "List", "Head", "Lookup", "Simulate")
NO_CALLS = ("open", "close")
"""The person's own browser: what opens and ends a connection on AWS."""
PRESSES = 10
SEQUENCES_A_WINDOW = 200
TYPED = ("", "x", "win-0", "win-1", str(TARGET), "stop", "run", "\u202e", "9" * 40)
KEYS = (
    Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Up,
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What the sequences of one window came to.

    Attributes:
        pressed: what was done, newest last. changes: calls that are no reads. reads: how many others.
        bugs: unexpected exceptions. armed: something was armed.
    """

    sequences: int
    pressed: int
    reads: int
    changes: tuple[str, ...]
    bugs: tuple[str, ...]
    armed: bool
    last: tuple[str, ...]


def changes(calls: list[str]) -> list[str]:
    """Return the calls that are no reads; DryRun is none."""
    sent = [call for call in calls if not call.startswith(NO_CALLS)]
    return [call for call in sent if not call.partition(":")[2].startswith(READS)]


def fuzz_window(theming: Theming, folder: Path, seed: int, sequences: int = SEQUENCES_A_WINDOW) -> Found:
    """Try sequences in one window, in virtual time."""
    return run_virtual(_Fuzz(theming, folder, seed).run(sequences))


class _Fuzz:
    """One window, and who presses in it."""

    def __init__(self, theming: Theming, folder: Path, seed: int) -> None:
        self._theming = theming
        self._folder = folder
        self._seed = seed
        self._random = Random(seed)
        self._last: list[str] = []
        self._pressed = 0

    async def run(self, sequences: int) -> Found:
        self._world = world = SimulatedWorld(Behaviour(lab=False, latency_s=0.0))
        bugs: list[str] = []
        crash = CrashReporter(self._folder / "logs")
        crash.on_bundle = lambda what, _path: bugs.append(what)
        asyncio.get_running_loop().set_exception_handler(crash.on_loop_exception)
        paths = Paths(self._folder, self._folder / "data", self._folder / "logs")
        self._program = program = Program(self._theming, paths, Settings(player="pyav"), None, crash)
        crash.on_bundle = lambda what, _path: bugs.append(what)
        done, calls = 0, 0
        with _quiet():
            program.show()
            await self._open(program, world)
            program.window.setUpdatesEnabled(False)  # painting calls nothing, and costs most
            for number in range(sequences):
                self._random = Random(f"{self._seed} {number}")
                await self._sequence()
                done += 1
                calls = len(world.calls)
                if bugs or changes(world.calls) or program.store.state.armings:
                    break
            armed = bool(program.store.state.armings)
            await self._close(program)
        wrong = changes(world.calls)
        return Found(done, self._pressed, calls - len(wrong), tuple(wrong), tuple(bugs), armed, tuple(self._last[-30:]))

    async def _open(self, program: Program, world: SimulatedWorld) -> None:
        """Give the program an account that is a simulated world."""

        async def nothing(*_args: object, **_kwargs: object) -> tuple[()]:
            return ()

        async def no_regions() -> dict[str, str]:
            return {}

        place = Place(account_id=ACCOUNT, region=REGION)
        changed = partial(self._changed, world)
        repairs = SimpleNamespace(value=nothing, put=changed)
        preflight, regions = SimpleNamespace(preflight=nothing), SimpleNamespace(opt_in=no_regions)
        shells = SimpleNamespace(settings=partial(self._preferences_read, world))
        aws: Any = SimpleNamespace(
            preflight=preflight, sign_in=None, repairs=repairs, regions=regions, shell_logs=shells
        )
        environment: Any = SimpleNamespace(
            ports=ports_of(world), aws=aws, films=ports_of(world).films, timing=LAB_TIMING, place=place, lab=False,
            aclose=nothing,
        )  # fmt: skip
        program.store.publish(PlaceOpened(world.clock.now(), place))
        history = RunHistory(program.store, program.folders, program.workbench.rendering.render_state)
        records = program.work.records = RunRecords(program.store, history, world.clock)
        session = program.work.session = WorkSession(environment, program.store, program.work.settings, records)
        await history.load()
        program.work.scope.start("watch", session.watchers.start())
        await program.store.until(lambda state: bool(state.instances), 60.0)
        await self._turn(1.0)

    @staticmethod
    async def _preferences_read(world: SimulatedWorld) -> None:
        """The preferences of shells, which were never saved."""
        world.calls.append("ssm:GetDocument")

    @staticmethod
    async def _changed(world: SimulatedWorld, *_args: object) -> None:
        """A repair that was made."""
        world.calls.append("kms:PutKeyPolicy")

    async def _close(self, program: Program) -> None:
        for dialog in _dialogs():
            dialog.reject()
        program.leave()
        await program.live(open_environment=False)
        program.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    async def _sequence(self) -> None:
        for _press in range(self._random.randint(1, PRESSES)):
            await self._press()
            await self._turn(self._random.choice((0.0, 0.0, 0.05, 1.0)))
        if self._random.random() < 0.5:
            for dialog in _dialogs():
                dialog.reject()
        if self._random.random() < 0.1:
            await self._turn(30.0)

    async def _turn(self, seconds: float) -> None:
        """Let the loop and the window go on."""
        for part in range(3):
            await asyncio.sleep(seconds / 3 if part else 0)
            QApplication.processEvents()

    async def _press(self) -> None:
        self._pressed += 1
        acts: tuple[Callable[[], None], ...] = (
            self._click, self._click, self._click, self._trigger, self._trigger, self._choose_row, self._choose_row,
            self._choose, self._type, self._key, self._happen,
        )  # fmt: skip
        self._random.choice(acts)()

    def _note(self, what: str) -> None:
        self._last.append(what)
        del self._last[:-60]

    def _widgets(self, kind: type[Any]) -> list[Any]:
        """Return what can be reached now: in the newest dialog, else in the window."""
        dialogs = _dialogs()
        top: QWidget = dialogs[-1] if dialogs else self._program.window
        return [item for item in top.findChildren(kind) if item.isVisible() and item.isEnabled()]

    def _click(self) -> None:
        found = self._widgets(QAbstractButton)
        if found:
            button = self._random.choice(found)
            self._note(f"click {button.objectName() or button.text()}")
            menu = button.menu() if isinstance(button, QPushButton | QToolButton) else None
            if menu is None:
                button.click()
                return
            menu.aboutToShow.emit()  # a menu that is shown waits for a person
            offered = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
            if offered:
                self._random.choice(offered).trigger()

    def _trigger(self) -> None:
        actions = self._program.window.actions_by_name
        name = self._random.choice([spec.name for spec, _action in actions.items()])
        if actions[name].isEnabled() and not _dialogs():
            self._note(f"trigger {name}")
            actions[name].trigger()

    def _choose_row(self) -> None:
        views = [view for view in self._widgets(QAbstractItemView) if view.model() and view.model().rowCount()]
        if not views:
            return
        view = self._random.choice(views)
        model = view.model()
        index = model.index(self._random.randrange(model.rowCount()), 0)
        self._note(f"row {index.row()} of {view.objectName()}")
        view.setCurrentIndex(index)
        if index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            model.setData(index, self._random.choice((0, 2)), Qt.ItemDataRole.CheckStateRole)
        if self._random.random() < 0.3:
            view.activated.emit(index)
            view.doubleClicked.emit(index)

    def _choose(self) -> None:
        found = [box for box in self._widgets(QComboBox) if box.count()]
        if found:
            box = self._random.choice(found)
            self._note(f"choose in {box.objectName()}")
            box.setCurrentIndex(self._random.randrange(box.count()))

    def _type(self) -> None:
        found = self._widgets(QLineEdit)
        if found:
            line = self._random.choice(found)
            text = self._random.choice(TYPED)
            self._note(f"type {text!r} into {line.objectName()}")
            line.setText(text)
            line.editingFinished.emit()

    def _key(self) -> None:
        dialogs = _dialogs()
        target = QApplication.focusWidget() or (dialogs[-1] if dialogs else self._program.window)
        key = self._random.choice(KEYS)
        self._note(f"key {key.name} to {target.objectName()}")
        QTest.keyClick(target, key)

    def _happen(self) -> None:
        """Somebody else does something, or time passes."""
        world, target = self._world, self._random.choice((TARGET, OTHER))
        happenings: dict[str, Callable[[], None]] = {
            "stopped": lambda: world.shut_down(target, restart=False, code="Client.UserInitiatedShutdown"),
            "rebooted": lambda: world.shut_down(target, restart=True, code=""),
            "started": lambda: _start(world, target),
            "connected": lambda: world.open(target, self._random.choice(tuple(AccessType))),
            "left": lambda: world.disconnect(target),
        }
        name = self._random.choice(sorted(happenings))
        self._note(f"{target} {name}")
        happenings[name]()


def _at_once(_pool: object, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
    """Do the work of a pool here and now."""
    future: Future[Any] = Future()
    try:
        future.set_result(work(*args, **kwargs))
    except Exception as error:  # noqa: BLE001 - it is whose who asked
        future.set_exception(error)
    return future


def _start(world: SimulatedWorld, target: Any) -> None:
    if world.machines[target].item.state is InstanceState.STOPPED:
        world.power_on(target)


def _dialogs() -> list[QDialog]:
    for menu in [top for top in QApplication.topLevelWidgets() if isinstance(top, QMenu) and top.isVisible()]:
        menu.close()
    return [top for top in QApplication.topLevelWidgets() if isinstance(top, QDialog) and top.isVisible()]


@contextmanager
def _quiet() -> Iterator[None]:
    """Arm nothing, stay in the place, and open no file dialog and no other program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rdpgui.app.session.ArmingDesk.arm", lambda *_a: None)
        patch.setattr("rdpgui.app.place_commands.PlaceCommands.switch_place", lambda *_a: None)
        patch.setattr(QApplication, "setStyleSheet", lambda *_a: None)  # a second each, and colours call nothing
        patch.setattr(DaemonPool, "submit", _at_once)  # a thread knows nothing of virtual time
        patch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda _url: True)
        for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName"):
            patch.setattr(f"PySide6.QtWidgets.QFileDialog.{name}", lambda *_a, **_k: ("", ""))
        patch.setattr("PySide6.QtWidgets.QFileDialog.getExistingDirectory", lambda *_a, **_k: "")
        yield


def replayed(found: Found) -> str:
    """Return the last presses, for a message."""
    return "\n".join(found.last) + f"\n{replace(found, last=())}"
