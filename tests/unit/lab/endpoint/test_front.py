"""Who answers what: own operations, checks, moto, and errors that are never HTML."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import parse_qs

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from rdpgui.lab.endpoint.call import s3_operation
from rdpgui.lab.endpoint.operations.paging import page
from rdpgui.lab.endpoint.operations.registry import OWN
from rdpgui.lab.model import LabError
from rdpgui.lab.moto import lean_import
from rdpgui.lab.moto.backend import service_model
from rdpgui.lab.moto.lean_import import lean_imports
from rdpgui.lab.moto.seam import MotoSeam
from tests.helpers.lab_front import Bench

JSON = {"Content-Type": "application/x-amz-json-1.1"}


def test_that_every_own_operation_is_one_of_aws() -> None:
    assert {
        (service, name)
        for service, names in OWN.items()
        for name in names
        if name not in service_model(service).operation_names
    } == set()


@pytest.mark.parametrize(
    ("service", "method", "params", "code"),
    [
        ("ssm", "get_service_setting", {"SettingId": "/ssm/x"}, "UnknownOperationException"),
        ("ssm-quicksetup", "list_configuration_managers", {}, "UnknownOperationException"),
        ("kms", "derive_shared_secret", {"KeyId": "k", "KeyAgreementAlgorithm": "ECDH", "PublicKey": b"p"}, None),
        ("iam", "simulate_custom_policy", {"PolicyInputList": ["{}"], "ActionNames": ["a:b"]}, "InvalidAction"),
    ],
)
def test_that_what_moto_lacks_is_an_aws_error(
    bench: Bench, service: str, method: str, params: dict[str, Any], code: str | None
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(bench.client(service), method)(**params)
    assert code in (None, error.value.response["Error"]["Code"])
    answer = bench.replies[-1].answer
    assert 400 <= answer.status < 500
    assert b"<html" not in answer.body.lower() and "html" not in answer.header("Content-Type")


def test_that_a_bug_is_an_internal_error_to_the_client_and_a_trace_to_the_log(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*, active: bool) -> list[object]:
        raise RuntimeError("the world is broken")

    monkeypatch.setattr(bench.world.sessions, "list", broken)
    with caplog.at_level(logging.ERROR), pytest.raises(ClientError) as error:
        bench.client("ssm").describe_sessions(State="Active")
    assert error.value.response["Error"]["Code"] == "InternalFailure"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "the world is broken" in caplog.text
    assert b"the world is broken" not in bench.replies[-1].answer.body


def test_that_every_answer_has_a_request_id(bench: Bench) -> None:
    for service, method, params in (
        ("ssm", "describe_sessions", {"State": "Active"}),
        ("ec2", "describe_instances", {}),
        ("iam", "list_roles", {}),
        ("s3", "list_buckets", {}),
        ("kms", "list_keys", {}),
    ):
        answer = getattr(bench.client(service), method)(**params)
        assert answer["ResponseMetadata"].get("RequestId"), service


def test_that_moto_keeps_what_the_front_does_not_own(bench: Bench) -> None:
    ssm = bench.client("ssm")
    ssm.put_parameter(Name="/front/p", Value="v", Type="String", Overwrite=True)
    assert ssm.get_parameter(Name="/front/p")["Parameter"]["Value"] == "v"
    (event,) = [e for e in bench.world.trail.events() if e.event_name == "PutParameter"]
    assert event.record["requestParameters"] == {"name": "/front/p", "overwrite": True, "type": "String", "value": "v"}


def test_that_an_error_of_moto_is_in_the_trail_with_its_code(bench: Bench) -> None:
    with pytest.raises(ClientError):
        bench.client("iam").get_role(RoleName="nobody")
    with pytest.raises(ClientError):
        bench.client("ssm").get_parameter(Name="/nowhere")
    assert [e.record["errorCode"] for e in bench.world.trail.events()] == ["ParameterNotFound", "NoSuchEntity"]


def test_that_get_user_without_a_name_is_the_caller(bench: Bench) -> None:
    iam = bench.client("iam")
    try:
        iam.create_user(UserName="lab-admin")
    except iam.exceptions.EntityAlreadyExistsException:
        assert iam.get_user(UserName="lab-admin")["User"]["UserName"] == "lab-admin"
    assert iam.get_user()["User"]["UserName"] == "lab-admin"


def test_that_an_operation_unknown_to_aws_is_refused_in_its_protocol(bench: Bench) -> None:
    reply = bench.send_signed("ssm", "POST", "/", JSON | {"X-Amz-Target": "AmazonSSM.MakeTea"}, b"{}")
    assert json.loads(reply.answer.body)["__type"] == "UnknownOperationException"
    reply = bench.send_signed("ssm-guiconnect", "POST", "/MakeTea", {"Content-Type": "application/json"}, b"{}")
    assert (reply.answer.status, reply.answer.header("x-amzn-ErrorType")) == (404, "UnknownOperationException")


def test_that_a_body_that_is_too_large_is_refused_before_it_is_kept(bench: Bench) -> None:
    headers = JSON | {"X-Amz-Target": "AmazonSSM.DescribeSessions"}
    assert bench.send_signed("ssm", "POST", "/", headers, b" " * (4 * 1024 * 1024 + 1)).answer.status == 413


def test_that_a_query_in_the_url_is_understood(bench: Bench) -> None:
    reply = bench.send_signed("sts", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15")
    assert b":user/lab-admin</Arn>" in reply.answer.body


@pytest.mark.parametrize(
    ("method", "path", "query", "operation"),
    [
        ("GET", "/", "", "ListBuckets"),
        ("PUT", "/b", "", "CreateBucket"),
        ("HEAD", "/b", "", "HeadBucket"),
        ("GET", "/b", "list-type=2&prefix=x", "ListObjectsV2"),
        ("GET", "/b/", "", "ListObjects"),
        ("GET", "/b", "versions", "ListObjectVersions"),
        ("GET", "/b", "policy", "GetBucketPolicy"),
        ("PUT", "/b", "ownershipControls", "PutBucketOwnershipControls"),
        ("GET", "/b", "object-lock", "GetObjectLockConfiguration"),
        ("POST", "/b", "delete", "DeleteObjects"),
        ("GET", "/b/k/with/slashes", "", "GetObject"),
        ("HEAD", "/b/k", "", "HeadObject"),
        ("PUT", "/b/k", "", "PutObject"),
        ("DELETE", "/b/k", "", "DeleteObject"),
        ("DELETE", "/b/k", "uploadId=1", "AbortMultipartUpload"),
        ("GET", "/b/k", "uploadId=1", "ListParts"),
        ("GET", "/b/k", "tagging", "GetObjectTagging"),
        ("GET", "/b/k", "attributes", "GetObjectAttributes"),
        ("POST", "/b/k", "uploads", "CreateMultipartUpload"),
        ("POST", "/b/k", "uploadId=1", "CompleteMultipartUpload"),
        ("PUT", "/b/k", "uploadId=1&partNumber=1", "UploadPart"),
        ("PATCH", "/b/k", "", ""),
    ],
)
def test_that_s3_requests_are_named(method: str, path: str, query: str, operation: str) -> None:
    assert s3_operation(method, path, parse_qs(query, keep_blank_values=True)) == operation
    assert not operation or operation in service_model("s3").operation_names


def test_that_pages_go_on_after_items_came_and_went() -> None:
    items = [f"s{n}" for n in range(6)]
    first, token = page(items, size=3, token=None, name=str)
    grown = ["new", *items]
    assert page(grown, size=3, token=token, name=str)[0] == ["s3", "s4", "s5"]
    shrunk = [i for i in items if i != "s2"]
    assert page(shrunk, size=3, token=token, name=str)[0] == ["s3", "s4", "s5"]
    assert page(items[:2], size=3, token=token, name=str) == ([], None)
    assert first == ["s0", "s1", "s2"]


@pytest.mark.parametrize(
    "token", ["", "x", "W10=", "MQ==", "WzEsMl0=", "W1tdLDFd", "W1sxXSwxXQ==", "W1siYSJdLDBd", "W1siYSJdLHRydWVd"]
)
def test_that_a_made_up_token_is_refused_or_means_the_start(token: str) -> None:
    if not token:
        assert page(["a"], size=1, token=token, name=str) == (["a"], None)
        return
    with pytest.raises(LabError, match="InvalidNextToken"):
        page(["a", "b"], size=1, token=token, name=str)


def test_that_lean_imports_leave_botocore_and_moto_as_they_were() -> None:
    import moto.utilities.utils as moto_utils

    def patched() -> tuple[object, ...]:
        return (botocore.session.create_loader, moto_utils.load_resource, Loader.list_available_services,
                Loader.FILE_LOADER_CLASS)  # fmt: skip

    before = patched()
    with pytest.raises(RuntimeError), lean_imports("us-east-1"):
        assert not set(before) & set(patched())
        raise RuntimeError("an import failed")
    assert patched() == before


@pytest.mark.case("X9")
def test_that_a_services_model_is_read_once_however_many_sessions_look_up_its_regions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from moto.core.loaders import create_loader

    read: list[str] = []
    inner = lean_import._Files._read

    def counted(file_path: str) -> dict[str, Any] | None:
        read.append(file_path.replace("\\", "/"))
        return inner(file_path)

    monkeypatch.setattr(lean_import._Files, "_read", staticmethod(counted))
    plain = botocore.session.Session().get_available_regions("sts")
    with lean_imports("us-east-1"):
        whole = create_loader().load_service_model("sts", "service-2")
        for _ in range(2):
            assert botocore.session.Session().get_available_regions("sts") == plain
        assert botocore.session.Session().get_available_regions("no such service") == []
    assert len([path for path in read if path.endswith("/data/sts/2011-06-15/service-2")]) == 1
    assert "GetCallerIdentity" in whole["operations"]
    assert not any("documentation" in shape for shape in whole["shapes"].values())


@pytest.mark.parametrize("key", ["plain.mp4", "a b/ü+c%20d.mp4", "x/../y&z=1?.mp4", "日本.mp4"])
def test_that_a_key_stored_through_the_seam_is_the_key_that_clients_read(bench: Bench, key: str) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="lab-seam-keys")
    stored = bench.seam.s3.put("lab-seam-keys", key, b"film", metadata={"lab": "true"})
    found = s3.get_object(Bucket="lab-seam-keys", Key=key)
    assert (found["Body"].read(), found["ETag"], found["Metadata"]) == (b"film", stored["ETag"], {"lab": "true"})
    assert key in [o["Key"] for o in s3.list_objects_v2(Bucket="lab-seam-keys")["Contents"]]
    assert key in bench.seam.s3.keys("lab-seam-keys")


def test_that_the_seam_raises_errors_of_moto_and_of_wrong_parameters(seam: MotoSeam) -> None:
    with pytest.raises(LabError, match="NoSuchBucket"):
        seam.call("s3", "ListObjectsV2", Bucket="no-such-bucket-here")
    with pytest.raises(LabError, match="ValidationError"):
        seam.call("s3", "ListObjectsV2")


def test_that_the_seam_offers_current_windows_images(seam: MotoSeam) -> None:
    images = seam.call("ec2", "DescribeImages", ImageIds=[seam.instances.windows_image("2022")])["Images"]
    assert images[0]["Name"].startswith("Windows_Server-2022-English-Full-Base")


@pytest.mark.case("M10")
def test_that_the_null_version_of_an_object_without_versions_is_the_object(bench: Bench) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="lab-null-version")
    s3.put_object(Bucket="lab-null-version", Key="a b/é.mp4", Body=b"film")
    found = s3.head_object(Bucket="lab-null-version", Key="a b/é.mp4", VersionId="null")
    assert (found["ResponseMetadata"]["HTTPStatusCode"], found["ContentLength"]) == (200, 4)
    assert s3.get_object(Bucket="lab-null-version", Key="a b/é.mp4", VersionId="null")["Body"].read() == b"film"
    s3.put_bucket_versioning(Bucket="lab-null-version", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="lab-null-version", Key="new.mp4", Body=b"film")
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket="lab-null-version", Key="new.mp4", VersionId="null")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.case("M14")
def test_that_a_tag_that_no_answer_could_carry_is_refused(bench: Bench, fleet: tuple[str, ...]) -> None:
    ec2 = bench.client("ec2")
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*control characters"):
        ec2.create_tags(Resources=[fleet[0]], Tags=[{"Key": "Name", "Value": "web\x07"}])
    assert ec2.describe_instances(InstanceIds=[fleet[0]])["Reservations"]
