"""Systems Manager, GUI Connect, CloudTrail and the rest as unmodified boto3 sees them."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rdpgui.lab.model import AccessType, SessionRecord
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import JitRules, PendingToken, PreferencesWhenUnset, Variants
from rdpgui.lab.world.sessions import PORT_DOCUMENT
from tests.helpers.lab_front import NOW, Bench, make_bench

OWNER = "arn:aws:iam::123456789012:user/lab-admin"
TARGET = "i-0123456789abcdef0"
Fleet = tuple[str, ...]
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def _session(bench: Bench, target: str = TARGET, access: AccessType = AccessType.STANDARD) -> SessionRecord:
    """Somebody's port session that begins now."""
    return bench.world.sessions.open(target, PORT_DOCUMENT, OWNER, "", access)


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


# -- sessions -------------------------------------------------------------------


def test_that_active_sessions_have_no_end_and_times_to_the_millisecond(bench: Bench) -> None:
    _session(bench, access=AccessType.JUST_IN_TIME)
    (found,) = bench.client("ssm").describe_sessions(State="Active")["Sessions"]
    assert found["StartDate"] == NOW
    assert "EndDate" not in found
    assert (found["Status"], found["AccessType"]) == ("Connected", "JustInTime")
    assert found["DocumentName"] == "AWS-StartPortForwardingSession"


def test_that_the_history_is_paged_without_repeats_when_it_grows_meanwhile(bench: Bench) -> None:
    for _ in range(250):
        bench.world.sessions.end(_session(bench).session_id, NOW)
        bench.played.timeline.advance(1)
    bench.played.timeline.advance(20)
    history = bench.world.sessions.list(active=False)
    ssm = bench.client("ssm")
    first = ssm.describe_sessions(State="History", MaxResults=100)
    bench.world.sessions.end(_session(bench).session_id, NOW)
    bench.played.timeline.advance(20)
    rest = ssm.describe_sessions(State="History", MaxResults=200, NextToken=first["NextToken"])
    shown = [s["SessionId"] for page in (first, rest) for s in page["Sessions"]]
    assert (len(shown), len(bench.world.sessions.list(active=False))) == (250, 251)
    assert shown == [s.session_id for s in history]
    assert "NextToken" not in rest


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("Target", "i-0000000000000000f", [1]),
        ("AccessType", "JustInTime", [0, 2]),
        ("Status", "Connected", [0, 1, 2]),
        ("Status", "Terminated", []),
        ("SessionId", "the oldest", [2]),
        ("Owner", "arn:aws:iam::123456789012:user/lab-admin", [0, 1, 2]),
        ("InvokedAfter", (NOW - timedelta(seconds=90)).isoformat(), [0, 1]),
        ("InvokedBefore", (NOW - timedelta(seconds=90)).strftime("%Y-%m-%dT%H:%M:%SZ"), [2]),
    ],
)
def test_that_each_session_filter_chooses(bench: Bench, key: str, value: str, expected: list[int]) -> None:
    clock, just_in_time = bench.played.timeline, AccessType.JUST_IN_TIME
    clock.at = NOW - timedelta(minutes=2)
    every = [_session(bench, access=just_in_time)]
    clock.advance(60)
    every.insert(0, _session(bench, "i-0000000000000000f"))
    clock.advance(60)
    every.insert(0, _session(bench, access=just_in_time))
    value = every[2].session_id if key == "SessionId" else value
    found = bench.client("ssm").describe_sessions(State="Active", Filters=[{"key": key, "value": value}])
    assert [s["SessionId"] for s in found["Sessions"]] == [every[n].session_id for n in expected]


