"""What is signed cannot be changed on its way, and a key's id opens nothing."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from rdpgui.lab.endpoint.gate import Gate
from rdpgui.lab.endpoint.request_body import compare_while_read
from rdpgui.lab.model import LabError
from tests.helpers.lab_front import TOKEN, URL, Bench, environ_of, signed_headers

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
JSON = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.DescribeSessions"}
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"
NAME = "films/ü +%c~.mp4"


@pytest.fixture
def bucket(bench: Bench) -> str:
    """A bucket with one film."""
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="lab-signed")
    s3.put_object(Bucket="lab-signed", Key=NAME, Body=b"0123456789")
    return "lab-signed"


def _code(bench: Bench) -> bytes:
    return bench.replies[-1].answer.body


# -- in the header ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "method", "params", "code"),
    [
        ("ec2", "describe_instances", {}, "AuthFailure"),
        ("ssm", "describe_sessions", {"State": "Active"}, "InvalidSignatureException"),
        ("ssm-guiconnect", "get_connection_recording_preferences", {}, "InvalidSignatureException"),
        ("kms", "list_keys", {}, "InvalidSignatureException"),
        ("cloudtrail", "lookup_events", {}, "InvalidSignatureException"),
        ("iam", "list_roles", {}, "SignatureDoesNotMatch"),
        ("sts", "get_caller_identity", {}, "SignatureDoesNotMatch"),
        ("s3", "list_buckets", {}, "SignatureDoesNotMatch"),
    ],
)
def test_that_a_wrong_secret_is_refused_as_the_service_does(
    bench: Bench, service: str, method: str, params: dict[str, Any], code: str
) -> None:
    key = bench.key
    wrong = type(key)(key.access_key_id, key.secret_access_key[:-1] + "~", "", key.principal, None)
    with pytest.raises(ClientError) as error:
        getattr(bench.client(service, key=wrong), method)(**params)
    assert error.value.response["Error"]["Code"] == code
    assert bench.world.trail.events() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Target", "AmazonSSM.TerminateSession"),
        ("X-Amz-Date", "20260101T000000Z"),
        ("Host", "127.0.0.1:4598"),
        ("Content-Type", "application/x-amz-json-1.0"),
        ("X-Amz-Extra", "not signed"),
        ("X-Amz-Content-SHA256", hashlib.sha256(b"{}").hexdigest()),
    ],
)
def test_that_a_header_cannot_be_changed_or_added(bench: Bench, name: str, value: str) -> None:
    body = b'{"State": "Active"}'
    headers = signed_headers(bench.key, "ssm", "POST", URL + "/", JSON, body)
    assert bench.send("POST", "/", headers, body).answer.status == 200
    assert bench.send("POST", "/", headers | {name: value}, body).answer.status in (400, 403)


def test_that_method_path_query_and_body_cannot_be_changed(bench: Bench, bucket: str) -> None:
    path = f"/{bucket}?list-type=2&prefix=films"
    headers = signed_headers(bench.key, "s3", "GET", URL + path)
    assert bench.send("GET", path, headers).answer.status == 200
    # The order and the encoding of a query are the client's choice.
    assert bench.send("GET", f"/{bucket}?prefix=f%69lms&list-type=2", headers).answer.status == 200
    for method, other in (
        ("DELETE", path),
        ("GET", path.replace("films", "other")),
        ("GET", path + "&delimiter=%2F"),
        ("GET", path.replace(bucket, "lab-other")),
    ):
        assert bench.send(method, other, headers).answer.status == 403, (method, other)
        assert b"SignatureDoesNotMatch" in _code(bench)
    form = signed_headers(bench.key, "sts", "POST", URL + "/", FORM, WHO)
    assert bench.send("POST", "/", form, WHO + b"&Extra=1").answer.status == 403


def test_that_a_signed_hash_of_another_body_is_refused_by_every_service(bench: Bench) -> None:
    body = b'{"State": "Active"}'
    declared = JSON | {"X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest()}
    headers = signed_headers(bench.key, "ssm", "POST", URL + "/", declared, body)
    assert bench.send("POST", "/", headers, body).answer.status == 200
    assert bench.send("POST", "/", headers, body.replace(b"Active", b"History")).answer.status == 400
    assert b"InvalidSignatureException" in _code(bench)


@pytest.mark.parametrize("change", [{"region": "eu-west-1"}, {"service": "iam"}, {"day": "20200101"}])
def test_that_the_scope_cannot_be_changed(bench: Bench, change: dict[str, str]) -> None:
    headers = signed_headers(bench.key, "sts", "POST", URL + "/", FORM, WHO)
    day = headers["X-Amz-Date"][:8]
    scope = {"day": day, "region": "us-east-1", "service": "sts"}
    was, now = ("/{day}/{region}/{service}/".format(**names) for names in (scope, scope | change))
    headers["Authorization"] = headers["Authorization"].replace(was, now)
    assert bench.send("POST", "/", headers, WHO).answer.status == 403
    assert b"SignatureDoesNotMatch" in _code(bench)


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("s3", "RequestTimeTooSkewed"),
        ("ec2", "RequestExpired"),
        ("sts", "SignatureDoesNotMatch"),
        ("ssm", "InvalidSignatureException"),
    ],
)
def test_that_a_clock_may_be_fifteen_minutes_off_and_no_more(bench: Bench, service: str, code: str) -> None:
    gate, now = Gate(bench.keys, TOKEN), datetime.now(UTC)
    headers = signed_headers(bench.key, service, "POST", URL + "/", FORM if service != "ssm" else JSON, WHO)
    for minutes in (-14, 14):
        environ = environ_of("POST", URL + "/", headers, WHO)
        assert gate.check_signed(environ, now + timedelta(minutes=minutes)).key is bench.key
    for minutes in (-16, 16):
        with pytest.raises(LabError, match=code):
            gate.check_signed(environ_of("POST", URL + "/", headers, WHO), now + timedelta(minutes=minutes))


def test_that_a_date_header_does_as_well(bench: Bench) -> None:
    headers = signed_headers(bench.key, "sts", "POST", URL + "/", FORM | {"Date": "now"}, WHO)
    assert "X-Amz-Date" not in headers
    assert bench.send("POST", "/", headers, WHO).answer.status == 200


@pytest.mark.parametrize("part", ["SignedHeaders=", "Signature=", "Credential="])
def test_that_a_header_that_lacks_a_part_is_refused(bench: Bench, part: str) -> None:
    headers = signed_headers(bench.key, "sts", "POST", URL + "/", FORM, WHO)
    headers["Authorization"] = headers["Authorization"].replace(part, "Nothing=")
    assert bench.send("POST", "/", headers, WHO).answer.status in (400, 403)


# -- presigned ----------------------------------------------------------------------


def _presigned(bench: Bench, bucket: str, method: str = "get_object") -> str:
    url: str = bench.client("s3").generate_presigned_url(method, Params={"Bucket": bucket, "Key": NAME}, ExpiresIn=60)
    return url.removeprefix(URL)


def test_that_a_presigned_url_reads_one_object_and_ranges_of_it(bench: Bench, bucket: str) -> None:
    path = _presigned(bench, bucket)
    answer = bench.send("GET", path, {"Range": "bytes=3-5"}).answer
    assert (answer.status, answer.body) == (206, b"345")
    # AWS signs a path in one encoding, but takes it in any.
    assert "~" in path
    assert bench.send("GET", path.replace("~", "%7E"), {}).answer.status == 200


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("X-Amz-Expires=60", "X-Amz-Expires=604800"),
        ("films", "others"),
        ("us-east-1", "us-east-2"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("X-Amz-Algorithm", "response-content-type=text%2Fhtml&X-Amz-Algorithm"),
    ],
)
def test_that_a_presigned_url_cannot_be_changed(bench: Bench, bucket: str, was: str, now: str) -> None:
    path = _presigned(bench, bucket)
    assert bench.send("GET", path.replace(was, now), {}).answer.status == 403
    assert b"SignatureDoesNotMatch" in _code(bench)


def test_that_a_presigned_url_is_for_its_method_and_takes_no_further_headers(bench: Bench, bucket: str) -> None:
    path = _presigned(bench, bucket)
    assert bench.send("DELETE", path, {}).answer.status == 403
    assert bench.send("GET", path, {"x-amz-request-payer": "requester"}).answer.status == 403
    assert b"not signed" in _code(bench)
    assert bench.send("GET", path, {"Authorization": "Basic dXNlcjpwdw=="}).answer.status == 400


def test_that_the_key_id_of_a_presigned_url_opens_nothing(bench: Bench, bucket: str) -> None:
    path = _presigned(bench, bucket)
    found = dict(pair.split("=", 1) for pair in urlsplit(path).query.split("&"))
    scope, given = found["X-Amz-Credential"].replace("%2F", "/"), found["X-Amz-Signature"]
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
        f"Signature={given}",
        "X-Amz-Date": found["X-Amz-Date"],
        "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",
    }
    for method in ("GET", "PUT", "DELETE"):
        assert bench.send(method, f"/{bucket}/{NAME.split('/')[0]}", headers).answer.status == 403
        assert b"SignatureDoesNotMatch" in _code(bench)


def test_that_a_presigned_upload_may_have_any_body(bench: Bench, bucket: str) -> None:
    path = _presigned(bench, bucket, "put_object")
    assert bench.send("PUT", path, {}, b"new").answer.status == 200
    assert bench.client("s3").get_object(Bucket=bucket, Key=NAME)["Body"].read() == b"new"


def test_that_a_presigned_url_of_sts_tells_who_signed_it(bench: Bench) -> None:
    request = AWSRequest("GET", f"{URL}/?{WHO.decode()}")
    key = bench.keys.issue_role("role", "someone", timedelta(hours=1))
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.session_token)
    SigV4QueryAuth(credentials, "sts", "us-east-1", expires=60).add_auth(request)
    path = str(request.url).removeprefix(URL)
    assert b":assumed-role/role/someone</Arn>" in bench.send("GET", path, {}).answer.body
    assert bench.send("GET", path.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), {}).answer.status == 403


# -- bodies of S3 -------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 5, 2_000_000])
def test_that_an_upload_that_differs_from_its_signed_hash_is_not_stored(bench: Bench, bucket: str, size: int) -> None:
    body, path = b"a" * size, f"/{bucket}/tampered-{size}"
    headers = signed_headers(bench.key, "s3", "PUT", URL + path, {}, body)
    assert bench.send("PUT", path, headers, body + b"!").answer.status == 400
    assert b"XAmzContentSHA256Mismatch" in _code(bench)
    assert "Contents" not in bench.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"tampered-{size}")
    assert bench.send("PUT", path, headers, body).answer.status == 200


def test_that_a_signed_body_may_not_be_left_out(bench: Bench, bucket: str) -> None:
    headers = signed_headers(bench.key, "s3", "PUT", f"{URL}/{bucket}/k", {}, b"body")
    assert bench.send("PUT", f"/{bucket}/k", headers, b"").answer.status == 400


def _signed_as(bench: Bench, path: str, payload: str, extra: dict[str, str]) -> dict[str, str]:
    class Declared(S3SigV4Auth):
        def payload(self, request: AWSRequest) -> str:
            return payload

    request = AWSRequest("PUT", URL + path, extra)
    Declared(Credentials(bench.key.access_key_id, bench.key.secret_access_key), "s3", "us-east-1").add_auth(request)
    return dict(request.headers.items())


def test_that_an_unsigned_payload_is_taken_as_it_is(bench: Bench, bucket: str) -> None:
    headers = _signed_as(bench, f"/{bucket}/k", "UNSIGNED-PAYLOAD", {})
    assert bench.send("PUT", f"/{bucket}/k", headers, b"anything").answer.status == 200
    other = {"X-Amz-Content-SHA256": hashlib.sha256(b"anything").hexdigest()}
    assert bench.send("PUT", f"/{bucket}/k", headers | other, b"anything").answer.status == 403


@pytest.mark.parametrize(
    ("payload", "chunk"),
    [("STREAMING-UNSIGNED-PAYLOAD-TRAILER", ""), ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ";chunk-signature=0")],
)
def test_that_a_body_in_chunks_with_a_trailer_is_stored(bench: Bench, bucket: str, payload: str, chunk: str) -> None:
    body = f"5{chunk}\r\nhello\r\n0{chunk}\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n".encode()
    extra = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Decoded-Content-Length": "5",
        "X-Amz-Trailer": "x-amz-checksum-crc32",
    }
    headers = _signed_as(bench, f"/{bucket}/chunks", payload, extra)
    assert bench.send("PUT", f"/{bucket}/chunks", headers, body).answer.status == 200
    assert bench.client("s3").get_object(Bucket=bucket, Key="chunks")["Body"].read() == b"hello"
    assert bench.send("PUT", f"/{bucket}/chunks", headers | {"X-Amz-Trailer": "x"}, body).answer.status == 403


def test_that_s3_wants_the_hash_in_a_header(bench: Bench, bucket: str) -> None:
    request = AWSRequest("GET", f"{URL}/{bucket}", {})
    SigV4Auth(Credentials(bench.key.access_key_id, bench.key.secret_access_key), "s3", "us-east-1").add_auth(request)
    assert bench.send("GET", f"/{bucket}", dict(request.headers.items())).answer.status == 400


def test_that_a_body_is_compared_piece_by_piece() -> None:
    data = bytes(range(256)) * 1000
    for terminated in (False, True):
        environ: dict[str, Any] = {"CONTENT_LENGTH": str(len(data)), "wsgi.input": io.BytesIO(data)}
        environ |= {"wsgi.input_terminated": True} if terminated else {}
        compare_while_read(environ, hashlib.sha256(data).hexdigest())
        assert b"".join(iter(partial(environ["wsgi.input"].read, 1000), b"")) == data
        environ["wsgi.input"] = io.BytesIO(data)
        compare_while_read(environ, hashlib.sha256(b"other").hexdigest())
        with pytest.raises(LabError, match="XAmzContentSHA256Mismatch"):
            environ["wsgi.input"].read()
