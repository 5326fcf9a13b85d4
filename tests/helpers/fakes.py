"""Fake ports over one small simulated world, and an event loop whose time is virtual.

``run_virtual(main())`` runs a coroutine in virtual time: a wait of ten minutes takes no time, and the order
of events is the same in every run. The fakes also work on a real loop (their clock then is the real one).
"""

from __future__ import annotations

import asyncio
import hashlib
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any, TypeVar

from rdpgui.core.errors import (
    AccessDenied,
    AwsError,
    NotFound,
    ObjectChanged,
    RecordingUnreadable,
    Refused,
    StorageError,
    StorageFull,
    Unreachable,
)
from rdpgui.core.film import FilmFacts, Span, Still, TailClass, TailMetrics
from rdpgui.core.ids import AccessRequestId, AccountId, CommandId, ConnectionId, InstanceId, Region, SessionId
from rdpgui.core.instance import (
    ConnectionStatus,
    Instance,
    InstanceProtection,
    InstanceState,
    ManagedNode,
    PingStatus,
)
from rdpgui.core.ports import Downloaded, Identity, OpenedConnection, Ports, ProgressCallback, RangeReader
from rdpgui.core.recording import Denial, RecordingObject, RecordingPreferences
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, Session, SessionStatus
from rdpgui.core.settings import LAB_TIMING

T = TypeVar("T")

EPOCH = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
ACCOUNT = AccountId("111122223333")
REGION = Region("us-east-1")
TARGET = InstanceId("i-0aaaaaaaaaaaaaaaa")
OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")
BUCKET = "recordings"
PREFERENCES = RecordingPreferences(BUCKET, ACCOUNT, "arn:aws:kms:us-east-1:111122223333:key/k")
TAIL_SHUTDOWN = TailMetrics(TailClass.SOLID_TEXT, 60.0, 20.0, 0.9, 0.02)
TAIL_CONTENT = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)


