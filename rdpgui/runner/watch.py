"""Watchers of the account: one per topic, at a pace that follows the activity.

What an account of any size costs a minute is bounded: what is looked at is read at each look, the rest comes round, a
page at a turn. A failed poll marks its topic stale and backs off; the next success makes it fresh again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from rdpgui.core.account_events import (
    IdentityObserved,
    InstancesObserved,
    ObjectsObserved,
    PollFailed,
    PollWaits,
    PreferencesObserved,
    SessionsObserved,
    Topic,
)
from rdpgui.core.attention import ATTENTION_FACTOR, Attention
from rdpgui.core.errors import CredentialsExpired, RdpguiError
from rdpgui.core.events import AccountEvent
from rdpgui.core.freshness import Look
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Identity, Page, Ports
from rdpgui.core.recording import RecordingObject
from rdpgui.core.session import Session
from rdpgui.core.settings import Timing
from rdpgui.core.state import AppState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.concurrency import noticed, within
from rdpgui.runner.inventory import Inventory
from rdpgui.runner.listing import each_page
from rdpgui.runner.session_lists import SessionLists
from rdpgui.runner.store import Store
from rdpgui.runner.target import first_error
from rdpgui.runner.turns import Turns

BACKOFF_CAP_S = 60.0
"""Longest wait after failures in a row."""

SLOW_FACTOR = 6.0
"""Preferences and identity change rarely; they are read this many times less often."""

RUN_FACTOR = 2.0
"""During a run the run's own pollers look at its target; the tables may be this much slower."""

ARMING_CHECK_S = 0.5

TURN_FACTOR = 0.6
"""What can wait is read a call at a time, so many poll times apart: ten a minute on AWS."""

ROUNDS_A_HISTORY = 4
"""What has ended hardly changes: a long history comes round once in so many rounds of the instances."""

SESSIONS_A_PAGE = 200
"""Source: ssm:DescribeSessions, MaxResults."""

WAITS_S = 2.5
"""How long an answer may take in silence."""

WAITS_FOR = {
    Topic.IDENTITY: "sts:GetCallerIdentity",
    Topic.INSTANCES: "ec2:DescribeInstances, ssm:DescribeInstanceInformation",
    Topic.SESSIONS: "ssm:DescribeSessions",
    Topic.PREFERENCES: "ssm-guiconnect:GetConnectionRecordingPreferences",
    Topic.OBJECTS: "s3:ListObjectsV2",
}
"""What each topic is read with."""


def identity_observed(who: Identity, look: Look) -> IdentityObserved:
    """Return the event for a caller that was identified."""
    return IdentityObserved(
        look.at, who.account_id, who.arn, who.region, who.profile, who.endpoint_url, who.lab, look, who.access
    )


def poll_failed(at: datetime, topic: Topic, error: RdpguiError) -> PollFailed:
    """Return the event for a topic that could not be read."""
    what, remedy = error.template.format(**error.fields), error.remedy.format(**error.fields)
    return PollFailed(at, topic, what, remedy, error.need if isinstance(error, CredentialsExpired) else None)


