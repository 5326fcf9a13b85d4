"""What the program's ports do on the lab: bytes and their checksums, faults on the wire, preflight, the audit log."""

from __future__ import annotations

import base64
import hashlib
import urllib.request
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from rdpgui.aws import calls
from rdpgui.aws.factory import AwsPorts
from rdpgui.core.errors import (
    AccessDenied,
    CredentialsExpired,
    MalformedAnswer,
    NotOffered,
    ObjectChanged,
    RdpguiError,
    Throttled,
    Unreachable,
)
from rdpgui.core.preflight import Severity
from rdpgui.core.recording import RecordingObject
from rdpgui.core.session import AccessType
from tests.contract.conftest import Endpoint
from tests.contract.lab_ports import NOBODY, connected, is_connected, until
from tests.helpers.limits import limit_s

pytestmark = pytest.mark.asyncio(loop_scope="function")

PERMITTED: dict[str, bool | None] = {"ec2:RebootInstances": True, "ec2:StopInstances": True}


@pytest_asyncio.fixture
async def lab_ports(lab: Endpoint, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsPorts]:
    monkeypatch.setattr(calls, "MALFORMED_PAUSE_S", 0.01)
    async with connected(lab) as ports:
        yield ports


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
        with urllib.request.urlopen(request, timeout=limit_s(10)) as answer:
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
    lab: Endpoint,
    lab_ports: AwsPorts,
    kind: str,
    error: type[RdpguiError] | tuple[type[RdpguiError], ...],
    service: str,
) -> None:
    operation = {"ssm": "DescribeSessions", "ec2": "DescribeInstances"}[service]
    lab.control("POST", "/_lab/faults", {"kind": kind, "service": service, "operation": operation, "seconds": 30})
    with pytest.raises(error) as caught:
        if service == "ssm":
            await lab_ports.sessions.sessions(active=True)
        else:
            await lab_ports.instances.instances()
    assert caught.value.remedy


@pytest.mark.parametrize("service", ["ssm", "ec2"])
async def test_that_an_error_page_with_status_500_means_not_offered(
    lab: Endpoint, lab_ports: AwsPorts, service: str
) -> None:
    lab.control("POST", "/_lab/faults", {"kind": "html-500", "service": service, "status": 500})
    with pytest.raises(NotOffered, match=service):
        if service == "ssm":
            await lab_ports.sessions.sessions(active=True)
        else:
            await lab_ports.instances.instances()


@pytest.mark.parametrize("kind", ["html-200", "cut-body", "cut", "throttle", "server-error"])
async def test_that_a_read_survives_one_fault(lab: Endpoint, lab_ports: AwsPorts, kind: str) -> None:
    lab.control("POST", "/_lab/faults", {"kind": kind, "service": "ssm", "operation": "DescribeSessions", "times": 1})
    assert await lab_ports.sessions.sessions(active=True) == ()


async def test_that_a_cut_download_from_the_lab_goes_on(lab: Endpoint, lab_ports: AwsPorts, tmp_path: Path) -> None:
    item = await stored(lab_ports, film_of(9 * 1024 * 1024))
    lab.control("POST", "/_lab/faults", {"kind": "cut-body", "service": "s3", "operation": "GetObject", "times": 3})
    done = await lab_ports.objects.download(item, tmp_path / "film.mp4", lambda done, total: None)
    assert done.checksum_matched is True


async def test_that_the_lab_passes_its_own_preflight(lab_ports: AwsPorts) -> None:
    (instance_id, *_) = [item.instance_id for item in await lab_ports.instances.instances()]
    await until(lambda: is_connected(lab_ports, instance_id))
    checks = await lab_ports.preflight.preflight(instance_id, AccessType.JUST_IN_TIME, PERMITTED)
    assert [check.check_id for check in checks if check.held is not True] == ["rdp-port", "psreadline"]
    assert len(checks) == 42
    assert {check.severity for check in checks} == set(Severity)
    assert all(check.cli.startswith("aws ") and lab_ports.endpoint_url in check.cli for check in checks)


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


async def test_that_the_audit_log_shows_what_the_recorder_was_refused(lab: Endpoint, lab_ports: AwsPorts) -> None:
    instances = await lab_ports.instances.instances()
    instance_id = next(i.instance_id for i in instances if i.platform == "windows")
    await until(lambda: is_connected(lab_ports, instance_id))
    preferences = await lab_ports.preferences.preferences()
    assert preferences is not None
    kms, key, since = lab_ports.caller.clients.client("kms"), preferences.kms_key_arn, datetime.now(UTC)
    _, opened = lab.control("POST", "/_lab/connections", {"instance_id": instance_id, "access_type": "Standard"})

    async def recording() -> bool:
        _, connection = lab.control("GET", f"/_lab/connections/{opened['connection_id']}")
        return bool(connection["stage"] == "Recording")

    await until(recording)
    assert await lab_ports.audit.denials(since) == ()
    kms.disable_key(KeyId=key)
    try:
        lab.control("DELETE", f"/_lab/connections/{opened['connection_id']}")
        await until(lambda: lab_ports.audit.denials(since))
        (first, *_) = await lab_ports.audit.denials(since)
    finally:
        kms.enable_key(KeyId=key)
    assert (first.operation, first.resource) == ("kms:Decrypt", key)
    assert first.code == "DisabledException"
    assert first.at >= since.replace(microsecond=0)


async def test_that_preflight_says_what_it_could_not_check(lab: Endpoint, lab_ports: AwsPorts) -> None:
    lab.control("POST", "/_lab/faults", {"kind": "denied", "service": "kms", "operation": "DescribeKey"})
    checks = {check.check_id: check for check in await lab_ports.preflight.preflight(NOBODY, AccessType.STANDARD)}
    assert checks["key-usable"].held is None
    assert "kms:DescribeKey" in checks["key-usable"].shown()
    assert checks["instance"].held is False
    assert checks["instance"].blocks


async def test_that_the_clocks_of_one_machine_agree(lab_ports: AwsPorts) -> None:
    low_s, high_s = await lab_ports.identity.clock_offset_s()
    assert low_s <= 0.0 <= high_s
