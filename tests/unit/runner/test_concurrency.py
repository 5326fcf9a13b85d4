"""Waiting for several things, or not for ever, never loses a cancellation, whatever else happens in the same turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from rdpgui.core.errors import Throttled
from rdpgui.runner.concurrency import Together, within
from tests.helpers.virtual_time import run_virtual


def _throttled() -> Throttled:
    return Throttled("AWS asks for fewer calls.", "Wait.", operation="ssm:DescribeSessions")


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("way", ["within", "together"])
def test_that_a_loop_of_polls_ends_when_it_is_cancelled(way: str, fails: bool, turns: int) -> None:
    polls = 0

    async def answer(after: asyncio.Event) -> None:
        await after.wait()
        if fails:
            raise _throttled()

    async def both(after: asyncio.Event) -> None:
        async with Together() as reads:
            reads.start(answer(after))
            reads.start(asyncio.sleep(3600))

    async def one(after: asyncio.Event) -> None:
        await within(3600, answer(after))

    async def loop(poll: Callable[[asyncio.Event], Awaitable[None]], after: asyncio.Event) -> None:
        nonlocal polls
        while True:
            polls += 1
            try:
                await poll(after)
            except Throttled:
                after.clear()
            after = asyncio.Event()

    async def flow() -> None:
        after = asyncio.Event()
        task = asyncio.create_task(loop({"within": one, "together": both}[way], after))
        await _turns(10)
        after.set()
        await _turns(turns)  # the cancellation meets each step of the answer's way
        task.cancel()
        await asyncio.wait({task}, timeout=1)
        assert task.cancelled()

    run_virtual(flow())
    assert polls in (1, 2)


def test_that_a_limit_ends_what_it_bounds() -> None:
    async def flow() -> None:
        inner = asyncio.create_task(asyncio.sleep(3600))
        with pytest.raises(TimeoutError):
            await within(5, inner)
        assert inner.cancelled()
        assert await within(5, asyncio.sleep(1, "in time")) == "in time"

    run_virtual(flow())


def test_that_the_first_error_ends_the_others_and_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise _throttled()

    async def flow() -> None:
        with pytest.raises(Throttled):
            async with Together() as reads:
                slow = reads.start(asyncio.sleep(3600))
                reads.start(fail())
        assert slow.cancelled()

    run_virtual(flow())


def test_that_an_error_of_the_block_itself_ends_them_all() -> None:
    async def flow() -> None:
        with pytest.raises(KeyError):
            async with Together() as reads:
                slow = reads.start(asyncio.sleep(3600))
                raise KeyError
        assert slow.cancelled()

    run_virtual(flow())
