"""The film time on screen while a film moves, and when no picture comes."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from rdpgui.ui.player.backend import Backend

NO_PICTURE_LIMIT_S = 2.0
"""Without a picture, and without a frame decoded on the way to one: then another player takes over."""
LAST_LIMIT_S = 15.0
"""The same, where no other player is left: on a machine that is busy with other things it only takes its time."""
_RUNS_ON_UP_TO_RATE = 4.0
"""Above, a player that does not know its next picture's time is told the shown one's, never ahead of it."""
_HELD_AFTER_S = 0.3
"""A picture shown for longer stands on purpose: the film's time goes on under it."""


class PictureTime:
    """The film time of the picture on screen; under one that is held for long, time goes on.

    Attributes:
        film_s: of the picture shown last, or asked for. rate: film seconds a second.
    """

    def __init__(self) -> None:
        self.film_s = 0.0
        self.rate = 1.0
        self._shown_mono_s: float | None = None

    @property
    def held(self) -> bool:
        """Whether a picture stands for so long that the time goes on under it."""
        return self._held_s > _HELD_AFTER_S

    @property
    def _held_s(self) -> float:
        return time.monotonic() - self._shown_mono_s if self._shown_mono_s is not None else 0.0

    def now_s(self, player: Backend | None) -> float:
        """Return the film time of this moment.

        Args:
            player: what is showing pictures, None while nothing is.
        """
        held_s = self._held_s
        if held_s <= _HELD_AFTER_S or player is None:
            return self.film_s
        known_s = player.film_s
        if known_s is not None:
            return max(self.film_s, known_s)
        return self.film_s + (held_s * self.rate if self.rate <= _RUNS_ON_UP_TO_RATE else 0.0)

    def ask_for(self, film_s: float) -> None:
        """Wait for the picture of a film time."""
        self.film_s, self._shown_mono_s = film_s, None

    def show(self, at_s: float) -> float:
        """Take the time of a picture that is shown now; returns its film time."""
        # The frame around the time asked for began before it.
        self.film_s = max(at_s, self.film_s) if self._shown_mono_s is None else at_s
        self._shown_mono_s = time.monotonic()
        return self.film_s

    def set_rate(self, rate: float, now_s: float) -> None:
        """Go on from this moment's film time at another speed."""
        if self._shown_mono_s is not None:
            self.film_s, self._shown_mono_s = now_s, time.monotonic()
        self.rate = rate

    def rest(self) -> None:
        """Let no time go on: nothing moves."""
        self._shown_mono_s = None


class PictureWatch(QObject):
    """Tells when a player shows nothing for too long.

    Signals:
        missed: no picture came, and no frame was decoded on the way to one.
    """

    missed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._usual_limit_s, self._last_limit_s = NO_PICTURE_LIMIT_S, max(LAST_LIMIT_S, NO_PICTURE_LIMIT_S)
        self.limit_s = self._usual_limit_s
        self._player: Backend | None = None
        self._decoded_frames = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(self.limit_s * 1000))
        self._timer.timeout.connect(self.run_out)

    @property
    def active(self) -> bool:
        """Whether a picture is waited for."""
        return self._timer.isActive()

    def start(self, player: Backend, *, last: bool = False) -> None:
        """Wait for a player's picture; longer for the last one, which nobody can replace."""
        self._player, self._decoded_frames = player, player.decoded_frames
        self.limit_s = self._last_limit_s if last else self._usual_limit_s
        self._timer.start(round(self.limit_s * 1000))

    def again(self) -> None:
        """Wait as long again."""
        self._timer.start()

    def stop(self) -> None:
        """A picture is there, or none is wanted any more."""
        self._timer.stop()

    def run_out(self) -> None:
        """The time is over: wait again for a player that is on its way from a far key frame."""
        decoded = self._player.decoded_frames if self._player is not None else 0
        if decoded > self._decoded_frames:
            self._decoded_frames = decoded
            self._timer.start()
        else:
            self._timer.stop()
            self.missed.emit()
