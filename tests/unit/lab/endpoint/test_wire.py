"""The wire codec against botocore's own serializers and parsers: each side checks the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.core.serialize import SERIALIZERS, SERVICE_SPECIFIC_SERIALIZERS, SerializationContext

from rdpgui.lab.endpoint import wire
from rdpgui.lab.endpoint.operations.registry import OWN
from rdpgui.lab.endpoint.wire_xml import WireError
from rdpgui.lab.model import LabError
from rdpgui.lab.moto.backend import service_model

OPERATIONS = [(service, name) for service, operations in OWN.items() for name in operations]
# Control characters have no place in XML 1.0; AWS refuses them, too.
TEXT = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12)
TIMES = st.datetimes(datetime(2001, 1, 1), datetime(2037, 1, 1)).map(lambda t: t.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001
SETTINGS = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def _model(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


def _values(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values of a shape: small, and without the empty containers that XML cannot tell from absence."""
    kind = shape.type_name
    if kind == "structure":
        if depth > 4:
            return st.just({})
        members = {n: _values(m, depth + 1) for n, m in shape.members.items()}  # type: ignore[attr-defined]  # StructureShape
        return st.fixed_dictionaries({}, optional=members)
    if kind == "list":
        return st.lists(_values(shape.member, depth + 1), min_size=1, max_size=2)  # type: ignore[attr-defined]  # ListShape
    if kind == "map":
        return st.dictionaries(TEXT, _values(shape.value, depth + 1), min_size=1, max_size=2)  # type: ignore[attr-defined]  # MapShape
    if kind == "string":
        allowed = shape.metadata.get("enum")
        return st.sampled_from(allowed) if allowed else TEXT
    simple: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": st.integers(0, 2**31 - 1),
        "long": st.integers(0, 2**53),
        "float": st.integers(0, 1000).map(float),
        "double": st.integers(0, 1000).map(float),
        "timestamp": TIMES,
        "blob": st.binary(min_size=1, max_size=20),
    }
    return simple[kind]


def _solid(value: Any) -> Any:
    """Return a value without empty structures, which neither protocol keeps."""
    if isinstance(value, dict):
        return {k: s for k, s in ((k, _solid(v)) for k, v in value.items()) if s not in ({}, [])}
    if isinstance(value, list):
        return [s for s in map(_solid, value) if s not in ({}, [])]
    return value


def _read(model: OperationModel, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return what botocore makes of an answer."""
    named = {name.lower(): value for name, value in headers.items()}
    response = {"status_code": status, "headers": named, "body": body}
    shape: Any = model.output_shape  # None where an operation answers nothing
    parsed: dict[str, Any] = create_parser(model.service_model.protocol).parse(response, shape)
    return parsed


def _by_moto(model: OperationModel, result: object) -> dict[str, Any]:
    """Return what botocore makes of the answer that moto's serializer writes: no public API, bound by the lock."""
    service, protocol = model.service_model.service_name, model.service_model.protocol
    writer = SERVICE_SPECIFIC_SERIALIZERS.get(service, {}).get(protocol, SERIALIZERS[protocol])
    written = writer(model, SerializationContext("id")).serialize(result)
    body = written["body"]
    return _read(model, written["status_code"], written["headers"], body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_that_botocore_reads_back_every_output_and_moto_writes_the_same(service: str, operation: str) -> None:
    model = _model(service, operation)
    shape = model.output_shape
    if shape is None:
        assert wire.write_output(model, {}, "id").status == 200
        return

    @SETTINGS
    @given(_values(shape).map(_solid))
    def check(output: dict[str, Any]) -> None:
        answer = wire.write_output(model, output, "id")
        parsed = _read(model, answer.status, dict(answer.headers), answer.body)
        assert parsed.pop("ResponseMetadata")["RequestId"] == "id"
        assert parsed == output
        second = _by_moto(model, output)
        second.pop("ResponseMetadata")
        assert second == output

    check()


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_that_modelled_errors_and_empty_lists_are_those_that_moto_writes(service: str, operation: str) -> None:
    model = _model(service, operation)
    codes = [str(getattr(shape, "error_code", shape.name)) for shape in model.error_shapes]
    for code in codes or ["InvalidParameterValue"]:
        error = LabError(code, "<why> & ü")
        answer = wire.write_error(model.service_model.protocol, error, "id", service=model.service_model)
        ours, motos = _read(model, answer.status, dict(answer.headers), answer.body), _by_moto(model, error)
        assert (
            ours["ResponseMetadata"]["HTTPStatusCode"] == motos["ResponseMetadata"]["HTTPStatusCode"] == answer.status
        )
        for name in ("Code", "Message"):
            assert ours["Error"][name] == motos["Error"][name]
    members = {} if model.output_shape is None else wire.members_of(model.output_shape)
    lists: dict[str, Any] = {name: [] for name, member in members.items() if member.type_name == "list"}
    answer = wire.write_output(model, lists, "id")
    ours, motos = _read(model, 200, dict(answer.headers), answer.body), _by_moto(model, lists)
    assert [ours.get(name) for name in lists] == [motos.get(name) for name in lists]


@pytest.mark.parametrize(
    "code", ["AccessDenied", "NoSuchBucket", "NoSuchKey", "NotImplemented", "KMS.DisabledException"]
)
def test_that_s3s_errors_are_those_that_moto_writes(code: str) -> None:
    model, error = _model("s3", "GetObject"), LabError(code, "<why> & ü")
    answer = wire.write_error("rest-xml", error, "id", resource="/films/a b.mp4")
    ours, motos = _read(model, answer.status, dict(answer.headers), answer.body), _by_moto(model, error)
    for name in ("Code", "Message"):
        assert ours["Error"][name] == motos["Error"][name]
    assert ours["ResponseMetadata"]["RequestId"] == "id"


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_that_the_lab_reads_back_every_input_that_botocore_writes(service: str, operation: str) -> None:
    model = _model(service, operation)
    shape = model.input_shape
    if shape is None:
        assert wire.read_input(model, b"") == {}
        return

    @SETTINGS
    @given(_values(shape).map(_solid))
    def check(params: dict[str, Any]) -> None:
        request = create_serializer(model.service_model.protocol, False).serialize_to_request(params, model)
        body = request["body"]
        body = urlencode(body).encode() if isinstance(body, dict) else body
        try:
            read = wire.read_input(model, body)
        except LabError as error:
            # Random strings miss patterns and lengths; the codec itself must have understood the request.
            assert error.code in ("ValidationException", "MissingParameter", "InvalidParameterValue")
            return
        assert _comparable(read) == _comparable(params)

    check()


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _comparable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_comparable(v) for v in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, str) and value[:4].isdigit() and value.endswith("Z"):
        return datetime.fromisoformat(value).timestamp()
    return value


def test_that_an_output_member_unknown_to_aws_is_a_bug_in_every_protocol() -> None:
    for service, operation in (("ssm", "DescribeSessions"), ("ec2", "DescribeInstances"), ("sts", "GetCallerIdentity")):
        with pytest.raises(WireError, match="Colour"):
            wire.write_output(_model(service, operation), {"Colour": "red"}, "id")


def test_that_json_times_keep_their_milliseconds() -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, 250_999, tzinfo=UTC)
    for moment, text in ((at, b"1772600767.251"), (at.replace(microsecond=0), b"1772600767}")):
        answer = wire.write_output(_model("ssm", "DescribeSessions"), {"Sessions": [{"StartDate": moment}]}, "id")
        assert text in answer.body


