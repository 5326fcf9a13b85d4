"""Where evidence belongs: a scenario of the lab, an account and a Region, or another endpoint's. It is never pooled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rdpgui.core.ids import AccountId, Region

_LAB = "lab:"
_AWS = "aws:"
_AT = "at:"
_UNKNOWN = "?"
_NO_ACCOUNT = AccountId("")
_NO_REGION = Region("")


AT_SERVICE, ON_INSTANCE = "default", "recorder-on-instance"
"""Scenarios of the lab that differ in where the recorder is: at the service, or on the instance that it records."""


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """A place on AWS as the command line names it; each part may be empty."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""

    @property
    def named(self) -> bool:
        """Whether a place on AWS was asked for."""
        return bool(self.profile or self.region or self.endpoint_url)


@dataclass(frozen=True, slots=True)
class Place:
    """One place; either ``scenario`` is set, or it is on AWS.

    Attributes:
        scenario: name of the lab's scenario, empty on AWS.
        account_id: empty as long as nobody could be identified: then no evidence belongs here.
        region: empty as long as it is not known.
        endpoint: host and port that were called instead of AWS; whatever account they claim to be, it is not AWS's.
    """

    scenario: str = ""
    account_id: AccountId = _NO_ACCOUNT
    region: Region = _NO_REGION
    endpoint: str = ""

    @property
    def lab(self) -> bool:
        """Whether this is the lab."""
        return bool(self.scenario)

    @property
    def known(self) -> bool:
        """Whether it is known well enough for evidence to belong here."""
        return self.lab or bool(self.account_id and self.region)

    @property
    def key(self) -> str:
        """Return a stable text, for an index.

        ``lab:default``, ``aws:123456789012/ap-northeast-1``, ``at:127.0.0.1:4566/123456789012/ap-northeast-1``.
        """
        if self.lab:
            return f"{_LAB}{self.scenario}"
        where = f"{_AT}{self.endpoint}/" if self.endpoint else _AWS
        return f"{where}{self.account_id or _UNKNOWN}/{self.region or _UNKNOWN}"

    def holds(self, other: Place | None) -> bool:
        """Whether evidence of another place belongs here; what was recorded nowhere belongs to none."""
        return self.known and self == other

    def identified(self, account_id: AccountId, region: Region) -> Place:
        """Return this place after a caller was identified; the lab stays what it is."""
        return self if self.lab else replace(self, account_id=account_id, region=region)


def endpoint_of(url: str) -> str:
    """Return host and port of an endpoint's URL, without what may be secret in it; empty for AWS itself."""
    try:
        found = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        found = ""  # no URL: nothing can be called there
    return "".join(found.lower().split()) or (_UNKNOWN if url else "")


def place_from_key(key: str) -> Place | None:
    """Return the place of a ``Place.key``, None for any other text."""
    if key.startswith(_LAB):
        return Place(scenario=key.removeprefix(_LAB)) if key != _LAB else None
    endpoint, rest = "", key.removeprefix(_AWS)
    if key.startswith(_AT):
        endpoint, _, rest = key.removeprefix(_AT).partition("/")
    account_id, separator, region = rest.partition("/")
    if not (key.startswith(_AWS) or endpoint) or not separator:
        return None
    known = [part.replace(_UNKNOWN, "") for part in (account_id, region)]
    return Place(account_id=AccountId(known[0]), region=Region(known[1]), endpoint=endpoint)
