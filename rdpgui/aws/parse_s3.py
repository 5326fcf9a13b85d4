"""From S3's answers to the facts of ``core``, as ``parse`` does for the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from rdpgui.aws.errors import malformed
from rdpgui.aws.parse import Answer, Row, need, utc
from rdpgui.core.recording import RecordingObject

CHECKSUM_MEMBERS = (
    ("ChecksumCRC64NVME", "CRC64NVME"),
    ("ChecksumCRC32C", "CRC32C"),
    ("ChecksumCRC32", "CRC32"),
    ("ChecksumSHA256", "SHA256"),
    ("ChecksumSHA1", "SHA1"),
)


def listed_objects(page: Answer, bucket: str) -> tuple[RecordingObject, ...]:
    """Source: s3:ListObjectsV2."""
    operation = "s3:ListObjectsV2"
    need(page, "IsTruncated", operation)  # always sent: its absence means that this is no listing
    listed = page.get("Contents") or ()
    return tuple(_listed_object(Row(item, number), bucket) for number, item in enumerate(listed, start=1))


def _listed_object(row: Row, bucket: str) -> RecordingObject:
    key, size_bytes, etag = row.name("Key"), row.number("Size"), row.text("ETag")
    modified_at = row.time("LastModified")
    return RecordingObject(bucket, key, size_bytes, etag, modified_at, flaws=row.flaws())


def head(answer: Answer, bucket: str, key: str) -> RecordingObject:
    """Source: s3:HeadObject."""
    operation = "s3:HeadObject"
    return RecordingObject(
        bucket=bucket,
        key=key,
        size_bytes=int(need(answer, "ContentLength", operation)),
        etag=str(need(answer, "ETag", operation)),
        modified_at=_modified(answer, operation),
        version_id="" if answer.get("VersionId") in (None, "null") else str(answer["VersionId"]),
        content_type=str(answer.get("ContentType") or ""),
        checksum=checksum(answer),
        server_side_encryption=str(answer.get("ServerSideEncryption") or ""),
        kms_key=str(answer.get("SSEKMSKeyId") or ""),
        metadata=tuple(sorted((str(k), str(v)) for k, v in (answer.get("Metadata") or {}).items())),
    )


def checksum(answer: Answer) -> str:
    """Return ``ALGORITHM:value`` as S3 writes it, empty when there is none.

    A composite checksum (of the parts' checksums) ends in ``-N``, N parts. Source: s3:HeadObject, ChecksumMode=ENABLED.
    """
    for member, algorithm in CHECKSUM_MEMBERS:
        value = answer.get(member)
        if value:
            return f"{algorithm}:{value}"
    return ""


@dataclass(frozen=True, slots=True)
class PartSizes:
    """One page of an object's parts. ``next_marker`` 0 means the last page."""

    sizes_bytes: list[int]
    next_marker: int


def part_sizes(answer: Answer) -> PartSizes:
    """Source: s3:GetObjectAttributes, ObjectParts. No sizes when S3 does not keep them for this object."""
    found = answer.get("ObjectParts") or {}
    sizes = [int(part.get("Size") or 0) for part in found.get("Parts") or ()]
    return PartSizes(sizes, int(found.get("NextPartNumberMarker") or 0) if found.get("IsTruncated") else 0)


_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def content_range(answer: Answer) -> tuple[int, int, int]:
    """Return (first, last, whole size) of a ranged answer. Source: s3:GetObject, Content-Range."""
    found = _CONTENT_RANGE.fullmatch(str(answer.get("ContentRange") or ""))
    if found is None:
        raise malformed("s3:GetObject", "Content-Range is missing")
    return int(found[1]), int(found[2]), int(found[3])


def _modified(item: Answer, operation: str) -> datetime:
    modified_at = utc(item.get("LastModified"))
    if modified_at is None:
        raise malformed(operation, "LastModified is missing")
    return modified_at


def bucket_region(answer: Answer) -> str:
    """Source: s3:HeadBucket. Empty when the endpoint does not say."""
    return str(answer.get("BucketRegion") or "")


def object_ownership(answer: Answer) -> str:
    """Source: s3:GetBucketOwnershipControls."""
    rules = (answer.get("OwnershipControls") or {}).get("Rules") or ()
    return str(rules[0].get("ObjectOwnership") or "") if rules else ""


def default_encryption(answer: Answer) -> tuple[str, str]:
    """Return (algorithm, key id). Source: s3:GetBucketEncryption."""
    rules = (answer.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or ()
    default = (rules[0].get("ApplyServerSideEncryptionByDefault") or {}) if rules else {}
    return str(default.get("SSEAlgorithm") or ""), str(default.get("KMSMasterKeyID") or "")
