"""Who calls, and how far the clocks are apart."""

from __future__ import annotations

import asyncio
import time

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.errors import malformed
from rdpgui.aws.skew import next_cut_s
from rdpgui.core.ids import Region
from rdpgui.core.ports import Identity

GOOD_ENOUGH_S = 0.15
MAX_SAMPLES = 5


class StsIdentity:
    """Implements ``IdentityPort``. Source: sts:GetCallerIdentity."""

    def __init__(self, caller: AwsCaller, *, profile: str, region: str, endpoint_url: str, lab: bool) -> None:
        self._caller = caller
        self._profile = profile
        self._region = region
        self._endpoint_url = endpoint_url
        self._lab = lab

    async def identity(self) -> Identity:
        """Return the caller; ``endpoint_url`` is empty on AWS."""
        account_id, arn = parse.account(await self._caller.call("sts", "GetCallerIdentity"))
        return Identity(account_id, arn, Region(self._region), self._profile, self._endpoint_url, self._lab)

    async def clock_offset_s(self) -> tuple[float, float]:
        """Return bounds of (local clock - AWS clock), seconds.

        Every answer seen so far counts. When they leave more than 0.15 s open, up to five calls are placed where the
        AWS clock may turn a second, each of which halves what is open.

        Raises:
            MalformedAnswer: the answers carry no Date.
        """
        for _ in range(MAX_SAMPLES):
            bounds = self._caller.offset.bounds(time.time())
            if bounds is not None and bounds[1] - bounds[0] <= GOOD_ENOUGH_S:
                return bounds
            sent_mono_s = time.monotonic()
            if bounds is not None:
                await asyncio.sleep(next_cut_s(bounds, time.time(), trip_s=0.01))
                sent_mono_s = time.monotonic()
            await self._caller.call("sts", "GetCallerIdentity")
            if bounds is not None and time.monotonic() - sent_mono_s > 2 * (bounds[1] - bounds[0]):
                break  # the network is slower than what is left to gain
        found = self._caller.offset.bounds(time.time())
        if found is None:
            raise malformed("sts:GetCallerIdentity", "the Date header is missing")
        return found
