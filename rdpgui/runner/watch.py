"""Watchers of the account: one per topic, at a pace that follows the activity.

What an account of any size costs a minute is bounded: what is looked at is read at each look, the rest comes round, a
page at a turn. A failed poll marks its topic stale and backs off; the next success makes it fresh again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from rdpgui.core.account_events import Topic
from rdpgui.core.attention import Attention
from rdpgui.core.errors import RdpguiError
from rdpgui.core.events import AccountEvent
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Ports
from rdpgui.core.settings import Timing
from rdpgui.runner.answers import WAITS_S, poll_failed, poll_waits
from rdpgui.runner.arming_desk import ArmingTimer
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.concurrency import noticed, within
from rdpgui.runner.inventory import Inventory
from rdpgui.runner.looks import Looks
from rdpgui.runner.object_list import ObjectList
from rdpgui.runner.pace import Pace
from rdpgui.runner.rounds import Rounds
from rdpgui.runner.session_lists import SessionLists
from rdpgui.runner.store import Store
from rdpgui.runner.target import first_error
from rdpgui.runner.turns import Turns


class Watchers:
    """Reads instances, sessions, preferences and objects again and again.

    ``start`` is awaited in a task of the caller and returns after ``stop``.

    Attributes:
        on_screen: says which instances somebody looks at.
    """

    def __init__(self, ports: Ports, store: Store, timing: Timing) -> None:
        self.on_screen: Callable[[], Sequence[InstanceId]] = tuple
        self._store = store
        self._clock = clock = ports.clock
        self._stopped = asyncio.Event()
        self._wake = {topic: asyncio.Event() for topic in Topic}
        self._pace = Pace(store, timing)
        turns = Turns(clock, self._pace.apart_s)
        self._inventory = Inventory(ports.instances, clock.now)
        self._sessions = SessionLists(ports.sessions, clock.now)
        self._objects = ObjectList(ports.objects, clock, turns.next, partial(self._say_that_it_waits, Topic.OBJECTS))
        self._looks = Looks(
            ports, self._inventory, self._sessions, self._objects, store=store, pace=self._pace, tell=self._tell
        )
        self._rounds = Rounds(self._inventory, self._sessions, turns, clock, self._tell)
        self._arming = ArmingTimer(store, clock)

    async def start(self) -> None:
        """Watch until ``stop`` is called or the task is cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._watch(Topic.IDENTITY, self._looks.identity)),
                    group.create_task(self._watch(Topic.INSTANCES, self._instances)),
                    group.create_task(self._watch(Topic.SESSIONS, self._looks.sessions)),
                    group.create_task(self._watch(Topic.PREFERENCES, self._preferences)),
                    group.create_task(self._watch(Topic.OBJECTS, self._looks.objects)),
                    group.create_task(self._rounds.go_on()),
                    group.create_task(self._arming.go_on()),
                ]
                await self._stopped.wait()
                for task in tasks:
                    task.cancel()
        except BaseExceptionGroup as error:
            raise first_error(error) from error

    def attend(self, attention: Attention) -> None:
        """Read at the pace of who looks; who comes back finds everything read anew at once."""
        if self._pace.attend(attention):
            self.refresh()

    def look_at_screen(self) -> None:
        """Read what has just come into view, where it would not be read anyway."""
        if self._inventory.large:
            self.refresh(Topic.INSTANCES)

    def refresh(self, *topics: Topic) -> None:
        """Read now: the topics given, or all."""
        for topic in topics or tuple(Topic):
            self._wake[topic].set()
            if topic is Topic.SESSIONS:
                self._sessions.ask_for_both()

    def stop(self) -> None:
        """Let ``start`` return."""
        self._stopped.set()

    def _tell(self, event: AccountEvent) -> None:
        """Publish, unless it is over: a read that was under way then is of a place that nobody looks at any more."""
        if not self._stopped.is_set():
            self._store.publish(event)

    async def _watch(self, topic: Topic, read: Callable[[], Awaitable[None]]) -> None:
        backoff = self._pace.after_failures()
        while True:
            self._wake[topic].clear()
            failure = await self._failure_of(topic, read)
            if failure is not None:
                self._tell(poll_failed(self._clock.now(), topic, failure))
                await self._pause(topic, backoff.next_s())
                continue
            backoff.reset()
            await self._pause(topic, self._looks.interval_s(topic))

    async def _failure_of(self, topic: Topic, read: Callable[[], Awaitable[None]]) -> RdpguiError | None:
        """Read a topic once and return why it failed; whatever was raised, it is this topic's and no other's."""
        say = partial(self._say_that_a_look_waits, topic, self._clock.now())
        try:
            await noticed(WAITS_S, read(), say)
        except RdpguiError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a profile or a proxy may raise anything: it must not end the others
            return report_bug(error, f"reading {topic.value}")
        return None

    async def _pause(self, topic: Topic, seconds: float) -> None:
        """Wait, or until a refresh is asked for."""
        try:
            await within(seconds, self._wake[topic].wait())
        except TimeoutError:
            return

    def _say_that_a_look_waits(self, topic: Topic, since_at: datetime) -> None:
        if topic is Topic.OBJECTS and self._objects.in_turns:
            return  # that is no silence of AWS, which is said of each page
        self._say_that_it_waits(topic, since_at)

    def _say_that_it_waits(self, topic: Topic, since_at: datetime) -> None:
        self._tell(poll_waits(self._clock.now(), topic, since_at))

    async def _instances(self) -> None:
        await self._looks.instances(self.on_screen)

    async def _preferences(self) -> None:
        if await self._looks.preferences():
            self.refresh(Topic.OBJECTS)
