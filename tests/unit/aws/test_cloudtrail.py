"""What the audit log says of the service principal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from rdpgui.aws import cloudtrail
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.cloudtrail import CloudTrailAudit
from rdpgui.core.errors import AccessDenied, MalformedAnswer
from rdpgui.core.ids import InstanceId
from rdpgui.core.recording import Denial
from tests.unit.aws.samples import AT
from tests.unit.aws.stubbed import StubbedClients

pytestmark = pytest.mark.asyncio

KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
GUI_CONNECT = "ssm-guiconnect.amazonaws.com"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudtrail, "PACE_S", 0.0)


def event(
    number: int = 0, *, code: str = "AccessDenied", by: str = GUI_CONNECT, source: str = "kms", named: bool = True
) -> dict[str, Any]:
    record = {
        "userIdentity": {"type": "AWSService", "invokedBy": by},
        "errorMessage": "not authorized",
        "requestParameters": {"keyId": KEY},
    }
    resources = [{"ResourceType": "AWS::KMS::Key", "ResourceName": KEY}] if named else []
    return {
        "EventId": f"e-{number}",
        "EventName": "GenerateDataKey",
        "EventSource": f"{source}.amazonaws.com",
        "EventTime": AT + timedelta(seconds=number),
        "Resources": resources,
        "CloudTrailEvent": json.dumps(record | ({"errorCode": code} if code else {})),
    }


def asked(source: str, **more: object) -> dict[str, object]:
    attribute = {"AttributeKey": "EventSource", "AttributeValue": f"{source}.amazonaws.com"}
    return {"LookupAttributes": [attribute], "StartTime": AT, "MaxResults": 50, **more}


def add(stubs: StubbedClients, source: str, *events: dict[str, Any], token: str = "", ask: str = "") -> None:
    answer: dict[str, Any] = {"Events": list(events)} | ({"NextToken": token} if token else {})
    stubs.add("cloudtrail", "lookup_events", answer, asked(source, **({"NextToken": ask} if ask else {})))


async def test_that_only_refusals_of_the_service_are_returned_newest_first(
    stubs: StubbedClients, caller: AwsCaller
) -> None:
    add(stubs, "kms", event(1), event(2, by="lambda.amazonaws.com"), event(3, code=""), event(4, code="Throttling"))
    add(stubs, "s3", event(5, source="s3", named=False))
    found = await CloudTrailAudit(caller).denials(AT)
    assert found == (
        Denial(AT + timedelta(seconds=5), "s3:GenerateDataKey", KEY, "AccessDenied", "not authorized"),
        Denial(AT + timedelta(seconds=1), "kms:GenerateDataKey", KEY, "AccessDenied", "not authorized"),
    )
    stubs.assert_all_used()


async def test_that_pages_are_followed_up_to_a_limit(stubs: StubbedClients, caller: AwsCaller) -> None:
    for number in range(cloudtrail.MAX_PAGES):
        add(stubs, "kms", event(number), token=f"t{number + 1}", ask=f"t{number}" if number else "")
    add(stubs, "s3")
    assert len(await CloudTrailAudit(caller).denials(AT)) == cloudtrail.MAX_PAGES
    stubs.assert_all_used()


async def test_that_a_refused_lookup_is_named(stubs: StubbedClients, caller: AwsCaller) -> None:
    stubs.fail("cloudtrail", "lookup_events", "AccessDeniedException")
    with pytest.raises(AccessDenied, match="LookupEvents"):
        await CloudTrailAudit(caller).denials(AT)


@pytest.mark.parametrize("text", ["<html>", "[]", '"text"'])
async def test_that_a_record_that_is_no_object_is_a_broken_answer(
    stubs: StubbedClients, caller: AwsCaller, text: str
) -> None:
    add(stubs, "kms", event() | {"CloudTrailEvent": text})
    with pytest.raises(MalformedAnswer):
        await CloudTrailAudit(caller).denials(AT)


async def test_that_requests_keep_their_pace(
    stubs: StubbedClients, caller: AwsCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(cloudtrail, "PACE_S", 1000.0)
    monkeypatch.setattr("rdpgui.aws.cloudtrail.asyncio.sleep", sleep)
    add(stubs, "kms", token="t")
    add(stubs, "kms", ask="t")
    add(stubs, "s3")
    await CloudTrailAudit(caller).denials(AT)
    assert pauses[0] == 0.0
    assert all(900.0 < pause <= 1000.0 for pause in pauses[1:])
    assert len(pauses) == 3


def _opened(number: int, instance_id: str, *, code: str = "") -> dict[str, Any]:
    record: dict[str, Any] = {"requestParameters": {"AuthType": "Credentials", "InstanceId": instance_id}}
    return {
        "EventId": f"o-{number}",
        "EventName": "StartConnection",
        "EventTime": AT + timedelta(seconds=number),
        "CloudTrailEvent": json.dumps(record | ({"errorCode": code} if code else {})),
    }


@pytest.mark.case("V20")
async def test_that_the_connections_opened_to_an_instance_are_returned_newest_first(
    stubs: StubbedClients, caller: AwsCaller
) -> None:
    events = [_opened(1, "i-1"), _opened(2, "i-2"), _opened(3, "i-1", code="AccessDenied"), _opened(4, "i-1")]
    attribute = {"AttributeKey": "EventName", "AttributeValue": "StartConnection"}
    stubs.add(
        "cloudtrail",
        "lookup_events",
        {"Events": events},
        {"LookupAttributes": [attribute], "StartTime": AT, "MaxResults": 50},
    )
    found = await CloudTrailAudit(caller).connections(InstanceId("i-1"), AT)
    assert found == (AT + timedelta(seconds=4), AT + timedelta(seconds=1))
