"""Fixtures of the room ``aws``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rdpgui.aws import calls
from rdpgui.aws.calls import AwsCaller
from tests.unit.aws.stubbed import StubbedClients


@pytest.fixture
def stubs() -> StubbedClients:
    return StubbedClients()


@pytest_asyncio.fixture
async def caller(stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsCaller]:
    monkeypatch.setattr(calls, "MALFORMED_PAUSE_S", 0.0)
    made = AwsCaller(stubs)
    yield made
    await made.aclose()
    assert asyncio.all_tasks() - {asyncio.current_task()} == set()
