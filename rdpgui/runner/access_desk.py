"""Just-in-time access requests by hand: armed and confirmed, journalled before the call, made once, never repeated."""

from __future__ import annotations

from functools import partial

from rdpgui.core.access_requests import REASON_LIMIT, AccessDeskPort, AccessRequest, Deed, refusal_of
from rdpgui.core.account_events import HandActionEnded, HandActionIntended
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.events import HandEvent
from rdpgui.core.guards import refuse_emergency
from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.core.ports import Ports
from rdpgui.core.texts import N_
from rdpgui.runner.on_record import Call, OnRecord, refuse
from rdpgui.runner.store import Store

REQUEST_ACTION = "ssm:StartAccessRequest"


class AccessDesk:
    """Files, withdraws and decides.

    Args:
        ports: the environment. requests: those of the account. store: for arming and the emergency stop; is told what
            happens. by: the person's name.
        confirmed: the person has typed the confirmation on the command line, where nothing can be armed before.
    """

    def __init__(
        self, ports: Ports, requests: AccessDeskPort, store: Store, *, by: str, confirmed: bool = False
    ) -> None:
        self._ports = ports
        self._requests = requests
        self._store = store
        self._by = by
        self._confirmed = confirmed
        self._on_record = OnRecord(ports, store)

    async def file(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        """Ask for access to a node.

        Raises:
            GuardRefusal: the emergency stop is latched, the node is not armed, or no reason is given.
            AwsError: it was refused, or there was no answer; the log says which.
            StorageFull, StorageError: the journal could not be written; then nothing was called.
        """
        if not reason.strip() or len(reason) > REASON_LIMIT:
            raise GuardRefusal(N_("A request needs a reason of at most {limit} characters."), limit=REASON_LIMIT)
        await self._guard((instance_id,))
        filed: list[AccessRequestId] = []

        async def call() -> None:
            filed.append(await self._requests.file(instance_id, reason.strip()))

        await self._act(REQUEST_ACTION, instance_id, call)
        return filed[0]

    async def do(self, request_id: AccessRequestId, deed: Deed, comment: str = "") -> AccessRequest:
        """Decide a request, or withdraw it, as it stands now; returns it as it was read before.

        Raises:
            GuardRefusal: the emergency stop is latched, nothing (or another node) is armed, the request no longer
                stands so, or AWS does not say which execution decides it.
            AwsError, StorageFull, StorageError: see ``file``.
        """
        request = await self._requests.request(request_id)
        await self._guard(request.targets)
        why = refusal_of(request, deed)
        if why:
            raise GuardRefusal(why, N_("Read the requests again."))
        if not request.automation_id:
            text = N_("AWS does not say which execution decides {request}.")
            raise GuardRefusal(text, N_("Decide it in the console."), request=request_id)
        named = request.targets[0] if len(request.targets) == 1 else InstanceId(request_id)
        call = partial(self._requests.do, request.automation_id, deed, comment.strip())
        await self._act(f"{deed.action} {deed.value} {request_id}", named, call)
        return request

    async def _guard(self, targets: tuple[InstanceId, ...]) -> None:
        """Refuse what is not armed; where AWS names no single node, any node armed in this account and Region does."""
        who, state = await self._ports.identity.identity(), self._store.state
        refuse(refuse_emergency(emergency=state.emergency))
        if who.lab or self._confirmed:
            return
        arming = state.arming
        here = arming is not None and (arming.account_id, arming.region) == (who.account_id, who.region)
        if arming is None or not here or not arming.holds_at(self._ports.clock.now()):
            raise GuardRefusal(
                N_("A request is an order, and nothing is armed in this account and Region."),
                N_("Arm the instance that it is for."),
            )
        if len(targets) == 1 and arming.instance_id != targets[0]:
            text = N_("The request is for {instance}, and another instance is armed.")
            raise GuardRefusal(text, N_("Arm {instance}."), instance=targets[0])

    async def _act(self, action: str, target: InstanceId, call: Call) -> None:
        now = self._ports.clock.now

        def ended(*, error: str, outcome_known: bool) -> HandEvent:
            return HandActionEnded(now(), action, target, error, outcome_known)

        await self._on_record.act(HandActionIntended(now(), action, target, self._by), ended, call)
