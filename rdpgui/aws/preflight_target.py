"""Preflight of the instance: can it be connected to, and what would a disruption do to it?

Source of the rules: AWS user guide, RDP recording and Remote Desktop connections; EC2 user guide.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from rdpgui.aws.checking import Finding, Question, held, unknown
from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.aws.ssm import SsmSessions
from rdpgui.core.errors import NotFound, RdpguiError
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceProtection, InstanceState, ManagedNode, PingStatus
from rdpgui.core.preflight import Severity

T = TypeVar("T")
Rehearsed = Mapping[str, bool | None]
"""Action to what its rehearsal said; None: it cannot be rehearsed here. One that is not there was not rehearsed."""

LOWEST_AGENT = (3, 0, 222, 0)
CONNECTION_QUOTA = 5
AUTO_SCALING_TAG = "aws:autoscaling:groupName"


class Once(Generic[T]):
    """A question that several checks share: asked once, at the first need, by whoever comes first."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._lock = asyncio.Lock()
        self._values: list[T] = []
        self._error: RdpguiError | None = None

    async def get(self) -> T:
        """Return the answer, or raise what asking raised."""
        async with self._lock:
            if not self._values and self._error is None:
                try:
                    self._values.append(await self._ask())
                except RdpguiError as error:
                    self._error = error
        if self._error is not None:
            raise self._error
        return self._values[0]


@dataclass(frozen=True, slots=True)
class TargetPorts:
    """What the checks of an instance need."""

    instances: Ec2Instances
    sessions: SsmSessions


def questions(ports: TargetPorts, instance_id: InstanceId, permitted: Rehearsed) -> list[Question]:
    """Return the checks of an instance in their order; ``permitted``: what a rehearsal (DryRun) said, by action."""
    instance: Once[Instance] = Once(partial(ports.instances.instance, instance_id))
    node: Once[ManagedNode | None] = Once(partial(_node, ports.instances, instance_id))
    disruptable = _disruptable(ports, instance_id, instance, permitted)
    return [*_reachable(ports, instance_id, instance, node), *disruptable]


def _reachable(
    ports: TargetPorts, instance_id: InstanceId, instance: Once[Instance], node: Once[ManagedNode | None]
) -> list[Question]:
    block = Severity.BLOCK
    described, listed = "ec2:DescribeInstances", "ssm:DescribeInstanceInformation"
    return [
        Question(
            "instance",
            block,
            described,
            "Choose a running Windows instance, or start it.",
            partial(_is_running_windows, instance),
            (NotFound,),
            "There is no such instance.",
        ),
        Question(
            "node",
            block,
            listed,
            "Wait for the agent, or attach a role with AmazonSSMManagedInstanceCore.",
            partial(_is_online, node),
        ),
        Question(
            "channel",
            block,
            "ssm:GetConnectionStatus",
            "Restart the SSM Agent and check its way to the network.",
            partial(_is_connected, ports.instances, instance_id),
        ),
        Question("agent-version", block, listed, "Update the SSM Agent.", partial(_agent_is_new_enough, node)),
        Question(
            "quota",
            Severity.WARN,
            "ssm:DescribeSessions",
            "End connections that are not needed, or raise the quota.",
            partial(_quota_is_left, ports.sessions),
        ),
    ]


def _disruptable(
    ports: TargetPorts, instance_id: InstanceId, instance: Once[Instance], permitted: Rehearsed
) -> list[Question]:
    block, attribute = Severity.BLOCK, "ec2:DescribeInstanceAttribute"
    protection = Once(partial(ports.instances.protection, instance_id))
    return [
        Question(
            "shutdown-behaviour",
            block,
            attribute,
            "Set the shutdown behaviour to stop: a shutdown inside the OS would destroy the instance.",
            partial(_shutdown_stops, protection),
        ),
        Question(
            "stop-protection",
            Severity.WARN,
            attribute,
            "Switch stop protection off to try ec2-stop.",
            partial(_stop_is_free, protection),
        ),
        Question(
            "replaceable",
            block,
            "ec2:DescribeInstances",
            "Use an on-demand instance on EBS that belongs to no Auto Scaling group.",
            partial(_survives_a_stop, instance),
            (NotFound,),
            "There is no such instance.",
        ),
        *(
            Question(
                f"may-{word}",
                block,
                f"ec2:{operation}",
                "Give this identity the permission.",
                partial(_is_permitted, permitted, operation),
            )
            for word, operation in (("reboot", "RebootInstances"), ("stop", "StopInstances"))
        ),
    ]


