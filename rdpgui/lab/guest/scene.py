"""What the painters are told about one frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from rdpgui.lab.guest.desktop import Desktop
from rdpgui.lab.guest.machine import PendingShutdown, Screen


@dataclass(frozen=True, slots=True)
class Scene:
    """One frame's facts.

    Attributes:
        elapsed_s: seconds since the screen appeared.
        progress: share of the screen's time that is over, 0 to 1.
        now_ms: the guest's own idea of the time, Unix milliseconds.
        boot_at: when the guest booted, by its own clock (aware UTC).
        pending_s: seconds left of the countdown ``pending``.
    """

    screen: Screen
    elapsed_s: float
    progress: float
    now_ms: int
    boot_at: datetime
    desktop: Desktop
    pending: PendingShutdown | None = None
    pending_s: float = 0.0

    @property
    def now_at(self) -> datetime:
        """Return the guest's own idea of the time (aware UTC)."""
        return datetime.fromtimestamp(self.now_ms / 1000, UTC)

    @property
    def second(self) -> int:
        """Return the Unix second of the guest's own clock."""
        return self.now_ms // 1000
