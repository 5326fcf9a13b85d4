"""Shapes in which AWS has been seen to answer, over the wire: old and new accounts, odd rows, members that are absent.

Where they come from: answers that people have published (documentation samples, issue reports, fixtures of other
programs), put down anew with other ids, as far as a shape differs in what this program reads.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.aws.policy import decide_data_key, decide_put
from rdpgui.core.errors import MalformedAnswer
from rdpgui.core.ids import SessionId
from rdpgui.core.instance import InstanceState, PingStatus
from rdpgui.core.session import AccessType, SessionStatus
from tests.contract.wire import Wire, answer, instances

pytestmark = pytest.mark.asyncio

ACCOUNT = "111122223333"
NODE = "i-0123456789abcdef0"
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
STAMP = AT.timestamp()


@pytest_asyncio.fixture
async def wired() -> AsyncIterator[tuple[Wire, AwsPorts]]:
    wire = Wire()
    caller = AwsCaller(wire)
    yield wire, ports_of(caller, Place(region="us-east-1"), "us-east-1")
    await caller.aclose()
    assert wire.left() == []


def _tags(**tags: str) -> str:
    rows = "".join(f"<item><key>{k.replace('__', ':')}</key><value>{v}</value></item>" for k, v in tags.items())
    return f"<tagSet>{rows}</tagSet>"


def _reason(code: str, words: str) -> str:
    return f"<stateReason><code>{code}</code><message>{code}: {words}</message></stateReason><reason>{words}</reason>"


def _state(code: int, name: str) -> str:
    return f"<instanceState><code>{code}</code><name>{name}</name></instanceState>"


RUNNING, STOPPED, TERMINATED = _state(16, "running"), _state(80, "stopped"), _state(48, "terminated")
BY_USER = "Client.UserInitiatedShutdown"

INSTANCES: dict[str, tuple[str, dict[str, Any]]] = {
    "windows, all members": (
        f"{RUNNING}<platform>windows</platform><platformDetails>Windows</platformDetails><reason/>"
        "<launchTime>2026-03-04T05:06:07.000Z</launchTime><rootDeviceType>ebs</rootDeviceType>"
        "<hibernationOptions><configured>false</configured></hibernationOptions>" + _tags(Name="web", env="prod"),
        {"platform": "windows", "launched_at": AT, "name": "web", "hibernation": False, "root_device_type": "ebs"},
    ),
    "linux: no platform at all": (f"{RUNNING}<architecture>arm64</architecture>", {"platform": ""}),
    "platform in capitals": (f"{RUNNING}<platform>Windows</platform>", {"platform": "windows"}),
    "no tags": (RUNNING, {"name": "", "tags": ()}),
    "a tag without a value": (RUNNING + "<tagSet><item><key>Name</key><value/></item></tagSet>", {"name": ""}),
    "a name that is no ASCII": (RUNNING + _tags(Name="検証 &amp; 再起動"), {"name": "検証 & 再起動"}),
    "tags of CloudFormation and Auto Scaling": (
        RUNNING + _tags(aws__autoscaling__groupName="asg", aws__cloudformation__stack_name="s"),
        {"tags": (("aws:autoscaling:groupName", "asg"), ("aws:cloudformation:stack_name", "s"))},
    ),
    "stopped by a call, with its time": (
        STOPPED + _reason(BY_USER, "User initiated (2026-03-04 05:06:07 GMT)"),
        {"state_reason_code": BY_USER, "state_transition_reason": "User initiated (2026-03-04 05:06:07 GMT)"},
    ),
    "stopped, reason without a time": (STOPPED + _reason(BY_USER, "User initiated"), {"state_reason_code": BY_USER}),
    "stopped from inside": (
        STOPPED + _reason("Client.InstanceInitiatedShutdown", "Instance initiated shutdown"),
        {"state_reason_code": "Client.InstanceInitiatedShutdown"},
    ),
    "hibernated": (
        STOPPED + _reason("Client.UserInitiatedHibernate", "User initiated hibernate")
        + "<hibernationOptions><configured>true</configured></hibernationOptions>",
        {"state_reason_code": "Client.UserInitiatedHibernate", "hibernation": True},
    ),
    "taken back by the Spot market": (
        TERMINATED + _reason("Server.SpotInstanceTermination", "Spot instance termination")
        + "<instanceLifecycle>spot</instanceLifecycle>",
        {"state": InstanceState.TERMINATED, "lifecycle": "spot"},
    ),
    "a scheduled instance": (f"{RUNNING}<instanceLifecycle>scheduled</instanceLifecycle>", {"lifecycle": "scheduled"}),
    "failed at launch": (
        TERMINATED + _reason("Client.VolumeLimitExceeded", "Volume limit exceeded"),
        {"state_reason_code": "Client.VolumeLimitExceeded"},
    ),
    "terminated: addresses and devices are gone": (
        TERMINATED + "<privateDnsName/><dnsName/><blockDeviceMapping/><networkInterfaceSet/>", {"private_ip": ""},
    ),
    "EC2-Classic with a kernel": (
        RUNNING + "<kernelId>aki-1</kernelId><virtualizationType>paravirtual</virtualizationType>"
        "<rootDeviceType>instance-store</rootDeviceType><privateIpAddress>10.0.0.9</privateIpAddress>",
        {"root_device_type": "instance-store", "private_ip": "10.0.0.9"},
    ),
    "on its way up": (_state(0, "pending") + "<reason/>", {"state": InstanceState.PENDING}),
    "on its way down": (_state(64, "stopping"), {"state": InstanceState.STOPPING}),
    "going for good": (_state(32, "shutting-down"), {"state": InstanceState.SHUTTING_DOWN}),
    "state code with its high byte set": (_state(272, "running"), {"state": InstanceState.RUNNING}),
    "members of tomorrow": (
        RUNNING + "<networkPerformanceOptions><bandwidthWeighting>default</bandwidthWeighting>"
        "</networkPerformanceOptions><operator><managed>true</managed></operator><somethingNew>1</somethingNew>",
        {"flaws": ()},
    ),
    "a state of tomorrow": (_state(96, "resting"), {"flaws": ()}),
    "no state": ("<imageId>ami-1</imageId>", {"flaws": ("Name", "State")}),
}  # fmt: skip


@pytest.mark.parametrize("shape", INSTANCES)
async def test_that_an_instance_is_read(wired: tuple[Wire, AwsPorts], shape: str) -> None:
    wire, ports = wired
    inside, expected = INSTANCES[shape]
    wire.add("ec2", "DescribeInstances", instances(f"<item><instanceId>{NODE}</instanceId>{inside}</item>"))
    (found,) = (await ports.instances.instance_page()).rows
    assert found.instance_id == NODE
    known = {name: getattr(found, name) for name in expected if name != "flaws"}
    assert known == {name: value for name, value in expected.items() if name != "flaws"}
    if "flaws" in expected:
        assert bool(found.flaws) is bool(expected["flaws"])


async def test_that_instances_of_one_reservation_are_all_read_and_an_empty_region_is_empty(
    wired: tuple[Wire, AwsPorts],
) -> None:
    wire, ports = wired
    two = "".join(f"<item><instanceId>i-{n}</instanceId>{RUNNING}</item>" for n in "ab")
    wire.add("ec2", "DescribeInstances", instances(two), instances())
    assert [item.instance_id for item in (await ports.instances.instance_page()).rows] == ["i-a", "i-b"]
    assert (await ports.instances.instance_page()).rows == ()


NODES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "windows, all members": (
        {"PingStatus": "Online", "LastPingDateTime": STAMP, "AgentVersion": "3.3.987.0", "IsLatestVersion": False,
         "PlatformType": "Windows", "PlatformName": "Microsoft Windows Server 2022 Datacenter",
         "PlatformVersion": "10.0.20348", "ResourceType": "EC2Instance", "IPAddress": "10.0.0.4",
         "ComputerName": "EC2AMAZ-1.WORKGROUP", "SourceId": NODE, "SourceType": "AWS::EC2::Instance"},
        {"ping_status": PingStatus.ONLINE, "last_ping_at": AT, "platform_version": "10.0.20348"},
    ),
    "an agent of 2020: no source": (
        {"PingStatus": "Online", "LastPingDateTime": STAMP, "AgentVersion": "2.3.1319.0", "PlatformName": "Linux"},
        {"agent_version": "2.3.1319.0"},
    ),
    "a time with a fraction": (
        {"PingStatus": "Online", "LastPingDateTime": STAMP + 0.356}, {"last_ping_at": AT.replace(microsecond=356000)},
    ),
    "lost": ({"PingStatus": "ConnectionLost"}, {"ping_status": PingStatus.CONNECTION_LOST, "last_ping_at": None}),
    "inactive": ({"PingStatus": "Inactive"}, {"ping_status": PingStatus.INACTIVE}),
    "a hybrid node": (
        {"PingStatus": "Online", "ResourceType": "ManagedInstance", "Name": "onprem", "IamRole": "r",
         "ActivationId": "a", "RegistrationDate": STAMP},
        {"ping_status": PingStatus.ONLINE},
    ),
    "with associations": (
        {"PingStatus": "Online", "AssociationStatus": "Success", "LastAssociationExecutionDate": STAMP,
         "AssociationOverview": {"DetailedStatus": "Success"}},
        {"ping_status": PingStatus.ONLINE},
    ),
    "a bare row": ({"PingStatus": "Online"}, {"agent_version": "", "platform_name": "", "computer_name": ""}),
    "a word of tomorrow": ({"PingStatus": "Dozing"}, {}),
    "no word": ({}, {}),
}  # fmt: skip


@pytest.mark.parametrize("shape", NODES)
async def test_that_a_node_is_read(wired: tuple[Wire, AwsPorts], shape: str) -> None:
    wire, ports = wired
    inside, expected = NODES[shape]
    listing = {"InstanceInformationList": [{"InstanceId": NODE, **inside}], "NextToken": "more"}
    wire.add("ssm", "DescribeInstanceInformation", answer(listing))
    page = await ports.instances.node_page()
    (found,) = page.rows
    assert (found.instance_id, page.following) == (NODE, "more")
    assert {name: getattr(found, name) for name in expected} == expected


RDP = {"DocumentName": "AWS-StartPortForwardingSession", "StartDate": STAMP, "Target": NODE}
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/ann@example.com"
SESSIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a remote desktop of a role": (
        {**RDP, "SessionId": "ann@example.com-2kq5v7m3x1n8r4t6w9y0z2a4b6", "Status": "Connected", "Owner": ROLE,
         "MaxSessionDuration": "60", "AccessType": "Standard", "Details": "", "OutputUrl": {}},
        {"status": SessionStatus.CONNECTED, "owner": ROLE, "access_type": AccessType.STANDARD, "flaws": ()},
    ),
    "just in time": (
        {**RDP, "SessionId": "oi-1-1", "Status": "Connected", "AccessType": "JustInTime", "Reason": "change 7"},
        {"access_type": AccessType.JUST_IN_TIME, "reason": "change 7"},
    ),
    "from before there were types": (
        {**RDP, "SessionId": "Ann-0f1e2d3c4b5a69788", "Status": "Connected"}, {"access_type": AccessType.STANDARD},
    ),
    "on its way": ({**RDP, "SessionId": "a-1", "Status": "Connecting"}, {"status": SessionStatus.CONNECTING}),
    "interrupted": ({**RDP, "SessionId": "a-1", "Status": "Disconnected"}, {"status": SessionStatus.DISCONNECTED}),
    "over": (
        {**RDP, "SessionId": "a-1", "Status": "Terminated", "EndDate": STAMP + 60},
        {"status": SessionStatus.TERMINATED, "ended_at": AT.replace(minute=7)},
    ),
    "over, without an end": ({**RDP, "SessionId": "a-1", "Status": "Terminated"}, {"ended_at": None}),
    "failed at once": (
        {**RDP, "SessionId": "a-1", "Status": "Failed", "EndDate": STAMP}, {"status": SessionStatus.FAILED},
    ),
    "a shell": (
        {"SessionId": "a-1", "Status": "Connected", "StartDate": STAMP, "Target": NODE,
         "DocumentName": "SSM-SessionManagerRunShell"},
        {"may_be_remote_desktop": False},
    ),
    "a tunnel to another host": (
        {**RDP, "SessionId": "a-1", "Status": "Connected",
         "DocumentName": "AWS-StartPortForwardingSessionToRemoteHost"},
        {"may_be_remote_desktop": False},
    ),
    "no document": (
        {"SessionId": "a-1", "Status": "Connected", "StartDate": STAMP, "Target": NODE}, {"document_name": ""},
    ),
    "a hybrid target": ({**RDP, "SessionId": "a-1", "Status": "Connected", "Target": "mi-1"}, {"target": "mi-1"}),
    "no target": ({"SessionId": "a-1", "Status": "Connected", "StartDate": STAMP}, {"flaws": ("Target",)}),
    "no start": ({"SessionId": "a-1", "Status": "Connected", "Target": NODE}, {"flaws": ("StartDate",)}),
}  # fmt: skip


@pytest.mark.parametrize("shape", SESSIONS)
async def test_that_a_session_is_read(wired: tuple[Wire, AwsPorts], shape: str) -> None:
    wire, ports = wired
    inside, expected = SESSIONS[shape]
    wire.add("ssm", "DescribeSessions", answer({"Sessions": [inside]}))
    (found,) = await ports.sessions.sessions(active="EndDate" not in inside)
    assert found.session_id == SessionId(inside["SessionId"])
    assert {name: getattr(found, name) for name in expected} == expected


HEADS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "encrypted by S3": ({"x_amz_server_side_encryption": "AES256"}, {"server_side_encryption": "AES256"}),
    "encrypted by a key": (
        {"x_amz_server_side_encryption": "aws:kms", "x_amz_server_side_encryption_bucket_key_enabled": "true",
         "x_amz_server_side_encryption_aws_kms_key_id": "arn:aws:kms:us-east-1:1:key/k"},
        {"kms_key": "arn:aws:kms:us-east-1:1:key/k"},
    ),
    "encrypted twice": ({"x_amz_server_side_encryption": "aws:kms:dsse"}, {"server_side_encryption": "aws:kms:dsse"}),
    "of a versioned bucket": ({"x_amz_version_id": "3sL4kqtJlcpXroDTDmJ"}, {"version_id": "3sL4kqtJlcpXroDTDmJ"}),
    "from before versioning": ({"x_amz_version_id": "null"}, {"version_id": ""}),
    "with a checksum of the whole": (
        {"x_amz_checksum_crc64nvme": "AAAAAAAAAAA=", "x_amz_checksum_type": "FULL_OBJECT"},
        {"checksum": "CRC64NVME:AAAAAAAAAAA="},
    ),
    "with a checksum of the parts": (
        {"x_amz_checksum_crc32": "AAAAAA==-3", "x_amz_checksum_type": "COMPOSITE"}, {"checksum": "CRC32:AAAAAA==-3"},
    ),
    "without a checksum": ({}, {"checksum": ""}),
    "with metadata": (
        {"x_amz_meta_session": "a-1", "x_amz_meta_x": "", "content_type": "video/mp4"},
        {"metadata": (("session", "a-1"), ("x", "")), "content_type": "video/mp4"},
    ),
    "in parts, locked, replicated": (
        {"x_amz_object_lock_mode": "GOVERNANCE", "x_amz_replication_status": "COMPLETED", "x_amz_mp_parts_count": "3",
         "etag": '"0123-3"', "x_amz_storage_class": "STANDARD_IA", "x_amz_restore": 'ongoing-request="false"'},
        {"etag": '"0123-3"'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", HEADS)
async def test_that_the_head_of_an_object_is_read(wired: tuple[Wire, AwsPorts], shape: str) -> None:
    wire, ports = wired
    headers, expected = HEADS[shape]
    modified = "Wed, 04 Mar 2026 05:06:07 GMT"
    plain = {"content_length": "7", "etag": '"e"', "last_modified": modified, "accept_ranges": "bytes"}
    wire.add("s3", "HeadObject", answer("", **(plain | headers)))
    found = await ports.objects.head("films", "a.mp4")
    assert (found.size_bytes, found.modified_at) == (7, AT)
    assert {name: getattr(found, name) for name in expected} == expected


PREFERENCES: dict[str, tuple[dict[str, Any], str | None]] = {
    "set": (
        {"ConnectionRecordingPreferences": {"KMSKeyArn": "k", "RecordingDestinations": {
            "S3Buckets": [{"BucketName": "films", "BucketOwner": ACCOUNT}]}}, "ClientToken": "t"}, "films"),
    "never set, an empty answer": ({}, None),
    "never set, an empty member": ({"ConnectionRecordingPreferences": None}, None),
}  # fmt: skip


@pytest.mark.parametrize("shape", PREFERENCES)
async def test_that_preferences_are_read(wired: tuple[Wire, AwsPorts], shape: str) -> None:
    wire, ports = wired
    body, bucket = PREFERENCES[shape]
    wire.add("ssm-guiconnect", "GetConnectionRecordingPreferences", answer(body))
    found = await ports.preferences.preferences()
    assert (found.bucket if found is not None else None) == bucket


async def test_that_preferences_that_were_never_set_may_also_be_not_found(wired: tuple[Wire, AwsPorts]) -> None:
    wire, ports = wired
    missing = answer({"message": "none"}, 404, x_amzn_errortype="ResourceNotFoundException:http://internal/")
    wire.add("ssm-guiconnect", "GetConnectionRecordingPreferences", missing)
    assert await ports.preferences.preferences() is None


PUT = {"Effect": "Allow", "Principal": {"Service": "ssm-guiconnect.amazonaws.com"}, "Action": "s3:PutObject",
       "Resource": "arn:aws:s3:::films/*"}  # fmt: skip
PLAIN_HTTP = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::films/*"],
              "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
POLICIES: dict[str, tuple[list[dict[str, Any]], bool | None, int]] = {
    "as documented": ([{**PUT, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}], True, 0),
    "for another account": ([{**PUT, "Condition": {"StringEquals": {"aws:SourceAccount": "999988887777"}}}], False, 0),
    "for several accounts": ([{**PUT, "Condition": {"StringEquals": {"aws:SourceAccount": ["9", ACCOUNT]}}}], True, 0),
    "for an organization": ([{**PUT, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}], None, 0),
    "lists of everything": ([{**PUT, "Action": ["s3:Put*"], "Resource": ["arn:aws:s3:::films/*"]}], True, 0),
    "of GovCloud": ([{**PUT, "Resource": "arn:aws-us-gov:s3:::films/*"}], True, 0),
    "nothing for the service": ([{**PUT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}], False, 0),
    "of another folder only": ([{**PUT, "Resource": "arn:aws:s3:::films/ann/*"}], False, 0),
    "with the usual refusal of plain HTTP": ([PUT, PLAIN_HTTP], True, 0),
    "refused without encryption": (
        [PUT, {**PLAIN_HTTP, "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}}], True, 1),
    "refused from outside of a VPC": (
        [PUT, {**PLAIN_HTTP, "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}], True, 1),
}  # fmt: skip


@pytest.mark.parametrize("shape", POLICIES)
async def test_that_a_bucket_policy_is_read(shape: str) -> None:
    statements, allowed, denies = POLICIES[shape]
    found = decide_put(json.dumps({"Version": "2012-10-17", "Statement": statements}), "films", ACCOUNT)
    assert (found.allowed, len(found.denies)) == (allowed, denies)
    alone = {"Version": "2012-10-17", "Statement": statements[0]}  # one statement needs no list
    assert decide_put(json.dumps(alone), "films", ACCOUNT).allowed == allowed


@pytest.mark.parametrize(
    ("principal", "action", "named"),
    [
        ({"Service": "ssm-guiconnect.amazonaws.com"}, "kms:GenerateDataKey*", True),
        ({"Service": ["logs.amazonaws.com", "ssm-guiconnect.amazonaws.com"]}, ["kms:*"], True),
        ({"Service": "ssm-guiconnect.amazonaws.com"}, "kms:Decrypt", False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", False),
    ],
)
async def test_that_a_key_policy_is_read(principal: dict[str, Any], action: object, named: bool) -> None:
    statement = {"Sid": "s", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    text = json.dumps({"Id": "k", "Statement": [statement]})
    assert decide_data_key(text, ACCOUNT, "s3.eu-west-1.amazonaws.com") is named


async def test_that_an_answer_of_something_else_is_no_empty_list(wired: tuple[Wire, AwsPorts]) -> None:
    wire, ports = wired
    wire.add("ssm", "DescribeSessions", answer({"message": "hello"}))
    with pytest.raises(MalformedAnswer):
        await ports.sessions.sessions(active=True)


async def test_that_there_are_enough_of_them() -> None:
    assert len([*INSTANCES, *NODES, *SESSIONS, *HEADS, *PREFERENCES, *POLICIES]) >= 60
