"""From a connection to the object in the bucket, with guests and brokers played by the test."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path

import pytest

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import AccessType, LabError, RecordingStage, SessionStatus
from rdpgui.lab.scenario import RecordingRules
from tests.helpers.world_kit import START, Kit, make_kit
from tests.unit.lab.recording_kit import FILM, events, final, keys


def test_that_a_connection_goes_from_recording_to_a_private_object(kit: Kit) -> None:
    name = kit.ids["web"]
    record = kit.world.connections.open(name, AccessType.STANDARD, reason="look")
    assert (record.stage, record.viewer_port, record.recorded) == (None, 0, True)
    connection_id = record.connection_id
    (session,) = kit.world.sessions.list(active=True)
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
    assert kit.world.sessions.list(active=True)[0].status is SessionStatus.CONNECTED
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
    preferences = kit.world.preferences.now()
    assert preferences is not None
    assert grant.resources == (("AWS::KMS::Key", preferences.kms_key_arn),)
    kit.finish(connection_id)
    final(kit, connection_id)
    upload = events(kit, "GenerateDataKey")[0]
    assert upload.record["userIdentity"] == {"type": "AWSService", "invokedBy": "ssm-guiconnect.amazonaws.com"}
    assert "errorCode" not in upload.record


def test_that_a_killed_broker_is_replaced_by_a_finaliser_and_the_object_says_so(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    first = kit.broker(connection_id)
    kit.world.connections.kill_broker(connection_id)
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
    kit.world.connections.kill_broker(connection_id)
    assert kit.get(connection_id).end_reason == "closed"
    assert kit.broker(connection_id).config["finalise_only"] is True


def test_that_a_finaliser_that_fails_ends_it(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.world.connections.kill_broker(connection_id)
    kit.broker(connection_id).leave(1)
    done = final(kit, connection_id)
    assert (done.stage, done.stage_reason) == (RecordingStage.FAILED, "the finaliser ended with status 1")
    with pytest.raises(LabError, match="no broker any more"):
        kit.world.connections.kill_broker(connection_id)


def test_that_a_finaliser_waits_for_a_key_that_is_disabled(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.fault(FaultKind.KEY_DISABLED, times=1)
    kit.world.connections.kill_broker(connection_id)
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
    record = kit.world.connections.open(kit.ids["web"], AccessType.STANDARD)
    broker = kit.broker(record.connection_id)
    broker.say("ended", at_ms=kit.ms(), reason="source-unreachable")
    broker.say("failed", at_ms=kit.ms(), reason="no frames")
    broker.leave(0)
    kit.timeline.advance(20)
    assert kit.world.sessions.list(active=False)[0].status is SessionStatus.FAILED


def test_that_a_stall_is_shown_and_is_not_an_end(kit: Kit) -> None:
    connection_id = kit.connect(kit.ids["web"])
    kit.broker(connection_id).say("stalled", at_ms=kit.ms())
    assert (kit.get(connection_id).stalled, kit.get(connection_id).ended_at) == (True, None)
    kit.broker(connection_id).say("resumed", at_ms=kit.ms())
    assert not kit.get(connection_id).stalled


def test_that_closing_and_terminating_end_a_connection_through_its_broker(kit: Kit) -> None:
    first, second = kit.connect(kit.ids["web"]), kit.connect(kit.ids["web"])
    kit.world.connections.close(first)
    kit.world.connections.terminate_session(kit.get(second).session_id)
    assert kit.broker(first).heard == kit.broker(second).heard == [{"do": "close"}]
    kit.finish(first)
    kit.world.connections.close(first)
    assert len(events(kit, "CancelConnection")) == 1
    assert len(kit.world.connections.records()) == 2
    assert kit.world.connections.records()[0].connection_id == second


def test_that_a_connection_needs_a_desktop_and_an_agent_and_a_free_place(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, recording=RecordingRules(max_connections=1))
    name = kit.ids["web"]
    with pytest.raises(LabError, match="TargetNotConnected"):
        kit.world.connections.open(name, AccessType.STANDARD)
    kit.up(name)
    first = kit.connect(name)
    with pytest.raises(LabError, match="ServiceQuotaExceededException"):
        kit.world.connections.open(name, AccessType.STANDARD)
    kit.finish(first)
    kit.guest(name).say("shutdown-begun", action="restart", origin="start-menu")
    with pytest.raises(LabError, match="TargetNotConnected"):
        kit.world.connections.open(name, AccessType.STANDARD)
    with pytest.raises(LabError, match="ResourceNotFoundException"):
        kit.world.connections.record("none")
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
