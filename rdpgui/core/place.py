"""Where evidence belongs: a scenario of the lab, or an account and a Region. It is never pooled across places."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdpgui.core.ids import AccountId, Region

_LAB = "lab:"
_AWS = "aws:"
_UNKNOWN = "?"
_NO_ACCOUNT = AccountId("")
_NO_REGION = Region("")


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
    """

    scenario: str = ""
    account_id: AccountId = _NO_ACCOUNT
    region: Region = _NO_REGION

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
        """Return a stable text, for an index: ``lab:default``, ``aws:123456789012/ap-northeast-1``."""
        if self.lab:
            return f"{_LAB}{self.scenario}"
        return f"{_AWS}{self.account_id or _UNKNOWN}/{self.region or _UNKNOWN}"

    def holds(self, other: Place | None) -> bool:
        """Whether evidence of another place belongs here; what was recorded nowhere belongs to none."""
        return self.known and self == other

    def identified(self, account_id: AccountId, region: Region) -> Place:
        """Return this place after a caller was identified; the lab stays what it is."""
        return self if self.lab else replace(self, account_id=account_id, region=region)


def place_from_key(key: str) -> Place | None:
    """Return the place of a ``Place.key``, None for any other text."""
    if key.startswith(_LAB):
        return Place(scenario=key.removeprefix(_LAB)) if key != _LAB else None
    account_id, separator, region = key.removeprefix(_AWS).partition("/")
    if not key.startswith(_AWS) or not separator:
        return None
    known = [part.replace(_UNKNOWN, "") for part in (account_id, region)]
    return Place(account_id=AccountId(known[0]), region=Region(known[1]))
