"""The mutating calls. Each is sent exactly once; an unknown outcome is never repeated."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.core.errors import AccessDenied, AwsError, NotFound
from rdpgui.core.ids import CommandId, InstanceId

DOCUMENT = "AWS-RunPowerShellScript"
DELIVERY_TIMEOUT_S = 30
"""The lowest value that SendCommand takes. The default is an hour, for which a command to a dead agent stays open."""
EXECUTION_TIMEOUT_S = 60
COMMENT = "rdpgui"
BOOT_TIME_SCRIPT = "(Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime.ToUniversalTime().ToString('o')"
BOOT_TIME_LIMIT_S = 20.0
POLL_S = (0.15, 0.3, 0.6, 1.0)
FINISHED = frozenset({"Success", "Cancelled", "Failed", "TimedOut"})

_REHEARSED = frozenset({"RebootInstances", "StopInstances", "StartInstances"})


def shutdown_script(*, restart: bool, delay_s: int) -> list[str]:
    """Return the lines to run. The delay lets the agent report success before the OS goes away.

    Source: ``shutdown.exe /?``; AWS: a script that ends with 3010 would be run again after the restart.
    """
    return [f'shutdown.exe {"/r" if restart else "/s"} /t {max(0, delay_s)} /d p:0:0 /c "{COMMENT}"', "exit 0"]


class Ec2Disruptions:
    """Implements ``DisruptionPort``. Source: EC2, and Run Command for what comes from inside the OS."""

    def __init__(self, caller: AwsCaller, *, dry_run_is_kept: bool = True) -> None:
        self._caller = caller
        self._dry_run_is_kept = dry_run_is_kept  # False for a foreign endpoint: some act on a DryRun

    async def rehearse(self, action: str, instance_id: InstanceId) -> bool | None:
        """Ask EC2 whether the call would be allowed, without making it.

        Args:
            action: the API operation, with or without ``ec2:`` and with options behind a space.
            instance_id: the target.

        Returns:
            None when the action cannot be rehearsed: Run Command has no DryRun, and foreign endpoints are not trusted
            to keep it.

        Raises:
            AwsError: neither yes nor no, for example NotFound.
        """
        operation = action.removeprefix("ec2:").split(" ")[0]
        if operation not in _REHEARSED or not self._dry_run_is_kept:
            return None
        options = {"SkipOsShutdown": True} if "SkipOsShutdown" in action and operation == "StopInstances" else {}
        try:
            await self._caller.change("ec2", operation, InstanceIds=[instance_id], DryRun=True, **options)
        except AccessDenied:
            return False
        except AwsError as error:
            if error.code == "DryRunOperation":
                return True
            raise
        return None

    async def reboot(self, instance_id: InstanceId) -> None:
        """Ask EC2 to reboot."""
        await self._caller.change("ec2", "RebootInstances", InstanceIds=[instance_id])

    async def stop(self, instance_id: InstanceId, *, skip_os_shutdown: bool = False) -> None:
        """Ask EC2 to stop; with ``skip_os_shutdown`` it is a power cut."""
        options = {"SkipOsShutdown": True} if skip_os_shutdown else {}
        await self._caller.change("ec2", "StopInstances", InstanceIds=[instance_id], **options)

    async def start(self, instance_id: InstanceId) -> None:
        """Ask EC2 to start."""
        await self._caller.change("ec2", "StartInstances", InstanceIds=[instance_id])

    async def os_shutdown(self, instance_id: InstanceId, *, restart: bool, delay_s: int) -> CommandId:
        """Run ``shutdown.exe`` on the node. The command's status is no proof of anything."""
        return await self._send(instance_id, shutdown_script(restart=restart, delay_s=delay_s))

    async def command_status(self, command_id: CommandId, instance_id: InstanceId) -> str:
        """Return the invocation's status; empty while it does not exist yet, which is normal for some seconds."""
        return (await self._invocation(command_id, instance_id))[0]

    async def boot_time(self, instance_id: InstanceId) -> datetime | None:
        """Return the guest's last boot time, None when it cannot be read within 20 s.

        Raises:
            Refused: the node is not managed or not online.
        """
        command_id = await self._send(instance_id, [BOOT_TIME_SCRIPT])
        give_up_mono_s = time.monotonic() + BOOT_TIME_LIMIT_S
        poll = 0
        while time.monotonic() < give_up_mono_s:
            await asyncio.sleep(POLL_S[min(poll, len(POLL_S) - 1)])
            poll += 1
            status, output = await self._invocation(command_id, instance_id)
            if status in FINISHED:
                return parse.boot_time(output) if status == "Success" else None
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
