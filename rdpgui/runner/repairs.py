"""Repairs of a set-up: armed, journalled before the call, made once, and taken back on request to the byte."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from rdpgui.core.errors import GuardRefusal
from rdpgui.core.events import HandEvent
from rdpgui.core.ids import InstanceId
from rdpgui.core.journal import read_actions
from rdpgui.core.ports import Ports
from rdpgui.core.repair import Repair, RepairPort
from rdpgui.core.repair_events import RepairEnded, RepairIntended, standing
from rdpgui.core.texts import N_
from rdpgui.runner.on_record import OnRecord
from rdpgui.runner.store import Store


class Repairs:
    """Applies repairs and takes them back.

    Args:
        ports: the environment. changes: what is read and set. store: for arming and the emergency stop; is told what
            happens. by: the person's name. begun_at: when this place was opened; what a lab before it was given is gone
            with it.
    """

    def __init__(self, ports: Ports, changes: RepairPort, store: Store, *, by: str, begun_at: datetime) -> None:
        self._ports = ports
        self._changes = changes
        self._store = store
        self._by = by
        self._begun_at = begun_at
        self._on_record = OnRecord(ports, store)

    async def apply(self, repair: Repair, instance_id: InstanceId) -> None:
        """Make a repair that a person has seen and confirmed.

        Args:
            repair: as the preflight offered it.
            instance_id: the target whose set-up it is; armed, or of the lab.

        Raises:
            GuardRefusal: the emergency stop is latched, the target is not armed, or what is there is no longer what
                the repair was made for.
            AwsError: it was refused, or there was no answer; the log says which.
            StorageFull, StorageError: the journal could not be written; then nothing was called.
        """
        await self._change(repair, instance_id, undoes=False)

    async def undo(self, repair: Repair, instance_id: InstanceId) -> None:
        """Put back what was there before a repair.

        Raises:
            GuardRefusal: as ``apply``; also when somebody has changed since what the repair had set.
            AwsError, StorageFull, StorageError: as ``apply``.
        """
        await self._change(repair.undo(), instance_id, undoes=True)

    async def standing(self) -> tuple[Repair, ...]:
        """Return the repairs of this place that can be taken back, the newest last.

        Raises:
            RdpguiError: the journal, or who calls, cannot be read.
        """
        who = await self._ports.identity.identity()
        lines = await self._ports.folders.pen.run(self._lines)
        since = self._begun_at if who.lab else None
        return standing(read_actions(lines), who.account_id, who.region, since)

    def _lines(self) -> tuple[str, ...]:
        journal, lines = self._ports.folders.actions()
        journal.close()
        return lines

    async def _change(self, repair: Repair, instance_id: InstanceId, *, undoes: bool) -> None:
        who = await self._on_record.guard(instance_id)
        found = await self._changes.value(repair.kind, repair.subject)
        if not repair.stands(found):
            raise GuardRefusal(
                N_("{subject} was changed since it was looked at."),
                N_("Run the preflight again and look at what it says now."),
                subject=repair.subject,
            )
        now = self._ports.clock.now
        intended = RepairIntended(now(), who.account_id, who.region, repair, self._by, undoes)

        def ended(*, error: str, outcome_known: bool) -> HandEvent:
            return RepairEnded(now(), repair, error, outcome_known, undoes)

        await self._on_record.act(intended, ended, partial(self._changes.put, repair))
