"""From the SDK's dicts to the facts of ``core``; those of S3: ``parse_s3``. No dict gets past these two files.

A member that the operation always sends is demanded, not defaulted: an answer
without ``Sessions`` is a broken answer, not an empty list. A row of a list
hides no other: what it lacks is among its flaws, and a word that is new to this
program is kept as it is, because guessing would falsify a verdict.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rdpgui.aws.errors import malformed
from rdpgui.core.ids import AccountId, InstanceId, SessionId
from rdpgui.core.instance import (
    ConnectionStatus,
    GuestBoot,
    Instance,
    InstanceProtection,
    InstanceState,
    ManagedNode,
    PingStatus,
)
from rdpgui.core.recording import Denial, RecordingPreferences
from rdpgui.core.session import AccessType, Session, SessionStatus

Answer = Mapping[str, Any]

GUI_CONNECT = "ssm-guiconnect.amazonaws.com"


def need(answer: Answer, member: str, operation: str) -> Any:
    """Return a member that the operation always sends.

    Raises:
        MalformedAnswer: it is not there.
    """
    value = answer.get(member)
    if value is None:
        raise malformed(operation, f"{member} is missing")
    return value


NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that a row lacks; the row says so among its flaws, and no rule rests on it."""


class Row:
    """One row of a list. What it lacks is noted: one row that cannot be read hides no other."""

    def __init__(self, item: object, number: int) -> None:
        self._item: Answer = item if isinstance(item, Mapping) else {}
        self._number = number
        self.lacks: list[str] = []

    def name(self, member: str) -> str:
        """Return what the row is called by; a row without it gets a name that no call would take."""
        return self.text(member) or f"?{self._number}"

    def text(self, member: str) -> str:
        """Return a member that is always sent, empty when it is not."""
        value = self._item.get(member)
        if value is None or value == "":
            self.lacks.append(member)
            return ""
        return str(value)

    def number(self, member: str) -> int:
        """Return a whole number that is always sent, 0 when it is none."""
        value = self._item.get(member)
        if not isinstance(value, int):
            self.lacks.append(member)
            return 0
        return value

    def time(self, member: str) -> datetime:
        """Return a time that is always sent."""
        found = utc(self._item.get(member))
        if found is None:
            self.lacks.append(member)
        return found or NEVER

    def get(self, member: str) -> Any:
        """Return a member that may be absent."""
        return self._item.get(member)

    def flaws(self) -> tuple[str, ...]:
        """Return what is missing."""
        return tuple(self.lacks)


def utc(value: object) -> datetime | None:
    """Return a time of the SDK as aware UTC, None when there is none."""
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instances(page: Answer) -> tuple[Instance, ...]:
    """Source: ec2:DescribeInstances."""
    operation = "ec2:DescribeInstances"
    rows = [
        item
        for reservation in page.get("Reservations") or ()  # XML: an empty list is no member at all
        for item in need(reservation, "Instances", operation)
    ]
    return tuple(instance(item, number) for number, item in enumerate(rows, start=1))


def instance(item: object, number: int = 1) -> Instance:
    """Source: ec2:DescribeInstances, one member of ``Instances``. A state that is new here is kept as its word."""
    row = Row(item, number)
    tags = sorted((str(tag.get("Key", "")), str(tag.get("Value", ""))) for tag in row.get("Tags") or ())
    instance_id = InstanceId(row.name("InstanceId"))
    state = InstanceState(Row(row.get("State"), number).text("Name"))
    return Instance(
        instance_id=instance_id,
        name=dict(tags).get("Name", ""),
        state=state,
        state_reason_code=str((row.get("StateReason") or {}).get("Code") or ""),
        state_transition_reason=str(row.get("StateTransitionReason") or ""),
        platform=str(row.get("Platform") or "").lower(),
        instance_type=str(row.get("InstanceType") or ""),
        launched_at=utc(row.get("LaunchTime")),
        private_ip=str(row.get("PrivateIpAddress") or ""),
        tags=tuple(tags),
        root_device_type=str(row.get("RootDeviceType") or ""),
        lifecycle=str(row.get("InstanceLifecycle") or ""),
        hibernation=_hibernation(row),
        flaws=row.flaws() if state else (*row.flaws(), "State"),
    )


def _hibernation(row: Row) -> bool | None:
    """Source: ec2:DescribeInstances, HibernationOptions."""
    value = (row.get("HibernationOptions") or {}).get("Configured")
    return None if value is None else bool(value)


