"""The one place that holds the snapshot; it changes by events only."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from rdpgui.core.events import Event
from rdpgui.core.ids import RunId
from rdpgui.core.reduce import reduce
from rdpgui.core.state import AppState, RunState
from rdpgui.runner.bus import EventBus, Subscriber
from rdpgui.runner.concurrency import within


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

    def publish(self, event: Event) -> None:
        """Apply an event and tell every subscriber; an event published by a subscriber comes after."""
        self._queue.append(event)
        if self._publishing:
            return
        self._publishing = True
        try:
            while self._queue:
                item = self._queue.popleft()
                self.state = reduce(self.state, item)
                self._bus.publish(self.state, item)
        finally:
            self._publishing = False

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Add a subscriber; returns the function that removes it."""
        return self._bus.subscribe(subscriber)

    def adopt(self, run: RunState) -> None:
        """Take over a run that was rebuilt from its journal; an id that is known stays as it is."""
        if run.run_id not in self.state.runs:
            runs = sorted({**self.state.runs, run.run_id: run}.values(), key=_started)
            self.state = replace(self.state, runs={item.run_id: item for item in runs})

    def run(self, run_id: RunId) -> RunState:
        """Return one run. Raises KeyError for an id that never started."""
        return self.state.runs[run_id]

    async def until(self, condition: Callable[[AppState], bool], limit_s: float | None) -> bool:
        """Wait until a condition over the snapshot holds.

        Args:
            condition: checked now and after each event.
            limit_s: seconds; None waits for ever.

        Returns:
            Whether it holds; False when the limit passed.
        """
        if condition(self.state):
            return True
        changed = asyncio.Event()

        def check(state: AppState, event: Event) -> None:
            if condition(state):
                changed.set()

        unsubscribe = self.subscribe(check)
        try:
            await within(limit_s, changed.wait())
        except TimeoutError:
            return condition(self.state)
        finally:
            unsubscribe()
        return True


def _started(run: RunState) -> tuple[object, ...]:
    return run.started_at, run.run_id
