"""The twin of the CloudFormation template: the same policies, settings, options and what outlives it, word for word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_account import ACCOUNT, BUCKET, KEY, REGION
from tests.unit.aws.test_cloudformation import KNOWN, resolved, template

TWIN = Path(__file__).resolve().parents[3] / "resources" / "terraform" / "experiment.tf.json"
VALUES = {
    "data.aws_caller_identity.current.account_id": ACCOUNT,
    "data.aws_partition.current.partition": "aws",
    "var.region": REGION,
    "var.name": "rdpgui",
    "aws_s3_bucket.recording.arn": f"arn:aws:s3:::{BUCKET}",
    "aws_s3_bucket.recording.bucket": BUCKET,
    "aws_kms_key.recording.arn": KEY,
    'join("", aws_sqs_queue.objects[*].arn)': "ObjectQueue.Arn",
    'join("", aws_cloudwatch_event_rule.objects[*].arn)': "ObjectRule.Arn",
    'join("", aws_s3_bucket.trail[*].arn)': "TrailBucket.Arn",
}
TWINS = {
    "RecordingKey": ("aws_kms_key.recording",),
    "RecordingKeyAlias": ("aws_kms_alias.recording",),
    "RecordingBucket": (
        "aws_s3_bucket.recording",
        "aws_s3_bucket_ownership_controls.recording",
        "aws_s3_bucket_public_access_block.recording",
        "aws_s3_bucket_versioning.recording",
        "aws_s3_bucket_server_side_encryption_configuration.recording",
        "aws_s3_bucket_lifecycle_configuration.recording",
        "aws_s3_bucket_notification.recording",
    ),
    "RecordingBucketPolicy": ("aws_s3_bucket_policy.recording",),
    "RecordingPreferences": ("awscc_ssmguiconnect_preferences.recording",),
    "InstanceRole": ("aws_iam_role.instance", "aws_iam_role_policy_attachment.instance"),
    "InstanceProfile": ("aws_iam_instance_profile.instance",),
    "SecurityGroup": ("aws_security_group.instance", "aws_vpc_security_group_egress_rule.instance"),
    "Instance": ("aws_instance.windows",),
    "ObjectQueue": ("aws_sqs_queue.objects",),
    "ObjectQueuePolicy": ("aws_sqs_queue_policy.objects",),
    "ObjectRule": ("aws_cloudwatch_event_rule.objects", "aws_cloudwatch_event_target.objects"),
    "TrailBucket": (
        "aws_s3_bucket.trail",
        "aws_s3_bucket_ownership_controls.trail",
        "aws_s3_bucket_public_access_block.trail",
        "aws_s3_bucket_lifecycle_configuration.trail",
    ),
    "TrailBucketPolicy": ("aws_s3_bucket_policy.trail",),
    "EvidenceTrail": ("aws_cloudtrail.evidence",),
}
POLICIES = {
    "key_policy": ("RecordingKey", "KeyPolicy", "aws_kms_key.recording", "policy"),
    "bucket_policy": ("RecordingBucketPolicy", "PolicyDocument", "aws_s3_bucket_policy.recording", "policy"),
    "instance_trust": ("InstanceRole", "AssumeRolePolicyDocument", "aws_iam_role.instance", "assume_role_policy"),
    "queue_policy": ("ObjectQueuePolicy", "PolicyDocument", "aws_sqs_queue_policy.objects", "policy"),
    "object_pattern": ("ObjectRule", "EventPattern", "aws_cloudwatch_event_rule.objects", "event_pattern"),
    "trail_bucket_policy": ("TrailBucketPolicy", "PolicyDocument", "aws_s3_bucket_policy.trail", "policy"),
}
_EXPRESSION = re.compile(r"\$\{([^}]+)\}")


@cache
def twin() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TWIN.read_text(encoding="utf-8"))
    return found


def made(value: Any) -> Any:
    """Return a value as Terraform would make it in the account of the tests."""
    match value:
        case str():
            return _EXPRESSION.sub(lambda found: VALUES.get(found[1], found[0]), value)
        case dict():
            return {key: made(item) for key, item in value.items()}
        case list():
            return [made(item) for item in value]
    return value


def resource(address: str) -> dict[str, Any]:
    kind, _, label = address.partition(".")
    found: dict[str, Any] = made(twin()["resource"][kind][label])
    return found


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = resolved(template()["Resources"][name]["Properties"])
    return found


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from strings(item)
        case list():
            for item in value:
                yield from strings(item)


def test_that_every_resource_has_its_twin_and_none_is_more() -> None:
    assert TWINS.keys() == template()["Resources"].keys()
    there = {f"{kind}.{label}" for kind, labels in twin()["resource"].items() for label in labels}
    assert there == {address for twins in TWINS.values() for address in twins}


@pytest.mark.parametrize("name", list(POLICIES))
def test_that_a_policy_is_the_same_to_the_word_and_is_used(name: str) -> None:
    logical, member, address, attribute = POLICIES[name]
    assert made(twin()["locals"][name]) == properties(logical)[member]
    assert resource(address)[attribute] == f"${{jsonencode(local.{name})}}"


def test_that_what_is_optional_and_what_outlives_it_is_the_same() -> None:
    options = {"Queue": "${var.with_queue ? 1 : 0}", "Trail": "${var.with_trail ? 1 : 0}", None: None}
    for logical, twins in TWINS.items():
        item = template()["Resources"][logical]
        kept = item.get("DeletionPolicy") == "Retain"
        for address in twins:
            notice = address == "aws_s3_bucket_notification.recording"  # an option inside of the template's bucket
            assert resource(address).get("count") == options["Queue" if notice else item.get("Condition")], address
        assert any(resource(address).get("lifecycle") == {"prevent_destroy": True} for address in twins) is kept, (
            logical
        )
    assert twin()["variable"]["with_queue"]["default"] is twin()["variable"]["with_trail"]["default"] is False


def test_that_key_bucket_and_preferences_are_set_alike() -> None:
    key, bucket = properties("RecordingKey"), properties("RecordingBucket")
    own = resource("aws_kms_key.recording")
    assert own["tags"] == {tag["Key"]: tag["Value"] for tag in key["Tags"]}
    assert (own["enable_key_rotation"], own["customer_master_key_spec"], own["key_usage"]) == (
        key["EnableKeyRotation"], key["KeySpec"], key["KeyUsage"],
    )  # fmt: skip
    for label, logical in (("recording", "RecordingBucket"), ("trail", "TrailBucket")):
        item = properties(logical)
        owned = resource(f"aws_s3_bucket_ownership_controls.{label}")["rule"]["object_ownership"]
        assert owned == item["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
        block = resource(f"aws_s3_bucket_public_access_block.{label}")
        assert all(block[_snake(name)] is on for name, on in item["PublicAccessBlockConfiguration"].items())
        (rule,) = resource(f"aws_s3_bucket_lifecycle_configuration.{label}")["rule"]
        (wanted,) = item["LifecycleConfiguration"]["Rules"]
        days = wanted["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        assert rule == {"id": wanted["Id"], "status": wanted["Status"], "filter": {},
                        "abort_incomplete_multipart_upload": {"days_after_initiation": days}}  # fmt: skip
    (rule,) = resource("aws_s3_bucket_server_side_encryption_configuration.recording")["rule"]
    (wanted,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = wanted["ServerSideEncryptionByDefault"]
    assert rule["bucket_key_enabled"] is wanted["BucketKeyEnabled"]
    assert list(rule["apply_server_side_encryption_by_default"].values()) == list(default.values())
    versioning = resource("aws_s3_bucket_versioning.recording")["versioning_configuration"]
    assert versioning["status"] == bucket["VersioningConfiguration"]["Status"]
    preferences = properties("RecordingPreferences")["ConnectionRecordingPreferences"]
    (place,) = preferences["RecordingDestinations"]["S3Buckets"]
    assert resource("awscc_ssmguiconnect_preferences.recording")["connection_recording_preferences"] == {
        "kms_key_arn": preferences["KMSKeyArn"],
        "recording_destinations": {"s3_buckets": [{_snake(name): value for name, value in place.items()}]},
    }


def test_that_instance_role_and_network_are_set_alike() -> None:
    instance, own = properties("Instance"), resource("aws_instance.windows")
    assert own["tags"] == {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert own["instance_initiated_shutdown_behavior"] == instance["InstanceInitiatedShutdownBehavior"]
    assert own["disable_api_termination"] is instance["DisableApiTermination"]
    assert [resource("aws_iam_role_policy_attachment.instance")["policy_arn"]] == (
        properties("InstanceRole")["ManagedPolicyArns"]
    )
    (out,) = properties("SecurityGroup")["SecurityGroupEgress"]
    rule = resource("aws_vpc_security_group_egress_rule.instance")
    assert (rule["ip_protocol"], rule["from_port"], rule["to_port"], rule["cidr_ipv4"], rule["description"]) == tuple(
        out[name] for name in ("IpProtocol", "FromPort", "ToPort", "CidrIp", "Description")
    )
    assert "ingress" not in resource("aws_security_group.instance")
    parameters, variables = template()["Parameters"], twin()["variable"]
    assert variables["image_parameter"]["default"] == parameters["ImageId"]["Default"]
    assert variables["instance_type"]["default"] == parameters["InstanceType"]["Default"]
    (selector,) = resource("aws_cloudtrail.evidence")["event_selector"]
    (wanted,) = properties("EvidenceTrail")["EventSelectors"]
    assert selector["data_resource"] == [{"type": d["Type"], "values": d["Values"]} for d in wanted["DataResources"]]
    assert selector["read_write_type"] == wanted["ReadWriteType"]


def test_that_everything_that_is_named_in_it_is_in_it() -> None:
    document = twin()
    named = {found for text in strings(document) for expression in _EXPRESSION.findall(text)
             for found in re.findall(r"\b((?:var|local)\.\w+|(?:data\.)?awsc{0,2}_\w+\.\w+)", expression)}  # fmt: skip
    there = {f"var.{name}" for name in document["variable"]} | {f"local.{name}" for name in document["locals"]}
    for prefix, group in (("", document["resource"]), ("data.", document["data"])):
        there |= {f"{prefix}{kind}.{label}" for kind, labels in group.items() for label in labels}
    assert named - there == set()
    assert there - named <= {f"{a}" for twins in TWINS.values() for a in twins}, "a variable or a local is never used"
    waited = [
        name for labels in document["resource"].values() for r in labels.values() for name in r.get("depends_on", ())
    ]
    assert set(waited) <= there
    assert KNOWN["AWS::StackName"] == document["variable"]["name"]["default"]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