class _InstantSelector(selectors.DefaultSelector):
    """Moves the loop's time on instead of waiting."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled any more")
        if not ready and timeout is not None and timeout > 0:
            self.loop.virtual_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits."""

    def __init__(self) -> None:
        self.virtual_s = 0.0
        selector = _InstantSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.virtual_s


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time; fails when it leaves tasks behind."""
    loop = VirtualLoop()
    loop.set_debug(False)  # under "-X dev" tracebacks of every task cost ten times what is tested
    try:
        result = loop.run_until_complete(main)
        left = asyncio.all_tasks(loop)
        assert not left, f"left behind: {left}"
        return result
    finally:
        loop.close()


class FakeClock:
    """The running loop's time as a clock. ``skew_s``: local clock minus AWS's clock."""

    def __init__(self, skew_s: float = 0.0) -> None:
        self.skew_s = skew_s

    def true_now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.monotonic())

    def now(self) -> datetime:
        return self.true_now() + timedelta(seconds=self.skew_s)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Behaviour:
    """How the world behaves; every default is the good case. Times are seconds."""

    latency_s: float = 0.01
    connect_s: float = 0.6
    film_delay_s: float = 0.5
    shutdown_screen_s: float = 1.2
    off_after_desktop_s: float = 0.5
    boot_s: float = 1.5
    session_end_s: float = 0.3
    history_delay_s: float = 0.0
    end_date_is_left: bool = False
    processing_s: float = 0.8
    skew_s: float = 0.0
    skew_known: bool = True
    guest_skew_s: float = 0.0
    frozen_s: float = 0.0
    film_early_s: float = 0.0
    recorder_on_instance: bool = False
    object_missing: bool = False
    object_late_s: float = 0.0
    object_twice: bool = False
    object_foreign: bool = False
    object_stale: bool = False
    object_swapped: bool = False
    object_rival: bool = False
    key_disabled: bool = False
    object_changes: bool = False
    object_zero: bool = False
    truncated: bool = False
    not_a_film: bool = False
    denied: bool = False
    denied_but_reported_done: bool = False
    wrong_instance: bool = False
    answer_lost: bool = False
    rehearsal: bool | None = True
    rehearsal_error: AwsError | None = None
    boot_time_fails: bool = False
    screenshot_fails: bool = False
    screenshot_s: float = 0.0
    screenshot_head: bytes = b"\xff\xd8"
    lab: bool = True
    start_denied: bool = False
    approval: str = "Approved"
    approval_s: float = 0.5
    never_connects: bool = False
    listing_denied: bool = False
    session_never_ends: bool = False
    painted: bool = True
    dated: bool = False
    whole_seconds: bool = False
    disk_full_after_lines: int | None = None
    room_after_s: float | None = None
    on_action: Callable[[], None] | None = None


@dataclass
class Connection:
    """One remote-desktop connection and its film, as the world knows them."""

    session: Session
    instance_id: InstanceId
    film_from_at: datetime
    ended_at: datetime | None = None
    listed_at: datetime | None = None
    shutdown_seen: bool = False


@dataclass
class Machine:
    """One instance."""

    item: Instance
    boot_at: datetime
    connected: bool = True


@dataclass
class FakeWorld:
    """Instances, sessions and recordings that follow the loop's time."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FakeClock(self.behaviour.skew_s)
        self.machines: dict[InstanceId, Machine] = {}
        for number, instance_id in enumerate((TARGET, OTHER)):
            item = Instance(
                instance_id,
                f"win-{number}",
                InstanceState.RUNNING,
                platform="windows",
                tags=(("rdpgui:disruptable", "true"),),
            )
            self.machines[instance_id] = Machine(item, EPOCH - timedelta(hours=1 + number))
        self.protection = InstanceProtection("stop", False)
        self.preferences: RecordingPreferences | None = PREFERENCES
        self.connections: list[Connection] = []
        self.stored: dict[str, RecordingObject] = {}
        self.films: dict[str, FilmFacts | None] = {}
        self.by_path: dict[str, str] = {}
        self.journals: dict[str, list[str]] = {}
        self.actions: list[str] = []
        self.denials: list[Denial] = []
        self.files: dict[str, bytes] = {}
        self.broken: dict[str, AwsError] = {}
        self.room_from_s: float | None = None
        self.unreadable: dict[str, StorageError] = {}

    def ports(self) -> Ports:
        return Ports(
            clock=self.clock,
            identity=FakeIdentity(self),
            instances=FakeInstances(self),
            sessions=FakeSessions(self),
            disruptions=FakeDisruptions(self),
            preferences=FakePreferences(self),
            objects=FakeObjects(self),
            access=FakeAccess(self),
            opener=FakeOpener(self),
            films=FakeFilms(self),
            folders=FakeFolders(self),
            audit=FakeAudit(self),
        )

    def take_room(self) -> None:
        """Films find no room until some time after the first one tried."""
        limit_s = self.behaviour.room_after_s
        if limit_s is None:
            return
        now_s = self.clock.monotonic()
        self.room_from_s = self.room_from_s if self.room_from_s is not None else now_s + limit_s
        if now_s < self.room_from_s:
            raise StorageFull("There is no room.")

    # -- what happens -----------------------------------------------------------

    def later(self, seconds: float, action: Callable[..., None], *arguments: object) -> None:
        asyncio.get_running_loop().call_later(seconds, action, *arguments)

    def open(self, instance_id: InstanceId, access: AccessType) -> None:
        if self.behaviour.never_connects:
            return
        self.later(self.behaviour.connect_s, self._connected, instance_id, access)

    def _connected(self, instance_id: InstanceId, access: AccessType) -> None:
        now = self.clock.true_now()
        number = len(self.connections)
        session = Session(
            SessionId(f"admin-{number}"),
            instance_id,
            SessionStatus.CONNECTED,
            True,
            self.stated(now),
            None,
            PORT_FORWARDING_DOCUMENT,
            access_type=access,
        )
        film_from_at = now + timedelta(seconds=self.behaviour.film_delay_s)
        self.connections.append(Connection(session, instance_id, film_from_at))

    def stated(self, at: datetime) -> datetime:
        return at.replace(microsecond=0) if self.behaviour.whole_seconds else at

    def shut_down(self, instance_id: InstanceId, *, restart: bool, code: str) -> None:
        """The guest shows its shutdown screen, ends the remote desktop, and goes off."""
        if not restart:
            self.set_state(instance_id, InstanceState.STOPPING, code)
        behaviour = self.behaviour
        self.later(behaviour.shutdown_screen_s, self._desktop_closed, instance_id, True)
        off_s = behaviour.shutdown_screen_s + behaviour.off_after_desktop_s
        self.later(off_s, self._off, instance_id, restart, code)

    def disconnect(self, instance_id: InstanceId) -> None:
        self._desktop_closed(instance_id, False)

    def _desktop_closed(self, instance_id: InstanceId, shutdown_seen: bool) -> None:
        for connection in self.connections:
            if connection.instance_id == instance_id and connection.ended_at is None:
                self._end(connection, shutdown_seen)

    def _end(self, connection: Connection, shutdown_seen: bool) -> None:
        behaviour, now = self.behaviour, self.clock.true_now()
        connection.ended_at, connection.shutdown_seen = now, shutdown_seen
        if behaviour.session_never_ends:
            return
        connection.session = replace(connection.session, status=SessionStatus.TERMINATING)
        self.later(behaviour.session_end_s, self._left, connection)
        if behaviour.key_disabled:
            self.later(behaviour.processing_s, self._refused_by_key)
        lost = (behaviour.recorder_on_instance and shutdown_seen) or behaviour.key_disabled
        if not (behaviour.object_missing or lost):
            self.later(behaviour.processing_s + behaviour.object_late_s, self._put, connection)

    def _refused_by_key(self) -> None:
        now = self.clock.true_now().replace(microsecond=0)
        self.denials.insert(0, Denial(now, "kms:GenerateDataKey", PREFERENCES.kms_key_arn, "DisabledException", "off"))

    def _left(self, connection: Connection) -> None:
        now = self.clock.true_now()
        ended_at = now if self.behaviour.end_date_is_left else connection.ended_at
        assert ended_at is not None
        connection.session = replace(
            connection.session, status=SessionStatus.TERMINATED, active=False, ended_at=self.stated(ended_at)
        )
        connection.listed_at = now + timedelta(seconds=self.behaviour.history_delay_s)

    def _off(self, instance_id: InstanceId, restart: bool, code: str) -> None:
        machine = self.machines[instance_id]
        machine.connected = False
        if restart:
            self.later(self.behaviour.boot_s, self._booted, instance_id)
        else:
            self.later(0.3, self.set_state, instance_id, InstanceState.STOPPED, code)

    def _booted(self, instance_id: InstanceId) -> None:
        machine = self.machines[instance_id]
        machine.boot_at, machine.connected = self.clock.true_now(), True
        self.set_state(instance_id, InstanceState.RUNNING, "")

    def power_on(self, instance_id: InstanceId) -> None:
        self.set_state(instance_id, InstanceState.PENDING, "")
        self.later(self.behaviour.boot_s, self._booted, instance_id)

    def set_state(self, instance_id: InstanceId, state: InstanceState, code: str) -> None:
        machine = self.machines[instance_id]
        machine.item = replace(machine.item, state=state, state_reason_code=code)

    def _put(self, connection: Connection) -> None:
        behaviour, now = self.behaviour, self.clock.true_now()
        assert connection.ended_at is not None
        facts = self.film_of(connection)
        key = f"{connection.session.session_id}.bin"
        if behaviour.object_rival:
            other = replace(facts, size_bytes=facts.size_bytes + 1)
            self.stored[f"rival-{key}"] = RecordingObject(
                BUCKET, f"rival-{key}", other.size_bytes, "rival", now.replace(microsecond=0)
            )
            self.films[f"rival-{key}"] = other
        for name in [key, f"second-{key}"] if behaviour.object_twice else [key]:
            size = 0 if behaviour.object_zero else facts.size_bytes
            etag = hashlib.md5(f"{key}{facts}".encode(), usedforsecurity=False).hexdigest()
            modified_at = now.replace(microsecond=0)
            self.stored[name] = RecordingObject(BUCKET, name, size, etag, modified_at)
            self.films[name] = None if behaviour.not_a_film or size == 0 else facts

    def film_of(self, connection: Connection) -> FilmFacts:
        """Return the facts of a connection's film, as a recorder with whole-second creation times leaves it."""
        behaviour, ended_at = self.behaviour, connection.ended_at
        assert ended_at is not None
        begin_at = connection.film_from_at
        if behaviour.object_foreign:
            begin_at -= timedelta(seconds=600)
        if behaviour.object_stale:
            begin_at -= timedelta(days=2)
        length_s = (ended_at - connection.film_from_at).total_seconds() - behaviour.film_early_s
        length_s = max(length_s, 0.1)
        skew = timedelta(seconds=behaviour.guest_skew_s)
        painted_last = begin_at + timedelta(seconds=max(0.0, length_s - behaviour.frozen_s - 0.05))
        return FilmFacts(
            container="mp4",
            codec="h264",
            width=1280,
            height=720,
            size_bytes=100_000,
            duration_s=length_s,
            last_frame_pts_s=length_s,
            created_at=begin_at.replace(microsecond=0),
            dated_at=begin_at if behaviour.dated else None,
            truncated=behaviour.truncated,
            idle=(Span(max(0.0, length_s - behaviour.frozen_s), length_s),) if behaviour.frozen_s else (),
            tail=TAIL_SHUTDOWN if connection.shutdown_seen and not behaviour.frozen_s else TAIL_CONTENT,
            first_painted_at=begin_at + skew if behaviour.painted else None,
            painted_at=painted_last + skew if behaviour.painted else None,
        )

    async def answer(self, operation: str) -> None:
        """Every call takes its time; those that begin with a broken prefix fail."""
        self.calls.append(operation)
        await asyncio.sleep(self.behaviour.latency_s)
        for prefix, error in self.broken.items():
            if operation.startswith(prefix):
                raise error


