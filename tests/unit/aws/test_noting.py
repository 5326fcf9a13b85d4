"""What answers show in passing of what is documented nowhere is noted as it stands, and nothing is called for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rdpgui.aws import cloudtrail
from rdpgui.aws.cloudtrail import CloudTrailAudit
from rdpgui.aws.guiconnect import GuiConnectPreferences
from rdpgui.aws.noting import KEPT, Noting
from rdpgui.aws.s3 import S3Objects
from rdpgui.aws.ssm import SsmAccess
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.core.noted import AnswerKind, NotedAnswer
from tests.unit.aws.samples import AT
from tests.unit.aws.stubbed import StubbedClients, caller_of

EVER = datetime(1970, 1, 1, tzinfo=UTC)
GET = "get_connection_recording_preferences"
TARGET = InstanceId("i-0aaaaaaaaaaaaaaaa")
FULL = {
    "RecordingDestinations": {"S3Buckets": [{"BucketName": "b-1", "BucketOwner": "111122223333"}]},
    "KMSKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudtrail, "PACE_S", 0.0)


def told(answer: NotedAnswer) -> dict[str, str]:
    return {name: value for name, value in answer.facts if value}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "noted"),
    [
        ("ResourceNotFoundException", [{"answer": "error", "code": "ResourceNotFoundException", "http": "404"}]),
        ({}, [{"answer": "no-member"}]),
        ({"ClientToken": "t" * 40}, [{"answer": "no-member"}]),
        ({"ConnectionRecordingPreferences": FULL}, []),
        ("AccessDeniedException", []),
    ],
)
async def test_that_how_unset_preferences_are_answered_is_noted(answer: Any, noted: list[dict[str, str]]) -> None:
    stubs = StubbedClients()
    if isinstance(answer, dict):
        stubs.add("ssm-guiconnect", GET, answer)
    else:
        stubs.fail("ssm-guiconnect", GET, answer, status=404 if "NotFound" in answer else 403)
    caller = caller_of(stubs)
    try:
        await GuiConnectPreferences(caller).preferences()
    except RdpguiError:
        assert noted == []
    found = caller.noting.since(EVER)
    assert [told(one) for one in found] == noted
    assert {one.call for one in found} <= {"ssm-guiconnect:GetConnectionRecordingPreferences"}
    assert caller.calls == 1


@pytest.mark.asyncio
async def test_that_an_objects_head_is_noted_with_what_no_rule_needs() -> None:
    stubs = StubbedClients()
    answer = {"ContentLength": 1, "ETag": '"e"', "LastModified": AT, "StorageClass": "GLACIER_IR", "TagCount": 3}
    stubs.add("s3", "head_object", answer)
    caller = caller_of(stubs)
    await S3Objects(caller).head("b-1", "k/1.mp4")
    (found,) = caller.noting.since(EVER)
    assert (found.kind, found.call, found.subject) == (AnswerKind.OBJECT_HEAD, "s3:HeadObject", "k/1.mp4")
    assert told(found) == {"StorageClass": "GLACIER_IR", "TagCount": "3"}


@pytest.mark.asyncio
async def test_that_a_refused_request_for_access_is_noted_with_aws_own_sentence() -> None:
    stubs = StubbedClients()
    sentence = "Just-In-Time Node Access service is not enabled in this account."
    stubs.fail("ssm", "start_access_request", "ValidationException", sentence)
    caller = caller_of(stubs)
    with pytest.raises(RdpguiError):
        await SsmAccess(caller).request(TARGET, "why")
    (found,) = caller.noting.since(EVER)
    assert (found.kind, found.subject) == (AnswerKind.ACCESS_ANSWER, TARGET)
    assert told(found) == {"answer": "error", "code": "ValidationException", "http": "400", "message": sentence}


@pytest.mark.asyncio
async def test_that_a_waiting_request_is_noted_either_way_and_never_a_credential() -> None:
    stubs = StubbedClients()
    token = {
        "AccessKeyId": "AKIDSECRET" * 2,
        "SecretAccessKey": "hush",
        "SessionToken": "hush-hush",
        "ExpirationTime": AT,
    }
    stubs.add("ssm", "get_access_token", {"AccessRequestStatus": "Pending"})
    stubs.fail("ssm", "get_access_token", "ValidationException", "The request is pending approval.")
    stubs.add("ssm", "get_access_token", {"AccessRequestStatus": "Approved", "Credentials": token})
    caller = caller_of(stubs)
    access = SsmAccess(caller)
    statuses = [await access.status(AccessRequestId("oi-0123456789ab")) for _ in range(3)]
    assert statuses == ["Pending", "Pending", "Approved"]
    found = caller.noting.since(EVER)
    assert [(one.fact("answer"), one.fact("status"), one.fact("code")) for one in found] == [
        ("normal", "Pending", ""), ("error", "", "ValidationException"), ("normal", "Approved", ""),
    ]  # fmt: skip
    assert "hush" not in str(found) and "AKIDSECRET" not in str(found)


def event(name: str, record: object, source: str = "kms") -> dict[str, Any]:
    text = record if isinstance(record, str) else json.dumps(record)
    return {"EventId": "e-1", "EventName": name, "EventSource": f"{source}.amazonaws.com", "EventTime": AT,
            "CloudTrailEvent": text}  # fmt: skip


@pytest.mark.asyncio
async def test_that_only_events_that_name_gui_connect_are_noted_and_that_the_log_was_asked() -> None:
    stubs = StubbedClients()
    gui = "ssm-guiconnect.amazonaws.com"
    own = {
        "eventType": "AwsApiCall", "sourceIPAddress": gui, "userIdentity": {"type": "AWSService", "invokedBy": gui},
        "requestParameters": {"encryptionContext": {"aws:s3:arn": "arn:aws:s3:::b-1/k"}, "keyId": "k"},
    }  # fmt: skip
    stubs.add("cloudtrail", "lookup_events", {"Events": [
        event("GenerateDataKey", own), event("Decrypt", {"userIdentity": {"type": "IAMUser"}}),
    ]})  # fmt: skip
    stubs.add("cloudtrail", "lookup_events", {"Events": []})
    caller = caller_of(stubs)
    await CloudTrailAudit(caller).denials(AT)
    found = caller.noting.since(EVER)
    looks = [(one.subject, one.fact("named")) for one in found if one.kind is AnswerKind.AUDIT_LOOK]
    assert looks == [("EventSource=kms.amazonaws.com", "yes"), ("EventSource=s3.amazonaws.com", "no")]
    (seen,) = [one for one in found if one.kind is AnswerKind.AUDIT_EVENT]
    assert (seen.fact("name"), seen.fact("invoked-by"), seen.fact("from"), seen.fact("about")) == (
        "GenerateDataKey", gui, gui, "arn:aws:s3:::b-1/k",
    )  # fmt: skip


@pytest.mark.asyncio
async def test_that_a_connection_is_noted_with_its_id_and_never_the_callers_address() -> None:
    stubs = StubbedClients()
    record = {
        "eventType": "AwsApiCall", "sourceIPAddress": "203.0.113.9", "userIdentity": {"type": "AssumedRole"},
        "requestParameters": {"InstanceId": TARGET},
        "responseElements": {"ConnectionArn": "arn:aws:ssm-guiconnect:us-east-1:111122223333:connection/01-ab"},
    }  # fmt: skip
    stubs.add("cloudtrail", "lookup_events", {"Events": [event("StartConnection", record, "ssm-guiconnect")]})
    caller = caller_of(stubs)
    await CloudTrailAudit(caller).connections(TARGET, AT)
    seen = next(one for one in caller.noting.since(EVER) if one.kind is AnswerKind.AUDIT_EVENT)
    assert (seen.subject, seen.fact("connection"), seen.fact("from")) == (TARGET, "01-ab", "an address")
    assert "203.0.113.9" not in str(seen)


@pytest.mark.parametrize(
    "text",
    ["", "no JSON ssm-guiconnect", '["ssm-guiconnect"]', '"ssm-guiconnect"', "[" * 100_000 + "ssm-guiconnect", "null",
     json.dumps({"userIdentity": [], "requestParameters": "ssm-guiconnect", "responseElements": 3}),
     json.dumps({"requestParameters": {"encryptionContext": 5, "keyId": ["ssm-guiconnect"]}})],
    ids=range(8),
)  # fmt: skip
def test_that_an_event_of_any_shape_harms_nothing(text: str) -> None:
    noting = Noting()
    noting.answered("cloudtrail:LookupEvents", {}, {"Events": [{"CloudTrailEvent": text}, {}]})
    assert noting.since(EVER)


def test_that_the_same_answer_is_kept_once_with_its_last_time_and_the_oldest_go_first() -> None:
    times = iter(AT + timedelta(seconds=number) for number in range(2 * KEPT))
    noting = Noting(lambda: next(times))
    for _ in range(3):
        noting.answered("ssm-guiconnect:GetConnectionRecordingPreferences", {}, {})
    (found,) = noting.since(EVER)
    assert found.at == AT + timedelta(seconds=2)
    assert noting.since(found.at) == (found,)
    assert noting.since(found.at + timedelta(microseconds=1)) == ()
    for number in range(KEPT):
        noting.answered("s3:HeadObject", {"Key": str(number)}, {})
    kept = noting.since(EVER)
    assert len(kept) == KEPT
    assert {one.kind for one in kept} == {AnswerKind.OBJECT_HEAD}


def test_that_other_calls_and_errors_without_an_answer_are_not_noted() -> None:
    noting = Noting()
    noting.answered("ec2:DescribeInstances", {}, {"Reservations": []})
    noting.failed("ssm:GetAccessToken", {}, OSError("no route"))
    noting.failed("ssm:GetAccessToken", {}, type("E", (Exception,), {"response": {"Error": 3}})())
    assert [told(one) for one in noting.since(EVER)] == [{"answer": "error"}]
