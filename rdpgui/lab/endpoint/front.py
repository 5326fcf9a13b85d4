"""The front: gate, faults, own operations, checks before moto, moto, and the audit list."""

from __future__ import annotations

import logging
import re
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rdpgui.lab.answer import Answer
from rdpgui.lab.endpoint import audit, wire
from rdpgui.lab.endpoint.call import Call, identify
from rdpgui.lab.endpoint.control import Control, json_answer
from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.hooks import hooks_for
from rdpgui.lab.endpoint.operations.registry import OWN, Operation
from rdpgui.lab.endpoint.wire_faults import Ending, Reply, error_of, page, wait_s
from rdpgui.lab.faults import WIRE_KINDS, FaultBook, FaultKind
from rdpgui.lab.model import LabError
from rdpgui.lab.moto.backend import service_model
from rdpgui.lab.moto.seam import MotoSeam

if TYPE_CHECKING:
    from rdpgui.lab.endpoint.gate import Gate
    from rdpgui.lab.world.world import World

_log = logging.getLogger(__name__)
_ERROR_CODE: Final = re.compile(rb'"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"|<Code>([^<]+)</Code>')
_ERROR_TEXT: Final = re.compile(rb'"[Mm]essage"\s*:\s*"([^"]*)"|<Message>([^<]*)</Message>')
_DROPPED: Final = ("access-control-", "server", "date", "connection", "content-length")
_MOTO_PATHS: Final = ("/moto-api", "/favicon.ico", "/latest/meta-data/", "/latest/api/")
_GLOBAL: Final = frozenset({"iam", "s3", "sts"})
_SCOPE_SERVICE: Final = re.compile(r"(?:/|%2F)([a-z0-9-]+)(?:/|%2F)aws4_request", re.IGNORECASE)
_PROTOCOLS: Final[Mapping[str, str]] = {
    "ec2": "ec2",
    "iam": "query",
    "s3": "rest-xml",
    "ssm-guiconnect": "rest-json",
    "sts": "query",
}
_CONTROL_STATUS: Final[Mapping[str, int]] = {
    "AccessDeniedException": 403,
    "InvalidInstanceID.NotFound": 404,
    "ResourceNotFoundException": 404,
}
"""The control API speaks plain HTTP, whatever the status of the code in an AWS protocol is."""
_ID_HEADERS: Final = ("x-amzn-requestid", "x-amz-request-id")


class Front:
    """Answers every request of the endpoint.

    Args:
        gate: who may speak at all.
        control: the lab's own API.
        world: instances, sessions, connections.
        seam: moto.
        faults: rules in force.
    """

    def __init__(self, *, gate: Gate, control: Control, world: World, seam: MotoSeam, faults: FaultBook) -> None:
        self._gate = gate
        self._control = control
        self._world = world
        self._seam = seam
        self._faults = faults
        self._closing = threading.Event()

    def close(self) -> None:
        """End every answer that is being held back."""
        self._closing.set()

    def handle(self, environ: dict[str, Any]) -> Reply:
        """Return the reply to one request.

        Args:
            environ: the WSGI environment.
        """
        now = datetime.now(UTC)
        try:
            self._gate.check_peer(environ)
            if environ["PATH_INFO"].startswith("/_lab/"):
                self._gate.check_control(environ)
                return Reply(self._control.handle(environ))
            call = identify(environ, self._gate.check_signed(environ, now), now)
        except LabError as error:
            return Reply(_refusal(environ, error))
        context = Context(call, self._world, self._seam, self._gate.keys, self._faults)
        if call.region != self._seam.region and call.service not in _GLOBAL:
            return Reply(self._error(call, _region_off(call, self._seam.region)))
        reply = self._served(context, environ)
        return reply if call.method != "HEAD" else Reply(_without_body(reply.answer), reply.ending)

    def _served(self, context: Context, environ: dict[str, Any]) -> Reply:
        call = context.call
        rule = self._faults.pick(WIRE_KINDS, call.service, call.operation)
        if rule is None:
            return Reply(self._answer(context, environ))
        held_s = wait_s(rule)
        if held_s:
            self._closing.wait(held_s)
        replaced = page(rule)
        if replaced is not None:
            return replaced
        error = error_of(rule, call)
        if error is not None:
            if rule.kind == FaultKind.DENIED:
                self._audit(call, None, None, error)
            return Reply(self._error(call, error))
        cut = Ending.CUT_BODY if rule.kind == FaultKind.CUT_BODY else Ending.NORMAL
        return Reply(self._answer(context, environ), cut)

    def _answer(self, context: Context, environ: dict[str, Any]) -> Answer:
        call = context.call
        own = OWN.get(call.service, {}).get(call.operation)
        try:
            return self._own(context, own) if own is not None else self._moto(context, environ)
        except NotImplementedError:  # moto does not have it, and says so: no fault for the log
            return self._error(call, _unsupported(call))
        except Exception:  # noqa: BLE001
            # The boundary of a request: a bug must reach the client as AWS's internal error, and the log as it is.
            _log.exception("%s:%s failed", call.service, call.operation)
            if own is None:  # moto failed on what it was given: another try of the client's would change nothing
                return self._error(call, _unsupported(call))
            return self._error(call, LabError("InternalFailure", "The lab failed; see its log.", 500))

    def _own(self, context: Context, operation: Operation) -> Answer:
        call = context.call
        model = service_model(call.service).operation_model(call.operation)
        params: dict[str, Any] | None = None
        try:
            params = wire.read_input(model, call.body)
            output = operation(context, params)
        except LabError as error:
            self._audit(call, params, None, error)
            return self._error(call, error)
        answer = wire.write_output(model, output, call.request_id)
        self._audit(call, params, output, None)
        return answer

    def _moto(self, context: Context, environ: dict[str, Any]) -> Answer:
        call = context.call
        try:
            for hook in hooks_for(call.service, call.operation):
                hook(context, environ)
            if environ["PATH_INFO"].startswith(_MOTO_PATHS):
                # moto's own pages: one of them wipes all its state.
                return self._error(call, _unsupported(call))
            # An upload that is not what was signed shows itself only while moto reads it.
            answer = self._seam.forward(environ)
        except LabError as error:
            self._audit(call, None, None, error)
            return self._error(call, error)
        if answer.status >= 400 and answer.header("Content-Type").startswith("text/html") and call.method != "HEAD":
            # moto's words for a path or service it does not know.
            return self._error(call, _unsupported(call))
        self._audit(call, None, None, _told(answer) if answer.status >= 400 else None)
        return _cleaned(answer, call.request_id)

    def _audit(
        self,
        call: Call,
        params: Mapping[str, Any] | None,
        output: Mapping[str, Any] | None,
        error: LabError | None,
    ) -> None:
        if audit.is_logged(call):
            told = None if error is None else (error.code, error.message)
            self._world.trail.append(audit.event_of(call, params=params, output=output, error=told))

    def _error(self, call: Call, error: LabError) -> Answer:
        model = service_model(call.service) if call.service in OWN or call.service == "kms" else None
        return wire.write_error(call.protocol, error, call.request_id, service=model, resource=call.path)


