"""The lab's own API."""

from __future__ import annotations

import pytest

from rdpgui.lab.model import LabError
from tests.helpers.lab_front import TOKEN, Bench


def test_that_a_connection_is_opened_read_and_closed(bench: Bench, fleet: tuple[str, ...]) -> None:
    bench.up(fleet[0])
    status, opened = bench.control("POST", "/_lab/connections", {"instance_id": fleet[0], "access_type": "Standard"})
    assert (status, opened["recorded"], opened["stage"], opened["ended_at"]) == (200, False, None, None)
    path, broker = f"/_lab/connections/{opened['connection_id']}", bench.played.broker(opened["connection_id"])
    bench.played.record(broker)
    _, shown = bench.control("GET", path)
    assert (shown["viewer_port"], shown["truth"]["first_frame_at"]) == (6000, "2026-03-04T05:06:09.250000Z")
    assert shown["truth"]["cut_at"] is None
    assert bench.control("DELETE", path)[0] == 200
    assert broker.heard == [{"do": "close"}]
    at_ms = bench.played.ms()
    broker.say("ended", at_ms=at_ms, reason="closed", last_frame_at_ms=at_ms, frames=1)
    assert [c["end_reason"] for c in bench.control("GET", "/_lab/connections")[1]] == ["closed"]


def test_that_the_worlds_refusals_are_4xx_with_code_and_text(bench: Bench) -> None:
    status, body = bench.control("GET", "/_lab/connections/c-9")
    assert (status, body["error"]) == (404, "ResourceNotFoundException")
    status, body = bench.control("POST", "/_lab/connections", {"instance_id": "i-1"})
    assert (status, body["error"]) == (404, "InvalidInstanceID.NotFound")
    status, body = bench.control("POST", "/_lab/connections", {"instance_id": "i-1", "access_type": "Sideways"})
    assert (status, body["error"]) == (400, "ValidationException")


def test_that_what_does_not_exist_is_404_and_what_is_forbidden_403(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method, path in (("GET", "/_lab/connections/c-9"), ("DELETE", "/_lab/connections/c-9")):
        assert bench.control(method, path)[0] == 404
    assert bench.control("POST", "/_lab/approvals/oi-000000000000", {"approve": True})[0] == 404
    for code, status in (("InvalidInstanceID.NotFound", 404), ("AccessDeniedException", 403), ("InternalError", 400)):

        def refuse(_name: str, code: str = code) -> None:
            raise LabError(code, "no", 500 if code == "InternalError" else None)

        monkeypatch.setattr(bench.world.instances, "cut_power", refuse)
        assert bench.control("POST", "/_lab/instances/i-1/kill") == (status, {"error": code, "message": "no"})


@pytest.mark.logs("ann cannot open-shell")
def test_that_somebody_acts_when_told_and_nobody_does_what_is_no_deed(bench: Bench, fleet: tuple[str, ...]) -> None:
    asked = {"instance_id": fleet[0], "do": "open-shell", "who": "ann"}
    status, body = bench.control("POST", "/_lab/people", asked)
    assert (status, body["error"], "not connected" in body["message"]) == (400, "ValidationException", True)
    bench.up(fleet[0])
    assert bench.control("POST", "/_lab/people", asked) == (200, {})
    owners = [session.owner for session in bench.world.sessions.list(active=True)]
    assert owners == ["arn:aws:iam::123456789012:user/ann"]
    for wrong in ({"do": "dance"}, {"who": "a/b"}, {"instance_id": 1}):
        assert bench.control("POST", "/_lab/people", asked | wrong)[0] == 400


def test_that_processes_are_killed_by_name(bench: Bench, fleet: tuple[str, ...]) -> None:
    bench.up(fleet[0])
    name = bench.control("POST", "/_lab/connections", {"instance_id": fleet[0]})[1]["connection_id"]
    assert bench.control("POST", f"/_lab/instances/{fleet[0]}/kill") == (200, {})
    assert bench.control("POST", f"/_lab/connections/{name}/kill-broker") == (200, {})
    assert (bench.guest(fleet[0]).alive, bench.played.broker(name).alive) == (False, False)


def test_that_faults_are_added_listed_and_removed(bench: Bench) -> None:
    _, rules = bench.control("POST", "/_lab/faults", {"kind": "hang", "service": "ssm", "seconds": 2})
    assert [(r["kind"], r["service"], r["left"]) for r in rules] == [("hang", "ssm", None)]
    assert bench.control("GET", "/_lab/faults") == (200, rules)
    assert bench.control("DELETE", f"/_lab/faults/{rules[0]['id']}") == (200, [])
    assert bench.control("DELETE", f"/_lab/faults/{rules[0]['id']}")[0] == 404
    bench.control("POST", "/_lab/faults", {"kind": "cut"})
    assert bench.control("DELETE", "/_lab/faults") == (200, [])


def test_that_a_wrong_rule_is_refused_with_the_members_name(bench: Bench) -> None:
    status, body = bench.control("POST", "/_lab/faults", {"kind": "cut", "times": "often"})
    assert status == 400
    assert "'times'" in body["message"]


def test_that_unknown_paths_methods_and_bodies_are_refused(bench: Bench) -> None:
    assert bench.control("GET", "/_lab/nothing")[0] == 404
    assert bench.control("PUT", "/_lab/status")[0] == 405
    headers = {"X-Lab-Token": TOKEN}
    assert bench.send("POST", "/_lab/faults", headers, b"{").answer.status == 400
    assert bench.send("POST", "/_lab/faults", headers, b"[]").answer.status == 400
    assert bench.send("POST", "/_lab/faults", headers, b" " * 70_000).answer.status == 413


def test_that_a_decision_must_be_a_plain_yes_or_no(bench: Bench, fleet: tuple[str, ...]) -> None:
    bench.up(fleet[0])
    name = bench.world.requests.start(fleet[0], "why", "arn").access_request_id
    assert bench.control("POST", f"/_lab/approvals/{name}", {"approve": "yes"})[0] == 400
    assert bench.control("POST", f"/_lab/approvals/{name}", {"approve": False})[1]["status"] == "Rejected"
    assert bench.control("POST", "/_lab/approvals/oi-ffffffffffff", {"approve": True})[0] == 404
