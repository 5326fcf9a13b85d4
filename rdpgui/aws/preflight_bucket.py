"""Preflight of the bucket's settings: whose the recordings are, how they are encrypted, and how long they stay.

Source of the rules: AWS user guide, just-in-time node access, RDP recording; S3 user guide, Object Ownership,
Object Lock, lifecycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from rdpgui.aws import kms, parse_s3, policy
from rdpgui.aws.checking import Finding, Mend, Question, bucket_gone, held, statement, unknown
from rdpgui.aws.preflight_destination import Destination, key_is_tagged, tag_severity
from rdpgui.core.cli import ApiCall
from rdpgui.core.errors import NotFound
from rdpgui.core.preflight import Severity
from rdpgui.core.repair import Repair, RepairKind, encryption_value

SHORT_DAYS = 30
"""A rule that takes objects away earlier may take a recording before somebody has looked at it."""
ENFORCED = "BucketOwnerEnforced"
_COLD = frozenset({"GLACIER", "DEEP_ARCHIVE"})


def questions(place: Destination) -> list[Question]:
    """Return the checks in their order."""
    return [*_writing(place), *_keeping(place)]


def _writing(place: Destination) -> list[Question]:
    return [*_as_it_is_written(place), *_with_its_key(place)]


def _as_it_is_written(place: Destination) -> list[Question]:
    bucket = place.preferences.bucket
    own_keys = Repair(RepairKind.BUCKET_ENCRYPTION, bucket, None, encryption_value("AES256"))
    get_encryption, warn = "s3:GetBucketEncryption", Severity.WARN
    return [
        Question(
            "bucket-ownership",
            warn,
            "s3:GetBucketOwnershipControls",
            "Set Object Ownership to BucketOwnerEnforced; otherwise recordings may belong to an account of AWS.",
            partial(_owner_is_enforced, place),
            (NotFound,),
            "Object Ownership is not set.",
            Mend(repair=Repair(RepairKind.BUCKET_OWNERSHIP, bucket, None, ENFORCED)),
            place.of_bucket("GetBucketOwnershipControls"),
        ),
        Question(
            "bucket-encryption",
            warn,
            get_encryption,
            "Use SSE-S3, or SSE-KMS with a customer managed key whose policy lets GUI Connect make data keys.",
            partial(_encryption_fits, place),
            (NotFound,),
            "The bucket has no default encryption.",
            Mend(repair=own_keys),
            place.of_bucket("GetBucketEncryption"),
        ),
    ]


def _with_its_key(place: Destination) -> list[Question]:
    return [
        Question(
            "bucket-key",
            Severity.BLOCK,
            "kms:GetKeyPolicy",
            "Let GUI Connect make data keys with the bucket's key: add the statement to the key's policy.",
            partial(_key_lets_service, place),
            (NotFound,),
            "The key of the bucket does not exist.",
            look=place.of_bucket("GetBucketEncryption"),
        ),
        Question(
            "bucket-key-tag",
            tag_severity(place),
            "kms:ListResourceTags",
            "Tag the key SystemsManagerJustInTimeNodeAccessManaged=true.",
            partial(_bucket_key_is_tagged, place),
            (NotFound,),
            "The key of the bucket does not exist.",
            look=place.of_bucket("GetBucketEncryption"),
        ),
    ]


def _keeping(place: Destination) -> list[Question]:
    return [
        Question(
            "object-lock",
            Severity.WARN,
            "s3:GetObjectLockConfiguration",
            "Try one recording first: whether GUI Connect sends the checksums that a default retention asks for is "
            "not documented.",
            partial(_no_default_retention, place),
            look=place.of_bucket("GetObjectLockConfiguration"),
        ),
        Question(
            "lifecycle",
            Severity.WARN,
            "s3:GetBucketLifecycleConfiguration",
            "Limit the rule to other objects, or let it wait longer.",
            partial(_recordings_stay, place),
            look=place.of_bucket("GetBucketLifecycleConfiguration"),
        ),
        Question(
            "versioning",
            Severity.INFO,
            "s3:GetBucketVersioning",
            "",
            partial(_versioning, place),
            look=place.of_bucket("GetBucketVersioning"),
        ),
    ]


async def _owner_is_enforced(place: Destination) -> Finding:
    bucket = place.preferences.bucket
    ownership = parse_s3.object_ownership(await place.caller.call("s3", "GetBucketOwnershipControls", Bucket=bucket))
    repair = Repair(RepairKind.BUCKET_OWNERSHIP, bucket, ownership or None, ENFORCED)
    found = held(ownership == ENFORCED, "Object Ownership is {value}.", value=ownership or "–")
    return found.mended_by(repair=repair)


async def _encryption(place: Destination) -> tuple[str, str]:
    answer = await place.caller.call("s3", "GetBucketEncryption", Bucket=place.preferences.bucket)
    return parse_s3.default_encryption(answer)


def _is_of_aws(key_id: str) -> bool:
    return not key_id or key_id.endswith("alias/aws/s3")


async def _encryption_fits(place: Destination) -> Finding:
    algorithm, key_id = await _encryption(place)
    if not algorithm.startswith("aws:kms"):
        return held(bool(algorithm), "Default encryption is {algorithm}.", algorithm=algorithm or "–")
    if _is_of_aws(key_id):
        rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        members = {"Bucket": place.preferences.bucket, "ServerSideEncryptionConfiguration": rule}
        found = held(False, "Default encryption uses the key of AWS, whose policy cannot be changed.")
        return found.mended_by(ApiCall("s3", "PutBucketEncryption", members))
    text = "Default encryption is {algorithm} with a key of your own ({key})."
    return held(True, text, algorithm=algorithm, key=key_id)


async def _own_key(place: Destination) -> str:
    """Return the customer managed key of the bucket's default encryption; empty where there is none."""
    try:
        algorithm, key_id = await _encryption(place)
    except NotFound as error:
        if bucket_gone(error):
            raise
        return ""
    return "" if not algorithm.startswith("aws:kms") or _is_of_aws(key_id) else key_id


