"""The film's state: playing, standing on an exact still, running backwards; loop and idle stretches.

All times here are reel time (see ``reel.py``): several films in a row are one; a gap between two is a cut. The time
that was asked for stays the position, also where the picture shown then began long before it.

::

    no film ──open──▶ standing ──play──▶ playing ──end──▶ standing on the last frame
                      │    ▲               │
                      │    └────pause──────┘   (any seek or step of a playing film stays playing or stops it)
                      └──────rewind──▶ running backwards, still by still
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import FilmFacts, Still
from rdpgui.ui.player.backend import BackendFactory
from rdpgui.ui.player.images import image_of
from rdpgui.ui.player.loop import Loop, idle_jump
from rdpgui.ui.player.motion import Motion
from rdpgui.ui.player.reel import Reel, ReelPart
from rdpgui.ui.player.still_desk import StillDesk
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.shaped import shaped
from rdpgui.ui.tasks import TaskScope

_REWIND_MS = 80
_SAME_FRAME_S = 0.0006
"""Facts keep times to a thousandth of a second."""


class Deck(QObject):
    """Plays one film and stands still on exact frames.

    Signals:
        moving_picture: a ``QImage`` of the moving film; ``position_s`` is its time by then.
        still_picture: a ``QImage`` of an exact still.
        position_changed: film time in seconds. playing_changed: whether it moves.
        loop_changed: the ends were set. opened: stills can be asked for.
        watched: every picture of a film was looked at by now.
        downloaded: a film is read from its file by now.
        part_changed: place of the film that is shown now. gap_crossed: playing went over so many seconds without film.
        fell_back: an ``RdpguiError`` and the name of the player that took over.
        open_failed, still_failed, play_failed: an ``RdpguiError``.
    """

    moving_picture = Signal(QImage)
    still_picture = Signal(QImage)
    position_changed = Signal(float)
    playing_changed = Signal(bool)
    loop_changed = Signal()
    opened = Signal()
    part_changed = Signal(int)
    gap_crossed = Signal(float)
    watched = Signal()
    downloaded = Signal()
    fell_back = Signal(object, str)
    open_failed = Signal(object)
    still_failed = Signal(object)
    play_failed = Signal(object)

    def __init__(
        self, factories: Sequence[BackendFactory], stills: StillsPort, tasks: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk = StillDesk(stills, tasks, self)
        self.motion = Motion(factories, tasks, self)
        self.reel: Reel | None = None
        self.part = 0
        self.loop = Loop()
        self.position_s = 0.0
        self._asked_s: float | None = None
        self.rate = 1.0
        self.skip_idle = False
        self._rewind_rate = 0.0
        self._rewind_mono_s = 0.0
        self._rewind = QTimer(self)
        self._rewind.setInterval(_REWIND_MS)
        self._rewind.timeout.connect(self._on_rewind)
        self.desk.opened.connect(self.opened)
        self.desk.shown.connect(self._on_still)
        self.desk.open_failed.connect(self.open_failed)
        self.desk.still_failed.connect(self.still_failed)
        self.motion.picture.connect(self._on_picture)
        self.motion.moved.connect(self._on_moved)
        self.motion.ended.connect(self._on_ended)
        self.motion.failed.connect(self._on_play_failed)
        self.motion.fell_back.connect(self.fell_back)

    @property
    def playing(self) -> bool:
        """Whether the film moves, forwards or backwards."""
        return self.motion.playing or self._rewind.isActive()

    @property
    def shown(self) -> ReelPart | None:
        """The film that is shown, None without one."""
        return self.reel.parts[self.part] if self.reel is not None else None

    @property
    def facts(self) -> FilmFacts | None:
        """Facts of the film that is shown."""
        return self.shown.facts if self.shown is not None else None

    @property
    def begin_s(self) -> float:
        """Reel time at which the film that is shown begins."""
        return self.shown.begin_s if self.shown is not None else 0.0

    @property
    def at_last_frame(self) -> bool:
        """Whether the still shown is the last frame that decodes."""
        still = self.desk.current
        if still is None or self.reel is None:
            return False
        return still.pts_s + self.begin_s >= self.reel.last_frame_s - _SAME_FRAME_S

    @property
    def shown_s(self) -> float:
        """Film time of the picture shown: an exact still's own, else that of the moving film."""
        still, part = self.desk.current, self.shown
        if still is not None or part is None:
            return still.pts_s if still is not None else 0.0
        return min(part.inside(self.position_s), part.facts.last_frame_pts_s)

    @property
    def end_s(self) -> float:
        """Reel time of the end."""
        return self.reel.end_s if self.reel is not None else 0.0

    @property
    def _rest_s(self) -> float:
        return self.reel.rest_s - _SAME_FRAME_S if self.reel is not None else 0.0

    def open(self, reel: Reel) -> None:
        """Take films and stand on the first frame."""
        self._halt()
        self.reel, self.position_s, self.loop = reel, 0.0, Loop()
        self.desk.clear()
        self._asked_s = None
        self._enter(0)
        self.desk.first()

    def use_download(self, path: Path) -> None:
        """Read a film from its file from now on; what plays goes on as it is until it stands."""
        if self.reel is None or not any(part.film.remote and part.film.path == path for part in self.reel.parts):
            return
        self.reel = self.reel.downloaded(path)
        if not self.playing:
            self._stand_at(self.position_s)
        self.downloaded.emit()

    def take_watched(self, path: Path, facts: FilmFacts) -> None:
        """Take over what was found by looking at every picture of a film."""
        if self.reel is not None:
            self.reel = self.reel.watched(path, facts)
            self.watched.emit()

    def clear(self) -> None:
        """Hold no film."""
        self._halt()
        self.reel, self.part, self.position_s, self.loop = None, 0, 0.0, Loop()
        self.desk.clear()

    def play(self) -> None:
        """Play on; from the start when it stands at the end. A single picture of a moment has no motion."""
        if self.reel is None or self._rest_s <= 0.0:
            return
        self._rewind.stop()
        begin_s = 0.0 if self.position_s >= self._rest_s else self.position_s
        self._play_from(self.loop.begin_of(begin_s))
        self.playing_changed.emit(self.playing)

    def pause(self) -> None:
        """Stand on the exact frame of this moment."""
        if self.motion.playing:
            self._stand_at(min(self.motion.stop() + self.begin_s, self.end_s))
        self._rewind.stop()
        self.playing_changed.emit(False)

    def rewind(self, rate: float) -> None:
        """Run backwards, still by still."""
        if self.reel is not None:
            self.pause()
            self._rewind_rate, self._rewind_mono_s = rate, time.monotonic()
            self._rewind.start()
            self.playing_changed.emit(True)

    def seek(self, to_s: float, *, toward: int = 0) -> None:
        """Go to a time; a playing film plays on from there. ``toward``: which end of a gap is taken, see ``Reel``."""
        if self.reel is None:
            return
        to_s = min(max(0.0, to_s), self.end_s)
        if not self.motion.playing or to_s >= self._rest_s:
            self._halt()
            self._stand_at(to_s, toward=toward)
            self._set_position(self.position_s)
            return
        place, film_s = self.reel.locate(to_s, toward=toward)
        if place == self.part:
            self.motion.seek(min(film_s, self.reel.parts[place].rest_s))
        else:
            self._play_from(self.reel.parts[place].begin_s + film_s)
        self._set_position(self.begin_s + film_s)

    def step(self, frames: int) -> None:
        """Stand, then go some frames on or back; over the end of a film into the one beside it."""
        if self.reel is None:
            return
        if self.playing:
            self.pause()
        self._asked_s = None
        beside = self.part + (1 if frames > 0 else -1)
        if not self._at_edge(frames) or not 0 <= beside < len(self.reel.parts):
            self.desk.step(frames)
            return
        self._enter(beside)
        if frames > 0:
            self.desk.first()
        else:
            self.desk.last()

    def to_end(self) -> None:
        """Stand at the end, where the last frame is shown."""
        if self.reel is not None:
            self._halt()
            self._enter(len(self.reel.parts) - 1)
            self._asked_s = self.end_s
            self.desk.last()
            self._set_position(self.end_s)

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        self.rate = rate
        self.motion.set_rate(rate)

    def set_skip_idle(self, skip: bool) -> None:
        """Jump over idle stretches while playing."""
        self.skip_idle = skip

    def set_loop(self, loop: Loop) -> None:
        """Play between two film times, over and over."""
        self.loop = loop
        self.loop_changed.emit()

    def clear_loop(self) -> None:
        """Play to the end again."""
        self.set_loop(Loop())

    def close(self) -> Future[None]:
        """Stop; the future is done when no player thread is left. The desk is closed apart."""
        self._halt()
        return self.motion.close()

    def _halt(self) -> None:
        was = self.playing
        self._rewind.stop()
        self.motion.stop()
        if was:
            self.playing_changed.emit(False)

    def _enter(self, place: int) -> None:
        """Show another film of the reel; nothing when it is shown already."""
        if self.reel is None or (place == self.part and self.desk.opened_film == self.reel.parts[place].film.source):
            return
        self.part = place
        film, facts = self.reel.parts[place].film, self.reel.parts[place].facts
        # Over HTTP libvlc reads a fragmented film several times over before its first picture.
        exact = facts.libvlc_differs or (film.remote is not None and facts.fragmented)
        self.motion.open(film.source, facts.width, facts.height, exact=exact)
        self.desk.open(film.source)
        self.part_changed.emit(place)

    def _at_edge(self, frames: int) -> bool:
        """Say whether the still shown is the last one of its film in a direction."""
        still, film = self.desk.current, self.desk.film
        if still is None or film is None or self.desk.waiting:
            return False
        return still.index == (film.frame_count - 1 if frames > 0 else 0)

    def _play_from(self, at_s: float) -> None:
        if self.reel is not None:
            place, film_s = self.reel.locate(at_s, toward=1)
            self._enter(place)
            self.desk.forget()
            self.motion.play(min(film_s, self.reel.parts[place].rest_s), self.rate)

    def _stand_at(self, at_s: float, *, toward: int = 0) -> None:
        if self.reel is not None:
            place, film_s = self.reel.locate(at_s, toward=toward)
            self._enter(place)
            self._asked_s = self.position_s = self.begin_s + film_s
            self.desk.at_time(min(film_s, self.reel.parts[place].facts.last_frame_pts_s))

    def _set_position(self, at_s: float) -> None:
        self.position_s = at_s
        self.position_changed.emit(at_s)

    def _on_still(self, still: Still) -> None:
        if self.motion.playing:
            return
        self._set_position(self.begin_s + still.pts_s if self._asked_s is None else self._asked_s)
        self.still_picture.emit(image_of(still))

    def _on_picture(self, image: QImage, at_s: float) -> None:
        at_s = min(at_s + self.begin_s, self.end_s)
        if not self._jump(at_s):
            self.position_s = at_s  # before anybody sees the picture
            facts = self.facts
            self.moving_picture.emit(image if facts is None else shaped(image, facts.shape, moving=True))
            self._set_position(at_s)

    def _on_moved(self, at_s: float) -> None:
        at_s = min(at_s + self.begin_s, self.end_s)
        if not self._jump(at_s):
            self._set_position(at_s)

    def _jump(self, at_s: float) -> bool:
        """Leave the end of a loop, or an idle stretch; say whether."""
        jump = self.loop.jump(at_s)
        if jump is None and self.skip_idle and self.reel is not None:
            jump = idle_jump(self.reel.idle, at_s)
        if jump is not None:
            self.seek(jump)
        return jump is not None

    def _on_ended(self) -> None:
        if self.loop.begin_s is not None or self.loop.end_s is not None:
            self._play_from(self.loop.begin_s or 0.0)
        elif self.reel is not None and self.part + 1 < len(self.reel.parts):
            before = self.reel.parts[self.part]
            self._play_from(self.reel.parts[self.part + 1].begin_s)
            self.gap_crossed.emit(max(0.0, self.begin_s - before.end_s))
        else:
            # libvlc may stop one frame early: what stays on screen is the exact last frame.
            self.to_end()
            self.playing_changed.emit(False)

    def _on_play_failed(self, error: RdpguiError) -> None:
        self._stand_at(self.position_s)
        self.playing_changed.emit(False)
        self.play_failed.emit(error)

    def _on_rewind(self) -> None:
        if self.desk.waiting:
            return
        now = time.monotonic()
        back_s = (now - self._rewind_mono_s) * self._rewind_rate
        self._rewind_mono_s = now
        self._stand_at(max(0.0, self.position_s - back_s), toward=-1)
        if self.position_s <= 0.0:
            self._halt()
