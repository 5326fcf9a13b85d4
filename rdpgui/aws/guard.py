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
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from rdpgui.aws.errors import malformed

_HTML_STARTS = (b"<!doctype html", b"<html")
_HTML = "it is an HTML page"
_ROOT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]*)")


def install(events: Any) -> None:
    """Register the guard on an event system of botocore (a session's, so that every client has it)."""
    events.register("before-parse", check_answer)


def check_answer(operation_model: Any, response_dict: MutableMapping[str, Any], **_: object) -> None:
    """Check one successful answer. Errors (status 300 and more) are left to botocore, but for HTML pages.

    Raises:
        MalformedAnswer: the body is shorter than announced, or is not what the protocol answers with: a JSON object,
            or the operation's own XML element. The Content-Type is not looked at: some endpoints label JSON as HTML.
    """
    body = response_dict["body"]
    if not isinstance(body, bytes) or operation_model.has_streaming_output:
        return
    if response_dict["status_code"] >= 300:
        _drop_error_page(body, operation_model, response_dict)
        return
    operation = f"{operation_model.service_model.service_name}:{operation_model.name}"
    headers = response_dict["headers"]
    if operation_model.http.get("method") != "HEAD":
        _check_length(body, headers, operation)
    protocol = operation_model.service_model.resolved_protocol
    if "json" in protocol:
        _check_json(body, operation_model, operation)
    elif protocol in {"ec2", "query"}:
        _check_root(body, operation_model.name, operation)
    elif body[:64].lstrip().lower().startswith(_HTML_STARTS):
        raise malformed(operation, _HTML)


def _drop_error_page(body: bytes, operation_model: Any, response_dict: MutableMapping[str, Any]) -> None:
    """Take an HTML page off an error of an XML service: its parser breaks on it, and the status would be lost.

    Without a body, botocore judges (and repeats) by the status.
    """
    html = body[:64].lstrip().lower().startswith(_HTML_STARTS)
    if not html or operation_model.service_model.resolved_protocol not in {"ec2", "query"}:
        return
    status = response_dict["status_code"]
    if status < 500:
        operation = f"{operation_model.service_model.service_name}:{operation_model.name}"
        raise malformed(operation, f"it is an HTML page with status {status}")
    response_dict["body"] = b""


def _check_length(body: bytes, headers: Mapping[str, str], operation: str) -> None:
    announced = headers.get("content-length", "")
    if announced.isdigit() and not headers.get("content-encoding") and len(body) != int(announced):
        raise malformed(operation, f"{len(body)} of {announced} bytes arrived")


def _check_root(body: bytes, name: str, operation: str) -> None:
    """Demand the element that these protocols answer with. A well-formed HTML page would parse as an empty list."""
    found = _ROOT.search(body[:4096])
    root = found[1].decode("ascii") if found else ""
    if root.lower() == "html":
        raise malformed(operation, _HTML)
    if root != f"{name}Response":
        raise malformed(operation, f"its root element is {root!r}")


def _check_json(body: bytes, operation_model: Any, operation: str) -> None:
    shape = operation_model.output_shape
    if shape is None or not shape.members:
        return  # nothing in it that could be misread
    try:
        value = json.loads(body)
    except ValueError as error:  # UnicodeDecodeError is one too
        html = body[:64].lstrip().lower().startswith(_HTML_STARTS)
        raise malformed(operation, _HTML if html else f"it is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise malformed(operation, "it is not a JSON object")
