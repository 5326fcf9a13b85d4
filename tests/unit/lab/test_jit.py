"""Just-in-time access requests and the connections that they allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdpgui.lab.model import AccessRequestRecord, AccessType, LabError
from rdpgui.lab.scenario import Approval, JitRules
from tests.helpers.world_kit import Kit, make_kit

ARN = "arn:aws:iam::123456789012:user/lab-admin"
JIT = AccessType.JUST_IN_TIME


def up(folder: Path, rules: JitRules | None = None) -> tuple[Kit, str]:
    kit = make_kit(folder, jit=rules)
    kit.up(kit.ids["web"])
    return kit, kit.ids["web"]


def test_that_a_policy_approves_after_its_delay_and_the_approval_runs_out(tmp_path: Path) -> None:
    kit, name = up(tmp_path)
    request = kit.world.requests.start(name, "look", ARN).access_request_id
    assert request.startswith("oi-")
    assert len(request) == 15
    kit.timeline.advance(4.9)
    assert kit.world.requests.get(request).status == "Pending"
    with pytest.raises(LabError, match="is Pending"):
        kit.world.connections.open(name, JIT, access_request_id=request)
    kit.timeline.advance(0.1)
    assert kit.world.requests.get(request).status == "Approved"
    kit.timeline.advance(600)
    assert kit.world.requests.get(request).status == "Expired"
    kit.world.close()


def test_that_an_approved_request_opens_one_kind_of_session_on_its_target_only(tmp_path: Path) -> None:
    kit, name = up(tmp_path)
    kit.up(kit.ids["kept"])
    request = kit.world.requests.start(name, "look", ARN).access_request_id
    kit.timeline.advance(5)
    with pytest.raises(LabError, match=f"is for {name}"):
        kit.world.connections.open(kit.ids["kept"], JIT, access_request_id=request)
    record = kit.world.connections.open(name, JIT, access_request_id=request)
    (session,) = kit.world.sessions.list(active=True)
    assert session.access_type is JIT
    assert session.owner.endswith("assumed-role/SSM-JustInTimeAccessTokenRole/lab-admin")
    assert record.session_id == session.session_id
    kit.world.close()


def test_that_without_a_request_there_is_no_just_in_time_connection(tmp_path: Path) -> None:
    kit, name = up(tmp_path)
    for request in ("", "oi-0123456789ab"):
        with pytest.raises(LabError) as caught:
            kit.world.connections.open(name, JIT, access_request_id=request)
        assert caught.value.code == "AccessDeniedException"
    assert kit.world.sessions.list(active=True) == []
    kit.world.close()


@pytest.mark.parametrize(("approve", "status"), [(True, "Approved"), (False, "Rejected")])
def test_that_a_person_decides_once_where_the_scenario_says_so(tmp_path: Path, approve: bool, status: str) -> None:
    kit, name = up(tmp_path, JitRules(approval=Approval.MANUAL))
    request = kit.world.requests.start(name, "look", ARN).access_request_id
    kit.timeline.advance(3600)
    assert kit.world.requests.get(request).status == "Pending"
    assert kit.world.requests.decide(request, approve=approve).status == status
    with pytest.raises(LabError, match=f"is {status}, not Pending"):
        kit.world.requests.decide(request, approve=True)
    kit.world.close()


def test_that_off_means_denied_and_an_unknown_request_is_not_found(tmp_path: Path) -> None:
    kit, name = up(tmp_path, JitRules(enabled=False))
    with pytest.raises(LabError, match="not enabled in this account") as caught:
        kit.world.requests.start(name, "look", ARN)
    assert caught.value.code == "AccessDeniedException"
    with pytest.raises(LabError, match="ResourceNotFoundException"):
        kit.world.requests.get("oi-0123456789ab")
    with pytest.raises(LabError, match="is not a managed node"):
        kit.world.requests.start(kit.ids["idle"], "look", ARN)
    kit.world.close()


def test_that_just_in_time_needs_the_tag_on_the_recording_key(tmp_path: Path) -> None:
    kit, name = up(tmp_path)
    preferences = kit.world.preferences.now()
    assert preferences is not None
    kit.seam.call(
        "kms",
        "UntagResource",
        KeyId=preferences.kms_key_arn,
        TagKeys=["SystemsManagerJustInTimeNodeAccessManaged"],
    )
    request = kit.world.requests.start(name, "look", ARN).access_request_id
    kit.timeline.advance(5)
    with pytest.raises(LabError, match="no tag"):
        kit.world.connections.open(name, JIT, access_request_id=request)
    event = kit.world.trail.events()[0]
    assert (event.event_name, event.record["errorCode"]) == ("CreateGrant", "AccessDenied")
    kit.world.connections.open(name, AccessType.STANDARD)
    kit.world.close()


def test_that_what_is_said_to_the_execution_decides_a_request_once(tmp_path: Path) -> None:
    kit, name = up(tmp_path, JitRules(approval=Approval.MANUAL))
    first, second = [_later(kit, name, reason) for reason in ("a", "b")]
    assert [record.reason for record in kit.world.requests.all()] == ["b", "a"]
    with pytest.raises(LabError, match="There is no execution"):
        kit.world.requests.signal("nobody", "Approve")
    with pytest.raises(LabError, match="not Approved"):
        kit.world.requests.signal(first.automation_id, "Revoke")
    assert kit.world.requests.signal(first.automation_id, "Approve").status == "Approved"
    assert kit.world.requests.signal(first.automation_id, "Revoke").status == "Revoked"
    assert kit.world.requests.signal(second.automation_id, "Cancel").status == "Cancelled"
    for record in (first, second):
        with pytest.raises(LabError, match="not Pending"):
            kit.world.requests.signal(record.automation_id, "Approve")
    kit.world.close()


def _later(kit: Kit, name: str, reason: str) -> AccessRequestRecord:
    kit.timeline.advance(1.0)
    return kit.world.requests.start(name, reason, ARN)
