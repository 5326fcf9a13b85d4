"""SSM: just-in-time node access."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from rdpgui.lab.model import LabError
from rdpgui.lab.operations.context import Context

Members = dict[str, Any]
JIT_ROLE: Final = "SSM-JustInTimeAccessTokenRole"
_LASTS: Final = timedelta(hours=1)


def start_access_request(context: Context, params: Members) -> Members:
    """File a request for one node. Source: SSM StartAccessRequest."""
    targets = params["Targets"]
    values = targets[0].get("Values", []) if targets else []
    if len(targets) != 1 or targets[0].get("Key") != "InstanceIds" or len(values) != 1:
        raise LabError("ValidationException", "Targets must be one InstanceIds target with one value.")
    arn = context.call.credential.key.principal.arn
    record = context.world.start_access_request(values[0], params["Reason"], arn)
    return {"AccessRequestId": record.access_request_id}


def get_access_token(context: Context, params: Members) -> Members:
    """Return the status and, once approved, credentials of the token role. Source: SSM GetAccessToken."""
    record = context.world.access_request(params["AccessRequestId"])
    if record.status != "Approved":
        return {"AccessRequestStatus": record.status}
    name = context.call.credential.key.principal.name
    key = context.keys.issue_role(JIT_ROLE, name, _LASTS)
    return {
        "AccessRequestStatus": record.status,
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": key.session_token,
            "ExpirationTime": key.expires_at,
        },
    }


OPERATIONS: Final = {"GetAccessToken": get_access_token, "StartAccessRequest": start_access_request}
