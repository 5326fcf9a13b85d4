"""Instances, read-only."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from rdpgui.aws import parse
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.errors import malformed
from rdpgui.aws.kept import Kept
from rdpgui.core.errors import AccessDenied, NotOffered, Refused
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceProtection, ManagedNode
from rdpgui.core.ports import INSTANCES_AT_ONCE, NODES_AT_ONCE, Page

PAGE = 200
"""Instances per page: parsing costs about 0.6 ms each, and holds the interpreter while it lasts."""


class Ec2Instances:
    """Implements ``InstancePort``. Source: EC2 and, for managed nodes, Systems Manager."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller
        self._instances: Kept[Instance] = Kept(attrgetter("instance_id"))
        self._nodes: Kept[ManagedNode] = Kept(attrgetter("instance_id"))

    async def instances(self) -> tuple[Instance, ...]:
        """Return all instances of the Region; the same objects as last time where nothing changed."""
        found: list[Instance] = []
        async for page in self._caller.pages("ec2", "DescribeInstances", MaxResults=PAGE):
            found += self._instances.rows(parse.instances(page))
        return self._instances.whole(found)

    async def instance_page(self, token: str = "") -> Page[Instance]:
        """Return one page of the Region's instances."""
        page = await self._caller.call("ec2", "DescribeInstances", MaxResults=PAGE, **_after(token))
        return Page(parse.instances(page), str(page.get("NextToken") or ""))

    async def instances_of(self, instance_ids: Sequence[InstanceId]) -> tuple[Instance, ...]:
        """Return those that there are. By a filter: among ids one that is unknown would fail the whole call."""
        wanted = [{"Name": "instance-id", "Values": list(instance_ids[:INSTANCES_AT_ONCE])}]
        found: list[Instance] = []
        async for page in self._caller.pages("ec2", "DescribeInstances", MaxResults=PAGE, Filters=wanted):
            found += parse.instances(page)
        return tuple(found)

    async def instance(self, instance_id: InstanceId) -> Instance:
        """Return one instance.

        Raises:
            NotFound: there is no such instance.
        """
        for item in parse.instances(await self._caller.call("ec2", "DescribeInstances", InstanceIds=[instance_id])):
            if item.instance_id == instance_id:
                return item
        raise malformed("ec2:DescribeInstances", f"{instance_id} is not in it")

    async def nodes(self) -> tuple[ManagedNode, ...]:
        """Return the managed nodes; stopped instances are not among them."""
        found: list[ManagedNode] = []
        async for page in self._caller.pages("ssm", "DescribeInstanceInformation", MaxResults=NODES_AT_ONCE):
            found += self._nodes.rows(parse.nodes(page))
        return self._nodes.whole(found)

    async def node_page(self, token: str = "") -> Page[ManagedNode]:
        """Return one page of the managed nodes."""
        page = await self._caller.call("ssm", "DescribeInstanceInformation", MaxResults=NODES_AT_ONCE, **_after(token))
        return Page(parse.nodes(page), str(page.get("NextToken") or ""))

    async def nodes_of(self, instance_ids: Sequence[InstanceId]) -> tuple[ManagedNode, ...]:
        """Return those that there are; what is stopped or not managed is just absent."""
        wanted = [{"Key": "InstanceIds", "Values": list(instance_ids[:NODES_AT_ONCE])}]
        operation, found = "DescribeInstanceInformation", list[ManagedNode]()
        async for page in self._caller.pages("ssm", operation, MaxResults=NODES_AT_ONCE, Filters=wanted):
            found += parse.nodes(page)
        return tuple(found)

    async def connection_status(self, instance_id: InstanceId) -> ConnectionStatus:
        """Return whether Session Manager reaches the node."""
        return parse.connection_status(await self._caller.call("ssm", "GetConnectionStatus", Target=instance_id))

    async def protection(self, instance_id: InstanceId) -> InstanceProtection:
        """Return what makes stopping dangerous or impossible; None where this identity may not look."""
        # One after the other: of two at once, the failure of one would leave the other on its way, unawaited.
        behaviour = await self._attribute(instance_id, "instanceInitiatedShutdownBehavior")
        stop = await self._attribute(instance_id, "disableApiStop")
        return parse.protection(behaviour, stop)

    async def screenshot(self, instance_id: InstanceId) -> bytes:
        """Return the console screenshot as JPEG."""
        return parse.screenshot(
            await self._caller.call("ec2", "GetConsoleScreenshot", InstanceId=instance_id, WakeUp=False)
        )

    async def _attribute(self, instance_id: InstanceId, attribute: str) -> Answer | None:
        try:
            return await self._caller.call(
                "ec2", "DescribeInstanceAttribute", InstanceId=instance_id, Attribute=attribute
            )
        except (AccessDenied, NotOffered, Refused):
            return None  # the port says None for "could not be read"; guards treat that as a refusal


def _after(token: str) -> dict[str, Any]:
    """Return what asks for the page after another one."""
    return {"NextToken": token} if token else {}
