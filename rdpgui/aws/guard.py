"""Refuse answers that botocore would turn into an empty success.

botocore opens connections without enforcing Content-Length, and its JSON
parser turns undecodable text into ``{"message": text}``: a cut answer or an
HTML page with status 200 reads as "no sessions, nothing recorded". The hook
here runs before botocore's parser and raises ``MalformedAnswer`` instead. It
is raised outside botocore's retries; ``calls.py`` repeats reads.

Source: botocore ``endpoint.py`` (event ``before-parse``), ``parsers.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rdpgui.aws.errors import malformed

_HTML_STARTS = (b"<!doctype html", b"<html")


def install(events: Any) -> None:
    """Register the guard on an event system of botocore (a session's, so that every client has it)."""
    events.register("before-parse", check_answer)


def check_answer(operation_model: Any, response_dict: Mapping[str, Any], **_: object) -> None:
    """Check one successful answer. Errors (status 300 and more) are left to botocore.

    Raises:
        MalformedAnswer: the body is shorter than announced, is an HTML page, or is not a JSON object where one is due.
    """
    if response_dict["status_code"] >= 300 or operation_model.has_streaming_output:
        return
    body = response_dict["body"]
    if not isinstance(body, bytes):
        return
    operation = f"{operation_model.service_model.service_name}:{operation_model.name}"
    headers = response_dict["headers"]
    if operation_model.http.get("method") != "HEAD":
        _check_length(body, headers, operation)
    _check_kind(body, headers, operation)
    if "json" in operation_model.service_model.resolved_protocol:
        _check_json(body, operation_model, operation)


def _check_length(body: bytes, headers: Mapping[str, str], operation: str) -> None:
    announced = headers.get("content-length", "")
    if announced.isdigit() and not headers.get("content-encoding") and len(body) != int(announced):
        raise malformed(operation, f"{len(body)} of {announced} bytes arrived")


def _check_kind(body: bytes, headers: Mapping[str, str], operation: str) -> None:
    start = body[:64].lstrip().lower()
    if headers.get("content-type", "").lower().startswith("text/html") or start.startswith(_HTML_STARTS):
        raise malformed(operation, "it is an HTML page")


def _check_json(body: bytes, operation_model: Any, operation: str) -> None:
    shape = operation_model.output_shape
    if not body and (shape is None or not shape.members):
        return
    try:
        value = json.loads(body)
    except ValueError as error:  # UnicodeDecodeError is one too
        raise malformed(operation, f"it is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise malformed(operation, "it is not a JSON object")
