"""The picture a server shows, and what each of its clients has not seen yet. No sockets here."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from rdpgui.lab.rfb.tiles import Frame, Mask, area_mask, cut, dirty_mask, full_mask, rects_of
from rdpgui.lab.rfb.wire import Rect

_PING_PIXELS = 1024


@dataclass(frozen=True, slots=True)
class Update:
    """What to send to one client.

    Attributes:
        new_size: (width, height) in pixels when the desktop changed its size, else None.
        blocks: rectangles and copies of their pixels.
    """

    new_size: tuple[int, int] | None
    blocks: tuple[tuple[Rect, Frame], ...]


class Screen:
    """A framebuffer that many threads may watch.

    Attributes:
        changed: guards everything here and in the subscriptions; notified on each change.
    """

    def __init__(self, width: int, height: int) -> None:
        self.changed = threading.Condition()
        self.frame: Frame = np.zeros((height, width, 4), dtype=np.uint8)
        self.closing = False
        self.paused = False
        self._subscriptions: set[Subscription] = set()

    @property
    def width(self) -> int:
        """Pixels a row."""
        return int(self.frame.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.frame.shape[0])

    def publish(self, frame: Frame) -> bool:
        """Show a new picture; True when it differs from the one before.

        Args:
            frame: (height, width, 4) uint8 BGRX; copied.

        Raises:
            ValueError: another shape or type.
        """
        if frame.ndim != 3 or frame.shape[2] != 4 or frame.dtype != np.uint8 or not frame.size:
            raise ValueError(f"a frame is (height, width, 4) uint8, not {frame.shape} {frame.dtype}")
        frame = np.ascontiguousarray(frame)
        with self.changed:
            if frame.shape != self.frame.shape:
                self._resize(frame)
                return True
            dirty = dirty_mask(self.frame, frame)
            if not dirty.any():
                return False
            np.copyto(self.frame, frame)
            for subscription in self._subscriptions:
                subscription.dirty |= dirty
            self.changed.notify_all()
        return True

    def _resize(self, frame: Frame) -> None:
        self.frame = frame.copy()
        for subscription in self._subscriptions:
            subscription.dirty = full_mask(self.width, self.height)
            subscription.resized = True
        self.changed.notify_all()

    def subscribe(self) -> Subscription:
        """A new watcher to whom everything is news."""
        with self.changed:
            subscription = Subscription(self)
            self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a watcher and wake it."""
        with self.changed:
            subscription.cancelled = True
            self._subscriptions.discard(subscription)
            self.changed.notify_all()

    def set_paused(self, paused: bool) -> None:
        """While paused nobody is answered, as if the machine hung."""
        with self.changed:
            self.paused = paused
            self.changed.notify_all()

    def wait_while_paused(self) -> None:
        """Return once the screen is not paused, or closes."""
        with self.changed:
            self.changed.wait_for(self._is_awake)

    def _is_awake(self) -> bool:
        return self.closing or not self.paused

    def close(self) -> None:
        """No more pictures; watchers get what is still unseen."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()


class Subscription:
    """What one client has asked for and not seen yet. Fields are guarded by the screen's condition."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.dirty = full_mask(screen.width, screen.height)
        self.resized = False
        self.cancelled = False
        self._wanted: Rect | None = None
        self._forced: list[Rect] = []

    def request(self, area: Rect, *, incremental: bool) -> None:
        """The client wants news of an area; not incremental = whether there is any or not."""
        screen = self._screen
        with screen.changed:
            self._wanted = area if self._wanted is None else self._wanted.united(area)
            inside = area.clipped(screen.width, screen.height)
            if not incremental and inside.area:
                if inside.area <= _PING_PIXELS:
                    self._forced = [inside]
                else:
                    self.dirty |= area_mask(inside, screen.width, screen.height)
            screen.changed.notify_all()

    def take(self, *, linger_s: float = 0.0) -> Update | None:
        """Wait for a request and something to answer it with.

        Args:
            linger_s: once the screen closes, how long unseen tiles may wait for a request.

        Returns:
            The update, or None when the screen closed or the subscription was cancelled.
        """
        screen = self._screen
        with screen.changed:
            screen.changed.wait_for(self._is_due)
            if screen.closing and self.dirty.any():
                screen.changed.wait_for(self._is_settled, linger_s)
            return self._answer() if self._has_answer() and not self.cancelled else None

    def _is_settled(self) -> bool:
        return self.cancelled or self._has_answer()

    def _is_due(self) -> bool:
        screen = self._screen
        if self.cancelled or screen.closing:
            return True
        return not screen.paused and self._has_answer()

    def _has_answer(self) -> bool:
        if self._wanted is None:
            return False
        return self.resized or bool(self._forced) or bool((self.dirty & self._asked_tiles(self._wanted)).any())

    def _asked_tiles(self, area: Rect) -> Mask:
        return area_mask(area, self._screen.width, self._screen.height)

    def _answer(self) -> Update:
        screen, wanted = self._screen, self._wanted
        assert wanted is not None  # noqa: S101 - _has_answer said so
        self._wanted = None
        if self.resized:
            self.resized = False
            self._forced = []
            return Update((screen.width, screen.height), ())
        tiles = self.dirty & self._asked_tiles(wanted)
        rects = rects_of(tiles, screen.width, screen.height)
        rects += [rect.clipped(screen.width, screen.height) for rect in self._forced]
        self._forced = []
        self.dirty &= ~tiles
        return Update(None, tuple((rect, cut(screen.frame, rect)) for rect in rects if rect.area))
