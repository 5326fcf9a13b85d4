"""The audit log: what the GUI Connect principal was refused."""

from __future__ import annotations

import asyncio
from datetime import datetime

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
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

    async def _of(self, source: str, since: datetime) -> list[Denial]:
        found: list[Denial] = []
        more: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            await self._wait_for_turn()
            page = await self._caller.call(
                "cloudtrail",
                "LookupEvents",
                LookupAttributes=[{"AttributeKey": "EventSource", "AttributeValue": source}],
                StartTime=since,
                MaxResults=PAGE,
                **more,
            )
            found += parse.denials(page)
            token = page.get("NextToken")
            if not token or token == more.get("NextToken"):
                break
            more = {"NextToken": str(token)}
        return found

    async def _wait_for_turn(self) -> None:
        """Keep the pace, also between two callers."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._free_at_s - loop.time()))
            self._free_at_s = loop.time() + PACE_S


def _newest_first(denial: Denial) -> datetime:
    return denial.at
