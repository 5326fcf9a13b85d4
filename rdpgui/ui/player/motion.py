"""Playing: which backend plays, and what happens when it does not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import PurePath

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError, RecordingUnreadable
from rdpgui.files import FileIdentity, identity_of, refuse_replaced
from rdpgui.i18n import N_
from rdpgui.ui.film_port import RemoteFilm
from rdpgui.ui.player.backend import Backend, BackendFactory, BackendMissing, RemoteMedia
from rdpgui.ui.player.gathering import gather
from rdpgui.ui.player.signed import SignedUrl
from rdpgui.ui.tasks import TaskScope

NO_PICTURE_LIMIT_S = 2.0
"""Without a picture, and without a frame decoded on the way to one."""
EXACT_BELOW_RATE = 1.0
"""libvlc paces its way from the key frame by the slowed clock: seconds of standing still."""
EXACT_FROM_RATE = 8.0
"""libvlc does not know the times of its pictures; so fast, that is half a second of film."""
_RUNS_ON_UP_TO_RATE = 4.0
"""Above, a player that does not know its next picture's time is told the shown one's, never ahead of it."""
_HELD_AFTER_S = 0.3
"""A picture shown for longer stands on purpose: the film's time goes on under it."""
_HELD_INTERVAL_MS = 66


