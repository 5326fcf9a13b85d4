"""Playing a reel: over its cuts, round its loop, over its idle stretches. All times are reel time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rdpgui.ui.player.loop import Loop, idle_jump
from rdpgui.ui.player.motion import Motion
from rdpgui.ui.player.mount import Mount
from rdpgui.ui.player.still_desk import StillDesk
from rdpgui.ui.shaped import shaped


class Moving(QObject):
    """Plays the films of a reel as one.

    Args:
        mount: the films. motion: plays one of them. desk: forgets its stills when the picture moves.

    Attributes:
        loop: is played over and over. rate: film seconds a second. skip_idle: jump over idle stretches.

    Signals:
        picture: a ``QImage`` of the moving film, as it is to be shown, and its time. moved: the time under a held one.
        jump_due: the time to go to, because a loop ends here or an idle stretch begins.
        gap_crossed: playing went over so many seconds without film. ended: nothing is left to play.
        loop_changed: the ends of the loop were set.
    """

    picture = Signal(QImage, float)
    moved = Signal(float)
    jump_due = Signal(float)
    gap_crossed = Signal(float)
    ended = Signal()
    loop_changed = Signal()

    def __init__(self, mount: Mount, motion: Motion, desk: StillDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mount, self._motion, self._desk = mount, motion, desk
        self.loop = Loop()
        self.rate = 1.0
        self.skip_idle = False
        motion.picture.connect(self._on_picture)
        motion.moved.connect(self._on_moved)
        motion.ended.connect(self._on_ended)

    def play(self, from_s: float) -> None:
        """Play from a time; from the loop's begin when it lies behind the loop."""
        self._play_from(self.loop.begin_of(from_s))

    def seek(self, to_s: float, *, toward: int = 0) -> float:
        """Go on from another time; returns the time that it is, which in a gap is an end of it."""
        reel = self._mount.reel
        if reel is None:
            return 0.0
        place, film_s = reel.locate(to_s, toward=toward)
        if place == self._mount.part:
            self._motion.seek(min(film_s, reel.parts[place].rest_s))
        else:
            self._play_from(reel.parts[place].begin_s + film_s)
        return self._mount.begin_s + film_s

    def stop(self) -> float:
        """Stop; returns the time of what was shown last."""
        return self._mount.reel_s(self._motion.stop())

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        self.rate = rate
        self._motion.set_rate(rate)

    def set_skip_idle(self, skip: bool) -> None:
        """Jump over idle stretches while playing."""
        self.skip_idle = skip

    def set_loop(self, loop: Loop) -> None:
        """Play between two times, over and over."""
        self.loop = loop
        self.loop_changed.emit()

    def clear_loop(self) -> None:
        """Play to the end again."""
        self.set_loop(Loop())

    def _play_from(self, at_s: float) -> None:
        reel = self._mount.reel
        if reel is not None:
            place, film_s = reel.locate(at_s, toward=1)
            self._mount.enter(place)
            self._desk.forget()
            self._motion.play(min(film_s, reel.parts[place].rest_s), self.rate)

    def _leaves(self, at_s: float) -> bool:
        """Leave the end of a loop, or an idle stretch; say whether."""
        jump = self.loop.jump(at_s)
        if jump is None and self.skip_idle and self._mount.reel is not None:
            jump = idle_jump(self._mount.reel.idle, at_s)
        if jump is not None:
            self.jump_due.emit(jump)
        return jump is not None

    def _on_picture(self, image: QImage, film_s: float) -> None:
        at_s = self._mount.reel_s(film_s)
        if not self._leaves(at_s):
            facts = self._mount.facts
            self.picture.emit(image if facts is None else shaped(image, facts.shape, moving=True), at_s)

    def _on_moved(self, film_s: float) -> None:
        at_s = self._mount.reel_s(film_s)
        if not self._leaves(at_s):
            self.moved.emit(at_s)

    def _on_ended(self) -> None:
        reel, part = self._mount.reel, self._mount.part
        if self.loop.begin_s is not None or self.loop.end_s is not None:
            self._play_from(self.loop.begin_s or 0.0)
        elif reel is not None and part + 1 < len(reel.parts):
            before = reel.parts[part]
            self._play_from(reel.parts[part + 1].begin_s)
            self.gap_crossed.emit(max(0.0, self._mount.begin_s - before.end_s))
        else:
            self.ended.emit()
