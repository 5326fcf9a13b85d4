"""The hand of the common clock: it moves on only when both sides show where it stood."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rdpgui.ui.player.compare_clock import Lock
from rdpgui.ui.player.compare_side import CompareSide

_TICK_MS = 40
_FASTEST = 8.0
_SAME_S = 1e-4


class ComparePace(QObject):
    """Plays, stands, seeks: for both sides at once.

    Motion is made of exact stills: no player can run ahead of the other. A still that takes longer makes the next
    step larger, never the films apart.

    Attributes:
        lock: the common clock. at_s: where its hand stands, seconds from the anchor.

    Signals:
        moved: the hand, seconds from the anchor. playing_changed: whether it moves.
    """

    moved = Signal(float)
    playing_changed = Signal(bool)

    def __init__(self, sides: Sequence[CompareSide], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sides = sides
        self.lock = Lock((None, None), (0.0, 0.0))
        self.at_s = 0.0
        self._chosen_rate = 1.0
        self._rate = 1.0
        self._mono_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    @property
    def playing(self) -> bool:
        """Whether the hand moves."""
        return self._timer.isActive()

    @property
    def rate(self) -> float:
        """Speed of the hand; negative backwards."""
        return self._rate

    def set_lock(self, lock: Lock, at_s: float) -> None:
        """Take another alignment."""
        self.stop()
        self.lock, self.at_s = lock, lock.inside(at_s)

    def seek(self, at_s: float) -> None:
        """Put the hand somewhere; playing goes on from there."""
        self.at_s, self._mono_s = self.lock.inside(at_s), time.monotonic()
        self._show()

    def toggle(self) -> None:
        """Play or stand."""
        if self.playing:
            self.pause()
        else:
            self._play(self._chosen_rate)

    def pause(self) -> None:
        """Stand where it is."""
        self.stop()

    def stop(self) -> None:
        """Move no more."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def set_rate(self, rate: float) -> None:
        """Choose the speed; forwards."""
        self._chosen_rate = rate
        if self.playing:
            self._play(rate)

    def faster(self, direction: int) -> None:
        """Play in a direction; twice as fast when it goes there already."""
        if self.playing and self._rate * direction > 0:
            self._rate = min(abs(self._rate) * 2, _FASTEST) * direction
        else:
            self._play(float(direction))

    async def change_beside(self, frames: int) -> float | None:
        """Return when a picture on either side changes next, or changed before (-1); None when none does."""
        now_s, changes = self.at_s, list[float]()
        for number, side in enumerate(self._sides):
            still = side.desk.current
            if still is None:
                continue
            own_s = self.lock.common_s(number, still.pts_s)
            if frames < 0 and own_s is not None and own_s < now_s - _SAME_S and still.pts_s < side.end_s:
                changes.append(own_s)  # inside a frame: its own begin is the change before
                continue
            beside = await side.frame_beside(frames)
            at_s = None if beside is None else self.lock.common_s(number, beside.pts_s)
            if at_s is not None:
                changes.append(at_s)
        changes = [at_s for at_s in changes if (at_s - now_s) * frames > _SAME_S]
        nearest = min if frames > 0 else max
        return nearest(changes, default=None)

    def _play(self, rate: float) -> None:
        if self.lock.length_s <= 0:
            return
        at_end = self.at_s >= self.lock.end_s - 1e-3 if rate > 0 else self.at_s <= self.lock.begin_s + 1e-3
        if at_end:
            self.at_s = self.lock.begin_s if rate > 0 else self.lock.end_s
        self._rate, self._mono_s = rate, time.monotonic()
        if not self.playing:
            self._timer.start()
            self.playing_changed.emit(True)

    def _on_tick(self) -> None:
        if any(side.busy for side in self._sides):
            return
        now = time.monotonic()
        self.at_s = self.lock.inside(self.at_s + (now - self._mono_s) * self._rate)
        self._mono_s = now
        self._show()
        if self.at_s >= self.lock.end_s if self._rate > 0 else self.at_s <= self.lock.begin_s:
            self.stop()

    def _show(self) -> None:
        for number, side in enumerate(self._sides):
            side.show_at(self.lock.film_s(number, self.at_s))
        self.moved.emit(self.at_s)
