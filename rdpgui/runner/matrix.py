"""Several runs, one after another, so that their recordings cannot be confused.

While one instance is being restored the next run may go on on another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.judging.case import match_recording
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

_CLEAR = frozenset({Phase.RESTORING, Phase.DONE})


def _is_clear(run_id: RunId, state: AppState) -> bool:
    """Whether another connection can no longer be confused with this run's."""
    run = state.runs.get(run_id)
    if run is None:
        return False
    match = match_recording(run)
    return run.phase in _CLEAR or not run.active or (match.kind is MatchKind.ONE and match.misfit == "")


class Matrix:
    """Runs plans in their order; a latched emergency stop or ``stop`` skips what is left."""

    def __init__(self, runner: ExperimentRunner, store: Store, progress: Progress | None = None) -> None:
        self._runner = runner
        self._store = store
        self._progress = progress
        self._rows: list[Row] = []
        self._stop_reason = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return all rows as they are now."""
        return tuple(self._rows)

    def stop(self, reason: str = N_("stopped by hand")) -> None:
        """Abort the run under way and skip the rest."""
        self._stop_reason = reason
        for row in self._rows:
            if row.status is RowStatus.RUNNING:
                self._runner.abort(row.plan.run_id, reason)

    async def run(self, plans: Sequence[RunPlan], *, attended: bool = False, auto_arm: bool = True) -> tuple[Row, ...]:
        """Run all plans and return the rows when the last instance is restored.

        Args:
            plans: in order; controls come first in a good matrix.
            attended: show each desktop.
            auto_arm: the whole matrix was confirmed once, so each run arms its own target.
        """
        self._rows = [Row(plan) for plan in plans]
        self._stop_reason = ""
        busy: dict[InstanceId, asyncio.Task[None]] = {}
        try:
            async with asyncio.TaskGroup() as group:
                for number, plan in enumerate(plans):
                    earlier = busy.get(plan.instance_id)
                    if earlier is not None:
                        await asyncio.wait([earlier])
                    if self._is_over():
                        break
                    work = self._row(number, plan, attended=attended, auto_arm=auto_arm)
                    task = group.create_task(work, name=f"matrix row {number}")
                    busy[plan.instance_id] = task
                    await self._clear(plan.run_id, task)
        except BaseExceptionGroup as error:
            raise first_error(error) from error
        self._skip_rest()
        return self.rows

    async def _row(self, number: int, plan: RunPlan, *, attended: bool, auto_arm: bool) -> None:
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

    async def _clear(self, run_id: RunId, task: asyncio.Task[None]) -> None:
        """Wait until the run has its recording and only proves or restores, or has ended."""
        waiting = asyncio.create_task(self._store.until(partial(_is_clear, run_id), None))
        try:
            await asyncio.wait([waiting, task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

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
