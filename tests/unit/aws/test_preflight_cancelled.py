"""Preflight that is given up in the middle leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui.aws.preflight_target import Asked, TargetPorts, guard_checks
from rdpgui.core.ids import InstanceId

pytestmark = pytest.mark.asyncio


async def _at_once(*_arguments: object) -> Any:
    return None


async def _never(*_arguments: object) -> Any:
    await asyncio.sleep(60)


@pytest.mark.parametrize("turns", range(4))
async def test_that_reads_cancelled_before_their_first_turn_are_no_coroutines_that_nobody_awaits(turns: int) -> None:
    instances = SimpleNamespace(instance=_at_once, protection=_never, nodes=_never, connection_status=_never)
    ports = cast("TargetPorts", SimpleNamespace(instances=instances, sessions=None))
    once: Any = SimpleNamespace(get=_at_once)
    checking = asyncio.create_task(guard_checks(ports, Asked(InstanceId("i-1"), "", once, once)))
    for _turn in range(turns):
        await asyncio.sleep(0)
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
    del checking
    gc.collect()  # of a coroutine that nobody awaited Python tells here, and the suite takes that for a failure