class _Port:
    def __init__(self, world: FakeWorld) -> None:
        self.world = world


class FakeIdentity(_Port):
    async def identity(self) -> Identity:
        await self.world.answer("sts:GetCallerIdentity")
        return Identity(
            ACCOUNT,
            "arn:aws:iam::111122223333:user/lab-admin",
            REGION,
            "",
            "http://127.0.0.1:1",
            self.world.behaviour.lab,
        )

    async def clock_offset_s(self) -> tuple[float, float]:
        skew_s = self.world.behaviour.skew_s if self.world.behaviour.skew_known else 0.0
        return (skew_s - 0.05, skew_s + 0.05)


class FakeInstances(_Port):
    async def instances(self) -> tuple[Instance, ...]:
        await self.world.answer("ec2:DescribeInstances")
        return tuple(machine.item for machine in self.world.machines.values())

    async def instance(self, instance_id: InstanceId) -> Instance:
        await self.world.answer("ec2:DescribeInstances")
        if instance_id not in self.world.machines:
            raise NotFound("There is no {instance}.", operation="ec2:DescribeInstances", instance=instance_id)
        return self.world.machines[instance_id].item

    async def nodes(self) -> tuple[ManagedNode, ...]:
        await self.world.answer("ssm:DescribeInstanceInformation")
        running = [m for m in self.world.machines.values() if m.item.state is InstanceState.RUNNING]
        return tuple(ManagedNode(m.item.instance_id, PingStatus.ONLINE) for m in running)

    async def connection_status(self, instance_id: InstanceId) -> ConnectionStatus:
        await self.world.answer("ssm:GetConnectionStatus")
        connected = self.world.machines[instance_id].connected
        return ConnectionStatus.CONNECTED if connected else ConnectionStatus.NOT_CONNECTED

    async def protection(self, instance_id: InstanceId) -> InstanceProtection:
        await self.world.answer("ec2:DescribeInstanceAttribute")
        return self.world.protection

    async def screenshot(self, instance_id: InstanceId) -> bytes:
        await self.world.answer("ec2:GetConsoleScreenshot")
        await asyncio.sleep(self.world.behaviour.screenshot_s)
        if self.world.behaviour.screenshot_fails or not self.world.machines[instance_id].connected:
            raise Refused("{operation} was refused.", operation="ec2:GetConsoleScreenshot")
        return self.world.behaviour.screenshot_head + self.world.clock.true_now().isoformat().encode()


