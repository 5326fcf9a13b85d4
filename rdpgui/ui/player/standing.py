"""Standing on exact frames of a reel, and running backwards still by still. All times are reel time."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from rdpgui.core.film import Still
from rdpgui.ui.player.mount import Mount
from rdpgui.ui.player.still_desk import StillDesk

_REWIND_MS = 80
_SAME_FRAME_S = 0.0006
"""Facts keep times to a thousandth of a second."""


class Standing(QObject):
    """Asks for exact stills by reel time. The time that was asked for counts, also where its picture began long before.

    Args:
        mount: the films. desk: gives the stills.

    Signals:
        shown: a ``Still``, and the time that it is shown for.
    """

    shown = Signal(object, float)

    def __init__(self, mount: Mount, desk: StillDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mount, self._desk = mount, desk
        self._asked_s: float | None = None
        desk.shown.connect(self._on_still)

    @property
    def rest_s(self) -> float:
        """Time from which on nothing moves."""
        return self._mount.reel.rest_s - _SAME_FRAME_S if self._mount.reel is not None else 0.0

    @property
    def at_last_frame(self) -> bool:
        """Whether the still shown is the last frame that decodes."""
        still, reel = self._desk.current, self._mount.reel
        if still is None or reel is None:
            return False
        return still.pts_s + self._mount.begin_s >= reel.last_frame_s - _SAME_FRAME_S

    def at_begin(self) -> None:
        """Stand on the first frame."""
        self._asked_s = None
        self._mount.enter(0)
        self._desk.first()

    def at(self, at_s: float, *, toward: int = 0) -> float:
        """Stand at a time; returns the time that it is, which in a gap is an end of it.

        Args:
            at_s: the time.
            toward: which end of a gap is taken, see ``Reel``.
        """
        reel = self._mount.reel
        if reel is None:
            return 0.0
        place, film_s = reel.locate(at_s, toward=toward)
        self._mount.enter(place)
        self._asked_s = asked_s = self._mount.begin_s + film_s
        self._desk.at_time(min(film_s, reel.parts[place].facts.last_frame_pts_s))
        return asked_s

    def at_end(self) -> float:
        """Stand at the end, where the last frame is shown; returns its time."""
        reel = self._mount.reel
        if reel is None:
            return 0.0
        self._mount.enter(len(reel.parts) - 1)
        self._asked_s = self._mount.end_s
        self._desk.last()
        return self._mount.end_s

    def step(self, frames: int) -> None:
        """Go some frames on or back; over the end of a film into the one beside it."""
        reel = self._mount.reel
        if reel is None:
            return
        self._asked_s = None
        beside = self._mount.part + (1 if frames > 0 else -1)
        if not self._at_edge(frames) or not 0 <= beside < len(reel.parts):
            self._desk.step(frames)
            return
        self._mount.enter(beside)
        if frames > 0:
            self._desk.first()
        else:
            self._desk.last()

    def _at_edge(self, frames: int) -> bool:
        """Say whether the still shown is the last one of its film in a direction."""
        still, film = self._desk.current, self._desk.film
        if still is None or film is None or self._desk.waiting:
            return False
        return still.index == (film.frame_count - 1 if frames > 0 else 0)

    def _on_still(self, still: Still) -> None:
        self.shown.emit(still, self._mount.begin_s + still.pts_s if self._asked_s is None else self._asked_s)


class Rewind(QObject):
    """Says how far to go back, again and again; not while a still is on its way.

    Args:
        desk: gives the stills.

    Signals:
        due: seconds of film to go back by now.
    """

    due = Signal(float)

    def __init__(self, desk: StillDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rate = 0.0
        self._mono_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_REWIND_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def active(self) -> bool:
        """Whether it runs backwards."""
        return self._timer.isActive()

    def start(self, rate: float) -> None:
        """Run backwards at a speed, film seconds a second."""
        self._rate, self._mono_s = rate, time.monotonic()
        self._timer.start()

    def stop(self) -> None:
        """Run no more."""
        self._timer.stop()

    def tick(self) -> None:
        """Go back by the time that has passed."""
        if self._desk.waiting:
            return
        now = time.monotonic()
        back_s = (now - self._mono_s) * self._rate
        self._mono_s = now
        self.due.emit(back_s)
