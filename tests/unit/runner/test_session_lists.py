"""The two lists of sessions: what is read, and what is told of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from rdpgui.core.errors import RdpguiError, Throttled
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.session import Session, SessionStatus
from rdpgui.runner.session_lists import HISTORY_FACTOR, SessionLists
from tests.helpers.in_pages import HistoryInPages
from tests.helpers.simulated_world import TARGET
from tests.helpers.virtual_time import EPOCH


def _session(name: str, *, active: bool, status: SessionStatus | None = None) -> Session:
    given = status or (SessionStatus.CONNECTED if active else SessionStatus.TERMINATED)
    return Session(SessionId(name), TARGET, given, active, EPOCH, None if active else EPOCH)


def _now() -> datetime:
    return EPOCH


class _Port(HistoryInPages):
    """Two lists, and which of them were read."""

    def __init__(self) -> None:
        self.active: tuple[Session, ...] = (_session("a", active=True),)
        self.ended: tuple[Session, ...] = (_session("b", active=False),)
        self.failure: RdpguiError | None = None
        self.read: list[bool] = []

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        self.read.append(active)
        if self.failure is not None:
            raise self.failure
        return self.active if active else self.ended

    async def terminate(self, session_id: SessionId) -> None:
        raise NotImplementedError

    async def histories(self, lists: SessionLists, times: int, *, running: bool = False) -> int:
        """Read some times and return how often the history was among it."""
        self.read.clear()
        for _ in range(times):
            await lists.read(running=running)
        assert self.read.count(True) == times
        return self.read.count(False)


async def _settled() -> tuple[_Port, SessionLists]:
    """Return lists whose history is read rarely by now."""
    port = _Port()
    lists = SessionLists(port, _now)
    assert await port.histories(lists, HISTORY_FACTOR) == HISTORY_FACTOR
    return port, lists


def test_that_a_session_in_both_lists_is_told_once_as_the_history_has_it() -> None:
    port = _Port()
    port.active = (_session("a", active=True), _session("b", active=True))
    told = asyncio.run(SessionLists(port, _now).read(running=False))
    assert [(session.session_id, session.active) for session in told] == [("a", True), ("b", False)]


def test_that_a_quiet_history_is_read_once_in_a_while_and_told_each_time() -> None:
    async def main() -> None:
        port, lists = await _settled()
        assert await port.histories(lists, HISTORY_FACTOR * 4) == 4
        assert len(await lists.read(running=False)) == 2

    asyncio.run(main())


def test_that_the_history_is_read_at_once_when_the_active_list_changes_and_for_a_while_after() -> None:
    async def main() -> None:
        port, lists = await _settled()
        await lists.read(running=False)
        port.active = ()
        port.ended = (_session("a", active=False), *port.ended)
        assert await port.histories(lists, HISTORY_FACTOR) == HISTORY_FACTOR
        assert sorted(session.session_id for session in await lists.read(running=False)) == ["a", "b"]

    asyncio.run(main())


def test_that_both_are_read_while_a_run_goes_on_and_when_somebody_asks() -> None:
    async def main() -> None:
        port, lists = await _settled()
        assert await port.histories(lists, HISTORY_FACTOR, running=True) == HISTORY_FACTOR
        await port.histories(lists, HISTORY_FACTOR)
        lists.ask_for_both()
        assert await port.histories(lists, 1) == 1

    asyncio.run(main())


def test_that_a_session_that_is_still_ending_keeps_the_history_read() -> None:
    async def main() -> None:
        port, lists = await _settled()
        port.ended = (replace(port.ended[0], status=SessionStatus.TERMINATING),)
        await port.histories(lists, HISTORY_FACTOR)
        assert await port.histories(lists, HISTORY_FACTOR * 3) == HISTORY_FACTOR * 3

    asyncio.run(main())


def test_that_after_a_failure_both_are_read_anew() -> None:
    async def main() -> None:
        port, lists = await _settled()
        port.failure = Throttled("AWS asks for fewer calls.", "Wait.", operation="ssm:DescribeSessions")
        with pytest.raises(Throttled):
            await lists.read(running=False)
        port.failure = None
        assert await port.histories(lists, 1) == 1

    asyncio.run(main())
