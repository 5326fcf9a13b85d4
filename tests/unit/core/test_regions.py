"""Which names can be a Region, and what is meant by one that cannot."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from rdpgui.core.errors import SettingsError
from rdpgui.core.ids import Region
from rdpgui.core.regions import PLACES, checked_region, console_host, is_commercial, is_region
from rdpgui.core.settings import Settings

pytestmark = pytest.mark.case("P10", "P12")


def _known_to_the_sdk() -> set[str]:
    found = json.loads(Path(botocore.__file__).with_name("data").joinpath("partitions.json").read_text())
    return {name for partition in found["partitions"] for name in partition["regions"] if "global" not in name}


def test_that_every_region_of_the_sdk_is_one() -> None:
    assert [name for name in _known_to_the_sdk() if not is_region(name)] == []
    assert [name for name in PLACES if name not in _known_to_the_sdk()] == []


def test_that_a_region_of_next_year_is_one() -> None:
    assert is_region("eu-north-2")
    assert is_region("us-gov-central-1")


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("tokyo", "ap-northeast-1"),
        ("Osaka", "ap-northeast-3"),
        ("us-east-1.evil.example/#", "us-east-1"),
        ("us-esat-1", "us-east-1"),
        ("ap-northeast1", "ap-northeast-1"),
        ("US-WEST-2", "us-west-2"),
        ("us_east_2", "us-east-2"),
        ("eu-west-1\u202e", "eu-west-1"),
        ("eu-west-1 ", "eu-west-1"),
        ("frankfurt", "eu-central-1"),
    ],
)
def test_that_what_is_no_region_is_refused_with_the_nearest(typed: str, nearest: str) -> None:
    for refuse in (checked_region, lambda name: Settings().with_value("region", name)):
        with pytest.raises(SettingsError) as caught:
            refuse(typed)
        assert caught.value.fields["nearest"] == nearest
        assert nearest in caught.value.text()


def test_that_no_region_means_the_profiles() -> None:
    assert Settings(region="us-east-1").with_value("region", "").region == ""


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "us-east-1.console.aws.amazon.com"),
        ("cn-northwest-1", "cn-northwest-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
        ("us-iso-east-1", ""),
        ("us-isob-west-1", ""),
        ("eu-isoe-west-1", ""),
    ],
)
def test_that_each_partition_has_its_own_console_or_none(region: str, host: str) -> None:
    assert console_host(Region(region)) == host


@pytest.mark.parametrize(
    ("region", "commercial"),
    [
        ("us-east-1", True),
        ("ap-east-2", True),
        ("eu-north-2", True),  # of next year
        ("cn-north-1", False),
        ("us-gov-east-1", False),
        ("eusc-de-east-1", False),
        ("us-iso-west-1", False),
        ("us-isof-south-1", False),
        ("eu-isoe-west-1", False),
    ],
)
def test_that_only_the_commercial_partition_s_regions_are_opted_into(region: str, commercial: bool) -> None:
    assert is_commercial(region) is commercial
