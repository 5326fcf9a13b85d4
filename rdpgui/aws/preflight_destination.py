"""Preflight of the recording destination: its key, and whether the bucket lets recordings in.

Source of the rules: AWS user guide, just-in-time node access, RDP recording.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rdpgui.aws import kms, parse, parse_s3, policy
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checking import Finding, Mend, Question, bucket_gone, held, statement, unknown
from rdpgui.core.cli import ApiCall, compact
from rdpgui.core.errors import AccessDenied, NotFound
from rdpgui.core.preflight import Severity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.repair import KEY_TAG, Repair, RepairKind
from rdpgui.core.session import AccessType

GOOD_KEY = parse.KeyFacts("Enabled", "CUSTOMER", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")


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

    @property
    def partition(self) -> str:
        """Return the partition, for example ``aws-cn``."""
        parts = self.preferences.kms_key_arn.split(":")
        return parts[1] if len(parts) > 5 and parts[1] else "aws"

    def of_bucket(self, operation: str) -> ApiCall:
        """Return a read of the bucket."""
        return ApiCall("s3", operation, {"Bucket": self.preferences.bucket})

    def of_key(self, operation: str, **members: object) -> ApiCall:
        """Return a call on the recording key."""
        return ApiCall("kms", operation, {"KeyId": self.preferences.kms_key_arn, **members})


def questions(place: Destination) -> list[Question]:
    """Return the checks of key and bucket in their order."""
    return [*_key_questions(place), *_bucket_questions(place)]


def tag_severity(place: Destination) -> Severity:
    """Return what a missing tag means: for Standard sessions its need is not documented."""
    return Severity.BLOCK if place.access_type is AccessType.JUST_IN_TIME else Severity.WARN


def _key_questions(place: Destination) -> list[Question]:
    gone, absent = (NotFound,), "The key does not exist."
    get_preferences = ApiCall("ssm-guiconnect", "GetConnectionRecordingPreferences")
    new_key = Mend((ApiCall("kms", "CreateKey", {"Tags": [{"TagKey": KEY_TAG, "TagValue": "true"}]}),))
    return [
        Question(
            "key-region",
            Severity.BLOCK,
            "ssm-guiconnect:GetConnectionRecordingPreferences",
            "Choose a key in the node's Region.",
            partial(_key_is_here, place),
            look=get_preferences,
        ),
        Question(
            "key-usable",
            Severity.BLOCK,
            "kms:DescribeKey",
            "Use an enabled, symmetric, customer managed key.",
            partial(_key_is_usable, place),
            gone,
            absent,
            new_key,
            place.of_key("DescribeKey"),
        ),
        Question(
            "key-tag",
            tag_severity(place),
            "kms:ListResourceTags",
            "Tag the key SystemsManagerJustInTimeNodeAccessManaged=true.",
            partial(key_is_tagged, place, place.preferences.kms_key_arn),
            gone,
            absent,
            new_key,
            place.of_key("ListResourceTags"),
        ),
    ]


def _bucket_questions(place: Destination) -> list[Question]:
    read = "s3:GetBucketPolicy"
    return [
        Question(
            "bucket",
            Severity.BLOCK,
            "s3:HeadBucket",
            "Choose a bucket that exists and belongs to the account in the preferences.",
            partial(_bucket_is_there, place),
            (NotFound, AccessDenied),
            "The bucket does not exist, belongs to another account, or may not be seen.",
            Mend((_new_bucket(place),)),
            _head_bucket(place),
        ),
        Question(
            "bucket-policy",
            Severity.BLOCK,
            read,
            "Allow s3:PutObject on the whole bucket for ssm-guiconnect.amazonaws.com with aws:SourceAccount.",
            partial(_service_may_put, place),
            (NotFound,),
            "The bucket has no policy.",
            _put_statement(place, None),
            place.of_bucket("GetBucketPolicy"),
        ),
        Question(
            "bucket-deny",
            Severity.WARN,
            read,
            "Except AWS services from the Deny statement.",
            partial(_nothing_denies, place),
            look=place.of_bucket("GetBucketPolicy"),
        ),
    ]


def _head_bucket(place: Destination) -> ApiCall:
    found = place.preferences
    return ApiCall("s3", "HeadBucket", {"Bucket": found.bucket, "ExpectedBucketOwner": found.bucket_owner})


def _new_bucket(place: Destination) -> ApiCall:
    members: dict[str, object] = {"Bucket": place.preferences.bucket, "ObjectOwnership": "BucketOwnerEnforced"}
    if place.region != "us-east-1":
        members["CreateBucketConfiguration"] = {"LocationConstraint": place.region}
    return ApiCall("s3", "CreateBucket", members)


async def _key_is_here(place: Destination) -> Finding:
    found = place.preferences
    parts = found.kms_key_arn.split(":")
    region = parts[3] if len(parts) > 5 else ""
    text = "The key is in {found}, the node in {wanted}."
    buckets = [{"BucketName": found.bucket, "BucketOwner": found.bucket_owner}]
    arn = f"arn:{place.partition}:kms:{place.region}:{place.account_id}:key/KEY_ID"
    wanted = {"KMSKeyArn": arn, "RecordingDestinations": {"S3Buckets": buckets}}
    update = ApiCall(
        "ssm-guiconnect", "UpdateConnectionRecordingPreferences", {"ConnectionRecordingPreferences": wanted}
    )
    return held(region == place.region, text, found=region or "?", wanted=place.region).mended_by(update)


async def _key_is_usable(place: Destination) -> Finding:
    facts = await kms.key_facts(place.caller, place.preferences.kms_key_arn)
    text = "The key is {state}, managed by {manager}, {spec}, {usage}."
    found = held(facts == GOOD_KEY, text, state=facts.state, manager=facts.manager, spec=facts.spec, usage=facts.usage)
    enable = place.of_key("EnableKey")
    if (facts.manager, facts.spec, facts.usage) != (GOOD_KEY.manager, GOOD_KEY.spec, GOOD_KEY.usage):
        tags = [{"TagKey": KEY_TAG, "TagValue": "true"}]
        return found.mended_by(ApiCall("kms", "CreateKey", {"Tags": tags}))
    if facts.state == "PendingDeletion":
        return found.mended_by(place.of_key("CancelKeyDeletion"), enable)
    return found.mended_by(enable)


async def key_is_tagged(place: Destination, key_arn: str) -> Finding:
    """Whether a key carries the tag; of two keys the one that is named."""
    value = await kms.managed_tag(place.caller, key_arn)
    repair = Repair(RepairKind.KEY_TAG, key_arn, value, "true")
    return held(value == "true", "The tag {tag} is {value}.", tag=KEY_TAG, value=value or "–").mended_by(repair=repair)


async def _bucket_is_there(place: Destination) -> Finding:
    bucket, owner = place.preferences.bucket, place.preferences.bucket_owner
    answer = await place.caller.call("s3", "HeadBucket", Bucket=bucket, ExpectedBucketOwner=owner)
    region = parse_s3.bucket_region(answer) or "?"
    return held(True, "Bucket {bucket} of account {owner} is in {region}.", bucket=bucket, owner=owner, region=region)


async def _policy(place: Destination) -> str:
    answer = await place.caller.call("s3", "GetBucketPolicy", Bucket=place.preferences.bucket)
    return str(parse.need(answer, "Policy", "s3:GetBucketPolicy"))


def _put_statement(place: Destination, text: str | None) -> Mend:
    """Return what lets GUI Connect put objects, added to the policy that is there."""
    wanted = policy.bucket_statement(place.preferences.bucket, place.account_id, place.partition)
    after = policy.with_statement(text, wanted)
    return Mend((), statement(wanted), Repair(RepairKind.BUCKET_POLICY, place.preferences.bucket, text, after))


async def _service_may_put(place: Destination) -> Finding:
    found = await _policy(place)
    decision, mend = policy.decide_put(found, place.preferences.bucket, place.account_id), _put_statement(place, found)
    if decision.allowed is None:
        text = "The bucket policy allows GUI Connect under conditions that are not known here."
        return unknown(text).mended_by(policy=mend.policy)
    text = (
        "The bucket policy allows GUI Connect to put objects."
        if decision.allowed
        else "The bucket policy does not allow GUI Connect to put objects for this account."
    )
    return held(decision.allowed, text).mended_by(policy=mend.policy, repair=mend.repair)


async def _nothing_denies(place: Destination) -> Finding:
    bucket = place.preferences.bucket
    try:
        text = await _policy(place)
    except NotFound as error:
        if bucket_gone(error):
            raise
        return held(True, "The bucket has no policy.")
    denies = policy.decide_put(text, bucket, place.account_id).denies
    if not denies:
        return held(True, "No Deny statement stands in the way.")
    wanted = "\n".join(map(statement, policy.spared(text, bucket, place.account_id)))
    put = ApiCall("s3", "PutBucketPolicy", {"Bucket": bucket, "Policy": _all_spared(place, text)})
    found = held(False, "Deny statements that may stand in the way: {names}.", names=", ".join(denies))
    return found.mended_by(put, policy=wanted)  # no repair: a Deny is somebody's protection


def _all_spared(place: Destination, text: str) -> str:
    return compact(policy.all_spared(text, place.preferences.bucket, place.account_id))
