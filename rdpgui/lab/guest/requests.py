"""What a person can ask the machine from inside its desktop."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.lab.guest.machine import Action


@dataclass(frozen=True, slots=True)
class PowerRequest:
    """Shut down or restart; ``update`` shows the update screen first."""

    action: Action
    delay_s: float = 0.0
    update: bool = False


@dataclass(frozen=True, slots=True)
class AbortRequest:
    """Cancel a running countdown (``shutdown /a``)."""


@dataclass(frozen=True, slots=True)
class ToastRequest:
    """Show a message on the desktop."""

    text: str


Request = PowerRequest | AbortRequest | ToastRequest
