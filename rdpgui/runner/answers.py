"""What is told of a question to AWS: who answered, that the answer is awaited, or why there is none."""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.account_events import IdentityObserved, PollFailed, PollWaits, Topic
from rdpgui.core.errors import CredentialsExpired, RdpguiError
from rdpgui.core.freshness import Look
from rdpgui.core.ports import Identity

WAITS_S = 2.5
"""How long an answer may take in silence."""

WAITS_FOR = {
    Topic.IDENTITY: "sts:GetCallerIdentity",
    Topic.INSTANCES: "ec2:DescribeInstances, ssm:DescribeInstanceInformation",
    Topic.SESSIONS: "ssm:DescribeSessions",
    Topic.PREFERENCES: "ssm-guiconnect:GetConnectionRecordingPreferences",
    Topic.OBJECTS: "s3:ListObjectsV2",
}
"""What each topic is read with."""


def identity_observed(who: Identity, look: Look) -> IdentityObserved:
    """Return the event for a caller that was identified."""
    return IdentityObserved(
        look.at, who.account_id, who.arn, who.region, who.profile, who.endpoint_url, who.lab, look, who.access
    )


def poll_failed(at: datetime, topic: Topic, error: RdpguiError) -> PollFailed:
    """Return the event for a topic that could not be read."""
    what, remedy = error.template.format(**error.fields), error.remedy.format(**error.fields)
    return PollFailed(at, topic, what, remedy, error.need if isinstance(error, CredentialsExpired) else None)


def poll_waits(at: datetime, topic: Topic, since_at: datetime) -> PollWaits:
    """Return the event for a topic that was asked for at ``since_at`` and has not been answered yet."""
    return PollWaits(at, topic, since_at, WAITS_FOR[topic])
