"""Remote-desktop connections: opened through a broker each, ended by the guest, by a person, or by the service.

The broker is the service side: it outlives the guest. Two scenarios put it on
the instance instead (the counterfactual); it then dies with the guest.
"""

from __future__ import annotations

import base64
import logging
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import (
    AccessType,
    ConnectionRecord,
    LabError,
    Preferences,
    RecordingStage,
    SessionRecord,
    SessionStatus,
)
from rdpgui.lab.scenario import GrantMissing, RecorderPlace
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.children import Child, ChildKind, Message
from rdpgui.lab.world.context import ADMIN, Context, moment, secret_word, whole
from rdpgui.lab.world.destination import Destination
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.jit import TOKEN_ROLE, AccessRequests
from rdpgui.lab.world.recordings import Recording, Recordings
from rdpgui.lab.world.sessions import PORT_DOCUMENT, Sessions
from rdpgui.lab.world.signals import GuestEnd, Listener
from rdpgui.lab.world.trail import GUICONNECT, Act, Place, person_event

_log = logging.getLogger(__name__)
_SAVE_EVERY_S = 0.5
_FREEZE_AFTER_S = 1.0
_FREEZE_S = 30.0
_DISK_LIMIT_BYTES = 120_000
_SAME_DOWN = timedelta(seconds=10)
TRUTH = ("first_frame_at", "last_frame_at", "desktop_closed_at", "cut_at", "connection_ended_at", "put_at")


@dataclass(slots=True, eq=False)
class Connection:
    """One connection.

    Attributes:
        child: the broker (or the finaliser after it), while it lives.
        wanted_reason: why the service itself ended it; goes before what the broker says.
        on_disk: (when, size) of the film's segments, for the recorder that loses its tail.
        awaits_boot: the film is on the instance's disk until its next boot.
        salvaged: a finaliser was started for it.
    """

    connection_id: str
    session: SessionRecord
    opened_at: datetime
    work_dir: Path
    viewer_password: str
    recording: Recording | None = None
    child: Child | None = None
    viewer_port: int = 0
    shown: bool = False
    stalled: bool = False
    ended_at: datetime | None = None
    end_reason: str = ""
    wanted_reason: str = ""
    awaits_boot: bool = False
    salvaged: bool = False
    truth: dict[str, datetime | None] = field(default_factory=lambda: dict.fromkeys(TRUTH))
    on_disk: deque[tuple[datetime, int]] = field(default_factory=lambda: deque(maxlen=600))

    @property
    def instance_id(self) -> str:
        """The connected instance."""
        return self.session.target


