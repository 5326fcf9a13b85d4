"""When the next frame is due. Pure: time comes in as ``now_mono_s``."""

from __future__ import annotations

from typing import Final

_INPUT_FRAME_S: Final = 0.03


class Beat:
    """The frame rate: full while a client is connected, sooner after input; nothing is painted for nobody.

    Attributes:
        clients: how many clients there were at the last look.
    """

    def __init__(self, fps: int, now_mono_s: float) -> None:
        self._period_s = 1.0 / fps
        self._painted_mono_s = now_mono_s
        self._input_waits = False
        self.clients = 0

    def due_mono_s(self) -> float | None:
        """Return when the next frame is due, None while nobody looks."""
        if not self.clients:
            return None
        period_s = self._period_s
        if self._input_waits:
            period_s = min(period_s, _INPUT_FRAME_S)
        return self._painted_mono_s + period_s

    def note_input(self) -> None:
        """Somebody moved the mouse or pressed a key: show it soon."""
        self._input_waits = True

    def is_due(self, now_mono_s: float, clients: int) -> bool:
        """Return whether to paint now: at the beat, and at once for a client that has just joined.

        The frame counts as painted at its due time when it is only a little late,
        so that delays do not add up.
        """
        due_mono_s = self.due_mono_s()
        joined, self.clients = clients > self.clients, clients
        if joined:
            self.painted(now_mono_s)
            return True
        if due_mono_s is None or not clients or now_mono_s < due_mono_s:
            return False
        regular = not self._input_waits and now_mono_s - due_mono_s < self._period_s
        self.painted(due_mono_s if regular else now_mono_s)
        return True

    def painted(self, at_mono_s: float) -> None:
        """Count the next frame from here."""
        self._painted_mono_s = at_mono_s
        self._input_waits = False