@pytest.mark.parametrize(
    "params",
    [
        {"State": "Bogus"},
        {"State": "Active", "MaxResults": 201},
        {"State": "Active", "Filters": [{"key": "Colour", "value": "red"}]},
        {"State": "Active", "Filters": [{"key": "Target", "value": "x"}] * 7},
    ],
)
def test_that_what_clients_do_not_check_is_a_validation_error(bench: Bench, params: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        bench.client("ssm").describe_sessions(**params)
    assert _code(error) == "ValidationException"


def test_that_a_foreign_token_is_refused(bench: Bench) -> None:
    with pytest.raises(bench.client("ssm").exceptions.InvalidNextToken):
        bench.client("ssm").describe_sessions(State="Active", NextToken="%%%")


def test_that_a_session_started_by_api_never_points_at_aws(bench: Bench, fleet: Fleet) -> None:
    bench.up(fleet[0])
    started = bench.client("ssm").start_session(Target=fleet[0], Reason="look")
    assert started["StreamUrl"].startswith("ws://127.0.0.1:4599/")
    (session,) = bench.world.sessions.list(active=True)
    assert (session.document_name, session.owner) == ("SSM-SessionManagerRunShell", OWNER)
    assert session.reason == "look"


def test_that_refusals_raise_the_modelled_exception(bench: Bench, fleet: Fleet) -> None:
    ssm = bench.client("ssm")
    with pytest.raises(ssm.exceptions.TargetNotConnected):
        ssm.start_session(Target=fleet[0])
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.resume_session(SessionId="lab-admin-1")
    assert ssm.get_connection_status(Target=fleet[0]) | {"ResponseMetadata": 0} == {
        "Target": fleet[0],
        "Status": "notconnected",
        "ResponseMetadata": 0,
    }
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.terminate_session(SessionId="lab-admin-1")
    name = _session(bench).session_id
    assert ssm.terminate_session(SessionId=name)["SessionId"] == name


# -- nodes and commands -----------------------------------------------------------


def test_that_nodes_are_filtered_by_id_ping_and_platform(bench: Bench, fleet: Fleet) -> None:
    bench.up(*fleet[:3])
    bench.guest(fleet[1]).leave(-9)
    bench.played.timeline.advance(100)
    ssm = bench.client("ssm")

    def found(key: str, *values: str) -> list[str]:
        answer = ssm.describe_instance_information(Filters=[{"Key": key, "Values": list(values)}])
        return [node["InstanceId"] for node in answer["InstanceInformationList"]]

    assert found("InstanceIds", fleet[1], fleet[6]) == [fleet[1]]
    assert found("PingStatus", "Online") == [fleet[0], fleet[2]]
    assert found("PingStatus", "ConnectionLost") == [fleet[1]]
    assert (found("PlatformTypes", "Windows"), found("PlatformTypes", "Linux")) == (list(fleet[:3]), [])
    with pytest.raises(ssm.exceptions.InvalidInstanceInformationFilterValue):
        found("Colour", "red")


def test_that_nodes_come_in_pages(bench: Bench, fleet: Fleet) -> None:
    bench.up(*fleet)
    pages = bench.client("ssm").get_paginator("describe_instance_information").paginate(MaxResults=5)
    assert [len(page["InstanceInformationList"]) for page in pages] == [5, 2]


def test_that_a_command_goes_to_the_world_and_its_invocations_are_found(bench: Bench, fleet: Fleet) -> None:
    bench.up(*fleet[:3])
    ssm = bench.client("ssm")
    sent = ssm.send_command(
        Targets=[{"Key": "tag:Name", "Values": ["web-0", "web-2"]}],
        DocumentName="AWS-RunPowerShellScript",
        Parameters={"commands": ["hostname"]},
    )["Command"]
    assert [record.instance_id for record in bench.world.commands.all()] == [fleet[0], fleet[2]]
    bench.played.timeline.advance(5)
    one = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=fleet[0])
    assert (one["StandardOutputContent"], one["ExecutionElapsedTime"]) == ("WEB-0\n", "PT1.000S")
    assert one["ExecutionStartDateTime"] == "2026-03-04T05:06:13.250Z"
    listed = ssm.list_command_invocations(CommandId=sent["CommandId"], Details=True)["CommandInvocations"]
    assert [row["InstanceId"] for row in listed] == [fleet[0], fleet[2]]
    assert listed[0]["CommandPlugins"][0]["Name"] == "aws:runPowerShellScript"


