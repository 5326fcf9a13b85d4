"""Decides which pictures go into the film, and when."""

from __future__ import annotations

import logging

from rdpgui.lab.broker.film import Film
from rdpgui.lab.broker.segments import SegmentWriter
from rdpgui.lab.rfb.tiles import Frame

_log = logging.getLogger(__name__)

KEEP_ALIVE_MS = 300


class Recorder:
    """Films one connection.

    Changed pictures go in with the time of their arrival, at most at twice the expected
    rate; the last one again every 0.3 s, so that fragments leave. All times are Unix
    milliseconds.

    Args:
        segments: where the film goes.
        title: title of the film.
        fps: expected frames a second.

    Attributes:
        zero_at_ms: the film's time zero; None before the first picture.
        last_picture_at_ms: arrival of the newest picture in the film.
        frames: pictures in the film.
    """

    def __init__(self, segments: SegmentWriter, *, title: str, fps: float) -> None:
        self.zero_at_ms: int | None = None
        self.last_picture_at_ms: int | None = None
        self.frames = 0
        self._segments = segments
        self._title = title
        self._fps = fps
        self._least_gap_ms = round(500 / fps)
        self._film: Film | None = None
        self._encoded_ms = 0
        self._closed = False
        self._saved: tuple[int, int | None] = (0, None)
        self._held: tuple[Frame, int] | None = None

    @property
    def stopped(self) -> bool:
        """The disk took no more; what is in the film stays."""
        return self._closed or self._segments.full

    @property
    def full(self) -> bool:
        """The disk refused a piece of the film."""
        return self._segments.full

    def offer(self, picture: Frame, at_ms: int) -> None:
        """A changed picture arrived. It may be looked at again until the next call of any method."""
        if self.stopped:
            return
        if self._film is None:
            self.zero_at_ms = at_ms
            height, width = picture.shape[:2]
            self._film = Film(
                self._segments, title=self._title, zero_at_ms=at_ms, width=width, height=height, fps=self._fps
            )
        self._held = (picture, at_ms)
        if not self.frames or at_ms - self._encoded_ms >= self._least_gap_ms:
            self._encode_held()

    def tick(self, now_ms: int) -> None:
        """Time went by: encode what was held back, keep fragments flowing, look at the disk."""
        if self._film is None or self.stopped:
            return
        if not self._segments.check_room():
            _log.warning("recording stops: little room is left")
            self._close_film(self._film)
        elif self._held is not None and now_ms - self._encoded_ms >= self._least_gap_ms:
            self._encode_held()
        elif now_ms - self._encoded_ms >= KEEP_ALIVE_MS:
            self._repeat(now_ms)

    def due_in_ms(self, now_ms: int) -> int:
        """How long `tick` can wait."""
        gap_ms = self._least_gap_ms if self._held is not None else KEEP_ALIVE_MS
        return max(self._encoded_ms + gap_ms - now_ms, 0)

    def finish(self, at_ms: int) -> None:
        """The connection is over: the last picture once more with this time, then everything to the disk."""
        if self._film is not None and not self._closed:
            if self._held is not None and not self.stopped:
                self._encode_held()
            if not self.stopped:
                self._repeat(at_ms)
            self._close_film(self._film)
        self._segments.close()

    def _close_film(self, film: Film) -> None:
        self._held = None
        self._closed = True
        film.close()
        if self._segments.full:
            self.frames, self.last_picture_at_ms = self._saved

    def _encode_held(self) -> None:
        assert self._film is not None and self._held is not None and self.zero_at_ms is not None  # noqa: S101
        picture, at_ms = self._held
        self._held = None
        size_bytes = self._segments.size_bytes
        self._film.add(picture, at_ms - self.zero_at_ms)
        self._encoded(at_ms, at_ms, size_bytes)

    def _repeat(self, at_ms: int) -> None:
        assert self._film is not None and self.zero_at_ms is not None  # noqa: S101
        size_bytes = self._segments.size_bytes
        self._film.repeat(at_ms - self.zero_at_ms)
        self._encoded(at_ms, self.last_picture_at_ms, size_bytes)

    def _encoded(self, at_ms: int, picture_at_ms: int | None, old_size_bytes: int) -> None:
        """Keep count; when a fragment left, everything before this picture is on the disk."""
        if self._segments.size_bytes > old_size_bytes:
            self._saved = (self.frames, self.last_picture_at_ms)
        self._encoded_ms = at_ms
        self.frames += 1
        self.last_picture_at_ms = picture_at_ms
