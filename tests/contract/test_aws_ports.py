"""One suite for the ports that ``aws`` implements: answers validated by botocore's models, and the lab itself.

The same assertions hold for both; a stub is told what to answer first, the lab answers by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import pytest_asyncio

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.core.errors import (
    NotFound,
    Refused,
)
from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.core.instance import InstanceState
from rdpgui.core.kinds.kind import Ec2Call, GuestScript
from rdpgui.core.ports import (
    AccessPort,
    AuditPort,
    DisruptionPort,
    IdentityPort,
    InstancePort,
    ObjectPort,
    PreferencesPort,
    SessionPort,
)
from rdpgui.core.preflight import PreflightPort
from tests.contract.conftest import Endpoint
from tests.contract.lab_ports import NOBODY, connected, is_connected, until
from tests.unit.aws.stubbed import StubbedClients

pytestmark = pytest.mark.asyncio(loop_scope="function")

AT = datetime(2026, 11, 23, 6, 55, tzinfo=UTC)
STUB_INSTANCE = InstanceId("i-0123456789abcdef0")


@dataclass
class Environment:
    """Ports to test. ``told`` queues stubbed answers and does nothing in the lab."""

    ports: AwsPorts
    instance_id: InstanceId
    bucket: str
    stubs: StubbedClients | None = None

    def told(self, service: str, method: str, answer: dict[str, Any]) -> None:
        if self.stubs is not None:
            self.stubs.add(service, method, answer)

    def refused(self, service: str, method: str, code: str) -> None:
        if self.stubs is not None:
            self.stubs.fail(service, method, code)


@pytest.fixture(params=["stubber", "lab"])
def place(request: pytest.FixtureRequest) -> Endpoint | None:
    """Return the lab, or nothing for stubbed clients; started only when a test of it is chosen."""
    return cast("Endpoint", request.getfixturevalue("lab")) if request.param == "lab" else None


@pytest_asyncio.fixture
async def env(place: Endpoint | None) -> AsyncIterator[Environment]:
    if place is None:
        stubs = StubbedClients()
        caller = AwsCaller(stubs)
        yield Environment(ports_of(caller, Place(region="us-east-1"), "us-east-1"), STUB_INSTANCE, "films", stubs)
        await caller.aclose()
        stubs.assert_all_used()
        return
    async with connected(place) as ports:
        preferences = await ports.preferences.preferences()
        assert preferences is not None
        instance_id = next(i.instance_id for i in await ports.instances.instances() if i.platform == "windows")
        await until(lambda: is_connected(ports, instance_id))
        yield Environment(ports, instance_id, preferences.bucket)


def described(instance_id: str, state: str = "running", **more: Any) -> dict[str, Any]:
    item = {"InstanceId": instance_id, "State": {"Name": state}, "Platform": "windows", "LaunchTime": AT, **more}
    return {"Reservations": [{"Instances": [item]}]}


async def test_that_the_objects_are_the_ports(env: Environment) -> None:
    ports = env.ports
    typed: tuple[
        IdentityPort,
        InstancePort,
        SessionPort,
        DisruptionPort,
        PreferencesPort,
        ObjectPort,
        AccessPort,
        AuditPort,
        PreflightPort,
    ] = (
        ports.identity,
        ports.instances,
        ports.sessions,
        ports.disruptions,
        ports.preferences,
        ports.objects,
        ports.access,
        ports.audit,
        ports.preflight,
    )
    assert len(typed) == 9


async def test_that_the_caller_has_an_account_and_a_region(env: Environment) -> None:
    env.told("sts", "get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/me", "UserId": "u"})
    found = await env.ports.identity.identity()
    assert len(found.account_id) == 12
    assert found.region == "us-east-1"
    assert found.lab is (env.stubs is None)


async def test_that_an_instance_is_found_in_the_list_and_by_id(env: Environment) -> None:
    for _ in range(2):
        env.told("ec2", "describe_instances", described(env.instance_id))
    listed = {item.instance_id: item for item in await env.ports.instances.instances()}
    found = await env.ports.instances.instance(env.instance_id)
    assert (found.state, found.platform) == (InstanceState.RUNNING, "windows")
    assert listed[env.instance_id] == found
    assert found.launched_at is not None
    assert found.launched_at.utcoffset() == timedelta(0)


async def test_that_an_unknown_instance_is_not_found(env: Environment) -> None:
    env.refused("ec2", "describe_instances", "InvalidInstanceID.NotFound")
    with pytest.raises(NotFound, match=NOBODY):
        await env.ports.instances.instance(NOBODY)


async def test_that_the_protection_is_known(env: Environment) -> None:
    behaviour = {"InstanceInitiatedShutdownBehavior": {"Value": "stop"}, "DisableApiStop": {"Value": False}}
    for _ in range(2):
        env.told("ec2", "describe_instance_attribute", behaviour)
    found = await env.ports.instances.protection(env.instance_id)
    assert (found.shutdown_behaviour, found.stop_protected) == ("stop", False)


async def test_that_the_screenshot_is_a_jpeg(env: Environment) -> None:
    env.told("ec2", "get_console_screenshot", {"ImageData": "/9j/2Q==", "InstanceId": env.instance_id})
    assert (await env.ports.instances.screenshot(env.instance_id)).startswith(b"\xff\xd8\xff")


async def test_that_there_are_no_active_sessions_before_anybody_connects(env: Environment) -> None:
    env.told("ssm", "describe_sessions", {"Sessions": []})
    assert await env.ports.sessions.sessions(active=True, target=env.instance_id) == ()


@pytest.mark.parametrize("action", ["StopInstances", "RebootInstances"])
async def test_that_a_rehearsal_changes_nothing(env: Environment, action: str) -> None:
    method = "stop_instances" if "Stop" in action else "reboot_instances"
    env.refused("ec2", method, "DryRunOperation")
    env.told("ec2", "describe_instances", described(env.instance_id))
    assert await env.ports.disruptions.rehearse(Ec2Call(action), env.instance_id) is True
    assert (await env.ports.instances.instance(env.instance_id)).state is InstanceState.RUNNING


async def test_that_the_guest_tells_its_boot_time(env: Environment) -> None:
    env.told("ssm", "send_command", {"Command": {"CommandId": "11111111-2222-3333-4444-555555555555"}})
    env.told(
        "ssm",
        "get_command_invocation",
        {"Status": "Success", "StandardOutputContent": "3605\r\n2026-11-23T06:55:00.0000000Z\r\n"},
    )
    boot = await env.ports.disruptions.last_boot(env.instance_id)
    assert boot is not None
    assert boot.boot_at < datetime.now(UTC) + timedelta(days=3650)
    assert boot.uptime_s is not None
    assert boot.uptime_s >= 0


async def test_that_a_command_to_nobody_is_refused(env: Environment) -> None:
    env.refused("ssm", "send_command", "InvalidInstanceId")
    with pytest.raises(Refused, match=NOBODY):
        await env.ports.disruptions.perform(GuestScript(("exit 0",)), NOBODY)


async def test_that_an_access_request_has_a_status(env: Environment) -> None:
    env.told("ssm", "start_access_request", {"AccessRequestId": "oi-0123456789ab"})
    env.told("ssm", "get_access_token", {"AccessRequestStatus": "Pending"})
    request_id = await env.ports.access.request(env.instance_id, "a test of the recording")
    assert request_id.startswith("oi-")
    assert await env.ports.access.status(request_id) in {"Pending", "Approved"}


async def test_that_an_unknown_access_request_is_not_found(env: Environment) -> None:
    env.refused("ssm", "get_access_token", "ResourceNotFoundException")
    with pytest.raises(NotFound):
        await env.ports.access.status(AccessRequestId("oi-999999999999"))


async def test_that_an_unknown_object_is_not_found(env: Environment) -> None:
    env.refused("s3", "head_object", "404")
    with pytest.raises(NotFound, match=r"nothing\.mp4"):
        await env.ports.objects.head(env.bucket, "nothing.mp4")
