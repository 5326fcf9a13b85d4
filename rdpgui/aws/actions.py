"""The mutating calls. Each is sent exactly once; an unknown outcome is never repeated."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.core.errors import AccessDenied, AwsError, NotFound
from rdpgui.core.ids import CommandId, InstanceId
from rdpgui.core.instance import GuestBoot
from rdpgui.core.kinds.kind import Ec2Call, GuestScript, InstanceOrder

DOCUMENT = "AWS-RunPowerShellScript"
DELIVERY_TIMEOUT_S = 30
"""The lowest value that SendCommand takes. The default is an hour, for which a command to a dead agent stays open."""
EXECUTION_TIMEOUT_S = 60
COMMENT = "rdpgui"
BOOT_SCRIPT = (
    "(Get-CimInstance -ClassName Win32_PerfFormattedData_PerfOS_System -ErrorAction SilentlyContinue).SystemUpTime",
    "(Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime.ToUniversalTime().ToString('o')",
)
"""How long Windows has been up, in whole seconds where its performance counters work, and since when by its clock."""
BOOT_TIME_LIMIT_S = 20.0
POLL_S = (0.15, 0.3, 0.6, 1.0)
FINISHED = frozenset({"Success", "Cancelled", "Failed", "TimedOut"})

_ONE_INSTANCE = frozenset({"SendDiagnosticInterrupt"})
"""Operations that take one instance, not a list."""


class AwsActions:
    """Implements ``DisruptionPort``. Source: EC2, and Run Command for what comes from inside the OS."""

    def __init__(self, caller: AwsCaller, *, dry_run_is_kept: bool = True) -> None:
        self._caller = caller
        self._dry_run_is_kept = dry_run_is_kept  # False for a foreign endpoint: some act on a DryRun

    async def rehearse(self, order: Ec2Call, instance_id: InstanceId) -> bool | None:
        """Ask EC2 whether the call would be allowed, without making it.

        Returns:
            None when it cannot be rehearsed: foreign endpoints are not trusted to keep DryRun.

        Raises:
            AwsError: neither yes nor no, for example NotFound.
        """
        if not self._dry_run_is_kept:
            return None
        try:
            await self._caller.change("ec2", order.operation, DryRun=True, **_members(order, instance_id))
        except AccessDenied:
            return False
        except AwsError as error:
            if error.code == "DryRunOperation":
                return True
            raise
        return None

    async def perform(self, order: InstanceOrder, instance_id: InstanceId) -> CommandId | None:
        """Give an order once. What is returned for a script is its command; its status is no proof of anything."""
        if isinstance(order, GuestScript):
            return await self._send(instance_id, list(order.lines))
        await self._caller.change("ec2", order.operation, **_members(order, instance_id))
        return None

    async def start(self, instance_id: InstanceId) -> None:
        """Ask EC2 to start."""
        await self._caller.change("ec2", "StartInstances", InstanceIds=[instance_id])

    async def last_boot(self, instance_id: InstanceId) -> GuestBoot | None:
        """Return what the guest says of its last boot, None when it cannot be read within 20 s.

        Raises:
            Refused: the node is not managed or not online.
        """
        command_id = await self._send(instance_id, list(BOOT_SCRIPT))
        give_up_mono_s = time.monotonic() + BOOT_TIME_LIMIT_S
        poll = 0
        while time.monotonic() < give_up_mono_s:
            await asyncio.sleep(POLL_S[min(poll, len(POLL_S) - 1)])
            poll += 1
            status, output = await self._invocation(command_id, instance_id)
            if status in FINISHED:
                return parse.last_boot(output) if status == "Success" else None
        return None

    async def _send(self, instance_id: InstanceId, lines: list[str]) -> CommandId:
        answer = await self._caller.change(
            "ssm",
            "SendCommand",
            InstanceIds=[instance_id],
            DocumentName=DOCUMENT,
            Parameters={"commands": lines, "executionTimeout": [str(EXECUTION_TIMEOUT_S)]},
            TimeoutSeconds=DELIVERY_TIMEOUT_S,
            Comment=COMMENT,
        )
        command = parse.need(answer, "Command", "ssm:SendCommand")
        return CommandId(str(parse.need(command, "CommandId", "ssm:SendCommand")))

    async def _invocation(self, command_id: CommandId, instance_id: InstanceId) -> tuple[str, str]:
        try:
            answer = await self._caller.call(
                "ssm", "GetCommandInvocation", CommandId=command_id, InstanceId=instance_id
            )
        except NotFound:
            return "", ""
        status = str(parse.need(answer, "Status", "ssm:GetCommandInvocation"))
        return status, str(answer.get("StandardOutputContent") or "")


def _members(order: Ec2Call, instance_id: InstanceId) -> dict[str, Any]:
    """Return the input of a call. Source: the EC2 model."""
    target = {"InstanceId": instance_id} if order.operation in _ONE_INSTANCE else {"InstanceIds": [instance_id]}
    return {**target, **dict.fromkeys(order.options, True)}
