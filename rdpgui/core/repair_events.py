"""Repairs on the record: intended, before anything is called, with what was and what it becomes; then how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.ids import AccountId, Region
from rdpgui.core.repair import Repair


@dataclass(frozen=True, slots=True)
class RepairIntended:
    """A person asked for a repair; in the account's journal, fsynced, before the call.

    ``repair.before`` is what is needed to take it back. ``undoes``: it takes back an earlier one.
    """

    at: datetime
    account_id: AccountId
    region: Region
    repair: Repair
    by: str
    undoes: bool = False


@dataclass(frozen=True, slots=True)
class RepairEnded:
    """What AWS answered; ``error`` is empty when it accepted. ``outcome_known`` False: it may have taken effect."""

    at: datetime
    repair: Repair
    error: str
    outcome_known: bool
    undoes: bool = False


def standing(
    events: Iterable[object], account_id: AccountId, region: Region, since: datetime | None = None
) -> tuple[Repair, ...]:
    """Return the repairs of a place that took effect, or may have, and were not taken back; the newest last.

    Args:
        events: of the account's journal, in its order.
        account_id: of the place.
        region: of the place.
        since: earlier ones do not count, for example those of a lab that is gone.
    """
    found: list[Repair] = []
    here = False
    for event in events:
        match event:
            case RepairIntended():
                here = (event.account_id, event.region) == (account_id, region) and (since is None or event.at >= since)
                if here and not event.undoes:  # once, also where somebody else took it back and it is made again
                    found = [*(repair for repair in found if repair != event.repair), event.repair]
            case RepairEnded(undoes=True, error="") if here and event.repair.undo() in found:
                found.remove(event.repair.undo())
            case RepairEnded(undoes=False, outcome_known=True) if here and event.error and event.repair in found:
                found.remove(event.repair)
            case _:
                pass
    return tuple(found)
