"""SSM: sessions and the state of a node's channel."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.paging import page
from rdpgui.lab.model import LabError, SessionRecord

Members = dict[str, Any]
_DEFAULT_DOCUMENT: Final = "SSM-SessionManagerRunShell"
_DEFAULT_PAGE: Final = 200


def describe_sessions(context: Context, params: Members) -> Members:
    """List active or ended sessions, newest first. Source: SSM DescribeSessions."""
    sessions = context.world.sessions.list(active=params["State"] == "Active")
    for item in params.get("Filters", []):
        key, value = item["key"], item["value"]
        limit = _time(value) if key in ("InvokedAfter", "InvokedBefore") else None
        sessions = [s for s in sessions if _passes(s, key, value, limit)]
    chosen, token = page(
        sessions, size=params.get("MaxResults", _DEFAULT_PAGE), token=params.get("NextToken"), name=_session_id
    )
    return {"Sessions": [_session(s) for s in chosen], "NextToken": token}


def start_session(context: Context, params: Members) -> Members:
    """Start a session by API. Source: SSM StartSession."""
    session = context.world.sessions.start(
        params["Target"],
        params.get("DocumentName", _DEFAULT_DOCUMENT),
        context.call.credential.key.principal.arn,
        params.get("Reason", ""),
    )
    return {
        "SessionId": session.session_id,
        "TokenValue": secrets.token_urlsafe(48),
        # The lab has no data channel; this keeps a plugin from knocking at AWS.
        "StreamUrl": f"ws://{context.call.host}/_lab/no-data-channel/{session.session_id}",
    }


def terminate_session(context: Context, params: Members) -> Members:
    """End a session. Source: SSM TerminateSession."""
    context.world.connections.terminate_session(params["SessionId"])
    return {"SessionId": params["SessionId"]}


def resume_session(context: Context, params: Members) -> Members:
    """Refuse: a session of the lab has no data channel to resume. Source: SSM ResumeSession."""
    raise LabError("DoesNotExistException", f"Session {params['SessionId']} cannot be resumed in the lab.", 400)


def get_connection_status(context: Context, params: Members) -> Members:
    """Return whether a node's agent is connected. Source: SSM GetConnectionStatus."""
    connected = context.world.agents.connected(params["Target"])
    return {"Target": params["Target"], "Status": "connected" if connected else "notconnected"}


def _session_id(session: SessionRecord) -> str:
    return session.session_id


def _session(session: SessionRecord) -> Members:
    return {
        "SessionId": session.session_id,
        "Target": session.target,
        "Status": session.status.value,
        "StartDate": session.started_at,
        "EndDate": session.ended_at,
        "DocumentName": session.document_name,
        "Owner": session.owner,
        "Reason": session.reason or None,
        "AccessType": session.access_type.value,
    }


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise LabError("InvalidFilterKey", f"The filter value {text!r} is not a time (ISO 8601).", 400) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _passes(session: SessionRecord, key: str, value: str, limit: datetime | None) -> bool:
    if limit is not None:
        return session.started_at > limit if key == "InvokedAfter" else session.started_at < limit
    have: Mapping[str, str] = {
        "AccessType": session.access_type,
        "Owner": session.owner,
        "SessionId": session.session_id,
        "Status": session.status,
        "Target": session.target,
    }
    return have[key] == value


OPERATIONS: Final = {
    "DescribeSessions": describe_sessions,
    "GetConnectionStatus": get_connection_status,
    "ResumeSession": resume_session,
    "StartSession": start_session,
    "TerminateSession": terminate_session,
}
