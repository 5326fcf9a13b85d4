"""Events of a run: each carries the run's id.

They make up the run's journal, which alone rebuilds the run's state. What people say of a run that is over:
``people_events``. What is shown while it goes on, and not journalled: ``passing_events``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import AccountId, ConnectionId, InstanceId, Region, RunId
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceProtection, InstanceState
from rdpgui.core.place import Place
from rdpgui.core.recording import Denial, RecordingObject, RecordingPreferences, StatusStatement
from rdpgui.core.run import Phase, RunPlan, RunStatus
from rdpgui.core.session import Session, SessionOrigin
from rdpgui.core.verdict import Verdict


class Source(StrEnum):
    """What a run looks at again and again while it goes on."""

    INSTANCE = "instance"
    CONNECTION = "connection"
    SESSION = "session"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """First line of a journal. ``place`` is None in journals of 0.1.0, and where it is not known."""

    at: datetime
    run_id: RunId
    plan: RunPlan
    account_id: AccountId
    region: Region
    program_version: str
    place: Place | None = None

    def recorded_place(self) -> Place | None:
        """Return the place, as far as this line is certain of it.

        A line of 0.1.0 on AWS names account and Region, which are the place. One of its lab says that it was the
        lab (``plan.lab``) but not which scenario: its place was not recorded.
        """
        if self.place is not None or self.plan.lab:
            return self.place
        return Place(account_id=self.account_id, region=self.region)


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The run entered a phase."""

    at: datetime
    run_id: RunId
    phase: Phase


ASIDE = "aside"
"""Metadata of a field: the other field that is not empty when this one is left out of the journal."""


@dataclass(frozen=True, slots=True)
class BaselineTaken:
    """What was true before the connection: the target, its protection, the bucket's listing, the boot time.

    Attributes:
        object_keys: key and ETag of each object. A long list is left out of the journal: a file beside it holds it
            (``core.objects_before``), and whoever reads the run puts it back.
        object_count, objects_sha256: of the list that was put aside; the hash is empty when it was not.
    """

    at: datetime
    run_id: RunId
    instance: Instance
    protection: InstanceProtection
    preferences: RecordingPreferences
    object_keys: tuple[tuple[str, str], ...] = field(compare=False, metadata={ASIDE: "objects_sha256"})
    boot_at: datetime | None
    clock_offset_low_s: float
    clock_offset_high_s: float
    object_count: int = 0
    objects_sha256: str = ""

    @property
    def objects_there(self) -> int:
        """Return how many objects lay in the bucket, wherever their list is."""
        return self.object_count if self.objects_sha256 else len(self.object_keys)


@dataclass(frozen=True, slots=True)
class ConnectionOpened:
    """The run opened a connection, and is the one to end it. ``by_person``: only the person can, in the console."""

    at: datetime
    run_id: RunId
    connection_id: ConnectionId
    link: str
    by_person: bool


@dataclass(frozen=True, slots=True)
class ConnectionClosed:
    """The connection was ended, by the run or by the clean-up after it. ``error``: why it could not be, else empty."""

    at: datetime
    run_id: RunId
    connection_id: ConnectionId
    error: str = ""


@dataclass(frozen=True, slots=True)
class SessionAttached:
    """The connection's session was found; it is this run's session from here on.

    Attributes:
        origin: whether it is known to be a remote desktop of GUI Connect, and from what.
    """

    at: datetime
    run_id: RunId
    session: Session
    origin: SessionOrigin = SessionOrigin.UNKNOWN


@dataclass(frozen=True, slots=True)
class ClockSampled:
    """The local clock against monotonic time, and against AWS's as far as an answer's date told.

    Taken when a run begins, is taken up, or ends its waits, and whenever the local clock was seen to step.

    Attributes:
        mono_s: monotonic seconds at ``at``. life: which process's monotonic clock; samples of two lives do not compare.
        offset_low_s, offset_high_s: bounds of (local - AWS) then, None when they were not read.
    """

    at: datetime
    run_id: RunId
    mono_s: float
    life: str
    offset_low_s: float | None = None
    offset_high_s: float | None = None


