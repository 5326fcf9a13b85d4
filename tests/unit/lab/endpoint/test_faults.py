"""Fault rules, and what they make of an answer."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from rdpgui.lab.endpoint.wire_faults import Ending
from rdpgui.lab.faults import WIRE_KINDS, FaultBook, FaultError, FaultKind, FaultRule
from rdpgui.lab.model import PowerState
from tests.helpers.lab_front import Bench
from tests.helpers.limits import limit_s


def _rule(kind: str, **members: Any) -> FaultRule:
    return FaultRule.from_json({"kind": kind, **members})


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({}, "'kind'"),
        ({"kind": "explode"}, "explode"),
        ({"kind": "cut", "colour": 1}, "'colour'"),
        ({"kind": "cut", "times": 0}, "'times'"),
        ({"kind": "cut", "times": True}, "'times'"),
        ({"kind": "cut", "chance": 1.5}, "'chance'"),
        ({"kind": "cut", "chance": float("nan")}, "'chance'"),
        ({"kind": "delay", "seconds": "long"}, "'seconds'"),
        ({"kind": "throttle", "status": 200}, "'status'"),
        ({"kind": "cut", "service": ""}, "'service'"),
    ],
)
def test_that_a_rule_that_cannot_be_used_is_named(data: dict[str, object], part: str) -> None:
    with pytest.raises(FaultError, match=part):
        FaultRule.from_json(data)


def test_that_a_rule_survives_json() -> None:
    rule = _rule("delay", service="ssm", operation="DescribeSessions", times=3, chance=0.5, seconds=1.5)
    assert FaultRule.from_json(rule.to_json()) == rule


def test_that_a_rule_is_used_up_and_leaves_the_list() -> None:
    book = FaultBook([_rule("cut", times=2), _rule("hang", service="ec2")])
    assert [book.pick(WIRE_KINDS, "ssm", "X") is not None for _ in range(3)] == [True, True, False]
    assert [(r["kind"], r["left"]) for r in book.list()] == [("hang", None)]


def test_that_parallel_calls_use_a_rule_exactly_as_often_as_it_says() -> None:
    book = FaultBook([_rule("cut", times=100)])
    taken: list[FaultRule] = []

    def take() -> None:
        for _ in range(50):
            rule = book.pick(WIRE_KINDS, "ssm", "X")
            if rule:
                taken.append(rule)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 100


def test_that_chance_decides_between_never_and_always() -> None:
    book = FaultBook([_rule("cut", chance=0.5)], seed=7)
    hits = sum(book.pick(WIRE_KINDS, "ssm", "X") is not None for _ in range(400))
    assert 150 < hits < 250
    assert FaultBook([_rule("cut", chance=0.0)]).pick(WIRE_KINDS, "ssm", "X") is None


def test_that_wire_and_world_take_only_their_own_kinds() -> None:
    book = FaultBook([_rule("object-late", operation="i-1", seconds=3), _rule("cut")])
    assert book.take(FaultKind.OBJECT_LATE, "i-2") is None
    late = book.take(FaultKind.OBJECT_LATE, "i-1")
    assert late is not None and late.seconds == 3
    picked = book.pick(WIRE_KINDS, "s3", "GetObject")
    assert picked is not None and picked.kind == FaultKind.CUT


def test_that_asking_whether_a_rule_stands_does_not_use_it_up() -> None:
    book = FaultBook([_rule("denied", service="ec2", operation="StopInstances", times=1)])
    assert [book.would(FaultKind.DENIED, "ec2", "StopInstances") for _ in range(2)] == [True, True]
    assert not book.would(FaultKind.DENIED, "ec2", "StartInstances")
    assert book.pick(WIRE_KINDS, "ec2", "StopInstances") is not None
    assert not book.would(FaultKind.DENIED, "ec2", "StopInstances")


# -- on the wire ------------------------------------------------------------------


def _call(bench: Bench, service: str) -> Any:
    calls = {
        "ec2": lambda: bench.client("ec2").describe_instances(),
        "iam": lambda: bench.client("iam").list_roles(),
        "s3": lambda: bench.client("s3").list_buckets(),
        "ssm": lambda: bench.client("ssm").describe_sessions(State="Active"),
        "ssm-guiconnect": lambda: bench.client("ssm-guiconnect").get_connection_recording_preferences(),
        "sts": lambda: bench.client("sts").get_caller_identity(),
    }
    return calls[service]()


@pytest.mark.parametrize(
    ("kind", "service", "code", "status"),
    [
        ("throttle", "ssm", "ThrottlingException", 400),
        ("throttle", "ssm-guiconnect", "ThrottlingException", 429),
        ("throttle", "ec2", "RequestLimitExceeded", 503),
        ("throttle", "s3", "SlowDown", 503),
        ("throttle", "iam", "Throttling", 400),
        ("denied", "ec2", "UnauthorizedOperation", 403),
        ("denied", "ssm", "AccessDeniedException", 400),
        ("denied", "ssm-guiconnect", "AccessDeniedException", 403),
        ("denied", "s3", "AccessDenied", 403),
        ("denied", "iam", "AccessDenied", 403),
        ("expired", "ec2", "RequestExpired", 400),
        ("expired", "ssm", "ExpiredTokenException", 400),
        ("expired", "s3", "ExpiredToken", 400),
        ("server-error", "ec2", "InternalError", 500),
        ("server-error", "ssm", "InternalServerError", 500),
    ],
)
def test_that_a_fault_raises_what_the_service_would(
    bench: Bench, kind: str, service: str, code: str, status: int
) -> None:
    bench.faults.add(_rule(kind, service=service, times=1))
    with pytest.raises(ClientError) as error:
        _call(bench, service)
    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_that_a_denial_is_in_the_trail_and_a_throttle_is_not(bench: Bench) -> None:
    for kind in ("throttle", "denied"):
        bench.faults.add(_rule(kind, service="ssm", times=1))
        with pytest.raises(ClientError):
            _call(bench, "ssm")
    assert [e.record["errorCode"] for e in bench.world.trail.events()] == ["AccessDenied"]


def test_that_a_html_page_is_an_empty_success_to_json_clients_and_a_parse_error_to_xml_clients(bench: Bench) -> None:
    bench.faults.add(_rule("html-200"))
    assert "Sessions" not in _call(bench, "ssm")
    with pytest.raises(ResponseParserError):
        _call(bench, "ec2")


def test_that_html_500_is_503_with_a_page(bench: Bench) -> None:
    bench.faults.add(_rule("html-500"))
    with pytest.raises(ClientError) as error:
        _call(bench, "ssm")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert b"<html>" in bench.replies[-1].answer.body


def test_that_a_cut_call_never_reaches_the_world_but_a_cut_body_does(bench: Bench, fleet: tuple[str, ...]) -> None:
    bench.faults.add(_rule("cut", operation="StopInstances", times=1))
    with pytest.raises(ConnectionClosedError):
        bench.client("ec2").stop_instances(InstanceIds=[fleet[0]])
    assert bench.world.instances.state(fleet[0]) is PowerState.RUNNING
    bench.faults.add(_rule("cut-body", operation="StopInstances", times=1))
    bench.client("ec2").stop_instances(InstanceIds=[fleet[0]])
    assert bench.replies[-1].ending == Ending.CUT_BODY
    assert bench.world.instances.state(fleet[0]) is PowerState.STOPPING


def test_that_closing_the_front_ends_a_hang(bench: Bench) -> None:
    bench.faults.add(_rule("hang", service="ssm"))
    failed: list[Exception] = []

    def call() -> None:
        try:
            _call(bench, "ssm")
        except ConnectionClosedError as error:
            failed.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    bench.front.close()
    thread.join(limit_s(10))
    assert not thread.is_alive() and len(failed) == 1


def test_that_a_fault_for_one_operation_leaves_the_others_alone(bench: Bench) -> None:
    bench.faults.add(_rule("denied", service="ssm", operation="StartSession"))
    assert _call(bench, "ssm")["Sessions"] == []
    assert _call(bench, "sts")["Account"] == "123456789012"
