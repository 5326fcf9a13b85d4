"""The machine's states: which screen is shown, for how long, and which may follow.

Pure: time comes in as ``now_mono_s``. The picture::

    BOOT ─▶ LOGON ─▶ DESKTOP ─▶ SHUTDOWN ───────────┐
      │       │         ├─────▶ RESTART ────────────┼▶ CLOSED ─▶ OFF
      │       │         ├─────▶ UPDATE ─▶ RESTART   │
      └───────┴─────────┴─────▶ STOP ───────────────┘
    (BOOT and LOGON may also go to SHUTDOWN, RESTART and UPDATE; hibernation takes the desktop away without a screen
    of its own, straight to CLOSED, from each of the first three)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Screen(StrEnum):
    """What the guest's display shows."""

    BOOT = "boot"
    LOGON = "logon"
    DESKTOP = "desktop"
    UPDATE = "update"
    RESTART = "restart"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    CLOSED = "closed"
    OFF = "off"


class Action(StrEnum):
    """What follows power off."""

    RESTART = "restart"
    SHUTDOWN = "shutdown"
    HIBERNATE = "hibernate"


class Origin(StrEnum):
    """Who asked for it. Whatever a person does inside the session counts as the Start menu."""

    START_MENU = "start-menu"
    RUN_COMMAND = "run-command"
    ACPI = "acpi"
    CRASH = "crash"


_ENDINGS: Final = frozenset({Screen.SHUTDOWN, Screen.RESTART, Screen.UPDATE, Screen.STOP})

MOVES: Final[Mapping[Screen, frozenset[Screen]]] = {
    Screen.BOOT: _ENDINGS | {Screen.LOGON, Screen.CLOSED},
    Screen.LOGON: _ENDINGS | {Screen.DESKTOP, Screen.CLOSED},
    Screen.DESKTOP: _ENDINGS | {Screen.CLOSED},
    Screen.UPDATE: frozenset({Screen.RESTART}),
    Screen.RESTART: frozenset({Screen.CLOSED}),
    Screen.SHUTDOWN: frozenset({Screen.CLOSED}),
    Screen.STOP: frozenset({Screen.CLOSED}),
    Screen.CLOSED: frozenset({Screen.OFF}),
    Screen.OFF: frozenset(),
}

_NEXT: Final[Mapping[Screen, Screen]] = {
    Screen.BOOT: Screen.LOGON,
    Screen.LOGON: Screen.DESKTOP,
    Screen.UPDATE: Screen.RESTART,
    Screen.RESTART: Screen.CLOSED,
    Screen.SHUTDOWN: Screen.CLOSED,
    Screen.STOP: Screen.CLOSED,
    Screen.CLOSED: Screen.OFF,
}

_FIRST: Final[Mapping[Action, Screen]] = {
    Action.RESTART: Screen.RESTART,
    Action.SHUTDOWN: Screen.SHUTDOWN,
    Action.HIBERNATE: Screen.CLOSED,
}
"""Where an ending begins."""

_BOOT_SHARE: Final = 0.6
_UPDATE_SHARE: Final = 0.5


class MoveError(RuntimeError):
    """A move that ``MOVES`` does not allow: a bug of the caller."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds of the scenario. See ``GuestConfig`` for their meaning."""

    boot_s: float
    shutdown_screen_s: float
    off_after_desktop_s: float


@dataclass(frozen=True, slots=True)
class PendingShutdown:
    """A shutdown with a countdown (``shutdown.exe /t N``)."""

    action: Action
    origin: Origin
    due_mono_s: float

    def left_s(self, now_mono_s: float) -> float:
        """Return the seconds left, never negative."""
        return max(0.0, self.due_mono_s - now_mono_s)


