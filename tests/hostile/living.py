"""A world that goes on while the real runner runs in it: its anchors are set by what the runner does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from rdpgui.core.errors import AccessDenied, AwsError, Throttled, Unreachable
from tests.hostile.film_facts import BASE
from tests.hostile.history import History, unfold
from tests.hostile.machines import reachable
from tests.hostile.moments import NEVER, Anchors, Moment
from tests.hostile.world import Topic, World


class Living:
    """True time is the loop's time. Until an anchor is set, what hangs on it has not come.

    Attributes:
        anchors: when the connection was made and when the disruption began, as the runner made them.
        begun: set when the disruption began.
        unanswered: answers of DescribeSessions that are still to be empty.
        slept_s: for how long the program's machine slept so far, where monotonic time stood meanwhile.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.anchors = Anchors()
        self.begun = asyncio.Event()
        self.unanswered = world.reads.empty_answers if world.reads.empty_from is not None else 0
        self.slept_s = 0.0
        self.asked_s = NEVER
        """When the destination was asked for its objects the last time, answered or not."""
        self._history: History | None = None

    def true_s(self) -> float:
        """Return true time."""
        return asyncio.get_running_loop().time()

    @property
    def history(self) -> History:
        """Return what happened, and what will happen when nobody intervenes any more."""
        if self._history is None:
            self._history = unfold(self.world, self.anchors)
        return self._history

    def connect(self) -> None:
        """The connection is opened: it is there a little later."""
        at_s = reachable(self.world, max(self.true_s() + 0.3, self.world.connect_s))
        self.anchors, self._history = Anchors(connected_s=at_s), None

    def begin_disruption(self) -> None:
        """The order is called, or the person's time has come. Once only."""
        if self.anchors.order_s == NEVER:
            self.anchors, self._history = Anchors(self.anchors.connected_s, self.true_s()), None
            self.begun.set()

    def local(self) -> datetime:
        """Return what the program's clock reads now."""
        reading_s = self.world.program.local.reading(self.true_s(), self.history.anchors)
        return BASE + timedelta(seconds=reading_s)

    def moment(self, moment: Moment) -> float:
        """Return the true time of a moment, ``NEVER`` while its anchor has not come."""
        return self.history.anchors.at(moment)

    def answers_nothing(self) -> bool:
        """Whether this answer of DescribeSessions is one of those that are empty although the session goes on."""
        empty_from = self.world.reads.empty_from
        if empty_from is None or not self.unanswered:
            return False
        if not self.moment(empty_from) <= self.true_s() < self.history.own.left_s:
            return False
        self.unanswered -= 1
        return True

    async def read(self, topic: Topic, operation: str) -> None:
        """Take the time of a read.

        Raises:
            AwsError: it is denied, or fails for a while.
        """
        await asyncio.sleep(self.world.reads.latency_s)
        if topic in self.world.reads.denied:
            raise AccessDenied("You may not call {operation}.", operation=operation, code="AccessDenied")
        for outage in self.world.reads.outages:
            from_s = self.moment(outage.moment)
            if topic in outage.topics and from_s <= self.true_s() < from_s + outage.for_s:
                raise Throttled("{operation} was throttled.", operation=operation, code="ThrottlingException")


def error_of(word: str, operation: str) -> AwsError:
    """Return the error of a call that was answered with a word of AWS."""
    if word in ("UnauthorizedOperation", "AccessDenied"):
        return AccessDenied("You may not call {operation}.", operation=operation, code=word)
    if word == "RequestLimitExceeded":
        return Throttled("{operation} was throttled.", operation=operation, code=word)
    return Unreachable("{operation} got no answer.", operation=operation, code=word)


class TrueClock:
    """The program's clock in a living world; monotonic time begins anew with each life of the program."""

    def __init__(self, living: Living, born_s: float) -> None:
        self._living = living
        self._born_s = born_s

    def now(self) -> datetime:
        return self._living.local()

    def monotonic(self) -> float:
        return self._living.true_s() - self._born_s - self._living.slept_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
