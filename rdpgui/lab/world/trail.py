"""The audit list, and the events that only the service side can write.

Source: CloudTrail record contents; the StartConnection sample in the Systems
Manager User Guide; the AWSService identity in the CloudTrail User Guide.
"""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rdpgui.lab.model import AuditEvent

GUICONNECT = "ssm-guiconnect.amazonaws.com"
_KEPT = 20_000


class Trail:
    """Management events, newest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[AuditEvent] = deque(maxlen=_KEPT)

    def append(self, event: AuditEvent) -> None:
        """Add an event; the oldest leave beyond 20,000."""
        with self._lock:
            self._events.appendleft(event)

    def events(self) -> list[AuditEvent]:
        """Return the events, newest first (by the order in which they were added)."""
        with self._lock:
            return list(self._events)


@dataclass(frozen=True, slots=True)
class Place:
    """Account and Region of an event."""

    account_id: str
    region: str


@dataclass(frozen=True, slots=True)
class Act:
    """What was called, by whom is given apart.

    Attributes:
        name: eventName.
        source: eventSource.
        resources: (type, name) pairs.
        error: (code, message), or None.
    """

    name: str
    source: str
    parameters: Mapping[str, object]
    answer: Mapping[str, object] | None = None
    resources: Sequence[tuple[str, str]] = ()
    error: tuple[str, str] | None = None
    read_only: bool = False


def service_event(act: Act, at: datetime, place: Place) -> AuditEvent:
    """Return an event of the GUI Connect service principal itself."""
    identity = {"type": "AWSService", "invokedBy": GUICONNECT}
    return _event(act, at, place, identity, "", GUICONNECT)


def person_event(act: Act, at: datetime, place: Place, arn: str, *, through_service: bool) -> AuditEvent:
    """Return an event of a person.

    Args:
        act: what was called.
        at: when (aware UTC).
        place: account and Region.
        arn: the person's ARN.
        through_service: GUI Connect made the call with the person's session (``invokedBy``).
    """
    name = arn.rsplit("/", 1)[-1]
    identity: dict[str, object] = {
        "type": "AssumedRole" if ":assumed-role/" in arn else "IAMUser",
        "arn": arn,
        "accountId": place.account_id,
        "userName": name,
    }
    if through_service:
        identity["invokedBy"] = GUICONNECT
    return _event(act, at, place, identity, name, GUICONNECT if through_service else "127.0.0.1")


def _event(
    act: Act, at: datetime, place: Place, identity: Mapping[str, object], username: str, address: str
) -> AuditEvent:
    event_id = str(uuid.uuid4())
    record: dict[str, object] = {
        "eventVersion": "1.11",
        "userIdentity": dict(identity),
        "eventTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": act.source,
        "eventName": act.name,
        "awsRegion": place.region,
        "sourceIPAddress": address,
        "userAgent": address,
        "requestParameters": dict(act.parameters),
        "responseElements": None if act.answer is None else dict(act.answer),
        "requestID": str(uuid.uuid4()),
        "eventID": event_id,
        "readOnly": act.read_only,
        "resources": [{"accountId": place.account_id, "type": kind, "ARN": name} for kind, name in act.resources],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": place.account_id,
        "eventCategory": "Management",
    }
    if act.error is not None:
        record["errorCode"], record["errorMessage"] = act.error
        record["responseElements"] = None
    return AuditEvent(
        event_id=event_id,
        event_name=act.name,
        event_source=act.source,
        event_at=at,
        username=username,
        read_only=act.read_only,
        resources=tuple(act.resources),
        record=record,
    )
