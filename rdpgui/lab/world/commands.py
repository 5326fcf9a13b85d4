"""Run Command: scripts that act on a guest, and how their invocations end.

Source: SSM SendCommand, GetCommandInvocation (Status, StatusDetails, ResponseCode).
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from functools import partial

from rdpgui.lab.model import CommandRecord, LabError, PowerState
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.connections import Connections
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.guests import Guests, iso
from rdpgui.lab.world.instances import Instances
from rdpgui.lab.world.powershell import Statement, Verb, read_script
from rdpgui.lab.world.signals import Listener

DOCUMENT = "AWS-RunPowerShellScript"
_OTHER_PLATFORM = "AWS-RunShellScript"
_OPEN = frozenset({"Pending", "InProgress"})
_TIMEOUT_S = 3600.0
_RESTART_AND_RUN_AGAIN = 3010
"""Exit status with which a script asks the agent for a restart. The lab takes its second run, after the restart, for
one that has nothing more to do. Source: Systems Manager User Guide, rebooting a node from scripts."""
_STOPS_AGENT = frozenset({Verb.AGENT_STOP, Verb.AGENT_RESTART})
_TAKES_DOWN = frozenset({Verb.RESTART, Verb.SHUTDOWN}) | _STOPS_AGENT
_INSTANCE = re.compile(r"(i|mi)-[0-9a-f]{8,17}")
_NO_SHELL = "LAB: this virtual machine runs no PowerShell; not recognised: "


class Commands(Listener):
    """All command invocations.

    Args:
        context: shared things.
        instances: for the managed check.
        agents: a command needs an agent.
        guests: what a command acts on.
        connections: who is logged on.
    """

    def __init__(
        self, context: Context, instances: Instances, agents: Agents, guests: Guests, connections: Connections
    ) -> None:
        self._context = context
        self._instances = instances
        self._agents = agents
        self._guests = guests
        self._connections = connections
        self._records: dict[tuple[str, str], CommandRecord] = {}
        self._scripts: dict[tuple[str, str], list[Statement]] = {}

    def send(
        self, instance_ids: list[str], document_name: str, parameters: dict[str, list[str]], comment: str
    ) -> list[CommandRecord]:
        """Send a script to nodes; one record each, all with the same command id.

        Raises:
            LabError: InvalidDocument, InvalidParameters, UnsupportedPlatformType, InvalidInstanceId.
        """
        if document_name == _OTHER_PLATFORM:
            raise LabError("UnsupportedPlatformType", f"The document {document_name} is not for Windows.")
        if document_name != DOCUMENT:
            raise LabError("InvalidDocument", f"Document with name {document_name} does not exist.")
        script = parameters.get("commands")
        if not script:
            raise LabError("InvalidParameters", "The parameter commands is missing.")
        with self._context.lock:
            for instance_id in instance_ids:
                self._require_managed(instance_id)
            command_id = str(uuid.uuid4())
            statements = read_script(script)
            timeout_s = _seconds(parameters.get("executionTimeout"))
            sent = [self._send_one(command_id, name, statements, timeout_s, comment) for name in instance_ids]
            if any(_takes_down(statement) for statement in statements):
                for name in instance_ids:
                    self._context.signals.order_accepted(name)
            return sent

    def invocation(self, command_id: str, instance_id: str) -> CommandRecord:
        """Return one invocation. Raises LabError InvocationDoesNotExist."""
        with self._context.lock:
            record = self._records.get((command_id, instance_id))
        if record is None:
            raise LabError("InvocationDoesNotExist", f"There is no invocation of {command_id} on {instance_id}.")
        return record

    def all(self) -> list[CommandRecord]:
        """Return all invocations, newest command first, each in the order of its targets."""
        with self._context.lock:
            records = list(self._records.values())
        order = {record.command_id: number for number, record in enumerate(records)}
        return sorted(records, key=lambda record: order[record.command_id], reverse=True)

    def agent_online(self, instance_id: str) -> None:
        """Deliver what waited, and let what was cut off by a restart report its end."""
        for key, record in list(self._records.items()):
            if key[1] != instance_id or record.status not in _OPEN:
                continue
            if record.status == "Pending":
                self._begin(key)
            else:
                self._finish(key, "Success", 0)

    def _require_managed(self, instance_id: str) -> None:
        known = _INSTANCE.fullmatch(instance_id) and self._agents.managed(instance_id)
        if not known or self._instances.state(instance_id) is PowerState.STOPPING:
            raise LabError("InvalidInstanceId", f"Instances [[{instance_id}]] not in a valid state for account.")

    def _send_one(
        self, command_id: str, instance_id: str, statements: list[Statement], timeout_s: float, comment: str
    ) -> CommandRecord:
        key = (command_id, instance_id)
        record = CommandRecord(
            command_id=command_id,
            instance_id=instance_id,
            document_name=DOCUMENT,
            status="Pending",
            status_details="Pending",
            response_code=-1,
            stdout="",
            stderr="",
            requested_at=self._context.timeline.now(),
            started_at=None,
            ended_at=None,
            comment=comment,
        )
        self._records[key] = record
        self._scripts[key] = statements
        self._context.timeline.after(timeout_s, partial(self._time_out, key), f"timeout of command {command_id}")
        if self._agents.reachable(instance_id):
            self._begin(key)
        return record

    def _begin(self, key: tuple[str, str]) -> None:
        """Run the script; its result is reported a little later, or by the next boot."""
        now = self._context.timeline.now()
        record = self._records[key]
        self._records[key] = replace(record, status="InProgress", status_details="InProgress", started_at=now)
        code, waits = self._run(key)
        if not waits:
            status = "Success" if code == 0 else "Failed"
            delay_s = self._context.scenario.timings.command_s
            self._context.timeline.after(delay_s, partial(self._finish, key, status, code), f"end of command {key[0]}")

    def _run(self, key: tuple[str, str]) -> tuple[int, bool]:
        """Act on each statement; returns (exit status, whether the result waits for the system)."""
        pause_s, code = 0.0, 0
        for index, statement in enumerate(self._scripts[key]):
            match statement.verb:
                case Verb.EXIT if statement.number == _RESTART_AND_RUN_AGAIN:
                    self._go_down(key[1], Statement(Verb.RESTART), pause_s)
                    return 0, True
                case Verb.EXIT:
                    return int(statement.number), False
                case Verb.SLEEP:
                    pause_s += statement.number
                case Verb.RESTART | Verb.SHUTDOWN:
                    self._go_down(key[1], statement, pause_s)
                    if statement.waits:
                        return 0, True
                case Verb.DETACHED:
                    self._detach(key[1], read_script([statement.text]))
                case Verb.AGENT_STOP | Verb.AGENT_RESTART:
                    self._stop_agent(key[1], self._scripts[key][index:])
                    return 0, False
                case Verb.UNKNOWN | Verb.ABORT:
                    self._write(key, stderr=_NO_SHELL + statement.text)
                    code = 1
                case _:
                    self._write(key, stdout=self._answer(key[1], statement))
        return code, False

    def _go_down(self, instance_id: str, statement: Statement, pause_s: float) -> None:
        """Shut the guest down. The scenario bounds the delay, so that a quick lab stays quick."""
        limit_s = self._context.scenario.timings.shutdown_delay_limit_s
        self._guests.take_down(
            instance_id,
            {
                "do": "shutdown",
                "action": statement.verb.value,
                "origin": "run-command",
                "delay_s": min(statement.number + pause_s, limit_s),
            },
        )

    def _stop_agent(self, instance_id: str, rest: list[Statement]) -> None:
        """Stop the agent a moment later, so that it can still report; it returns if the script says so."""
        timings = self._context.scenario.timings
        comes_back = rest[0].verb is Verb.AGENT_RESTART or any(s.verb is Verb.AGENT_START for s in rest)
        slept_s = sum(statement.number for statement in rest if statement.verb is Verb.SLEEP)
        after_s = timings.agent_restart_s + slept_s if comes_back else None
        self._context.timeline.after(
            timings.command_s + 0.1,
            partial(self._agents.stop_service, instance_id, after_s),
            f"stop of the agent on {instance_id}",
        )

    def _detach(self, instance_id: str, statements: list[Statement]) -> None:
        """Run what stops and starts the agent in a process of its own, which outlives it.

        The scenario bounds the pauses, so that a quick lab stays quick.
        """
        timings = self._context.scenario.timings
        stop = next((n for n, s in enumerate(statements) if s.verb in _STOPS_AGENT), None)
        if stop is None:
            return
        before_s, after_s = (
            min(sum(s.number for s in part if s.verb is Verb.SLEEP), timings.shutdown_delay_limit_s)
            for part in (statements[:stop], statements[stop:])
        )
        comes_back = any(s.verb in (Verb.AGENT_START, Verb.AGENT_RESTART) for s in statements[stop:])
        self._context.timeline.after(
            before_s,
            partial(self._agents.stop_service, instance_id, timings.agent_restart_s + after_s if comes_back else None),
            f"stop of the agent on {instance_id}",
        )

    def _answer(self, instance_id: str, statement: Statement) -> str:
        match statement.verb:
            case Verb.USERS:
                return self._users(instance_id)
            case Verb.BOOT_TIME:
                return iso(self._guests.booted_at(instance_id))
            case Verb.UPTIME:
                return str(self._guests.uptime_s(instance_id))
            case Verb.HOST_NAME:
                spec = self._instances.machine(instance_id).spec
                return spec.computer_name or spec.name.upper()[:15]
            case Verb.SERVICE:
                return "Running"
            case Verb.PRINT:
                return statement.text
            case _:
                return ""

    def _users(self, instance_id: str) -> str:
        """Return the table that ``quser`` prints; a logon outlives its connection as ``Disc``."""
        active = bool(self._connections.active_on(instance_id))
        session, state = ("rdp-tcp#1", "Active") if active else ("", "Disc")
        since = iso(self._guests.booted_at(instance_id))
        head = f"{' USERNAME':<23}{'SESSIONNAME':<19}{'ID':<4}{'STATE':<8}{'IDLE TIME':<11}LOGON TIME"
        return f"{head}\n{' administrator':<23}{session:<19}{'2':<4}{state:<8}{'none':<11}{since}"

    def _write(self, key: tuple[str, str], *, stdout: str = "", stderr: str = "") -> None:
        record = self._records[key]
        self._records[key] = replace(
            record,
            stdout=record.stdout + (f"{stdout}\n" if stdout else ""),
            stderr=record.stderr + (f"{stderr}\n" if stderr else ""),
        )

    def _finish(self, key: tuple[str, str], status: str, code: int) -> None:
        context = self._context
        with context.lock:
            record = self._records[key]
            if record.status == "InProgress" and self._agents.reachable(key[1]):
                self._records[key] = replace(
                    record, status=status, status_details=status, response_code=code, ended_at=context.timeline.now()
                )

    def _time_out(self, key: tuple[str, str]) -> None:
        """A command that was never delivered, or never reported. Source: SSM status details."""
        context = self._context
        with context.lock:
            record = self._records[key]
            if record.status not in _OPEN:
                return
            delivered = record.status == "InProgress"
            self._records[key] = replace(
                record,
                status="TimedOut" if delivered else "Undeliverable",
                status_details="ExecutionTimedOut" if delivered else "DeliveryTimedOut",
                ended_at=context.timeline.now(),
            )


def _takes_down(statement: Statement) -> bool:
    if statement.verb is Verb.DETACHED:
        return any(inner.verb in _STOPS_AGENT for inner in read_script([statement.text]))
    asks = statement.verb is Verb.EXIT and statement.number == _RESTART_AND_RUN_AGAIN
    return asks or statement.verb in _TAKES_DOWN


def _seconds(values: list[str] | None) -> float:
    """Read ``executionTimeout``. Raises LabError InvalidParameters."""
    if not values:
        return _TIMEOUT_S
    try:
        seconds = float(values[0])
    except ValueError:
        raise LabError("InvalidParameters", f"executionTimeout is not a number: {values[0]}") from None
    if not 1 <= seconds <= 172_800:
        raise LabError("InvalidParameters", "executionTimeout must be between 1 and 172800 seconds.")
    return seconds
