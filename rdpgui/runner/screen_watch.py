"""The live stage's eye: console pictures of the runs that go on, beside them and never inside one.

It knows runs from the snapshot only. Whatever fails here (a refusal, a full disk, a bug) is a picture less: nothing
of a run waits for it, and no run is told.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from rdpgui.core.errors import RdpguiError
from rdpgui.core.freshness import Look
from rdpgui.core.ids import RunId
from rdpgui.core.passing_events import ScreenRead
from rdpgui.core.ports import Clock, InstancePort
from rdpgui.core.screen import ScreenPicture, every_s, wants_pictures
from rdpgui.core.state import AppState, RunState
from rdpgui.core.texts import N_
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.concurrency import Together
from rdpgui.runner.store import Store

_JPEG = b"\xff\xd8"
_SHORTEST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 60.0
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
        self._watched = set[RunId]()

    async def watch(self) -> None:
        """Work until cancelled: each run has looks of its own, so that a slow answer keeps no other waiting."""
        async with Together() as looks:
            while True:
                await self._store.until(partial(_any, self._unwatched), None)
                for run in self._unwatched(self._store.state):
                    self._watched.add(run.run_id)
                    looks.start(self._follow(run.run_id))

    def _unwatched(self, state: AppState) -> tuple[RunState, ...]:
        return tuple(run for run in self._wanted(state) if run.run_id not in self._watched)

    def _wanted(self, state: AppState) -> tuple[RunState, ...]:
        return tuple(run for run in state.active_runs if wants_pictures(run) and self._allowed(run))

    async def _follow(self, run_id: RunId) -> None:
        """Take pictures of one run as long as it wants them, less and less often while they are refused."""
        pause_s = 0.0
        while run := next((run for run in self._wanted(self._store.state) if run.run_id == run_id), None):
            begun_s, usual_s = self._clock.monotonic(), every_s(lab=run.plan.lab)
            well = await self._look(run)
            pause_s = 0.0 if well else min(_LONGEST_PAUSE_S, 2 * pause_s or usual_s)
            next_s = begun_s + max(pause_s, usual_s)
            await self._clock.sleep(max(_SHORTEST_PAUSE_S, next_s - self._clock.monotonic()))
        self._watched.discard(run_id)

    def _may_keep(self, run_id: RunId) -> bool:
        """Whether a picture that was asked for still belongs to its run: the folder of one that is over is sealed."""
        run = self._store.state.runs.get(run_id)
        return run is not None and run.active and self._allowed(run)

    async def _look(self, run: RunState) -> bool:
        """Take a picture; whether nothing hindered it."""
        try:
            await self._take(run)
        except RdpguiError as error:
            self._store.publish(ScreenRead(self._clock.now(), run.run_id, "", error=error.text()))
        except Exception as error:  # noqa: BLE001 - beside the runs: a bug is a report, and a picture less
            report_bug(error, "a console picture")
        else:
            return True
        return False

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