async def _node(instances: Ec2Instances, instance_id: InstanceId) -> ManagedNode | None:
    return next((item for item in await instances.nodes() if item.instance_id == instance_id), None)


async def _is_running_windows(instance: Once[Instance]) -> Finding:
    found = await instance.get()
    return held(
        found.platform == "windows" and found.state is InstanceState.RUNNING,
        "The instance is {state}, platform {platform}.",
        state=found.state.value,
        platform=found.platform or "Linux",
    )


async def _is_online(node: Once[ManagedNode | None]) -> Finding:
    found = await node.get()
    if found is None:
        return held(False, "Systems Manager does not list the instance.")
    return held(
        found.ping_status is PingStatus.ONLINE, "The agent's ping status is {ping}.", ping=found.ping_status.value
    )


async def _is_connected(instances: Ec2Instances, instance_id: InstanceId) -> Finding:
    status = await instances.connection_status(instance_id)
    return held(status is ConnectionStatus.CONNECTED, "The session channel is {status}.", status=status.value)


async def _agent_is_new_enough(node: Once[ManagedNode | None]) -> Finding:
    found = await node.get()
    if found is None or not found.agent_version:
        return unknown("The agent's version is not known.")
    version = tuple(int(number) for number in re.findall(r"\d+", found.agent_version))
    lowest = ".".join(map(str, LOWEST_AGENT))
    text = "The agent's version is {version}; {lowest} or newer is needed."
    return held(version >= LOWEST_AGENT, text, version=found.agent_version, lowest=lowest)


async def _quota_is_left(sessions: SsmSessions) -> Finding:
    count = sum(item.may_be_remote_desktop for item in await sessions.sessions(active=True))
    text = "{count} connections may be open; the default quota is {quota}."
    return held(count < CONNECTION_QUOTA, text, count=count, quota=CONNECTION_QUOTA)


async def _shutdown_stops(protection: Once[InstanceProtection]) -> Finding:
    behaviour = (await protection.get()).shutdown_behaviour
    if behaviour is None:
        return unknown("The shutdown behaviour could not be read.")
    return held(
        behaviour == "stop", "On a shutdown inside the OS, EC2 will {behaviour} the instance.", behaviour=behaviour
    )


async def _stop_is_free(protection: Once[InstanceProtection]) -> Finding:
    protected = (await protection.get()).stop_protected
    if protected is None:
        return unknown("Stop protection could not be read.")
    return held(not protected, "Stop protection is on." if protected else "Stop protection is off.")


async def _survives_a_stop(instance: Once[Instance]) -> Finding:
    found = await instance.get()
    group = found.tag(AUTO_SCALING_TAG)
    return held(
        found.root_device_type == "ebs" and not found.lifecycle and not group,
        "Root device {root}, {lifecycle}, Auto Scaling group {group}.",
        root=found.root_device_type or "?",
        lifecycle=found.lifecycle or "on-demand",
        group=group or "–",
    )


async def _is_permitted(permitted: Rehearsed, operation: str) -> Finding:
    if f"ec2:{operation}" not in permitted:
        return unknown("Rehearsed (DryRun) only when you ask for it while the instance is armed.")
    allowed = permitted[f"ec2:{operation}"]
    if allowed is None:
        return unknown("{operation} cannot be rehearsed here.", operation=operation)
    text = "{operation} is permitted." if allowed else "{operation} is not permitted."
    return held(allowed, text, operation=operation)