def test_that_invocations_are_those_of_this_world_and_filtered(bench: Bench, fleet: Fleet) -> None:
    bench.up(*fleet[:3])
    ssm = bench.client("ssm")
    assert ssm.list_command_invocations()["CommandInvocations"] == []
    for names in (fleet[:2], fleet[2:3]):
        ssm.send_command(
            InstanceIds=list(names), DocumentName="AWS-RunPowerShellScript", Parameters={"commands": ["hostname"]}
        )
    bench.played.timeline.advance(5)

    def found(**params: Any) -> list[str]:
        return [row["InstanceId"] for row in ssm.list_command_invocations(**params)["CommandInvocations"]]

    def where(key: str, value: str) -> list[str]:
        return found(Filters=[{"key": key, "value": value}])

    everything = [fleet[2], *fleet[:2]]
    assert found() == everything
    assert found(InstanceId=fleet[1]) == [fleet[1]]
    assert found(CommandId="00000000-0000-4000-8000-000000000000") == []
    assert (where("Status", "Success"), where("Status", "Failed")) == (everything, [])
    assert (where("InvokedAfter", "2026-03-04T00:00:00Z"), where("InvokedBefore", "2026-03-04T00:00:00Z")) == (
        everything,
        [],
    )
    pages = ssm.get_paginator("list_command_invocations").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["CommandInvocations"]) for page in pages] == [2, 1]
    with pytest.raises(ClientError) as error:
        where("InvokedAfter", "yesterday")
    assert _code(error) in ("InvalidFilterKey", "ValidationException")


# -- access requests ----------------------------------------------------------------


def test_that_an_access_request_is_an_ops_item_that_its_execution_decides(bench: Bench, fleet: Fleet) -> None:
    ssm = bench.client("ssm")
    bench.up(fleet[0])
    request = bench.world.requests.start(fleet[0], "why", "arn:ann")
    request_id, execution = request.access_request_id, request.automation_id
    wanted = [{"Key": "OpsItemType", "Values": ["/aws/accessrequest"], "Operator": "Equal"}]
    (listed,) = ssm.describe_ops_items(OpsItemFilters=wanted)["OpsItemSummaries"]
    assert (listed["OpsItemId"], listed["Status"], listed["CreatedBy"]) == (request_id, "PendingApproval", "arn:ann")
    other = [{"Key": "OpsItemType", "Values": ["/aws/issue"], "Operator": "Equal"}]
    assert ssm.describe_ops_items(OpsItemFilters=other)["OpsItemSummaries"] == []
    item = ssm.get_ops_item(OpsItemId=request_id)["OpsItem"]
    data = json.loads(item["OperationalData"]["/aws/accessrequest"]["Value"])
    assert (data["automationExecutionId"], data["targets"]) == (execution, [fleet[0]])
    ssm.send_automation_signal(AutomationExecutionId=execution, SignalType="Approve", Payload={"Comment": ["fine"]})
    assert ssm.get_access_token(AccessRequestId=request_id)["AccessRequestStatus"] == "Approved"
    with pytest.raises(ClientError) as caught:
        ssm.send_automation_signal(AutomationExecutionId=execution, SignalType="Resume")
    assert _code(caught) == "InvalidAutomationSignalException"
    withdrawn = bench.world.requests.start(fleet[0], "again", "arn:ann")
    ssm.stop_automation_execution(AutomationExecutionId=withdrawn.automation_id, Type="Cancel")
    assert ssm.get_access_token(AccessRequestId=withdrawn.access_request_id)["AccessRequestStatus"] == "Expired"
    for call in (
        partial(ssm.get_ops_item, OpsItemId="oi-000000000000"),
        partial(ssm.stop_automation_execution, AutomationExecutionId="11111111-2222-3333-4444-555555555555"),
    ):
        with pytest.raises(ClientError):
            call()


