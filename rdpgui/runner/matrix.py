"""Several runs: one after another so that their recordings cannot be confused, or in lanes where they cannot be.

One after another, the next run may go on on another instance while one is being restored. A lane is one instance;
lanes go side by side once a film has said of which session or instance it is. The first row always shows it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

from rdpgui.core.account_events import EmergencyStopped
from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import Event
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.judging.case import match_recording
from rdpgui.core.judging.naming import Naming
from rdpgui.core.judging.own_film import MatchKind
from rdpgui.core.run import Phase, RunPlan, RunStatus
from rdpgui.core.state import AppState, RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.experiment_runner import EMERGENCY, ExperimentRunner
from rdpgui.runner.store import Store
from rdpgui.runner.target import first_error


class RowStatus(StrEnum):
    """Where a row of the matrix is."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix.

    Attributes:
        error: why it did not begin or was skipped; empty otherwise.
    """

    plan: RunPlan
    status: RowStatus = RowStatus.WAITING
    run: RunState | None = None
    error: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether the run ended with the verdict that its hypothesis states: PASS, for controls as well."""
        run = self.run
        return (
            run is not None
            and run.status is RunStatus.COMPLETED
            and run.verdict is not None
            and run.verdict.value is VerdictValue.PASS
        )


Progress = Callable[[int, Row], None]
"""Called by the loop's next turn with the number of the row (from 0) and the row, when it begins and when it ends."""

Told = Callable[[str], None]
"""Called by the loop's next turn with why lanes do not go side by side, an English message id."""

NO_FILM = N_("No film has said of which session it is yet: one run at a time, until one does.")
UNNAMED = N_("The films here name neither session nor instance: one run at a time, so that none is taken for another.")

Coming = asyncio.Task[InstanceId | None]
"""An instance that is being started; None when it cannot be used."""

_NAMED = frozenset({Naming.SESSION, Naming.KEY, Naming.INSTANCE})

_CLEAR = frozenset({Phase.RESTORING, Phase.DONE})


def _is_clear(run_id: RunId, state: AppState) -> bool:
    """Whether another connection can no longer be confused with this run's."""
    run = state.runs.get(run_id)
    if run is None:
        return False
    match = match_recording(run)
    return run.phase in _CLEAR or not run.active or (match.kind is MatchKind.ONE and match.misfit == "")


def names_itself(run: RunState) -> bool | None:
    """Whether a run's film says of which session or instance it is; None when the run has no film of its own yet."""
    match = match_recording(run)
    if match.kind is not MatchKind.ONE or match.misfit:
        return None
    return match.naming in _NAMED


@dataclass(slots=True)
class _Lanes:
    """Which instances are free, and what goes on on the others.

    Attributes:
        free: the one that waited longest first. several: any row goes on any of them, else each on its plan's own.
        open: lanes go side by side. busy: the run on each of the others. coming: instances that are being started.
        given_up: those that did not come back.
    """

    free: deque[InstanceId]
    several: bool
    open: bool = False
    busy: dict[InstanceId, tuple[RunId, asyncio.Task[None]]] = field(default_factory=dict)
    coming: Collection[Coming] = ()
    given_up: list[InstanceId] = field(default_factory=list)

    async def take(self, plan: RunPlan) -> RunPlan:
        """Wait for a free instance and return the plan on it."""
        if not self.several:
            earlier = self.busy.get(plan.instance_id)
            if earlier is not None:
                await asyncio.wait([earlier[1]])
            return plan
        self._look()
        while not self.free:
            running = [task for _run_id, task in self.busy.values()]
            if running or self.coming:
                await asyncio.wait([*running, *self.coming], return_when=asyncio.FIRST_COMPLETED)
                self._look()
            else:  # none of those that were to come can be used
                self.free.append(self.given_up.pop())
        return replace(plan, instance_id=self.free.popleft())

    def _look(self) -> None:
        """Count those free whose run is over, and those that came up."""
        for instance_id in [lane for lane, (_run_id, task) in self.busy.items() if task.done()]:
            del self.busy[instance_id]
            self.free.append(instance_id)
        done = [task for task in self.coming if task.done()]
        self.coming = [task for task in self.coming if not task.done()]
        self.free.extend(lane for task in done if not task.cancelled() and (lane := task.result()) is not None)

    def give_up(self, instance_id: InstanceId) -> None:
        """Begin nothing more on an instance that did not come back, as long as there is another one, or one comes."""
        if not self.several:
            return
        self._look()
        others = [lane for lane in (*self.busy, *self.free) if lane != instance_id]
        if (others or self.coming) and self.busy.pop(instance_id, None) is not None:
            self.given_up.append(instance_id)


