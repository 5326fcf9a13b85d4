"""Just-in-time access requests as AWS lists them, and what can be done with them.

What is documented of a request is its id, its status and the execution that decides it. Everything else that it carries
is shown as AWS says it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.core.texts import N_

REASON_LIMIT = 256
"""Characters. Source: SSM StartAccessRequest, Reason."""
_NODE = re.compile(r"(?<![\w-])m?i-[0-9a-f]{8,40}(?![\w-])", re.ASCII)


class Deed(StrEnum):
    """What can be done with a request: an approver decides, its requester withdraws it.

    Source: SSM SendAutomationSignal, SignalType (a page of AWS's says Deny for Reject); StopAutomationExecution.
    """

    APPROVE = "Approve"
    REJECT = "Reject"
    REVOKE = "Revoke"
    WITHDRAW = "Withdraw"

    @property
    def action(self) -> str:
        """Return the call that does it."""
        return "ssm:StopAutomationExecution" if self is Deed.WITHDRAW else "ssm:SendAutomationSignal"


class Standing(StrEnum):
    """Where a request stands, in what can be done with it."""

    PENDING = "pending"
    GRANTED = "granted"
    OVER = "over"
    UNKNOWN = "unknown"


_STANDINGS = {
    **dict.fromkeys(("Pending", "PendingApproval", "Open", "InProgress"), Standing.PENDING),
    "Approved": Standing.GRANTED,
    **dict.fromkeys(("Rejected", "Revoked", "Expired", "TimedOut", "Cancelled", "Cancelling"), Standing.OVER),
    **dict.fromkeys(("Failed", "Closed", "Resolved"), Standing.OVER),
}
"""Source: SSM OpsItemStatus and AccessRequestStatus. Which of them a request really takes is not all documented."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One request.

    Attributes:
        status: AWS's word. by: who filed it, as AWS says. title: as AWS says.
        automation_id: of the execution that decides it; empty where it was not read.
        said: what else it carries, names and values, as they are.
        flaws: what of its row could not be read.
    """

    request_id: AccessRequestId
    status: str
    by: str = ""
    title: str = ""
    created_at: datetime | None = None
    automation_id: str = ""
    said: tuple[tuple[str, str], ...] = ()
    flaws: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """Return where it stands; a word that is not known allows nothing."""
        return _STANDINGS.get(self.status, Standing.UNKNOWN)

    @property
    def targets(self) -> tuple[InstanceId, ...]:
        """Return the nodes that it names anywhere; what AWS calls them is not documented."""
        found = (name for _, value in (("", self.title), *self.said) for name in _NODE.findall(value))
        return tuple(InstanceId(name) for name in dict.fromkeys(found))


def refusal_of(request: AccessRequest, deed: Deed) -> str:
    """Return why something cannot be done with a request, an English message id; empty: as far as is seen it can."""
    if deed is Deed.REVOKE:
        return "" if request.standing is Standing.GRANTED else N_("Only what was approved can be revoked.")
    return "" if request.standing is Standing.PENDING else N_("The request is not pending.")


class AccessDeskPort(Protocol):
    """Requests of the account. Source: Systems Manager, OpsItems of just-in-time node access."""

    async def requests(self) -> tuple[AccessRequest, ...]:
        """Return those that may be seen, newest first. Source: ssm:DescribeOpsItems."""

    async def request(self, request_id: AccessRequestId) -> AccessRequest:
        """Return one with all it carries. Raises NotFound. Source: ssm:GetOpsItem."""

    async def file(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        """File one for a node. Source: ssm:StartAccessRequest."""

    async def do(self, automation_id: str, deed: Deed, comment: str) -> None:
        """Decide or withdraw one. Source: ssm:SendAutomationSignal, ssm:StopAutomationExecution."""
