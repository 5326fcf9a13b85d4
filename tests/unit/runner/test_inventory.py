"""What a look at a large Region asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode, PingStatus
from rdpgui.runner.inventory import Inventory

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
WEB, OFFICE = InstanceId("i-0"), InstanceId("mi-0a")


class _Asked:
    """Answers with what is asked for, and keeps it."""

    def __init__(self) -> None:
        self.instances: list[InstanceId] = []
        self.nodes: list[InstanceId] = []

    async def instances_of(self, instance_ids: Sequence[InstanceId]) -> tuple[Instance, ...]:
        self.instances += instance_ids
        return tuple(Instance(key, "", InstanceState.RUNNING) for key in instance_ids)

    async def nodes_of(self, instance_ids: Sequence[InstanceId]) -> tuple[ManagedNode, ...]:
        self.nodes += instance_ids
        return tuple(ManagedNode(key, PingStatus.ONLINE) for key in instance_ids)


@pytest.mark.case("P9")
def test_that_ec2_is_not_asked_for_nodes_outside_of_it() -> None:
    port = _Asked()
    inventory = Inventory(port, lambda: AT)  # type: ignore[arg-type]
    asyncio.run(inventory.read_of([OFFICE, WEB], []))
    assert (port.instances, port.nodes) == ([WEB], [OFFICE, WEB])
    assert [item.instance_id for item in inventory.instances] == [WEB]
    assert inventory.read == frozenset((OFFICE, WEB))