class Machine:
    """The state machine of one guest.

    Attributes:
        screen: what is shown now.
        action: what the ending leads to; None while the machine just runs.
        origin: who asked for the ending; None likewise.
        pending: a shutdown counting down; None when there is none.
    """

    def __init__(self, timings: Timings, now_mono_s: float) -> None:
        self._timings = timings
        self._entered_mono_s = now_mono_s
        self._after_update = False
        self.screen = Screen.BOOT
        self.action: Action | None = None
        self.origin: Origin | None = None
        self.pending: PendingShutdown | None = None

    @property
    def ending(self) -> bool:
        """True from the first shutdown or stop screen on."""
        return self.action is not None

    def elapsed_s(self, now_mono_s: float) -> float:
        """Return the seconds since the present screen appeared."""
        return max(0.0, now_mono_s - self._entered_mono_s)

    def progress(self, now_mono_s: float) -> float:
        """Return how much of the present screen's time is over, 0 to 1; 0 for the desktop."""
        length_s = self._length_s()
        if length_s is None:
            return 0.0
        return min(1.0, self.elapsed_s(now_mono_s) / length_s) if length_s > 0 else 1.0

    def request(
        self, action: Action, origin: Origin, now_mono_s: float, *, delay_s: float = 0.0, update: bool = False
    ) -> bool:
        """Ask for a shutdown or restart; ``update`` shows the update screen first.

        Returns:
            False when the machine is ending already, or a countdown runs and another one is asked for.
        """
        if self.ending:
            return False
        if delay_s > 0:
            if self.pending is not None:
                return False
            self.pending = PendingShutdown(action, origin, now_mono_s + delay_s)
            return True
        self._begin(action, origin, now_mono_s, update=update)
        return True

    def abort(self) -> bool:
        """Cancel a countdown; False when there is none."""
        had_one, self.pending = self.pending is not None, None
        return had_one

    def crash(self, now_mono_s: float) -> bool:
        """Go to the stop screen; False when already ending."""
        if self.ending:
            return False
        self.pending, self.action, self.origin = None, Action.RESTART, Origin.CRASH
        self._enter(Screen.STOP, now_mono_s)
        return True

    def next_due_mono_s(self) -> float | None:
        """Return when the next move is due; None when nothing is planned."""
        length_s = self._length_s()
        dues = [] if length_s is None else [self._entered_mono_s + length_s]
        if self.pending is not None:
            dues.append(self.pending.due_mono_s)
        return min(dues, default=None)

    def due(self, now_mono_s: float) -> Screen | None:
        """Return the screen that is due now, without going there."""
        if self.pending is not None and now_mono_s >= self.pending.due_mono_s:
            return _FIRST[self.pending.action]
        length_s = self._length_s()
        if length_s is None or now_mono_s < self._entered_mono_s + length_s:
            return None
        return _NEXT[self.screen]

    def advance(self, now_mono_s: float) -> Screen | None:
        """Make the move that is due now and return the new screen; None when nothing is due."""
        target = self.due(now_mono_s)
        if target is None:
            return None
        pending = self.pending
        if pending is not None and now_mono_s >= pending.due_mono_s:
            self._begin(pending.action, pending.origin, now_mono_s, update=False)
        else:
            self._enter(target, now_mono_s)
        return self.screen

    def _begin(self, action: Action, origin: Origin, now_mono_s: float, *, update: bool) -> None:
        self.pending, self.action, self.origin = None, action, origin
        self._after_update = update
        self._enter(Screen.UPDATE if update else _FIRST[action], now_mono_s)

    def _enter(self, target: Screen, now_mono_s: float) -> None:
        if target not in MOVES[self.screen]:
            raise MoveError(f"{self.screen} may not go to {target}")
        self.screen = target
        self._entered_mono_s = now_mono_s

    def _length_s(self) -> float | None:
        """Return how long the present screen lasts; None = until somebody asks."""
        timings = self._timings
        match self.screen:
            case Screen.BOOT:
                return timings.boot_s * _BOOT_SHARE
            case Screen.LOGON:
                return timings.boot_s * (1 - _BOOT_SHARE)
            case Screen.UPDATE:
                return timings.shutdown_screen_s * _UPDATE_SHARE
            case Screen.RESTART | Screen.SHUTDOWN | Screen.STOP:
                share = 1 - _UPDATE_SHARE if self._after_update else 1.0
                return timings.shutdown_screen_s * share
            case Screen.CLOSED:
                # A crashed machine has no orderly way down: it is off at once. To save the memory takes its time.
                saving_s = timings.shutdown_screen_s if self.action is Action.HIBERNATE else 0.0
                return 0.0 if self.origin is Origin.CRASH else timings.off_after_desktop_s + saving_s
            case Screen.DESKTOP | Screen.OFF:
                return None