@pytest.mark.parametrize("pending", list(PendingToken))
def test_that_pending_may_be_an_answer_or_an_error(
    seam: MotoSeam, fleet: Fleet, tmp_path: Path, pending: PendingToken
) -> None:
    bench = make_bench(seam, tmp_path, fleet, jit=JitRules(pending=pending))
    bench.up(fleet[0])
    request_id = bench.world.requests.start(fleet[0], "why", "arn:ann").access_request_id
    if pending is PendingToken.ERROR:
        with pytest.raises(ClientError, match="pending"):
            bench.client("ssm").get_access_token(AccessRequestId=request_id)
    else:
        answer = bench.client("ssm").get_access_token(AccessRequestId=request_id)
        assert answer["AccessRequestStatus"] == "Pending"


# -- just-in-time access ------------------------------------------------------------


def test_that_a_token_comes_only_after_approval_and_signs_as_the_role(bench: Bench, fleet: Fleet) -> None:
    bench.up(fleet[0])
    ssm = bench.client("ssm")
    request_id = ssm.start_access_request(Reason="why", Targets=[{"Key": "InstanceIds", "Values": [fleet[0]]}])[
        "AccessRequestId"
    ]
    pending = ssm.get_access_token(AccessRequestId=request_id)
    assert (pending["AccessRequestStatus"], "Credentials" in pending) == ("Pending", False)
    assert bench.control("POST", f"/_lab/approvals/{request_id}", {"approve": True})[1]["status"] == "Approved"
    token = ssm.get_access_token(AccessRequestId=request_id)["Credentials"]
    key = bench.keys.find(token["AccessKeyId"])
    assert key is not None
    arn = bench.client("sts", key=key).get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::123456789012:assumed-role/SSM-JustInTimeAccessTokenRole/lab-admin"


def test_that_a_request_for_two_nodes_is_refused(bench: Bench, fleet: Fleet) -> None:
    targets = [{"Key": "InstanceIds", "Values": list(fleet[:2])}]
    with pytest.raises(bench.client("ssm").exceptions.ValidationException):
        bench.client("ssm").start_access_request(Reason="why", Targets=targets)


# -- GUI Connect ----------------------------------------------------------------------


def _preferences(key: str = KEY) -> dict[str, Any]:
    bucket = {"BucketName": "films", "BucketOwner": "123456789012"}
    return {"KMSKeyArn": key, "RecordingDestinations": {"S3Buckets": [bucket]}}


def test_that_preferences_are_set_read_and_deleted(bench: Bench) -> None:
    gui = bench.client("ssm-guiconnect")
    gui.update_connection_recording_preferences(ConnectionRecordingPreferences=_preferences())
    assert gui.get_connection_recording_preferences()["ConnectionRecordingPreferences"] == _preferences()
    gui.delete_connection_recording_preferences()
    assert bench.world.preferences.now() is None


def test_that_unset_preferences_are_404_or_nothing_as_the_scenario_says(
    bench: Bench, seam: MotoSeam, tmp_path: Path
) -> None:
    gui = bench.client("ssm-guiconnect")
    with pytest.raises(gui.exceptions.ResourceNotFoundException) as error:
        gui.get_connection_recording_preferences()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    empty = Variants(preferences_when_unset=PreferencesWhenUnset.EMPTY)
    gui = make_bench(seam, tmp_path, (), variants=empty).client("ssm-guiconnect")
    assert "ConnectionRecordingPreferences" not in gui.get_connection_recording_preferences()


