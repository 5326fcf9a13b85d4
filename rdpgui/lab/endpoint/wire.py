"""The wire: AWS's protocols json, rest-json, query and ec2, driven by botocore's service models.

Input is validated as the service does (unknown, missing and wrong members,
enums, lengths, patterns); output may only use members of the model, so that a
slip of the lab cannot pass for AWS. rest-xml (S3) is here for errors only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from rdpgui.lab.answer import Answer
from rdpgui.lab.endpoint import wire_form, wire_xml
from rdpgui.lab.endpoint.wire_check import check_input
from rdpgui.lab.endpoint.wire_xml import WireError
from rdpgui.lab.model import LabError

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "AccessDenied": 403,
    "AuthFailure": 401,
    "DryRunOperation": 412,
    "InternalError": 500,
    "InternalFailure": 500,
    "InvalidClientTokenId": 403,
    "NoSuchBucket": 404,
    "NoSuchEntity": 404,
    "NoSuchKey": 404,
    "PreconditionFailed": 412,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
    "UnauthorizedOperation": 403,
    "UnknownOperationException": 400,
}
"""HTTP status of errors that the service models do not give; 400 otherwise. Source: EC2, S3 and IAM error pages."""


def read_input(model: OperationModel, body: bytes) -> dict[str, Any]:
    """Return the validated input of an operation.

    Args:
        model: the operation.
        body: the request's body; all operations the lab owns carry their whole input there.

    Raises:
        LabError: SerializationException, ValidationException, or EC2's MissingParameter, InvalidParameterValue,
            UnknownParameter.
    """
    protocol = model.service_model.protocol
    shape = model.input_shape
    if shape is None:
        return {}
    form = protocol in ("query", "ec2")
    params = wire_form.read(shape, body, ec2=protocol == "ec2") if form else _unpacked(shape, _read_json(body))
    check_input(shape, params, ec2=protocol == "ec2")
    return params


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        params = json.loads(body or b"{}")
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LabError("SerializationException", "The request body is not JSON.", 400) from error
    if not isinstance(params, dict):
        raise LabError("SerializationException", "Start of structure or map found where not expected.", 400)
    return params


def _unpacked(shape: Shape, value: Any) -> Any:
    """Return a value of JSON with its blobs as bytes; what is of the wrong kind stays, to be refused as such.

    Raises:
        LabError: SerializationException.
    """
    kind = shape.type_name
    if kind == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise LabError("SerializationException", "A blob of the request is not base64.", 400) from error
    if kind == "structure" and isinstance(value, dict):
        members = members_of(shape)
        return {name: _unpacked(members[name], item) if name in members else item for name, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [_unpacked(shape.member, item) for item in value]  # type: ignore[attr-defined]  # botocore ListShape
    if kind == "map" and isinstance(value, dict):
        return {key: _unpacked(shape.value, item) for key, item in value.items()}  # type: ignore[attr-defined]  # botocore MapShape
    return value


def write_output(model: OperationModel, output: Mapping[str, Any], request_id: str) -> Answer:
    """Return the answer of a successful operation.

    Raises:
        WireError: a member is not in the output shape, or has the wrong kind.
    """
    service = model.service_model
    shape = model.output_shape
    if service.protocol in ("query", "ec2"):
        text = wire_xml.document(model, output, request_id, ec2=service.protocol == "ec2")
        return Answer(200, _headers("text/xml;charset=UTF-8", request_id), text.encode())
    body = "{}" if shape is None else json.dumps(json_value(shape, output), ensure_ascii=False)
    if shape is None and service.protocol == "json":
        body = ""
    return Answer(200, _headers(_content_type(service), request_id), body.encode())


def json_value(shape: Shape, value: Any) -> Any:
    """Return a value as its JSON form: timestamps as epoch seconds, blobs as base64, None left out.

    Raises:
        WireError: a member is not in the shape.
    """
    kind = shape.type_name
    if kind == "structure":
        members = members_of(shape)
        unknown = sorted(set(value) - set(members))
        if unknown:
            raise WireError(f"{shape.name} has no member {unknown[0]!r}")
        return {
            members[name].serialization.get("name", name): json_value(members[name], item)
            for name, item in value.items()
            if item is not None
        }
    if kind == "list":
        return [json_value(shape.member, item) for item in value]  # type: ignore[attr-defined]  # botocore ListShape
    if kind == "map":
        return {str(key): json_value(shape.value, item) for key, item in value.items()}  # type: ignore[attr-defined]  # botocore MapShape
    return _json_scalar(kind, value)


def _json_scalar(kind: str, value: Any) -> Any:
    if kind == "timestamp":
        seconds = round(utc(value).timestamp(), 3)
        return int(seconds) if seconds.is_integer() else seconds
    if kind == "blob":
        return base64.b64encode(value).decode()
    if kind == "boolean":
        return bool(value)
    if kind in ("integer", "long"):
        return int(value)
    return str(value) if kind == "string" else value


def members_of(shape: Shape) -> Mapping[str, Shape]:
    """Return the members of a structure shape."""
    members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]  # botocore StructureShape
    return members


def utc(value: datetime) -> datetime:
    """Return an aware UTC time; moto's naive times are UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def write_error(
    protocol: str, error: LabError, request_id: str, *, service: ServiceModel | None = None, resource: str = ""
) -> Answer:
    """Return an error as the service would.

    Args:
        protocol: ``json``, ``rest-json``, ``query``, ``ec2`` or ``rest-xml``.
        error: code, message and perhaps the status.
        request_id: id of the request.
        service: the service model, where statuses of modelled errors are found.
        resource: the S3 resource (path).
    """
    shapes: Sequence[Shape] = () if service is None else service.error_shapes
    shape = next((s for s in shapes if getattr(s, "error_code", s.name) == error.code), None)
    status = error.status or _status_of(error.code, shape)
    if protocol in ("json", "rest-json"):
        return _json_error(protocol, error, status, request_id, shape, service)
    code, message = escape(error.code), escape(error.message)
    if protocol == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    elif protocol == "query":
        side = "Receiver" if status >= 500 else "Sender"
        space = "" if service is None else f' xmlns="{service.metadata.get("xmlNamespace", "")}"'
        text = (
            f"<ErrorResponse{space}><Error><Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    else:
        text = (
            f"<Error><Code>{code}</Code><Message>{message}</Message><Resource>{escape(resource)}</Resource>"
            f"<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>"
        )
    kind = "application/xml" if protocol == "rest-xml" else "text/xml;charset=UTF-8"
    headers = _headers(kind, request_id)
    if protocol == "rest-xml":
        headers = (*headers, ("x-amz-request-id", request_id), ("x-amz-id-2", request_id))
    return Answer(status, headers, (_HEAD + text).encode())


def _status_of(code: str, shape: Shape | None) -> int:
    modelled = None if shape is None else shape.metadata.get("error", {}).get("httpStatusCode")
    return int(modelled or STATUS_OF_CODE.get(code, 400))


def _json_error(
    protocol: str, error: LabError, status: int, request_id: str, shape: Shape | None, service: ServiceModel | None
) -> Answer:
    name = "Message" if shape is not None and "Message" in members_of(shape) else "message"
    body = {"__type": error.code, name: error.message} if protocol == "json" else {name: error.message}
    kind = _content_type(service) if service is not None else "application/x-amz-json-1.1"
    headers = (*_headers(kind, request_id), ("x-amzn-ErrorType", error.code))
    return Answer(status, headers, json.dumps(body, ensure_ascii=False).encode())


def _content_type(service: ServiceModel) -> str:
    if service.protocol == "json":
        return f"application/x-amz-json-{service.metadata.get('jsonVersion', '1.1')}"
    return "application/json"


def _headers(kind: str, request_id: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", kind), ("x-amzn-RequestId", request_id))
