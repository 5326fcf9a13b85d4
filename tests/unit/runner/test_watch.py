"""Watchers, store, bus, back-off and the arming desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.core.account_events import (
    EmergencyStopped,
    InstancesObserved,
    PollFailed,
    PollWaits,
    SessionsObserved,
    Topic,
)
from rdpgui.core.attention import Attention
from rdpgui.core.errors import AccessDenied, GuardRefusal, Throttled
from rdpgui.core.events import Event
from rdpgui.core.freshness import SLACK_S, Moment
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, ManagedNode
from rdpgui.core.recording import RecordingObject
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import RunStarted
from rdpgui.core.session import AccessType, Session
from rdpgui.core.settings import LAB_TIMING
from rdpgui.core.sign_in import SignInNeed, Way
from rdpgui.core.standing import topic_sight
from rdpgui.core.state import AppState
from rdpgui.runner.arming_desk import ArmingDesk, ArmingTimer
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.session_lists import HISTORY_FACTOR
from rdpgui.runner.store import Store
from rdpgui.runner.watch import Watchers
from tests.helpers.fake_ports import FakeInstances, FakeObjects, FakeSessions
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour, SimulatedWorld
from tests.helpers.virtual_time import EPOCH, FakeClock, run_virtual
from tests.unit.runner.scenes import Scene


class _Failing(FakeSessions):
    """Sessions that fail the first times."""

    failures = 4

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        listed = await super().sessions(active=active, target=target, since=since)
        if active and self.failures > 0:
            self.failures -= 1
            raise Throttled("AWS asks for fewer calls.", "Wait.", operation="ssm:DescribeSessions")
        return listed


class _Counting(FakeObjects):
    """Objects that count how often they are listed."""

    count = 0

    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        self.count += 1
        return await super().objects(bucket)


class _Nodeless(FakeInstances):
    """Instances whose nodes may not be listed."""

    async def nodes(self) -> tuple[ManagedNode, ...]:
        raise AccessDenied("You may not call {operation}.", "Ask.", operation="ssm:DescribeInstanceInformation")


async def _watched(scene: Scene, seconds: float, during: Callable[[Watchers], None] | None = None) -> None:
    watchers = Watchers(scene.ports, scene.store, LAB_TIMING)
    task = asyncio.create_task(watchers.start())
    await asyncio.sleep(seconds / 2)
    if during is not None:
        during(watchers)
    await asyncio.sleep(seconds / 2)
    watchers.stop()
    await task


def test_that_every_topic_is_read_and_fresh() -> None:
    async def main() -> AppState:
        scene = Scene(Behaviour())
        await _watched(scene, 3.0)
        return scene.store.state

    state = run_virtual(main())
    assert set(state.observed_at) == set(Topic)
    assert state.stale == {}
    assert len(state.instances) == 2
    assert state.preferences is not None and state.objects is not None


def test_that_a_failing_topic_goes_stale_backs_off_and_recovers_alone() -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())
        scene.ports = replace(scene.ports, sessions=_Failing(scene.world))
        await _watched(scene, 30.0)
        return scene

    scene = run_virtual(main())
    failed = [event.at for event in scene.events if isinstance(event, PollFailed)]
    pauses = [(b - a).total_seconds() for a, b in pairwise(failed)]
    assert len(failed) == 4
    assert pauses[0] < pauses[1] < pauses[2]
    assert {event.topic for event in scene.events if isinstance(event, PollFailed)} == {Topic.SESSIONS}
    assert scene.store.state.stale == {}
    assert any(isinstance(event, SessionsObserved) for event in scene.events)


def test_that_a_session_in_both_lists_is_shown_once_as_ended() -> None:
    class _Both(FakeSessions):
        async def sessions(
            self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
        ) -> tuple[Session, ...]:
            await self.world.answer("list")
            session = self.world.connections[0].session
            return (replace(session, active=active, ended_at=None if active else EPOCH),)

    async def main() -> AppState:
        scene = Scene(Behaviour(connect_s=0.0))
        scene.world.open(TARGET, AccessType.STANDARD)
        await asyncio.sleep(0.1)
        scene.ports = replace(scene.ports, sessions=_Both(scene.world))
        await _watched(scene, 1.0)
        return scene.store.state

    sessions = run_virtual(main()).sessions
    assert [(session.active, session.ended_at) for session in sessions] == [(False, EPOCH)]


def test_that_refresh_reads_at_once() -> None:
    async def main() -> tuple[int, int]:
        scene = Scene(Behaviour())
        objects = _Counting(scene.world)
        scene.ports = replace(scene.ports, objects=objects)
        seen = []

        def during(watchers: Watchers) -> None:
            seen.append(objects.count)
            watchers.refresh(Topic.OBJECTS)

        await _watched(scene, 0.9, during)
        return seen[0], objects.count

    before, after = run_virtual(main())
    assert after > before


def test_that_arming_expires_without_anybody_asking() -> None:
    async def main() -> AppState:
        scene = Scene(Behaviour())
        ArmingDesk(scene.store, scene.ports.clock, 5.0).arm(TARGET)
        assert scene.store.state.arming is not None
        await _watched(scene, 8.0)
        return scene.store.state

    state = run_virtual(main())
    assert state.arming is None
    assert dict(state.log[-1].fields) == {"reason": "time is up"}


def test_that_the_latch_forbids_arming_until_it_is_reset() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        desk = ArmingDesk(scene.store, scene.ports.clock, 5.0)
        desk.emergency_stop()
        desk.emergency_stop()
        assert scene.names().count("EmergencyStopped") == 1
        with pytest.raises(GuardRefusal, match="latched"):
            desk.arm(TARGET)
        desk.emergency_reset()
        desk.arm(TARGET)
        desk.disarm()
        desk.disarm()
        assert scene.names()[-2:] == ["Armed", "Disarmed"]

    run_virtual(main())


def test_that_nothing_is_armed_before_the_account_is_known() -> None:
    async def main() -> None:
        with pytest.raises(GuardRefusal, match="not known"):
            ArmingDesk(Store(), FakeClock(), 5.0).arm(TARGET)

    run_virtual(main())


def test_that_events_published_by_a_subscriber_come_after_the_current_one() -> None:
    store, seen = Store(), []

    def first(state: AppState, event: Event) -> None:
        if isinstance(event, EmergencyStopped):
            store.publish(PollFailed(EPOCH, Topic.OBJECTS, "no", ""))

    def second(state: AppState, event: Event) -> None:
        seen.append((type(event).__name__, state.emergency))

    store.subscribe(first)
    unsubscribe = store.subscribe(second)
    store.publish(EmergencyStopped(EPOCH))
    unsubscribe()
    unsubscribe()
    store.publish(EmergencyStopped(EPOCH))
    assert seen == [("EmergencyStopped", True), ("PollFailed", True)]


def test_that_waiting_for_a_condition_ends_at_once_at_the_event_or_at_the_limit() -> None:
    async def main() -> None:
        store, loop = Store(), asyncio.get_running_loop()
        assert not await store.until(lambda state: state.emergency, 3.0)
        assert loop.time() == pytest.approx(3.0)
        loop.call_later(1.0, store.publish, EmergencyStopped(EPOCH + timedelta(seconds=4)))
        assert await store.until(lambda state: state.emergency, 30.0)
        assert loop.time() == pytest.approx(4.0)
        assert await store.until(lambda state: state.emergency, 0.0)

    run_virtual(main())


@given(
    st.integers(1, 80),
    st.floats(0.01, 10.0),
    st.floats(10.0, 100.0),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8),
)
def test_that_back_off_grows_stays_below_its_cap_and_is_reset(
    count: int, first_s: float, cap_s: float, chances: list[float]
) -> None:
    backoff = Backoff(first_s, cap_s, cycle(chances).__next__)
    waits = [backoff.next_s() for _ in range(count)]
    assert all(0.0 < wait_s <= cap_s for wait_s in waits)
    assert waits[0] >= 0.8 * first_s
    assert backoff.failures == count
    backoff.reset()
    assert Backoff(first_s, cap_s, lambda: 0.5).next_s() == pytest.approx(min(first_s, cap_s))
    assert backoff.failures == 0


def test_that_instances_are_shown_when_only_their_nodes_cannot_be_listed() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        known = (await scene.ports.instances.nodes())[0]
        scene.ports = replace(scene.ports, instances=_Nodeless(scene.world))
        scene.store.publish(InstancesObserved(scene.world.clock.now(), (), (known,)))
        await _watched(scene, 30.0)
        state = scene.store.state
        assert TARGET in state.instances
        assert (state.nodes_known, tuple(state.nodes)) == (False, (known.instance_id,))
        assert state.stale[Topic.INSTANCES].error == "You may not call ssm:DescribeInstanceInformation."
        # One line in the log for a row of equal failures.
        assert sum("DescribeInstanceInformation" in str(line.fields) for line in state.log) == 1

    run_virtual(main())


@pytest.mark.case("R11")
def test_that_every_good_reading_says_how_long_it_holds_and_a_hanging_watcher_lets_it_age() -> None:
    class _Hanging(FakeSessions):
        hangs = False

        async def sessions(
            self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
        ) -> tuple[Session, ...]:
            if self.hangs:
                await asyncio.sleep(3600.0)
            return await super().sessions(active=active, target=target)

    async def main() -> None:
        scene = Scene(Behaviour())
        sessions = _Hanging(scene.world)
        scene.ports = replace(scene.ports, sessions=sessions)
        task = asyncio.create_task(Watchers(scene.ports, scene.store, LAB_TIMING).start())
        await asyncio.sleep(3.0)
        clock, state = scene.ports.clock, scene.store.state
        now = Moment(clock.now(), clock.monotonic())
        assert all(topic_sight(state, topic, now).live for topic in Topic)
        sessions.hangs = True
        await asyncio.sleep(LAB_TIMING.poll_idle_s + SLACK_S + 2.0)
        state, now = scene.store.state, Moment(clock.now(), clock.monotonic())
        assert {topic for topic in Topic if not topic_sight(state, topic, now).live} == {Topic.SESSIONS}
        assert state.stale == {}, "nothing failed: only time tells"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(main())


@pytest.mark.case("R11")
def test_that_setting_the_local_clock_back_does_not_prolong_arming() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        timer = ArmingTimer(scene.store, scene.ports.clock)
        ArmingDesk(scene.store, scene.ports.clock, 5.0).arm(TARGET)
        timer.expire()
        scene.world.clock.skew_s = -3600.0
        await asyncio.sleep(4.0)
        timer.expire()
        assert scene.store.state.arming is not None
        await asyncio.sleep(1.5)
        timer.expire()
        assert scene.store.state.arming is None

    run_virtual(main())


class _Listed(FakeSessions):
    """Sessions that note which list is read."""

    def __init__(self, world: SimulatedWorld) -> None:
        super().__init__(world)
        self.read: list[bool] = []

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        self.read.append(active)
        return await super().sessions(active=active, target=target)


@pytest.mark.case("X11")
def test_that_what_has_ended_is_read_rarely_while_no_session_begins_or_ends_and_at_once_when_one_does() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(connect_s=0.0))
        sessions = _Listed(scene.world)
        scene.ports = replace(scene.ports, sessions=sessions)
        watchers = Watchers(scene.ports, scene.store, LAB_TIMING)
        task = asyncio.create_task(watchers.start())
        await asyncio.sleep(LAB_TIMING.poll_idle_s * (HISTORY_FACTOR + 4))
        sessions.read.clear()
        await asyncio.sleep(LAB_TIMING.poll_idle_s * HISTORY_FACTOR * 5)
        assert sessions.read.count(True) > HISTORY_FACTOR * 4
        assert sessions.read.count(False) <= 6
        sessions.read.clear()
        watchers.refresh()
        await asyncio.sleep(LAB_TIMING.poll_idle_s / 2)
        assert set(sessions.read) == {True, False}, "asked for: both"
        await asyncio.sleep(LAB_TIMING.poll_idle_s * 3)
        sessions.read.clear()
        scene.world.open(TARGET, AccessType.STANDARD)
        await asyncio.sleep(LAB_TIMING.poll_idle_s * HISTORY_FACTOR)
        assert sessions.read.count(False) >= HISTORY_FACTOR - 2
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(main())


@pytest.mark.case("X11")
def test_that_what_nobody_looks_at_is_read_less_often_ages_by_the_longer_time_and_is_read_at_once_when_seen() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        objects = _Counting(scene.world)
        scene.ports = replace(scene.ports, objects=objects)
        watchers = Watchers(scene.ports, scene.store, LAB_TIMING)
        task = asyncio.create_task(watchers.start())
        await asyncio.sleep(5.0)
        watchers.attend(Attention.HIDDEN)
        await asyncio.sleep(2.0)
        before = objects.count
        await asyncio.sleep(60.0)
        clock = scene.ports.clock
        assert objects.count - before <= 60.0 / LAB_TIMING.poll_idle_s / 15
        now = Moment(clock.now(), clock.monotonic())
        assert all(topic_sight(scene.store.state, topic, now).live for topic in Topic)
        before = objects.count
        watchers.attend(Attention.LOOKING)
        await asyncio.sleep(0.1)
        assert objects.count > before
        watchers.attend(Attention.IDLE)
        plan = scene.plan()
        scene.store.publish(RunStarted(EPOCH, plan.run_id, plan, ACCOUNT, REGION, "0"))
        watchers.refresh(Topic.INSTANCES)  # the pause that goes on is as long as it was begun
        asked = scene.world.calls.count("ec2:DescribeInstances")
        await asyncio.sleep(20.0)
        looks = scene.world.calls.count("ec2:DescribeInstances") - asked
        assert 20.0 / LAB_TIMING.poll_idle_s <= looks, "a run is watched whoever looks"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(main())


class _Foreign(FakeSessions):
    """Sessions whose reading raises what nobody of ours raises, once."""

    raised = False

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        if not self.raised:
            self.raised = True
            raise EOFError("EOF when reading a line")
        return await super().sessions(active=active, target=target, since=since)


@pytest.mark.case("P1")
def test_that_a_foreign_exception_ends_one_look_of_one_topic_and_no_watcher() -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context["exception"]))
        scene.ports = replace(scene.ports, sessions=_Foreign(scene.world))
        await _watched(scene, 30.0)
        return scene

    bugs: list[BaseException] = []
    scene = run_virtual(main())
    failed = [event for event in scene.events if isinstance(event, PollFailed)]
    assert [event.topic for event in failed] == [Topic.SESSIONS]
    assert "EOFError" in failed[0].error
    assert [type(bug) for bug in bugs] == [EOFError]
    assert set(scene.store.state.observed_at) == set(Topic)


class _Hanging(FakeInstances):
    """Instances that are listed once and then never again."""

    count = 0

    async def instances(self) -> tuple[Instance, ...]:
        self.count += 1
        if self.count > 1:
            await asyncio.sleep(3600)
        return await super().instances()


@pytest.mark.case("P3")
def test_that_a_hang_is_said_within_three_seconds_with_what_is_waited_for() -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())
        scene.ports = replace(scene.ports, instances=_Hanging(scene.world))
        await _watched(scene, 12.0)
        return scene

    scene = run_virtual(main())
    said = [event for event in scene.events if isinstance(event, PollWaits)]
    assert [event.topic for event in said] == [Topic.INSTANCES]
    assert (said[0].at - said[0].since_at).total_seconds() < 3.0
    assert "ec2:DescribeInstances" in said[0].what
    assert set(scene.store.state.waits) == {Topic.INSTANCES}


@pytest.mark.case("P4")
def test_that_one_cause_is_logged_once_whatever_many_topics_it_stops() -> None:
    need = SignInNeed("aws sso login --profile work", Way.SSO)
    state = AppState()
    for topic in Topic:
        state = reduce(state, PollFailed(EPOCH, topic, "The sign-in of profile work has ended.", "Sign in.", need))
    assert len(state.log) == 1
    assert state.sign_in_need is not None and state.sign_in_need.need == need
