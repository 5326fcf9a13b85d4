"""Orders outside of runs: start an instance, end a session, clean up after a run.

Each is guarded, journalled in the account's journal before the call, made once and never repeated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from rdpgui.core.account_events import HandActionEnded, HandActionIntended
from rdpgui.core.errors import AwsError, GuardRefusal
from rdpgui.core.events import HandEvent
from rdpgui.core.guards import refuse_emergency
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.kinds.kind import Ec2Call
from rdpgui.core.leftovers import CLOSE_ACTION, LeftOver, left_over
from rdpgui.core.ports import OpenedConnection, Ports
from rdpgui.core.run_events import ConnectionClosed
from rdpgui.core.session import Session
from rdpgui.core.state import RESTORE_ACTION
from rdpgui.core.texts import N_
from rdpgui.runner.on_record import OnRecord, refuse
from rdpgui.runner.store import Store

TERMINATE_ACTION = "ssm:TerminateSession"

_STOP = Ec2Call("StopInstances")

REHEARSED = (Ec2Call("RebootInstances"), _STOP)

_Call = Callable[[], Awaitable[object]]


class ByHand:
    """What a person may order outside of runs.

    Args:
        ports: the environment. store: for arming and the emergency stop; is told what happens. by: the person's name.
    """

    def __init__(self, ports: Ports, store: Store, *, by: str) -> None:
        self._ports = ports
        self._store = store
        self._by = by
        self._on_record = OnRecord(ports, store)

    async def start(self, instance_id: InstanceId) -> None:
        """Start an instance. On AWS it must be armed: a running instance costs money.

        Raises:
            GuardRefusal: the emergency stop is latched, or the instance is not armed.
            AwsError: it was refused, or there was no answer; the log says which.
            StorageFull, StorageError: the journal could not be written; then nothing was called.
        """
        await self._on_record.guard(instance_id)
        await self._act(RESTORE_ACTION, instance_id, partial(self._ports.disruptions.start, instance_id))

    async def stop_again(self, instance_id: InstanceId) -> None:
        """Stop an instance of the lab that was started for a while.

        Raises:
            GuardRefusal: the emergency stop is latched, or this is not the lab.
            AwsError, StorageFull, StorageError: see ``start``.
        """
        await self._on_record.guard(instance_id)
        if not (await self._ports.identity.identity()).lab:
            raise GuardRefusal(N_("Only the lab's instances are stopped outside of runs."))
        call = partial(self._ports.disruptions.perform, _STOP, instance_id)
        await self._act(_STOP.action, instance_id, call)

    async def end_session(self, session: Session) -> None:
        """End one session, whoever it belongs to: armed, or in the lab.

        Raises:
            GuardRefusal: the emergency stop is latched, the instance is not armed, or the session is over.
            AwsError, StorageFull, StorageError: see ``start``.
        """
        await self._on_record.guard(session.target)
        listed = await self._ports.sessions.sessions(active=True, target=session.target)
        if all(other.session_id != session.session_id for other in listed):
            raise GuardRefusal(N_("Session {session} is over."), session=session.session_id)
        call = partial(self._ports.sessions.terminate, session.session_id)
        await self._act(TERMINATE_ACTION, session.target, call, session_id=session.session_id)

    async def rehearse(self, instance_id: InstanceId) -> dict[str, bool | None]:
        """Rehearse (DryRun) what could be done to an armed instance, each on the record; not armed, nothing is.

        Returns:
            Action to whether it would be allowed, None when it cannot be rehearsed here.
        """
        who, arming = await self._ports.identity.identity(), self._store.state.arming
        if arming is None or not arming.covers(who.account_id, who.region, instance_id):
            return {}
        if self._store.state.emergency or not arming.holds_at(self._ports.clock.now()):
            return {}
        found: dict[str, bool | None] = {}
        for order in REHEARSED:
            answers: list[bool | None] = []

            async def ask(order: Ec2Call = order, answers: list[bool | None] = answers) -> None:
                answers.append(await self._ports.disruptions.rehearse(order, instance_id))

            try:
                await self._act(f"{order.action} (DryRun)", instance_id, ask)
                found[order.action] = answers[0]
            except AwsError:
                found[order.action] = None  # the log says why
        return found

    async def end_connection(self, run_id: RunId) -> ConnectionClosed | None:
        """End the connection that a run opened and could not end.

        Returns:
            What belongs into the run's journal, None when there is none to end.

        Raises:
            GuardRefusal: the emergency stop is latched.
            RdpguiError: see ``start``.
        """
        left = self._left_over(run_id)
        if left is None or left.opened is None:
            return None
        opened = OpenedConnection(left.opened.connection_id, left.opened.link, left.opened.by_person)
        call = partial(self._ports.opener.close, opened)
        await self._act(CLOSE_ACTION, left.instance_id, call, session_id=left.session_id, run_id=run_id)
        return ConnectionClosed(self._ports.clock.now(), run_id, opened.connection_id)

    async def start_halted(self, run_id: RunId) -> None:
        """Start the instance that a run's own accepted order halted; without effect when it left none halted.

        It takes back what was armed and confirmed then, so it is not armed once more.

        Raises:
            GuardRefusal: the emergency stop is latched.
            RdpguiError: see ``start``.
        """
        left = self._left_over(run_id)
        if left is not None and left.halted:
            call = partial(self._ports.disruptions.start, left.instance_id)
            await self._act(RESTORE_ACTION, left.instance_id, call, run_id=run_id)

    def _left_over(self, run_id: RunId) -> LeftOver | None:
        refuse(refuse_emergency(emergency=self._store.state.emergency))
        return left_over(self._store.state, run_id)

    async def _act(
        self,
        action: str,
        target: InstanceId,
        call: _Call,
        *,
        session_id: SessionId | None = None,
        run_id: RunId | None = None,
    ) -> None:
        now = self._ports.clock.now
        intended = HandActionIntended(now(), action, target, self._by, session_id, run_id)

        def ended(*, error: str, outcome_known: bool) -> HandEvent:
            return HandActionEnded(now(), action, target, error, outcome_known)

        await self._on_record.act(intended, ended, call)
