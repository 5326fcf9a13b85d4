"""The real window on the real lab, driven as a person drives it: by clicks, and judged by what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import PySide6  # noqa: F401  (before qasync, which otherwise prefers another binding)
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTableView, QWidget
from qasync import QEventLoop

from rdpgui.app.crash import CrashReporter
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.paths import user_paths
from rdpgui.app.program import Program
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import InstanceState
from rdpgui.core.settings import Language, Settings
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckResult
from rdpgui.ui.theme import Theming
from tests.conftest import quiet
from tests.helpers import limits
from tests.helpers.limits import Limit

T = TypeVar("T")
LEFT = Qt.MouseButton.LeftButton


class Desk:
    """One window on one lab. ``run`` drives it with one coroutine; between two runs it stands still.

    Attributes:
        program: the program under test. folder: its data folder.
    """

    def __init__(self, app: QApplication, folder: Path, *, scenario: str = "default") -> None:
        self.folder = folder
        settings = Settings(language=Language.ENGLISH)
        lab = LabProcess()
        lab.spawn(scenario=scenario, language="en")
        self._runner = asyncio.Runner(loop_factory=lambda: quiet(QEventLoop(app)), debug=False)
        self._runner.get_loop()
        paths = user_paths(folder)
        self.lab = lab
        theming = Theming(app)
        theming.start(settings.theme, dressed=False)
        self.program = Program(theming, paths, settings, lab, CrashReporter(paths.logs))
        self.program.show()
        self.life: asyncio.Task[None] | None = None

    @property
    def window(self) -> QWidget:
        """The main window."""
        return self.program.window

    def run(self, flow: Coroutine[Any, Any, T], *, limit_s: float = 60.0) -> T:
        """Run one coroutine on the program's loop; ``limit_s`` is enough on a quiet machine."""

        async def bounded() -> T:
            if self.life is None:
                self.life = asyncio.get_running_loop().create_task(self.program.live(), name="life")
            async with asyncio.timeout(limits.limit_s(limit_s)):
                return await flow

        # Not run_until_complete: it turns Qt's events once more after the loop has stopped, which would step
        # the program's coroutines outside of a running loop.
        loop = self._runner.get_loop()
        task = loop.create_task(bounded(), name="flow")
        task.add_done_callback(self._on_done)
        loop.run_forever()
        return task.result()

    def _on_done(self, _task: object) -> None:
        self._runner.get_loop().stop()

    def close(self) -> None:
        """Close the window as a person does, and fail when a task is left."""
        try:
            self.run(self._leave(), limit_s=20.0)
        finally:  # a loop that stays would serve its timers in the tests that follow
            self._runner.close()
            self.window.deleteLater()

    async def _leave(self) -> None:
        self.window.close()
        if self.program.store.state.active_runs:
            await self.click("close_leave")
        assert self.life is not None
        await self.life
        left = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
        assert not left, f"tasks are left: {left}"

    # -- what a person does ----------------------------------------------------

    async def click(self, name: str, *, limit_s: float = 10.0) -> None:
        """Click a button, as soon as it can be clicked."""
        await self.until(lambda: self._clickable(name) is not None, limit_s, f"{name} can be clicked")
        button = self._clickable(name)
        assert button is not None
        QTest.mouseClick(button, LEFT)

    def _clickable(self, name: str) -> QAbstractButton | None:
        for top in QApplication.topLevelWidgets():
            for button in top.findChildren(QAbstractButton, name):
                if button.isVisible() and button.isEnabled():
                    return button
        return None

    async def choose(self, name: str) -> InstanceId:
        """Click the row of an instance by its name and return its id; from a verdict back to choosing first."""
        again, table = self._clickable("choose_next"), self.find(QTableView, "instances_table")
        if again is not None:
            QTest.mouseClick(again, LEFT)
            await self.until(table.isVisible, 10.0, "the instances are there to choose from")
            await asyncio.sleep(0)  # the cards come to their places
        await self.until(lambda: self._row(table, name) >= 0, 20.0, f"{name} is listed")
        place = table.visualRect(table.model().index(self._row(table, name), 0)).center()
        QTest.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
        chosen = self.program.window.ui_state.instance_id
        assert chosen is not None
        assert chosen == self.instance_id(name), f"{name} was clicked, {chosen} is selected"
        return chosen

    @staticmethod
    def _row(table: QTableView, name: str) -> int:
        model = table.model()
        return next((r for r in range(model.rowCount()) if name in str(model.index(r, 0).data())), -1)

    async def arm(self, name: str = "") -> None:
        """Arm the selected instance (or another one) when it is not armed."""
        if name:
            await self.choose(name)
        arming, chosen = self.program.store.state.arming, self.program.window.ui_state.instance_id
        if arming is None or arming.instance_id != chosen:
            await self.click("arm_toggle")
        await self.until(lambda: "Armed" in self.text("banner_arming"), 5.0, "armed")

    async def start(self, name: str) -> None:
        """Start a stopped instance and wait until it can be used."""
        await self.choose(name)
        await self.click("start_instance")
        await self.until(lambda: self.is_usable(name), 30.0, f"{name} runs")

    def preflight(self) -> list[str]:
        """Return the preflight checks with remedies, as a mouse over them shows them."""
        rows = (self.window.findChild(QWidget, f"preflight_{place}") for place in range(40))
        return [row.toolTip() for row in rows if row is not None and not row.isHidden()]

    def why_not(self, disruption: str) -> str:
        """Return what a disruption's button says about itself when the mouse rests on it."""
        button: QAbstractButton = self.find(QAbstractButton, f"disrupt_{disruption}")
        return button.toolTip()

    async def disrupt(self, disruption: str) -> RunState:
        """Press a disruption, confirm it, and return the run that begins."""
        before = set(self.program.store.state.runs)
        await self.click(f"disrupt_{disruption}")
        await self.click("confirm_go")
        await self.until(lambda: set(self.program.store.state.runs) > before, 12.0, "a run has begun")
        shown = self.program.workbench.looked  # views are told on the loop's next turn
        await self.until(lambda: set(shown.state.runs) > before, 12.0, "the window shows the run")
        return self.newest()

    # -- what a person sees ----------------------------------------------------

    def find(self, kind: type[Any], name: str) -> Any:
        """Return a widget of the window by its object name."""
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {kind.__name__} named {name}"
        return found

    def text(self, name: str) -> str:
        """Return the text of a label."""
        widget = self.find(QWidget, name)
        whole = getattr(widget, "whole", None)
        return str(whole if whole is not None else widget.text())

    def notices(self) -> list[str]:
        """Return every message so far, with its remedy."""
        return [f"{n.text} {n.remedy}" for n in self.program.notifications.kept]

    def picture(self, name: str) -> QImage:
        """Return what a widget shows."""
        shown: QWidget = self.find(QWidget, name)
        return shown.grab().toImage()

    # -- the state behind it ---------------------------------------------------

    def newest(self) -> RunState:
        """Return the newest run."""
        return list(self.program.store.state.runs.values())[-1]

    def run_now(self, run: RunState) -> RunState:
        """Return a run as it is now."""
        return self.program.store.run(run.run_id)

    def instance_id(self, name: str) -> InstanceId | None:
        """Return an instance's id by its name."""
        found = (i.instance_id for i in self.program.store.state.instances.values() if i.name == name)
        return next(found, None)

    def is_usable(self, name: str) -> bool:
        """Whether an instance is running and its agent is online."""
        instance_id = self.instance_id(name)
        state = self.program.store.state
        if instance_id is None or instance_id not in state.nodes:
            return False
        return state.instances[instance_id].state is InstanceState.RUNNING

    async def until(self, condition: Callable[[], bool], limit_s: float, what: str) -> None:
        """Wait for a condition while the window lives; ``limit_s`` is enough on a quiet machine.

        Raises:
            AssertionError: it did not hold within the limit; says what was seen instead.
        """
        limit = Limit(limit_s)
        while not condition():
            if limit.over:
                seen = [(r.status, r.phase, r.reason, r.verdict) for r in self.program.store.state.runs.values()][-1:]
                raise AssertionError(f"{what}: not within {limit}; notices {self.notices()}; run {seen}")
            await asyncio.sleep(0.02)

    async def shows(self, name: str, *parts: str) -> None:
        """Wait until a label says every part: what the store holds is seen a beat of the window's redraw later."""
        await self.until(lambda: all(part in self.text(name) for part in parts), 5.0, f"{name} says {parts}")

    async def ended(self, run: RunState, limit_s: float = 40.0) -> RunState:
        """Wait for the end of a run, and until the window shows it."""
        await self.until(lambda: not self.run_now(run).active, limit_s, f"the run {run.plan.disruption_id} is over")
        shown = self.program.workbench.looked  # views are told on the loop's next turn
        await self.until(lambda: not shown.state.runs[run.run_id].active, 12.0, "the window knows of the end")
        self.program.workbench.rendering.render()
        await asyncio.sleep(0)  # the cards come to their places
        return self.run_now(run)

    @staticmethod
    def judged(run: RunState) -> str:
        """Return how a run ended, for messages: status, reason, verdict and every check that does not hold."""
        checks = (
            [f"{c.check_id.value}: {c.text()}" for c in run.verdict.checks if c.result is not CheckResult.HELD]
            if (run.verdict)
            else []
        )
        value = run.verdict.value.value if run.verdict else "no verdict"
        return " | ".join([run.status.value, run.reason, value, *checks])

    async def at_rest(self, name: str) -> None:
        """Wait until nothing is under way and an instance can be used."""
        free = self.program.store.state
        await self.until(
            lambda: not self.program.store.state.active_runs and self.is_usable(name), 30.0, f"{name} can be used"
        )
        assert not free.emergency
