"""Just-in-time access requests: filed, decided by a policy or a person, expiring.

Source: SSM StartAccessRequest, GetAccessToken (AccessRequestStatus).
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from rdpgui.lab.model import AccessRequestRecord, LabError
from rdpgui.lab.scenario import Approval, PendingToken
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.context import HEX, Context

TOKEN_ROLE = "SSM-JustInTimeAccessTokenRole"  # noqa: S105 - the name of a role
_NOT_ENABLED = "Just-In-Time Node Access service is not enabled in this account."


class AccessStatus(StrEnum):
    """Source: SSM AccessRequestStatus; what a withdrawn one is called is not known, OpsItems have the last."""

    APPROVED = "Approved"
    REJECTED = "Rejected"
    REVOKED = "Revoked"
    EXPIRED = "Expired"
    PENDING = "Pending"
    CANCELLED = "Cancelled"


_SIGNALS = {
    "Approve": (AccessStatus.PENDING, AccessStatus.APPROVED),
    "Reject": (AccessStatus.PENDING, AccessStatus.REJECTED),
    "Revoke": (AccessStatus.APPROVED, AccessStatus.REVOKED),
    "Cancel": (AccessStatus.PENDING, AccessStatus.CANCELLED),
}
"""Which status each needs, and leads to."""


class AccessRequests:
    """All access requests."""

    def __init__(self, context: Context, agents: Agents) -> None:
        self._context = context
        self._agents = agents
        self._records: dict[str, AccessRequestRecord] = {}

    def start(self, target: str, reason: str, requester_arn: str) -> AccessRequestRecord:
        """File a request; the scenario says who decides, and how soon.

        Raises:
            LabError: ResourceNotFoundException for what is no managed node, AccessDeniedException when just-in-time
                access is off.
        """
        if not self._agents.managed(target):
            raise LabError("ResourceNotFoundException", f"{target} is not a managed node.")
        context = self._context
        rules = context.scenario.jit
        if not rules.enabled:
            raise LabError("AccessDeniedException", _NOT_ENABLED)
        with context.lock:
            record = AccessRequestRecord(
                access_request_id=f"oi-{context.letters(HEX, 12)}",
                status=AccessStatus.PENDING,
                target=target,
                reason=reason,
                requester_arn=requester_arn,
                requested_at=context.timeline.now(),
                automation_id=str(uuid.uuid4()),
                pending_is_error=rules.pending is PendingToken.ERROR,
            )
            self._records[record.access_request_id] = record
            if rules.approval is Approval.AUTO:
                call = partial(self._settle, record.access_request_id, AccessStatus.PENDING, AccessStatus.APPROVED)
                context.timeline.after(rules.approval_delay_s, call, f"approval of {record.access_request_id}")
            return record

    def get(self, access_request_id: str) -> AccessRequestRecord:
        """Return a request as it is now. Raises LabError ResourceNotFoundException."""
        with self._context.lock:
            return self._record(access_request_id)

    def decide(self, access_request_id: str, *, approve: bool) -> AccessRequestRecord:
        """Approve or reject a pending request.

        Raises:
            LabError: ResourceNotFoundException, or ValidationException when it is decided already.
        """
        with self._context.lock:
            status = self._record(access_request_id).status
            if status != AccessStatus.PENDING:
                raise LabError("ValidationException", f"Access request {access_request_id} is {status}, not Pending.")
            wanted = AccessStatus.APPROVED if approve else AccessStatus.REJECTED
            self._settle(access_request_id, AccessStatus.PENDING, wanted)
            return self._record(access_request_id)

    def all(self) -> list[AccessRequestRecord]:
        """Return every request, newest first."""
        with self._context.lock:
            return sorted(self._records.values(), key=_requested_at, reverse=True)

    def signal(self, automation_id: str, signal: str) -> AccessRequestRecord:
        """Take what an approver, or the requester, says to the execution that decides a request.

        Raises:
            LabError: AutomationExecutionNotFoundException, or InvalidAutomationSignalException where it does not fit.
        """
        was, wanted = _SIGNALS[signal]
        with self._context.lock:
            found = next((record for record in self._records.values() if record.automation_id == automation_id), None)
            if found is None:
                raise LabError("AutomationExecutionNotFoundException", f"There is no execution {automation_id}.")
            if found.status != was:
                text = f"Access request {found.access_request_id} is {found.status}, not {was}."
                raise LabError("InvalidAutomationSignalException", text)
            self._settle(found.access_request_id, was, wanted)
            return self._record(found.access_request_id)

    def require_approved(self, access_request_id: str, target: str) -> AccessRequestRecord:
        """Return the request that allows a connection to this target.

        Raises:
            LabError: AccessDeniedException.
        """
        with self._context.lock:
            record = self._records.get(access_request_id)
            if record is None:
                raise LabError("AccessDeniedException", "A just-in-time connection needs an approved access request.")
            if record.status != AccessStatus.APPROVED:
                raise LabError("AccessDeniedException", f"Access request {access_request_id} is {record.status}.")
            if record.target != target:
                raise LabError("AccessDeniedException", f"Access request {access_request_id} is for {record.target}.")
            return record

    def _settle(self, access_request_id: str, was: AccessStatus, status: AccessStatus) -> None:
        """Change a status unless somebody was faster; an approval runs out by itself."""
        context = self._context
        with context.lock:
            record = self._record(access_request_id)
            if record.status != was:
                return
            self._records[access_request_id] = replace(record, status=status)
            if status is AccessStatus.APPROVED:
                call = partial(self._settle, access_request_id, AccessStatus.APPROVED, AccessStatus.EXPIRED)
                context.timeline.after(context.scenario.jit.access_duration_s, call, f"expiry of {access_request_id}")

    def _record(self, access_request_id: str) -> AccessRequestRecord:
        record = self._records.get(access_request_id)
        if record is None:
            raise LabError("ResourceNotFoundException", f"Access request {access_request_id} does not exist.")
        return record


def _requested_at(record: AccessRequestRecord) -> datetime:
    return record.requested_at