class Motion(QObject):
    """Plays with the first backend that can; a backend without pictures is replaced by the next one.

    Args:
        factories: in the order of preference; each is called when its backend is first needed.
        tasks: where URLs are signed.

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
        self._factories = list(factories)
        self._tasks = tasks
        self._backends: dict[int, Backend] = {}
        self._missing: set[int] = set()
        self._at = self._preferred = 0
        self._decoded_frames = 0
        self._opened: set[int] = set()
        self._film: tuple[PurePath | RemoteFilm, int, int] | None = None
        self._identity: FileIdentity | None = None
        self._signed: SignedUrl | None = None
        self._orders = 0
        self._signing = False
        self._playing = False
        self._film_s, self._rate = 0.0, 1.0
        self._shown_mono_s: float | None = None
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.setInterval(round(NO_PICTURE_LIMIT_S * 1000))
        self._watch.timeout.connect(self._on_no_picture)
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
        held_s = self._held_s
        if held_s <= _HELD_AFTER_S:
            return self._film_s
        known_s = self._backends[self._at].film_s
        if known_s is not None:
            return max(self._film_s, known_s)
        return self._film_s + (held_s * self._rate if self._rate <= _RUNS_ON_UP_TO_RATE else 0.0)

    @property
    def _held_s(self) -> float:
        """For how long the picture has been shown."""
        return time.monotonic() - self._shown_mono_s if self._playing and self._shown_mono_s is not None else 0.0

    @property
    def backend_name(self) -> str:
        """Name of the backend in use; empty before the first play."""
        return self._backends[self._at].name if self._at in self._backends else ""

    def open(self, source: PurePath | RemoteFilm, width: int, height: int, *, exact: bool = False) -> None:
        """Take a film; every backend that is not missing gets its chance with it.

        Args:
            source: the film.
            width: of its pictures, pixels.
            height: of its pictures, pixels.
            exact: only the last backend, the exact one, shows it as it is.
        """
        self.stop()
        self._film = (source, width, height)
        self._identity = identity_of(source) if isinstance(source, PurePath) else None
        self._signed = SignedUrl(source, self._tasks) if isinstance(source, RemoteFilm) else None
        self._opened.clear()
        self._at = self._preferred = len(self._factories) - 1 if exact else self._next_usable(0) or 0

    def play(self, from_s: float, rate: float) -> None:
        """Play from a film time at a speed."""
        if self._film is None:
            return
        self._playing, self._rate = True, rate
        self._at = self._best_at(rate)
        self._ask_for(from_s)
        self._tick.start()
        self._begin()

    def seek(self, to_s: float) -> None:
        """Go on from another film time."""
        if self._playing:
            self._ask_for(to_s)
            if self._streams:
                self._begin()  # with a URL that lasts
            else:
                self._backends[self._at].seek(to_s)
                self._watch.start()

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        if self._shown_mono_s is not None:
            self._film_s, self._shown_mono_s = self.position_s, time.monotonic()
        self._rate = rate
        if not self._playing:
            return
        best = self._best_at(rate)
        if best == self._at:
            self._backends[self._at].set_rate(rate)
            return
        at_s = self.position_s
        self._backends[self._at].stop()
        self._at = best
        self._ask_for(at_s)
        self._begin()

    def stop(self) -> float:
        """Stop; return the film time of what was shown last."""
        at_s = self.position_s
        if self._playing:
            self._rest()
            self._backends[self._at].stop()
        self._film_s = at_s
        return at_s

    def close(self) -> Future[None]:
        """Stop for good; the future is done when no thread of a backend is left."""
        self.stop()
        self._film = None
        return gather([backend.close() for backend in self._backends.values()])

    @property
    def _streams(self) -> bool:
        return self._signed is not None and self._backend(self._at).needs_url

    def _ask_for(self, from_s: float) -> None:
        self._film_s, self._shown_mono_s = from_s, None

    def _begin(self) -> None:
        """Start the backend where it was asked for, with a fresh URL when it needs one."""
        self._orders += 1
        if self._signed is not None and self._streams:
            self._signing = True
            self._signed.use(partial(self._on_url, self._orders), partial(self._on_not_signed, self._orders))
        else:
            self._start("", anew=False)

    def _start(self, url: str, *, anew: bool) -> None:
        if self._film is None:
            return
        backend, (source, width, height) = self._backend(self._at), self._film
        if isinstance(source, PurePath):
            try:
                refuse_replaced(source, self._identity)
            except RecordingUnreadable as error:  # no player can help
                self._rest()
                self.failed.emit(error)
                return
        if anew or self._at not in self._opened:
            self._opened.add(self._at)
            media = RemoteMedia(source.name, source.reader, url) if isinstance(source, RemoteFilm) else source
            backend.open(media, width, height)
        backend.play(self._film_s, self._rate)
        self._decoded_frames = backend.decoded_frames
        self._watch.start()

    def _on_url(self, order: int, url: str) -> None:
        if self._playing and order == self._orders:
            self._signing = False
            self._start(url, anew=True)

    def _on_not_signed(self, order: int, error: RdpguiError) -> None:
        if self._playing and order == self._orders:
            self._signing = False
            self._give_up(error)

    def _backend(self, at: int) -> Backend:
        if at not in self._backends:
            made = self._factories[at](self)
            made.picture.connect(self._on_picture)
            made.ended.connect(self._on_ended)
            made.failed.connect(self._on_failed)
            self._backends[at] = made
        return self._backends[at]

    def _next_usable(self, begin: int) -> int | None:
        return next((at for at in range(begin, len(self._factories)) if at not in self._missing), None)

    def _best_at(self, rate: float) -> int:
        """Return the backend for a speed: the exact one where the others' pictures and times drift apart."""
        exact = len(self._factories) - 1
        drifts = rate < EXACT_BELOW_RATE or rate >= EXACT_FROM_RATE
        return exact if drifts and exact not in self._missing else self._preferred

    def _rest(self) -> None:
        self._playing = self._signing = False
        self._watch.stop()
        self._tick.stop()

    def _is_from_current(self) -> bool:
        sender: object = self.sender()
        return sender is self._backends[self._at]

    def _on_picture(self, image: QImage, at_s: float) -> None:
        if self._playing and not self._signing and self._is_from_current():
            self._watch.stop()
            # The frame around the time asked for began before it.
            self._film_s = max(at_s, self._film_s) if self._shown_mono_s is None else at_s
            self._shown_mono_s = time.monotonic()
            self.picture.emit(image, self._film_s)

    def _on_tick(self) -> None:
        if self._held_s > _HELD_AFTER_S:
            self.moved.emit(self.position_s)

    def _on_ended(self) -> None:
        if self._playing and self._is_from_current():
            self._rest()
            self.ended.emit()

    def _on_failed(self, error: object) -> None:
        if self._playing and self._is_from_current() and isinstance(error, RdpguiError):
            self._give_up(error)

    def _on_no_picture(self) -> None:
        decoded = self._backends[self._at].decoded_frames
        if decoded > self._decoded_frames:  # on its way from a far key frame
            self._decoded_frames = decoded
            self._watch.start()
            return
        template = N_("{player} showed no new picture within {limit_s} s.")
        self._give_up(RdpguiError(template, player=self.backend_name, limit_s=NO_PICTURE_LIMIT_S))

    def _give_up(self, error: RdpguiError) -> None:
        from_s = self.position_s
        self._rest()
        self._backends[self._at].stop()
        if isinstance(error, BackendMissing):
            self._missing.add(self._at)
        following = self._next_usable(self._at + 1)
        if following is None:
            self.failed.emit(error)
            return
        self._at = self._preferred = following
        self.fell_back.emit(error, self._backend(following).name)
        self.play(from_s, self._rate)
