"""What a person orders on the account by hand, beside the runs: each order armed, or in the lab, and journalled."""

from __future__ import annotations

import getpass
from collections.abc import Callable

from rdpgui.app.environment import Environment
from rdpgui.app.records import RunRecords
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.repair import Repair
from rdpgui.core.session import AccessType, Session
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.repairs import Repairs
from rdpgui.runner.store import Store


class HandOrders:
    """Starts instances, ends sessions, repairs and cleans up; what it changed is read anew.

    Args:
        environment: where. store: the snapshot. records: keep what was done for a run.
        allow_tag: see ``Settings``.
        refresh: reads the account now.

    Attributes:
        allow_tag: as above; changed settings change it.
    """

    def __init__(
        self,
        environment: Environment,
        store: Store,
        records: RunRecords,
        *,
        allow_tag: str,
        refresh: Callable[[], None],
    ) -> None:
        self._environment = environment
        self._store = store
        self._records = records
        self._refresh = refresh
        self._begun_at = environment.ports.clock.now()
        self.allow_tag = allow_tag

    async def start_instance(self, instance_id: InstanceId) -> None:
        """Start a stopped instance by hand. On AWS it must be armed: a running instance costs money.

        Raises:
            GuardRefusal, AwsError, StorageFull, StorageError: see ``runner.by_hand``.
        """
        try:
            await self._by_hand().start(instance_id)
        finally:
            self._refresh()  # also after a call without answer: it may have taken effect

    async def preflight(
        self, instance_id: InstanceId, access_type: AccessType, *, asked: bool
    ) -> tuple[PreflightCheck, ...]:
        """Return the preflight checks; only when a person ``asked`` and it is armed, what may be done is rehearsed."""
        permitted = await self._by_hand().rehearse(instance_id) if asked else {}
        return await self._environment.aws.preflight.preflight(
            instance_id, access_type, permitted, allow_tag=self.allow_tag
        )

    async def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs made here that can be taken back, the newest last."""
        return await self._repairs().standing()

    async def repair(self, repair: Repair, instance_id: InstanceId, *, undo: bool) -> None:
        """Make a repair, or take one back: armed, or in the lab.

        Raises:
            GuardRefusal, AwsError, StorageFull, StorageError: see ``runner.repairs``.
        """
        try:
            await (self._repairs().undo if undo else self._repairs().apply)(repair, instance_id)
        finally:
            self._refresh()  # also after a call without answer: it may have taken effect

    async def end_session(self, session: Session) -> None:
        """End one session by hand: armed, or in the lab.

        Raises:
            GuardRefusal, AwsError, StorageFull, StorageError: see ``runner.by_hand``.
        """
        try:
            await self._by_hand().end_session(session)
        finally:
            self._refresh()

    async def clean_up(self, run_id: RunId) -> None:
        """End what a run left open and start what its own order halted, as far as it can be done.

        Raises:
            RdpguiError: the first that failed; the other was tried all the same.
        """
        first: RdpguiError | None = None
        try:
            closed = await self._by_hand().end_connection(run_id)
            if closed is not None:
                await self._records.append_event(run_id, closed)
        except RdpguiError as error:
            first = error
        try:
            await self._by_hand().start_halted(run_id)
        except RdpguiError as error:
            first = first or error
        self._refresh()
        if first is not None:
            raise first

    def _repairs(self) -> Repairs:
        environment = self._environment
        changes, by = environment.aws.repairs, getpass.getuser()
        return Repairs(environment.ports, changes, self._store, by=by, begun_at=self._begun_at)

    def _by_hand(self) -> ByHand:
        return ByHand(self._environment.ports, self._store, by=getpass.getuser())
