"""The program's window in a process of its own, to be closed or killed at a phase: ``python -m tests.e2e.child``.

Arguments: data folder, disruption, phase at which to act (``start``, ``idle`` or one of a run), and what then:
``close`` the window as a person does, ``stay`` (the parent ends it), or ``report`` (say what became of earlier runs,
and stay). Prints one JSON line at the phase.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from rdpgui.app import environment, gui
from rdpgui.app.program import Program
from rdpgui.core.instance import InstanceState
from rdpgui.core.run import Phase
from tests.e2e.patience import patient_timing
from tests.helpers.limits import Limit

ENOUGH_S = 30.0
MUTATING = {"StopInstances", "StartInstances", "RebootInstances", "SendCommand", "TerminateSession"}


class Driver:
    """Does what the arguments say, in a task beside the program's life."""

    def __init__(self, program: Program, disruption: str, phase: str, then: str) -> None:
        self._program = program
        self._disruption = disruption
        self._phase = phase
        self._then = then

    async def drive(self) -> None:
        """Go to the phase, say so, and act."""
        if self._phase != "start":
            await self._until(self._is_usable)
        if self._phase not in ("start", "idle"):
            await self._begin_run()
            await self._until(self._is_at_phase)
        told = await self._report() if self._then == "report" else {"phase": self._phase}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        if self._then == "close":
            self._program.window.close()
            self._press("close_leave")

    def _is_usable(self) -> bool:
        state = self._program.store.state
        nodes, instances = state.nodes, state.instances
        ready = [i for i in instances.values() if i.name == "fin-web-01" and i.instance_id in nodes]
        return bool(ready) and ready[0].state is InstanceState.RUNNING and state.preferences is not None

    async def _begin_run(self) -> None:
        window, store = self._program.window, self._program.store
        target = next(i for i in store.state.instances.values() if i.name == "fin-web-01")
        window.ui_state.select_instance(target.instance_id)
        window.actions_by_name["arm"].trigger()
        await self._until(lambda: store.state.arming is not None)
        await self._until(lambda: self._press(f"disrupt_{self._disruption}"))
        await self._until(lambda: self._press("confirm_go"))

    def _is_at_phase(self) -> bool:
        runs = list(self._program.store.state.runs.values())
        return bool(runs) and runs[-1].phase == self._phase

    async def _report(self) -> dict[str, Any]:
        await self._until(lambda: not self._program.store.state.active_runs)
        assert self._program.work.lab is not None
        events = await asyncio.to_thread(_mutating_events, self._program.work.lab.address)
        runs = self._program.store.state.runs.values()
        return {
            "runs": [{"id": r.run_id, "status": r.status.value, "intents": len(r.intents)} for r in runs],
            "notices": [n.text for n in self._program.notifications.kept],
            "events": events,
        }

    async def _until(self, condition: Callable[[], bool]) -> None:
        limit = Limit(ENOUGH_S)
        while not condition():
            if limit.over:
                raise TimeoutError(f"still not so after {limit}")
            await asyncio.sleep(0.005)

    @staticmethod
    def _press(name: str) -> bool:
        for top in QApplication.topLevelWidgets():
            for button in top.findChildren(QPushButton, name):
                if button.isVisible() and button.isEnabled():
                    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                    return True
        return False


def _mutating_events(address: Any) -> list[str]:
    trail = boto3.client(
        "cloudtrail",
        endpoint_url=address.url,
        aws_access_key_id=address.access_key_id,
        aws_secret_access_key=address.secret_access_key,
        region_name=address.region,
    )
    try:
        events = [(e["EventName"], e["CloudTrailEvent"]) for e in trail.lookup_events()["Events"]]
        return [name for name, record in events if name in MUTATING and "DryRun" not in record]
    finally:
        trail.close()


def _leave_on_failure(program: Program, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        program.leave()


def main() -> int:
    """Run the window with the driver."""
    folder, disruption, phase, then = sys.argv[1:]
    assert phase in {"start", "idle", *Phase}
    live = Program.live

    async def driven(program: Program) -> None:
        task = asyncio.get_running_loop().create_task(Driver(program, disruption, phase, then).drive())
        task.add_done_callback(functools.partial(_leave_on_failure, program))
        await live(program)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    Program.live = driven  # type: ignore[method-assign,assignment]  # the way in for a test: beside the real life
    environment.LAB_TIMING = patient_timing()  # type: ignore[attr-defined]  # a busy machine gets its time
    return gui.main(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
