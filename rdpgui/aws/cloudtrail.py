"""The audit log: what the GUI Connect principal was refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from rdpgui.aws import parse
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.core.ids import InstanceId
from rdpgui.core.recording import Denial

SOURCES = ("kms.amazonaws.com", "s3.amazonaws.com")
"""Services a recording needs. LookupEvents takes one attribute, so each is asked on its own."""

PAGE = 50
MAX_PAGES = 6
"""Per service: 300 events, newest first. A busier account hides what is older; then nothing is claimed."""

PACE_S = 0.55
"""LookupEvents allows two requests a second per account and Region, shared with everybody else."""


class CloudTrailAudit:
    """Implements ``AuditPort``. Source: cloudtrail:LookupEvents (management events of the Region, 90 days)."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller
        self._turn = asyncio.Lock()
        self._free_at_s = 0.0

    async def denials(self, since: datetime) -> tuple[Denial, ...]:
        """Return refused calls of the GUI Connect principal on KMS and S3, newest first.

        Raises:
            AwsError: the log could not be read.
        """
        found: list[Denial] = []
        for source in SOURCES:
            found += await self._of(source, since)
        return tuple(sorted(found, key=_newest_first, reverse=True))

    async def connections(self, instance_id: InstanceId, since: datetime) -> tuple[datetime, ...]:
        """Return when GUI Connect opened connections to an instance, newest first.

        Raises:
            AwsError: the log could not be read.
        """
        found: list[datetime] = []
        async for page in self._pages("EventName", "StartConnection", since):
            found += parse.connections(page, instance_id)
        return tuple(sorted(found, reverse=True))

    async def _of(self, source: str, since: datetime) -> list[Denial]:
        found: list[Denial] = []
        async for page in self._pages("EventSource", source, since):
            found += parse.denials(page)
        return found

    async def _pages(self, key: str, value: str, since: datetime) -> AsyncIterator[Answer]:
        """Give the newest pages of events with one attribute."""
        more: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            await self._wait_for_turn()
            page = await self._caller.call(
                "cloudtrail",
                "LookupEvents",
                LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}],
                StartTime=since,
                MaxResults=PAGE,
                **more,
            )
            yield page
            token = page.get("NextToken")
            if not token or token == more.get("NextToken"):
                break
            more = {"NextToken": str(token)}

    async def _wait_for_turn(self) -> None:
        """Keep the pace, also between two callers."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._free_at_s - loop.time()))
            self._free_at_s = loop.time() + PACE_S


def _newest_first(denial: Denial) -> datetime:
    return denial.at
