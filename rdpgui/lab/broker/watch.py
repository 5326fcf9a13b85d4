"""When is a silent source stalled? Pure: time comes in, decisions go out."""

from __future__ import annotations

from enum import Enum


class Sign(Enum):
    """What the watch wants to be done."""

    NOTHING = "nothing"
    PING = "ping"
    STALLED = "stalled"
    RESUMED = "resumed"


class StallWatch:
    """Tells a quiet source, which answers a ping, from a stalled one, which does not.

    A ping is due after half of the allowed silence. Stalled is not ended: the connection goes on.

    Args:
        stall_after_s: silence after which the source counts as stalled.
        now_ms: when the watch begins, Unix milliseconds.
    """

    def __init__(self, stall_after_s: float, now_ms: int) -> None:
        self._stall_after_ms = round(stall_after_s * 1000)
        self._heard_ms = now_ms
        self._pinged_ms = now_ms
        self.stalled = False

    def heard(self, now_ms: int) -> Sign:
        """Something came from the source."""
        self._heard_ms = now_ms
        was_stalled, self.stalled = self.stalled, False
        return Sign.RESUMED if was_stalled else Sign.NOTHING

    def silent(self, now_ms: int) -> Sign:
        """Nothing came. One ping a silence is asked for: the answer stays owed until it comes."""
        silence_ms = now_ms - self._heard_ms
        if not self.stalled and silence_ms >= self._stall_after_ms:
            self.stalled = True
            return Sign.STALLED
        if self._pinged_ms <= self._heard_ms and silence_ms >= self._stall_after_ms // 2:
            self._pinged_ms = now_ms
            return Sign.PING
        return Sign.NOTHING
