"""What happens to guests and agents, told to the parts of the world that care.

Order of the listeners is the order in which they joined. All calls are made
with the world's lock held and must not block.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GuestAction(StrEnum):
    """What a guest does after going down."""

    RESTART = "restart"
    SHUTDOWN = "shutdown"
    HIBERNATE = "hibernate"


@dataclass(frozen=True, slots=True)
class GuestEnd:
    """The end of a guest's process.

    Attributes:
        at: when (aware UTC).
        action: what the guest announced; None when it was cut off.
    """

    at: datetime
    action: GuestAction | None


class Listener:
    """Does nothing; parts override what concerns them."""

    def guest_ready(self, instance_id: str) -> None:
        """The desktop is shown."""

    def desktop_closed(self, instance_id: str, at: datetime) -> None:
        """The guest has ended its remote desktop on its way down."""

    def guest_ended(self, instance_id: str, end: GuestEnd) -> None:
        """The guest's process is gone."""

    def instance_stopped(self, instance_id: str) -> None:
        """The instance is stopped."""

    def order_accepted(self, instance_id: str) -> None:
        """An order by API that takes the instance or its agent down was accepted."""

    def desktop_shown(self, instance_id: str, session_id: str) -> None:
        """A remote desktop shows its first frame."""

    def session_left(self, instance_id: str, session_id: str) -> None:
        """A remote-desktop session has left Active."""

    def shell_opened(self, instance_id: str, session_id: str) -> None:
        """A shell was opened."""

    def shell_ended(self, instance_id: str, session_id: str) -> None:
        """A shell has begun to end, by itself or with its agent."""

    def agent_online(self, instance_id: str) -> None:
        """The agent has connected to the service."""

    def agent_lost(self, instance_id: str, at: datetime) -> None:
        """The agent is gone, and with it every tunnel through it."""


class Signals(Listener):
    """Passes every call on to its listeners."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def join(self, listener: Listener) -> None:
        """Add a listener."""
        self._listeners.append(listener)

    def guest_ready(self, instance_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.guest_ready(instance_id)

    def desktop_closed(self, instance_id: str, at: datetime) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.desktop_closed(instance_id, at)

    def guest_ended(self, instance_id: str, end: GuestEnd) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.guest_ended(instance_id, end)

    def instance_stopped(self, instance_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.instance_stopped(instance_id)

    def order_accepted(self, instance_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.order_accepted(instance_id)

    def desktop_shown(self, instance_id: str, session_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.desktop_shown(instance_id, session_id)

    def session_left(self, instance_id: str, session_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.session_left(instance_id, session_id)

    def shell_opened(self, instance_id: str, session_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.shell_opened(instance_id, session_id)

    def shell_ended(self, instance_id: str, session_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.shell_ended(instance_id, session_id)

    def agent_online(self, instance_id: str) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.agent_online(instance_id)

    def agent_lost(self, instance_id: str, at: datetime) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener.agent_lost(instance_id, at)
