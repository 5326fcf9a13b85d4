"""Preflight of the recording destination: preferences, key and bucket.

Source of the rules: AWS user guide, just-in-time node access, RDP recording.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rdpgui.aws import kms, parse, parse_s3
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checking import Finding, Question, held, unknown
from rdpgui.aws.policy import decide_put, key_policy_names_service
from rdpgui.core.errors import AccessDenied, NotFound
from rdpgui.core.preflight import Severity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.session import AccessType


@dataclass(frozen=True, slots=True)
class Destination:
    """What the checks of a destination need.

    Attributes:
        account_id: the account that starts the connections.
        region: the node's Region.
    """

    caller: AwsCaller
    preferences: RecordingPreferences
    account_id: str
    region: str
    access_type: AccessType


def questions(place: Destination) -> list[Question]:
    """Return the checks of key and bucket in their order."""
    return [*_key_questions(place), *_bucket_questions(place)]


def _key_questions(place: Destination) -> list[Question]:
    just_in_time = place.access_type is AccessType.JUST_IN_TIME
    gone, absent = (NotFound,), "The key does not exist."
    return [
        Question(
            "key-region",
            Severity.BLOCK,
            "ssm-guiconnect:GetConnectionRecordingPreferences",
            "Choose a key in the node's Region.",
            partial(_key_is_here, place),
        ),
        Question(
            "key-usable",
            Severity.BLOCK,
            "kms:DescribeKey",
            "Use an enabled, symmetric, customer managed key.",
            partial(_key_is_usable, place),
            gone,
            absent,
        ),
        Question(
            "key-tag",
            Severity.BLOCK if just_in_time else Severity.WARN,
            "kms:ListResourceTags",
            "Tag the key SystemsManagerJustInTimeNodeAccessManaged=true.",
            partial(_key_is_tagged, place),
            gone,
            absent,
        ),
    ]


def _bucket_questions(place: Destination) -> list[Question]:
    policy = "s3:GetBucketPolicy"
    return [
        Question(
            "bucket",
            Severity.BLOCK,
            "s3:HeadBucket",
            "Choose a bucket that exists and belongs to the account in the preferences.",
            partial(_bucket_is_there, place),
            (NotFound, AccessDenied),
            "The bucket does not exist, belongs to another account, or may not be seen.",
        ),
        Question(
            "bucket-policy",
            Severity.BLOCK,
            policy,
            "Allow s3:PutObject on the whole bucket for ssm-guiconnect.amazonaws.com with aws:SourceAccount.",
            partial(_service_may_put, place),
            (NotFound,),
            "The bucket has no policy.",
        ),
        Question(
            "bucket-deny",
            Severity.WARN,
            policy,
            "Except AWS services from the Deny statement.",
            partial(_nothing_denies, place),
        ),
        *_bucket_setting_questions(place),
    ]


def _bucket_setting_questions(place: Destination) -> list[Question]:
    return [
        Question(
            "bucket-ownership",
            Severity.WARN,
            "s3:GetBucketOwnershipControls",
            "Set Object Ownership to BucketOwnerEnforced; otherwise recordings may belong to an account of AWS.",
            partial(_owner_is_enforced, place),
            (NotFound,),
            "Object Ownership is not set.",
        ),
        Question(
            "bucket-encryption",
            Severity.WARN,
            "s3:GetBucketEncryption",
            "Use SSE-S3, or SSE-KMS with a customer managed key whose policy lets GUI Connect make data keys.",
            partial(_encryption_fits, place),
            (NotFound,),
            "The bucket has no default encryption.",
        ),
    ]


async def _key_is_here(place: Destination) -> Finding:
    parts = place.preferences.kms_key_arn.split(":")
    region = parts[3] if len(parts) > 5 else ""
    return held(
        region == place.region, "The key is in {found}, the node in {wanted}.", found=region or "?", wanted=place.region
    )


async def _key_is_usable(place: Destination) -> Finding:
    facts = await kms.key_facts(place.caller, place.preferences.kms_key_arn)
    good = parse.KeyFacts("Enabled", "CUSTOMER", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    text = "The key is {state}, managed by {manager}, {spec}, {usage}."
    return held(facts == good, text, state=facts.state, manager=facts.manager, spec=facts.spec, usage=facts.usage)


async def _key_is_tagged(place: Destination) -> Finding:
    value = await kms.managed_tag(place.caller, place.preferences.kms_key_arn)
    return held(value == "true", "The tag {tag} is {value}.", tag=kms.MANAGED_TAG, value=value or "–")


async def _bucket_is_there(place: Destination) -> Finding:
    bucket, owner = place.preferences.bucket, place.preferences.bucket_owner
    answer = await place.caller.call("s3", "HeadBucket", Bucket=bucket, ExpectedBucketOwner=owner)
    region = parse_s3.bucket_region(answer) or "?"
    return held(True, "Bucket {bucket} of account {owner} is in {region}.", bucket=bucket, owner=owner, region=region)


async def _policy(place: Destination) -> str:
    answer = await place.caller.call("s3", "GetBucketPolicy", Bucket=place.preferences.bucket)
    return str(parse.need(answer, "Policy", "s3:GetBucketPolicy"))


async def _service_may_put(place: Destination) -> Finding:
    decision = decide_put(await _policy(place), place.preferences.bucket, place.account_id)
    if decision.allowed is None:
        return unknown("The bucket policy allows GUI Connect under conditions that are not known here.")
    text = (
        "The bucket policy allows GUI Connect to put objects."
        if decision.allowed
        else "The bucket policy does not allow GUI Connect to put objects for this account."
    )
    return held(decision.allowed, text)


async def _nothing_denies(place: Destination) -> Finding:
    try:
        text = await _policy(place)
    except NotFound:
        return held(True, "The bucket has no policy.")
    denies = decide_put(text, place.preferences.bucket, place.account_id).denies
    if denies:
        return held(False, "Deny statements that may stand in the way: {names}.", names=", ".join(denies))
    return held(True, "No Deny statement stands in the way.")


async def _owner_is_enforced(place: Destination) -> Finding:
    answer = await place.caller.call("s3", "GetBucketOwnershipControls", Bucket=place.preferences.bucket)
    ownership = parse_s3.object_ownership(answer)
    return held(ownership == "BucketOwnerEnforced", "Object Ownership is {value}.", value=ownership or "–")


async def _encryption_fits(place: Destination) -> Finding:
    answer = await place.caller.call("s3", "GetBucketEncryption", Bucket=place.preferences.bucket)
    algorithm, key_id = parse_s3.default_encryption(answer)
    if not algorithm.startswith("aws:kms"):
        return held(bool(algorithm), "Default encryption is {algorithm}.", algorithm=algorithm or "–")
    if not key_id or key_id.endswith("alias/aws/s3"):
        return held(False, "Default encryption uses the key of AWS, whose policy cannot be changed.")
    named = key_policy_names_service(await kms.key_policy(place.caller, key_id))
    text = (
        "Default encryption is {algorithm}; the key policy names GUI Connect."
        if named
        else "Default encryption is {algorithm}; the key policy does not name GUI Connect."
    )
    return held(named, text, algorithm=algorithm)
