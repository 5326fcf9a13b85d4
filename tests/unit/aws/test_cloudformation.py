"""The stack of resources/cloudformation, put before the program's own preflight, raises no alarm."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.session import AccessType
from tests.helpers.fake_account import ACCOUNT, BUCKET, INSTANCE, KEY, REGION, FakeAccount
from tests.helpers.limits import limit_s
from tests.unit.aws.test_preflight import BY_COMMAND, checked

TEMPLATE = Path(__file__).resolve().parents[3] / "resources" / "cloudformation" / "experiment.json"
KNOWN = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::StackName": "rdpgui",
    "RecordingBucket": BUCKET,
    "RecordingBucket.Arn": f"arn:aws:s3:::{BUCKET}",
    "RecordingKey.Arn": KEY,
    "RecordingKey": KEY.rpartition("/")[2],
    "KeyPairName": "ops",
    "InstanceType": "t3.large",
}


@cache
def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return found


def resolved(value: Any) -> Any:
    """Return a value as CloudFormation would make it in the account of the tests."""
    match value:
        case {"Ref": name}:
            return KNOWN.get(name, name)
        case {"Fn::GetAtt": [name, attribute]}:
            return KNOWN.get(f"{name}.{attribute}", f"{name}.{attribute}")
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: KNOWN.get(found[1], found[1]), text)
        case dict():
            return {key: resolved(item) for key, item in value.items()}
        case list():
            return [resolved(item) for item in value]
    return value


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = resolved(template()["Resources"][name]["Properties"])
    return found


def account(change: Callable[[dict[str, dict[str, Any]]], object] = len) -> FakeAccount:
    """Return an account as the stack leaves it, with one thing changed."""
    names = ("RecordingKey", "RecordingBucket", "RecordingBucketPolicy", "RecordingPreferences", "Instance")
    made = {name: properties(name) for name in (*names, "InstanceRole")}
    change(made)
    key, bucket, instance = made["RecordingKey"], made["RecordingBucket"], made["Instance"]
    wanted = made["RecordingPreferences"]["ConnectionRecordingPreferences"]
    place = wanted["RecordingDestinations"]["S3Buckets"][0]
    found = FakeAccount()
    found.preferences = {"key": wanted["KMSKeyArn"], "bucket": place["BucketName"], "owner": place["BucketOwner"]}
    assert found.key is not None and found.instance is not None
    found.key |= {name: key[name] for name in ("KeySpec", "KeyUsage")}
    found.key_tags = {tag["Key"]: tag["Value"] for tag in key["Tags"]}
    found.key_policy = json.dumps(key["KeyPolicy"])
    found.bucket_policy = json.dumps(made["RecordingBucketPolicy"]["PolicyDocument"])
    found.ownership = bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    found.encryption = {"Rules": [_encrypted(rule) for rule in _rules(bucket)]}
    found.lock = bucket.get("ObjectLockConfiguration")
    found.lifecycle = [_rule(rule) for rule in bucket["LifecycleConfiguration"]["Rules"]]
    found.instance |= {"InstanceId": INSTANCE, "KeyName": instance["KeyName"], "Tags": instance["Tags"]}
    found.behaviour = instance["InstanceInitiatedShutdownBehavior"]
    found.stop_protected = instance.get("DisableApiStop", False)
    found.attached = [arn.rpartition("/")[2] for arn in made["InstanceRole"]["ManagedPolicyArns"]]
    return found


def _rules(bucket: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return rules


def _encrypted(rule: dict[str, Any]) -> dict[str, Any]:
    default = rule["ServerSideEncryptionByDefault"]
    return {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": rule["BucketKeyEnabled"]}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as S3 tells it, of what the template may hold. Source: AWS::S3::Bucket, Rule."""
    told = {"ID": rule["Id"], "Status": rule["Status"]}
    return told | ({"Expiration": {"Days": rule["ExpirationInDays"]}} if "ExpirationInDays" in rule else {})


@pytest.mark.parametrize("access_type", AccessType)
def test_that_preflight_has_nothing_against_the_stack(access_type: AccessType) -> None:
    made = account()
    if access_type is AccessType.JUST_IN_TIME:
        made.denied = {"ssm:StartSession"}
    assert _alarms(checked(made, access_type)) == {}


def _alarms(found: dict[str, PreflightCheck]) -> dict[str, str]:
    return {name: check.text for name, check in found.items() if check.held is not True and name not in BY_COMMAND}


@pytest.mark.parametrize(
    ("alarm", "change"),
    [
        ("key-tag", lambda made: made["RecordingKey"].update(Tags=[])),
        ("bucket-policy", lambda made: made["RecordingBucketPolicy"]["PolicyDocument"]["Statement"].pop(0)),
        ("bucket-key", lambda made: made["RecordingKey"]["KeyPolicy"]["Statement"].pop()),
        ("shutdown-behaviour", lambda made: made["Instance"].update(InstanceInitiatedShutdownBehavior="terminate")),
        ("allow-tag", lambda made: made["Instance"].update(Tags=[])),
        (
            "lifecycle",
            lambda made: made["RecordingBucket"]["LifecycleConfiguration"]["Rules"][0].update(ExpirationInDays=7),
        ),
    ],
)
def test_that_a_stack_with_a_fault_is_named(alarm: str, change: Callable[[Any], object]) -> None:
    assert alarm in _alarms(checked(account(change)))


def test_that_the_instance_may_do_what_its_agent_needs_and_nothing_with_the_recordings() -> None:
    role = properties("InstanceRole")
    assert [arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]] == ["AmazonSSMManagedInstanceCore"]
    assert "Policies" not in role
    assert not [name for name, item in template()["Resources"].items() if item["Type"].endswith("::Policy")]


def test_that_nothing_takes_recordings_away_and_they_outlive_the_stack() -> None:
    assert properties("RecordingBucket")["LifecycleConfiguration"]["Rules"][0].keys() == {
        "Id",
        "Status",
        "AbortIncompleteMultipartUpload",
    }
    for name in ("RecordingBucket", "RecordingBucketPolicy", "RecordingKey"):
        assert template()["Resources"][name]["DeletionPolicy"] == "Retain"


LINT = Path(sys.executable).with_name("cfn-lint")
"""Of the environment that the tests run in: no other one's idea of a template decides here."""


@pytest.mark.skipif(not LINT.exists(), reason="cfn-lint is not installed here")
def test_that_cfn_lint_finds_nothing() -> None:
    done = subprocess.run([LINT, TEMPLATE], capture_output=True, text=True, timeout=limit_s(60.0), check=False)
    assert (done.returncode, done.stdout) == (0, "")
