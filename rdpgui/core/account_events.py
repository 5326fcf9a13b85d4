"""Events of the account: what watchers observe, arming, and what a person does outside of runs.

Observation events carry when and by which API operation a fact was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.access import Access
from rdpgui.core.freshness import Look
from rdpgui.core.ids import AccountId, InstanceId, Region, RunId, SessionId
from rdpgui.core.instance import Instance, ManagedNode
from rdpgui.core.place import Place
from rdpgui.core.recording import RecordingObject, RecordingPreferences
from rdpgui.core.session import Session
from rdpgui.core.sign_in import SignInNeed


class Topic(StrEnum):
    """What a watcher polls; a failed poll makes the topic stale."""

    IDENTITY = "identity"
    INSTANCES = "instances"
    SESSIONS = "sessions"
    PREFERENCES = "preferences"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class PlaceOpened:
    """Another place is looked at from here on; nothing that was seen of the one before is shown any more."""

    at: datetime
    place: Place


# -- observations of the account --------------------------------------------
# ``look`` says until when what was observed may be called so; without one it is told in the past only.


@dataclass(frozen=True, slots=True)
class IdentityObserved:
    """Who calls, where, and how access was got. Source: sts:GetCallerIdentity."""

    at: datetime
    account_id: AccountId
    arn: str
    region: Region
    profile: str
    endpoint_url: str
    lab: bool
    look: Look | None = None
    access: Access | None = None


@dataclass(frozen=True, slots=True)
class InstancesObserved:
    """All instances and managed nodes; ``nodes`` is None when only they could not be read.

    ``read``: the only ones that were read now, None for all. ``rest_at``: since when the others have not been read.

    Source: ec2:DescribeInstances, ssm:DescribeInstanceInformation.
    """

    at: datetime
    instances: tuple[Instance, ...]
    nodes: tuple[ManagedNode, ...] | None
    look: Look | None = None
    read: frozenset[InstanceId] | None = None
    rest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionsObserved:
    """Active sessions and the history. Source: ssm:DescribeSessions."""

    at: datetime
    sessions: tuple[Session, ...]
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class PreferencesObserved:
    """Recording preferences, None when not configured. Source: ssm-guiconnect:GetConnectionRecordingPreferences."""

    at: datetime
    preferences: RecordingPreferences | None
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class ObjectsObserved:
    """Objects in the recording destination. Source: s3:ListObjectsV2."""

    at: datetime
    bucket: str
    objects: tuple[RecordingObject, ...]
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class PollFailed:
    """A poll failed; what is shown of the topic is stale from here on.

    ``need``: it failed because nobody is signed in (any more), and this helps; None for any other reason.
    """

    at: datetime
    topic: Topic
    error: str
    remedy: str
    need: SignInNeed | None = None


@dataclass(frozen=True, slots=True)
class PollWaits:
    """A poll has had no answer yet for longer than anybody likes to wait in silence.

    ``since_at``: when it was begun. ``what``: what is waited for, an operation of AWS or an English message id.
    """

    at: datetime
    topic: Topic
    since_at: datetime
    what: str


# -- arming ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Armed:
    """Disruptions are allowed on exactly this target until ``expires_at``.

    ``by_run``: for this run's own action only; None when a person armed it, which replaces what a person armed before.
    """

    at: datetime
    account_id: AccountId
    region: Region
    instance_id: InstanceId
    expires_at: datetime
    by_run: RunId | None = None


@dataclass(frozen=True, slots=True)
class Disarmed:
    """Read-only again: what a person armed, or with ``by_run`` what that run did.

    ``reason``: an English message id, for example that time is up.
    """

    at: datetime
    reason: str
    by_run: RunId | None = None


@dataclass(frozen=True, slots=True)
class EmergencyStopped:
    """Latched: no new action until a person resets it; running waits end as aborted."""

    at: datetime


@dataclass(frozen=True, slots=True)
class EmergencyReset:
    """The latch was released by hand."""

    at: datetime


# -- by hand, outside of runs -------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandActionIntended:
    """A person asked for an action outside of a run; in the account's journal, fsynced, before the call.

    ``session_id``: the session that it ends, if any. ``of_run``: the run that it cleans up after, if any.
    """

    at: datetime
    action: str
    target: InstanceId
    by: str
    session_id: SessionId | None = None
    of_run: RunId | None = None


@dataclass(frozen=True, slots=True)
class HandActionEnded:
    """What AWS answered; ``error`` is empty when it accepted. ``outcome_known`` False: it may have taken effect."""

    at: datetime
    action: str
    target: InstanceId
    error: str
    outcome_known: bool


@dataclass(frozen=True, slots=True)
class RunDeleted:
    """A person deleted a run with its folder. ``wastebasket``: it can be taken back from there."""

    at: datetime
    run_id: RunId
    by: str
    wastebasket: bool