class Watchers:
    """Reads instances, sessions, preferences and objects again and again.

    ``start`` is awaited in a task of the caller and returns after ``stop``.

    Attributes:
        on_screen: says which instances somebody looks at.
    """

    def __init__(self, ports: Ports, store: Store, timing: Timing) -> None:
        self._ports = ports
        self._store = store
        self._timing = timing
        self._stopped = asyncio.Event()
        self._wake = {topic: asyncio.Event() for topic in Topic}
        self._attention = Attention.LOOKING
        self._sessions_listed = SessionLists(ports.sessions, ports.clock.now)
        self._inventory = Inventory(ports.instances, ports.clock.now)
        self._round_failure = ""
        self._object_pages = 1
        self._turns = Turns(ports.clock, self._apart_s)
        self.on_screen: Callable[[], Sequence[InstanceId]] = tuple

    async def start(self) -> None:
        """Watch until ``stop`` is called or the task is cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._watch(Topic.IDENTITY, self._identity)),
                    group.create_task(self._watch(Topic.INSTANCES, self._instances)),
                    group.create_task(self._watch(Topic.SESSIONS, self._sessions)),
                    group.create_task(self._watch(Topic.PREFERENCES, self._preferences)),
                    group.create_task(self._watch(Topic.OBJECTS, self._objects)),
                    group.create_task(self._come_round()),
                    group.create_task(self._expire_arming()),
                ]
                await self._stopped.wait()
                for task in tasks:
                    task.cancel()
        except BaseExceptionGroup as error:
            raise first_error(error) from error

    def attend(self, attention: Attention) -> None:
        """Read at the pace of who looks; who comes back finds everything read anew at once."""
        closer = ATTENTION_FACTOR[attention] < ATTENTION_FACTOR[self._attention]
        self._attention = attention
        if closer:
            self.refresh()

    def look_at_screen(self) -> None:
        """Read what has just come into view, where it would not be read anyway."""
        if self._inventory.large:
            self.refresh(Topic.INSTANCES)

    def stop(self) -> None:
        """Let ``start`` return."""
        self._stopped.set()

    def _tell(self, event: AccountEvent) -> None:
        """Publish, unless it is over: a read that was under way then is of a place that nobody looks at any more."""
        if not self._stopped.is_set():
            self._store.publish(event)

    def refresh(self, *topics: Topic) -> None:
        """Read now: the topics given, or all."""
        for topic in topics or tuple(Topic):
            self._wake[topic].set()
            if topic is Topic.SESSIONS:
                self._sessions_listed.ask_for_both()

    async def _watch(self, topic: Topic, read: Callable[[], Awaitable[None]]) -> None:
        backoff = Backoff(self._timing.poll_idle_s, BACKOFF_CAP_S)
        while True:
            self._wake[topic].clear()
            failure = await self._failure_of(topic, read)
            if failure is not None:
                self._tell(poll_failed(self._ports.clock.now(), topic, failure))
                await self._pause(topic, backoff.next_s())
                continue
            backoff.reset()
            await self._pause(topic, self.interval_s(topic))

    async def _failure_of(self, topic: Topic, read: Callable[[], Awaitable[None]]) -> RdpguiError | None:
        """Read a topic once and return why it failed; whatever was raised, it is this topic's and no other's."""
        say = partial(self._say_that_it_waits, topic, self._ports.clock.now())
        try:
            await noticed(WAITS_S, read(), say)
        except RdpguiError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a profile or a proxy may raise anything: it must not end the others
            return report_bug(error, f"reading {topic.value}")
        return None

    def _say_that_it_waits(self, topic: Topic, since_at: datetime) -> None:
        if topic is Topic.OBJECTS and self._object_pages > 1:
            return  # its pages take turns: that is no silence of AWS, which is said of each page
        self._say_waiting(topic, since_at)

    def _say_waiting(self, topic: Topic, since_at: datetime) -> None:
        self._tell(PollWaits(self._ports.clock.now(), topic, since_at, WAITS_FOR[topic]))

    def interval_s(self, topic: Topic) -> float:
        """Return the pause after a good read, seconds."""
        running = bool(self._store.state.active_runs)
        idle_s = self._timing.poll_idle_s * (1.0 if running else ATTENTION_FACTOR[self._attention])
        if topic in (Topic.PREFERENCES, Topic.IDENTITY):
            return max(idle_s, self._timing.poll_idle_s * SLOW_FACTOR)
        pages = self._pages_a_look(topic)
        if topic in (Topic.INSTANCES, Topic.SESSIONS) and running:
            return min(idle_s, self._timing.poll_run_s * RUN_FACTOR) * pages
        return idle_s * pages

    def _pages_a_look(self, topic: Topic) -> int:
        """Return how many calls a look at a topic costs, as far as its poll time has to be the longer for it."""
        if topic is Topic.SESSIONS:
            return 1 + max(0, self._sessions_listed.active_count - 1) // SESSIONS_A_PAGE
        return self._object_pages if topic is Topic.OBJECTS else 1

    def _apart_s(self) -> float:
        """Return how far apart two calls are that can wait, seconds; while a run goes on they wait longer."""
        running = bool(self._store.state.active_runs)
        factor = RUN_FACTOR if running else ATTENTION_FACTOR[self._attention]
        return self._timing.poll_idle_s * TURN_FACTOR * factor

    async def _pause(self, topic: Topic, seconds: float) -> None:
        """Wait, or until a refresh is asked for."""
        try:
            await within(seconds, self._wake[topic].wait())
        except TimeoutError:
            return

    async def _identity(self) -> None:
        who = await self._ports.identity.identity()
        look = self._look(Topic.IDENTITY)
        self._tell(identity_observed(who, look))

    def _look(self, topic: Topic) -> Look:
        """Return the look that was just had at a topic."""
        due_s = self.interval_s(topic)
        if topic is Topic.OBJECTS and self._object_pages > 1:  # others take turns, too
            due_s += 4 * self._object_pages * self._apart_s()  # from the begin of one listing to the end of the next
        return Look(self._ports.clock.now(), self._ports.clock.monotonic(), due_s)

    async def _instances(self) -> None:
        inventory = self._inventory
        if inventory.large:
            targets = [run.plan.instance_id for run in self._store.state.active_runs]
            await inventory.read_of(self.on_screen(), targets)
        else:
            await inventory.read_whole(self._tell_some)
        look = self._look(Topic.INSTANCES)
        found = inventory.instances, inventory.nodes
        self._tell(InstancesObserved(look.at, *found, look, inventory.read, inventory.rest_at))
        if inventory.nodes_error is not None:
            raise inventory.nodes_error

    def _tell_some(self) -> None:
        """Show what a first reading has found; of the nodes nothing is known before all are read."""
        look = self._look(Topic.INSTANCES)
        self._tell(InstancesObserved(look.at, self._inventory.instances, None, look))

    async def _sessions(self) -> None:
        running = bool(self._store.state.active_runs)
        self._tell_sessions(await self._sessions_listed.read(running=running, on_some=self._tell_sessions))

    def _tell_sessions(self, listed: tuple[Session, ...]) -> None:
        if listed == self._store.state.sessions:  # quick: the lists give the same objects for what did not change
            listed = self._store.state.sessions
        look = self._look(Topic.SESSIONS)
        self._tell(SessionsObserved(look.at, listed, look))

    async def _come_round(self) -> None:
        """Read what no look asks for, a page at a turn, again and again; until then its rows are told in the past."""
        rounds = 0
        while True:
            await self._turns.next()
            try:
                if self._inventory.large:
                    await self._inventory.read_round(self._turns.next)
                if self._sessions_listed.long and rounds % ROUNDS_A_HISTORY == 0:
                    await self._sessions_listed.read_round(self._turns.next)
                self._round_failure = ""
            except RdpguiError as error:
                self._say_failed_round(error)
                await self._ports.clock.sleep(BACKOFF_CAP_S)
            except Exception as error:  # noqa: BLE001 - as in a look: a profile or a proxy may raise anything
                report_bug(error, "reading what comes round")
                await self._ports.clock.sleep(BACKOFF_CAP_S)
            rounds += 1

    def _say_failed_round(self, error: RdpguiError) -> None:
        """Say why the rest could not be read, once for a row of equal failures: looks go on, and may well succeed."""
        if error.text() != self._round_failure:
            self._round_failure = error.text()
            self._tell(poll_failed(self._ports.clock.now(), Topic.INSTANCES, error))

    async def _preferences(self) -> None:
        before = self._store.state.preferences
        found = await self._ports.preferences.preferences()
        look = self._look(Topic.PREFERENCES)
        self._tell(PreferencesObserved(look.at, found, look))
        if before is None or before.preferences != found:
            self.refresh(Topic.OBJECTS)

    async def _objects(self) -> None:
        known = self._store.state.preferences
        if known is None or known.preferences is None:
            return
        bucket = known.preferences.bucket
        begun = self._look(Topic.OBJECTS)
        objects = await self._objects_of(bucket)
        look = self._look(Topic.OBJECTS)
        if self._object_pages > 1:  # what came after its page was read is not in it
            look = replace(look, at=begun.at, mono_s=begun.mono_s)
        self._tell(ObjectsObserved(look.at, bucket, objects, look))

    async def _objects_of(self, bucket: str) -> tuple[RecordingObject, ...]:
        """Return all objects; those of a bucket of several pages page by page, each at a turn once that is known."""
        found: list[RecordingObject] = []

        def take(page: Page[RecordingObject]) -> None:
            found.extend(page.rows)

        async def read(token: str) -> Page[RecordingObject]:
            since_at = self._ports.clock.now()
            say = partial(self._say_waiting, Topic.OBJECTS, since_at)
            return await noticed(WAITS_S, self._ports.objects.object_page(bucket, token), say)

        if self._object_pages > 1:
            self._object_pages = await each_page(read, take, self._turns.next)
        else:
            self._object_pages = await each_page(partial(self._ports.objects.object_page, bucket), take)
        return tuple(found)

    async def _expire_arming(self) -> None:
        desk = ArmingDesk(self._store, self._ports.clock, 0.0)
        while True:
            desk.expire()
            if not self._store.state.armings:
                await self._store.until(_is_armed, None)
            else:
                await self._ports.clock.sleep(ARMING_CHECK_S)


def _is_armed(state: AppState) -> bool:
    return bool(state.armings)
