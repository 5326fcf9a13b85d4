"""One suite for the ports that ``aws`` implements: answers validated by botocore's models, and the lab itself.

The same assertions hold for both; a stub is told what to answer first, the lab answers by itself.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import subprocess
import sys
import urllib.request
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from rdpgui.aws import calls
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import ClientSource, LabKeys, Pace, Place
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.core.errors import (
    AccessDenied,
    CredentialsExpired,
    MalformedAnswer,
    NotFound,
    NotOffered,
    ObjectChanged,
    RdpguiError,
    Refused,
    Throttled,
    Unreachable,
)
from rdpgui.core.ids import AccessRequestId, CommandId, InstanceId
from rdpgui.core.instance import ConnectionStatus, InstanceState
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
from rdpgui.core.preflight import PreflightPort, Severity
from rdpgui.core.recording import RecordingObject
from rdpgui.core.session import AccessType
from tests.unit.aws.stubbed import StubbedClients

pytestmark = pytest.mark.asyncio(loop_scope="function")

AT = datetime(2026, 11, 23, 6, 55, tzinfo=UTC)
STUB_INSTANCE = InstanceId("i-0123456789abcdef0")
NOBODY = InstanceId("i-0000000000000dead")
PACE = Pace(attempts=2, connect_timeout_s=2.0, read_timeout_s=1.5)
LIMIT_S = 30.0


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


@dataclass
class Lab:
    """The lab as a child process."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    clients: ClientSource = field(init=False)

    def __post_init__(self) -> None:
        keys = LabKeys(self.ready["access_key_id"], self.ready["secret_access_key"])
        self.clients = ClientSource(Place("", self.ready["region"], self.ready["url"], keys), PACE)

    def control(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"{self.ready['url']}/_lab/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Lab-Token": self.ready["control_token"], "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rdpgui.lab"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    state_dir = tmp_path_factory.mktemp("lab")
    stdin.write(json.dumps({"scenario": "default", "state_dir": str(state_dir)}) + "\n")
    stdin.flush()
    ready = json.loads(stdout.readline())
    assert ready["event"] == "ready", ready
    assert json.loads(stdout.readline())["event"] == "seeded"
    yield Lab(process, ready)
    stdin.close()
    process.wait(20)
    stdout.close()


@pytest_asyncio.fixture
async def lab_ports(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsPorts]:
    monkeypatch.setattr(calls, "MALFORMED_PAUSE_S", 0.01)
    async with connected(lab) as ports:
        yield ports


@contextlib.asynccontextmanager
async def connected(lab: Lab) -> AsyncIterator[AwsPorts]:
    caller = AwsCaller(lab.clients)
    ports = ports_of(caller, lab.clients.place, lab.clients.region)
    yield ports
    lab.control("DELETE", "faults")
    await ports.aclose()


@pytest.fixture(params=["stubber", "lab"])
def place(request: pytest.FixtureRequest) -> Lab | None:
    """Return the lab, or nothing for stubbed clients; started only when a test of it is chosen."""
    return cast("Lab", request.getfixturevalue("lab")) if request.param == "lab" else None


@pytest_asyncio.fixture
async def env(place: Lab | None) -> AsyncIterator[Environment]:
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
        await until(lambda: _connected(ports, instance_id))
        yield Environment(ports, instance_id, preferences.bucket)


async def _connected(ports: AwsPorts, instance_id: InstanceId) -> bool:
    listed = any(node.instance_id == instance_id for node in await ports.instances.nodes())
    return listed and await ports.instances.connection_status(instance_id) is ConnectionStatus.CONNECTED


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not await condition():  # noqa: ASYNC110 - AWS offers nothing but polling
            await asyncio.sleep(0.1)


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


@pytest.mark.parametrize("action", ["StopInstances", "ec2:RebootInstances"])
async def test_that_a_rehearsal_changes_nothing(env: Environment, action: str) -> None:
    method = "stop_instances" if "Stop" in action else "reboot_instances"
    env.refused("ec2", method, "DryRunOperation")
    env.told("ec2", "describe_instances", described(env.instance_id))
    assert await env.ports.disruptions.rehearse(action, env.instance_id) is True
    assert (await env.ports.instances.instance(env.instance_id)).state is InstanceState.RUNNING


async def test_that_the_guest_tells_its_boot_time(env: Environment) -> None:
    env.told("ssm", "send_command", {"Command": {"CommandId": "11111111-2222-3333-4444-555555555555"}})
    env.told(
        "ssm",
        "get_command_invocation",
        {"Status": "Success", "StandardOutputContent": "2026-11-23T06:55:00.0000000Z\r\n"},
    )
    boot_at = await env.ports.disruptions.boot_time(env.instance_id)
    assert boot_at is not None
    assert boot_at < datetime.now(UTC) + timedelta(days=3650)


async def test_that_a_command_to_nobody_is_refused(env: Environment) -> None:
    env.refused("ssm", "send_command", "InvalidInstanceId")
    with pytest.raises(Refused, match=NOBODY):
        await env.ports.disruptions.os_shutdown(NOBODY, restart=True, delay_s=1)


async def test_that_an_unknown_command_has_no_status_yet(env: Environment) -> None:
    env.refused("ssm", "get_command_invocation", "InvocationDoesNotExist")
    unknown = CommandId("99999999-2222-3333-4444-555555555555")
    assert await env.ports.disruptions.command_status(unknown, env.instance_id) == ""


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


# -- the lab alone -------------------------------------------------------------


async def stored(lab_ports: AwsPorts, data: bytes, key: str = "contract/film.mp4") -> RecordingObject:
    preferences = await lab_ports.preferences.preferences()
    assert preferences is not None

    def put() -> None:
        client = lab_ports.caller.clients.client("s3")
        checksum = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        client.put_object(
            Bucket=preferences.bucket, Key=key, Body=data, ChecksumCRC32=checksum, Metadata={"lab": "LAB"}
        )

    await lab_ports.caller.run(put)
    return await lab_ports.objects.head(preferences.bucket, key)


def film_of(size_bytes: int) -> bytes:
    return hashlib.shake_256(b"film").digest(size_bytes)


async def test_that_a_download_from_the_lab_is_verified(lab_ports: AwsPorts, tmp_path: Path) -> None:
    data = film_of(9 * 1024 * 1024)
    item = await stored(lab_ports, data)
    assert item.tag("lab") == "LAB"
    done = await lab_ports.objects.download(item, tmp_path / "film.mp4", lambda done, total: None)
    assert (done.checksum_matched, done.sha256) == (True, hashlib.sha256(data).hexdigest())


async def test_that_ranges_of_the_lab_are_of_one_version(lab_ports: AwsPorts) -> None:
    data = film_of(700_000)
    reader = lab_ports.objects.reader(await stored(lab_ports, data))
    assert await lab_ports.caller.transfer(reader.read_range, 300_000, 10) == data[300_000:300_010]
    await stored(lab_ports, data[::-1])
    with pytest.raises(ObjectChanged):
        await lab_ports.caller.transfer(reader.read_range, 0, 10)


async def test_that_a_presigned_url_plays_ranges_without_credentials(lab_ports: AwsPorts) -> None:
    data = film_of(1000)
    url = await lab_ports.objects.presigned_url(await stored(lab_ports, data), expires_s=60)
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url

    def read() -> tuple[int, bytes]:
        request = urllib.request.Request(url, headers={"Range": "bytes=10-19"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()

    assert await lab_ports.caller.run(read) == (206, data[10:20])


async def test_that_listed_and_headed_objects_are_the_same(lab_ports: AwsPorts) -> None:
    item = await stored(lab_ports, b"data", "contract/listed.mp4")
    listed = {found.key: found for found in await lab_ports.objects.objects(item.bucket)}[item.key]
    assert (listed.etag, listed.size_bytes) == (item.etag, item.size_bytes)
    assert abs(listed.modified_at - item.modified_at) < timedelta(seconds=1.5)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("throttle", Throttled),
        ("denied", AccessDenied),
        ("expired", CredentialsExpired),
        ("server-error", Unreachable),
        ("html-200", MalformedAnswer),
        ("html-500", Unreachable),
        ("cut", Unreachable),
        ("cut-body", (MalformedAnswer, Unreachable)),
        ("hang", Unreachable),
    ],
)
@pytest.mark.parametrize("service", ["ssm", "ec2"])
async def test_that_each_fault_on_the_wire_has_its_error(
    lab: Lab, lab_ports: AwsPorts, kind: str, error: type[RdpguiError] | tuple[type[RdpguiError], ...], service: str
) -> None:
    operation = {"ssm": "DescribeSessions", "ec2": "DescribeInstances"}[service]
    lab.control("POST", "faults", {"kind": kind, "service": service, "operation": operation, "seconds": 30})
    with pytest.raises(error) as caught:
        if service == "ssm":
            await lab_ports.sessions.sessions(active=True)
        else:
            await lab_ports.instances.instances()
    assert caught.value.remedy


@pytest.mark.parametrize("service", ["ssm", "ec2"])
async def test_that_an_error_page_with_status_500_means_not_offered(
    lab: Lab, lab_ports: AwsPorts, service: str
) -> None:
    lab.control("POST", "faults", {"kind": "html-500", "service": service, "status": 500})
    with pytest.raises(NotOffered, match=service):
        if service == "ssm":
            await lab_ports.sessions.sessions(active=True)
        else:
            await lab_ports.instances.instances()


@pytest.mark.parametrize("kind", ["html-200", "cut-body", "cut", "throttle", "server-error"])
async def test_that_a_read_survives_one_fault(lab: Lab, lab_ports: AwsPorts, kind: str) -> None:
    lab.control("POST", "faults", {"kind": kind, "service": "ssm", "operation": "DescribeSessions", "times": 1})
    assert await lab_ports.sessions.sessions(active=True) == ()


async def test_that_a_cut_download_from_the_lab_goes_on(lab: Lab, lab_ports: AwsPorts, tmp_path: Path) -> None:
    item = await stored(lab_ports, film_of(9 * 1024 * 1024))
    lab.control("POST", "faults", {"kind": "cut-body", "service": "s3", "operation": "GetObject", "times": 3})
    done = await lab_ports.objects.download(item, tmp_path / "film.mp4", lambda done, total: None)
    assert done.checksum_matched is True


async def test_that_the_lab_passes_its_own_preflight(lab_ports: AwsPorts) -> None:
    (instance_id, *_) = [item.instance_id for item in await lab_ports.instances.instances()]
    await until(lambda: _connected(lab_ports, instance_id))
    checks = await lab_ports.preflight.preflight(instance_id, AccessType.JUST_IN_TIME)
    assert [f"{check.check_id}: {check.shown()}" for check in checks if check.held is not True] == []
    assert len(checks) == 23
    assert {check.severity for check in checks} == {Severity.BLOCK, Severity.WARN}


async def test_that_preflight_notices_a_broken_destination(lab_ports: AwsPorts) -> None:
    preferences = await lab_ports.preferences.preferences()
    assert preferences is not None
    s3, kms = (lab_ports.caller.clients.client(name) for name in ("s3", "kms"))
    bucket, key = preferences.bucket, preferences.kms_key_arn
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    kms.disable_key(KeyId=key)
    try:
        checks = await lab_ports.preflight.preflight(NOBODY, AccessType.STANDARD)
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
        ownership = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=ownership)
        kms.enable_key(KeyId=key)
    found = {check.check_id: check for check in checks}
    assert found["bucket-policy"].blocks
    assert found["key-usable"].blocks
    assert "Disabled" in found["key-usable"].shown()
    assert found["bucket-ownership"].held is False
    assert found["bucket"].held is True
    assert all(check.remedy for check in checks if check.held is False)


