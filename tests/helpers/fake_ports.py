"""The program's ports, answered by a simulated world; each call takes its time and can be made to fail."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from rdpgui.core.errors import (
    AccessDenied,
    NotFound,
    ObjectChanged,
    RecordingUnreadable,
    Refused,
    StorageFull,
    Unreachable,
)
from rdpgui.core.film import FilmFacts, Still
from rdpgui.core.ids import AccessRequestId, CommandId, ConnectionId, InstanceId, SessionId
from rdpgui.core.instance import (
    ConnectionStatus,
    GuestBoot,
    Instance,
    InstanceProtection,
    InstanceState,
    ManagedNode,
    PingStatus,
)
from rdpgui.core.kinds.kind import Ec2Call, GuestScript, InstanceOrder
from rdpgui.core.ports import Downloaded, Identity, JournalPen, OpenedConnection, Ports, ProgressCallback, RangeReader
from rdpgui.core.recording import Denial, RecordingObject, RecordingPreferences
from rdpgui.core.session import AccessType, Session
from tests.helpers.in_pages import HistoryInPages, InstancesInPages, ObjectsInPages
from tests.helpers.inline_pen import InlinePen
from tests.helpers.simulated_world import ACCOUNT, CALLER, OTHER, REGION, SimulatedWorld


def ports_of(world: SimulatedWorld) -> Ports:
    """Return every port of the program, answered by the world."""
    return Ports(
        clock=world.clock,
        identity=FakeIdentity(world),
        instances=FakeInstances(world),
        sessions=FakeSessions(world),
        disruptions=FakeDisruptions(world),
        preferences=FakePreferences(world),
        objects=FakeObjects(world),
        access=FakeAccess(world),
        opener=FakeOpener(world),
        films=FakeFilms(world),
        folders=FakeFolders(world),
        audit=FakeAudit(world),
    )


class _Port:
    def __init__(self, world: SimulatedWorld) -> None:
        self.world = world


class FakeIdentity(_Port):
    async def identity(self) -> Identity:
        await self.world.answer("sts:GetCallerIdentity")
        return Identity(
            ACCOUNT,
            CALLER,
            REGION,
            "",
            "http://127.0.0.1:1" if self.world.behaviour.lab else self.world.behaviour.endpoint_url,
            self.world.behaviour.lab,
        )

    async def clock_offset_s(self) -> tuple[float, float]:
        skew_s = self.world.behaviour.skew_s if self.world.behaviour.skew_known else 0.0
        return (skew_s - 0.05, skew_s + 0.05)


class FakeInstances(_Port, InstancesInPages):
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


class FakeSessions(_Port, HistoryInPages):
    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        await self.world.answer(f"ssm:DescribeSessions {'Active' if active else 'History'}")
        now = self.world.clock.true_now()
        found = []
        for connection in self.world.connections:
            session = connection.session
            listed = session.active if active else connection.listed_at is not None and connection.listed_at <= now
            if listed and target in (None, session.target) and (since is None or session.started_at > since):
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
        if self.world.behaviour.answer_error is not None:
            raise self.world.behaviour.answer_error

    async def rehearse(self, order: Ec2Call, instance_id: InstanceId) -> bool | None:
        await self.world.answer(f"DryRun {order.action}")
        if self.world.behaviour.rehearsal_error is not None:
            raise self.world.behaviour.rehearsal_error
        return self.world.behaviour.rehearsal

    async def perform(self, order: InstanceOrder, instance_id: InstanceId) -> CommandId | None:
        target = await self._act(order.action, instance_id)
        script = isinstance(order, GuestScript)
        if target is not None and isinstance(order, GuestScript):
            self._run(order, target)
        elif target is not None and isinstance(order, Ec2Call):
            restart = order.operation in ("RebootInstances", "SendDiagnosticInterrupt")
            if "Hibernate" in order.options:
                self.world.hibernate(target, "Client.UserInitiatedHibernate")
            else:
                code = "" if restart else "Client.UserInitiatedShutdown"
                words = "SkipOsShutdown" not in order.options
                self.world.shut_down(target, restart=restart, code=code, words=words)
        self._answer_lost(order.action)
        return CommandId("c-1") if script else None

    def _run(self, script: GuestScript, target: InstanceId) -> None:
        stop = re.search(r"Start-Sleep -Seconds (\d+); Stop-Service -Name AmazonSSMAgent", script.lines[0])
        if stop is not None:
            self.world.later(int(stop[1]), self.world.stop_agent, target)
            return
        found = re.search(r"shutdown\.exe (/[rs]) /t (\d+)", script.lines[0])
        assert found is not None, script
        self.world.later(int(found[2]), self._shut_down_inside, target, found[1] == "/r")

    async def start(self, instance_id: InstanceId) -> None:
        await self.world.answer(f"ec2:StartInstances {instance_id}")
        if self.world.behaviour.on_action is not None:
            self.world.behaviour.on_action()
        if self.world.behaviour.start_denied:
            raise AccessDenied("You may not call {operation}.", operation="ec2:StartInstances", code="AccessDenied")
        self.world.power_on(instance_id)
        self._answer_lost("ec2:StartInstances")

    def _shut_down_inside(self, instance_id: InstanceId, restart: bool) -> None:
        self.world.shut_down(instance_id, restart=restart, code="" if restart else "Client.InstanceInitiatedShutdown")

    async def last_boot(self, instance_id: InstanceId) -> GuestBoot | None:
        await self.world.answer("ssm:SendCommand boot time")
        await asyncio.sleep(0.3)
        machine = self.world.machines[instance_id]
        if self.world.behaviour.boot_time_fails or not machine.connected:
            return None
        uptime_s = float(int((self.world.clock.true_now() - machine.boot_at).total_seconds()))
        return GuestBoot(machine.boot_at, uptime_s)


class FakePreferences(_Port):
    async def preferences(self) -> RecordingPreferences | None:
        await self.world.answer("ssm-guiconnect:GetConnectionRecordingPreferences")
        return self.world.preferences


class FakeObjects(_Port, ObjectsInPages):
    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        await self.world.answer("s3:ListObjectsV2")
        if self.world.behaviour.listing_denied and self.world.connections:
            raise AccessDenied("You may not list {bucket}.", operation="s3:ListObjectsV2", bucket=bucket)
        return tuple(self.world.stored.values())

    async def head(self, bucket: str, key: str) -> RecordingObject:
        await self.world.answer("s3:HeadObject")
        return self.world.stored[key]

    async def default_key(self, bucket: str) -> str:
        await self.world.answer("s3:GetBucketEncryption")
        return self.world.behaviour.bucket_key

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
        return OpenedConnection(ConnectionId(f"c-{len(self.world.opened)}"), "", by_person=False)

    async def close(self, connection: OpenedConnection) -> None:
        await self.world.answer("close")
        self.world.give_up(int(connection.connection_id.removeprefix("c-")))


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

    def append(self, *lines: str) -> None:
        if self._limit is not None and len(self.lines) + len(lines) > self._limit:
            raise StorageFull("The disk is full.")
        self.lines.extend(lines)

    def close(self) -> None:
        self.closed = True


class FakeAudit(_Port):
    async def connections(self, instance_id: InstanceId, since: datetime) -> tuple[datetime, ...]:
        await self.world.answer("cloudtrail:LookupEvents")
        own = [c for c in self.world.connections if c.instance_id == instance_id and not c.tunnel]
        return tuple(c.session.started_at for c in reversed(own) if c.session.started_at >= since)

    async def denials(self, since: datetime) -> tuple[Denial, ...]:
        await self.world.answer("cloudtrail:LookupEvents")
        return tuple(denial for denial in self.world.denials if denial.at >= since)


class FakeFolders(_Port):
    def __init__(self, world: SimulatedWorld) -> None:
        super().__init__(world)
        self.pen: JournalPen = InlinePen()

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

    def read_bytes(self, path: PurePath) -> bytes | None:
        return self.world.files.get(str(path))

    def write_steps(self, path: PurePath, steps: Iterable[bytes]) -> str:
        self.world.files[str(path)] = data = b"".join(steps)
        return hashlib.sha256(data).hexdigest()

    def folder_of(self, run_id: str) -> PurePath:
        return PurePath("runs") / run_id

    def lines(self, folder: PurePath) -> tuple[str, ...]:
        return tuple(self.world.journals[folder.name])
