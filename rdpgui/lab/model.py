"""Records shared by the lab's endpoint and its world.

The operations (wire side) read and return these; the world (processes, state
machines, sessions) owns and changes them. Times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LabError(Exception):
    """An AWS error that the lab answers with.

    Attributes:
        code: the AWS error code, for example ``IncorrectInstanceState``.
        message: the text of the error.
        status: the HTTP status; None takes the status of the service model.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class PowerState(StrEnum):
    """EC2 instance states. Source: EC2 DescribeInstances, InstanceStateName."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SHUTTING_DOWN = "shutting-down"
    TERMINATED = "terminated"


class SessionStatus(StrEnum):
    """Session statuses. Source: SSM DescribeSessions, SessionStatus."""

    CONNECTED = "Connected"
    CONNECTING = "Connecting"
    DISCONNECTED = "Disconnected"
    TERMINATED = "Terminated"
    TERMINATING = "Terminating"
    FAILED = "Failed"


class AccessType(StrEnum):
    """How the session was allowed. Source: SSM DescribeSessions, AccessType."""

    STANDARD = "Standard"
    JUST_IN_TIME = "JustInTime"


class RecordingStage(StrEnum):
    """The five words of the AWS console for a recording.

    No public AWS operation returns them; the lab shows them on its control API only.
    """

    RECORDING = "Recording"
    PROCESSING = "Processing"
    FINISHED = "Finished"
    FAILED = "Failed"
    PROCESSING_ERROR = "ProcessingError"


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One Session Manager session.

    ``visible_at`` and ``history_at`` let a scenario delay when DescribeSessions
    shows the session as active or in the history.
    """

    session_id: str
    target: str
    status: SessionStatus
    started_at: datetime
    ended_at: datetime | None
    document_name: str
    owner: str
    reason: str
    access_type: AccessType
    active: bool


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """One managed node as DescribeInstanceInformation lists it. A stopped instance is not listed."""

    instance_id: str
    ping_status: str
    last_ping_at: datetime
    agent_version: str
    platform_type: str
    platform_name: str
    platform_version: str
    computer_name: str
    ip_address: str


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """One Run Command invocation on one instance."""

    command_id: str
    instance_id: str
    document_name: str
    status: str
    status_details: str
    response_code: int
    stdout: str
    stderr: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AccessRequestRecord:
    """One just-in-time access request."""

    access_request_id: str
    status: str
    target: str
    reason: str
    requester_arn: str
    requested_at: datetime
    automation_id: str = ""
    pending_is_error: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """Connection recording preferences. Source: ssm-guiconnect GetConnectionRecordingPreferences."""

    kms_key_arn: str
    bucket_name: str
    bucket_owner: str


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """One remote-desktop connection and its recording, as the lab's service side knows it.

    ``truth`` holds what only the lab can know (UTC, or None): ``first_frame_at``,
    ``last_frame_at`` (arrival), ``desktop_closed_at`` (guest ended its remote desktop),
    ``cut_at`` (guest process ended), ``connection_ended_at``, ``put_at``.
    """

    connection_id: str
    session_id: str
    instance_id: str
    access_type: AccessType
    owner: str
    opened_at: datetime
    ended_at: datetime | None
    end_reason: str
    recorded: bool
    stage: RecordingStage | None
    stage_reason: str
    stalled: bool
    viewer_host: str
    viewer_port: int
    viewer_password: str
    object_bucket: str
    object_key: str
    truth: dict[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One CloudTrail management event. ``record`` is the full event as CloudTrail's JSON object."""

    event_id: str
    event_name: str
    event_source: str
    event_at: datetime
    username: str
    read_only: bool
    resources: tuple[tuple[str, str], ...]
    record: dict[str, object]


def unwritable(text: str) -> bool:
    """Return whether a text holds what XML 1.0 cannot carry."""
    return any(
        (ord(c) < 0x20 and c not in "\t\n\r") or 0xD800 <= ord(c) <= 0xDFFF or ord(c) in (0xFFFE, 0xFFFF) for c in text
    )
