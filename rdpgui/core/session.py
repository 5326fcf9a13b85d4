"""Sessions of Session Manager, GUI Connect connections among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.aws_word import AwsWord
from rdpgui.core.ids import InstanceId, SessionId

PORT_FORWARDING_DOCUMENT = "AWS-StartPortForwardingSession"
"""The document that GUI Connect starts its sessions with. Source: AWS's IAM samples for Remote Desktop."""


class SessionStatus(AwsWord):
    """Status of a session. Source: SSM DescribeSessions."""

    CONNECTED = "Connected"
    CONNECTING = "Connecting"
    DISCONNECTED = "Disconnected"
    TERMINATED = "Terminated"
    TERMINATING = "Terminating"
    FAILED = "Failed"


OVER = frozenset({SessionStatus.TERMINATING, SessionStatus.TERMINATED, SessionStatus.FAILED})
"""A session of which this is said does not go on."""


class AccessType(AwsWord):
    """How the session was allowed. Source: SSM DescribeSessions, AccessType."""

    STANDARD = "Standard"
    JUST_IN_TIME = "JustInTime"


class SessionOrigin(StrEnum):
    """From what it is known that a session is a remote desktop of GUI Connect: a local tunnel has the same document.

    The program opened it (lab), the audit log shows that GUI Connect did, or a person was asked to and one appeared.
    """

    PROGRAM = "program"
    CONSOLE_EVENT = "console-event"
    PERSON = "person"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Session:
    """One session as last described.

    Attributes:
        active: listed under State=Active (else under History).
        ended_at: EndDate, None while it has none.
        flaws: what of its row could not be read; no rule rests on a row with flaws.
    """

    session_id: SessionId
    target: InstanceId
    status: SessionStatus
    active: bool
    started_at: datetime
    ended_at: datetime | None = None
    document_name: str = ""
    owner: str = ""
    reason: str = ""
    access_type: AccessType = AccessType.STANDARD
    flaws: tuple[str, ...] = ()

    @property
    def may_be_remote_desktop(self) -> bool:
        """Whether the document fits a GUI Connect connection. A local port forward looks the same."""
        return self.document_name == PORT_FORWARDING_DOCUMENT

    @property
    def may_be_recorded(self) -> bool:
        """Whether nothing says that it is no remote desktop: a row that tells no document rules nothing out."""
        return self.may_be_remote_desktop or not self.document_name


def caller_name(owner: str) -> str:
    """Return the name at the end of who called: of a user, of a role's session, or ``root``; what is no ARN is whole.

    Source: IAM User Guide, ARNs (``user/path/name``, ``assumed-role/role/session``, ``:root``).
    """
    return owner.rpartition("/")[2].rpartition(":")[2]