async def _key_lets_service(place: Destination) -> Finding:
    key_id = await _own_key(place)
    if not key_id:
        return held(True, "The bucket needs no key of your own.")
    arn, state = await kms.key_arn_and_state(place.caller, key_id)
    if state != "Enabled":
        found = held(False, "The key of the bucket is {state}.", state=state)
        return found.mended_by(ApiCall("kms", "EnableKey", {"KeyId": arn}))
    via = f"s3.{await _bucket_region(place)}.amazonaws.com"
    text = await kms.key_policy(place.caller, arn)
    lets = policy.decide_data_key(text, place.account_id, via)
    wanted = policy.key_statement(place.account_id, via)
    if lets is None:
        found = unknown("The policy of the bucket's key lets GUI Connect in under conditions that are not known here.")
        return found.mended_by(policy=statement(wanted))
    words = (
        "The policy of the bucket's key lets GUI Connect make data keys."
        if lets
        else "The policy of the bucket's key does not let GUI Connect make data keys for this account."
    )
    repair = Repair(RepairKind.KEY_POLICY, arn, text, policy.with_statement(text, wanted))
    return held(lets, words).mended_by(policy=statement(wanted), repair=repair)


async def _bucket_region(place: Destination) -> str:
    answer = await place.caller.call("s3", "HeadBucket", Bucket=place.preferences.bucket)
    return parse_s3.bucket_region(answer) or place.region


async def _bucket_key_is_tagged(place: Destination) -> Finding:
    key_id = await _own_key(place)
    if not key_id:
        return held(True, "The bucket needs no key of your own.")
    arn, _state = await kms.key_arn_and_state(place.caller, key_id)
    return await key_is_tagged(place, arn)


async def _no_default_retention(place: Destination) -> Finding:
    try:
        answer = await place.caller.call("s3", "GetObjectLockConfiguration", Bucket=place.preferences.bucket)
    except NotFound as error:
        if bucket_gone(error):
            raise
        return held(True, "Object Lock is off.")
    rule = (answer.get("ObjectLockConfiguration") or {}).get("Rule") or {}
    kept = rule.get("DefaultRetention") or {}
    if not kept:
        return held(True, "Object Lock keeps nothing by default.")
    length = f"{kept['Days']} d" if kept.get("Days") else f"{kept.get('Years', '?')} y"
    text = "Object Lock keeps every new object ({mode}, {length})."
    return held(False, text, mode=str(kept.get("Mode", "?")), length=length)


async def _recordings_stay(place: Destination) -> Finding:
    try:
        answer = await place.caller.call("s3", "GetBucketLifecycleConfiguration", Bucket=place.preferences.bucket)
    except NotFound as error:
        if bucket_gone(error):
            raise
        return held(True, "No lifecycle rule takes recordings away.")
    hasty = list(_hasty_rules(answer))
    if not hasty:
        return held(True, "No lifecycle rule takes recordings away within {days} days.", days=SHORT_DAYS)
    text = "Lifecycle rules take objects away within {days} days: {names}."
    return held(False, text, days=SHORT_DAYS, names=", ".join(hasty))


def _hasty_rules(answer: dict[str, Any]) -> Iterator[str]:
    """Give the rules that expire or freeze new objects early. What a key looks like is not documented: any may fit."""
    for number, rule in enumerate(answer.get("Rules") or (), 1):
        if rule.get("Status") != "Enabled":
            continue
        expires = (rule.get("Expiration") or {}).get("Days")
        cold = [step.get("Days") for step in rule.get("Transitions") or () if step.get("StorageClass") in _COLD]
        dated = "Date" in (rule.get("Expiration") or {})
        days = [value for value in (expires, *cold) if isinstance(value, int)]
        if dated or any(value < SHORT_DAYS for value in days):
            yield str(rule.get("ID") or f"rule {number}")


async def _versioning(place: Destination) -> Finding:
    answer = await place.caller.call("s3", "GetBucketVersioning", Bucket=place.preferences.bucket)
    return held(True, "Versioning of the bucket: {status}.", status=str(answer.get("Status") or "–"))
