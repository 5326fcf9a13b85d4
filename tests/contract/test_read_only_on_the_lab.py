"""A hook on every SDK call: what the window does unarmed, on real clients against the lab, only reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from rdpgui.app.environment import environment_of
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.aws.factory import AwsPorts
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.place import Place
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.plans import make_plan
from rdpgui.runner.store import Store
from rdpgui.runner.watch import Watchers
from tests.contract.conftest import Endpoint
from tests.contract.lab_ports import connected, is_connected, until

pytestmark = pytest.mark.asyncio(loop_scope="function")

READS = ("Describe", "Get", "List", "Head", "Lookup", "Simulate")
"""What an operation that changes nothing begins with."""

SERVICES = ("ec2", "ssm", "ssm-guiconnect", "s3", "kms", "iam", "sts", "cloudtrail")


class LabOpener:
    """What on AWS the person does in the console; not a call of the SDK."""

    def __init__(self, lab: Endpoint) -> None:
        self._lab = lab

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: Any, attended: bool
    ) -> OpenedConnection:
        body = {"instance_id": instance_id, "access_type": access_type.value}
        _, answer = await asyncio.to_thread(self._lab.control, "POST", "/_lab/connections", body)
        return OpenedConnection(answer["connection_id"], "", by_person=False)

    async def close(self, connection: OpenedConnection) -> None:
        await asyncio.to_thread(self._lab.control, "DELETE", f"/_lab/connections/{connection.connection_id}")


@pytest_asyncio.fixture
async def lab_ports(lab: Endpoint) -> AsyncIterator[AwsPorts]:
    async with connected(lab) as ports:
        yield ports


@contextmanager
def hooked(ports: AwsPorts) -> Iterator[list[str]]:
    """Note every operation that any client sends."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(f"{model.service_model.service_name}:{model.name}")

    clients = [ports.caller.clients.client(name) for name in SERVICES]
    for client in clients:
        client.meta.events.register("before-call", note)
    try:
        yield sent
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", note)


def _changes(sent: list[str]) -> list[str]:
    return [name for name in sent if not name.partition(":")[2].startswith(READS)]


@pytest.mark.case("R5", "R6")
async def test_that_looking_choosing_and_an_open_connection_call_nothing_that_can_change_the_account(
    lab: Endpoint, lab_ports: AwsPorts, tmp_path: Path
) -> None:
    environment = environment_of(lab_ports, LabOpener(lab), FileRunFolders(tmp_path), LAB_TIMING, Place("default"))
    store, ports = Store(), environment.ports
    instances = [item.instance_id for item in await ports.instances.instances()]
    usable = instances[0]
    await until(lambda: is_connected(lab_ports, usable))
    with hooked(lab_ports) as sent:
        watching = asyncio.create_task(Watchers(ports, store, LAB_TIMING).start())
        await store.until(lambda state: state.identity is not None, 30.0)
        hand = ByHand(ports, store, by="ana")
        for instance_id in instances:  # every row is selected once, and asked about once
            for access_type in AccessType:
                permitted = await hand.rehearse(instance_id)
                await lab_ports.preflight.preflight(instance_id, access_type, permitted)
        runner = ExperimentRunner(ports, store, Settings(allow_tag=""), LAB_TIMING)
        plan = make_plan(
            DisruptionId.OS_SHUTDOWN,
            AccessType.STANDARD,
            usable,
            timing=LAB_TIMING,
            settings=Settings(),
            at=ports.clock.now(),
            lab=True,
            by_hand=True,
        )
        running = asyncio.create_task(runner.run(plan, auto_arm=True))
        await store.until(lambda state: any(run.attached for run in state.runs.values()), 30.0)
        await asyncio.sleep(LAB_TIMING.poll_run_s * 20)
        runner.abort()
        run = await running
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert run.attached is not None, run.reason
    assert len(sent) > 100 and "ssm:DescribeSessions" in sent
    assert _changes(sent) == []
    assert not (tmp_path / "actions.jsonl").exists()
