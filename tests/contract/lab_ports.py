"""The program's ports on the lab, for contract tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import ClientSource, LabKeys, Pace, Place
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ConnectionStatus
from tests.contract.conftest import Endpoint
from tests.helpers.limits import limit_s

NOBODY = InstanceId("i-0000000000000dead")
PACE = Pace(attempts=2, connect_timeout_s=limit_s(1.0), read_timeout_s=limit_s(0.5))
ENOUGH_S = 30.0


@contextlib.asynccontextmanager
async def connected(lab: Endpoint) -> AsyncIterator[AwsPorts]:
    """Ports on the lab; its faults are removed afterwards."""
    keys = LabKeys(lab.ready["access_key_id"], lab.ready["secret_access_key"])
    clients = ClientSource(Place("", lab.ready["region"], lab.ready["url"], keys), PACE)
    ports = ports_of(AwsCaller(clients), clients.place, clients.region)
    yield ports
    lab.control("DELETE", "/_lab/faults")
    await ports.aclose()


async def is_connected(ports: AwsPorts, instance_id: InstanceId) -> bool:
    """Whether SSM reaches an instance."""
    listed = any(node.instance_id == instance_id for node in await ports.instances.nodes())
    return listed and await ports.instances.connection_status(instance_id) is ConnectionStatus.CONNECTED


async def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition; fails after what is enough on a quiet machine, scaled."""
    async with asyncio.timeout(limit_s(ENOUGH_S)):
        while not await condition():  # noqa: ASYNC110 - AWS offers nothing but polling
            await asyncio.sleep(0.1)