def test_that_a_key_of_another_region_is_refused(bench: Bench) -> None:
    gui = bench.client("ssm-guiconnect")
    with pytest.raises(gui.exceptions.ValidationException):
        gui.update_connection_recording_preferences(
            ConnectionRecordingPreferences=_preferences(KEY.replace("us-east-1", "eu-west-1"))
        )


def test_that_two_buckets_are_one_too_many(bench: Bench) -> None:
    given = _preferences()
    given["RecordingDestinations"]["S3Buckets"] *= 2
    with pytest.raises(bench.client("ssm-guiconnect").exceptions.ValidationException):
        bench.client("ssm-guiconnect").update_connection_recording_preferences(ConnectionRecordingPreferences=given)


# -- CloudTrail, STS, IAM ---------------------------------------------------------------


def test_that_calls_are_found_in_the_trail_with_cloudtrails_record(bench: Bench, fleet: Fleet) -> None:
    bench.client("ec2").stop_instances(InstanceIds=[fleet[0]])
    trail = bench.client("cloudtrail")
    (event,) = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "StopInstances"}])[
        "Events"
    ]
    assert event["Resources"] == [{"ResourceType": "AWS::EC2::Instance", "ResourceName": fleet[0]}]
    assert (event["Username"], event["ReadOnly"]) == ("lab-admin", "false")
    record = json.loads(event["CloudTrailEvent"])
    assert record["requestParameters"] == {"instancesSet": {"items": [{"instanceId": fleet[0]}]}}
    assert record["responseElements"]["instancesSet"]["items"][0]["currentState"] == {"code": 64, "name": "stopping"}
    assert record["userIdentity"]["arn"] == "arn:aws:iam::123456789012:user/lab-admin"
    assert (record["eventSource"], record["readOnly"], record["managementEvent"]) == ("ec2.amazonaws.com", False, True)


def test_that_a_refused_call_is_logged_with_its_error(bench: Bench, fleet: Fleet) -> None:
    with pytest.raises(ClientError):
        bench.client("ec2").stop_instances(InstanceIds=[fleet[0]], DryRun=True)
    assert bench.world.trail.events()[0].record["errorCode"] == "Client.DryRunOperation"
    assert bench.world.trail.events()[0].record["responseElements"] is None


def test_that_secrets_never_reach_the_trail(bench: Bench, fleet: Fleet) -> None:
    bench.up(fleet[0])
    ssm = bench.client("ssm")
    token = ssm.start_session(Target=fleet[0])["TokenValue"]
    ssm.send_command(InstanceIds=[fleet[0]], DocumentName="AWS-RunPowerShellScript", Parameters={"commands": ["pw x"]})
    request_id = ssm.start_access_request(Reason="w", Targets=[{"Key": "InstanceIds", "Values": [fleet[0]]}])[
        "AccessRequestId"
    ]
    bench.world.requests.decide(request_id, approve=True)
    secret = ssm.get_access_token(AccessRequestId=request_id)["Credentials"]["SecretAccessKey"]
    text = json.dumps([e.record for e in bench.world.trail.events()], default=str)
    assert not any(word in text for word in (token, "pw x", secret, bench.key.secret_access_key))


def test_that_events_come_in_pages_newest_first_and_within_the_time_asked_for(bench: Bench) -> None:
    sts, trail = bench.client("sts"), bench.client("cloudtrail")
    for _ in range(7):
        sts.get_caller_identity()
    pages = list(trail.get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 3, "MaxItems": 7}))
    assert [len(page["Events"]) for page in pages][:2] == [3, 3]
    times = [e["EventTime"] for page in pages for e in page["Events"]]
    assert times == sorted(times, reverse=True)
    assert trail.lookup_events(EndTime=NOW)["Events"] == []


def test_that_two_lookup_attributes_are_refused(bench: Bench) -> None:
    trail = bench.client("cloudtrail")
    attributes = [{"AttributeKey": "EventName", "AttributeValue": "A"}] * 2
    with pytest.raises(trail.exceptions.InvalidLookupAttributesException):
        trail.lookup_events(LookupAttributes=attributes)


