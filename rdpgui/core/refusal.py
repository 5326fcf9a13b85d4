"""Refusals: why an action is refused, and what is known of its target when that is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rdpgui.core.errors import GuardRefusal
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceProtection, ManagedNode
from rdpgui.core.recording import RecordingPreferences

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What is known of the target when an action is considered; None where it could not be read.

    Attributes:
        allow_tag: ``key=value`` that the instance must carry; empty allows every instance.
        preferences_known: the preferences were read (they may be None).
        nodes_known: the managed nodes were read; else a missing node says nothing.
        protection_read: it was tried to read the protection; where it was not, no guard rests on it, and whoever acts
            asks again.
    """

    account_id: AccountId
    region: Region
    instance: Instance
    protection: InstanceProtection | None
    node: ManagedNode | None
    connection: ConnectionStatus | None
    preferences: RecordingPreferences | None
    preferences_known: bool
    allow_tag: str
    lab: bool
    nodes_known: bool = True
    protection_read: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is refused.

    Attributes:
        guard_id: a stable word, for example ``stop-protected``; it ends with ``-unknown`` where the fact is not known.
        reason, remedy: English message ids with ``{name}`` fields.
    """

    guard_id: str
    reason: str
    remedy: str
    fields: Fields = ()

    def text(self) -> str:
        """Return reason and remedy in English."""
        values = dict(self.fields)
        return f"{self.reason.format(**values)} {self.remedy.format(**values)}".strip()

    def as_error(self) -> GuardRefusal:
        """Return the refusal as the error of this program."""
        return GuardRefusal(self.reason, self.remedy, **dict(self.fields))


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule about a target.

    Attributes:
        check_id: its line in the preflight, a stable word.
        holds: what is true where it refuses nothing, an English message id with the field ``instance``.
        source: the API operation it is read with.
        refuse: the rule; None where nothing speaks against the action.
    """

    check_id: str
    holds: str
    source: str
    refuse: Callable[[TargetFacts], Refusal | None]


def named(instance: Instance) -> Fields:
    """Return the field by which a sentence names its instance."""
    return (("instance", instance.name or str(instance.instance_id)),)