def test_that_times_of_another_zone_and_naive_ones_are_written_as_utc() -> None:
    zoned = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC) + timedelta(0)
    model = _model("ec2", "DescribeInstances")
    for moment in (zoned, zoned.replace(tzinfo=None)):
        output = {"Reservations": [{"Instances": [{"LaunchTime": moment}]}]}
        assert b"<launchTime>2026-03-04T05:06:07.000Z</launchTime>" in wire.write_output(model, output, "id").body


def test_that_an_empty_list_is_an_empty_element() -> None:
    answer = wire.write_output(_model("ec2", "DescribeInstances"), {"Reservations": []}, "rid")
    assert b"<requestId>rid</requestId><reservationSet></reservationSet>" in answer.body


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("Action=StopInstances&Version=2016-11-15", "MissingParameter"),
        ("Action=StopInstances&InstanceId.1=i-1&Colour=red", "UnknownParameter"),
        ("Action=StopInstances&InstanceId.1=i-1&Force=maybe", "InvalidParameterValue"),
        ("Action=DescribeInstances&MaxResults=many", "InvalidParameterValue"),
        ("Action", "MalformedQueryString"),
    ],
)
def test_that_broken_forms_get_the_errors_of_ec2(form: str, code: str) -> None:
    operation = "DescribeInstances" if "Describe" in form else "StopInstances"
    with pytest.raises(LabError) as error:
        wire.read_input(_model("ec2", operation), form.encode())
    assert error.value.code == code


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff\xfe", b'"text"'])
def test_that_what_is_no_json_object_is_a_serialization_error(body: bytes) -> None:
    with pytest.raises(LabError, match="SerializationException"):
        wire.read_input(_model("ssm", "DescribeSessions"), body)


@pytest.mark.parametrize(
    ("params", "part"),
    [
        ({"State": "Active", "Colour": 1}, "Colour"),
        ({}, "State"),
        ({"State": 7}, "State"),
        ({"State": "Active", "MaxResults": 0}, "MaxResults"),
        ({"State": "Active", "MaxResults": 201}, "MaxResults"),
        ({"State": "Active", "Filters": [{"key": "Target", "value": "v" * 401}]}, "Filters.1.member.value"),
    ],
)
def test_that_each_wrong_member_is_named(params: dict[str, Any], part: str) -> None:
    with pytest.raises(LabError, match="ValidationException") as error:
        wire.read_input(_model("ssm", "DescribeSessions"), json.dumps(params).encode())
    assert part in error.value.message


@pytest.mark.parametrize(
    ("service", "protocol", "code", "status"),
    [
        ("ssm-guiconnect", "rest-json", "ResourceNotFoundException", 404),
        ("ssm-guiconnect", "rest-json", "ServiceQuotaExceededException", 402),
        ("ssm-guiconnect", "rest-json", "ThrottlingException", 429),
        ("ssm", "json", "TargetNotConnected", 400),
        ("ec2", "ec2", "RequestLimitExceeded", 503),
        ("ec2", "ec2", "UnauthorizedOperation", 403),
        ("iam", "query", "NoSuchEntity", 404),
    ],
)
def test_that_errors_carry_code_text_and_status_of_the_service(
    service: str, protocol: str, code: str, status: int
) -> None:
    answer = wire.write_error(protocol, LabError(code, "<why> & ü"), "rid", service=service_model(service))
    headers = {name.lower(): value for name, value in answer.headers}
    response = {"status_code": answer.status, "headers": headers, "body": answer.body}
    operation = next(iter(OWN[service]))
    shape = _model(service, operation).output_shape
    assert shape is not None
    parsed = create_parser(protocol).parse(response, shape)
    assert answer.status == status
    assert (parsed["Error"]["Code"], parsed["Error"]["Message"]) == (code, "<why> & ü")
