"""Preflight of the instance: can it be connected to, and what would a disruption do to it?

Source of the rules: AWS user guide, RDP recording and Remote Desktop connections; EC2 user guide.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from rdpgui.aws.checking import Finding, Question, held, unknown, unread
from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.aws.once import Once
from rdpgui.aws.ssm import SsmSessions
from rdpgui.core.cli import ApiCall
from rdpgui.core.errors import NotFound, RdpguiError
from rdpgui.core.guards import target_checks
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ManagedNode
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.ports import Identity
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.refusal import TargetFacts

T = TypeVar("T")
Rehearsed = Mapping[str, bool | None]
"""Action to what its rehearsal said; None: it cannot be rehearsed here. One that is not there was not rehearsed."""

LOWEST_AGENT = (3, 0, 222, 0)
CONNECTION_QUOTA = 5


@dataclass(frozen=True, slots=True)
class TargetPorts:
    """What the checks of an instance need."""

    instances: Ec2Instances
    sessions: SsmSessions


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about, and what other checks read already."""

    instance_id: InstanceId
    allow_tag: str
    identity: Once[Identity]
    preferences: Once[RecordingPreferences | None]


async def guard_checks(ports: TargetPorts, asked: Asked) -> list[PreflightCheck]:
    """Return a line for each guard of ``core/guards``, which alone judges; here only what it rests on is read."""
    remedy, source = "Choose a running Windows instance, or start it.", "ec2:DescribeInstances"
    try:
        instance, who = await ports.instances.instance(asked.instance_id), await asked.identity.get()
    except NotFound:
        text = "There is no such instance."
        return [PreflightCheck("instance", Severity.BLOCK, False, text, (), remedy, source, tuple(DISRUPTIONS))]
    except RdpguiError as error:
        found = unread(error)
        held, text, fields = found.held, found.text, found.fields
        return [PreflightCheck("instance", Severity.BLOCK, held, text, fields, remedy, source, tuple(DISRUPTIONS))]
    protection, nodes, connection, preferences = await asyncio.gather(
        _or_none(partial(ports.instances.protection, asked.instance_id)),
        _or_none(ports.instances.nodes),
        _or_none(partial(ports.instances.connection_status, asked.instance_id)),
        _known(asked.preferences),
    )
    facts = TargetFacts(
        account_id=who.account_id,
        region=who.region,
        instance=instance,
        protection=protection,
        node=next((node for node in nodes or () if node.instance_id == asked.instance_id), None),
        connection=connection,
        preferences=preferences[1],
        preferences_known=preferences[0],
        allow_tag=asked.allow_tag,
        lab=who.lab,
        nodes_known=nodes is not None,
    )
    return list(target_checks(facts))


async def _or_none(read: Callable[[], Awaitable[T]]) -> T | None:
    """Return what was read, None when it could not be read: a missing fact is judged by the guards.

    Takes what reads, not a reading on its way: of that, one cancelled before its first turn would never be awaited.
    """
    try:
        return await read()
    except RdpguiError:
        return None


async def _known(preferences: Once[RecordingPreferences | None]) -> tuple[bool, RecordingPreferences | None]:
    try:
        return True, await preferences.get()
    except RdpguiError:
        return False, None


def node_of(ports: TargetPorts, instance_id: InstanceId) -> Once[ManagedNode | None]:
    """Return the managed node of an instance, read at most once; None where it is not listed."""
    return Once(partial(_node, ports.instances, instance_id))


def questions(
    ports: TargetPorts, instance_id: InstanceId, node: Once[ManagedNode | None], permitted: Rehearsed
) -> list[Question]:
    """Return the checks that no guard makes; ``permitted``: what a rehearsal (DryRun) said, action by action."""
    block, listed = Severity.BLOCK, "ssm:DescribeInstanceInformation"
    filters = [{"Key": "InstanceIds", "Values": [instance_id]}]
    return [
        Question(
            "agent-version",
            block,
            listed,
            "Update the SSM Agent.",
            partial(_agent_is_new_enough, node, instance_id),
            look=ApiCall("ssm", "DescribeInstanceInformation", {"Filters": filters}),
        ),
        Question(
            "quota",
            Severity.WARN,
            "ssm:DescribeSessions",
            "End connections that are not needed, or raise the quota.",
            partial(_quota_is_left, ports.sessions),
            look=ApiCall("ssm", "DescribeSessions", {"State": "Active"}),
        ),
        *(
            Question(
                f"may-{word}",
                block,
                f"ec2:{operation}",
                "Give this identity the permission.",
                partial(_is_permitted, permitted, operation),
                look=ApiCall("ec2", operation, {"InstanceIds": [instance_id], "DryRun": True}),
            )
            for word, operation in (("reboot", "RebootInstances"), ("stop", "StopInstances"))
        ),
    ]


async def _node(instances: Ec2Instances, instance_id: InstanceId) -> ManagedNode | None:
    return next((item for item in await instances.nodes() if item.instance_id == instance_id), None)


async def _agent_is_new_enough(node: Once[ManagedNode | None], instance_id: InstanceId) -> Finding:
    found = await node.get()
    if found is None or not found.agent_version:
        return unknown("The agent's version is not known.")
    version = tuple(int(number) for number in re.findall(r"\d+", found.agent_version))
    lowest = ".".join(map(str, LOWEST_AGENT))
    text = "The agent's version is {version}; {lowest} or newer is needed."
    update = ApiCall("ssm", "SendCommand", {"DocumentName": "AWS-UpdateSSMAgent", "InstanceIds": [instance_id]})
    return held(version >= LOWEST_AGENT, text, version=found.agent_version, lowest=lowest).mended_by(update)


async def _quota_is_left(sessions: SsmSessions) -> Finding:
    count = sum(item.may_be_remote_desktop for item in await sessions.sessions(active=True))
    text = "{count} connections may be open; the default quota is {quota}."
    return held(count < CONNECTION_QUOTA, text, count=count, quota=CONNECTION_QUOTA)


async def _is_permitted(permitted: Rehearsed, operation: str) -> Finding:
    if f"ec2:{operation}" not in permitted:
        text = "{operation} is rehearsed (DryRun) only when you ask for it while the instance is armed."
        return unknown(text, operation=operation)
    allowed = permitted[f"ec2:{operation}"]
    if allowed is None:
        return unknown("{operation} cannot be rehearsed here.", operation=operation)
    text = "{operation} is permitted." if allowed else "{operation} is not permitted."
    return held(allowed, text, operation=operation).lacking(f"ec2:{operation}")
