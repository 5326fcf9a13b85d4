"""Play one film with PyAV in a thread of its own, frame exact: the player where libvlc is missing or fails.

PyAV is imported by that thread, so that importing this module costs nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from rdpgui.core.errors import RdpguiError
from rdpgui.core.ports import RangeReader

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from rdpgui.media.film import Film
    from rdpgui.media.groups import GroupTable

_LOG = logging.getLogger(__name__)
PictureCallback = Callable[[int, float, int, int, bytes], None]
"""Called with order number, presentation time in seconds, width, height, and width x height x 4 bytes BGRX."""
EndCallback = Callable[[int], None]
"""Called with the order number after the last frame."""
FailureCallback = Callable[[int, RdpguiError], None]
"""Called with the order number and why it cannot go on."""
SKIP_WHEN_LATE_S = 0.05
"""A frame that is later than this is decoded but not shown, as long as another one was shown just before."""
SHOW_AT_LEAST_S = 0.1
SLOW_DOWN_AFTER_S = 0.5
"""When decoding is behind by this, the film runs slower than asked for."""


@dataclass(frozen=True, slots=True)
class _Order:
    number: int
    from_s: float


class FilmPlayback:
    """Plays a film; every method returns at once. Callbacks come from its own thread.

    Args:
        source: path of a film that was inspected, or ranged reads of an object; the reader stays the caller's.
        name: of an object, for messages.
        on_picture: a frame is due. on_end: the last frame was shown. on_failure: it cannot be played.
    """

    def __init__(
        self,
        source: PurePath | RangeReader,
        on_picture: PictureCallback,
        on_end: EndCallback,
        on_failure: FailureCallback,
        name: str = "",
    ) -> None:
        self._source = source
        self._name = source.name if isinstance(source, PurePath) else name
        self._on_picture, self._on_end, self._on_failure = on_picture, on_end, on_failure
        self._changed = threading.Condition()
        self._order: _Order | None = None
        self._done_number = 0
        self._closed = False
        self._rate = 1.0
        self._base_s = 0.0
        self._base_mono_s = 0.0
        self._next_s = 0.0
        self._shown_mono_s = 0.0
        self.decoded_frames = 0
        self._thread: threading.Thread | None = None
        self._gone: Future[None] = Future()

    def play(self, number: int, from_s: float, rate: float) -> None:
        """Show the frame at a film time, then go on from there.

        Args:
            number: returned with every callback, so that late ones can be told apart; grows.
            from_s: seconds from the first frame.
            rate: 1.0 is the film's own speed.
        """
        with self._changed:
            self._order, self._rate = _Order(number, from_s), rate
            self._changed.notify_all()
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="film-playback", daemon=True)
                self._thread.start()

    def film_s(self) -> float:
        """Return the film time of this moment: it goes on under a picture, up to the time of the next one."""
        with self._changed:
            return min(self._base_s + (time.monotonic() - self._base_mono_s) * self._rate, self._next_s)

    def set_rate(self, rate: float) -> None:
        """Change the speed from now on."""
        with self._changed:
            now = time.monotonic()
            self._base_s += (now - self._base_mono_s) * self._rate
            self._base_mono_s, self._rate = now, rate
            self._changed.notify_all()

    def stop(self) -> None:
        """Show no more frames."""
        with self._changed:
            self._order = None
            self._changed.notify_all()

    def close(self) -> Future[None]:
        """Stop and end the thread; the future is done when it has ended."""
        with self._changed:
            self._closed, self._order = True, None
            self._changed.notify_all()
            if self._thread is None and not self._gone.done():
                self._gone.set_result(None)
        return self._gone

    def _run(self) -> None:
        try:
            self._serve()
        except RdpguiError as error:
            self._on_failure(self._number(), error)
        except Exception as error:  # noqa: BLE001  (the boundary of a thread: the player falls back or says so)
            _LOG.exception("the film player ended")
            self._on_failure(self._number(), _unexpected(self._name, error))
        finally:
            self._gone.set_result(None)

    def _serve(self) -> None:
        from rdpgui.media.remote_file import LocalReader

        with ExitStack() as opened:
            if isinstance(self._source, PurePath):
                reader: RangeReader = opened.enter_context(closing(LocalReader(self._source)))
            else:
                reader = self._source
            self._serve_from(reader)

    def _serve_from(self, reader: RangeReader) -> None:
        from rdpgui.media.demuxer import open_film
        from rdpgui.media.groups import GroupTable

        with open_film(reader, self._name) as film:
            groups = GroupTable(film)
            while (order := self._next_order()) is not None:
                if self._play(film, groups, order):
                    self._on_end(order.number)

    def _next_order(self) -> _Order | None:
        with self._changed:
            while not self._closed and (self._order is None or self._order.number == self._done_number):
                self._changed.wait()
            if self._closed or self._order is None:
                return None
            self._done_number = self._order.number
            return self._order

    def _number(self) -> int:
        with self._changed:
            return self._order.number if self._order is not None else self._done_number

    def _is_current(self, order: _Order) -> bool:
        with self._changed:
            return self._order is order

    def _play(self, film: Film, groups: GroupTable, order: _Order) -> bool:
        """Play from a film time; return False when something else is wanted by then."""
        from rdpgui.media.decoding import Deadline, Run
        from rdpgui.media.film import pts_of

        # A film may be played for hours; what limits the time is that somebody can press stop.
        no_limit = Deadline(self._name, float("inf"), film.file.reader)
        start_tick = film.tick(order.from_s)
        held: VideoFrame | None = None
        begun = False
        run = Run()
        for frame in film.frames_from(groups.of_tick(start_tick, no_limit).key_sample, no_limit, run):
            if not self._is_current(order):
                return False
            self.decoded_frames += 1
            if not begun and pts_of(frame) <= start_tick:
                held = frame
                continue
            if not begun:
                begun = True
                self._begin(order, film.seconds(start_tick))
                if held is not None:
                    self._show(film, order, held)
            if not self._wait_for(order, film.seconds(pts_of(frame))):
                return False
            self._show_if_in_time(film, order, frame)
            held = frame
        if held is None:
            return self._is_current(order)
        if not begun:
            self._begin(order, film.seconds(start_tick))
        self._show(film, order, held)
        last, length = max(run.shown, default=(pts_of(held), 0))
        return self._wait_for(order, film.seconds(last + length))  # the last picture is held for as long as it says

    def _begin(self, order: _Order, film_s: float) -> None:
        with self._changed:
            if self._order is order:
                self._base_s, self._base_mono_s, self._shown_mono_s = film_s, time.monotonic(), 0.0
                self._next_s = film_s

    def _due_in_s(self, film_s: float) -> float:
        return self._base_mono_s + (film_s - self._base_s) / self._rate - time.monotonic()

    def _wait_for(self, order: _Order, film_s: float) -> bool:
        with self._changed:
            if self._order is order:
                self._next_s = film_s
            while self._order is order:
                remaining_s = self._due_in_s(film_s)
                if remaining_s < -SLOW_DOWN_AFTER_S:
                    self._base_s, self._base_mono_s = film_s, time.monotonic()
                if remaining_s <= 0:
                    return True
                self._changed.wait(remaining_s)
            return False

    def _show_if_in_time(self, film: Film, order: _Order, frame: VideoFrame) -> None:
        late_s = -self._due_in_s(film.seconds(frame.pts or 0))
        if late_s < SKIP_WHEN_LATE_S or time.monotonic() - self._shown_mono_s > SHOW_AT_LEAST_S:
            self._show(film, order, frame)

    def _show(self, film: Film, order: _Order, frame: VideoFrame) -> None:
        from rdpgui.media.picture import pixels

        picture = pixels(frame, "bgra")
        self._shown_mono_s = time.monotonic()
        if self._is_current(order):
            self._on_picture(order.number, film.seconds(frame.pts or 0), frame.width, frame.height, picture)


def _unexpected(name: str, error: Exception) -> RdpguiError:
    return RdpguiError(
        "{name} cannot be played: {detail}.",
        "Look at its stills, or open it with another player.",
        name=name,
        detail=f"{type(error).__name__} {error}",
    )
