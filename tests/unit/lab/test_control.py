"""The lab's own API."""

from __future__ import annotations

import pytest

from rdpgui.lab.model import LabError
from tests.helpers.lab_front import TOKEN, Bench


def test_that_a_connection_is_opened_read_and_closed(bench: Bench, fleet: tuple[str, ...]) -> None:
    status, opened = bench.control("POST", "/_lab/connections", {"instance_id": fleet[0], "access_type": "Standard"})
    assert (status, opened["stage"], opened["ended_at"]) == (200, "Recording", None)
    assert opened["truth"] == {"first_frame_at": "2026-03-04T05:06:07.250000Z", "cut_at": None}
    assert bench.control("GET", f"/_lab/connections/{opened['connection_id']}") == (200, opened)
    _, closed = bench.control("DELETE", f"/_lab/connections/{opened['connection_id']}")
    assert closed["end_reason"] == "closed"
    assert bench.control("GET", "/_lab/connections")[1] == [closed]


def test_that_the_worlds_refusals_are_4xx_with_code_and_text(bench: Bench) -> None:
    status, body = bench.control("GET", "/_lab/connections/c-9")
    assert (status, body["error"]) == (404, "ResourceNotFoundException")
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

        monkeypatch.setattr(bench.world, "kill_guest", refuse)
        assert bench.control("POST", "/_lab/instances/i-1/kill") == (status, {"error": code, "message": "no"})


def test_that_somebody_acts_when_told_and_nobody_does_what_is_no_deed(bench: Bench, fleet: tuple[str, ...]) -> None:
    asked = {"instance_id": fleet[0], "do": "open-shell", "who": "ann"}
    assert bench.control("POST", "/_lab/people", asked) == (200, {})
    assert bench.world.calls == [("act", "open-shell", "ann", fleet[0])]
    for wrong in ({"do": "dance"}, {"who": "a/b"}, {"instance_id": 1}):
        assert bench.control("POST", "/_lab/people", asked | wrong)[0] == 400


def test_that_processes_are_killed_by_name(bench: Bench, fleet: tuple[str, ...]) -> None:
    bench.control("POST", "/_lab/connections", {"instance_id": fleet[0]})
    assert bench.control("POST", f"/_lab/instances/{fleet[0]}/kill") == (200, {})
    assert bench.control("POST", "/_lab/connections/c-0/kill-broker") == (200, {})
    assert bench.world.calls == [("kill", fleet[0]), ("kill-broker", "c-0")]


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


def test_that_a_decision_must_be_a_plain_yes_or_no(bench: Bench) -> None:
    bench.world.start_access_request("i-1", "why", "arn")
    assert bench.control("POST", "/_lab/approvals/oi-0123456789ab", {"approve": "yes"})[0] == 400
    assert bench.control("POST", "/_lab/approvals/oi-0123456789ab", {"approve": False})[1]["status"] == "Rejected"
    assert bench.control("POST", "/_lab/approvals/oi-ffffffffffff", {"approve": True})[0] == 404
