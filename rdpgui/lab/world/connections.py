"""Remote-desktop connections: opened through a broker each, ended by the guest, by a person, or by the service.

The broker is the service side: it outlives the guest. Two scenarios put it on
the instance instead (the counterfactual); it then dies with the guest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rdpgui.lab.model import AccessType, ConnectionRecord, LabError
from rdpgui.lab.scenario import UnknownSession
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.brokers import Brokers
from rdpgui.lab.world.children import Child
from rdpgui.lab.world.connection import Connection, record_of
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.destination import Destination
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.jit import AccessRequests
from rdpgui.lab.world.local_recorder import LocalRecorders
from rdpgui.lab.world.new_connections import NewConnections
from rdpgui.lab.world.preferences import RecordingPreferences
from rdpgui.lab.world.recordings import Recordings
from rdpgui.lab.world.sessions import Sessions
from rdpgui.lab.world.signals import GuestEnd, Listener

_SAME_DOWN = timedelta(seconds=10)


class Connections(Listener):
    """All connections."""

    def __init__(
        self,
        context: Context,
        guests: Guests,
        agents: Agents,
        sessions: Sessions,
        requests: AccessRequests,
        preferences: RecordingPreferences,
    ) -> None:
        self._context = context
        self._guests = guests
        self._sessions = sessions
        self._connections: dict[str, Connection] = {}
        destination = Destination(context)
        recordings = Recordings(context, destination)
        self._new = NewConnections(context, guests, agents, sessions, requests, destination, preferences)
        self._brokers = Brokers(context, guests, sessions, destination, recordings)
        self._local = LocalRecorders(context, self._brokers, recordings)
        self._brokers.when_film_begins(self._local.watch)

    def open(
        self,
        instance_id: str,
        access_type: AccessType,
        *,
        access_request_id: str = "",
        reason: str = "",
        owner: str = "",
    ) -> ConnectionRecord:
        """Open a connection; its broker starts at once, the first frame comes a moment later.

        Args:
            instance_id: the target.
            access_type: Standard, or JustInTime with an approved request.
            access_request_id: the request, empty for Standard.
            reason: the session's reason.
            owner: ARN of the person; empty for the lab's own.

        Raises:
            LabError: TargetNotConnected, AccessDeniedException, ServiceQuotaExceededException.
        """
        with self._context.lock:
            open_now = sum(connection.ended_at is None for connection in self._connections.values())
            connection = self._new.open(instance_id, access_type, access_request_id, reason, open_now, owner)
            self._connections[connection.connection_id] = connection
            self._brokers.start(connection)
            return record_of(connection)

    def close(self, connection_id: str) -> ConnectionRecord:
        """End a connection normally; nothing happens when it is over. Raises ResourceNotFoundException."""
        with self._context.lock:
            connection = self.get(connection_id)
            if connection.ended_at is None and connection.child is not None:
                connection.child.send({"do": "close"})
                self._new.cancelled(connection)
            return record_of(connection)

    def terminate_session(self, session_id: str) -> None:
        """End a session, also one that is over, and the connection that it is of.

        Raises:
            LabError: DoesNotExistException, unless the scenario's service says nothing of a session that there is not.
        """
        with self._context.lock:
            silent = self._context.scenario.variants.unknown_session is UnknownSession.SUCCEEDS
            if silent and not self._sessions.known(session_id):
                return
            self._sessions.get(session_id)
            for connection in self._connections.values():
                if connection.session.session_id == session_id:
                    self._brokers.end_by_service(connection, "closed")
                    return
            self._sessions.end(session_id, self._context.timeline.now())

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

    def record(self, connection_id: str) -> ConnectionRecord:
        """Return what is known of a connection now. Raises LabError ResourceNotFoundException."""
        with self._context.lock:
            return record_of(self.get(connection_id))

    def records(self) -> list[ConnectionRecord]:
        """Return what is known of all connections now, newest first."""
        with self._context.lock:
            return [record_of(connection) for connection in self.all()]

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

    def desktop_closed(self, instance_id: str, at: datetime) -> None:
        """Note the truth; a recorder on the instance ends here."""
        self._mark(instance_id, "desktop_closed_at", at)
        self._local.lose(self._on(instance_id), at)

    def guest_ended(self, instance_id: str, end: GuestEnd) -> None:
        """Note the truth; a recorder on the instance ends here at the latest."""
        self._mark(instance_id, "cut_at", end.at)
        self._local.lose(self._on(instance_id), end.at)

    def guest_ready(self, instance_id: str) -> None:
        """An instance that keeps its films uploads them at its next boot."""
        self._local.booted(self._on(instance_id))

    def agent_lost(self, instance_id: str, at: datetime) -> None:
        """The tunnel is cut while the guest lives on (its agent was stopped)."""
        if self._guests.ready(instance_id):
            for connection in self.active_on(instance_id):
                self._brokers.end_by_service(connection, "connection-lost")

    def _on(self, instance_id: str) -> list[Connection]:
        return [c for c in self._connections.values() if c.instance_id == instance_id]

    def _mark(self, instance_id: str, name: str, at: datetime) -> None:
        """Write the truth into the connections that this end concerns."""
        for connection in self._connections.values():
            concerned = connection.ended_at is None or at - connection.ended_at < _SAME_DOWN
            if connection.instance_id == instance_id and connection.truth[name] is None and concerned:
                connection.truth[name] = at
