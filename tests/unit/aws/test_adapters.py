"""Shapes, paging and errors of the adapters, with answers validated against botocore's models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rdpgui.aws import actions
from rdpgui.aws.actions import BOOT_SCRIPT, AwsActions
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.aws.guiconnect import GuiConnectPreferences
from rdpgui.aws.s3 import S3Objects
from rdpgui.aws.ssm import SsmAccess, SsmSessions
from rdpgui.aws.sts import StsIdentity
from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.errors import (
    AccessDenied,
    AwsError,
    MalformedAnswer,
    NotFound,
    Refused,
)
from rdpgui.core.ids import AccessRequestId, CommandId, SessionId
from rdpgui.core.instance import ConnectionStatus, GuestBoot, InstanceState, PingStatus
from rdpgui.core.kinds.kind import Ec2Call, GuestScript
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.session import AccessType, SessionStatus
from tests.unit.aws.samples import AT, INSTANCE
from tests.unit.aws.stubbed import StubbedClients

pytestmark = pytest.mark.asyncio

COMMAND = CommandId("11111111-2222-3333-4444-555555555555")


def ec2_instance(instance_id: str = INSTANCE, **more: Any) -> dict[str, Any]:
    return {"InstanceId": instance_id, "State": {"Code": 16, "Name": "running"}, **more}


def ec2_page(*items: dict[str, Any], token: str = "") -> dict[str, Any]:
    page: dict[str, Any] = {"Reservations": [{"Instances": [item]} for item in items]}
    return page | ({"NextToken": token} if token else {})


def session(session_id: str, started_at: datetime, **more: Any) -> dict[str, Any]:
    return {"SessionId": session_id, "Target": INSTANCE, "Status": "Connected", "StartDate": started_at, **more}


async def test_that_instances_come_from_all_pages(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.add("ec2", "describe_instances", ec2_page(ec2_instance("i-1"), token="more"), {"MaxResults": 200})
    stubs.add("ec2", "describe_instances", ec2_page(ec2_instance("i-2")), {"MaxResults": 200, "NextToken": "more"})
    assert [item.instance_id for item in await Ec2Instances(caller).instances()] == ["i-1", "i-2"]
    stubs.assert_all_used()


async def test_that_a_list_that_does_not_end_is_refused(stubs: StubbedClients, caller: AwsCaller) -> None:
    for _ in range(2):
        stubs.add("ec2", "describe_instances", ec2_page(ec2_instance(), token="same"))
    with pytest.raises(MalformedAnswer, match="does not end"):
        await Ec2Instances(caller).instances()


async def test_that_every_fact_of_an_instance_is_read(stubs: StubbedClients, caller: AwsCaller) -> None:
    item = ec2_instance(
        State={"Code": 80, "Name": "stopped"},
        StateReason={"Code": "Client.UserInitiatedShutdown", "Message": "m"},
        StateTransitionReason="User initiated (2026-11-23 06:55:00 GMT)",
        Platform="Windows",
        InstanceType="m7i.large",
        LaunchTime=AT.astimezone(tz=None),
        PrivateIpAddress="10.0.0.4",
        Tags=[{"Key": "z", "Value": "1"}, {"Key": "Name", "Value": "WIN-01"}],
        RootDeviceType="ebs",
        InstanceLifecycle="spot",
    )
    stubs.add("ec2", "describe_instances", ec2_page(item), {"InstanceIds": [INSTANCE]})
    found = await Ec2Instances(caller).instance(INSTANCE)
    assert (found.name, found.state, found.platform) == ("WIN-01", InstanceState.STOPPED, "windows")
    assert (found.launched_at, found.tags) == (AT, (("Name", "WIN-01"), ("z", "1")))
    assert found.launched_at is not None
    assert found.launched_at.tzinfo is UTC
    assert (found.state_reason_code, found.lifecycle) == ("Client.UserInitiatedShutdown", "spot")
    assert found.state_transition_reason == "User initiated (2026-11-23 06:55:00 GMT)"


async def test_that_an_unknown_instance_is_named(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.fail("ec2", "describe_instances", "InvalidInstanceID.NotFound")
    with pytest.raises(NotFound, match=INSTANCE):
        await Ec2Instances(caller).instance(INSTANCE)


@pytest.mark.case("P11")
async def test_that_a_state_this_program_does_not_know_is_kept_as_its_word(
    stubs: StubbedClients, caller: AwsCaller
) -> None:
    stubs.add("ec2", "describe_instances", ec2_page(ec2_instance(State={"Code": 1, "Name": "melting"})))
    (found,) = await Ec2Instances(caller).instances()
    assert (found.state.value, found.state.known, found.flaws) == ("melting", False, ())
    assert all(found.state is not state and found.state != state for state in InstanceState)


async def test_that_nodes_carry_ping_and_agent(stubs: StubbedClients, caller: AwsCaller) -> None:
    item = {"InstanceId": INSTANCE, "PingStatus": "Online", "LastPingDateTime": AT, "AgentVersion": "3.3.1"}
    stubs.add("ssm", "describe_instance_information", {"InstanceInformationList": [item]})
    (node,) = await Ec2Instances(caller).nodes()
    assert (node.ping_status, node.last_ping_at, node.agent_version) == (PingStatus.ONLINE, AT, "3.3.1")


async def test_that_an_answer_without_its_list_is_not_an_empty_list(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.add("ssm", "describe_instance_information", {})
    with pytest.raises(MalformedAnswer, match="InstanceInformationList"):
        await Ec2Instances(caller).nodes()


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("connected", ConnectionStatus.CONNECTED),
        ("notconnected", ConnectionStatus.NOT_CONNECTED),
        ("Connected", ConnectionStatus.CONNECTED),
    ],
)
async def test_that_the_connection_status_is_read(
    stubs: StubbedClients, caller: AwsCaller, word: str, status: ConnectionStatus
) -> None:
    stubs.add("ssm", "get_connection_status", {"Target": INSTANCE, "Status": word}, {"Target": INSTANCE})
    assert await Ec2Instances(caller).connection_status(INSTANCE) is status


async def test_that_protection_says_none_where_it_may_not_look(stubs: StubbedClients, caller: AwsCaller) -> None:
    for _ in range(2):
        stubs.fail("ec2", "describe_instance_attribute", "UnauthorizedOperation", status=403)
    found = await Ec2Instances(caller).protection(INSTANCE)
    assert (found.shutdown_behaviour, found.stop_protected) == (None, None)


async def test_that_a_screenshot_is_decoded(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.add("ec2", "get_console_screenshot", {"ImageData": "/9j/", "InstanceId": INSTANCE})
    assert await Ec2Instances(caller).screenshot(INSTANCE) == b"\xff\xd8\xff"


async def test_that_sessions_are_newest_first_and_filtered_by_target(stubs: StubbedClients, caller: AwsCaller) -> None:
    items = [
        session("old", AT),
        session(
            "new",
            AT + timedelta(minutes=1),
            Status="Terminated",
            EndDate=AT + timedelta(minutes=2),
            AccessType="JustInTime",
            DocumentName="AWS-StartPortForwardingSession",
        ),
    ]
    expected = {"State": "History", "MaxResults": 200, "Filters": [{"key": "Target", "value": INSTANCE}]}
    stubs.add("ssm", "describe_sessions", {"Sessions": items}, expected)
    first, second = await SsmSessions(caller).sessions(active=False, target=INSTANCE)
    assert (first.session_id, second.session_id) == ("new", "old")
    assert (first.status, first.access_type, first.active) == (SessionStatus.TERMINATED, AccessType.JUST_IN_TIME, False)
    assert first.ended_at == AT + timedelta(minutes=2)
    assert first.may_be_remote_desktop
    assert second.access_type is AccessType.STANDARD


@pytest.mark.parametrize("unset", ["404", "empty"])
async def test_that_both_ways_of_saying_not_configured_mean_the_same(
    stubs: StubbedClients, caller: AwsCaller, unset: str
) -> None:
    method = "get_connection_recording_preferences"
    if unset == "404":
        stubs.fail("ssm-guiconnect", method, "ResourceNotFoundException", status=404)
    else:
        stubs.add("ssm-guiconnect", method, {})
    assert await GuiConnectPreferences(caller).preferences() is None


async def test_that_preferences_are_read(stubs: StubbedClients, caller: AwsCaller) -> None:
    found = {
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k",
        "RecordingDestinations": {"S3Buckets": [{"BucketName": "films", "BucketOwner": "123456789012"}]},
    }
    stubs.add("ssm-guiconnect", "get_connection_recording_preferences", {"ConnectionRecordingPreferences": found})
    expected = RecordingPreferences("films", "123456789012", "arn:aws:kms:us-east-1:123456789012:key/k")
    assert await GuiConnectPreferences(caller).preferences() == expected


async def test_that_denied_preferences_are_not_said_to_be_absent(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.fail("ssm-guiconnect", "get_connection_recording_preferences", "AccessDeniedException", status=403)
    with pytest.raises(AccessDenied):
        await GuiConnectPreferences(caller).preferences()


@pytest.mark.parametrize(("code", "allowed"), [("DryRunOperation", True), ("UnauthorizedOperation", False)])
async def test_that_a_rehearsal_is_a_dry_run(
    stubs: StubbedClients, caller: AwsCaller, code: str, allowed: bool
) -> None:
    stubs.fail("ec2", "stop_instances", code, status=412)
    assert await AwsActions(caller).rehearse(Ec2Call("StopInstances"), INSTANCE) is allowed


async def test_that_a_rehearsal_sends_dry_run(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.add("ec2", "stop_instances", {}, {"InstanceIds": [INSTANCE], "SkipOsShutdown": True, "DryRun": True})
    assert await AwsActions(caller).rehearse(Ec2Call("StopInstances", ("SkipOsShutdown",)), INSTANCE) is None


async def test_that_a_foreign_endpoint_is_not_trusted_to_keep_a_dry_run(caller: AwsCaller) -> None:
    assert await AwsActions(caller, dry_run_is_kept=False).rehearse(Ec2Call("StopInstances"), INSTANCE) is None
    assert caller.calls == 0


async def test_that_stopping_with_skip_os_shutdown_says_so(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.add("ec2", "stop_instances", {}, {"InstanceIds": [INSTANCE], "SkipOsShutdown": True})
    stubs.add("ec2", "stop_instances", {}, {"InstanceIds": [INSTANCE]})
    await AwsActions(caller).perform(Ec2Call("StopInstances", ("SkipOsShutdown",)), INSTANCE)
    await AwsActions(caller).perform(Ec2Call("StopInstances"), INSTANCE)
    assert stubs.mutating == ["ec2", "ec2"]


async def test_that_a_refused_stop_says_what_the_state_forbids(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.fail("ec2", "stop_instances", "IncorrectInstanceState", "it is stopped")
    with pytest.raises(Refused, match="it is stopped") as caught:
        await AwsActions(caller).perform(Ec2Call("StopInstances"), INSTANCE)
    assert caught.value.code == "IncorrectInstanceState"


@pytest.mark.parametrize(("kind", "flag"), [(D.OS_REBOOT, "/r"), (D.OS_SHUTDOWN, "/s")])
async def test_that_an_os_shutdown_is_delayed_and_reports_success_first(
    stubs: StubbedClients, caller: AwsCaller, kind: D, flag: str
) -> None:
    expected = {
        "InstanceIds": [INSTANCE],
        "DocumentName": "AWS-RunPowerShellScript",
        "Parameters": {
            "commands": [f'shutdown.exe {flag} /t 15 /d p:0:0 /c "rdpgui"', "exit 0"],
            "executionTimeout": ["60"],
        },
        "TimeoutSeconds": 30,
        "Comment": "rdpgui",
    }
    stubs.add("ssm", "send_command", {"Command": {"CommandId": COMMAND}}, expected)
    script = DISRUPTIONS[kind].order
    assert isinstance(script, GuestScript)
    assert await AwsActions(caller).perform(script.delayed(15), INSTANCE) == COMMAND
    assert stubs.mutating == ["ssm"]


@pytest.mark.parametrize(
    ("status", "output", "expected"),
    [
        ("Success", "2026-11-23T06:55:00.1234567Z\r\n", GuestBoot(AT.replace(microsecond=123456))),
        ("Success", "2026-11-23T06:55:00Z", GuestBoot(AT)),
        ("Success", "  3605\r\n2026-11-23T06:55:00Z\r\n", GuestBoot(AT, 3605.0)),
        ("Success", "3605", None),
        ("Success", "no time here", None),
        ("Failed", "2026-11-23T06:55:00Z", None),
    ],
)
async def test_that_the_boot_time_is_read_from_the_output(
    stubs: StubbedClients,
    caller: AwsCaller,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    output: str,
    expected: GuestBoot | None,
) -> None:
    monkeypatch.setattr(actions, "POLL_S", (0.0,))
    stubs.add("ssm", "send_command", {"Command": {"CommandId": COMMAND}})
    stubs.fail("ssm", "get_command_invocation", "InvocationDoesNotExist")
    stubs.add("ssm", "get_command_invocation", {"Status": "InProgress"})
    stubs.add("ssm", "get_command_invocation", {"Status": status, "StandardOutputContent": output})
    assert await AwsActions(caller).last_boot(INSTANCE) == expected
    assert ["SystemUpTime" in BOOT_SCRIPT[0], "LastBootUpTime" in BOOT_SCRIPT[1]] == [True, True]


async def test_that_a_boot_time_that_never_comes_is_none(
    stubs: StubbedClients, caller: AwsCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BOOT_TIME_LIMIT_S", 0.0)
    stubs.add("ssm", "send_command", {"Command": {"CommandId": COMMAND}})
    assert await AwsActions(caller).last_boot(INSTANCE) is None


async def test_that_an_access_request_names_one_node(stubs: StubbedClients, caller: AwsCaller) -> None:
    expected = {"Reason": "rdpgui", "Targets": [{"Key": "InstanceIds", "Values": [INSTANCE]}]}
    stubs.add("ssm", "start_access_request", {"AccessRequestId": "oi-0123456789ab"}, expected)
    assert await SsmAccess(caller).request(INSTANCE, "") == "oi-0123456789ab"


async def test_that_pending_may_be_an_answer_or_an_error(stubs: StubbedClients, caller: AwsCaller) -> None:
    request = AccessRequestId("oi-0123456789ab")
    stubs.add("ssm", "get_access_token", {"AccessRequestStatus": "Pending"})
    stubs.fail("ssm", "get_access_token", "ValidationException", "the request is Pending")
    stubs.fail("ssm", "get_access_token", "ValidationException", "nonsense")
    assert await SsmAccess(caller).status(request) == "Pending"
    assert await SsmAccess(caller).status(request) == "Pending"
    with pytest.raises(Refused):
        await SsmAccess(caller).status(request)


async def test_that_ending_a_session_is_sent_once(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.add("ssm", "terminate_session", {"SessionId": "s"}, {"SessionId": "s"})
    await SsmSessions(caller).terminate(SessionId("s"))
    assert stubs.mutating == ["ssm"]


async def test_that_objects_come_from_all_pages(stubs: StubbedClients, caller: AwsCaller) -> None:
    def item(key: str) -> dict[str, Any]:
        return {"Key": key, "Size": 5, "ETag": '"e"', "LastModified": AT}

    stubs.add(
        "s3",
        "list_objects_v2",
        {"IsTruncated": True, "NextContinuationToken": "more", "Contents": [item("a")]},
        {"Bucket": "films"},
    )
    stubs.add(
        "s3",
        "list_objects_v2",
        {"IsTruncated": False, "Contents": [item("b")]},
        {"Bucket": "films", "ContinuationToken": "more"},
    )
    found = await S3Objects(caller).objects("films")
    assert [(item.key, item.size_bytes, item.etag, item.modified_at) for item in found] == [
        ("a", 5, '"e"', AT),
        ("b", 5, '"e"', AT),
    ]


async def test_that_a_head_carries_version_metadata_and_checksum(stubs: StubbedClients, caller: AwsCaller) -> None:
    answer = {
        "ContentLength": 5,
        "ETag": '"e"',
        "LastModified": AT,
        "VersionId": "v1",
        "ContentType": "video/mp4",
        "ChecksumCRC64NVME": "AAAAAAAAAAA=",
        "ServerSideEncryption": "aws:kms",
        "Metadata": {"lab": "LAB"},
    }
    stubs.add("s3", "head_object", answer, {"Bucket": "films", "Key": "a", "ChecksumMode": "ENABLED"})
    found = await S3Objects(caller).head("films", "a")
    assert (found.version_id, found.checksum, found.content_type) == ("v1", "CRC64NVME:AAAAAAAAAAA=", "video/mp4")
    assert (found.tag("lab"), found.server_side_encryption) == ("LAB", "aws:kms")


async def test_that_the_identity_is_read(stubs: StubbedClients, caller: AwsCaller) -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/admin/me"
    stubs.add("sts", "get_caller_identity", {"Account": "123456789012", "Arn": arn, "UserId": "u"})
    port = StsIdentity(caller, Place("p", "us-east-1"), "us-east-1", None)
    found = await port.identity()
    assert (found.account_id, found.arn, found.profile, found.lab) == ("123456789012", arn, "p", False)


async def test_that_clocks_cannot_be_compared_without_a_date(stubs: StubbedClients, caller: AwsCaller) -> None:
    for _ in range(5):
        stubs.add("sts", "get_caller_identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/me", "UserId": "u"})
    port = StsIdentity(caller, Place(region="us-east-1"), "us-east-1", None)
    with pytest.raises(MalformedAnswer, match="Date"):
        await port.clock_offset_s()


async def test_that_other_errors_keep_their_code_and_message(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.fail("ssm", "get_connection_status", "BrandNewCode", "what AWS says")
    with pytest.raises(AwsError, match="what AWS says") as caught:
        await Ec2Instances(caller).connection_status(INSTANCE)
    assert (caught.value.code, caught.value.operation) == ("BrandNewCode", "ssm:GetConnectionStatus")


@pytest.mark.case("V9")
async def test_that_only_sessions_since_a_moment_are_asked_for(stubs: StubbedClients, caller: AwsCaller) -> None:
    expected = {
        "State": "History",
        "MaxResults": 200,
        "Filters": [{"key": "InvokedAfter", "value": AT.strftime("%Y-%m-%dT%H:%M:%SZ")}],
    }
    stubs.add("ssm", "describe_sessions", {"Sessions": []}, expected)
    assert await SsmSessions(caller).sessions(active=False, since=AT) == ()


@pytest.mark.case("V21")
@pytest.mark.parametrize("kms", [True, False])
async def test_that_the_key_of_a_bucket_is_read(stubs: StubbedClients, caller: AwsCaller, kms: bool) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"} if kms else {"SSEAlgorithm": "AES256"}
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    answer = {"ServerSideEncryptionConfiguration": {"Rules": rules}}
    stubs.add("s3", "get_bucket_encryption", answer, {"Bucket": "films"})
    assert await S3Objects(caller).default_key("films") == ("k" if kms else "")
