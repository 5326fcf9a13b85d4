"""From a connection to the object in the bucket, with guests and brokers played by the test."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import AccessType, AuditEvent, ConnectionRecord, LabError, RecordingStage, SessionStatus
from rdpgui.lab.scenario import BucketEncryption, GrantMissing, KeyStyle, RecorderPlace, RecordingRules, Variants
from rdpgui.lab.world.objects import object_key, objects_of
from tests.unit.lab.world_kit import START, Kit, make_kit

FILM = b"film" * 100


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = make_kit(tmp_path)
    made.up(made.ids["web"])
    yield made
    made.world.close()


def made_with(folder: Path, recording: RecordingRules | None = None, variants: Variants | None = None) -> Kit:
    kit = make_kit(folder, recording=recording, variants=variants)
    kit.up(kit.ids["web"])
    return kit


def keys(kit: Kit) -> list[str]:
    preferences = kit.world.preferences()
    assert preferences is not None
    return kit.seam.s3.keys(preferences.bucket_name)


def events(kit: Kit, name: str) -> list[AuditEvent]:
    return [event for event in kit.world.audit_events() if event.event_name == name]


def final(kit: Kit, connection_id: str) -> ConnectionRecord:
    """The connection after everything that could still happen."""
    kit.timeline.advance(2000)
    return kit.get(connection_id)


def test_that_a_connection_goes_from_recording_to_a_private_object(kit: Kit) -> None:
    name = kit.ids["web"]
    record = kit.world.open_connection(name, AccessType.STANDARD, reason="look")
    assert (record.stage, record.viewer_port, record.recorded) == (None, 0, True)
    connection_id = record.connection_id
    (session,) = kit.world.sessions(active=True)
    assert (session.status, session.document_name, session.reason) == (
        SessionStatus.CONNECTING,
        "AWS-StartPortForwardingSession",
        "look",
    )
    broker = kit.broker(connection_id)
    broker.say("viewer", port=6001)
    broker.say("connected", at_ms=kit.ms(), width=1280, height=720)
    broker.say("recording", at_ms=kit.ms())
    assert kit.get(connection_id).stage is RecordingStage.RECORDING
    assert kit.get(connection_id).viewer_port == 6001
    assert kit.world.sessions(active=True)[0].status is SessionStatus.CONNECTED
    kit.timeline.advance(30)
    kit.finish(connection_id, "closed-by-guest")
    over_at = kit.timeline.now()
    assert kit.get(connection_id).stage is RecordingStage.PROCESSING
    kit.timeline.advance(19.9)
    assert keys(kit) == []
    kit.timeline.advance(0.1)
    done = kit.get(connection_id)
    assert (done.stage, done.stage_reason, done.ended_at) == (RecordingStage.FINISHED, "", over_at)
    assert keys(kit) == [done.object_key]
    assert kit.stored(done.object_bucket, done.object_key) == FILM
    head = kit.seam.s3.head(done.object_bucket, done.object_key)
    assert head["Metadata"] == {"lab": "true", "finalised": "normally"}
    assert head["ServerSideEncryption"] == "aws:kms"
    assert done.truth["put_at"] == over_at + timedelta(seconds=20)
    assert not re.search(f"{connection_id}|{name}|{done.session_id}", done.object_key)


def test_that_the_broker_is_told_everything_and_its_secrets_differ(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.guest(name)
    first = kit.broker(kit.connect(name)).config
    second = kit.broker(kit.connect(name)).config
    assert first["source"] == {"url": "rfb://127.0.0.1:5900", "password": guest.config["rfb_password"]}
    assert len(base64.b64decode(str(first["data_key_b64"]))) == 32
    assert first["data_key_b64"] != second["data_key_b64"]
    assert first["viewer_password"] != second["viewer_password"]
    assert (first["record"], first["finalise_only"], first["disk_limit_bytes"]) == (True, False, None)
    assert Path(str(first["work_dir"])).stat().st_mode & 0o777 == 0o700


def test_that_cloudtrail_shows_the_connection_as_aws_documents_it(kit: Kit) -> None:
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    (start,) = events(kit, "StartConnection")
    assert start.event_source == "ssm-guiconnect.amazonaws.com"
    assert start.record["requestParameters"] == {
        "AuthType": "Credentials",
        "Protocol": "RDP",
        "ConnectionType": "SessionManager",
        "InstanceId": name,
    }
    answer = start.record["responseElements"]
    assert isinstance(answer, dict)
    assert answer["ConnectionArn"].endswith(f":connection/{connection_id}")
    (session,) = events(kit, "StartSession")
    identity, parameters = session.record["userIdentity"], session.record["requestParameters"]
    assert isinstance(identity, dict)
    assert isinstance(parameters, dict)
    assert (session.event_source, identity["invokedBy"]) == ("ssm.amazonaws.com", "ssm-guiconnect.amazonaws.com")
    assert (parameters["target"], parameters["documentName"]) == (name, "AWS-StartPortForwardingSession")
    (grant,) = events(kit, "CreateGrant")
    preferences = kit.world.preferences()
    assert preferences is not None
    assert grant.resources == (("AWS::KMS::Key", preferences.kms_key_arn),)
    kit.finish(connection_id)
    final(kit, connection_id)
    upload = events(kit, "GenerateDataKey")[0]
    assert upload.record["userIdentity"] == {"type": "AWSService", "invokedBy": "ssm-guiconnect.amazonaws.com"}
    assert "errorCode" not in upload.record


def test_that_the_grant_lives_as_long_as_the_recording(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    preferences = kit.world.preferences()
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
    preferences = kit.world.preferences()
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
        kit.world.open_connection(kit.ids["web"], AccessType.STANDARD)
    assert caught.value.code == "AccessDeniedException"
    kit.seam.kms.set_enabled(preferences.kms_key_arn, True)
    assert final(kit, connection_id).stage is RecordingStage.FINISHED


@pytest.mark.parametrize("shown", [False, True])
def test_that_the_key_policy_of_an_encrypted_bucket_counts(tmp_path: Path, shown: bool) -> None:
    kit = made_with(tmp_path, variants=Variants(key_denials_in_trail=shown))
    connection_id = kit.connect(kit.ids["web"])
    preferences = kit.world.preferences()
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
    kit.world.set_preferences(None)
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
    assert not kit.world.open_connection(kit.ids["web"], AccessType.STANDARD).recorded
    kit.world.close()


def test_that_a_killed_broker_is_replaced_by_a_finaliser_and_the_object_says_so(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    first = kit.broker(connection_id)
    kit.world.kill_broker(connection_id)
    finaliser = kit.broker(connection_id)
    assert finaliser is not first
    assert finaliser.config["finalise_only"] is True
    for member in ("data_key_b64", "work_dir", "connection_id", "session_id"):
        assert finaliser.config[member] == first.config[member]
    assert kit.get(connection_id).end_reason == "recorder-killed"
    kit.film(finaliser, normal=False)
    finaliser.leave(0)
    done = final(kit, connection_id)
    assert done.stage is RecordingStage.FINISHED
    assert kit.seam.s3.head(done.object_bucket, done.object_key)["Metadata"]["finalised"] == "not-normally"


def test_that_a_broker_killed_while_processing_is_finalised_too(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.broker(connection_id).say("ended", at_ms=kit.ms(), reason="closed")
    kit.world.kill_broker(connection_id)
    assert kit.get(connection_id).end_reason == "closed"
    assert kit.broker(connection_id).config["finalise_only"] is True


def test_that_a_finaliser_that_fails_ends_it(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.world.kill_broker(connection_id)
    kit.broker(connection_id).leave(1)
    done = final(kit, connection_id)
    assert (done.stage, done.stage_reason) == (RecordingStage.FAILED, "the finaliser ended with status 1")
    with pytest.raises(LabError, match="no broker any more"):
        kit.world.kill_broker(connection_id)


def test_that_a_finaliser_waits_for_a_key_that_is_disabled(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.fault(FaultKind.KEY_DISABLED, times=1)
    kit.world.kill_broker(connection_id)
    assert kit.get(connection_id).stage is RecordingStage.PROCESSING_ERROR
    assert kit.broker(connection_id).config["finalise_only"] is False
    kit.timeline.advance(8)
    assert kit.broker(connection_id).config["finalise_only"] is True


def test_that_what_the_broker_cannot_make_is_failed(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.broker(connection_id).say("ended", at_ms=kit.ms(), reason="disk-full")
    kit.broker(connection_id).say("failed", at_ms=kit.ms(), reason="no frames")
    kit.broker(connection_id).leave(0)
    done = final(kit, connection_id)
    assert (done.stage, done.stage_reason, done.end_reason) == (RecordingStage.FAILED, "no frames", "disk-full")


def test_that_a_connection_that_never_showed_a_frame_is_a_failed_session(kit: Kit) -> None:
    record = kit.world.open_connection(kit.ids["web"], AccessType.STANDARD)
    broker = kit.broker(record.connection_id)
    broker.say("ended", at_ms=kit.ms(), reason="source-unreachable")
    broker.say("failed", at_ms=kit.ms(), reason="no frames")
    broker.leave(0)
    kit.timeline.advance(20)
    assert kit.world.sessions(active=False)[0].status is SessionStatus.FAILED


def test_that_a_stall_is_shown_and_is_not_an_end(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.broker(connection_id).say("stalled", at_ms=kit.ms())
    assert (kit.get(connection_id).stalled, kit.get(connection_id).ended_at) == (True, None)
    kit.broker(connection_id).say("resumed", at_ms=kit.ms())
    assert not kit.get(connection_id).stalled


def test_that_closing_and_terminating_end_a_connection_through_its_broker(kit: Kit) -> None:
    first, second = kit.connect(kit.ids["web"]), kit.connect(kit.ids["web"])
    kit.world.close_connection(first)
    kit.world.terminate_session(kit.get(second).session_id)
    assert kit.broker(first).heard == kit.broker(second).heard == [{"do": "close"}]
    kit.finish(first)
    kit.world.close_connection(first)
    assert len(events(kit, "CancelConnection")) == 1
    assert len(kit.world.connections()) == 2
    assert kit.world.connections()[0].connection_id == second


def test_that_a_connection_needs_a_desktop_and_an_agent_and_a_free_place(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, recording=RecordingRules(max_connections=1))
    name = kit.ids["web"]
    with pytest.raises(LabError, match="TargetNotConnected"):
        kit.world.open_connection(name, AccessType.STANDARD)
    kit.up(name)
    first = kit.connect(name)
    with pytest.raises(LabError, match="ServiceQuotaExceededException"):
        kit.world.open_connection(name, AccessType.STANDARD)
    kit.finish(first)
    kit.guest(name).say("shutdown-begun", action="restart", origin="start-menu")
    with pytest.raises(LabError, match="TargetNotConnected"):
        kit.world.open_connection(name, AccessType.STANDARD)
    with pytest.raises(LabError, match="ResourceNotFoundException"):
        kit.world.connection("none")
    kit.world.close()


def test_that_the_truth_of_a_shutdown_is_noted(kit: Kit) -> None:
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    earlier = kit.connect(name)
    kit.finish(earlier)
    kit.timeline.advance(60)
    broker = kit.broker(connection_id)
    guest = kit.guest(name)
    closed_ms = kit.ms()
    broker.say("ended", at_ms=closed_ms + 4, reason="closed-by-guest", last_frame_at_ms=closed_ms - 50)
    guest.say("desktop-closed", at_ms=closed_ms)
    guest.say("off", action="restart")
    kit.timeline.advance(1)
    guest.leave(0)
    truth = kit.get(connection_id).truth
    at = START + timedelta(milliseconds=closed_ms - int(START.timestamp() * 1000))
    assert truth["desktop_closed_at"] == at
    assert truth["last_frame_at"] == at - timedelta(milliseconds=50)
    assert truth["connection_ended_at"] == at + timedelta(milliseconds=4)
    assert truth["cut_at"] == at + timedelta(seconds=1)
    assert kit.get(earlier).truth["cut_at"] is None


# -- the counterfactual -------------------------------------------------------


def test_that_a_recorder_on_the_instance_dies_with_it_and_the_film_is_lost(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE))
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    broker = kit.broker(connection_id)
    # The broker may be faster than the news of the guest; its film must be lost all the same.
    broker.say("ended", at_ms=kit.ms(), reason="closed-by-guest")
    kit.film(broker)
    kit.down(name, "restart")
    assert broker not in [child for child in kit.spawner.children if child.alive]
    kit.up(name)
    done = final(kit, connection_id)
    assert (done.stage, keys(kit)) == (RecordingStage.FAILED, [])
    assert "on the instance" in done.stage_reason
    assert len([c for c in kit.spawner.children if c.config.get("connection_id") == connection_id]) == 1


def test_that_a_power_cut_loses_it_too(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE))
    connection_id = kit.connect(kit.ids["web"])
    kit.world.kill_guest(kit.ids["web"])
    assert final(kit, connection_id).stage is RecordingStage.FAILED
    assert kit.get(connection_id).end_reason == "connection-lost"
    kit.world.close()


@pytest.mark.parametrize("place", [RecorderPlace.INSTANCE, RecorderPlace.INSTANCE_PARTIAL])
def test_that_a_recorder_on_the_instance_uploads_after_a_normal_end(tmp_path: Path, place: RecorderPlace) -> None:
    kit = made_with(tmp_path, RecordingRules(place=place))
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id, "closed")
    assert final(kit, connection_id).stage is RecordingStage.FINISHED
    kit.world.close()


def test_that_the_partial_recorder_uploads_at_the_next_boot_without_its_tail(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE_PARTIAL, lost_tail_s=6))
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    segments = Path(str(kit.broker(connection_id).config["work_dir"])) / "segments.bin"
    for second in range(20):
        segments.write_bytes(bytes(100 * second))
        kit.timeline.advance(1)
    kit.world.kill_guest(name)
    kit.timeline.advance(100)
    assert kit.get(connection_id).stage is RecordingStage.RECORDING
    assert keys(kit) == []
    assert kit.broker(connection_id).config["finalise_only"] is False
    kit.world.reboot_instance(name)
    kit.up(name)
    finaliser = kit.broker(connection_id)
    assert finaliser.config["finalise_only"] is True
    assert 1200 <= segments.stat().st_size <= 1400
    kit.film(finaliser, b"half", normal=False)
    finaliser.leave(0)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == b"half"
    assert done.stage is RecordingStage.FINISHED
    kit.world.close()


def test_that_a_film_that_waits_for_its_upload_on_the_instance_is_cut_too(tmp_path: Path) -> None:
    kit = made_with(tmp_path, RecordingRules(place=RecorderPlace.INSTANCE_PARTIAL))
    name = kit.ids["web"]
    connection_id = kit.connect(name)
    kit.finish(connection_id, "closed-by-guest", film=b"whole")
    kit.world.kill_guest(name)
    kit.timeline.advance(200)
    assert (kit.get(connection_id).stage, keys(kit)) == (RecordingStage.RECORDING, [])
    kit.world.reboot_instance(name)
    kit.up(name)
    kit.film(kit.broker(connection_id), b"half", normal=False)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == b"half"
    kit.world.close()


# -- faults and variants ------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FaultKind.OBJECT_ZERO, b""),
        (FaultKind.OBJECT_TRUNCATED, FILM[:240]),
    ],
)
def test_that_a_fault_changes_the_object(kit: Kit, kind: FaultKind, body: bytes) -> None:
    kit.fault(kind, times=1)
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == body
    assert done.stage_reason == f"fault {kind}"
    assert kit.faults.list() == []


def test_that_an_object_can_be_no_film_or_missing(kit: Kit) -> None:
    for kind in (FaultKind.OBJECT_NOT_A_FILM, FaultKind.OBJECT_MISSING):
        kit.fault(kind, times=1)
        connection_id = kit.connect(kit.ids["web"])
        kit.finish(connection_id)
        done = final(kit, connection_id)
        assert done.stage is RecordingStage.FINISHED
        if kind is FaultKind.OBJECT_MISSING:
            assert (done.object_key, done.truth["put_at"]) == ("", None)
        else:
            assert kit.stored(done.object_bucket, done.object_key).startswith(b"<!DOCTYPE html>")
    assert len(keys(kit)) == 1


def test_that_a_foreign_object_is_another_connections_film(kit: Kit) -> None:
    kit.up(kit.ids["kept"])
    other = kit.connect(kit.ids["kept"])
    kit.finish(other, film=b"somebody else")
    final(kit, other)
    connection_id = kit.connect(kit.ids["web"])
    kit.fault(FaultKind.OBJECT_FOREIGN, operation=kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    assert kit.stored(done.object_bucket, done.object_key) == b"somebody else"


def test_that_without_another_film_a_foreign_one_is_made(kit: Kit) -> None:
    kit.fault(FaultKind.OBJECT_FOREIGN)
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    done = final(kit, connection_id)
    film = kit.stored(done.object_bucket, done.object_key)
    assert film[4:8] == b"ftyp"
    assert b"LAB i-0fffffff" in film


def test_that_a_late_object_comes_late(kit: Kit) -> None:
    kit.fault(FaultKind.OBJECT_LATE, seconds=300)
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    kit.timeline.advance(319)
    assert kit.get(connection_id).stage is RecordingStage.PROCESSING
    kit.timeline.advance(1)
    assert kit.get(connection_id).stage is RecordingStage.FINISHED


def test_that_two_objects_come_by_variant_or_by_fault(tmp_path: Path) -> None:
    kit = made_with(tmp_path, variants=Variants(objects_per_connection=2))
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    assert final(kit, connection_id).object_key in keys(kit)
    assert len(keys(kit)) == 2
    kit.world.close()


def test_that_faults_of_the_source_reach_guest_and_broker(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.fault(FaultKind.DISK_FULL, times=1)
    kit.fault(FaultKind.SOURCE_FROZEN, seconds=9, times=1)
    kit.fault(FaultKind.CLOCK_SKEW, seconds=-300, times=1)
    connection_id = kit.connect(name)
    limit = kit.broker(connection_id).config["disk_limit_bytes"]
    assert isinstance(limit, int)
    assert limit > 0
    kit.timeline.advance(1)
    assert kit.guest(name).heard == [{"do": "freeze", "seconds": 9.0}]
    kit.down(name, "restart")
    assert kit.guest(name).config["clock_skew_ms"] == -300_000


def test_that_the_scenarios_own_faults_are_in_force(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, faults=({"kind": "upload-denied", "times": 1},))
    kit.up(kit.ids["web"])
    connection_id = kit.connect(kit.ids["web"])
    kit.finish(connection_id)
    assert final(kit, connection_id).stage_reason == "after 1 refused attempts"
    kit.world.close()


@pytest.mark.parametrize("style", list(KeyStyle))
def test_that_keys_differ_and_never_name_the_instance(style: KeyStyle) -> None:
    chance = random.Random(1)
    made = {object_key(style, chance, "c-1", START) for _ in range(50)}
    assert len(made) == 50
    for key in made:
        both = objects_of(key, FILM, normal=True, count=2, faults=(), foreign=b"")
        assert both[0].key == key != both[1].key
        assert both[0].key.endswith(".mp4") == both[1].key.endswith(".mp4")