class Matrix:
    """Runs plans in their order; a latched emergency stop or ``stop`` skips what is left."""

    def __init__(
        self, runner: ExperimentRunner, store: Store, progress: Progress | None = None, told: Told | None = None
    ) -> None:
        self._runner = runner
        self._store = store
        self._progress = progress
        self._told = told
        self._rows: list[Row] = []
        self._stop_reason = ""
        self._said = ""
        self._lanes = _Lanes(deque(), several=False)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return all rows as they are now."""
        return tuple(self._rows)

    def stop(self, reason: str = N_("stopped by hand")) -> None:
        """Abort the runs under way and skip the rest."""
        self._stop_reason = reason
        for row in self._rows:
            if row.status is RowStatus.RUNNING:
                self._runner.abort(row.plan.run_id, reason)

    async def run(
        self,
        plans: Sequence[RunPlan],
        lanes: Iterable[InstanceId] = (),
        coming: Collection[Coming] = (),
        *,
        attended: bool = False,
        auto_arm: bool = True,
    ) -> tuple[Row, ...]:
        """Run all plans and return the rows when the last instance is restored.

        Args:
            plans: in order; controls come first in a good matrix.
            lanes: instances that any row may go on on, side by side; none runs each row on its plan's own instance,
                one after another.
            coming: further lanes, as soon as they are up.
            attended: show each desktop.
            auto_arm: the whole matrix was confirmed once, so each run arms its own target.
        """
        self._rows = [Row(plan) for plan in plans]
        self._said = ""  # a stop that came while its lanes were looked for stays
        free = deque(dict.fromkeys(lanes))
        self._lanes = _Lanes(free, several=bool(free), coming=coming)
        unsubscribe = self._store.subscribe(self._on_event)
        try:
            async with asyncio.TaskGroup() as group:
                for number, waiting in enumerate(plans):
                    plan = await self._lanes.take(waiting)
                    await self._keep_apart()
                    if self._is_over():
                        break
                    work = self._row(number, plan, attended=attended, auto_arm=auto_arm)
                    task = group.create_task(work, name=f"matrix row {number}")
                    self._lanes.busy[plan.instance_id] = (plan.run_id, task)
        except BaseExceptionGroup as error:
            raise first_error(error) from error
        finally:
            unsubscribe()
        self._skip_rest()
        return self.rows

    async def _keep_apart(self) -> None:
        """While lanes do not go side by side: wait until no run can be confused with the next one."""
        if self._lanes.open:
            return
        for run_id, task in list(self._lanes.busy.values()):
            await self._clear(run_id, task)
            self._learn(run_id)

    def _learn(self, run_id: RunId) -> None:
        """Open or close the lanes by what the film of a run says of itself; say why when others have to wait."""
        lanes, run = self._lanes, self._store.state.runs.get(run_id)
        if not lanes.several or run is None:
            return
        named = names_itself(run)
        if named is not None:
            lanes.open = named
        if not lanes.open and not self._is_over() and any(row.status is RowStatus.WAITING for row in self._rows):
            self._tell(NO_FILM if named is None else UNNAMED)

    def _tell(self, why: str) -> None:
        if self._told is not None and why != self._said:
            asyncio.get_running_loop().call_soon(self._told, why)
        self._said = why

    async def _row(self, number: int, plan: RunPlan, *, attended: bool, auto_arm: bool) -> None:
        if self._is_over():  # stopped between its turn and its first step
            return
        self._set(number, Row(plan, RowStatus.RUNNING))
        try:
            run = await self._runner.run(plan, attended=attended, auto_arm=auto_arm)
        except RdpguiError as error:
            run_state = self._store.state.runs.get(plan.run_id)
            self._set(number, Row(plan, RowStatus.ENDED, run_state, error.text()))
            return
        except Exception as error:  # noqa: BLE001 - what goes wrong in one row ends no other
            run_state = self._store.state.runs.get(plan.run_id)
            self._set(number, Row(plan, RowStatus.ENDED, run_state, report_bug(error, "a row of the matrix").text()))
            return
        self._set(number, Row(plan, RowStatus.ENDED, run, run.reason))
        if self._lanes.open:
            self._learn(plan.run_id)
        if run.instance_changes and run.instance_changes[-1].state is not InstanceState.RUNNING:
            self._lanes.give_up(plan.instance_id)

    async def _clear(self, run_id: RunId, task: asyncio.Task[None]) -> None:
        """Wait until the run has its recording and only proves or restores, or has ended."""
        waiting = asyncio.create_task(self._store.until(partial(_is_clear, run_id), None))
        try:
            await asyncio.wait([waiting, task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    def _on_event(self, state: AppState, event: Event) -> None:
        if isinstance(event, EmergencyStopped):  # a latch that is released again starts nothing anew
            self.stop(EMERGENCY)

    def _is_over(self) -> bool:
        return bool(self._stop_reason) or self._store.state.emergency

    def _skip_rest(self) -> None:
        reason = self._stop_reason or EMERGENCY
        for number, row in enumerate(self._rows):
            if row.status is RowStatus.WAITING:
                self._set(number, Row(row.plan, RowStatus.SKIPPED, None, reason))

    def _set(self, number: int, row: Row) -> None:
        self._rows[number] = row
        if self._progress is not None:  # a view: its faults touch no run
            asyncio.get_running_loop().call_soon(self._progress, number, row)
