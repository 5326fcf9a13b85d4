"""The program's ports, answered by a living world: each read shows what its service would have shown then."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from rdpgui.core.errors import NotFound, RecordingUnreadable, Refused, Unreachable
from rdpgui.core.film import FilmFacts, Still
from rdpgui.core.ids import AccessRequestId, AccountId, CommandId, ConnectionId, InstanceId, Region, SessionId
from rdpgui.core.instance import (
    ConnectionStatus,
    GuestBoot,
    Instance,
    InstanceProtection,
    ManagedNode,
    PingStatus,
)
from rdpgui.core.kinds.kind import Ec2Call, GuestScript, InstanceOrder
from rdpgui.core.ports import Downloaded, Identity, OpenedConnection, Ports, ProgressCallback, RangeReader
from rdpgui.core.recording import Denial, RecordingObject, RecordingPreferences
from rdpgui.core.session import AccessType, Session
from tests.helpers.in_pages import HistoryInPages, InstancesInPages, ObjectsInPages
from tests.helpers.inline_pen import InlinePen
from tests.hostile.film_facts import facts_of, object_of, wall, whole
from tests.hostile.history import BUCKET, TARGET_ID, Life, Stored
from tests.hostile.living import Living, TrueClock, error_of
from tests.hostile.moments import NEVER
from tests.hostile.sightings import CALLER, Seen, reason_of, session_of
from tests.hostile.surroundings import ACCOUNT, DENIAL_TOLD_S, PREFERENCES
from tests.hostile.world import Answer, LooseKind, Port, Put, Topic

REGION = Region("us-east-1")
CHANGED = RecordingPreferences("recordings-new", ACCOUNT, PREFERENCES.kms_key_arn)


def ports_in(living: Living, folders: Folders, born_s: float) -> Ports:
    """Return every port of the program, in one life of it."""
    return Ports(
        clock=TrueClock(living, born_s),
        identity=_Identities(living),
        instances=_Instances(living),
        sessions=_Sessions(living),
        disruptions=_Disruptions(living),
        preferences=_Preferences(living),
        objects=_Objects(living, folders),
        access=_Access(living),
        opener=_Opener(living),
        films=_Films(living, folders),
        folders=folders,
        audit=_Audit(living),
    )


class _Port:
    def __init__(self, living: Living) -> None:
        self.living = living


class _Identities(_Port):
    async def identity(self) -> Identity:
        lab = self.living.world.plan.lab
        return Identity(AccountId(ACCOUNT), CALLER, REGION, "", "", lab)

    async def clock_offset_s(self) -> tuple[float, float]:
        error_s = self.living.world.reads.offset_error_s
        if error_s is None:
            raise Unreachable("{operation} got no answer.", operation="sts:GetCallerIdentity")
        off_s = (self.living.local() - wall(self.living.true_s())).total_seconds()
        return off_s - error_s, off_s + error_s


class _Instances(_Port, InstancesInPages):
    async def instances(self) -> tuple[Instance, ...]:
        return (await self.instance(InstanceId(TARGET_ID)),)

    async def instance(self, instance_id: InstanceId) -> Instance:
        living = self.living
        early = living.anchors.connected_s == NEVER
        await (asyncio.sleep(0.1) if early else living.read(Topic.INSTANCE, "ec2:DescribeInstances"))
        state = living.history.state(living.true_s() - living.world.reads.instance_lag_s)
        tags = (("rdpgui:disruptable", "true"),)
        return Instance(
            instance_id,
            "win",
            state.state,
            state.code,
            reason_of(state),
            platform="windows",
            tags=tags,
            hibernation=True,
        )

    async def nodes(self) -> tuple[ManagedNode, ...]:
        return (ManagedNode(InstanceId(TARGET_ID), PingStatus.ONLINE),)

    async def connection_status(self, instance_id: InstanceId) -> ConnectionStatus:
        living = self.living
        await living.read(Topic.CONNECTION, "ssm:GetConnectionStatus")
        there = living.history.connected(living.true_s() - living.world.reads.connection_lag_s)
        return ConnectionStatus.CONNECTED if there else ConnectionStatus.NOT_CONNECTED

    async def protection(self, instance_id: InstanceId) -> InstanceProtection:
        return InstanceProtection("stop", False)

    async def screenshot(self, instance_id: InstanceId) -> bytes:
        raise Refused("{operation} was refused.", operation="ec2:GetConsoleScreenshot")


class _Sessions(_Port, HistoryInPages):
    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        living = self.living
        await living.read(Topic.SESSION, "ssm:DescribeSessions")
        now_s = living.true_s()
        if active and target is not None and living.answers_nothing():
            return ()
        seen = Seen(living.history)
        lives = [life for life in self._lives(now_s) if self._listed(life, now_s, active)]
        found = [session_of(seen, life, over=not active) for life in lives]
        return tuple(s for s in found if target in (None, s.target) and (since is None or s.started_at >= since))

    def _lives(self, now_s: float) -> list[Life]:
        history = self.living.history
        return [life for life in (history.own, *history.others) if life.start_s <= now_s]

    def _listed(self, life: Life, now_s: float, active: bool) -> bool:
        late = life.name == "tester" or not self.living.world.plan.lab
        listed_s = life.left_s + (self.living.world.service.history_s if late else 0.0)
        return now_s < life.left_s if active else now_s >= listed_s

    async def terminate(self, session_id: SessionId) -> None:
        await _call(self.living, "ssm:TerminateSession")


async def _call(living: Living, operation: str) -> None:
    """The order: it takes effect or not, and is answered as drawn."""
    order = living.world.order
    living.begin_disruption()
    await asyncio.sleep(order.call_s)
    match order.answer:
        case Answer.LOST:
            raise Unreachable("{operation} got no answer.", operation=operation)
        case Answer.REFUSED | Answer.ERROR_DONE:
            raise error_of(order.error, operation)
        case Answer.ACCEPTED | Answer.IGNORED:
            return


class _Disruptions(_Port):
    async def rehearse(self, order: Ec2Call, instance_id: InstanceId) -> bool | None:
        return True

    async def perform(self, order: InstanceOrder, instance_id: InstanceId) -> CommandId | None:
        await _call(self.living, order.action)
        return CommandId("c-1") if isinstance(order, GuestScript) else None

    async def start(self, instance_id: InstanceId) -> None:
        raise NotFound("{operation}: nobody starts it in this world.", operation="ec2:StartInstances")

    async def last_boot(self, instance_id: InstanceId) -> GuestBoot | None:
        living = self.living
        await living.read(Topic.BOOT, "ssm:SendCommand")
        await asyncio.sleep(1.0)
        history, now_s = living.history, living.true_s()
        if not history.connected(now_s):
            return None
        guest_s = living.world.machine.guest.reading(now_s, history.anchors)
        up_s = now_s - history.boot(now_s)
        return GuestBoot(wall(guest_s - up_s), float(int(up_s)) if living.world.reads.uptime else None)


class _Preferences(_Port):
    async def preferences(self) -> RecordingPreferences | None:
        living = self.living
        if living.anchors.order_s == NEVER:
            return PREFERENCES
        await living.read(Topic.PREFERENCES, "ssm-guiconnect:GetConnectionRecordingPreferences")
        return CHANGED if living.world.film.put is Put.ELSEWHERE else PREFERENCES


class _Objects(_Port, ObjectsInPages):
    def __init__(self, living: Living, folders: Folders) -> None:
        super().__init__(living)
        self._folders = folders

    def _stored(self) -> dict[str, Stored]:
        now_s = self.living.true_s()
        there = [item for item in self.living.history.objects if item.put_s <= now_s and item.bucket == BUCKET]
        return {item.key: item for item in sorted(there, key=_put)}

    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        living = self.living
        if living.anchors.connected_s < NEVER:
            living.asked_s = living.true_s()
            await living.read(Topic.LISTING, "s3:ListObjectsV2")
        older = [
            RecordingObject(BUCKET, f"older-{number}", 10, "e", wall(-5000.0))
            for number, item in enumerate(living.world.loose)
            if item.kind is LooseKind.OLDER
        ]
        return (*older, *(object_of(item) for item in self._stored().values()))

    async def head(self, bucket: str, key: str) -> RecordingObject:
        await self.living.read(Topic.HEAD, "s3:HeadObject")
        return object_of(self._stored()[key])

    async def default_key(self, bucket: str) -> str:
        return PREFERENCES.kms_key_arn

    async def download(self, item: RecordingObject, target: PurePath, progress: ProgressCallback) -> Downloaded:
        await self.living.read(Topic.HEAD, "s3:GetObject")
        stored = self._stored()[item.key]
        self._folders.saved[str(target)] = item.key
        matched = stored.film.spec.checksum if stored.film is not None else True
        return Downloaded(target, hashlib.sha256(item.key.encode()).hexdigest(), "CRC64NVME:x", matched)

    async def presigned_url(self, item: RecordingObject, *, expires_s: int = 3600) -> str:
        return ""

    def reader(self, item: RecordingObject) -> RangeReader:
        raise NotImplementedError("no run reads ranges")


def _put(item: Stored) -> float:
    return item.put_s


class _Access(_Port):
    async def request(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        return AccessRequestId("oi-1")

    async def status(self, request_id: AccessRequestId) -> str:
        return "Approved"


class _Opener(_Port):
    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        self.living.connect()
        if not self.living.world.plan.lab:
            return OpenedConnection(ConnectionId("c-1"), "", by_person=True)
        session_id = SessionId(self.living.history.own.session_id)
        return OpenedConnection(ConnectionId("c-1"), "", by_person=False, session_id=session_id)

    async def close(self, connection: OpenedConnection) -> None:
        self.living.begin_disruption()


class _Films(_Port):
    def __init__(self, living: Living, folders: Folders) -> None:
        super().__init__(living)
        self._folders = folders

    async def inspect(self, path: PurePath) -> FilmFacts:
        stored = self._stored(path)
        facts = facts_of(stored, self.living.history)
        if facts is None:
            raise RecordingUnreadable("{path} is not a film.", path=path.name)
        return facts

    async def last_frame(self, path: PurePath, png: PurePath) -> Still:
        film = self._stored(path).film
        if film is None or film.spec.undecodable:
            raise RecordingUnreadable("{path} has no last frame.", path=path.name)
        return Still(1.0, 1, 1, b"\0\0\0")

    def _stored(self, path: PurePath) -> Stored:
        key = self._folders.saved[str(path)]
        now_s = self.living.true_s()
        there = [item for item in self.living.history.objects if item.key == key and item.put_s <= now_s]
        return max(there, key=_put)


class _Audit(_Port):
    async def connections(self, instance_id: InstanceId, since: datetime) -> tuple[datetime, ...]:
        own = self.living.history.own
        return (whole(wall(own.start_s)),) if own.port is Port.GUI else ()

    async def denials(self, since: datetime) -> tuple[Denial, ...]:
        film, own = self.living.world.film, self.living.history.own
        refused_s = own.end_s + film.processing_s
        if not film.refused or refused_s + DENIAL_TOLD_S > self.living.true_s():
            return ()
        at = whole(wall(refused_s))
        return (Denial(at, "kms:GenerateDataKey", PREFERENCES.kms_key_arn, "DisabledException", "is disabled"),)


class Journal:
    """Keeps its lines, across lives of the program."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def append(self, *lines: str) -> None:
        self.lines.extend(lines)

    def close(self) -> None:
        """Nothing to close."""


class Folders:
    """One run's folder, kept across lives of the program. ``saved``: which object lies under which path."""

    def __init__(self) -> None:
        self.journal: list[str] = []
        self.saved: dict[str, str] = {}
        self.pen = InlinePen()
        self.objects: bytes | None = None

    def create(self, run_id: str) -> tuple[PurePath, Journal]:
        return PurePath("runs") / run_id, Journal(self.journal)

    def reopen(self, folder: PurePath) -> Journal:
        return Journal(self.journal)

    def actions(self) -> tuple[Journal, tuple[str, ...]]:
        return Journal([]), ()

    def write_bytes(self, path: PurePath, data: bytes) -> None:
        """Nobody reads them."""

    def read_bytes(self, path: PurePath) -> bytes | None:
        return self.objects

    def write_steps(self, path: PurePath, steps: Iterable[bytes]) -> str:
        self.objects = b"".join(steps)
        return hashlib.sha256(self.objects).hexdigest()

    def folder_of(self, run_id: str) -> PurePath:
        return PurePath("runs") / run_id

    def lines(self, folder: PurePath) -> tuple[str, ...]:
        return tuple(self.journal)