class Connections(Listener):
    """All connections.

    Args:
        context: shared things.
        guests: where the desktops are.
        agents: the tunnel needs one.
        sessions: each connection is a session.
        requests: just-in-time access.
        preferences: returns the recording preferences of now.
    """

    def __init__(
        self,
        context: Context,
        guests: Guests,
        agents: Agents,
        sessions: Sessions,
        requests: AccessRequests,
        preferences: Callable[[], Preferences | None],
    ) -> None:
        self._context = context
        self._guests = guests
        self._agents = agents
        self._sessions = sessions
        self._requests = requests
        self._preferences = preferences
        self._destination = Destination(context)
        self._recordings = Recordings(context, self._destination)
        self._connections: dict[str, Connection] = {}
        self._place = context.scenario.recording.place

    def open(self, instance_id: str, access_type: AccessType, access_request_id: str, reason: str) -> Connection:
        """Open a connection; its broker starts at once, the first frame comes a moment later.

        Raises:
            LabError: TargetNotConnected, AccessDeniedException, ServiceQuotaExceededException.
        """
        context = self._context
        with context.lock:
            self._require_possible(instance_id, access_type, access_request_id)
            connection_id = str(uuid.uuid4())
            owner = self._owner(access_type)
            recording = self._recording(connection_id, instance_id, access_type, owner)
            session = self._sessions.open(instance_id, PORT_DOCUMENT, owner, reason, access_type, remote_desktop=True)
            connection = Connection(
                connection_id=connection_id,
                session=session,
                opened_at=session.started_at,
                work_dir=self._folder(connection_id),
                viewer_password=secret_word(),
                recording=recording,
            )
            self._connections[connection_id] = connection
            self._announce(connection)
            self._start_broker(connection)
            return connection

    def close(self, connection_id: str) -> Connection:
        """End a connection normally; nothing happens when it is over. Raises ResourceNotFoundException."""
        with self._context.lock:
            connection = self.get(connection_id)
            if connection.ended_at is None and connection.child is not None:
                connection.child.send({"do": "close"})
                self._write(connection, "CancelConnection", {"ConnectionId": connection_id}, None)
            return connection

    def close_session(self, session_id: str) -> bool:
        """End the connection behind a session; False when the session is none of ours."""
        with self._context.lock:
            for connection in self._connections.values():
                if connection.session.session_id == session_id:
                    self._end_by_service(connection, "closed")
                    return True
            return False

    def kill_broker(self, connection_id: str) -> None:
        """SIGKILL the broker."""
        with self._context.lock:
            child = self.get(connection_id).child
            if child is None:
                raise LabError("ResourceNotFoundException", f"Connection {connection_id} has no broker any more.")
            child.kill()

    def get(self, connection_id: str) -> Connection:
        """Return a connection. Raises LabError ResourceNotFoundException."""
        connection = self._connections.get(connection_id)
        if connection is None:
            raise LabError("ResourceNotFoundException", f"Connection {connection_id} does not exist.", 404)
        return connection

    def all(self) -> list[Connection]:
        """Return all connections, newest first."""
        with self._context.lock:
            return list(self._connections.values())[::-1]

    def active_on(self, instance_id: str) -> list[Connection]:
        """Return the connections to an instance that are not over."""
        return [c for c in self._connections.values() if c.instance_id == instance_id and c.ended_at is None]

    def children(self) -> list[Child]:
        """Return all living brokers."""
        return [c.child for c in self._connections.values() if c.child is not None]

    # -- signals ------------------------------------------------------------

    def desktop_closed(self, instance_id: str, at: datetime) -> None:
        """Note the truth; a recorder on the instance ends here."""
        self._mark(instance_id, "desktop_closed_at", at)
        self._lose_recorders(instance_id, at)

    def guest_ended(self, instance_id: str, end: GuestEnd) -> None:
        """Note the truth; a recorder on the instance ends here at the latest."""
        self._mark(instance_id, "cut_at", end.at)
        self._lose_recorders(instance_id, end.at)

    def guest_ready(self, instance_id: str) -> None:
        """An instance that keeps its films uploads them at its next boot."""
        for connection in list(self._connections.values()):
            if connection.instance_id == instance_id and connection.awaits_boot:
                connection.awaits_boot = False
                self._drop_tail(connection)
                self._salvage(connection)

    def agent_lost(self, instance_id: str, at: datetime) -> None:
        """The tunnel is cut while the guest lives on (its agent was stopped)."""
        if self._guests.ready(instance_id):
            for connection in self.active_on(instance_id):
                self._end_by_service(connection, "connection-lost")

    # -- opening ------------------------------------------------------------

    def _require_possible(self, instance_id: str, access_type: AccessType, access_request_id: str) -> None:
        if access_type is AccessType.JUST_IN_TIME:
            self._requests.require_approved(access_request_id, instance_id)
        guest = self._guests.guest(instance_id)
        if guest is None or not guest.ready or not self._agents.reachable(instance_id):
            raise LabError("TargetNotConnected", f"{instance_id} is not connected.")
        limit = self._context.scenario.recording.max_connections
        if sum(c.ended_at is None for c in self._connections.values()) >= limit:
            raise LabError("ServiceQuotaExceededException", f"There are already {limit} connections.", 402)

    def _owner(self, access_type: AccessType) -> str:
        if access_type is AccessType.JUST_IN_TIME:
            return f"arn:aws:sts::{self._context.seam.account_id}:assumed-role/{TOKEN_ROLE}/{ADMIN}"
        return self._context.admin_arn

    def _recording(self, connection_id: str, instance_id: str, access_type: AccessType, owner: str) -> Recording | None:
        """Return the recording to be made, None when the connection is not recorded."""
        preferences = self._preferences()
        if preferences is None:
            return None
        try:
            grant = self._destination.grant(preferences, connection_id, access_type, owner)
        except LabError:
            if self._context.scenario.variants.grant_missing is GrantMissing.REFUSE:
                raise
            _log.info("connection %s is not recorded: its key cannot be granted", connection_id)
            return None
        return Recording(connection_id, instance_id, preferences, grant, self._folder(connection_id))

    def _folder(self, connection_id: str) -> Path:
        folder = self._context.state_dir / "connections" / connection_id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _announce(self, connection: Connection) -> None:
        """Write the two events that CloudTrail shows for a connection."""
        account, region = self._context.seam.account_id, self._context.seam.region
        self._write(
            connection,
            "StartConnection",
            {
                "AuthType": "Credentials",
                "Protocol": "RDP",
                "ConnectionType": "SessionManager",
                "InstanceId": connection.instance_id,
            },
            {
                "ConnectionArn": f"arn:aws:ssm-guiconnect:{region}:{account}:connection/{connection.connection_id}",
                "ConnectionKey": str(uuid.uuid4()),
                "ClientToken": str(uuid.uuid4()),
                "requestId": str(uuid.uuid4()),
            },
        )
        act = Act(
            "StartSession",
            "ssm.amazonaws.com",
            {
                "target": connection.instance_id,
                "documentName": PORT_DOCUMENT,
                "parameters": {"portNumber": ["3389"]},
            },
            {
                "sessionId": connection.session.session_id,
                "tokenValue": "Value hidden due to security reasons.",
                "streamUrl": f"wss://ssmmessages.{region}.amazonaws.com/v1/data-channel/{connection.session.session_id}",
            },
        )
        event = person_event(
            act, connection.opened_at, Place(account, region), connection.session.owner, through_service=True
        )
        self._context.trail.append(event)

    def _write(
        self, connection: Connection, name: str, parameters: dict[str, object], answer: dict[str, object] | None
    ) -> None:
        """Write a GUI Connect event of the connection's owner."""
        place = Place(self._context.seam.account_id, self._context.seam.region)
        act = Act(name, GUICONNECT, parameters, answer)
        at = self._context.timeline.now()
        self._context.trail.append(person_event(act, at, place, connection.session.owner, through_service=False))

    # -- brokers ------------------------------------------------------------

    def _start_broker(self, connection: Connection) -> None:
        guest = self._guests.guest(connection.instance_id)
        recording = connection.recording
        key = recording.grant.data_key if recording is not None else b""
        full = self._context.faults.take(FaultKind.DISK_FULL, connection.instance_id) if recording else None
        config = self._configuration(connection, key)
        config["source"] = {
            "url": f"rfb://127.0.0.1:{guest.rfb_port if guest is not None else 0}",
            "password": guest.rfb_password if guest is not None else "",
        }
        config["disk_limit_bytes"] = _DISK_LIMIT_BYTES if full is not None else None
        self._spawn(connection, config)

    def _configuration(self, connection: Connection, key: bytes) -> dict[str, object]:
        """Return the broker's first line without its source. Source: resources/docs/lab.md."""
        rules = self._context.scenario.recording
        return {
            "connection_id": connection.connection_id,
            "session_id": connection.session.session_id,
            "instance_id": connection.instance_id,
            "source": {"url": "", "password": ""},
            "work_dir": str(connection.work_dir),
            "record": connection.recording is not None,
            "data_key_b64": base64.b64encode(key).decode(),
            "fps": rules.fps,
            "stall_after_s": rules.stall_after_s,
            "viewer_password": connection.viewer_password,
            "disk_limit_bytes": None,
            "finalise_only": False,
        }

    def _spawn(self, connection: Connection, config: dict[str, object]) -> None:
        context = self._context
        if context.closing.is_set():
            return
        try:
            connection.child = context.spawner.spawn(
                ChildKind.BROKER,
                f"broker-{connection.connection_id}",
                config,
                partial(self._on_event, connection),
                partial(self._on_exit, connection),
            )
        except OSError as error:
            _log.exception("broker of %s cannot be started", connection.connection_id)
            now = context.timeline.now()
            self._over(connection, now, "source-unreachable")
            if connection.recording is not None:
                self._recordings.failed(connection.recording, f"the recorder cannot be started: {error}")

    def _on_event(self, connection: Connection, message: Message) -> None:
        """Note what a broker says. Called in its reader thread."""
        now = self._context.timeline.now()
        with self._context.lock:
            match message["event"]:
                case "viewer":
                    connection.viewer_port = whole(message, "port")
                case "connected":
                    connection.shown = True
                    self._sessions.connected(connection.session.session_id)
                case "recording":
                    self._film_begun(connection, moment(message, "at_ms", now))
                case "stalled" | "resumed" as word:
                    connection.stalled = word == "stalled"
                case "ended":
                    connection.truth["last_frame_at"] = moment(message, "last_frame_at_ms", now)
                    self._over(connection, moment(message, "at_ms", now), str(message.get("reason", "")))
                case "processed":
                    self._film_made(connection, message)
                case "failed":
                    if connection.recording is not None:
                        self._recordings.failed(connection.recording, str(message.get("reason", "")))
                case event:
                    _log.debug("broker of %s: %s", connection.connection_id, event)

    def _on_exit(self, connection: Connection, status: int) -> None:
        """A broker is gone; what it left behind is finished by another one."""
        with self._context.lock:
            connection.child = None
            if self._context.closing.is_set():
                return
            self._over(connection, self._context.timeline.now(), "recorder-killed")
            recording = connection.recording
            if recording is None or recording.final or recording.film is not None or connection.awaits_boot:
                return
            if connection.salvaged:
                self._recordings.failed(recording, f"the finaliser ended with status {status}")
            else:
                self._salvage(connection)

    def _film_begun(self, connection: Connection, at: datetime) -> None:
        context = self._context
        connection.truth["first_frame_at"] = at
        if connection.recording is None:
            return
        self._recordings.begun(connection.recording)
        if self._place is RecorderPlace.INSTANCE_PARTIAL:
            self._note_size(connection)
        frozen = context.faults.take(FaultKind.SOURCE_FROZEN, connection.instance_id)
        if frozen is not None:
            message: Message = {"do": "freeze", "seconds": frozen.seconds or _FREEZE_S}
            call = partial(self._freeze, connection.instance_id, message)
            context.timeline.after(_FREEZE_AFTER_S, call, f"freeze of {connection.instance_id}")

    def _freeze(self, instance_id: str, message: Message) -> None:
        self._guests.send(instance_id, message)

    def _over(self, connection: Connection, at: datetime, reason: str) -> None:
        """The connection has ended, once."""
        if connection.ended_at is not None:
            return
        connection.ended_at = connection.truth["connection_ended_at"] = at
        connection.end_reason = connection.wanted_reason or reason
        connection.stalled = False
        status = SessionStatus.TERMINATED if connection.shown else SessionStatus.FAILED
        self._sessions.end(connection.session.session_id, at, status)
        if connection.recording is not None:
            self._recordings.over(connection.recording, at)

    def _end_by_service(self, connection: Connection, reason: str) -> None:
        if connection.ended_at is None and connection.child is not None:
            connection.wanted_reason = reason
            connection.child.send({"do": "close"})

    def _film_made(self, connection: Connection, message: Message) -> None:
        """Take the film, unless the recorder lived on an instance that went down before it could upload."""
        if connection.recording is not None and not connection.awaits_boot:
            self._recordings.processed(connection.recording, message)

    def _salvage(self, connection: Connection) -> None:
        """Start a finaliser for what is on disk; it needs the data key again."""
        recording = connection.recording
        if recording is None or recording.final or self._context.closing.is_set():
            return
        connection.salvaged = True
        try:
            key = self._destination.open_data_key(recording.preferences, connection.connection_id, recording.grant)
        except LabError as error:
            self._recordings.retry(recording, str(error), partial(self._salvage_again, connection))
            return
        self._spawn(connection, {**self._configuration(connection, key), "finalise_only": True})

    def _salvage_again(self, connection: Connection) -> None:
        with self._context.lock:
            self._salvage(connection)

    # -- the recorder on the instance ----------------------------------------

    def _lose_recorders(self, instance_id: str, at: datetime) -> None:
        """Counterfactual: everything that ran on the instance is gone."""
        if self._place is RecorderPlace.SERVICE:
            return
        for connection in list(self._connections.values()):
            recording = connection.recording
            if connection.instance_id != instance_id or recording is None or recording.final or connection.awaits_boot:
                continue
            self._over(connection, at, "connection-lost")
            recording.film = None
            if self._place is RecorderPlace.INSTANCE_PARTIAL:
                connection.awaits_boot = True
                recording.stage = RecordingStage.RECORDING
                recording.reason = "what was saved is on the instance's disk until its next boot"
            if connection.child is not None:
                connection.child.kill()
            if self._place is RecorderPlace.INSTANCE:
                self._recordings.failed(recording, "the recorder was on the instance and ended with it")

    def _note_size(self, connection: Connection) -> None:
        """Note how much of the film is on disk, twice a second while the connection lasts."""
        with self._context.lock:
            if connection.ended_at is not None or self._context.closing.is_set():
                return
            path = connection.work_dir / "segments.bin"
            size = path.stat().st_size if path.exists() else 0
            connection.on_disk.append((self._context.timeline.now(), size))
            call = partial(self._note_size, connection)
            self._context.timeline.after(_SAVE_EVERY_S, call, f"size of {connection.connection_id}")

    def _drop_tail(self, connection: Connection) -> None:
        """Cut off what had not reached the instance's disk when it went down."""
        limit = timedelta(seconds=self._context.scenario.recording.lost_tail_s)
        lost_from = (connection.ended_at or connection.opened_at) - limit
        saved = [size for at, size in connection.on_disk if at <= lost_from]
        path = connection.work_dir / "segments.bin"
        if path.exists():
            with path.open("r+b") as segments:
                segments.truncate(max(saved, default=0))

    def _mark(self, instance_id: str, name: str, at: datetime) -> None:
        """Write the truth into the connections that this end concerns."""
        for connection in self._connections.values():
            concerned = connection.ended_at is None or at - connection.ended_at < _SAME_DOWN
            if connection.instance_id == instance_id and connection.truth[name] is None and concerned:
                connection.truth[name] = at


def record_of(connection: Connection) -> ConnectionRecord:
    """Return the record of a connection as it is now."""
    recording = connection.recording
    truth = {**connection.truth, "put_at": recording.put_at if recording is not None else None}
    return ConnectionRecord(
        connection_id=connection.connection_id,
        session_id=connection.session.session_id,
        instance_id=connection.instance_id,
        access_type=connection.session.access_type,
        owner=connection.session.owner,
        opened_at=connection.opened_at,
        ended_at=connection.ended_at,
        end_reason=connection.end_reason,
        recorded=recording is not None,
        stage=recording.stage if recording is not None else None,
        stage_reason=recording.reason if recording is not None else "",
        stalled=connection.stalled,
        viewer_host="127.0.0.1",
        viewer_port=connection.viewer_port,
        viewer_password=connection.viewer_password,
        object_bucket=recording.preferences.bucket_name if recording is not None else "",
        object_key=recording.objects[0] if recording is not None and recording.objects else "",
        truth=truth,
    )
