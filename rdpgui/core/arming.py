"""Arming: disruptions are allowed on one frozen target, for a limited time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.ids import AccountId, InstanceId, Region
from rdpgui.core.instance import Instance
from rdpgui.core.plain import one_line

_LONGEST_TYPED = 64


@dataclass(frozen=True, slots=True)
class Arming:
    """The armed target.

    Attributes:
        expires_at: from then on it is read-only again.
    """

    account_id: AccountId
    region: Region
    instance_id: InstanceId
    armed_at: datetime
    expires_at: datetime

    def holds_at(self, at: datetime) -> bool:
        """Whether it has not expired."""
        return at < self.expires_at

    def remaining_s(self, at: datetime) -> float:
        """Return the seconds left, 0 when expired."""
        return max(0.0, (self.expires_at - at).total_seconds())

    def covers(self, account_id: AccountId, region: Region, instance_id: InstanceId) -> bool:
        """Whether exactly this target is armed."""
        return (self.account_id, self.region, self.instance_id) == (account_id, region, instance_id)


def confirmation_text(instance: Instance, *, lab: bool) -> str:
    """Return what a person has to type before a disruption; empty when nothing (lab).

    A name that nobody can read and type (invisible characters, a hundred letters) is replaced by the id.
    """
    if lab:
        return ""
    name = instance.name
    typable = name == one_line(name).strip() and len(name) <= _LONGEST_TYPED
    return name if name and typable else instance.instance_id


def confirmation_given(typed: str, instance: Instance, *, lab: bool) -> bool:
    """Whether the typed text confirms the disruption of this instance."""
    return typed.strip() == confirmation_text(instance, lab=lab)