async def test_that_the_audit_log_shows_what_the_recorder_was_refused(lab: Lab, lab_ports: AwsPorts) -> None:
    instances = await lab_ports.instances.instances()
    instance_id = next(i.instance_id for i in instances if i.platform == "windows")
    await until(lambda: _connected(lab_ports, instance_id))
    preferences = await lab_ports.preferences.preferences()
    assert preferences is not None
    kms, key, since = lab_ports.caller.clients.client("kms"), preferences.kms_key_arn, datetime.now(UTC)
    opened = lab.control("POST", "connections", {"instance_id": instance_id, "access_type": "Standard"})

    async def recording() -> bool:
        return bool(lab.control("GET", f"connections/{opened['connection_id']}")["stage"] == "Recording")

    await until(recording)
    assert await lab_ports.audit.denials(since) == ()
    kms.disable_key(KeyId=key)
    try:
        lab.control("DELETE", f"connections/{opened['connection_id']}")
        await until(lambda: lab_ports.audit.denials(since))
        (first, *_) = await lab_ports.audit.denials(since)
    finally:
        kms.enable_key(KeyId=key)
    assert (first.operation, first.resource) == ("kms:Decrypt", key)
    assert first.code == "DisabledException"
    assert first.at >= since.replace(microsecond=0)


async def test_that_preflight_says_what_it_could_not_check(lab: Lab, lab_ports: AwsPorts) -> None:
    lab.control("POST", "faults", {"kind": "denied", "service": "kms", "operation": "DescribeKey"})
    checks = {check.check_id: check for check in await lab_ports.preflight.preflight(NOBODY, AccessType.STANDARD)}
    assert checks["key-usable"].held is None
    assert "kms:DescribeKey" in checks["key-usable"].shown()
    assert checks["instance"].held is False
    assert checks["instance"].blocks
    assert checks["node"].held is False


async def test_that_the_clocks_of_one_machine_agree(lab_ports: AwsPorts) -> None:
    low_s, high_s = await lab_ports.identity.clock_offset_s()
    assert low_s <= 0.0 <= high_s
