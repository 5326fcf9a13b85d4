"""Repairs: changes of a set-up that are safe to make from here, because each can be taken back to the byte.

A repair is a value with what it was and what it becomes; undoing it is the repair the other way round.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from rdpgui.core.cli import ApiCall, compact
from rdpgui.core.texts import N_

KEY_TAG = "SystemsManagerJustInTimeNodeAccessManaged"
"""The tag AWS asks for on the key, with the value ``true``."""


class RepairKind(StrEnum):
    """What is changed. What weakens somebody's protection (a Deny, a stop protection, a tag) is no repair."""

    KEY_TAG = "key-tag"
    KEY_POLICY = "key-policy"
    BUCKET_POLICY = "bucket-policy"
    BUCKET_OWNERSHIP = "bucket-ownership"
    BUCKET_ENCRYPTION = "bucket-encryption"
    SHUTDOWN_BEHAVIOUR = "shutdown-behaviour"


_NAMES = {
    RepairKind.KEY_TAG: N_("Tag of the key"),
    RepairKind.KEY_POLICY: N_("Policy of the key"),
    RepairKind.BUCKET_POLICY: N_("Policy of the bucket"),
    RepairKind.BUCKET_OWNERSHIP: N_("Object Ownership of the bucket"),
    RepairKind.BUCKET_ENCRYPTION: N_("Default encryption of the bucket"),
    RepairKind.SHUTDOWN_BEHAVIOUR: N_("What a shutdown from inside does"),
}
_JSON = frozenset({RepairKind.KEY_POLICY, RepairKind.BUCKET_POLICY, RepairKind.BUCKET_ENCRYPTION})


@dataclass(frozen=True, slots=True)
class Repair:
    """One change.

    Attributes:
        subject: ARN of the key, name of the bucket, or id of the instance.
        before: the value as it was read; None where there was none.
        after: the value it becomes; None: it is removed.
    """

    kind: RepairKind
    subject: str
    before: str | None
    after: str | None

    @property
    def name(self) -> str:
        """Return what is changed, an English message id."""
        return _NAMES[self.kind]

    def undo(self) -> Repair:
        """Return the repair that takes this one back."""
        return replace(self, before=self.after, after=self.before)

    def call(self) -> ApiCall:
        """Return the one call that makes this change."""
        return _removal(self) if self.after is None else _setting(self, self.after)

    def stands(self, value: str | None) -> bool:
        """Whether what is read now is what this repair was made for: else somebody changed it meanwhile."""
        if value == self.before:
            return True
        if value is None or self.before is None or self.kind not in _JSON:
            return False
        return _in_one_form(value) == _in_one_form(self.before) is not None

    def diff(self) -> tuple[str, ...]:
        """Return what changes, line by line: `` `` stays, ``-`` goes, ``+`` comes."""
        import difflib  # only a diff needs it; the first picture does not wait for it

        old, new = (self._lines(value) for value in (self.before, self.after))
        lines = difflib.unified_diff(old, new, lineterm="", n=max(len(old), len(new)))
        return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))

    def _lines(self, value: str | None) -> list[str]:
        if value is None:
            return []
        parsed = _parsed(value) if self.kind in _JSON else None
        text = value if parsed is None else json.dumps(parsed, indent=2)
        return text.splitlines()


def _parsed(text: str) -> object | None:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _in_one_form(text: str) -> str | None:
    """Return JSON as one text for all that means the same; in Python 1 is true. None for what is no JSON."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return None


def _setting(repair: Repair, value: str) -> ApiCall:
    subject = repair.subject
    match repair.kind:
        case RepairKind.KEY_TAG:
            return ApiCall("kms", "TagResource", {"KeyId": subject, "Tags": [{"TagKey": KEY_TAG, "TagValue": value}]})
        case RepairKind.KEY_POLICY:
            return ApiCall("kms", "PutKeyPolicy", {"KeyId": subject, "PolicyName": "default", "Policy": value})
        case RepairKind.BUCKET_POLICY:
            return ApiCall("s3", "PutBucketPolicy", {"Bucket": subject, "Policy": value})
        case RepairKind.BUCKET_OWNERSHIP:
            controls = {"Rules": [{"ObjectOwnership": value}]}
            return ApiCall("s3", "PutBucketOwnershipControls", {"Bucket": subject, "OwnershipControls": controls})
        case RepairKind.BUCKET_ENCRYPTION:
            rules = _parsed(value)
            return ApiCall("s3", "PutBucketEncryption", {"Bucket": subject, "ServerSideEncryptionConfiguration": rules})
        case RepairKind.SHUTDOWN_BEHAVIOUR:
            members = {"InstanceId": subject, "InstanceInitiatedShutdownBehavior": {"Value": value}}
            return ApiCall("ec2", "ModifyInstanceAttribute", members)


def _removal(repair: Repair) -> ApiCall:
    subject = repair.subject
    match repair.kind:
        case RepairKind.KEY_TAG:
            return ApiCall("kms", "UntagResource", {"KeyId": subject, "TagKeys": [KEY_TAG]})
        case RepairKind.BUCKET_POLICY:
            return ApiCall("s3", "DeleteBucketPolicy", {"Bucket": subject})
        case RepairKind.BUCKET_OWNERSHIP:
            return ApiCall("s3", "DeleteBucketOwnershipControls", {"Bucket": subject})
        case RepairKind.BUCKET_ENCRYPTION:
            return ApiCall("s3", "DeleteBucketEncryption", {"Bucket": subject})
        case RepairKind.KEY_POLICY | RepairKind.SHUTDOWN_BEHAVIOUR:
            raise ValueError(f"{repair.kind} is always set to something")


def encryption_value(algorithm: str) -> str:
    """Return the value of ``BUCKET_ENCRYPTION`` that encrypts with keys of S3 itself."""
    return compact({"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]})


class RepairPort(Protocol):
    """Reads and sets what repairs change."""

    async def value(self, kind: RepairKind, subject: str) -> str | None:
        """Return what is set now, None where nothing is.

        Source: kms:ListResourceTags, kms:GetKeyPolicy, s3:GetBucketPolicy, s3:GetBucketOwnershipControls,
        s3:GetBucketEncryption, ec2:DescribeInstanceAttribute.
        """

    async def put(self, repair: Repair) -> None:
        """Make the change, once. Its outcome is unknown after Unreachable and MalformedAnswer."""
