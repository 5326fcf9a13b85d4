"""Playing: which backend plays, and what happens when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import PurePath

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError, RecordingUnreadable
from rdpgui.i18n import N_
from rdpgui.ui.film_port import RemoteFilm
from rdpgui.ui.player.backend import BackendFactory, BackendMissing
from rdpgui.ui.player.gathering import gather
from rdpgui.ui.player.picture_time import PictureTime, PictureWatch
from rdpgui.ui.player.roster import Roster
from rdpgui.ui.player.supply import Supply
from rdpgui.ui.tasks import TaskScope

_HELD_INTERVAL_MS = 66


class Motion(QObject):
    """Plays with the first backend that can; a backend without pictures is replaced by the next one.

    Args:
        factories: in the order of preference; each is called when its backend is first needed.
        tasks: where URLs are signed.

    Attributes:
        players: which of them plays. watch: whether a picture comes.

    Signals:
        picture: a ``QImage`` and its film time; the two are never told apart. ended: after the last frame.
        moved: the film time under a picture that is held for long.
        fell_back: the error that made the next backend take over, and that backend's name.
        failed: the error of the last backend.
    """

    picture = Signal(QImage, float)
    moved = Signal(float)
    ended = Signal()
    fell_back = Signal(object, str)
    failed = Signal(object)

    def __init__(self, factories: Sequence[BackendFactory], tasks: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.players = Roster(factories, self)
        self.players.picture.connect(self._on_picture)
        self.players.ended.connect(self._on_ended)
        self.players.failed.connect(self._on_failed)
        self._supply = Supply(tasks)
        self._time = PictureTime()
        self._playing = False
        self.watch = PictureWatch(self)
        self.watch.missed.connect(self._on_no_picture)
        self._tick = QTimer(self)
        self._tick.setInterval(_HELD_INTERVAL_MS)
        self._tick.timeout.connect(self._on_tick)

    @property
    def playing(self) -> bool:
        """Whether the film moves, or is about to."""
        return self._playing

    @property
    def position_s(self) -> float:
        """Film time of what is shown while playing, where the next picture is asked for before it is there."""
        return self._time.now_s(self.players.current if self._playing else None)

    def open(self, source: PurePath | RemoteFilm, width: int, height: int, *, exact: bool = False) -> None:
        """Take a film; every backend that is not missing gets its chance with it.

        Args:
            source: the film.
            width: of its pictures, pixels.
            height: of its pictures, pixels.
            exact: only the last backend, the exact one, shows it as it is.
        """
        self.stop()
        self._supply.take(source, width, height)
        self.players.begin(exact=exact)

    def play(self, from_s: float, rate: float) -> None:
        """Play from a film time at a speed."""
        if self._supply.film is None:
            return
        self._playing, self._time.rate = True, rate
        self.players.choose(rate)
        self._time.ask_for(from_s)
        self._tick.start()
        self._begin()

    def seek(self, to_s: float) -> None:
        """Go on from another film time."""
        if self._playing:
            self._time.ask_for(to_s)
            if self._supply.streams_to(self.players.current):
                self._begin()  # with a URL that lasts
            else:
                self.players.current.seek(to_s)
                self.watch.again()

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        at_s = self.position_s
        self._time.set_rate(rate, at_s)
        if not self._playing:
            return
        before = self.players.current
        if not self.players.choose(rate):
            before.set_rate(rate)
            return
        before.stop()
        self._time.ask_for(at_s)
        self._begin()

    def stop(self) -> float:
        """Stop; return the film time of what was shown last."""
        at_s = self.position_s
        if self._playing:
            self._rest()
            self.players.current.stop()
        self._time.ask_for(at_s)
        return at_s

    def close(self) -> Future[None]:
        """Stop for good; the future is done when no thread of a backend is left."""
        self.stop()
        self._supply.clear()
        return gather([backend.close() for backend in self.players.made])

    def _begin(self) -> None:
        """Give the player whose turn it is the film, and let it play from where it was asked for."""
        try:
            self._supply.give(self.players.current, self._on_given, self._give_up)
        except RecordingUnreadable as error:
            self._rest()
            self.failed.emit(error)

    def _on_given(self) -> None:
        player = self.players.current
        player.play(self._time.film_s, self._time.rate)
        if self._playing and self.players.is_current(player):  # it may have failed at once
            self.watch.start(player, last=self.players.is_last)

    def _rest(self) -> None:
        self._playing = False
        self._supply.cancel()
        self._time.rest()
        self.watch.stop()
        self._tick.stop()

    def _on_picture(self, image: QImage, at_s: float) -> None:
        if self._playing and not self._supply.waiting:
            self.watch.stop()
            self.picture.emit(image, self._time.show(at_s))

    def _on_tick(self) -> None:
        if self._time.held:
            self.moved.emit(self.position_s)

    def _on_ended(self) -> None:
        if self._playing:
            self._rest()
            self.ended.emit()

    def _on_failed(self, error: object) -> None:
        if self._playing and isinstance(error, RdpguiError):
            self._give_up(error)

    def _on_no_picture(self) -> None:
        template = N_("{player} showed no new picture within {limit_s} s.")
        self._give_up(RdpguiError(template, player=self.players.name, limit_s=f"{self.watch.limit_s:g}"))

    def _give_up(self, error: RdpguiError) -> None:
        from_s, rate = self.position_s, self._time.rate
        self._rest()
        self.players.current.stop()
        if not self.players.fall_back(missing=isinstance(error, BackendMissing)):
            self.failed.emit(error)
            return
        self.fell_back.emit(error, self.players.current.name)
        self.play(from_s, rate)
