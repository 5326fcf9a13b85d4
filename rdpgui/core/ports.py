"""Ports: what the use cases need from outside, each one small.

Adapters implement them (``aws`` on boto3, ``media`` on PyAV, ``app`` for the
lab); tests use fakes. Every method that waits is a coroutine and may be
cancelled; cancelling a mutating call leaves its outcome unknown, so the caller
re-reads state. Every failure is an error of ``core/errors.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Generic, Protocol, TypeVar

from rdpgui.core.access import Access
from rdpgui.core.film import FilmFacts, Still
from rdpgui.core.ids import AccessRequestId, AccountId, CommandId, ConnectionId, InstanceId, Region, SessionId
from rdpgui.core.instance import ConnectionStatus, GuestBoot, Instance, InstanceProtection, ManagedNode
from rdpgui.core.kinds.kind import Ec2Call, InstanceOrder
from rdpgui.core.noted import AnswerBook
from rdpgui.core.recording import Denial, RecordingObject, RecordingPreferences
from rdpgui.core.session import AccessType, Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list.

    Attributes:
        following: asks for the next page, empty when this is the last.
    """

    rows: tuple[T, ...]
    following: str = ""


class Clock(Protocol):
    """Time and waiting, replaceable in tests."""

    def now(self) -> datetime:
        """Return the local time as aware UTC."""

    def monotonic(self) -> float:
        """Return seconds of a clock that never steps."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, and where. ``access``: how it was got, None in the lab."""

    account_id: AccountId
    arn: str
    region: Region
    profile: str
    endpoint_url: str
    lab: bool
    access: Access | None = None


class IdentityPort(Protocol):
    """Source: sts:GetCallerIdentity."""

    async def identity(self) -> Identity:
        """Return the caller."""

    async def clock_offset_s(self) -> tuple[float, float]:
        """Return bounds of (local clock - AWS clock) in seconds, from the Date header of an answer."""


INSTANCES_AT_ONCE = 200
"""Values of one filter. Source: EC2, Filter."""
NODES_AT_ONCE = 50
"""Nodes of one page. Source: ssm:DescribeInstanceInformation, MaxResults."""


class InstancePort(Protocol):
    """Instances and nodes, read-only."""

    async def instances(self) -> tuple[Instance, ...]:
        """Return all instances of the Region. Source: ec2:DescribeInstances, paged."""

    async def instance(self, instance_id: InstanceId) -> Instance:
        """Return one instance. Raises NotFound."""

    async def instance_page(self, token: str = "") -> Page[Instance]:
        """Return one page of them; ``token``: of the page before. Source: ec2:DescribeInstances."""

    async def instances_of(self, instance_ids: Sequence[InstanceId]) -> tuple[Instance, ...]:
        """Return those that there are of at most ``INSTANCES_AT_ONCE``. Source: ec2:DescribeInstances, a filter."""

    async def nodes(self) -> tuple[ManagedNode, ...]:
        """Return the managed nodes. Source: ssm:DescribeInstanceInformation, paged."""

    async def node_page(self, token: str = "") -> Page[ManagedNode]:
        """Return one page of them; ``token``: of the page before. Source: ssm:DescribeInstanceInformation."""

    async def nodes_of(self, instance_ids: Sequence[InstanceId]) -> tuple[ManagedNode, ...]:
        """Return those that there are of at most ``NODES_AT_ONCE``. Source: ssm:DescribeInstanceInformation."""

    async def connection_status(self, instance_id: InstanceId) -> ConnectionStatus:
        """Source: ssm:GetConnectionStatus."""

    async def protection(self, instance_id: InstanceId) -> InstanceProtection:
        """Source: ec2:DescribeInstanceAttribute."""

    async def screenshot(self, instance_id: InstanceId) -> bytes:
        """Return the console screenshot as JPEG, a second witness. Source: ec2:GetConsoleScreenshot."""


