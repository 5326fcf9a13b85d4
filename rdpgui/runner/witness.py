"""The second witness: EC2 console screenshots while a disruption takes effect.

EC2 takes them from the hypervisor, without Session Manager and without the recorder. Nothing waits for them
and no verdict needs them.
"""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.errors import AwsError, RdpguiError
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run_events import WitnessSaved
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.runner.run_context import RunContext

FILE_NAME = "console-screenshot.jpg"
PAUSE_S = 1.0
"""Between two pictures at least; a screenshot costs the guest a frame."""

MOST_PICTURES = 40
_JPEG = b"\xff\xd8"


class Witness:
    """Takes screenshots until the instance is gone or one fails, and keeps the newest.

    Only the newest is written and journalled, once, when the last one was taken.
    """

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._newest: tuple[bytes, datetime, datetime] | None = None
        self._flips = len(run.state.connection_changes)
        self._changes = len(run.state.instance_changes)

    async def watch(self) -> None:
        """Take pictures; also when cancelled, the newest is kept."""
        run = self._run
        if run.plan.by_hand and not await run.until(_has_begun, run.plan.connect_limit_s):
            return
        try:
            for _ in range(MOST_PICTURES):
                if not await self._take():
                    return
                await run.ports.clock.sleep(max(PAUSE_S, run.timing.poll_run_s))
                if self._is_gone():
                    return
        finally:
            await self._save()

    async def _take(self) -> bool:
        run = self._run
        begun_at = run.now()
        try:
            picture = await run.ports.instances.screenshot(run.plan.instance_id)
        except AwsError as error:
            if self._newest is None:
                run.note("info", N_("There is no console screenshot: {error}"), error=error.text())
            return False
        if not picture.startswith(_JPEG):
            run.note("info", N_("The console screenshot is not a JPEG picture."))
            return False
        self._newest = (picture, begun_at, run.now())
        return True

    def _is_gone(self) -> bool:
        """Whether the operating system the disruption hit is no longer up, as last seen."""
        state = self._run.state
        lost = any(c.status is ConnectionStatus.NOT_CONNECTED for c in state.connection_changes[self._flips :])
        return lost or any(c.state is InstanceState.STOPPED for c in state.instance_changes[self._changes :])

    async def _save(self) -> None:
        if self._newest is None:
            return
        run, (picture, begun_at, taken_at) = self._run, self._newest
        try:
            await run.write_bytes(run.folder / FILE_NAME, picture)
        except RdpguiError as error:
            run.note("warning", N_("The console screenshot could not be kept: {error}"), error=error.text())
            return
        run.emit(WitnessSaved(taken_at, run.plan.run_id, FILE_NAME, begun_at))


def _has_begun(run: RunState) -> bool:
    """Whether a disruption by hand shows its first sign."""
    return run.left is not None or bool(run.instance_changes)
