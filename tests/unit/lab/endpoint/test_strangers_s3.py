"""S3 as other clients use it: what moto would fail on, or answer with something else, is answered as S3 answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.helpers.lab_front import Bench

BUCKET = "strangers-s3"
PLACE = {"Bucket": BUCKET, "Key": "a.mp4"}
PARTS = {"Parts": [{"PartNumber": 1, "ETag": "x"}]}
Asked = Callable[[Any], Any]


@pytest.fixture
def s3(bench: Bench) -> Any:
    """S3 with one object of ten bytes."""
    client = bench.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Body=b"0123456789", **PLACE)
    return client


@pytest.mark.case("M11")
@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        (lambda s3: s3.list_objects_v2(Bucket=BUCKET, ContinuationToken="made-up"), "InvalidArgument", 400),
        (lambda s3: s3.upload_part(PartNumber=1, UploadId="made-up", Body=b"", **PLACE), "NoSuchUpload", 404),
        (lambda s3: s3.list_parts(UploadId="made-up", **PLACE), "NoSuchUpload", 404),
        (lambda s3: s3.complete_multipart_upload(UploadId="made-up", MultipartUpload=PARTS, **PLACE),
         "NoSuchUpload", 404),
        (lambda s3: s3.get_object(PartNumber=2, **PLACE), "InvalidPartNumber", 416),
        (lambda s3: s3.head_object(PartNumber=2, **PLACE), "416", 416),
        (lambda s3: s3.get_object_retention(**PLACE), "InvalidRequest", 400),
        (lambda s3: s3.get_object_torrent(**PLACE), "MethodNotAllowed", 405),
        (lambda s3: s3.list_bucket_analytics_configurations(Bucket=BUCKET), "NotImplemented", 501),
        (lambda s3: s3.list_bucket_metrics_configurations(Bucket=BUCKET), "NotImplemented", 501),
    ],
)  # fmt: skip
def test_that_what_there_is_not_is_refused_as_s3_refuses_it(
    bench: Bench, s3: Any, asked: Asked, code: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ClientError) as refused:
        asked(s3)
    assert (refused.value.response["Error"]["Code"], bench.replies[-1].answer.status) == (code, status)
    assert caplog.records == []


@pytest.mark.case("M11")
def test_that_pages_and_parts_that_there_are_go_on_as_before(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="b.mp4", Body=b"")
    first = s3.list_objects_v2(Bucket=BUCKET, MaxKeys=1)
    rest = s3.list_objects_v2(Bucket=BUCKET, ContinuationToken=first["NextContinuationToken"])
    assert [item["Key"] for page in (first, rest) for item in page["Contents"]][:2] == ["a.mp4", "b.mp4"]
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="c.mp4")["UploadId"]
    given = {"Bucket": BUCKET, "Key": "c.mp4", "UploadId": upload}
    sent = [s3.upload_part(PartNumber=n, Body=body, **given)["ETag"] for n, body in ((1, b"x" * 5 * 2**20), (2, b"yz"))]
    assert [part["PartNumber"] for part in s3.list_parts(**given)["Parts"]] == [1, 2]
    parts = [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(sent, 1)]
    s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **given)
    assert s3.head_object(Bucket=BUCKET, Key="c.mp4")["ContentLength"] == 5 * 2**20 + 2
    assert s3.get_object(PartNumber=2, Bucket=BUCKET, Key="c.mp4")["Body"].read() == b"yz"
    for key in ("b.mp4", "c.mp4"):
        s3.delete_object(Bucket=BUCKET, Key=key)


@pytest.mark.case("M11")
def test_that_a_call_on_which_moto_fails_is_not_tried_again_and_stands_in_the_log(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_environ: object) -> object:
        raise KeyError("what a client gave it")

    monkeypatch.setattr(bench.seam, "forward", broken)
    with pytest.raises(ClientError):
        bench.client("logs").describe_log_groups()
    assert 400 <= bench.replies[-1].answer.status < 500
    assert "what a client gave it" in caplog.text
