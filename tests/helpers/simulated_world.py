"""One small simulated world: instances, sessions and recordings that follow the loop's time, and how they misbehave."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rdpgui.core.errors import AwsError, StorageFull
from rdpgui.core.film import EndClass, EndText, FilmFacts, Span, TailClass, TailMetrics
from rdpgui.core.ids import AccountId, InstanceId, Region, SessionId
from rdpgui.core.instance import Instance, InstanceProtection, InstanceState
from rdpgui.core.recording import Denial, RecordingObject, RecordingPreferences
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, Session, SessionStatus
from tests.helpers.virtual_time import EPOCH, FakeClock

ACCOUNT = AccountId("111122223333")
REGION = Region("us-east-1")
TARGET = InstanceId("i-0aaaaaaaaaaaaaaaa")
OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")
CALLER = "arn:aws:iam::111122223333:user/lab-admin"
TOKEN_CALLER = "arn:aws:sts::111122223333:assumed-role/SSM-JustInTimeAccessTokenRole/lab-admin"
BUCKET = "recordings"
PREFERENCES = RecordingPreferences(BUCKET, ACCOUNT, "arn:aws:kms:us-east-1:111122223333:key/k")
TAIL_SHUTDOWN = TailMetrics(TailClass.SOLID_TEXT, 60.0, 20.0, 0.9, 0.02)
TAIL_CONTENT = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)


@dataclass
class Behaviour:
    """How the world behaves; every default is the good case. Times are seconds."""

    endpoint_url: str = ""
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
    answer_error: AwsError | None = None
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
    bucket_key: str = ""
    key_names: bool = True
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
    shutdown_read: bool = False
    tunnel: bool = False


@dataclass
class Machine:
    """One instance."""

    item: Instance
    boot_at: datetime
    connected: bool = True


@dataclass
class SimulatedWorld:
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
                hibernation=True,
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
        self.opened: list[InstanceId] = []
        self.given_up: set[int] = set()

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
        self.opened.append(instance_id)
        if self.behaviour.never_connects:
            return
        self.later(self.behaviour.connect_s, self._connected, instance_id, access, len(self.opened))

    def give_up(self, number: int) -> None:
        """Close what was opened as the nth, also when it is not there yet."""
        self.given_up.add(number)
        self.disconnect(self.opened[number - 1])

    def _connected(self, instance_id: InstanceId, access: AccessType, opened: int = 0) -> None:
        if opened in self.given_up:
            return
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
            CALLER if access is AccessType.STANDARD else TOKEN_CALLER,
            access_type=access,
        )
        film_from_at = now + timedelta(seconds=self.behaviour.film_delay_s)
        self.connections.append(Connection(session, instance_id, film_from_at))

    def stated(self, at: datetime) -> datetime:
        return at.replace(microsecond=0) if self.behaviour.whole_seconds else at

    def shut_down(self, instance_id: InstanceId, *, restart: bool, code: str, words: bool = True) -> None:
        """The guest shows its shutdown screen, with its words, ends the remote desktop, and goes off."""
        if not restart:
            self.set_state(instance_id, InstanceState.STOPPING, code)
        behaviour = self.behaviour
        self.later(behaviour.shutdown_screen_s, self._desktop_closed, instance_id, True, words)
        off_s = behaviour.shutdown_screen_s + behaviour.off_after_desktop_s
        self.later(off_s, self._off, instance_id, restart, code)

    def hibernate(self, instance_id: InstanceId, code: str) -> None:
        """The desktop goes without a screen of its own, and the machine goes off."""
        self.set_state(instance_id, InstanceState.STOPPING, code)
        self.later(0.9, self._desktop_closed, instance_id, False)
        self.later(0.9 + self.behaviour.off_after_desktop_s, self._off, instance_id, False, code)

    def stop_agent(self, instance_id: InstanceId) -> None:
        """The agent is away for a while, and every session over it ends; the machine lives."""
        self._desktop_closed(instance_id, False)
        self.machines[instance_id].connected = False
        self.later(3.0, self._agent_back, instance_id)

    def _agent_back(self, instance_id: InstanceId) -> None:
        self.machines[instance_id].connected = True

    def disconnect(self, instance_id: InstanceId) -> None:
        self._desktop_closed(instance_id, False)

    def _desktop_closed(self, instance_id: InstanceId, shutdown_seen: bool, words: bool = True) -> None:
        for connection in self.connections:
            if connection.instance_id == instance_id and connection.ended_at is None:
                connection.shutdown_read = words
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
        named = not behaviour.object_rival and behaviour.key_names
        key = f"{connection.session.session_id}.bin" if named else f"{connection.ended_at:%H%M%S}.bin"
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
        shown = connection.shutdown_seen and not behaviour.frozen_s
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
            tail=TAIL_SHUTDOWN if shown else TAIL_CONTENT,
            end_texts=(EndText(max(0.0, length_s - 1.0), length_s, EndClass.SHUTDOWN, "Shutting down", "en", 9),)
            if shown and connection.shutdown_read
            else (),
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
