"""CloudTrail management events of the calls that the endpoint served."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from rdpgui.lab.model import AuditEvent

if TYPE_CHECKING:
    from rdpgui.lab.endpoint.call import Call

_READS: Final = ("Describe", "Get", "List", "Head", "Lookup", "Simulate", "Search")
_DATA_EVENTS: Final = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjects",
        "GetObject",
        "GetObjectAttributes",
        "GetObjectTagging",
        "HeadObject",
        "ListObjectVersions",
        "ListObjects",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "PutObjectTagging",
        "UploadPart",
        "UploadPartCopy",
    }
)
"""S3 object calls are data events, which LookupEvents never shows. Source: CloudTrail, logging data events."""

_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SECRETS: Final = frozenset({"tokenvalue", "secretaccesskey", "sessiontoken", "credentials", "plaintext"})
_RESOURCE: Final = re.compile(r"\bi-[0-9a-f]{8,17}\b|arn:aws:kms:[\w:/-]+|\boi-[0-9a-f]{12}\b")
_TYPES: Final[Mapping[str, str]] = {
    "i-": "AWS::EC2::Instance",
    "ar": "AWS::KMS::Key",
    "oi": "AWS::SSM::AccessRequest",
}


def is_logged(call: Call) -> bool:
    """Return whether CloudTrail logs the call as a management event."""
    return bool(call.operation) and not (call.service == "s3" and call.operation in _DATA_EVENTS)


def event_of(
    call: Call,
    *,
    params: Mapping[str, Any] | None,
    output: Mapping[str, Any] | None,
    error: tuple[str, str] | None,
) -> AuditEvent:
    """Return the event of a call.

    Args:
        call: the call.
        params: its validated input; None takes what can be read from the request.
        output: the members of its answer, None when it failed or moto answered.
        error: code and message when it failed.
    """
    read_only = call.operation.startswith(_READS)
    event_id = str(uuid.uuid4())
    request = _request_parameters(call, params)
    response = None if read_only or not output else _response_elements(call, output)
    record = _record(call, event_id, read_only) | {"requestParameters": request or None, "responseElements": response}
    if error is not None:
        record |= {"errorCode": _error_code(call, error[0]), "errorMessage": error[1]}
    return AuditEvent(
        event_id=event_id,
        event_name=call.operation,
        event_source=f"{call.service}.amazonaws.com",
        event_at=call.at,
        username=call.credential.key.principal.name,
        read_only=read_only,
        resources=_resources(request),
        record=record,
    )


def _record(call: Call, event_id: str, read_only: bool) -> dict[str, object]:
    """Return the members that every record has. Source: CloudTrail record contents."""
    return {
        "eventVersion": "1.11",
        "userIdentity": _identity(call),
        "eventTime": iso(call.at),
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.operation,
        "awsRegion": call.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": call.user_agent,
        "requestID": call.request_id,
        "eventID": event_id,
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _account(call),
        "eventCategory": "Management",
    }


def iso(at: datetime) -> str:
    """Return a time as CloudTrail writes it (UTC, whole seconds)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _account(call: Call) -> str:
    return call.credential.key.principal.arn.split(":")[4]


def _identity(call: Call) -> dict[str, object]:
    principal = call.credential.key.principal
    identity: dict[str, object] = {
        "type": principal.kind,
        "principalId": principal.user_id,
        "arn": principal.arn,
        "accountId": _account(call),
        "accessKeyId": call.credential.key.access_key_id,
    }
    if principal.kind == "IAMUser":
        identity["userName"] = principal.name
    return identity


def _error_code(call: Call, code: str) -> str:
    if call.service == "ec2":
        return f"{'Server' if code in ('InternalError', 'RequestLimitExceeded') else 'Client'}.{code}"
    return "AccessDenied" if code == "AccessDeniedException" else code


def _request_parameters(call: Call, params: Mapping[str, Any] | None) -> dict[str, Any]:
    if params is None:
        params = _readable(call)
    if call.service == "ec2":
        return _ec2_parameters(params)
    return _without_script(call, {lower_first(name): _shown(name, value) for name, value in params.items()})


def _without_script(call: Call, shown: dict[str, Any]) -> dict[str, Any]:
    # A script may hold a password. Source: CloudTrail record of SendCommand.
    return shown | {"parameters": _HIDDEN} if call.operation == "SendCommand" and "parameters" in shown else shown


def _readable(call: Call) -> dict[str, Any]:
    if call.service == "s3":
        bucket, _, key = call.path.lstrip("/").partition("/")
        return {"bucketName": bucket} | ({"key": key} if key else {})
    if call.protocol in ("query", "ec2"):
        return {k: v for k, v in parse_qsl(call.body.decode("utf-8", "replace")) if k not in ("Action", "Version")}
    try:
        found = json.loads(call.body or b"{}")
    except ValueError:
        # The service itself answers such a body with an error; there is nothing to show.
        return {}
    return found if isinstance(found, dict) else {}


def _ec2_parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in params.items():
        if name == "InstanceIds":
            shown["instancesSet"] = {"items": [{"instanceId": item} for item in value]}
        else:
            shown[lower_first(name)] = _shown(name, value)
    return shown


def _response_elements(call: Call, output: Mapping[str, Any]) -> dict[str, Any]:
    shown = {lower_first(name): _shown(name, value) for name, value in output.items()}
    for name in ("startingInstances", "stoppingInstances", "terminatingInstances"):
        if name in shown:
            shown["instancesSet"] = {"items": shown.pop(name)}
    if call.operation == "SendCommand":
        shown["command"] = _without_script(call, shown["command"])
    return {"requestId": call.request_id, **shown} if call.service == "ec2" else shown


def _shown(name: str, value: Any) -> Any:
    if name.lower() in _SECRETS:
        return _HIDDEN
    if isinstance(value, Mapping):
        return {lower_first(key): _shown(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown("", item) for item in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def lower_first(name: str) -> str:
    """Return a member name as CloudTrail writes it (``KMSKeyArn`` becomes ``kMSKeyArn``)."""
    return name[:1].lower() + name[1:]


def _resources(request: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys(_RESOURCE.findall(json.dumps(request, default=str)))
    found = [(_TYPES[name[:2]], name) for name in names]
    bucket = request.get("bucketName")
    return (*found, ("AWS::S3::Bucket", str(bucket))) if bucket else tuple(found)