class SessionPort(Protocol):
    """Sessions."""

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        """Return active sessions or the history (30 days), newest first. Source: ssm:DescribeSessions, paged.

        ``since``: only sessions that began later.
        """

    async def history_page(self, token: str = "") -> Page[Session]:
        """Return one page of the history, in AWS's order; ``token``: of the page before."""

    async def terminate(self, session_id: SessionId) -> None:
        """End a session. Its success is no proof. Source: ssm:TerminateSession."""


class DisruptionPort(Protocol):
    """The mutating calls on instances. Orders of a run are given by ``runner/disrupt.py`` only, after the journal."""

    async def rehearse(self, order: Ec2Call, instance_id: InstanceId) -> bool | None:
        """Say whether the call would be allowed (EC2 DryRun); None when it cannot be rehearsed."""

    async def perform(self, order: InstanceOrder, instance_id: InstanceId) -> CommandId | None:
        """Give an order once; its success is no proof. Returns the command's id for a script.

        Source: EC2; ssm:SendCommand AWS-RunPowerShellScript.
        """

    async def start(self, instance_id: InstanceId) -> None:
        """Source: ec2:StartInstances."""

    async def last_boot(self, instance_id: InstanceId) -> GuestBoot | None:
        """Return what the guest says of its last boot, None when it cannot be read. Source: ssm:SendCommand."""


class PreferencesPort(Protocol):
    """Recording preferences. Source: ssm-guiconnect."""

    async def preferences(self) -> RecordingPreferences | None:
        """Return them, None when not configured (404 and an empty answer mean the same)."""


ProgressCallback = Callable[[int, int], None]
"""Called with (bytes done, bytes in all), from the event loop's thread."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A finished, verified download.

    Attributes:
        checksum: algorithm and value computed over the bytes, as S3 writes it.
        checksum_matched: None when S3 has no full-object checksum to compare with.
    """

    path: PurePath
    sha256: str
    checksum: str
    checksum_matched: bool | None


