"""Who may speak to the lab."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from rdpgui.lab.answer import Answer
from rdpgui.lab.endpoint.gate import Gate, IssuedKey, KeyRing
from rdpgui.lab.model import LabError
from tests.helpers.lab_front import TOKEN, URL, Bench, environ_of, signed_headers

SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260304/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"


def _ask(bench: Bench, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return bench.send(
        "POST", "/", signed_headers(bench.key, "sts", "POST", URL + "/", FORM, WHO) | named, WHO
    ).answer.status


def test_that_a_signed_call_of_this_machine_is_let_in(bench: Bench) -> None:
    assert _ask(bench) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:4599"},
        {"Host": "127.0.0.1"},
        {"Host": "evil.example:4599"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Authorization": ""},
        {"Authorization": "Basic dXNlcjpwdw=="},
        {"Authorization": SIGNED.format("AKIAIOSFODNN7EXAMPLE")},
        {"Authorization": "AWS AKIAIOSFODNN7EXAMPLE:signature"},
    ],
)
def test_that_everything_else_is_refused_with_an_aws_error(bench: Bench, headers: dict[str, str]) -> None:
    assert _ask(bench, **headers) == 403
    body = bench.replies[-1].answer.body
    assert b"<Code>" in body and b"html" not in body.lower()
    assert bench.world.trail.events() == []


def test_that_another_machine_is_refused(bench: Bench) -> None:
    environ = environ_of("POST", URL, signed_headers(bench.key, "sts", "POST", URL + "/", FORM, WHO), WHO)
    assert bench.front.handle(environ | {"REMOTE_ADDR": "192.0.2.7"}).answer.status == 403


def test_that_a_page_cannot_reset_moto(bench: Bench, fleet: tuple[str, ...]) -> None:
    for service in ("sts", "s3"):
        assert bench.send_signed(service, "POST", "/moto-api/reset").answer.status >= 400
    assert bench.send("POST", "/moto-api/reset", {}).answer.status >= 400
    assert set(fleet) <= set(bench.seam.instances.ids())


def test_that_no_answer_invites_a_web_page(bench: Bench) -> None:
    bench.client("s3").list_buckets()
    bench.client("ec2").describe_instances()
    bench.send("OPTIONS", "/", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    names = [name.lower() for reply in bench.replies for name, _ in reply.answer.headers]
    assert len(bench.replies) == 3
    assert not [name for name in names if name.startswith("access-control")]


def test_that_an_invitation_by_moto_is_taken_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    invites = Answer(200, (("Access-Control-Allow-Origin", "*"), ("x-amz-meta-lab", "true")), b"")
    monkeypatch.setattr(bench.seam, "forward", lambda environ: invites)
    answer = bench.send_signed("s3", "GET", "/b/k").answer
    assert [name for name, _ in answer.headers][:1] == ["x-amz-meta-lab"]


def test_that_refusals_speak_the_protocol_of_the_caller(bench: Bench) -> None:
    bad = bench.keys.issue_user("someone")
    stranger = type(bad)("AKIASTRANGER00000000", "s", "", bad.principal, None)
    for service, method, params, code in (
        ("ssm", "describe_sessions", {"State": "Active"}, "UnrecognizedClientException"),
        ("ssm-guiconnect", "get_connection_recording_preferences", {}, "UnrecognizedClientException"),
        ("ec2", "describe_instances", {}, "AuthFailure"),
        ("sts", "get_caller_identity", {}, "InvalidClientTokenId"),
        ("s3", "list_buckets", {}, "InvalidAccessKeyId"),
    ):
        with pytest.raises(ClientError) as error:
            getattr(bench.client(service, key=stranger), method)(**params)
        assert error.value.response["Error"]["Code"] == code, service


def test_that_another_region_is_not_enabled(bench: Bench) -> None:
    for service, method, params, code in (
        ("ssm", "describe_sessions", {"State": "Active"}, "UnrecognizedClientException"),
        ("ec2", "describe_instances", {}, "AuthFailure"),
    ):
        with pytest.raises(ClientError) as error:
            getattr(bench.client(service, region="eu-west-1"), method)(**params)
        assert error.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_that_the_control_api_needs_its_token(bench: Bench, token: str) -> None:
    assert bench.control("GET", "/_lab/status", token=token)[0] == 403


def test_that_the_aws_key_does_not_open_the_control_api(bench: Bench) -> None:
    assert bench.send_signed("s3", "GET", "/_lab/status").answer.status == 403


# -- presigned URLs and temporary keys ----------------------------------------------


def _gate() -> tuple[Gate, KeyRing]:
    keys = KeyRing("123456789012")
    return Gate(keys, TOKEN), keys


def _presigned(bench: Bench, expires_s: int) -> dict[str, Any]:
    url = bench.client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": "b", "Key": "k"}, ExpiresIn=expires_s
    )
    assert urlsplit(url).query
    return environ_of("GET", url, {})


def test_that_a_presigned_url_ends_when_it_says(bench: Bench) -> None:
    gate = Gate(bench.keys, TOKEN)
    environ, now = _presigned(bench, 60), datetime.now(UTC)
    assert gate.check_signed(environ, now + timedelta(seconds=50)).service == "s3"
    with pytest.raises(LabError, match="expired"):
        gate.check_signed(environ, now + timedelta(seconds=61))


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Credential=KEY%2F20260304%2Fus-east-1%2Fs3%2Faws4_request",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Credential=KEY%2F20260304%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=never&X-Amz-Expires=5",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Credential=KEY%2F20260304%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260304T000000Z&X-Amz-Expires=604801",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Credential=KEY%2F20260304%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260304T000000Z&X-Amz-Expires=-5",
        "X-Amz-Credential=nonsense&X-Amz-Date=20260304T000000Z&X-Amz-Expires=5",
        "AWSAccessKeyId=KEY&Signature=x&Expires=99999999999",
    ],
)
def test_that_a_presigned_url_without_a_proper_end_is_refused(query: str) -> None:
    gate, keys = _gate()
    key = keys.issue_user("lab-admin")
    with pytest.raises(LabError):
        gate.check_signed({"QUERY_STRING": query.replace("KEY", key.access_key_id)}, datetime(2026, 3, 4, tzinfo=UTC))


def _url(key: IssuedKey) -> str:
    """Return an address of S3 that is presigned for two hours."""
    request = AWSRequest(method="GET", url=f"{URL}/b/k")
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.session_token or None)
    S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=7200).add_auth(request)
    return str(request.url)


def test_that_temporary_keys_need_their_token_and_expire() -> None:
    gate, keys = _gate()
    key = keys.issue_role("role", "someone", timedelta(hours=1))
    now = datetime.now(UTC)
    bare = signed_headers(replace(key, session_token=""), "sts", "POST", URL, FORM, WHO)
    with pytest.raises(LabError, match="InvalidClientTokenId"):
        gate.check_signed(environ_of("POST", URL, bare, WHO), now)
    url = _url(key)
    assert gate.check_signed(environ_of("GET", url, {}), now).key is key
    with pytest.raises(LabError, match="ExpiredToken"):
        gate.check_signed(environ_of("GET", url, {}), now + timedelta(hours=1, seconds=1))


def test_that_two_labs_have_different_keys() -> None:
    (_, first), (_, second) = _gate(), _gate()
    assert second.find(first.issue_user("lab-admin").access_key_id) is None