class FakeSessions(_Port):
    async def sessions(self, *, active: bool, target: InstanceId | None = None) -> tuple[Session, ...]:
        await self.world.answer(f"ssm:DescribeSessions {'Active' if active else 'History'}")
        now = self.world.clock.true_now()
        found = []
        for connection in self.world.connections:
            session = connection.session
            listed = session.active if active else connection.listed_at is not None and connection.listed_at <= now
            if listed and target in (None, session.target):
                found.append(session)
        return tuple(reversed(found))

    async def terminate(self, session_id: SessionId) -> None:
        await self.world.answer("ssm:TerminateSession")
        connection = next(c for c in self.world.connections if c.session.session_id == session_id)
        if connection.ended_at is None:
            self.world.disconnect(connection.instance_id)


class FakeDisruptions(_Port):
    async def _act(self, operation: str, instance_id: InstanceId) -> InstanceId | None:
        """Return the instance to act on, None for a call that changes nothing."""
        behaviour = self.world.behaviour
        await self.world.answer(f"{operation} {instance_id}")
        if behaviour.on_action is not None:
            behaviour.on_action()
        if behaviour.denied:
            raise AccessDenied("You may not call {operation}.", operation=operation, code="AccessDenied")
        if behaviour.denied_but_reported_done:
            return None
        return OTHER if behaviour.wrong_instance else instance_id

    def _answer_lost(self, operation: str) -> None:
        if self.world.behaviour.answer_lost:
            raise Unreachable("{operation} got no answer.", operation=operation)

    async def rehearse(self, action: str, instance_id: InstanceId) -> bool | None:
        await self.world.answer(f"DryRun {action}")
        if self.world.behaviour.rehearsal_error is not None:
            raise self.world.behaviour.rehearsal_error
        return self.world.behaviour.rehearsal

    async def reboot(self, instance_id: InstanceId) -> None:
        target = await self._act("ec2:RebootInstances", instance_id)
        if target is not None:
            self.world.shut_down(target, restart=True, code="")
        self._answer_lost("ec2:RebootInstances")

    async def stop(self, instance_id: InstanceId, *, skip_os_shutdown: bool = False) -> None:
        target = await self._act("ec2:StopInstances", instance_id)
        if target is not None:
            self.world.shut_down(target, restart=False, code="Client.UserInitiatedShutdown")
        self._answer_lost("ec2:StopInstances")

    async def start(self, instance_id: InstanceId) -> None:
        await self.world.answer(f"ec2:StartInstances {instance_id}")
        if self.world.behaviour.on_action is not None:
            self.world.behaviour.on_action()
        if self.world.behaviour.start_denied:
            raise AccessDenied("You may not call {operation}.", operation="ec2:StartInstances", code="AccessDenied")
        self.world.power_on(instance_id)
        self._answer_lost("ec2:StartInstances")

    async def os_shutdown(self, instance_id: InstanceId, *, restart: bool, delay_s: int) -> CommandId:
        target = await self._act("ssm:SendCommand", instance_id)
        if target is not None:
            self.world.later(delay_s, self._shut_down_inside, target, restart)
        self._answer_lost("ssm:SendCommand")
        return CommandId("c-1")

    def _shut_down_inside(self, instance_id: InstanceId, restart: bool) -> None:
        self.world.shut_down(instance_id, restart=restart, code="" if restart else "Client.InstanceInitiatedShutdown")

    async def command_status(self, command_id: CommandId, instance_id: InstanceId) -> str:
        return "Success"

    async def boot_time(self, instance_id: InstanceId) -> datetime | None:
        await self.world.answer("ssm:SendCommand boot time")
        await asyncio.sleep(0.3)
        machine = self.world.machines[instance_id]
        if self.world.behaviour.boot_time_fails or not machine.connected:
            return None
        return machine.boot_at


