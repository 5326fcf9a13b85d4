"""Which frames lie between two key frames, in presentation order: the map from time and number to pictures.

The index knows decoding times only. Packets of a group are read (not decoded) when the group is first wanted.
"""

from __future__ import annotations

import bisect
from collections import OrderedDict
from dataclasses import dataclass

from rdpgui.media.decoding import Deadline
from rdpgui.media.film import Film
from rdpgui.media.samples import FLAG_HIDDEN

_MAX_GROUPS = 256


@dataclass(frozen=True, slots=True)
class Group:
    """Frames from one key frame to the next, in presentation order.

    Attributes:
        key_sample: sample decoding starts with.
        first_index: number of the first frame.
        ticks: presentation ticks, ascending.
    """

    key_sample: int
    first_index: int
    ticks: tuple[int, ...]

    @property
    def end_index(self) -> int:
        """Number of the first frame after the group."""
        return self.first_index + len(self.ticks)

    def place_of(self, tick: int) -> int:
        """Return the place of the frame shown at a tick: the last that begins at or before it."""
        return max(0, bisect.bisect_right(self.ticks, tick) - 1)


class GroupTable:
    """Groups of a film, read when wanted.

    Attributes:
        keys: key samples. frame_count: frames listed and not hidden.
    """

    def __init__(self, film: Film) -> None:
        self._film = film
        flags = [entry.flags for entry in film.samples.entries()]
        self.keys = tuple(film.samples.keys()) or (0,)
        self._hidden = tuple(at for at, flag in enumerate(flags) if flag & FLAG_HIDDEN)
        self.frame_count = len(flags) - len(self._hidden)
        self._groups: OrderedDict[int, Group] = OrderedDict()

    def of_index(self, index: int, deadline: Deadline) -> Group:
        """Return the group that holds a frame number.

        Args:
            index: from 0, in presentation order.
            deadline: limit in real time.
        """
        at = max(0, bisect.bisect_right(self.keys, index, key=self._shown_before) - 1)
        group = self._group(at, deadline)
        if index < group.first_index and at > 0:  # a leading picture: shown before the key frame it follows
            return self._group(at - 1, deadline)
        if index >= group.end_index and at + 1 < len(self.keys):
            return self._group(at + 1, deadline)
        return group

    def of_tick(self, tick: int, deadline: Deadline) -> Group:
        """Return the group shown at a presentation tick; decoding times find it, presentation times correct it.

        Args:
            tick: units of the film's time base.
            deadline: limit in real time.
        """
        at = max(0, bisect.bisect_right(self.keys, tick, key=self._key_dts) - 1)
        group = self._group(at, deadline)
        while at > 0 and (not group.ticks or tick < group.ticks[0]):
            at -= 1
            group = self._group(at, deadline)
        while not group.ticks and at + 1 < len(self.keys):
            at += 1
            group = self._group(at, deadline)
        return group

    def spread_keys(self, count: int) -> list[int]:
        """Return up to ``count`` key samples, spread evenly over the film's time."""
        times = [self._key_dts(key) for key in self.keys]
        begin, end = times[0], self._film.samples.at(len(self._film.samples) - 1).dts
        wanted = (begin + (end - begin) * at // max(1, count) for at in range(count))
        return sorted({self.keys[max(0, bisect.bisect_right(times, tick) - 1)] for tick in wanted})

    def _key_dts(self, key: int) -> int:
        return int(self._film.stream.index_entries[key].timestamp)

    def _shown_before(self, sample: int) -> int:
        return sample - bisect.bisect_left(self._hidden, sample)

    def _group(self, at: int, deadline: Deadline) -> Group:
        key = self.keys[at]
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._read(at, deadline)
            if len(self._groups) > _MAX_GROUPS:
                self._groups.popitem(last=False)
        else:
            self._groups.move_to_end(key)
        return group

    def _read(self, at: int, deadline: Deadline) -> Group:
        """Read the packets of a group and those after the next key frame that are shown before it."""
        following = self._film.samples.at(self.keys[at + 1]).pos if at + 1 < len(self.keys) else None
        ticks: list[int] = []
        leading = 0
        begin: int | None = None
        end: int | None = None
        for packet in self._film.packets_from(self.keys[at], deadline):
            if packet.size == 0 or packet.pts is None:
                break
            begin = packet.pts if begin is None else begin
            if packet.pos == following:
                end = packet.pts
                continue
            if end is not None and packet.pts > end:
                break
            if packet.is_discard:
                continue
            if packet.pts < begin and at > 0:
                leading += 1
            else:
                ticks.append(packet.pts)
        shown = sorted(tick for tick in ticks if end is None or tick < end)
        return Group(self.keys[at], self._shown_before(self.keys[at]) + leading, tuple(shown))