def shutdown_behaviour(answer: Answer) -> str | None:
    """Source: ec2:DescribeInstanceAttribute, instanceInitiatedShutdownBehavior."""
    value = (answer.get("InstanceInitiatedShutdownBehavior") or {}).get("Value")
    return None if value is None else str(value)


def stop_protected(answer: Answer) -> bool | None:
    """Source: ec2:DescribeInstanceAttribute, disableApiStop."""
    value = (answer.get("DisableApiStop") or {}).get("Value")
    return None if value is None else bool(value)


def protection(behaviour: Answer | None, stop: Answer | None) -> InstanceProtection:
    """Put two attribute answers together; None where one could not be read."""
    return InstanceProtection(
        shutdown_behaviour=None if behaviour is None else shutdown_behaviour(behaviour),
        stop_protected=None if stop is None else stop_protected(stop),
    )


def screenshot(answer: Answer) -> bytes:
    """Source: ec2:GetConsoleScreenshot. Returns JPEG bytes."""
    operation = "ec2:GetConsoleScreenshot"
    try:
        return base64.b64decode(need(answer, "ImageData", operation), validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed(operation, "ImageData is not base64") from error


def nodes(page: Answer) -> tuple[ManagedNode, ...]:
    """Source: ssm:DescribeInstanceInformation. A stopped instance is not listed."""
    listed = need(page, "InstanceInformationList", "ssm:DescribeInstanceInformation")
    return tuple(_node(Row(item, number)) for number, item in enumerate(listed, start=1))


def _node(row: Row) -> ManagedNode:
    return ManagedNode(
        instance_id=InstanceId(row.name("InstanceId")),
        ping_status=PingStatus(row.text("PingStatus")),
        last_ping_at=utc(row.get("LastPingDateTime")),
        agent_version=str(row.get("AgentVersion") or ""),
        platform_name=str(row.get("PlatformName") or ""),
        platform_version=str(row.get("PlatformVersion") or ""),
        computer_name=str(row.get("ComputerName") or ""),
    )


def connection_status(answer: Answer) -> ConnectionStatus:
    """Source: ssm:GetConnectionStatus."""
    operation = "ssm:GetConnectionStatus"
    return ConnectionStatus(str(need(answer, "Status", operation)).lower())


def sessions(page: Answer, *, active: bool) -> tuple[Session, ...]:
    """Source: ssm:DescribeSessions."""
    listed = need(page, "Sessions", "ssm:DescribeSessions")
    return tuple(_session(Row(item, number), active) for number, item in enumerate(listed, start=1))


def _session(row: Row, active: bool) -> Session:
    session_id, target = SessionId(row.name("SessionId")), InstanceId(row.text("Target"))
    status, started_at = SessionStatus(row.text("Status")), row.time("StartDate")
    return Session(
        session_id=session_id,
        target=target,
        status=status,
        active=active,
        started_at=started_at,
        ended_at=utc(row.get("EndDate")),
        document_name=str(row.get("DocumentName") or ""),
        owner=str(row.get("Owner") or ""),
        reason=str(row.get("Reason") or ""),
        # Sessions older than just-in-time access carry no type.
        access_type=AccessType(str(row.get("AccessType") or AccessType.STANDARD)),
        flaws=row.flaws(),
    )


def preferences(answer: Answer) -> RecordingPreferences | None:
    """Source: ssm-guiconnect:GetConnectionRecordingPreferences. An empty answer means: not configured."""
    operation = "ssm-guiconnect:GetConnectionRecordingPreferences"
    found = answer.get("ConnectionRecordingPreferences")
    if not found:
        return None
    buckets = need(need(found, "RecordingDestinations", operation), "S3Buckets", operation)
    if not buckets:
        raise malformed(operation, "S3Buckets is empty")
    return RecordingPreferences(
        bucket=str(need(buckets[0], "BucketName", operation)),
        bucket_owner=str(need(buckets[0], "BucketOwner", operation)),
        kms_key_arn=str(need(found, "KMSKeyArn", operation)),
    )


def account(answer: Answer) -> tuple[AccountId, str]:
    """Return account and ARN. Source: sts:GetCallerIdentity."""
    operation = "sts:GetCallerIdentity"
    return AccountId(str(need(answer, "Account", operation))), str(need(answer, "Arn", operation))


_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|\+00:00)?")


_SECONDS = re.compile(r"^\s*(\d{1,10})\s*$", re.MULTILINE)