class FakePreferences(_Port):
    async def preferences(self) -> RecordingPreferences | None:
        await self.world.answer("ssm-guiconnect:GetConnectionRecordingPreferences")
        return self.world.preferences


class FakeObjects(_Port):
    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        await self.world.answer("s3:ListObjectsV2")
        if self.world.behaviour.listing_denied and self.world.connections:
            raise AccessDenied("You may not list {bucket}.", operation="s3:ListObjectsV2", bucket=bucket)
        return tuple(self.world.stored.values())

    async def head(self, bucket: str, key: str) -> RecordingObject:
        await self.world.answer("s3:HeadObject")
        return self.world.stored[key]

    async def download(self, item: RecordingObject, target: PurePath, progress: ProgressCallback) -> Downloaded:
        await self.world.answer("s3:GetObject")
        self.world.take_room()
        if self.world.behaviour.object_changes:
            raise ObjectChanged("{key} changed while it was read.", key=item.key)
        progress(item.size_bytes, item.size_bytes)
        self.world.by_path[str(target)] = item.key
        matched = None if item.size_bytes == 0 else not self.world.behaviour.object_swapped
        return Downloaded(target, hashlib.sha256(item.etag.encode()).hexdigest(), "CRC64NVME:x", matched)

    async def presigned_url(self, item: RecordingObject, *, expires_s: int = 3600) -> str:
        return f"http://127.0.0.1:1/{item.key}"

    def reader(self, item: RecordingObject) -> RangeReader:
        raise NotImplementedError("no test reads ranges from the fake")


