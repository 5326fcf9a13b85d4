"""Watchers of the account: one per topic, at a pace that follows the activity.

A failed poll marks its topic stale and backs off; the next success makes it fresh again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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
from rdpgui.core.errors import AwsError, CredentialsExpired, RdpguiError
from rdpgui.core.events import AccountEvent
from rdpgui.core.freshness import Look
from rdpgui.core.instance import ManagedNode
from rdpgui.core.ports import Identity, Ports
from rdpgui.core.settings import Timing
from rdpgui.core.state import AppState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.concurrency import Together, noticed, within
from rdpgui.runner.session_lists import SessionLists
from rdpgui.runner.store import Store
from rdpgui.runner.target import first_error

BACKOFF_CAP_S = 60.0
"""Longest wait after failures in a row."""

SLOW_FACTOR = 6.0
"""Preferences and identity change rarely; they are read this many times less often."""

RUN_FACTOR = 2.0
"""During a run the run's own pollers look at its target; the tables may be this much slower."""

ARMING_CHECK_S = 0.5

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
    """

    def __init__(self, ports: Ports, store: Store, timing: Timing) -> None:
        self._ports = ports
        self._store = store
        self._timing = timing
        self._stopped = asyncio.Event()
        self._wake = {topic: asyncio.Event() for topic in Topic}
        self._attention = Attention.LOOKING
        self._sessions_listed = SessionLists(ports.sessions)

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
        self._tell(PollWaits(self._ports.clock.now(), topic, since_at, WAITS_FOR[topic]))

    def interval_s(self, topic: Topic) -> float:
        """Return the pause after a good read, seconds."""
        running = bool(self._store.state.active_runs)
        idle_s = self._timing.poll_idle_s * (1.0 if running else ATTENTION_FACTOR[self._attention])
        if topic in (Topic.PREFERENCES, Topic.IDENTITY):
            return max(idle_s, self._timing.poll_idle_s * SLOW_FACTOR)
        if topic in (Topic.INSTANCES, Topic.SESSIONS) and running:
            return min(idle_s, self._timing.poll_run_s * RUN_FACTOR)
        return idle_s

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
        return Look(self._ports.clock.now(), self._ports.clock.monotonic(), self.interval_s(topic))

    async def _instances(self) -> None:
        async with Together() as reads:
            instances = reads.start(self._ports.instances.instances())
            nodes = reads.start(self._nodes())
        listed, look = nodes.result(), self._look(Topic.INSTANCES)
        if isinstance(listed, AwsError):
            self._tell(InstancesObserved(look.at, instances.result(), None, look))
            raise listed
        self._tell(InstancesObserved(look.at, instances.result(), listed, look))

    async def _nodes(self) -> tuple[ManagedNode, ...] | AwsError:
        """Return the nodes, or why they cannot be read: the instances are shown without them."""
        try:
            return await self._ports.instances.nodes()
        except AwsError as error:
            return error

    async def _sessions(self) -> None:
        listed = await self._sessions_listed.read(running=bool(self._store.state.active_runs))
        if listed == self._store.state.sessions:  # quick: the port gives the same objects for what did not change
            listed = self._store.state.sessions
        look = self._look(Topic.SESSIONS)
        self._tell(SessionsObserved(look.at, listed, look))

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
        objects = await self._ports.objects.objects(bucket)
        look = self._look(Topic.OBJECTS)
        self._tell(ObjectsObserved(look.at, bucket, objects, look))

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
