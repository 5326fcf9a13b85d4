"""What the endpoint's operations may ask of the world.

The operations translate the wire into these calls and the records back into
the wire; the world holds every rule and every process. All methods are safe to
call from several threads and return quickly: slow transitions go on in the
world's own threads. Every refusal is a ``LabError``.

Lock order: the world takes its own lock first and the seam's lock inside it, so
never call the world while holding the seam's lock.
"""

from __future__ import annotations

from typing import Protocol

from rdpgui.lab.model import (
    AccessRequestRecord,
    AccessType,
    AuditEvent,
    CommandRecord,
    ConnectionRecord,
    NodeRecord,
    PowerState,
    Preferences,
    SessionRecord,
)
from rdpgui.lab.scenario_people import PersonAct


class PowerApi(Protocol):
    """EC2."""

    def power_state(self, instance_id: str) -> PowerState:
        """Return the state; raises LabError InvalidInstanceID.NotFound."""

    def start_instance(self, instance_id: str) -> tuple[PowerState, PowerState]:
        """Start; returns (previous, current). Raises IncorrectInstanceState."""

    def stop_instance(
        self, instance_id: str, *, force: bool = False, skip_os_shutdown: bool = False, hibernate: bool = False
    ) -> tuple[PowerState, PowerState]:
        """Stop: ACPI, then off; ``skip_os_shutdown`` is a power cut.

        Returns (previous, current). Raises IncorrectInstanceState, OperationNotPermitted (stop protection),
        UnsupportedOperation (spot, instance store), UnsupportedHibernationConfiguration.
        """

    def reboot_instance(self, instance_id: str) -> None:
        """Reboot by ACPI; the state stays running. Raises IncorrectInstanceState."""

    def terminate_instance(self, instance_id: str) -> tuple[PowerState, PowerState]:
        """Terminate; returns (previous, current). Raises OperationNotPermitted."""

    def diagnostic_interrupt(self, instance_id: str) -> None:
        """Crash the guest: a stop screen, then a restart. Raises IncorrectInstanceState."""

    def status_check(self, instance_id: str) -> str:
        """Return the status check: ``ok``, ``impaired``, ``initializing``, or ``not-applicable`` when not running."""

    def screenshot_jpeg(self, instance_id: str) -> bytes:
        """Return the guest's screen as JPEG. Raises IncorrectInstanceState when it does not run."""

    def boot_at(self, instance_id: str) -> str:
        """Return the guest's last boot time (ISO 8601, UTC), empty when it never booted."""


class SystemsManagerApi(Protocol):
    """SSM."""

    def nodes(self) -> list[NodeRecord]:
        """Return the managed nodes; stopped instances are not listed."""

    def connection_status(self, target: str) -> str:
        """Return ``connected`` or ``notconnected``."""

    def sessions(self, *, active: bool) -> list[SessionRecord]:
        """Return sessions as DescribeSessions would show them now (variants applied), newest first."""

    def start_session(self, target: str, document_name: str, reason: str, owner: str) -> SessionRecord:
        """Start a shell or port session by API. Raises TargetNotConnected."""

    def terminate_session(self, session_id: str) -> str:
        """End a session; returns its id. Raises DoesNotExistException."""

    def send_command(
        self, instance_ids: list[str], document_name: str, parameters: dict[str, list[str]], comment: str
    ) -> list[CommandRecord]:
        """Run a command; a shutdown in it really shuts the guest down. Raises InvalidInstanceId, InvalidDocument."""

    def command_invocation(self, command_id: str, instance_id: str) -> CommandRecord:
        """Return one invocation. Raises InvocationDoesNotExist."""

    def command_invocations(self) -> list[CommandRecord]:
        """Return all invocations, newest command first."""

    def start_access_request(self, target: str, reason: str, requester_arn: str) -> AccessRequestRecord:
        """File a just-in-time request. Raises AccessDeniedException when JIT is off in the scenario."""

    def access_request(self, access_request_id: str) -> AccessRequestRecord:
        """Return a request in its present status. Raises ResourceNotFoundException."""

    def access_requests(self) -> list[AccessRequestRecord]:
        """Return every request, newest first."""

    def signal_access_request(self, automation_id: str, signal: str) -> AccessRequestRecord:
        """Take Approve, Reject, Revoke or Cancel for the execution that decides a request.

        Raises AutomationExecutionNotFoundException, InvalidAutomationSignalException.
        """

    def decide_access_request(self, access_request_id: str, *, approve: bool) -> AccessRequestRecord:
        """Approve or reject a request (control API).

        Raises ResourceNotFoundException, and ValidationException when it is no longer pending.
        """


class ConnectionApi(Protocol):
    """The lab's control calls; never used by AWS operations."""

    def open_connection(
        self, instance_id: str, access_type: AccessType, *, access_request_id: str = "", reason: str = ""
    ) -> ConnectionRecord:
        """Open a remote-desktop connection through a broker. Raises LabError TargetNotConnected, AccessDenied."""

    def close_connection(self, connection_id: str) -> ConnectionRecord:
        """End a connection normally."""

    def connection(self, connection_id: str) -> ConnectionRecord:
        """Return one connection. Raises ResourceNotFoundException."""

    def connections(self) -> list[ConnectionRecord]:
        """Return all connections, newest first."""

    def act(self, act: PersonAct, instance_id: str) -> None:
        """Let a person do something now. Raises LabError: AWS would refuse it."""

    def kill_guest(self, instance_id: str) -> None:
        """Cut the power of a running guest without EC2 knowing (tests): SIGKILL."""

    def kill_broker(self, connection_id: str) -> None:
        """SIGKILL the broker of a connection (tests)."""


class WorldApi(PowerApi, SystemsManagerApi, ConnectionApi, Protocol):
    """The world as the endpoint sees it: every subject, the account's own facts, and its life."""

    account_id: str
    region: str
    preferences_when_unset: str
    """What GetConnectionRecordingPreferences answers without preferences: ``not-found`` or ``empty`` (a variant)."""

    def seed(self) -> None:
        """Create the scenario's key, bucket, roles and instances in moto, and boot the guests (staggered)."""

    def close(self) -> None:
        """End every guest and broker, and remove the work folder."""

    def preferences(self) -> Preferences | None:
        """Return the recording preferences, None when not configured."""

    def set_preferences(self, preferences: Preferences | None) -> None:
        """Replace or delete the recording preferences."""

    def audit_append(self, event: AuditEvent) -> None:
        """Add a management event (the front does so for every call it serves)."""

    def audit_events(self) -> list[AuditEvent]:
        """Return the events, newest first."""

    def status(self) -> dict[str, object]:
        """Return a JSON object: scenario, seeded (bool), instances (id, name, state, guest pid, guest ready)."""
