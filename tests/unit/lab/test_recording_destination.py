"""What bucket, key and preferences allow: who refuses a recording, what it then says, and how it heals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import AccessType, LabError, RecordingStage
from rdpgui.lab.scenario import BucketEncryption, GrantMissing, RecordingRules, Variants
from tests.helpers.world_kit import Kit, make_kit
from tests.unit.lab.recording_kit import events, final, keys, made_with


def test_that_the_grant_lives_as_long_as_the_recording(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    preferences = kit.world.preferences.now()
    assert preferences is not None
    grants = kit.seam.call("kms", "ListGrants", KeyId=preferences.kms_key_arn)["Grants"]
    assert [grant["GranteePrincipal"] for grant in grants] == ["ssm-guiconnect.amazonaws.com"]
    kit.finish(connection_id)
    final(kit, connection_id)
    assert kit.seam.call("kms", "ListGrants", KeyId=preferences.kms_key_arn)["Grants"] == []


def test_that_a_removed_policy_is_a_processing_error_until_it_is_back(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    bucket = kit.get(connection_id).object_bucket
    policy = kit.seam.s3.bucket_policy(bucket)
    kit.seam.call("s3", "DeleteBucketPolicy", Bucket=bucket)
    kit.finish(connection_id)
    kit.timeline.advance(20)
    refused = kit.get(connection_id)
    assert refused.stage is RecordingStage.PROCESSING_ERROR
    assert refused.stage_reason == f"AccessDenied: s3:PutObject on arn:aws:s3:::{bucket} (implicitDeny)"
    kit.timeline.advance(8)
    kit.seam.call("s3", "PutBucketPolicy", Bucket=bucket, Policy=policy)
    kit.timeline.advance(15.9)
    assert keys(kit) == []
    kit.timeline.advance(0.1)
    assert kit.get(connection_id).stage is RecordingStage.FINISHED
    assert kit.get(connection_id).stage_reason == "after 2 refused attempts"
    assert len(keys(kit)) == 1


def test_that_an_explicit_deny_fails_the_recording_in_the_end(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    bucket = kit.get(connection_id).object_bucket
    document = json.loads(str(kit.seam.s3.bucket_policy(bucket)))
    deny: dict[str, object] = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    deny["Condition"] = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    document["Statement"].append(deny)
    kit.seam.call("s3", "PutBucketPolicy", Bucket=bucket, Policy=json.dumps(document))
    kit.finish(connection_id)
    done = final(kit, connection_id)
    assert done.stage is RecordingStage.FAILED
    assert "explicitDeny, statement No" in done.stage_reason
    assert keys(kit) == []


def test_that_a_disabled_key_is_told_by_cloudtrail_and_heals(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    preferences = kit.world.preferences.now()
    assert preferences is not None
    kit.seam.kms.set_enabled(preferences.kms_key_arn, False)
    kit.finish(connection_id)
    kit.timeline.advance(20)
    assert kit.get(connection_id).stage is RecordingStage.PROCESSING_ERROR
    refused = events(kit, "Decrypt")[0].record
    assert refused["errorCode"] == "DisabledException"
    parameters = refused["requestParameters"]
    assert isinstance(parameters, dict)
    assert parameters["encryptionContext"] == {"ssm-guiconnect:connection": connection_id}
    with pytest.raises(LabError, match="cannot be recorded") as caught:
        kit.world.connections.open(kit.ids["web"], AccessType.STANDARD)
    assert caught.value.code == "AccessDeniedException"
    kit.seam.kms.set_enabled(preferences.kms_key_arn, True)
    assert final(kit, connection_id).stage is RecordingStage.FINISHED


@pytest.mark.parametrize("shown", [False, True])
def test_that_the_key_policy_of_an_encrypted_bucket_counts(tmp_path: Path, shown: bool) -> None:
    kit = made_with(tmp_path, variants=Variants(key_denials_in_trail=shown))
    connection_id = kit.connect(kit.ids["web"])
    preferences = kit.world.preferences.now()
    assert preferences is not None
    document = json.loads(kit.seam.kms.policy(preferences.kms_key_arn))
    document["Statement"] = document["Statement"][:1]
    kit.seam.call(
        "kms",
        "PutKeyPolicy",
        KeyId=preferences.kms_key_arn.rsplit("/", 1)[-1],
        PolicyName="default",
        Policy=json.dumps(document),
    )
    kit.finish(connection_id)
    kit.timeline.advance(20)
    assert "kms:GenerateDataKey" in kit.get(connection_id).stage_reason
    denied = [event for event in events(kit, "GenerateDataKey") if "errorCode" in event.record]
    assert bool(denied) is shown
    assert all((event.record["errorCode"], event.username) == ("AccessDenied", "") for event in denied)


def test_that_an_unencrypted_bucket_needs_no_key_policy(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(bucket_encryption=BucketEncryption.S3))
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    assert kit.seam.s3.head(done.object_bucket, done.object_key)["ServerSideEncryption"] == "AES256"
    kit.world.close()


def test_that_a_bucket_that_is_gone_is_a_processing_error(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.seam.call("s3", "DeleteBucket", Bucket=kit.get(connection_id).object_bucket)
    kit.finish(connection_id)
    kit.timeline.advance(20)
    assert kit.get(connection_id).stage is RecordingStage.PROCESSING_ERROR
    assert "NoSuchBucket" in kit.get(connection_id).stage_reason


def test_that_without_preferences_nothing_is_recorded(kit: Kit) -> None:
    kit.world.preferences.replace(None)
    connection_id = kit.connect(kit.ids["web"])
    assert kit.broker(connection_id).config["record"] is False
    kit.broker(connection_id).say("ended", at_ms=kit.ms(), reason="closed")
    kit.broker(connection_id).leave(0)
    done = final(kit, connection_id)
    assert (done.recorded, done.stage, done.object_bucket) == (False, None, "")
    assert events(kit, "CreateGrant") == []


def test_that_a_variant_opens_without_a_film_when_the_key_cannot_be_granted(tmp_path: Path) -> None:
    kit = made_with(tmp_path, variants=Variants(grant_missing=GrantMissing.UNRECORDED))
    kit.fault(FaultKind.KEY_DISABLED, times=1)
    assert not kit.world.connections.open(kit.ids["web"], AccessType.STANDARD).recorded
    kit.world.close()


def test_that_the_scenarios_own_faults_are_in_force(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, faults=({"kind": "upload-denied", "times": 1},))
    kit.up(kit.ids["web"])
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    assert final(kit, connection_id).stage_reason == "after 1 refused attempts"
    kit.world.close()
