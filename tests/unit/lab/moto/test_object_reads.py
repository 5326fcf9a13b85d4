"""Objects of moto's S3, read where they are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from rdpgui.lab.model import LabError
from rdpgui.lab.moto.backend import backend_of
from rdpgui.lab.moto.seam import MotoSeam

BUCKET, KEY = "read-in-place", "a film.mp4"
BODY = b"".join(b"%07d " % number for number in range(400_000))
LAST = len(BODY) - 1


@pytest.fixture
def stored(seam: MotoSeam) -> Iterator[MotoSeam]:
    seam.call("s3", "CreateBucket", Bucket=BUCKET)
    seam.s3.put(BUCKET, KEY, BODY, metadata={"of": "me"})
    yield seam
    listed = seam.call("s3", "ListObjectVersions", Bucket=BUCKET)
    for version in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
        seam.call("s3", "DeleteObject", Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    seam.call("s3", "DeleteBucket", Bucket=BUCKET)


def get(seam: MotoSeam, /, **wanted: str) -> dict[str, Any]:
    answer = seam.call("s3", "GetObject", **{"Bucket": BUCKET, "Key": KEY, **wanted})
    return {**answer, "Body": answer["Body"].encode()}


class CountingFile:
    """An object's file that counts the bytes read from it."""

    def __init__(self, file: tempfile.SpooledTemporaryFile[bytes]) -> None:
        self._file = file
        self.bytes_read = 0

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.bytes_read += len(data)
        return data

    def close(self) -> None:
        self._file.close()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=3-5", 3, 5),
        ("bytes=262144-524287", 262_144, 524_287),
        ("bytes=100-", 100, LAST),
        ("bytes=-7", LAST - 6, LAST),
        (f"bytes={LAST}-{LAST + 1000}", LAST, LAST),
        (f"bytes=0-{LAST}", 0, LAST),
    ],
)
def test_that_a_range_is_exactly_its_bytes(stored: MotoSeam, asked: str, first: int, last: int) -> None:
    answer = get(stored, Range=asked)
    assert answer["Body"] == BODY[first : last + 1]
    assert answer["ContentRange"] == f"bytes {first}-{last}/{len(BODY)}"
    assert answer["ContentLength"] == last - first + 1
    assert answer["ETag"] == stored.s3.head(BUCKET, KEY)["ETag"]
    assert answer["Metadata"] == {"of": "me"}


@pytest.mark.parametrize("asked", [None, "bytes=5-3", "bytes=0-1,4-5", "bytes=x-y"])
def test_that_without_one_valid_range_the_whole_object_comes(stored: MotoSeam, asked: str | None) -> None:
    wanted = {} if asked is None else {"Range": asked}
    answer = get(stored, ChecksumMode="ENABLED", **wanted)
    assert answer["Body"] == BODY
    assert answer["ContentLength"] == len(BODY)
    head = stored.call("s3", "HeadObject", Bucket=BUCKET, Key=KEY, ChecksumMode="ENABLED")
    assert answer["ChecksumCRC32"] == head["ChecksumCRC32"]


def test_that_an_empty_object_comes_as_nothing(stored: MotoSeam) -> None:
    stored.s3.put(BUCKET, "empty", b"")
    assert get(stored, Key="empty")["Body"] == b""
    assert get(stored, Key="empty", Range="bytes=-5")["Body"] == b""


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Range": f"bytes={len(BODY)}-"}, "InvalidRange"),
        ({"Range": "bytes=0-9", "IfMatch": '"another"'}, "PreconditionFailed"),
        ({"Range": "bytes=0-9", "Key": "missing"}, "NoSuchKey"),
    ],
)
def test_that_a_range_is_refused_as_before(stored: MotoSeam, asked: dict[str, str], code: str) -> None:
    with pytest.raises(LabError) as caught:
        get(stored, **asked)
    assert caught.value.code == code


def test_that_every_version_has_its_own_bytes(stored: MotoSeam) -> None:
    stored.call("s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    versions = {stored.s3.put(BUCKET, "two", body)["VersionId"]: body for body in (b"first one", b"second one")}
    for version, body in versions.items():
        answer = get(stored, Key="two", VersionId=version, Range="bytes=2-6")
        assert (answer["Body"], answer["VersionId"]) == (body[2:7], version)
        stored.call("s3", "DeleteObject", Bucket=BUCKET, Key="two", VersionId=version)


def test_that_a_range_reads_no_more_than_it_names(stored: MotoSeam) -> None:
    with stored.lock:
        key = backend_of("s3")[stored.account_id]["aws"].buckets[BUCKET].keys[KEY]
    file = key._value_buffer = CountingFile(key._value_buffer)
    assert get(stored, Range="bytes=1000-1999")["Body"] == BODY[1000:2000]
    assert file.bytes_read == 1000


def test_that_moto_itself_still_copies_an_object_whole(stored: MotoSeam) -> None:
    get(stored, Range="bytes=0-0")
    stored.call("s3", "CopyObject", Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/{KEY}")
    assert get(stored, Key="copy")["Body"] == BODY
