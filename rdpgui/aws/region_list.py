"""Which Regions an account may use."""

from __future__ import annotations

from collections.abc import Mapping

from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.parse import Row, need
from rdpgui.core.ids import Region
from rdpgui.core.regions import HOME_REGION, RegionOptIn, is_commercial


class AwsRegions:
    """Reads the Regions of the account. Source: ec2:DescribeRegions.

    Args:
        region: the one in use. endpoint_url: where calls go when it is not AWS, else empty.
    """

    def __init__(self, caller: AwsCaller, region: str, endpoint_url: str) -> None:
        self._caller = caller
        self._asked_in = HOME_REGION if is_commercial(region) and not endpoint_url else ""

    async def opt_in(self) -> Mapping[Region, RegionOptIn]:
        """Return whether the account may use each Region; asked where every account may ask.

        Raises:
            AwsError: it could not be read; with AccessDenied nothing is known of any Region.
        """
        page = await self._caller.run(self._page)
        rows = [Row(item, number) for number, item in enumerate(need(page, "Regions", "ec2:DescribeRegions"), start=1)]
        named = ((row.text("RegionName"), row.text("OptInStatus")) for row in rows)
        return {Region(name): RegionOptIn(word) for name, word in named if name}

    def _page(self) -> Answer:
        return self._caller.blocking("ec2", "DescribeRegions", region=self._asked_in, AllRegions=True)
