"""XML answers of the query and ec2 protocols."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape


class WireError(Exception):
    """An operation of the lab returned something its output shape does not know: a bug of the lab."""


def document(model: OperationModel, output: Mapping[str, Any], request_id: str, *, ec2: bool) -> str:
    """Return the whole answer as XML text.

    Args:
        model: the operation.
        output: the members of its output shape.
        request_id: id of the request.
        ec2: the ec2 protocol's names and places.

    Raises:
        WireError: a member is not in the output shape.
    """
    parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    space = model.service_model.metadata.get("xmlNamespace", "")
    parts.append(f'<{model.name}Response xmlns="{space}">')
    if ec2:
        parts.append(f"<requestId>{request_id}</requestId>")
        if model.output_shape is not None:
            _members(parts, model.output_shape, output)
        elif not output:
            parts.append("<return>true</return>")
    else:
        _result(parts, model, output)
        parts.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>")
    parts.append(f"</{model.name}Response>")
    return "".join(parts)


def _result(parts: list[str], model: OperationModel, output: Mapping[str, Any]) -> None:
    shape = model.output_shape
    if shape is None:
        return
    wrapper = shape.serialization.get("resultWrapper", f"{model.name}Result")
    parts.append(f"<{wrapper}>")
    _members(parts, shape, output)
    parts.append(f"</{wrapper}>")


def _members(parts: list[str], shape: Shape, value: Mapping[str, Any]) -> None:
    members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]  # botocore StructureShape
    for name, item in value.items():
        member = members.get(name)
        if member is None:
            raise WireError(f"{shape.name} has no member {name!r}")
        if item is not None:
            _element(parts, str(member.serialization.get("name", name)), member, item)


def _element(parts: list[str], tag: str, shape: Shape, value: Any) -> None:
    kind = shape.type_name
    if kind == "list" and shape.serialization.get("flattened"):
        for item in value:
            _element(parts, tag, shape.member, item)  # type: ignore[attr-defined]  # botocore ListShape
        return
    parts.append(f"<{tag}>")
    if kind == "structure":
        _members(parts, shape, value)
    elif kind == "list":
        member = shape.member  # type: ignore[attr-defined]  # botocore ListShape
        for item in value:
            _element(parts, str(member.serialization.get("name", "member")), member, item)
    elif kind == "map":
        for key, item in value.items():
            parts.append(f"<entry><key>{escape(str(key))}</key>")
            _element(parts, "value", shape.value, item)  # type: ignore[attr-defined]  # botocore MapShape
            parts.append("</entry>")
    else:
        parts.append(_text(kind, value))
    parts.append(f"</{tag}>")


def _text(kind: str, value: Any) -> str:
    if kind == "timestamp":
        return _iso(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "blob":
        return base64.b64encode(value).decode()
    return escape(str(value))


def _iso(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    # EC2 and IAM give whole seconds, written with zero milliseconds.
    return aware.strftime("%Y-%m-%dT%H:%M:%S.000Z")
