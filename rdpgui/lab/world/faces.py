"""The calls of ``WorldApi`` by subject, each passed to the part that holds its rules."""

from __future__ import annotations

import uuid

from rdpgui.lab.model import (
    AccessRequestRecord,
    AccessType,
    CommandRecord,
    ConnectionRecord,
    LabError,
    NodeRecord,
    PowerState,
    SessionRecord,
)
from rdpgui.lab.scenario_people import PersonAct
from rdpgui.lab.world.connection import record_of
from rdpgui.lab.world.guests import iso
from rdpgui.lab.world.parts import Parts
from rdpgui.lab.world.power import Order, answer

_SCREENSHOT_LIMIT_S = 4.0


class _Calls:
    """Holds the parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._context = parts.context


class PowerCalls(_Calls):
    """EC2: ``PowerApi``."""

    def power_state(self, instance_id: str) -> PowerState:
        """Return the state. Raises LabError InvalidInstanceID.NotFound."""
        return self._parts.instances.state(instance_id)

    def start_instance(self, instance_id: str) -> tuple[PowerState, PowerState]:
        """Start; returns (previous, current)."""
        return self._parts.instances.start(instance_id)

    def stop_instance(
        self, instance_id: str, *, force: bool = False, skip_os_shutdown: bool = False, hibernate: bool = False
    ) -> tuple[PowerState, PowerState]:
        """Stop; returns (previous, current)."""
        change = self._parts.instances.stop(
            instance_id, force=force, skip_os_shutdown=skip_os_shutdown, hibernate=hibernate
        )
        self._accepted(instance_id)
        return change

    def reboot_instance(self, instance_id: str) -> None:
        """Reboot by ACPI; the state stays running."""
        self._parts.instances.reboot(instance_id)
        self._accepted(instance_id)

    def terminate_instance(self, instance_id: str) -> tuple[PowerState, PowerState]:
        """Terminate; returns (previous, current)."""
        change = self._parts.instances.terminate(instance_id)
        self._accepted(instance_id)
        return change

    def diagnostic_interrupt(self, instance_id: str) -> None:
        """Crash the guest: a stop screen, then a restart."""
        self._parts.instances.interrupt(instance_id)
        self._accepted(instance_id)

    def _accepted(self, instance_id: str) -> None:
        with self._context.lock:
            self._context.signals.order_accepted(instance_id)

    def status_check(self, instance_id: str) -> str:
        """Return the instance status check."""
        return self._parts.instances.status_check(instance_id)

    def screenshot_jpeg(self, instance_id: str) -> bytes:
        """Return the guest's screen as JPEG.

        Raises:
            LabError: IncorrectInstanceState when it does not run, UnsupportedOperation when it does not answer.
        """
        answer(Order.REBOOT, self.power_state(instance_id), instance_id)
        path = self._context.state_dir / f"screen-{uuid.uuid4().hex}.jpg"
        picture = self._parts.guests.screenshot(instance_id, path, _SCREENSHOT_LIMIT_S)
        if picture is None:
            raise LabError("UnsupportedOperation", f"The console of '{instance_id}' shows nothing: its system is down.")
        return picture

    def boot_at(self, instance_id: str) -> str:
        """Return the last boot time (ISO 8601, UTC), empty when it never booted."""
        self.power_state(instance_id)
        return iso(self._parts.guests.booted_at(instance_id))


class SystemsManagerCalls(_Calls):
    """SSM: ``SystemsManagerApi``."""

    def nodes(self) -> list[NodeRecord]:
        """Return the managed nodes."""
        return self._parts.agents.nodes()

    def connection_status(self, target: str) -> str:
        """Return ``connected`` or ``notconnected``."""
        return "connected" if self._parts.agents.connected(target) else "notconnected"

    def sessions(self, *, active: bool) -> list[SessionRecord]:
        """Return sessions as DescribeSessions shows them now, newest first."""
        return self._parts.sessions.list(active=active)

    def start_session(self, target: str, document_name: str, reason: str, owner: str) -> SessionRecord:
        """Start a shell or port session by API. Raises LabError TargetNotConnected, InvalidDocument."""
        if not self._parts.agents.reachable(target):
            raise LabError("TargetNotConnected", f"{target} is not connected.")
        return self._parts.sessions.open(target, document_name, owner, reason, AccessType.STANDARD)

    def terminate_session(self, session_id: str) -> str:
        """End a session, also one that is over; returns its id. Raises LabError DoesNotExistException."""
        self._parts.sessions.get(session_id)
        if not self._parts.connections.close_session(session_id):
            self._parts.sessions.end(session_id, self._context.timeline.now())
        return session_id

    def send_command(
        self, instance_ids: list[str], document_name: str, parameters: dict[str, list[str]], comment: str
    ) -> list[CommandRecord]:
        """Run a command; a shutdown in it really shuts the guest down."""
        return self._parts.commands.send(instance_ids, document_name, parameters, comment)

    def command_invocation(self, command_id: str, instance_id: str) -> CommandRecord:
        """Return one invocation. Raises LabError InvocationDoesNotExist."""
        return self._parts.commands.invocation(command_id, instance_id)

    def command_invocations(self) -> list[CommandRecord]:
        """Return all invocations, newest command first."""
        return self._parts.commands.all()

    def start_access_request(self, target: str, reason: str, requester_arn: str) -> AccessRequestRecord:
        """File a just-in-time request. Raises LabError AccessDeniedException, ResourceNotFoundException."""
        if not self._parts.agents.managed(target):
            raise LabError("ResourceNotFoundException", f"{target} is not a managed node.")
        return self._parts.requests.start(target, reason, requester_arn)

    def access_request(self, access_request_id: str) -> AccessRequestRecord:
        """Return a request in its present status. Raises LabError ResourceNotFoundException."""
        return self._parts.requests.get(access_request_id)

    def access_requests(self) -> list[AccessRequestRecord]:
        """Return every request, newest first."""
        return self._parts.requests.all()

    def signal_access_request(self, automation_id: str, signal: str) -> AccessRequestRecord:
        """Take Approve, Reject, Revoke or Cancel for the execution that decides a request. Raises LabError."""
        return self._parts.requests.signal(automation_id, signal)

    def decide_access_request(self, access_request_id: str, *, approve: bool) -> AccessRequestRecord:
        """Approve or reject a pending request."""
        return self._parts.requests.decide(access_request_id, approve=approve)


class ConnectionCalls(_Calls):
    """The lab's control calls: ``ConnectionApi``."""

    def open_connection(
        self, instance_id: str, access_type: AccessType, *, access_request_id: str = "", reason: str = ""
    ) -> ConnectionRecord:
        """Open a remote-desktop connection through a broker; its viewer port is 0 until the broker is up."""
        self._parts.instances.state(instance_id)
        with self._context.lock:
            return record_of(self._parts.connections.open(instance_id, access_type, access_request_id, reason))

    def close_connection(self, connection_id: str) -> ConnectionRecord:
        """End a connection normally."""
        with self._context.lock:
            return record_of(self._parts.connections.close(connection_id))

    def connection(self, connection_id: str) -> ConnectionRecord:
        """Return one connection. Raises LabError ResourceNotFoundException."""
        with self._context.lock:
            return record_of(self._parts.connections.get(connection_id))

    def connections(self) -> list[ConnectionRecord]:
        """Return all connections, newest first."""
        with self._context.lock:
            return [record_of(connection) for connection in self._parts.connections.all()]

    def act(self, act: PersonAct, instance_id: str) -> None:
        """Let a person do something now. Raises LabError: AWS would refuse it."""
        self._parts.instances.state(instance_id)
        with self._context.lock:
            refused = self._parts.people.act(act, instance_id)
        if refused:
            raise LabError("ValidationException", refused, 400)

    def kill_guest(self, instance_id: str) -> None:
        """SIGKILL the guest. Raises LabError IncorrectInstanceState when there is none."""
        self._parts.instances.state(instance_id)
        with self._context.lock:
            if not self._parts.guests.kill(instance_id):
                raise LabError("IncorrectInstanceState", f"The instance '{instance_id}' has no running system.")

    def kill_broker(self, connection_id: str) -> None:
        """SIGKILL the broker of a connection."""
        self._parts.connections.kill_broker(connection_id)