class RangeReader(Protocol):
    """Bytes of one object version, read by a worker thread (blocking). Every block is of the same version.

    Attributes:
        waited_s: time spent waiting for bytes that come from elsewhere, seconds; no work on the film.
    """

    size_bytes: int
    bytes_read: int
    waited_s: float

    def read_range(self, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes. Raises ObjectChanged, NotFound, AccessDenied, Unreachable."""


class ObjectPort(Protocol):
    """The recording destination. Source: S3."""

    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        """Return every object. Source: s3:ListObjectsV2, paged."""

    async def object_page(self, bucket: str, token: str = "") -> Page[RecordingObject]:
        """Return one page of them; ``token``: of the page before. Source: s3:ListObjectsV2."""

    async def head(self, bucket: str, key: str) -> RecordingObject:
        """Return one object with metadata and checksum. Source: s3:HeadObject."""

    async def default_key(self, bucket: str) -> str:
        """Return the KMS key of the bucket's default encryption, empty without one. Source: s3:GetBucketEncryption."""

    async def download(self, item: RecordingObject, target: PurePath, progress: ProgressCallback) -> Downloaded:
        """Download bound to ETag/VersionId: parts, resume, checksum, temp + fsync + rename, mode 0600."""

    async def presigned_url(self, item: RecordingObject, *, expires_s: int = 3600) -> str:
        """Return a SigV4 URL for the player."""

    def reader(self, item: RecordingObject) -> RangeReader:
        """Return ranged reads of exactly this object version (If-Match)."""


class AccessPort(Protocol):
    """Just-in-time node access."""

    async def request(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        """Source: ssm:StartAccessRequest."""

    async def status(self, request_id: AccessRequestId) -> str:
        """Return Approved, Rejected, Revoked, Expired or Pending. Source: ssm:GetAccessToken."""


@dataclass(frozen=True, slots=True)
class OpenedConnection:
    """What opening gave back. On AWS a person opens the link; in the lab the connection is there.

    Attributes:
        connection_id: empty on AWS.
        link: the console's deep link, empty in the lab and where no console is published.
        by_person: the program has to wait for a person.
        session_id: of its session where opening told it (lab), else None.
        remark: as whom the console opens, an English message id that may name ``principal``; empty: nothing to say.
    """

    connection_id: ConnectionId
    link: str
    by_person: bool
    remark: str = ""
    principal: str = ""
    session_id: SessionId | None = None


class ConnectionOpener(Protocol):
    """Open the connection for this node: a deep link on AWS, the lab console or an unattended connection in the lab."""

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        """Open; ``attended`` also shows the desktop (lab console) or the browser (AWS)."""

    async def close(self, connection: OpenedConnection) -> None:
        """End the connection normally where the program can (lab); on AWS the person does."""


class FilmPort(Protocol):
    """Exact inspection of recordings, in a child process with limits."""

    async def inspect(self, path: PurePath) -> FilmFacts:
        """Inspect a local file. Raises RecordingUnreadable with the reason."""

    async def last_frame(self, path: PurePath, png: PurePath) -> Still:
        """Decode the last decodable frame exactly and save it as PNG (mode 0600)."""


class AuditPort(Protocol):
    """What the service side was refused, as far as the audit log shows it."""

    async def connections(self, instance_id: InstanceId, since: datetime) -> tuple[datetime, ...]:
        """Return when GUI Connect opened connections to an instance, newest first.

        Events come minutes late: none found proves nothing. Source: cloudtrail:LookupEvents (StartConnection).
        """

    async def denials(self, since: datetime) -> tuple[Denial, ...]:
        """Return refused calls of the GUI Connect principal on KMS and S3, newest first.

        Events come minutes late, and data events (PutObject) never: none found proves nothing.

        Source: cloudtrail:LookupEvents.
        """


class JournalPort(Protocol):
    """Append-only journal: fsynced, hash-chained. Blocking."""

    def append(self, *lines: str) -> None:
        """Write lines of JSON durably, all or none of them. Raises StorageFull, StorageError."""

    def close(self) -> None:
        """Close the file."""


class JournalPen(Protocol):
    """Writes journals off the loop, in the order of the calls; answers on the loop."""

    def put(self, journal: JournalPort, line: str, answer: Callable[[Any, BaseException | None], None]) -> None:
        """Have a line written; answered with None, or with why it could not be. After one that could not none is."""

    def run(self, work: Callable[[], T]) -> Awaitable[T]:
        """Have file work done after all that was put before."""

    def close(self, journal: JournalPort) -> Awaitable[None]:
        """Have a journal closed after all that was put before."""


class RunFolders(Protocol):
    """Where runs live."""

    @property
    def pen(self) -> JournalPen:
        """Return the one writer of the journals below this folder."""

    def create(self, run_id: str) -> tuple[PurePath, JournalPort]:
        """Make the folder (0700) and its journal (0600)."""

    def reopen(self, folder: PurePath) -> JournalPort:
        """Open the journal of an earlier run to append to it. Raises StorageError."""

    def actions(self) -> tuple[JournalPort, tuple[str, ...]]:
        """Open the journal of what is done by hand, outside of runs, and return its lines. Raises StorageError."""

    def write_bytes(self, path: PurePath, data: bytes) -> None:
        """Write a file of a run atomically, mode 0600. Raises StorageFull, StorageError."""

    def read_bytes(self, path: PurePath) -> bytes | None:
        """Return a file of a run, None when there is none. Raises StorageError."""

    def write_steps(self, path: PurePath, steps: Iterable[bytes]) -> str:
        """Write a file of a run atomically from its parts; returns its SHA-256. Raises StorageFull, StorageError."""

    def folder_of(self, run_id: str) -> PurePath:
        """Return where a run lies. Raises StorageError for an id that is none."""

    def lines(self, folder: PurePath) -> tuple[str, ...]:
        """Return the complete lines of a run's journal. Raises StorageError."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of one environment (AWS or lab).

    Attributes:
        answers: what answers showed in passing; None where nobody notes it.
    """

    clock: Clock
    identity: IdentityPort
    instances: InstancePort
    sessions: SessionPort
    disruptions: DisruptionPort
    preferences: PreferencesPort
    objects: ObjectPort
    access: AccessPort
    opener: ConnectionOpener
    films: FilmPort
    folders: RunFolders
    audit: AuditPort
    answers: AnswerBook | None = None
