"""Which Regions an account may use is asked where every account may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rdpgui.aws.region_list import AwsRegions
from rdpgui.core.regions import RegionOptIn


class _Caller:
    """Answers one read, and keeps where it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def run(self, work: Callable[..., Any], *args: Any, **params: Any) -> Any:
        return work(*args, **params)

    def blocking(self, service: str, operation: str, *, region: str, AllRegions: bool) -> dict[str, Any]:
        assert AllRegions
        self.asked.append((f"{service}:{operation}", region))
        return {"Regions": [{"RegionName": "ap-east-1", "OptInStatus": "not-opted-in"}, {"OptInStatus": "opted-in"}]}


@pytest.mark.parametrize(
    ("region", "endpoint_url", "asked_in"),
    [
        ("ap-east-1", "", "us-east-1"),
        ("us-east-1", "", "us-east-1"),
        ("cn-north-1", "", ""),
        ("us-gov-west-1", "", ""),
        ("eusc-de-east-1", "", ""),
        ("us-iso-east-1", "", ""),
        ("eu-isoe-west-1", "", ""),
        ("ap-east-1", "http://127.0.0.1:4566", ""),
    ],
)
def test_that_the_question_goes_to_a_region_that_answers(region: str, endpoint_url: str, asked_in: str) -> None:
    caller = _Caller()
    found = asyncio.run(AwsRegions(caller, region, endpoint_url).opt_in())  # type: ignore[arg-type]
    assert caller.asked == [("ec2:DescribeRegions", asked_in)]
    assert found == {"ap-east-1": RegionOptIn.NOT_OPTED_IN}, "a row without a name is left out"