def test_that_object_reads_are_no_management_events(bench: Bench) -> None:
    with pytest.raises(ClientError):
        bench.client("s3").get_object(Bucket="no-such-bucket", Key="x")
    assert bench.world.trail.events() == []


# -- keys and objects ---------------------------------------------------------------------


@pytest.fixture
def key_arn(bench: Bench) -> str:
    return str(bench.client("kms").create_key()["KeyMetadata"]["Arn"])


def test_that_a_key_is_disabled_and_enabled_by_its_arn(bench: Bench, key_arn: str) -> None:
    kms = bench.client("kms")
    kms.disable_key(KeyId=key_arn)
    with pytest.raises(kms.exceptions.DisabledException):
        kms.generate_data_key(KeyId=key_arn, KeySpec="AES_256")
    kms.enable_key(KeyId=key_arn)
    blob = kms.generate_data_key(KeyId=key_arn, KeySpec="AES_256")["CiphertextBlob"]
    assert kms.get_key_policy(KeyId=key_arn)["Policy"].startswith("{")
    kms.schedule_key_deletion(KeyId=key_arn, PendingWindowInDays=7)
    with pytest.raises(kms.exceptions.KMSInvalidStateException):
        kms.decrypt(CiphertextBlob=blob)


def test_that_objects_under_a_disabled_key_can_be_neither_read_nor_written(bench: Bench, key_arn: str) -> None:
    s3, kms = bench.client("s3"), bench.client("kms")
    s3.create_bucket(Bucket="lab-films")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}}
    s3.put_bucket_encryption(Bucket="lab-films", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket="lab-films", Key="film.mp4", Body=b"0123456789")
    kms.disable_key(KeyId=key_arn)
    for method, params in (("get_object", {}), ("put_object", {"Body": b"x"})):
        with pytest.raises(ClientError) as error:
            getattr(s3, method)(Bucket="lab-films", Key="film.mp4", **params)
        assert _code(error) == "KMS.DisabledException"
    kms.enable_key(KeyId=key_arn)
    found = s3.get_object(Bucket="lab-films", Key="film.mp4", Range="bytes=2-4")
    assert (found["Body"].read(), found["ContentRange"]) == (b"234", "bytes 2-4/10")


def test_that_a_swapped_object_is_noticed_by_if_match(bench: Bench) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="lab-swap")
    etag = s3.put_object(Bucket="lab-swap", Key="k", Body=b"one")["ETag"]
    assert s3.get_object(Bucket="lab-swap", Key="k", IfMatch=etag)["Body"].read() == b"one"
    s3.put_object(Bucket="lab-swap", Key="k", Body=b"two")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="lab-swap", Key="k", IfMatch=etag)
    assert (_code(error), error.value.response["ResponseMetadata"]["HTTPStatusCode"]) == ("PreconditionFailed", 412)


def test_that_a_foreign_bucket_owner_and_a_broken_policy_are_refused(bench: Bench) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="lab-owner")
    with pytest.raises(ClientError) as error:
        s3.list_objects_v2(Bucket="lab-owner", ExpectedBucketOwner="999999999999")
    assert _code(error) == "AccessDenied"
    with pytest.raises(ClientError) as error:
        s3.put_bucket_policy(Bucket="lab-owner", Policy="{not json")
    assert _code(error) == "MalformedPolicy"
    s3.put_object(Bucket="lab-owner", Key="k", Body=b"still works")


def test_that_a_head_answer_has_a_length_and_no_body(bench: Bench) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="lab-head")
    s3.put_object(Bucket="lab-head", Key="k", Body=b"12345", Metadata={"lab": "true"})
    head = s3.head_object(Bucket="lab-head", Key="k")
    assert (head["ContentLength"], head["Metadata"]) == (5, {"lab": "true"})
    assert bench.replies[-1].answer.body == b""
