"""Publish and subscribe, on the event loop's thread only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rdpgui.core.events import Event
from rdpgui.core.state import AppState

Subscriber = Callable[[AppState, Event], None]
"""Called with the snapshot after the event, and the event. Must be quick and must not raise."""


class EventBus:
    """Hands every event to every subscriber, in the order of subscription."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Add a subscriber and return the function that removes it (again without effect)."""
        self._subscribers.append(subscriber)
        return partial(self._remove, subscriber)

    def publish(self, state: AppState, event: Event) -> None:
        """Call every subscriber; those added meanwhile get the next event."""
        for subscriber in tuple(self._subscribers):
            subscriber(state, event)

    def _remove(self, subscriber: Subscriber) -> None:
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)
