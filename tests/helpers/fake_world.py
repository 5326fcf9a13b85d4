"""A world without processes, for tests of the endpoint's wire side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rdpgui.lab.model import (
    AccessRequestRecord,
    AccessType,
    AuditEvent,
    CommandRecord,
    ConnectionRecord,
    LabError,
    NodeRecord,
    PowerState,
    Preferences,
    RecordingStage,
    SessionRecord,
    SessionStatus,
)
from rdpgui.lab.scenario_people import PersonAct
from rdpgui.lab.seam import MotoSeam

NOW = datetime(2026, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC)


def session(number: int, *, active: bool = True, target: str = "i-0123456789abcdef0") -> SessionRecord:
    """Return a session; a larger number is older."""
    started_at = NOW - timedelta(minutes=number)
    return SessionRecord(
        session_id=f"lab-admin-{number:026d}",
        target=target,
        status=SessionStatus.CONNECTED if active else SessionStatus.TERMINATED,
        started_at=started_at,
        ended_at=None if active else started_at + timedelta(seconds=30),
        document_name="AWS-StartPortForwardingSession",
        owner="arn:aws:iam::123456789012:user/lab-admin",
        reason="",
        access_type=AccessType.STANDARD if number % 2 else AccessType.JUST_IN_TIME,
        active=active,
    )


class FakeWorld:
    """Implements ``WorldApi`` with plain lists; ``calls`` keeps what was asked to change."""

    def __init__(self, seam: MotoSeam) -> None:
        self.account_id = seam.account_id
        self.region = seam.region
        self.preferences_when_unset = "not-found"
        self.seam = seam
        self.calls: list[tuple[object, ...]] = []
        self.active: list[SessionRecord] = []
        self.history: list[SessionRecord] = []
        self.node_list: list[NodeRecord] = []
        self.events: list[AuditEvent] = []
        self.saved: Preferences | None = None
        self.requests: dict[str, AccessRequestRecord] = {}
        self.opened: dict[str, ConnectionRecord] = {}
        self.commands: list[CommandRecord] = []
        self.check = "ok"
        self.closed = False

    def seed(self) -> None:
        self.calls.append(("seed",))

    def close(self) -> None:
        self.closed = True

    def power_state(self, instance_id: str) -> PowerState:
        return self.seam.instances.power(instance_id)

    def _move(self, instance_id: str, wanted: PowerState, via: PowerState) -> tuple[PowerState, PowerState]:
        before = self.power_state(instance_id)
        if before == PowerState.TERMINATED:
            raise LabError("IncorrectInstanceState", f"The instance '{instance_id}' is terminated.")
        self.seam.instances.set_power(instance_id, via)
        return before, via if before != wanted else wanted

    def start_instance(self, instance_id: str) -> tuple[PowerState, PowerState]:
        self.calls.append(("start", instance_id))
        return self._move(instance_id, PowerState.RUNNING, PowerState.PENDING)

    def stop_instance(
        self, instance_id: str, *, force: bool = False, skip_os_shutdown: bool = False, hibernate: bool = False
    ) -> tuple[PowerState, PowerState]:
        self.calls.append(("stop", instance_id, force, skip_os_shutdown, hibernate))
        return self._move(instance_id, PowerState.STOPPED, PowerState.STOPPING)

    def reboot_instance(self, instance_id: str) -> None:
        self.calls.append(("reboot", instance_id))

    def terminate_instance(self, instance_id: str) -> tuple[PowerState, PowerState]:
        self.calls.append(("terminate", instance_id))
        return self._move(instance_id, PowerState.TERMINATED, PowerState.SHUTTING_DOWN)

    def diagnostic_interrupt(self, instance_id: str) -> None:
        self.calls.append(("interrupt", instance_id))

    def status_check(self, instance_id: str) -> str:
        return self.check if self.power_state(instance_id) == PowerState.RUNNING else "not-applicable"

    def screenshot_jpeg(self, instance_id: str) -> bytes:
        return b"\xff\xd8\xff" + instance_id.encode()

    def boot_at(self, instance_id: str) -> str:
        return NOW.isoformat()

    def nodes(self) -> list[NodeRecord]:
        return list(self.node_list)

    def connection_status(self, target: str) -> str:
        return "connected" if any(n.instance_id == target for n in self.node_list) else "notconnected"

    def sessions(self, *, active: bool) -> list[SessionRecord]:
        return list(self.active if active else self.history)

    def start_session(self, target: str, document_name: str, reason: str, owner: str) -> SessionRecord:
        if self.connection_status(target) != "connected":
            raise LabError("TargetNotConnected", f"{target} is not connected.")
        started = replace(session(0, target=target), document_name=document_name, reason=reason, owner=owner)
        self.active.insert(0, started)
        return started

    def terminate_session(self, session_id: str) -> str:
        self.calls.append(("terminate-session", session_id))
        return session_id

    def send_command(
        self, instance_ids: list[str], document_name: str, parameters: dict[str, list[str]], comment: str
    ) -> list[CommandRecord]:
        self.calls.append(("command", tuple(instance_ids), document_name, parameters, comment))
        sent = [self._command(f"{len(self.calls):08x}-0000-4000-8000-000000000000", i) for i in instance_ids]
        self.commands[:0] = sent
        return sent

    def _command(self, command_id: str, instance_id: str) -> CommandRecord:
        return CommandRecord(
            command_id=command_id,
            instance_id=instance_id,
            document_name="AWS-RunPowerShellScript",
            status="Success",
            status_details="Success",
            response_code=0,
            stdout="WIN-LAB\r\n",
            stderr="",
            requested_at=NOW,
            started_at=NOW,
            ended_at=NOW + timedelta(seconds=1.5),
        )

    def command_invocation(self, command_id: str, instance_id: str) -> CommandRecord:
        return self._command(command_id, instance_id)

    def command_invocations(self) -> list[CommandRecord]:
        return list(self.commands)

    def start_access_request(self, target: str, reason: str, requester_arn: str) -> AccessRequestRecord:
        record = AccessRequestRecord("oi-0123456789ab", "Pending", target, reason, requester_arn, NOW)
        self.requests[record.access_request_id] = record
        return record

    def access_request(self, access_request_id: str) -> AccessRequestRecord:
        if access_request_id not in self.requests:
            raise LabError("ResourceNotFoundException", f"There is no access request {access_request_id}.")
        return self.requests[access_request_id]

    def decide_access_request(self, access_request_id: str, *, approve: bool) -> AccessRequestRecord:
        decided = replace(self.access_request(access_request_id), status="Approved" if approve else "Rejected")
        self.requests[access_request_id] = decided
        return decided

    def access_requests(self) -> list[AccessRequestRecord]:
        return list(reversed(self.requests.values()))

    def signal_access_request(self, automation_id: str, signal: str) -> AccessRequestRecord:
        found = next((one for one in self.requests.values() if one.automation_id == automation_id), None)
        if found is None:
            raise LabError("AutomationExecutionNotFoundException", f"There is no execution {automation_id}.")
        words = {"Approve": "Approved", "Reject": "Rejected", "Revoke": "Revoked", "Cancel": "Cancelled"}
        self.requests[found.access_request_id] = replace(found, status=words[signal])
        return self.requests[found.access_request_id]

    def preferences(self) -> Preferences | None:
        return self.saved

    def set_preferences(self, preferences: Preferences | None) -> None:
        self.saved = preferences

    def audit_append(self, event: AuditEvent) -> None:
        self.events.insert(0, event)

    def audit_events(self) -> list[AuditEvent]:
        return list(self.events)

    def open_connection(
        self, instance_id: str, access_type: AccessType, *, access_request_id: str = "", reason: str = ""
    ) -> ConnectionRecord:
        record = ConnectionRecord(
            connection_id=f"c-{len(self.opened)}",
            session_id=session(0).session_id,
            instance_id=instance_id,
            access_type=access_type,
            owner="arn:aws:iam::123456789012:user/lab-admin",
            opened_at=NOW,
            ended_at=None,
            end_reason="",
            recorded=True,
            stage=RecordingStage.RECORDING,
            stage_reason="",
            stalled=False,
            viewer_host="127.0.0.1",
            viewer_port=5901,
            viewer_password="viewer",
            object_bucket="",
            object_key="",
            truth={"first_frame_at": NOW, "cut_at": None},
        )
        self.opened[record.connection_id] = record
        return record

    def close_connection(self, connection_id: str) -> ConnectionRecord:
        ended = replace(self.connection(connection_id), ended_at=NOW, end_reason="closed")
        self.opened[connection_id] = ended
        return ended

    def connection(self, connection_id: str) -> ConnectionRecord:
        if connection_id not in self.opened:
            raise LabError("ResourceNotFoundException", f"There is no connection {connection_id}.", 404)
        return self.opened[connection_id]

    def connections(self) -> list[ConnectionRecord]:
        return list(reversed(self.opened.values()))

    def act(self, act: PersonAct, instance_id: str) -> None:
        self.calls.append(("act", act.do, act.who, instance_id))

    def kill_guest(self, instance_id: str) -> None:
        self.calls.append(("kill", instance_id))

    def kill_broker(self, connection_id: str) -> None:
        self.calls.append(("kill-broker", connection_id))

    def status(self) -> dict[str, object]:
        return {"scenario": "fake", "scenarios": ["fake"], "seeded": True, "instances": [], "faults": []}
