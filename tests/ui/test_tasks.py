"""Tasks of the window: results, errors, bugs and the end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from rdpgui.core.errors import GuardRefusal, RdpguiError
from rdpgui.ui.tasks import TaskScope
from tests.helpers.limits import limit_s


class Sinks:
    def __init__(self) -> None:
        self.errors: list[tuple[str, str]] = []
        self.bugs: list[tuple[str, str]] = []
        self.results: list[object] = []

    def error(self, name: str, error: RdpguiError) -> None:
        self.errors.append((name, error.text()))

    def bug(self, name: str, error: BaseException) -> None:
        self.bugs.append((name, str(error)))

    def scope(self) -> TaskScope:
        return TaskScope(self.error, self.bug)


async def _value() -> int:
    await asyncio.sleep(0)
    return 7


async def _refused() -> None:
    raise GuardRefusal("Not armed.", "Arm it.")


async def _bug() -> None:
    raise ZeroDivisionError("oops")


async def _forever() -> None:
    await asyncio.Event().wait()


async def _stubborn() -> None:
    for _time in range(2):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue


async def _settle(scope: TaskScope) -> None:
    async with asyncio.timeout(limit_s(5)):
        while scope.names:  # noqa: ASYNC110  (nothing to wait on: the tasks are the scope's own)
            await asyncio.sleep(0)


def test_that_a_result_reaches_its_receiver(qt_loop: Any) -> None:
    sinks = Sinks()

    async def flow() -> None:
        scope = sinks.scope()
        scope.start("value", _value(), on_done=sinks.results.append)
        assert scope.names == ("value",)
        await _settle(scope)

    qt_loop(flow())
    assert sinks.results == [7]


@pytest.mark.logs("Not armed")
def test_that_errors_go_to_the_starter_else_to_the_scope_and_bugs_to_the_report(qt_loop: Any) -> None:
    own: list[RdpguiError] = []
    sinks = Sinks()

    async def flow() -> None:
        scope = sinks.scope()
        scope.start("own", _refused(), on_error=own.append)
        scope.start("scope", _refused())
        scope.start("bug", _bug())
        await _settle(scope)

    qt_loop(flow())
    assert [error.template for error in own] == ["Not armed."]
    assert sinks.errors == [("scope", "Not armed. Arm it.")]
    assert sinks.bugs == [("bug", "oops")]


def test_that_closing_cancels_everything_and_starts_nothing_more(qt_loop: Any) -> None:
    sinks = Sinks()

    async def flow() -> None:
        scope = sinks.scope()
        scope.start("forever", _forever())
        await asyncio.sleep(0)
        assert await scope.aclose() is True
        assert scope.start("late", _value()) is None
        assert scope.names == ()

    qt_loop(flow())
    assert sinks.bugs == []


def test_that_closing_waits_for_what_is_kept_and_cancels_the_rest_at_once(qt_loop: Any) -> None:
    sinks = Sinks()
    order: list[str] = []

    async def write(cut: asyncio.Event) -> None:
        await cut.wait()
        order.append("written")

    async def cut_off(cut: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            order.append("cut off")
            cut.set()

    async def flow() -> None:
        scope, cut = sinks.scope(), asyncio.Event()
        scope.start("forever", cut_off(cut))
        await asyncio.sleep(0)
        scope.start("words", write(cut), kept=True)
        scope.start("never begun", _forever())
        assert await scope.aclose() is True
        assert scope.names == ()

    qt_loop(flow())
    assert order == ["cut off", "written"]


@pytest.mark.logs("did not end within")
def test_that_closing_does_not_wait_for_ever(qt_loop: Any) -> None:
    sinks = Sinks()

    async def flow() -> None:
        scope = sinks.scope()
        scope.start("stubborn", _stubborn())
        await asyncio.sleep(0)
        assert await scope.aclose(limit_s=0.02) is False
        scope.cancel("stubborn")
        await _settle(scope)

    qt_loop(flow())


@pytest.mark.case("S5")
@pytest.mark.parametrize("kept", [False, True])
def test_that_a_task_that_ends_in_a_few_turns_of_a_loop_that_is_held_up_is_waited_for(qt_loop: Any, kept: bool) -> None:
    sinks = Sinks()
    ended: list[str] = []
    held_s = 0.02  # each turn, like a busy machine or a long paint

    async def some_turns() -> None:
        try:
            await asyncio.Event().wait() if not kept else None
        finally:
            for _turn in range(8):  # as a watcher that waits for its readers, which wait for their calls
                await asyncio.sleep(0)
            ended.append("all of it")

    async def flow() -> None:
        loop, scope = asyncio.get_running_loop(), sinks.scope()
        going_on = True

        def hold_up() -> None:
            time.sleep(held_s)
            if going_on:
                loop.call_soon(hold_up)

        scope.start("watch", some_turns(), kept=kept)
        await asyncio.sleep(0)
        loop.call_soon(hold_up)
        assert await scope.aclose(limit_s=held_s) is True
        going_on = False

    qt_loop(flow())
    assert ended == ["all of it"]
