"""When a run looks: polls at its pace, held up by outages and by a program that is not running, or that sleeps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.hostile.moments import Anchors
from tests.hostile.world import Topic, World

MOST_BACK_OFF_S = 30.0


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll that succeeded, in true time. ``previous_s``: when the last one before it began."""

    begun_s: float
    ended_s: float
    previous_s: float


class Pace:
    """The polls of one topic, which first succeeded at ``start_s``."""

    def __init__(
        self, world: World, anchors: Anchors, topic: Topic, start_s: float, *, latency_s: float | None = None
    ) -> None:
        self._latency_s = world.reads.latency_s if latency_s is None else latency_s
        self._period_s = world.plan.poll_s + self._latency_s
        self._start_s = start_s
        self._blocked = _blocked(world, anchors, topic, self._period_s)
        self.denied = topic in world.reads.denied

    def after(self, true_s: float) -> Poll:
        """Return the first successful poll that begins at a moment or later."""
        begun_s = self._grid_at_or_after(true_s)
        moved = True
        while moved:
            moved = False
            for from_s, until_s, again_s in self._blocked:
                if from_s <= begun_s < until_s:
                    begun_s, moved = again_s, True
        return Poll(begun_s, begun_s + self._latency_s, self._before(begun_s))

    def _grid_at_or_after(self, true_s: float) -> float:
        number = max(0, math.ceil((true_s - self._start_s) / self._period_s))
        return self._start_s + number * self._period_s

    def _before(self, begun_s: float) -> float:
        number = math.ceil((begun_s - self._start_s) / self._period_s) - 1
        previous_s = self._start_s + max(0, number) * self._period_s
        for from_s, _, again_s in reversed(self._blocked):
            if from_s <= previous_s < again_s:  # after an outage the next try comes later than its end
                number = math.ceil((from_s - self._start_s) / self._period_s) - 1
                previous_s = self._start_s + max(0, number) * self._period_s
        return previous_s


def _blocked(world: World, anchors: Anchors, topic: Topic, period_s: float) -> list[tuple[float, float, float]]:
    """Return (from, until, next try) of each time in which nothing is read."""
    found = []
    for outage in world.reads.outages:
        if topic in outage.topics:
            from_s = anchors.at(outage.moment)
            until_s = from_s + outage.for_s
            found.append((from_s, until_s, until_s + min(MOST_BACK_OFF_S, outage.for_s) / 2))
    away = [world.program.off] if world.program.off is not None else []
    suspend = world.program.suspend
    away += [(suspend.moment, suspend.for_s)] if suspend is not None else []
    for moment, for_s in away:
        from_s = anchors.at(moment)
        found.append((from_s, from_s + for_s, from_s + for_s + period_s / 10))
    return sorted(found)
