"""Regions: which names can be one, which is meant by a name that cannot, and whose console shows it.

Source: botocore's ``partitions.json`` (names and partitions); console hosts: AWS General Reference, "AWS Management
Console endpoints", for aws-eusc the European Sovereign Cloud's endpoints page. The ISO partitions publish none.
"""

from __future__ import annotations

import re

from rdpgui.core.aws_word import AwsWord
from rdpgui.core.errors import SettingsError
from rdpgui.core.ids import Region
from rdpgui.core.texts import N_

PLACES: dict[str, str] = {
    "af-south-1": N_("Cape Town"), "ap-east-1": N_("Hong Kong"), "ap-east-2": N_("Taipei"),
    "ap-northeast-1": N_("Tokyo"), "ap-northeast-2": N_("Seoul"), "ap-northeast-3": N_("Osaka"),
    "ap-south-1": N_("Mumbai"), "ap-south-2": N_("Hyderabad"), "ap-southeast-1": N_("Singapore"),
    "ap-southeast-2": N_("Sydney"), "ap-southeast-3": N_("Jakarta"), "ap-southeast-4": N_("Melbourne"),
    "ap-southeast-5": N_("Malaysia"), "ap-southeast-6": N_("New Zealand"), "ap-southeast-7": N_("Thailand"),
    "ca-central-1": N_("Canada"), "ca-west-1": N_("Calgary"), "eu-central-1": N_("Frankfurt"),
    "eu-central-2": N_("Zurich"), "eu-north-1": N_("Stockholm"), "eu-south-1": N_("Milan"), "eu-south-2": N_("Spain"),
    "eu-west-1": N_("Ireland"), "eu-west-2": N_("London"), "eu-west-3": N_("Paris"), "il-central-1": N_("Tel Aviv"),
    "me-central-1": N_("UAE"), "me-south-1": N_("Bahrain"), "me-west-1": N_("Saudi Arabia"),
    "mx-central-1": N_("Mexico"), "sa-east-1": N_("Sao Paulo"), "sa-west-1": N_("Chile"), "us-east-1": N_("Virginia"),
    "us-east-2": N_("Ohio"), "us-west-1": N_("California"), "us-west-2": N_("Oregon"), "cn-north-1": N_("Beijing"),
    "cn-northwest-1": N_("Ningxia"), "eusc-de-east-1": N_("Germany"), "us-gov-east-1": N_("GovCloud East"),
    "us-gov-west-1": N_("GovCloud West"), "us-iso-east-1": N_("ISO East"), "us-iso-west-1": N_("ISO West"),
    "us-isob-east-1": N_("ISOB East"), "us-isob-west-1": N_("ISOB West"), "eu-isoe-west-1": N_("ISOE West"),
    "us-isof-east-1": N_("ISOF East"), "us-isof-south-1": N_("ISOF South"),
}  # fmt: skip
"""The Regions of today with the place that people know them by."""

HOME_REGION = Region("us-east-1")
"""Enabled in every account of the commercial partition, the only one whose Regions are opted into."""


class RegionOptIn(AwsWord):
    """Whether an account may use a Region. Source: ec2:DescribeRegions, OptInStatus."""

    NOT_REQUIRED = "opt-in-not-required"
    OPTED_IN = "opted-in"
    NOT_OPTED_IN = "not-opted-in"


_SHAPE = re.compile(
    r"(?:af|ap|ca|cn|eu|eusc-[a-z]{2}|il|me|mx|sa|us|us-gov|us-iso[a-z]?|eu-iso[a-z]?)"
    r"-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9][0-9]?"
)
"""Regions are added every year: a name that follows the rule of all others may be a new one."""

_CONSOLES = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com",
             "eusc-": "console.amazonaws-eusc.eu"}  # fmt: skip


def is_region(name: str) -> bool:
    """Whether a name is a Region, or follows the rule by which Regions are named."""
    return name in PLACES or _SHAPE.fullmatch(name) is not None


def checked_region(name: str) -> Region:
    """Return a name as a Region.

    Raises:
        SettingsError: it cannot be one; the remedy names the nearest.
    """
    if is_region(name):
        return Region(name)
    nearest = nearest_region(name)
    raise SettingsError(
        "{region} is not an AWS Region.",
        "Use a Region such as {nearest} ({place}).",
        region=name,
        nearest=nearest,
        place=PLACES[nearest],
    )


def nearest_region(name: str) -> str:
    """Return the known Region that a name is most like, by its code or by its place."""
    import difflib  # only a wrong name needs it; the first picture does not wait for it

    wanted = re.sub(r"[^a-z0-9 -]+", "", name.split("/")[0].split(".")[0].lower().replace("_", "-"))[:40]

    def likeness(code: str) -> float:
        words = (code, PLACES[code].lower(), *PLACES[code].lower().split())
        return max(difflib.SequenceMatcher(None, wanted, word).ratio() for word in words)

    return max(PLACES, key=likeness)


def is_commercial(region: str) -> bool:
    """Whether a Region is one of the partition whose Regions are opted into."""
    return "-iso" not in region and not region.startswith(tuple(_CONSOLES))


def console_host(region: Region) -> str:
    """Return the host of the console that shows a Region, empty where none is published."""
    if "-iso" in region:
        return ""
    hosts = [host for prefix, host in _CONSOLES.items() if region.startswith(prefix)]
    return f"{region}.{hosts[0] if hosts else 'console.aws.amazon.com'}"
