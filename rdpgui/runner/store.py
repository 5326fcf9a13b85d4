"""The one place that holds the snapshot; it changes by events only."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from rdpgui.core.events import Event
from rdpgui.core.ids import RunId
from rdpgui.core.judging.summary import summarise
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import RunEnded
from rdpgui.core.run_summary import RunSummary, in_order
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.bus import EventBus, Subscriber
from rdpgui.runner.concurrency import within

OVER_KEPT = 64
"""Runs that are over and still there as a whole: enough for every page that shows some; a whole run is 50 KB."""


class Store:
    """Snapshot and subscribers. Used from the event loop's thread only.

    Attributes:
        state: the newest snapshot.
    """

    def __init__(self, state: AppState | None = None) -> None:
        self.state = state or AppState()
        self._bus = EventBus()
        self._queue: deque[Event] = deque()
        self._publishing = False
        self._over: dict[RunId, None] = {}

    def publish(self, event: Event) -> None:
        """Apply an event, tell every rule, and let the loop tell every view; one published by a rule comes after."""
        self._queue.append(event)
        if self._publishing:
            return
        self._publishing = True
        try:
            while self._queue:
                item = self._queue.popleft()
                self.state = reduce(self.state, item)
                if isinstance(item, RunEnded) and item.run_id in self.state.runs:
                    self._let_go_for(item.run_id)
                self._bus.publish(self.state, item)
        finally:
            self._publishing = False

    def subscribe(self, rule: Subscriber) -> Callable[[], None]:
        """Add a rule of this room, called inside ``publish``; returns the function that removes it."""
        return self._bus.subscribe(rule)

    def show(self, view: Subscriber) -> Callable[[], None]:
        """Add a view, told by the loop's next turn, whose faults touch nobody; returns the function that removes it."""
        return self._bus.show(view)

    def adopt(self, *runs: RunState) -> None:
        """Take over runs that were rebuilt from their journals; an id that is known stays as it is.

        Of those that are over, the last ``OVER_KEPT`` are kept: the others can be read again. One without an end is
        nobody's: it is told in the past until ``carry_on``.
        """
        new = {
            run.run_id: replace(run, carried=not run.is_open, adopted=True)
            for run in runs
            if run.run_id not in self.state.runs
        }
        if not new:
            return
        ordered = sorted({**self.state.runs, **new}.values(), key=_started)
        self.state = replace(self.state, runs={run.run_id: run for run in ordered})
        self.list_runs(map(summarise, new.values()))
        for run in new.values():
            if not run.is_open:
                self._let_go_for(run.run_id)

    def list_runs(self, lines: Iterable[RunSummary]) -> None:
        """Take over lines of the history; of a run that is there as a whole the line stays as it is."""
        before, runs = self.state.history, self.state.runs
        told = (summarise(runs[line.run_id]) if line.run_id in runs else line for line in lines)
        new = {line.run_id: line for line in told if before.get(line.run_id) != line}
        if not new:
            return
        history = {**before, **new}
        if not new.keys() <= before.keys():  # thousands need no new order when one is told anew
            history = {line.run_id: line for line in in_order(history.values())}
        self.state = replace(self.state, history=history)

    def forget(self, run_ids: Collection[RunId]) -> None:
        """Drop runs whose folders are gone; one that goes on stays."""
        gone = {run_id for run_id in run_ids if run_id not in self.state.runs or not self.state.runs[run_id].active}
        runs = {run_id: run for run_id, run in self.state.runs.items() if run_id not in gone}
        history = {run_id: line for run_id, line in self.state.history.items() if run_id not in gone}
        self.state = replace(self.state, runs=runs, history=history)

    def _let_go_for(self, run_id: RunId) -> None:
        """Note a run that is over, and let the one go that was noted longest ago."""
        self._over[run_id] = None
        while len(self._over) > OVER_KEPT:
            oldest = next(iter(self._over))
            del self._over[oldest]
            runs = {known: run for known, run in self.state.runs.items() if known != oldest}
            self.state = replace(self.state, runs=runs)

    def carry_on(self, run_id: RunId) -> None:
        """Note that this process carries on a run that was adopted without an end."""
        run = replace(self.state.runs[run_id], carried=True)
        self.state = replace(self.state, runs={**self.state.runs, run_id: run})

    def run(self, run_id: RunId) -> RunState:
        """Return one run. Raises KeyError for an id that neither goes on nor was adopted."""
        return self.state.runs[run_id]

    async def until(self, condition: Callable[[AppState], bool], limit_s: float | None) -> bool:
        """Wait until a condition over the snapshot holds.

        Args:
            condition: checked now and after each event.
            limit_s: seconds; None waits for ever.

        Returns:
            Whether it holds; False when the limit passed.

        Raises:
            Exception: what the condition raises; it is who waits that asked, not who publishes.
        """
        if condition(self.state):
            return True
        holds: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def check(state: AppState, event: Event) -> None:
            if holds.done():
                return
            try:
                if condition(state):
                    holds.set_result(None)
            except Exception as error:  # noqa: BLE001 - it belongs to who waits, not to the run that publishes
                holds.set_exception(error)

        unsubscribe = self.subscribe(check)
        try:
            await within(limit_s, holds)
        except TimeoutError:
            return condition(self.state)
        finally:
            unsubscribe()
        return True


def _started(run: RunState) -> tuple[object, ...]:
    return run.started_at, run.run_id
