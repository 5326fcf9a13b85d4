"""Opening a connection: who may, what is granted, and what CloudTrail shows of it."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

from rdpgui.lab.model import AccessType, LabError
from rdpgui.lab.scenario import GrantMissing
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.connection import Connection
from rdpgui.lab.world.context import ADMIN, Context, secret_word
from rdpgui.lab.world.destination import Destination
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.jit import TOKEN_ROLE, AccessRequests
from rdpgui.lab.world.preferences import RecordingPreferences
from rdpgui.lab.world.recordings import Recording
from rdpgui.lab.world.sessions import PORT_DOCUMENT, Sessions
from rdpgui.lab.world.trail import GUICONNECT, Act, Place, person_event

_log = logging.getLogger(__name__)


class NewConnections:
    """Checks and makes connections; their brokers are started elsewhere.

    Args:
        context: shared things.
        guests: where the desktops are.
        agents: the tunnel needs one.
        sessions: each connection is a session.
        requests: just-in-time access.
        destination: the recording key.
        preferences: whether and where it is recorded.
    """

    def __init__(
        self,
        context: Context,
        guests: Guests,
        agents: Agents,
        sessions: Sessions,
        requests: AccessRequests,
        destination: Destination,
        preferences: RecordingPreferences,
    ) -> None:
        self._context = context
        self._guests = guests
        self._agents = agents
        self._sessions = sessions
        self._requests = requests
        self._destination = destination
        self._preferences = preferences

    def open(
        self,
        instance_id: str,
        access_type: AccessType,
        access_request_id: str,
        reason: str,
        open_now: int,
        owner: str = "",
    ) -> Connection:
        """Make a connection with its session, its grant and its audit events.

        Args:
            instance_id: the target.
            access_type: Standard, or JustInTime with an approved request.
            access_request_id: the request, empty for Standard.
            reason: the session's reason.
            open_now: connections that are not over, for the quota.
            owner: ARN of the person; empty for the lab's own.

        Raises:
            LabError: TargetNotConnected, AccessDeniedException, ServiceQuotaExceededException.
        """
        self._require_possible(instance_id, access_type, access_request_id, open_now)
        connection_id = str(uuid.uuid4())
        owner = owner or self._owner(access_type)
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
        self._announce(connection)
        return connection

    def cancelled(self, connection: Connection) -> None:
        """Write the event of a connection that its owner ends."""
        self._write(connection, "CancelConnection", {"ConnectionId": connection.connection_id}, None)

    def _require_possible(
        self, instance_id: str, access_type: AccessType, access_request_id: str, open_now: int
    ) -> None:
        if access_type is AccessType.JUST_IN_TIME:
            self._requests.require_approved(access_request_id, instance_id)
        guest = self._guests.guest(instance_id)
        if guest is None or not guest.ready or not self._agents.reachable(instance_id):
            raise LabError("TargetNotConnected", f"{instance_id} is not connected.")
        limit = self._context.scenario.recording.max_connections
        if open_now >= limit:
            raise LabError("ServiceQuotaExceededException", f"There are already {limit} connections.", 402)

    def _owner(self, access_type: AccessType) -> str:
        if access_type is AccessType.JUST_IN_TIME:
            return f"arn:aws:sts::{self._context.seam.account_id}:assumed-role/{TOKEN_ROLE}/{ADMIN}"
        return self._context.admin_arn

    def _recording(self, connection_id: str, instance_id: str, access_type: AccessType, owner: str) -> Recording | None:
        """Return the recording to be made, None when the connection is not recorded."""
        preferences = self._preferences.now()
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