class FakeAccess(_Port):
    async def request(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        await self.world.answer("ssm:StartAccessRequest")
        self._approved_from_s = self.world.clock.monotonic() + self.world.behaviour.approval_s
        return AccessRequestId("oi-1")

    async def status(self, request_id: AccessRequestId) -> str:
        await self.world.answer("ssm:GetAccessToken")
        decided = self.world.clock.monotonic() >= self._approved_from_s
        return self.world.behaviour.approval if decided else "Pending"


class FakeOpener(_Port):
    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        await self.world.answer(f"open {access_type}")
        self.world.open(instance_id, access_type)
        return OpenedConnection(ConnectionId("c-1"), "", by_person=False)

    async def close(self, connection: OpenedConnection) -> None:
        await self.world.answer("close")
        self.world.disconnect(TARGET)


class FakeFilms(_Port):
    async def inspect(self, path: PurePath) -> FilmFacts:
        facts = self.world.films[self.world.by_path[str(path)]]
        if facts is None:
            raise RecordingUnreadable("{path} is not a film.", path=path.name)
        return facts

    async def last_frame(self, path: PurePath, png: PurePath) -> Still:
        self.world.files[str(png)] = b"png"
        return Still(1.0, 1, 1, b"\0\0\0")


class FakeJournal:
    """Keeps the lines; fails as a full disk does after ``limit`` lines."""

    def __init__(self, lines: list[str], limit: int | None) -> None:
        self.lines = lines
        self.closed = False
        self._limit = limit

    def append(self, line: str) -> None:
        if self._limit is not None and len(self.lines) >= self._limit:
            raise StorageFull("The disk is full.")
        self.lines.append(line)

    def close(self) -> None:
        self.closed = True


class FakeAudit(_Port):
    async def denials(self, since: datetime) -> tuple[Denial, ...]:
        await self.world.answer("cloudtrail:LookupEvents")
        return tuple(denial for denial in self.world.denials if denial.at >= since)


class FakeFolders(_Port):
    def create(self, run_id: str) -> tuple[PurePath, FakeJournal]:
        lines = self.world.journals.setdefault(run_id, [])
        return PurePath("runs") / run_id, FakeJournal(lines, self.world.behaviour.disk_full_after_lines)

    def reopen(self, folder: PurePath) -> FakeJournal:
        return FakeJournal(self.world.journals[folder.name], None)

    def actions(self) -> tuple[FakeJournal, tuple[str, ...]]:
        lines = self.world.actions
        return FakeJournal(lines, self.world.behaviour.disk_full_after_lines), tuple(lines)

    def write_bytes(self, path: PurePath, data: bytes) -> None:
        self.world.files[str(path)] = data

    def journals(self) -> tuple[tuple[PurePath, tuple[str, ...] | StorageError], ...]:
        return tuple(
            (PurePath("runs") / name, self.world.unreadable.get(name, tuple(lines)))
            for name, lines in self.world.journals.items()
        )


QUICK = LAB_TIMING
"""The lab's pace; in virtual time every pace is quick."""
