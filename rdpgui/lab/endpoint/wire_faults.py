"""Faults on the wire: what a client would see of a throttled, denied, broken or hanging service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rdpgui.lab.answer import Answer
from rdpgui.lab.endpoint.call import Call
from rdpgui.lab.faults import FaultKind, FaultRule
from rdpgui.lab.model import LabError

_HANG_S: Final = 3600.0
# Not well-formed XML, as pages of proxies are not: XML clients must fail on it.
_PAGE: Final = b"<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>Proxy</title><body><h1>Please sign in</h1>\n"


class Ending(StrEnum):
    """How the connection ends after the answer."""

    NORMAL = "normal"
    CUT = "cut"
    CUT_BODY = "cut-body"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and what happens to it on its way.

    Attributes:
        answer: the answer; not sent at all when the connection is cut.
        ending: how the connection ends.
    """

    answer: Answer
    ending: Ending = Ending.NORMAL


_THROTTLED: Final[Mapping[str, tuple[str, str]]] = {
    "ec2": ("RequestLimitExceeded", "Request limit exceeded."),
    "iam": ("Throttling", "Rate exceeded"),
    "s3": ("SlowDown", "Please reduce your request rate."),
    "sts": ("Throttling", "Rate exceeded"),
}
_EXPIRED: Final[Mapping[str, tuple[str, str]]] = {
    "ec2": ("RequestExpired", "Request has expired."),
    "iam": ("ExpiredToken", "The security token included in the request is expired"),
    "s3": ("ExpiredToken", "The provided token has expired."),
    "sts": ("ExpiredToken", "The security token included in the request is expired"),
}
_BROKEN: Final[Mapping[str, str]] = {
    "ec2": "InternalError",
    "s3": "InternalError",
    "ssm": "InternalServerError",
    "ssm-guiconnect": "InternalServerException",
    "kms": "KMSInternalException",
}


def error_of(rule: FaultRule, call: Call) -> LabError | None:
    """Return the AWS error that a rule stands for, None when it is no AWS error.

    Source: the services' common error pages (code and status per service).
    """
    match rule.kind:
        case FaultKind.THROTTLE:
            code, text = _THROTTLED.get(call.service, ("ThrottlingException", "Rate exceeded"))
            return LabError(code, text, rule.status)
        case FaultKind.DENIED:
            return _denied(call)
        case FaultKind.EXPIRED:
            default = ("ExpiredTokenException", "The security token included in the request is expired")
            code, text = _EXPIRED.get(call.service, default)
            return LabError(code, text, 400)
        case FaultKind.SERVER_ERROR:
            code = _BROKEN.get(call.service, "InternalFailure")
            return LabError(code, "An internal error has occurred.", rule.status or 500)
        case _:
            return None


def _denied(call: Call) -> LabError:
    arn = call.credential.key.principal.arn
    text = f"User: {arn} is not authorized to perform: {call.service}:{call.operation}"
    if call.service == "ec2":
        return LabError("UnauthorizedOperation", f"You are not authorized to perform this operation. {text}", 403)
    if call.protocol in ("json", "rest-json"):
        return LabError("AccessDeniedException", text)
    return LabError("AccessDenied", "Access Denied" if call.service == "s3" else text, 403)


def wait_s(rule: FaultRule) -> float:
    """Return how long the answer is held back (seconds)."""
    if rule.kind == FaultKind.HANG:
        return rule.seconds or _HANG_S
    return max(rule.seconds, 0.0) if rule.kind == FaultKind.DELAY else 0.0


def page(rule: FaultRule) -> Reply | None:
    """Return the reply of a rule that replaces the whole answer without being an AWS error."""
    match rule.kind:
        case FaultKind.HTML_200 | FaultKind.HTML_500:
            status = 200 if rule.kind == FaultKind.HTML_200 else rule.status or 503
            return Reply(Answer(status, (("Content-Type", "text/html; charset=utf-8"),), _PAGE))
        case FaultKind.CUT | FaultKind.HANG:
            return Reply(Answer(503, (), b""), Ending.CUT)
        case _:
            return None
