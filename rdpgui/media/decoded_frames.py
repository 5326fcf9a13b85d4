"""Decoded frames around a position: going on costs one frame, going back a little costs none."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from av.video.frame import VideoFrame

from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film, pts_of
from rdpgui.media.groups import Group


@dataclass(slots=True)
class _Live:
    """Decoding that can go on where it stopped, so that stepping forward costs one frame.

    Attributes:
        key_sample: where it began.
        frames: the rest.
        at_tick: the frame decoded last.
        seeks: count of the film's seeks at its begin; another seek makes it stale.
    """

    key_sample: int
    frames: Iterator[VideoFrame]
    at_tick: int
    seeks: int


class DecodedFrames:
    """Decodes frames of one film and keeps the newest.

    Args:
        film: theirs. most: how many are kept.
    """

    def __init__(self, film: Film, most: int) -> None:
        self._film = film
        self.most = most
        self._frames: OrderedDict[int, VideoFrame] = OrderedDict()
        self._live: _Live | None = None

    def of(self, group: Group, tick: int, deadline: Deadline) -> VideoFrame | None:
        """Return the decoded frame of a tick, None when it is damaged; keeps what was decoded on the way.

        Args:
            group: the pictures that are decoded together, the wanted one among them.
            tick: its presentation time.
            deadline: checked on the way.

        Raises:
            RecordingUnreadable: the deadline passed.
        """
        kept = self._frames.get(tick)
        if kept is not None:
            self._frames.move_to_end(tick)
            return kept
        live = self._live
        fits = live is not None and live.seeks == self._film.seeks and live.key_sample == group.key_sample
        if live is None or not fits or live.at_tick >= tick:
            frames = self._film.frames_from(group.key_sample, deadline, Run())
            live = self._live = _Live(group.key_sample, frames, group.ticks[0] - 1, self._film.seeks + 1)
        for frame in live.frames:
            self.keep(frame)
            live.at_tick = pts_of(frame)
            if live.at_tick >= tick:
                return frame if live.at_tick == tick else None
        return None

    def keep(self, frame: VideoFrame) -> None:
        """Keep a frame; the one that was looked at longest ago goes."""
        self._frames[pts_of(frame)] = frame
        if len(self._frames) > self.most:
            self._frames.popitem(last=False)

    def clear(self) -> None:
        """Forget every frame."""
        self._live = None
        self._frames.clear()
