"""Preflight of what runs on the instance: Windows, its sign-in, its role, and whether Remote Desktop listens.

Source of the rules: AWS user guide, Remote Desktop connections; instance permissions for Systems Manager.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rdpgui.aws import iam, parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checking import Finding, Question, held, unknown
from rdpgui.aws.once import Once
from rdpgui.core.cli import ApiCall
from rdpgui.core.errors import AwsError, NotFound
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ManagedNode
from rdpgui.core.ports import Identity
from rdpgui.core.preflight import Severity

LOWEST_WINDOWS = (6, 2)
"""Windows Server 2012. Source: user guide, Remote Desktop connections."""
CORE_POLICY = "AmazonSSMManagedInstanceCore"
DHMC_SETTING = "/ssm/managed-instance/default-ec2-instance-management-role"
NEEDED = ("ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:OpenDataChannel")
PORT_SCRIPT = (
    "(Get-Service TermService).Status",
    r"(Get-ItemProperty 'HKLM:\System\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp').PortNumber",
)
READLINE_SCRIPT = ("(Get-Module PSReadLine -ListAvailable).Version | ForEach-Object { $_.ToString() }",)
"""Before 2.2.2 the keyboard does not work in PowerShell on Server 2022. Source: user guide, Remote Desktop."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What the checks need; ``row`` is the instance as EC2 describes it, an empty one where it is not there."""

    caller: AwsCaller
    instance_id: InstanceId
    node: Once[ManagedNode | None]
    identity: Once[Identity]
    row: Once[Mapping[str, Any]]


def guest_of(
    caller: AwsCaller, instance_id: InstanceId, node: Once[ManagedNode | None], identity: Once[Identity]
) -> Guest:
    """Return what the checks share."""

    async def row() -> Mapping[str, Any]:
        answer = await caller.call("ec2", "DescribeInstances", InstanceIds=[instance_id])
        listed = (item for part in answer.get("Reservations") or () for item in part.get("Instances") or ())
        found: Mapping[str, Any] = next(listed, {})
        return found

    return Guest(caller, instance_id, node, identity, Once(row))


def questions(guest: Guest) -> list[Question]:
    """Return the checks in their order."""
    return [*_from_outside(guest), *_from_inside(guest)]


def _from_outside(guest: Guest) -> list[Question]:
    described = ApiCall("ec2", "DescribeInstances", {"InstanceIds": [guest.instance_id]})
    warn = Severity.WARN
    return [
        Question(
            "windows-version",
            warn,
            "ssm:DescribeInstanceInformation",
            "Use Windows Server 2012 or newer.",
            partial(_windows_is_new_enough, guest),
            look=ApiCall(
                "ssm",
                "DescribeInstanceInformation",
                {"Filters": [{"Key": "InstanceIds", "Values": [guest.instance_id]}]},
            ),
        ),
        Question(
            "windows-sign-in",
            warn,
            "ec2:DescribeInstances",
            "Have the name and password of a Windows user at hand, or sign in with Identity Center.",
            partial(_can_sign_in, guest),
            (NotFound,),
            "There is no such instance.",
            look=described,
        ),
        Question(
            "instance-role",
            warn,
            "iam:ListAttachedRolePolicies",
            "Attach AmazonSSMManagedInstanceCore to the instance's role, or turn on Default Host Management.",
            partial(_role_suits, guest),
            (NotFound,),
            "The instance's profile or role does not exist.",
            look=described,
        ),
    ]


def _from_inside(guest: Guest) -> list[Question]:
    needs_command = "Run the line: Run Command is no read, so it is not run for a look."
    return [
        Question(
            "rdp-port",
            Severity.WARN,
            "ssm:SendCommand",
            needs_command,
            partial(_by_command, "Whether Remote Desktop runs and listens on 3389 is known on the instance only."),
            look=_script(guest, PORT_SCRIPT),
        ),
        Question(
            "psreadline",
            Severity.INFO,
            "ssm:SendCommand",
            needs_command,
            partial(_by_command, "Whether PowerShell takes the keyboard (PSReadLine 2.2.2) is known there only."),
            look=_script(guest, READLINE_SCRIPT),
        ),
    ]


def _script(guest: Guest, lines: tuple[str, ...]) -> ApiCall:
    members = {"DocumentName": "AWS-RunPowerShellScript", "InstanceIds": [guest.instance_id]}
    return ApiCall("ssm", "SendCommand", {**members, "Parameters": {"commands": list(lines)}})


async def _by_command(why: str) -> Finding:
    return unknown(why)


async def _windows_is_new_enough(guest: Guest) -> Finding:
    node = await guest.node.get()
    if node is None or not node.platform_version:
        return unknown("The version of Windows is not known.")
    version = tuple(int(number) for number in re.findall(r"\d+", node.platform_version)[:4])
    named = f"{node.platform_name} {node.platform_version}".strip()
    return held(version >= LOWEST_WINDOWS, "The node runs {version}.", version=named)


async def _can_sign_in(guest: Guest) -> Finding:
    key_name = str((await guest.row.get()).get("KeyName") or "")
    if (await guest.identity.get()).lab:
        return held(True, "The lab's Windows asks nobody to sign in.")
    if key_name:
        return held(
            True, "The instance has the key pair {name}: its administrator's password can be read.", name=key_name
        )
    return held(False, "The instance has no key pair: the password of its administrator cannot be read.")


async def _role_suits(guest: Guest) -> Finding:
    profile = str(((await guest.row.get()).get("IamInstanceProfile") or {}).get("Arn") or "")
    if not profile:
        return await _default_management(guest)
    name = profile.rpartition("/")[2]
    answer = await guest.caller.call("iam", "GetInstanceProfile", InstanceProfileName=name)
    roles = parse.need(answer, "InstanceProfile", "iam:GetInstanceProfile").get("Roles") or ()
    if not roles:
        return held(False, "The instance profile {name} holds no role.", name=name)
    role = str(roles[0].get("RoleName") or "")
    listed = await guest.caller.call("iam", "ListAttachedRolePolicies", RoleName=role)
    names = {str(item.get("PolicyName")) for item in listed.get("AttachedPolicies") or ()}
    if CORE_POLICY in names:
        return held(True, "The role {role} carries {policy}.", role=role, policy=CORE_POLICY)
    return await _role_may(guest, role, str(roles[0].get("Arn") or ""))


async def _role_may(guest: Guest, role: str, arn: str) -> Finding:
    """Whether a role without the managed policy may do what the agent needs all the same."""
    said = await iam.simulate(guest.caller, iam.Simulation(arn, NEEDED))
    if all(item.allowed for item in said):
        return held(True, "The role {role} may do what the agent needs by policies of its own.", role=role)
    partition = arn.split(":")[1] if arn.count(":") > 1 else "aws"
    members = {"RoleName": role, "PolicyArn": f"arn:{partition}:iam::aws:policy/{CORE_POLICY}"}
    text = "The role {role} does not carry {policy}, and may not do what the agent needs."
    return held(False, text, role=role, policy=CORE_POLICY).mended_by(ApiCall("iam", "AttachRolePolicy", members))


async def _default_management(guest: Guest) -> Finding:
    """Whether instances without a role are managed by the account's default host management."""
    try:
        answer = await guest.caller.call("ssm", "GetServiceSetting", SettingId=DHMC_SETTING)
    except AwsError:
        value = ""
    else:
        value = str((answer.get("ServiceSetting") or {}).get("SettingValue") or "")
    if value and value != "$None":
        return held(True, "The instance has no role; the account's default host management uses {role}.", role=value)
    text = "The instance has no role, and the account has no default host management."
    return held(False, text)
