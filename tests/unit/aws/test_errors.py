"""The table from botocore's words to ours."""

from __future__ import annotations

import string

import botocore.exceptions as foreign
import pytest
from botocore.parsers import ResponseParserError

from rdpgui.aws import errors
from rdpgui.aws.errors import translate
from rdpgui.core.errors import (
    AccessDenied,
    AwsError,
    CredentialsExpired,
    MalformedAnswer,
    NotFound,
    NotOffered,
    ObjectChanged,
    RdpguiError,
    Refused,
    SettingsError,
    Throttled,
    Unreachable,
)

URL = "https://ssm.eu-west-1.amazonaws.com"


def client_error(code: str, status: int = 400, message: str = "what {it} says") -> foreign.ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return foreign.ClientError(answer, "Operation")  # type: ignore[arg-type] # only what translate looks at


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UnauthorizedOperation", AccessDenied),
        ("AccessDeniedException", AccessDenied),
        ("403", AccessDenied),
        ("ExpiredToken", CredentialsExpired),
        ("RequestExpired", CredentialsExpired),
        ("RequestLimitExceeded", Throttled),
        ("SomethingThrottled", Throttled),
        ("SlowDown", Throttled),
        ("InvalidInstanceID.NotFound", NotFound),
        ("NoSuchKey", NotFound),
        ("404", NotFound),
        ("IncorrectInstanceState", Refused),
        ("OperationNotPermitted", Refused),
        ("KMS.DisabledException", Refused),
        ("PreconditionFailed", ObjectChanged),
        ("412", ObjectChanged),
        ("InvalidRange", ObjectChanged),
        ("501", NotOffered),
        ("InvalidAction", NotOffered),
        ("UnknownOperationException", NotOffered),
        ("500", NotOffered),
        ("InternalError", Unreachable),
        ("503", Unreachable),
        ("RequestTimeTooSkewed", AwsError),
        ("NeverSeen", AwsError),
    ],
)
def test_that_each_code_has_its_error(code: str, kind: type[AwsError]) -> None:
    found = translate(client_error(code), operation="ssm:Operation", url=URL, subject="i-1")
    assert type(found) is kind
    assert isinstance(found, AwsError)
    assert (found.code, found.operation) == (code, "ssm:Operation")
    assert found.remedy


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SignatureDoesNotMatch", "Signature expired: 20261123T080000Z is now earlier than 20261123T081500Z (…)"),
        ("InvalidSignatureException", "Signature not yet current: 20261123T083000Z is still later than (…)"),
        ("RequestExpired", "Request has expired."),
        ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
    ],
)
def test_that_a_signature_of_another_time_is_answered_with_advice_on_the_clock(code: str, message: str) -> None:
    found = translate(client_error(code, 403, message), operation="ssm:Operation", url=URL)
    assert "clock of this computer" in found.remedy


def test_that_a_wrong_signature_is_no_matter_of_the_clock() -> None:
    message = "The request signature we calculated does not match the signature you provided."
    found = translate(client_error("SignatureDoesNotMatch", 403, message), operation="ssm:Operation", url=URL)
    assert type(found) is CredentialsExpired
    assert "clock" not in found.remedy


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (foreign.NoCredentialsError(), CredentialsExpired),
        (foreign.UnauthorizedSSOTokenError(), CredentialsExpired),
        (foreign.ProfileNotFound(profile="p"), SettingsError),
        (foreign.NoRegionError(), SettingsError),
        (foreign.EndpointConnectionError(endpoint_url=URL), Unreachable),
        (foreign.ReadTimeoutError(endpoint_url=URL), Unreachable),
        (foreign.ConnectionClosedError(endpoint_url=URL), Unreachable),
        (ConnectionResetError("reset"), Unreachable),
        (foreign.IncompleteReadError(actual_bytes=1, expected_bytes=2), MalformedAnswer),
        (ResponseParserError("no element found"), MalformedAnswer),
        (foreign.ParamValidationError(report="r"), AwsError),
    ],
)
def test_that_each_exception_of_the_sdk_has_its_error(error: Exception, kind: type[RdpguiError]) -> None:
    assert isinstance(error, errors.foreign_errors())
    found = translate(error, operation="ssm:Operation", url=URL)
    assert type(found) is kind
    assert "{" not in found.text()


def test_that_no_answer_names_the_address() -> None:
    found = translate(foreign.EndpointConnectionError(endpoint_url=URL), operation="ssm:Operation", url=URL)
    assert URL in found.text()


def test_that_our_own_errors_pass_as_they_are() -> None:
    ours = NotFound("gone")
    assert translate(ours, operation="x", url=URL) is ours


def test_that_every_row_fills_its_fields() -> None:
    known = {"operation", "code", "message", "subject"}
    for kind, template, remedy in errors._CODES.values():
        fields = {name for _, name, _, _ in string.Formatter().parse(template + remedy) if name}
        assert fields <= known, kind


def test_that_an_answer_without_error_is_judged_by_its_status() -> None:
    bare = foreign.ClientError({"ResponseMetadata": {"HTTPStatusCode": 503}}, "Operation")  # type: ignore[typeddict-item] # a page
    assert type(translate(bare, operation="o", url=URL)) is Unreachable


@pytest.mark.parametrize(("message", "told"), [("Not Found", "Not Found. Look"), ("No such thing.", "thing. Look")])
def test_that_a_foreign_message_ends_before_the_remedy_begins(message: str, told: str) -> None:
    found = translate(client_error("404", 404, message), operation="s3:HeadObject", url=URL, subject="s3://b/k")
    assert told in found.text()