def _region_off(call: Call, region: str) -> LabError:
    """Return what AWS answers in a Region that the account has not enabled."""
    code = "AuthFailure" if call.service == "ec2" else "UnrecognizedClientException"
    return LabError(code, f"The lab has {region} only; {call.region} is not enabled for this account.", 403)


def _unsupported(call: Call) -> LabError:
    if call.protocol in ("query", "ec2"):
        return LabError("InvalidAction", f"The action {call.operation} is not valid for this web service.", 400)
    if call.protocol == "rest-xml":
        return LabError("NotImplemented", "A header or query you provided requests an operation the lab lacks.", 501)
    status = 404 if call.protocol == "rest-json" else 400
    return LabError("UnknownOperationException", f"The lab does not offer {call.operation or call.path}.", status)


def _refusal(environ: Mapping[str, Any], error: LabError) -> Answer:
    """Return a refusal in the protocol that the request seems to speak."""
    if environ.get("PATH_INFO", "").startswith("/_lab/"):
        return _control_error(error)
    kind = str(environ.get("CONTENT_TYPE", ""))
    scope = _SCOPE_SERVICE.search(f"{environ.get('HTTP_AUTHORIZATION', '')} {environ.get('QUERY_STRING', '')}")
    if environ.get("HTTP_X_AMZ_TARGET"):
        protocol = "json"
    elif scope is not None and scope[1] in _PROTOCOLS:
        protocol = _PROTOCOLS[scope[1]]
    elif kind.startswith("application/x-www-form-urlencoded"):
        protocol = "query"
    else:
        protocol = "rest-json" if kind.startswith("application/json") else "rest-xml"
    answer = wire.write_error(protocol, error, str(uuid.uuid4()))
    return _without_body(answer) if environ.get("REQUEST_METHOD") == "HEAD" else answer


def _control_error(error: LabError) -> Answer:
    status = error.status or _CONTROL_STATUS.get(error.code, 400)
    status = status if 400 <= status < 500 else 400
    return json_answer({"error": error.code, "message": error.message}, status)


def _told(answer: Answer) -> LabError:
    code, text = _ERROR_CODE.search(answer.body), _ERROR_TEXT.search(answer.body)
    return LabError(
        next((g.decode() for g in code.groups() if g), "") if code else str(answer.status),
        next((g.decode("utf-8", "replace") for g in text.groups() if g), "") if text else "",
        answer.status,
    )


def _cleaned(answer: Answer, request_id: str) -> Answer:
    """Return moto's answer without headers of its server and of CORS, with a request id."""
    headers = [(n, v) for n, v in answer.headers if not n.lower().startswith(_DROPPED)]
    length = answer.header("Content-Length")
    if not answer.body and length and length != "0":
        headers.append(("Content-Length", length))  # HEAD: the length of what GET would bring
    if not any(name.lower() in _ID_HEADERS for name, _ in headers):
        headers.append(("x-amzn-RequestId", request_id))
    return Answer(answer.status, tuple(headers), answer.body)


def _without_body(answer: Answer) -> Answer:
    return Answer(answer.status, answer.headers, b"")