def last_boot(text: str) -> GuestBoot | None:
    """Read the first ISO 8601 UTC time of a command's output (.NET writes seven decimals), None when there is none.

    A line of its own that is a number is the uptime, seconds.
    """
    found, uptime = _ISO.search(text), _SECONDS.search(text)
    if found is None:
        return None
    micro = (found[2] or "0")[:6].ljust(6, "0")
    boot_at = datetime.fromisoformat(f"{found[1]}.{micro}+00:00")
    return GuestBoot(boot_at, float(uptime[1]) if uptime is not None else None)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """State and use of a KMS key, in KMS's words."""

    state: str
    manager: str
    spec: str
    usage: str


def key_facts(answer: Answer) -> KeyFacts:
    """Source: kms:DescribeKey."""
    found = need(answer, "KeyMetadata", "kms:DescribeKey")
    return KeyFacts(
        state=str(found.get("KeyState") or ""),
        manager=str(found.get("KeyManager") or ""),
        spec=str(found.get("KeySpec") or found.get("CustomerMasterKeySpec") or ""),
        usage=str(found.get("KeyUsage") or ""),
    )


def key_tags(page: Answer) -> list[tuple[str, str]]:
    """Source: kms:ListResourceTags."""
    tags = need(page, "Tags", "kms:ListResourceTags")
    return [(str(tag["TagKey"]), str(tag["TagValue"])) for tag in tags]


def role_arn(answer: Answer) -> str:
    """Source: iam:GetRole."""
    return str(need(need(answer, "Role", "iam:GetRole"), "Arn", "iam:GetRole"))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the simulator says of one action on one resource.

    Attributes:
        decision: ``allowed``, ``explicitDeny`` or ``implicitDeny``.
        organization: whether the policies of the organization allow it; None where the simulator does not say.
    """

    action: str
    decision: str
    organization: bool | None = None

    @property
    def allowed(self) -> bool:
        """Whether it is allowed."""
        return self.decision == "allowed"


def evaluations(answer: Answer) -> tuple[Evaluation, ...]:
    """Source: iam:SimulatePrincipalPolicy."""
    operation = "iam:SimulatePrincipalPolicy"
    return tuple(
        Evaluation(
            str(need(item, "EvalActionName", operation)),
            str(need(item, "EvalDecision", operation)),
            (item.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations"),
        )
        for item in need(answer, "EvaluationResults", operation)
    )


def connections(page: Answer, instance_id: InstanceId) -> list[datetime]:
    """Return when remote desktops of one instance were opened. Source: cloudtrail:LookupEvents, StartConnection."""
    operation = "cloudtrail:LookupEvents"
    found = []
    for item in need(page, "Events", operation):
        try:
            record = json.loads(need(item, "CloudTrailEvent", operation))
            asked = record.get("requestParameters") or {}
            ours = str(asked.get("InstanceId") or asked.get("instanceId") or "") == instance_id
            failed = bool(record.get("errorCode"))
        except (ValueError, AttributeError) as error:
            raise malformed(operation, "CloudTrailEvent is not a JSON object") from error
        at = utc(need(item, "EventTime", operation))
        if ours and not failed and at is not None:
            found.append(at)
    return found


def denials(page: Answer) -> list[Denial]:
    """Return the calls that GUI Connect itself was refused. Source: cloudtrail:LookupEvents, record contents."""
    operation = "cloudtrail:LookupEvents"
    found = []
    for item in need(page, "Events", operation):
        try:
            record = json.loads(need(item, "CloudTrailEvent", operation))
            caller = record.get("userIdentity") or {}
            code = str(record.get("errorCode") or "")
        except (ValueError, AttributeError) as error:
            raise malformed(operation, "CloudTrailEvent is not a JSON object") from error
        if not code or "Throttl" in code or caller.get("invokedBy") != GUI_CONNECT:
            continue
        at = utc(need(item, "EventTime", operation))
        if at is not None:
            service = str(need(item, "EventSource", operation)).partition(".")[0]
            name = f"{service}:{need(item, 'EventName', operation)}"
            found.append(Denial(at, name, _refused_resource(item, record), code, str(record.get("errorMessage") or "")))
    return found


def _refused_resource(item: Answer, record: Answer) -> str:
    """Return what the call was about; a denied call may list no resources."""
    named = [str(resource.get("ResourceName") or "") for resource in item.get("Resources") or ()]
    asked = record.get("requestParameters") or {}
    return next((name for name in named if name), "") or str(asked.get("keyId") or asked.get("bucketName") or "")
