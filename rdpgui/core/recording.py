"""Recordings: where they go, what of them is in S3, and the ladder of statuses.

AWS offers no operation that reads a recording's status (``ssm-guiconnect``
has three operations, all about preferences), so each status shown is a
statement with its basis and its evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_S3_PREFIX = "s3://"
_IN_PARTS = re.compile(r'-\d+"?$', re.ASCII)


def is_s3(text: str) -> bool:
    """Say whether a text is meant as the address of an object; schemes have no case. Source: RFC 3986 §3.1."""
    return text[:3].lower() == _S3_PREFIX[:3]


def s3_object(text: str) -> tuple[str, str] | None:
    """Return bucket and key of ``s3://BUCKET/KEY``, None for anything else. Keys are taken as they are written."""
    bucket, slash, key = text[len(_S3_PREFIX) :].partition("/")
    return (bucket, key) if text.lower().startswith(_S3_PREFIX) and bucket and slash and key else None


@dataclass(frozen=True, slots=True)
class RecordingPreferences:
    """Connection recording preferences of one account and Region. Source: GetConnectionRecordingPreferences."""

    bucket: str
    bucket_owner: str
    kms_key_arn: str


@dataclass(frozen=True, slots=True)
class RecordingObject:
    """One object in the recording destination.

    Attributes:
        modified_at: LastModified; of an object that came in parts, when its upload began.
        checksum: full-object checksum, for example ``CRC64NVME:…``; empty when S3 has none.
        metadata: user metadata, sorted; the lab marks its objects there.
        kms_key: ARN of the KMS key the object is encrypted with, empty without one.
        flaws: what of its row could not be read; no rule rests on a row with flaws.
    """

    bucket: str
    key: str
    size_bytes: int
    etag: str
    modified_at: datetime
    version_id: str = ""
    content_type: str = ""
    checksum: str = ""
    server_side_encryption: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    kms_key: str = ""
    flaws: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str, int]:
        """Key, version, ETag and size: equal as long as the bytes are the same object."""
        return (self.key, self.version_id, self.etag, self.size_bytes)

    @property
    def in_parts(self) -> bool:
        """Whether it was uploaded in parts: it is there only since its last one, which may be long after LastModified.

        Source: S3 User Guide, object metadata (Last-Modified of a multipart upload is its initiation; the ETag ends
        with the number of parts).
        """
        return _IN_PARTS.search(self.etag) is not None

    def tag(self, key: str) -> str:
        """Return a metadata value, empty when absent."""
        return dict(self.metadata).get(key, "")


@dataclass(frozen=True, slots=True)
class Denial:
    """A call by the GUI Connect principal that the recording destination refused. Source: CloudTrail.

    Attributes:
        at: eventTime, whole seconds, aware UTC.
        operation: service and operation, for example ``kms:GenerateDataKey``.
        resource: ARN or name of what was refused, empty when the event does not say.
        code: errorCode. message: errorMessage.
    """

    at: datetime
    operation: str
    resource: str
    code: str
    message: str


class RecordingStatus(StrEnum):
    """What is shown for the recording of a session. Source: the evidence ladder of the design."""

    NOT_CONFIGURED = "not-configured"
    WAITING = "waiting"
    RECORDING = "recording"
    PROCESSING = "processing"
    FINISHED = "finished"
    VERIFIED = "verified"
    SUSPECT = "suspect"
    PROCESSING_ERROR = "processing-error"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"


class ConsoleWord(StrEnum):
    """What the AWS console says; a person may enter it by hand."""

    RECORDING = "Recording"
    PROCESSING = "Processing"
    FINISHED = "Finished"
    FAILED = "Failed"
    PROCESSING_ERROR = "ProcessingError"


class Basis(StrEnum):
    """What a statement rests on."""

    OBSERVED = "observed"
    INFERRED = "inferred"
    VERIFIED_HERE = "verified-here"
    ENTERED_BY_HAND = "entered-by-hand"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a statement.

    Attributes:
        text: English message id with ``{name}`` fields; ``fields`` holds the values.
        source: the API operation or check it came from, for example ``s3:ListObjectsV2``.
        held: whether the evidence supports (True), contradicts (False) or is missing (None).
    """

    text: str
    observed_at: datetime | None
    source: str
    held: bool | None = True
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatusStatement:
    """A recording status together with what it rests on."""

    status: RecordingStatus
    basis: Basis
    since_at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    usual_s: tuple[float, float] | None = None
    console_word: ConsoleWord | None = None
