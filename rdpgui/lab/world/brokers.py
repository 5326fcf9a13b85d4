"""Broker processes: one per connection, and a finaliser where one was killed."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import LabError, SessionStatus
from rdpgui.lab.world.children import ChildKind, Message
from rdpgui.lab.world.connection import Connection
from rdpgui.lab.world.context import Context, moment, whole
from rdpgui.lab.world.destination import Destination
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.recordings import Recordings
from rdpgui.lab.world.sessions import Sessions

_log = logging.getLogger(__name__)
_FREEZE_AFTER_S = 1.0
_FREEZE_S = 30.0
_DISK_LIMIT_BYTES = 120_000


class Brokers:
    """Starts brokers and notes what they say.

    Args:
        context: shared things.
        guests: the sources.
        sessions: follow their connections.
        destination: the data key, for a finaliser.
        recordings: take the films.
    """

    def __init__(
        self,
        context: Context,
        guests: Guests,
        sessions: Sessions,
        destination: Destination,
        recordings: Recordings,
    ) -> None:
        self._context = context
        self._guests = guests
        self._sessions = sessions
        self._destination = destination
        self._recordings = recordings
        self._on_film_begun: Callable[[Connection], None] = _ignore

    def when_film_begins(self, call: Callable[[Connection], None]) -> None:
        """Have a call made when a film has its first frame."""
        self._on_film_begun = call

    def start(self, connection: Connection) -> None:
        """Start a connection's broker."""
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
            "named": self._context.scenario.variants.films_named,
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
            self.over(connection, now, "source-unreachable")
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
                    self._context.signals.desktop_shown(connection.instance_id, connection.session.session_id)
                case "recording":
                    self._film_begun(connection, moment(message, "at_ms", now))
                case "stalled" | "resumed" as word:
                    connection.stalled = word == "stalled"
                case "ended":
                    connection.truth["last_frame_at"] = moment(message, "last_frame_at_ms", now)
                    self.over(connection, moment(message, "at_ms", now), str(message.get("reason", "")))
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
            self.over(connection, self._context.timeline.now(), "recorder-killed")
            recording = connection.recording
            if recording is None or recording.final or recording.film is not None or connection.awaits_boot:
                return
            if connection.salvaged:
                self._recordings.failed(recording, f"the finaliser ended with status {status}")
            else:
                self.salvage(connection)

    def _film_begun(self, connection: Connection, at: datetime) -> None:
        context = self._context
        connection.truth["first_frame_at"] = at
        if connection.recording is None:
            return
        self._recordings.begun(connection.recording)
        self._on_film_begun(connection)
        frozen = context.faults.take(FaultKind.SOURCE_FROZEN, connection.instance_id)
        if frozen is not None:
            message: Message = {"do": "freeze", "seconds": frozen.seconds or _FREEZE_S}
            call = partial(self._freeze, connection.instance_id, message)
            context.timeline.after(_FREEZE_AFTER_S, call, f"freeze of {connection.instance_id}")

    def _freeze(self, instance_id: str, message: Message) -> None:
        self._guests.send(instance_id, message)

    def over(self, connection: Connection, at: datetime, reason: str) -> None:
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

    def end_by_service(self, connection: Connection, reason: str) -> None:
        """End a connection from the service side; the reason goes before the broker's."""
        if connection.ended_at is None and connection.child is not None:
            connection.wanted_reason = reason
            connection.child.send({"do": "close"})

    def _film_made(self, connection: Connection, message: Message) -> None:
        """Take the film, unless the recorder lived on an instance that went down before it could upload."""
        if connection.recording is not None and not connection.awaits_boot:
            self._recordings.processed(connection.recording, message)

    def salvage(self, connection: Connection) -> None:
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
            self.salvage(connection)


def _ignore(connection: Connection) -> None:
    """Nobody wants to know."""
