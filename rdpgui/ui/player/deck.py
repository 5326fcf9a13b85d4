"""The film's state: playing, standing on an exact still, running backwards.

All times here are reel time (see ``reel.py``): several films in a row are one; a gap between two is a cut. The time
that was asked for stays the position, also where the picture shown then began long before it.

::

    no film ──open──▶ standing ──play──▶ playing ──end──▶ standing on the last frame
                      │    ▲               │
                      │    └────pause──────┘   (any seek or step of a playing film stays playing or stops it)
                      └──────rewind──▶ running backwards, still by still
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Still
from rdpgui.ui.player.backend import BackendFactory
from rdpgui.ui.player.images import image_of
from rdpgui.ui.player.loop import Loop
from rdpgui.ui.player.motion import Motion
from rdpgui.ui.player.mount import Mount
from rdpgui.ui.player.moving import Moving
from rdpgui.ui.player.reel import Reel
from rdpgui.ui.player.standing import Rewind, Standing
from rdpgui.ui.player.still_desk import StillDesk
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.tasks import TaskScope


class Deck(QObject):
    """Plays one film and stands still on exact frames.

    Attributes:
        mount: the films, and which of them is shown. moving: the reel as it plays. standing: the reel as it stands.
        motion: plays one film. desk: stills of one film. position_s: where it is.

    Signals:
        moving_picture: a ``QImage`` of the moving film; ``position_s`` is its time by then.
        still_picture: a ``QImage`` of an exact still.
        position_changed: film time in seconds. playing_changed: whether it moves.
        downloaded: a film is read from its file by now.
        play_failed: an ``RdpguiError``.
    """

    moving_picture = Signal(QImage)
    still_picture = Signal(QImage)
    position_changed = Signal(float)
    playing_changed = Signal(bool)
    downloaded = Signal()
    play_failed = Signal(object)

    def __init__(
        self, factories: Sequence[BackendFactory], stills: StillsPort, tasks: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk = StillDesk(stills, tasks, self)
        self.motion = Motion(factories, tasks, self)
        self.mount = Mount(self.motion, self.desk, self)
        self.moving = Moving(self.mount, self.motion, self.desk, self)
        self.standing = Standing(self.mount, self.desk, self)
        self._rewind = Rewind(self.desk, self)
        self.position_s = 0.0
        self.standing.shown.connect(self._on_still)
        self.moving.picture.connect(self._on_picture)
        self.moving.moved.connect(self._set_position)
        self.moving.jump_due.connect(self.seek)
        self.moving.ended.connect(self._on_ended)
        self.motion.failed.connect(self._on_play_failed)
        self._rewind.due.connect(self._on_rewind)

    @property
    def playing(self) -> bool:
        """Whether the film moves, forwards or backwards."""
        return self.motion.playing or self._rewind.active

    def open(self, reel: Reel) -> None:
        """Take films and stand on the first frame."""
        self._halt()
        self.position_s, self.moving.loop = 0.0, Loop()
        self.mount.load(reel)
        self.standing.at_begin()

    def use_download(self, path: Path) -> None:
        """Read a film from its file from now on; what plays goes on as it is until it stands."""
        if self.mount.take_download(path):
            if not self.playing:
                self._stand_at(self.position_s)
            self.downloaded.emit()

    def clear(self) -> None:
        """Hold no film."""
        self._halt()
        self.position_s, self.moving.loop = 0.0, Loop()
        self.mount.unload()

    def play(self) -> None:
        """Play on; from the start when it stands at the end. A single picture of a moment has no motion."""
        rest_s = self.standing.rest_s
        if rest_s > 0.0:
            self._rewind.stop()
            self.moving.play(0.0 if self.position_s >= rest_s else self.position_s)
            self.playing_changed.emit(self.playing)

    def pause(self) -> None:
        """Stand on the exact frame of this moment."""
        if self.motion.playing:
            self._stand_at(self.moving.stop())
        self._rewind.stop()
        self.playing_changed.emit(False)

    def rewind(self, rate: float) -> None:
        """Run backwards, still by still."""
        if self.mount.reel is not None:
            self.pause()
            self._rewind.start(rate)
            self.playing_changed.emit(True)

    def seek(self, to_s: float, *, toward: int = 0) -> None:
        """Go to a time; a playing film plays on from there. ``toward``: which end of a gap is taken, see ``Reel``."""
        if self.mount.reel is None:
            return
        to_s = min(max(0.0, to_s), self.mount.end_s)
        if self.motion.playing and to_s < self.standing.rest_s:
            self._set_position(self.moving.seek(to_s, toward=toward))
        else:
            self._halt()
            self._stand_at(to_s, toward=toward)
            self._set_position(self.position_s)

    def step(self, frames: int) -> None:
        """Stand, then go some frames on or back; over the end of a film into the one beside it."""
        if self.playing:
            self.pause()
        self.standing.step(frames)

    def to_end(self) -> None:
        """Stand at the end, where the last frame is shown."""
        if self.mount.reel is not None:
            self._halt()
            self._set_position(self.standing.at_end())

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

    def _stand_at(self, at_s: float, *, toward: int = 0) -> None:
        if self.mount.reel is not None:
            self.position_s = self.standing.at(at_s, toward=toward)

    def _set_position(self, at_s: float) -> None:
        self.position_s = at_s
        self.position_changed.emit(at_s)

    def _on_still(self, still: Still, at_s: float) -> None:
        if not self.motion.playing:
            self._set_position(at_s)
            self.still_picture.emit(image_of(still))

    def _on_picture(self, image: QImage, at_s: float) -> None:
        self.position_s = at_s  # before anybody sees the picture
        self.moving_picture.emit(image)
        self._set_position(at_s)

    def _on_ended(self) -> None:
        # libvlc may stop one frame early: what stays on screen is the exact last frame.
        self.to_end()
        self.playing_changed.emit(False)

    def _on_play_failed(self, error: RdpguiError) -> None:
        self._stand_at(self.position_s)
        self.playing_changed.emit(False)
        self.play_failed.emit(error)

    def _on_rewind(self, back_s: float) -> None:
        self._stand_at(max(0.0, self.position_s - back_s), toward=-1)
        if self.position_s <= 0.0:
            self._halt()
