"""What an account of 3,000 instances and 20,000 sessions costs a minute, and how soon its rows are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.account_events import InstancesObserved, PollFailed, SessionsObserved, Topic
from rdpgui.core.attention import Attention
from rdpgui.core.errors import AccessDenied, Throttled
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import Instance, InstanceState
from rdpgui.core.ports import Page
from rdpgui.core.settings import AWS_TIMING
from rdpgui.core.state import AppState
from rdpgui.runner.store import Store
from rdpgui.runner.watch import Watchers
from tests.helpers.fake_ports import ports_of
from tests.helpers.large_account import LargeAccount, instance_id, with_account
from tests.helpers.simulated_world import SimulatedWorld
from tests.helpers.virtual_time import EPOCH, run_virtual

CALLS_A_MINUTE = 40
FEW_CALLS_A_MINUTE = 30
ON_SCREEN = [InstanceId(instance_id(number)) for number in range(100, 130)]


class _Watched:
    """Watchers on an account."""

    def __init__(self, account: LargeAccount) -> None:
        self.account = account
        self.store = Store()
        self.first_rows = self.first_sessions = 0
        self.store.subscribe(self._note)
        self.ports = with_account(ports_of(SimulatedWorld()), account)
        self.watchers = Watchers(self.ports, self.store, AWS_TIMING)
        self.watchers.on_screen = self._on_screen

    def _on_screen(self) -> list[InstanceId]:
        return ON_SCREEN

    def _note(self, state: AppState, event: object) -> None:
        if isinstance(event, InstancesObserved) and not self.first_rows:
            self.first_rows = self._asked("DescribeInstances")
        if isinstance(event, SessionsObserved) and not self.first_sessions:
            self.first_sessions = self._asked("DescribeSessions History")

    def _asked(self, operation: str) -> int:
        return sum(name == operation for _at_s, name in self.account.sent)

    def state_of(self, number: int) -> InstanceState | None:
        found = self.store.state.instances.get(InstanceId(instance_id(number)))
        return found.state if found is not None else None


@asynccontextmanager
async def _watching(account: LargeAccount) -> AsyncIterator[_Watched]:
    """Watch from the first whole reading on."""
    watched = _Watched(account)
    task = asyncio.create_task(watched.watchers.start())
    try:
        whole = len(account.states), len(account.active) + len(account.ended)
        await watched.store.until(lambda state: _is_whole(state, *whole), 600.0)
        assert _is_whole(watched.store.state, *whole)
        yield watched
    finally:
        watched.watchers.stop()
        await task


def _is_whole(state: AppState, instances: int, sessions: int) -> bool:
    return len(state.instances) == instances and state.nodes_known and len(state.sessions) == sessions


def _played(main: Callable[[], Awaitable[None]]) -> None:
    async def flow() -> None:
        await main()

    run_virtual(flow())


@pytest.mark.case("P9")
def test_that_a_large_account_costs_a_handful_of_calls_a_minute() -> None:
    async def main() -> None:
        account = LargeAccount(3000, 20_000, objects=5000)
        async with _watching(account) as watched:
            since_s = asyncio.get_running_loop().time()
            await asyncio.sleep(300.0)
            assert 10 <= account.most_in_a_minute(since_s) <= CALLS_A_MINUTE
            assert set(watched.store.state.observed_at) == set(Topic) and watched.store.state.stale == {}
            idle_s = asyncio.get_running_loop().time()
            watched.watchers.attend(Attention.HIDDEN)
            await asyncio.sleep(300.0)
            assert account.most_in_a_minute(idle_s + 60.0) <= FEW_CALLS_A_MINUTE

    _played(main)


@pytest.mark.case("P9")
@pytest.mark.parametrize(("instances", "sessions"), [(2, 3), (50, 390)])
def test_that_a_small_account_is_read_whole_at_each_look(instances: int, sessions: int) -> None:
    async def main() -> None:
        account = LargeAccount(instances, sessions, active=2, objects=3)
        async with _watching(account) as watched:
            since_s = asyncio.get_running_loop().time() + 90.0  # what changed lately is looked at more closely
            await asyncio.sleep(300.0)
            assert account.most_in_a_minute(since_s) <= FEW_CALLS_A_MINUTE
            account.states[1] = "stopped"
            await asyncio.sleep(11.0)
            assert watched.state_of(1) is InstanceState.STOPPED

    _played(main)


@pytest.mark.case("P9")
def test_that_the_first_rows_are_there_long_before_the_last_page() -> None:
    async def main() -> None:
        async with _watching(LargeAccount(1000, 2000)) as watched:
            assert watched.first_rows == 1
            assert 1 <= watched.first_sessions <= 2

    _played(main)


@pytest.mark.case("P9")
def test_that_what_is_on_screen_is_seen_at_once_and_the_rest_when_it_comes_round() -> None:
    async def main() -> None:
        account = LargeAccount(400, 600)
        async with _watching(account) as watched:
            account.states |= {101: "stopped", 300: "stopped", 2000: "running"}
            del account.states[102], account.states[350]
            await asyncio.sleep(11.0)
            found = watched.store.state
            assert (watched.state_of(101), watched.state_of(102)) == (InstanceState.STOPPED, None)
            assert InstanceId(instance_id(101)) not in found.nodes
            assert watched.state_of(300) is InstanceState.RUNNING
            await asyncio.sleep(180.0)
            assert watched.state_of(300) is InstanceState.STOPPED
            assert watched.state_of(2000) is InstanceState.RUNNING
            assert watched.state_of(350) is None
            assert InstanceId(instance_id(300)) not in watched.store.state.nodes
            before = watched.store.state
            await asyncio.sleep(60.0)
            after = watched.store.state
            assert after.instances is before.instances and after.sessions is before.sessions

    _played(main)


@pytest.mark.case("P9")
def test_that_a_session_that_ends_is_told_so_although_the_long_history_is_not_read() -> None:
    async def main() -> None:
        account = LargeAccount(300, 700)
        async with _watching(account) as watched:
            ended = SessionId(account.end(3))
            gone = SessionId(str(account.active.pop(7)["SessionId"]))  # it never comes into the history
            since_s = asyncio.get_running_loop().time()
            await asyncio.sleep(11.0)
            told = {session.session_id: session for session in watched.store.state.sessions}
            assert not told[ended].active and told[ended].ended_at is not None
            assert gone not in told
            await asyncio.sleep(200.0)
            assert account.most_in_a_minute(since_s + 120.0) <= CALLS_A_MINUTE
            short = {**account.active[0], "SessionId": "ann-short", "Status": "Terminated"}
            account.ended.insert(0, {**short, "EndDate": short["StartDate"]})
            await asyncio.sleep(61.0)
            assert SessionId("ann-short") in {session.session_id for session in watched.store.state.sessions}

    _played(main)


@pytest.mark.case("P9")
def test_that_what_nobody_may_read_stops_nothing_else() -> None:
    async def main() -> None:
        account = LargeAccount(400, 10)
        async with _watching(account) as watched:
            port = watched.ports.instances
            denied = AccessDenied("You may not call {operation}.", "Ask.", operation="ssm:DescribeInstanceInformation")

            async def refuse(*_arguments: object) -> None:
                raise denied

            for name in ("node_page", "nodes_of"):
                setattr(port, name, refuse)
            account.states[399] = "stopped"
            await asyncio.sleep(150.0)
            assert watched.state_of(399) is InstanceState.STOPPED
            state = watched.store.state
            assert not state.nodes_known and Topic.INSTANCES in state.stale
            assert replace(state.stale[Topic.INSTANCES]).error == "You may not call ssm:DescribeInstanceInformation."

    _played(main)


@pytest.mark.case("P9", "R11")
def test_that_rows_that_were_not_read_are_told_in_the_past() -> None:
    async def main() -> None:
        async with _watching(LargeAccount(400, 5)) as watched:
            assert watched.store.state.rows_read is None
            await asyncio.sleep(11.0)
            state = watched.store.state
            assert state.rows_read == frozenset(ON_SCREEN)
            first = state.rest_at
            assert first is not None and first <= watched.ports.clock.now() - timedelta(seconds=10)
            await asyncio.sleep(150.0)
            rest_at = watched.store.state.rest_at
            assert rest_at is not None and rest_at > first

    _played(main)


@pytest.mark.case("P9", "R11")
def test_that_a_round_that_fails_is_said_once_and_its_rows_age() -> None:
    async def main() -> None:
        account = LargeAccount(400, 5)
        async with _watching(account) as watched:
            port = watched.ports.instances
            real = port.instance_page

            async def page(token: str = "") -> Page[Instance]:
                if token == "200":
                    raise Throttled("AWS asks for fewer calls.", "Wait.", operation="ec2:DescribeInstances")
                return await real(token)

            setattr(port, "instance_page", page)  # noqa: B010 - a port is frozen for mypy
            failed: list[PollFailed] = []
            watched.store.subscribe(
                lambda _state, event: failed.append(event) if isinstance(event, PollFailed) else None
            )
            begun_at = watched.ports.clock.now()
            await asyncio.sleep(400.0)
            assert [event.error for event in failed] == ["AWS asks for fewer calls."]
            rest_at = watched.store.state.rest_at
            assert rest_at is not None and rest_at <= begun_at

    _played(main)


@pytest.mark.case("P9")
def test_that_a_session_that_ends_during_a_round_of_the_history_stays() -> None:
    async def main() -> None:
        account = LargeAccount(10, 1000)
        account.active[0]["StartDate"] = EPOCH - timedelta(hours=5)
        async with _watching(account) as watched:
            await asyncio.sleep(9.0)  # the round has begun, and read its first page
            ended = SessionId(account.end(0))
            account.ended.append(account.ended.pop(0))
            account.hidden = {ended}  # pages of the round that were read before do not hold it
            await asyncio.sleep(11.0)
            for _look in range(3):
                assert ended in {session.session_id for session in watched.store.state.sessions}
                await asyncio.sleep(20.0)

    _played(main)


@pytest.mark.case("P9")
def test_that_a_listing_of_several_pages_is_as_old_as_its_first_and_a_page_that_hangs_is_said() -> None:
    async def main() -> None:
        account = LargeAccount(3, 3, objects=2500)
        async with _watching(account) as watched:
            await watched.store.until(lambda state: state.objects is not None, 60.0)
            await asyncio.sleep(120.0)
            state = watched.store.state
            assert state.objects is not None and len(state.objects.objects) == 2500
            listed = [at_s for at_s, operation in account.sent if operation == "ListObjectsV2"]
            look = state.looks[Topic.OBJECTS]
            assert any(begin <= listed[-3] + 0.01 for begin in [look.mono_s])
            assert Topic.OBJECTS not in state.waits
            port = watched.ports.objects

            async def hang(*_asked: object) -> None:
                await asyncio.sleep(3600.0)

            setattr(port, "object_page", hang)  # noqa: B010 - a port is frozen for mypy
            await asyncio.sleep(60.0)
            assert watched.store.state.waits[Topic.OBJECTS].what == "s3:ListObjectsV2"

    _played(main)


@pytest.mark.case("P9")
def test_that_a_region_of_hybrid_nodes_alone_asks_no_question_without_ids() -> None:
    async def main() -> None:
        account = LargeAccount(0, 5, active=0)
        account.hybrid = 150
        watched = _Watched(account)
        watched.watchers.on_screen = tuple
        task = asyncio.create_task(watched.watchers.start())
        await asyncio.sleep(200.0)
        state = watched.store.state
        assert len(state.nodes) == 150 and Topic.INSTANCES not in state.stale
        watched.watchers.stop()
        await task

    _played(main)
