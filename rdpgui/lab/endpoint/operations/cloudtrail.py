"""CloudTrail: the last management events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.paging import page
from rdpgui.lab.model import AuditEvent, LabError

Members = dict[str, Any]


def lookup_events(context: Context, params: Members) -> Members:
    """Return management events, newest first. Source: CloudTrail LookupEvents."""
    attributes = params.get("LookupAttributes", [])
    if len(attributes) > 1:
        raise LabError("InvalidLookupAttributesException", "You can only look up by one attribute.", 400)
    start, end = _time(params.get("StartTime")), _time(params.get("EndTime"))
    if start and end and start > end:
        raise LabError("InvalidTimeRangeException", "The start time is after the end time.", 400)
    events = [
        event
        for event in context.world.trail.events()
        if (start is None or event.event_at >= start)
        and (end is None or event.event_at <= end)
        and all(_passes(event, item) for item in attributes)
    ]
    size = params.get("MaxResults", 50)
    chosen, token = page(
        events, size=size, token=params.get("NextToken"), name=_event_id, bad_code="InvalidNextTokenException"
    )
    return {"Events": [_members(event) for event in chosen], "NextToken": token}


def _event_id(event: AuditEvent) -> str:
    return event.event_id


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    at = datetime.fromisoformat(str(value))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _access_key(event: AuditEvent) -> str:
    identity = event.record.get("userIdentity")
    return str(identity.get("accessKeyId", "")) if isinstance(identity, Mapping) else ""


def _passes(event: AuditEvent, attribute: Mapping[str, str]) -> bool:
    key, value = attribute["AttributeKey"], attribute["AttributeValue"]
    have: Mapping[str, tuple[str, ...]] = {
        "AccessKeyId": (_access_key(event),),
        "EventId": (event.event_id,),
        "EventName": (event.event_name,),
        "EventSource": (event.event_source,),
        "ReadOnly": (str(event.read_only).lower(),),
        "ResourceName": tuple(name for _, name in event.resources),
        "ResourceType": tuple(kind for kind, _ in event.resources),
        "Username": (event.username,),
    }
    return value in have[key]


def _members(event: AuditEvent) -> Members:
    return {
        "EventId": event.event_id,
        "EventName": event.event_name,
        "ReadOnly": str(event.read_only).lower(),
        "AccessKeyId": _access_key(event) or None,
        "EventTime": event.event_at,
        "EventSource": event.event_source,
        "Username": event.username,
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in event.resources],
        "CloudTrailEvent": json.dumps(event.record, ensure_ascii=False, default=str),
    }


OPERATIONS: Final = {"LookupEvents": lookup_events}