@dataclass(frozen=True, slots=True)
class NeighboursRead:
    """Every other session of account and Region that could have made a recording in this run's window.

    The destination is the account's: a film in it may be of any of them. Read when the wait for the recording ends.

    Attributes:
        since_at: sessions that began earlier were not asked for.
        sessions: all but the run's own, active and ended, whose document is that of a remote desktop.
        complete: both listings were read to their end.

    Source: ssm:DescribeSessions (Active, and History with InvokedAfter).
    """

    at: datetime
    run_id: RunId
    since_at: datetime
    sessions: tuple[Session, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class DestinationRead:
    """What was read of the recording destination when the wait for the recording ended.

    Attributes:
        readable: the listing was read, last at ``listed_at``. unchanged: the preferences still are the baseline's.
        looks: successful listings since the session left Active, by the program's present life.
        listed: new objects in the last listing, read or not.
        unread: why a candidate's bytes could not be taken, a cause word; empty when they could.
        denials: calls that the destination refused to the service principal, newest first.
        bucket_key: KMS key of the bucket's default encryption, empty when it has none, None when it was not read.
        origin: what the audit log says of the session, where it was asked.
    """

    at: datetime
    run_id: RunId
    readable: bool
    unchanged: bool
    listed_at: datetime | None = None
    looks: int = 0
    listed: int = 0
    unread: str = ""
    denials: tuple[Denial, ...] = ()
    bucket_key: str | None = None
    origin: SessionOrigin = SessionOrigin.UNKNOWN


@dataclass(frozen=True, slots=True)
class IntentRecorded:
    """Journalled and fsynced before the call. ``action`` is the API operation, ``target`` the instance."""

    at: datetime
    run_id: RunId
    disruption_id: DisruptionId
    action: str
    target: InstanceId


@dataclass(frozen=True, slots=True)
class ActionAccepted:
    """AWS accepted the call. ``detail``: a command id or the answer's state."""

    at: datetime
    run_id: RunId
    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """The call failed. ``outcome_known`` False: it may have taken effect; state is re-read, the call never repeated."""

    at: datetime
    run_id: RunId
    action: str
    error: str
    outcome_known: bool


@dataclass(frozen=True, slots=True)
class InstanceChanged:
    """The target's EC2 state or launch time changed between two polls.

    Attributes:
        not_before_at: the last poll that saw the old state.
        launched_at: a start sets it, a restart does not: what halted and was started again between two polls is told
            by it alone. None where it was not read.
    """

    at: datetime
    run_id: RunId
    state: InstanceState
    state_reason_code: str
    state_transition_reason: str
    not_before_at: datetime | None
    launched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The target's connection status changed. Source: ssm:GetConnectionStatus."""

    at: datetime
    run_id: RunId
    status: ConnectionStatus
    not_before_at: datetime | None


@dataclass(frozen=True, slots=True)
class BootTimeRead:
    """The guest's last boot time. Source: ssm:SendCommand (LastBootUpTime, SystemUpTime).

    Attributes:
        boot_at: by the guest's clock: a correction of that clock moves it.
        uptime_s: the guest's uptime counter, which no correction moves; None when it was not read.
        asked_at: when the command was sent: it was read between then and ``at``. None: shortly before ``at``.
    """

    at: datetime
    run_id: RunId
    boot_at: datetime
    uptime_s: float | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WitnessSaved:
    """A second witness: the newest console screenshot from while the disruption took effect; no verdict needs it.

    It was taken between ``taken_not_before_at`` and ``at``. ``path`` is relative to the run folder.
    Source: ec2:GetConsoleScreenshot.
    """

    at: datetime
    run_id: RunId
    path: str
    taken_not_before_at: datetime


@dataclass(frozen=True, slots=True)
class SessionLeftActive:
    """The session is no longer active. ``last_active_at``: the last poll that saw it active."""

    at: datetime
    run_id: RunId
    session: Session
    last_active_at: datetime


@dataclass(frozen=True, slots=True)
class SessionSeenAgain:
    """A session that was no longer listed as active is: the earlier listings did not show it, and it goes on."""

    at: datetime
    run_id: RunId
    session: Session


@dataclass(frozen=True, slots=True)
class CandidatesFound:
    """New objects in the window, stable over two reads."""

    at: datetime
    run_id: RunId
    objects: tuple[RecordingObject, ...]


@dataclass(frozen=True, slots=True)
class FilmSaved:
    """A candidate was downloaded and its bytes checked. ``path`` is relative to the run folder."""

    at: datetime
    run_id: RunId
    key: str
    path: str
    sha256: str
    checksum: str
    checksum_matched: bool | None


@dataclass(frozen=True, slots=True)
class FilmInspected:
    """A candidate was inspected. ``error`` is empty when it is a film; ``last_frame`` a PNG in the run folder."""

    at: datetime
    run_id: RunId
    key: str
    facts: FilmFacts | None
    last_frame: str
    error: str


@dataclass(frozen=True, slots=True)
class StatusStated:
    """The recording status of the run's session, with its basis and evidence."""

    at: datetime
    run_id: RunId
    statement: StatusStatement


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The verdict."""

    at: datetime
    run_id: RunId
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """A line for the run log: a warning, a refusal, a wait. ``fields`` fill the English message id ``text``."""

    at: datetime
    run_id: RunId
    level: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceUnread:
    """Nobody saw a source between ``since_at``, its last good look, and ``at``.

    Polls failed, an answer was long in coming, or the machine slept. It is told when the source was read again, else
    when the verdict was due.
    """

    at: datetime
    run_id: RunId
    source: Source
    since_at: datetime


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Last line of a journal. ``reason`` is empty for a completed run."""

    at: datetime
    run_id: RunId
    status: RunStatus
    reason: str
