"""Publish and subscribe, on the event loop's thread only: the runner's own rules at once, views a turn later."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

from rdpgui.core.events import Event
from rdpgui.core.state import AppState
from rdpgui.runner.bugs import report_bug

Subscriber = Callable[[AppState, Event], None]
"""Called with the snapshot after the event, and the event. Must be quick."""


class EventBus:
    """Hands every event to every subscriber, in the order of subscription.

    Rules of this room are called inside ``publish`` and must not raise. Views are told by the loop's next turn, each
    alone: what one raises goes to the loop's exception handler (the crash reporter), and to nobody else.
    """

    def __init__(self) -> None:
        self._rules: list[Subscriber] = []
        self._views: list[Subscriber] = []
        self._untold: deque[tuple[Subscriber, AppState, Event]] = deque()
        self._telling = False

    def subscribe(self, rule: Subscriber) -> Callable[[], None]:
        """Add a rule of this room and return the function that removes it (again without effect)."""
        self._rules.append(rule)
        return partial(_remove, self._rules, rule)

    def show(self, view: Subscriber) -> Callable[[], None]:
        """Add a view and return the function that removes it; what it was not told yet it is told no more."""
        self._views.append(view)
        return partial(_remove, self._views, view)

    def publish(self, state: AppState, event: Event) -> None:
        """Call every rule, and let the loop tell every view; those added meanwhile get the next event."""
        for rule in tuple(self._rules):
            rule(state, event)
        self._untold.extend((view, state, event) for view in self._views)
        if self._untold and not self._telling:
            asyncio.get_running_loop().call_soon(self._tell)
            self._telling = True

    def _tell(self) -> None:
        self._telling = False
        while self._untold:
            view, state, event = self._untold.popleft()
            if view in self._views:
                try:
                    view(state, event)
                except Exception as error:  # noqa: BLE001 - the boundary to views: a bug there is a report, no more
                    report_bug(error, f"a view of {type(event).__name__}")


def _remove(subscribers: list[Subscriber], subscriber: Subscriber) -> None:
    if subscriber in subscribers:
        subscribers.remove(subscriber)
