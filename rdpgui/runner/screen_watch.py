"""The live stage's eye: console pictures of the runs that go on, beside them and never inside one.

It knows runs from the snapshot only. Whatever fails here (a refusal, a full disk, a bug) is a picture less: nothing
of a run waits for it, and no run is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from rdpgui.core.errors import RdpguiError
from rdpgui.core.freshness import Look
from rdpgui.core.ids import RunId
from rdpgui.core.ports import Clock, InstancePort
from rdpgui.core.screen import ScreenPicture, every_s, wants_pictures
from rdpgui.core.screen_events import ScreenRead
from rdpgui.core.state import AppState, RunState
from rdpgui.core.texts import N_
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.store import Store

_JPEG = b"\xff\xd8"
_SHORTEST_PAUSE_S = 0.2
NO_PICTURE = N_("What EC2 answered is not a picture.")


class Album(Protocol):
    """Keeps the pictures of runs."""

    async def keep(self, run_id: RunId, picture: ScreenPicture, data: bytes) -> int:
        """Write a picture into its run's folder, thin the older out, and return how many there are.

        Raises:
            StorageFull, StorageError: it cannot be kept.
        """


class ScreenWatch:
    """Takes pictures of every run that wants them.

    Args:
        instances, clock: of the place that is open. store: tells which runs go on.
        album: keeps the pictures. allowed: whether pictures may be taken of a run, asked before each.
    """

    def __init__(
        self, instances: InstancePort, clock: Clock, store: Store, album: Album, allowed: Callable[[RunState], bool]
    ) -> None:
        self._instances = instances
        self._clock = clock
        self._store = store
        self._album = album
        self._allowed = allowed

    async def watch(self) -> None:
        """Work until cancelled."""
        while True:
            await self._store.until(partial(_any, self._wanted), None)
            begun_s = self._clock.monotonic()
            runs = self._wanted(self._store.state)
            if not runs:  # over in the turn between
                continue
            async with asyncio.TaskGroup() as looks:
                for run in runs:
                    looks.create_task(self._look(run), name=f"picture of {run.run_id}")
            pause_s = min(every_s(lab=run.plan.lab) for run in runs)
            await self._clock.sleep(max(_SHORTEST_PAUSE_S, pause_s - (self._clock.monotonic() - begun_s)))

    def _wanted(self, state: AppState) -> tuple[RunState, ...]:
        return tuple(run for run in state.active_runs if wants_pictures(run) and self._allowed(run))

    def _may_keep(self, run_id: RunId) -> bool:
        """Whether a picture that was asked for still belongs to its run: the folder of one that is over is sealed."""
        run = self._store.state.runs.get(run_id)
        return run is not None and run.active and self._allowed(run)

    async def _look(self, run: RunState) -> None:
        try:
            await self._take(run)
        except RdpguiError as error:
            self._store.publish(ScreenRead(self._clock.now(), run.run_id, "", error=error.text()))
        except Exception as error:  # noqa: BLE001 - beside the runs: a bug is a report, and a picture less
            report_bug(error, "a console picture")

    async def _take(self, run: RunState) -> None:
        asked_at = self._clock.now()
        data = await self._instances.screenshot(run.plan.instance_id)
        now, mono_s = self._clock.now(), self._clock.monotonic()
        if not data.startswith(_JPEG):
            raise RdpguiError(NO_PICTURE)
        if not self._may_keep(run.run_id):
            return
        picture = ScreenPicture(asked_at, max(asked_at, now))
        kept = await self._album.keep(run.run_id, picture, data)
        look = Look(now, mono_s, every_s(lab=run.plan.lab))
        self._store.publish(ScreenRead(now, run.run_id, picture.name, look, kept))


def _any(wanted: Callable[[AppState], tuple[RunState, ...]], state: AppState) -> bool:
    return bool(wanted(state))
