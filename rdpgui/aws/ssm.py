"""Sessions and just-in-time access."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import attrgetter

from rdpgui.aws import parse
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.kept import Kept
from rdpgui.core.errors import Refused
from rdpgui.core.ids import AccessRequestId, InstanceId, SessionId
from rdpgui.core.ports import Page
from rdpgui.core.session import Session

PAGE = 200
REASON_LIMIT = 256


class SsmSessions:
    """Implements ``SessionPort``. Source: Systems Manager."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller
        self._listed: dict[bool, Kept[Session]] = {state: Kept(attrgetter("session_id")) for state in (True, False)}

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        """Return active sessions, or the history of 30 days; newest first."""
        found: list[Session] = []
        # Filter members are lower case in this operation, unlike in all others.
        wanted = [{"key": "Target", "value": str(target)}] if target else []
        if since is not None:
            wanted.append({"key": "InvokedAfter", "value": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")})
        filters: Answer = {"Filters": wanted} if wanted else {}
        state = "Active" if active else "History"
        async for page in self._caller.pages("ssm", "DescribeSessions", State=state, MaxResults=PAGE, **filters):
            found += parse.sessions(page, active=active)
        ordered = sorted(found, key=attrgetter("started_at"), reverse=True)
        if target is not None or since is not None:
            return tuple(ordered)
        return self._listed[active].whole(self._listed[active].rows(ordered))

    async def history_page(self, token: str = "") -> Page[Session]:
        """Return one page of the history of 30 days, in the order in which it is sent."""
        after: Answer = {"NextToken": token} if token else {}
        page = await self._caller.call("ssm", "DescribeSessions", State="History", MaxResults=PAGE, **after)
        return Page(parse.sessions(page, active=False), str(page.get("NextToken") or ""))

    async def terminate(self, session_id: SessionId) -> None:
        """End a session. AWS says yes whatever the session's state is, so success proves nothing."""
        await self._caller.change("ssm", "TerminateSession", SessionId=session_id)


class SsmAccess:
    """Implements ``AccessPort``. The token's credentials are not kept: the program does not need them."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller

    async def request(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        """Ask for access to one node.

        Raises:
            AccessDenied, Refused: just-in-time access is not set up here, or no policy covers the node.
        """
        answer = await self._caller.change(
            "ssm",
            "StartAccessRequest",
            Reason=(reason or "rdpgui")[:REASON_LIMIT],
            Targets=[{"Key": "InstanceIds", "Values": [instance_id]}],
        )
        return AccessRequestId(str(parse.need(answer, "AccessRequestId", "ssm:StartAccessRequest")))

    async def status(self, request_id: AccessRequestId) -> str:
        """Return Approved, Rejected, Revoked, Expired or Pending.

        Whether AWS answers "pending" normally or with an error is not documented; both are read as Pending.
        """
        try:
            answer = await self._caller.call("ssm", "GetAccessToken", AccessRequestId=request_id)
        except Refused as error:
            if "pending" in str(error.fields.get("message", "")).lower():
                return "Pending"
            raise
        return str(parse.need(answer, "AccessRequestStatus", "ssm:GetAccessToken"))
