"""The lab's own API: what on AWS a person does in the console, and what only the lab can know.

Used by the program's lab process and by tests, never by its AWS adapters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from rdpgui.lab.answer import Answer
from rdpgui.lab.faults import FaultBook, FaultError, FaultRule
from rdpgui.lab.model import AccessType, ConnectionRecord, LabError
from rdpgui.lab.scenario_people import Deed, Moment, PersonAct
from rdpgui.lab.world.world import World

_MOST_BODY_BYTES: Final = 64 * 1024
Body = Mapping[str, Any]


class Control:
    """Answers ``/_lab/…``; the gate has checked the token.

    Args:
        world: instances, sessions, connections.
        faults: rules in force.
    """

    def __init__(self, world: World, faults: FaultBook) -> None:
        self._world = world
        self._faults = faults
        self._routes: tuple[tuple[str, re.Pattern[str], Callable[[str, Body], object]], ...] = (
            ("GET", re.compile(r"/_lab/status"), self._status),
            ("GET", re.compile(r"/_lab/connections"), self._list_connections),
            ("POST", re.compile(r"/_lab/connections"), self._open),
            ("GET", re.compile(r"/_lab/connections/([\w-]+)"), self._connection),
            ("DELETE", re.compile(r"/_lab/connections/([\w-]+)"), self._close),
            ("POST", re.compile(r"/_lab/connections/([\w-]+)/kill-broker"), self._kill_broker),
            ("POST", re.compile(r"/_lab/instances/([\w-]+)/kill"), self._kill_guest),
            ("POST", re.compile(r"/_lab/people"), self._act),
            ("GET", re.compile(r"/_lab/faults"), self._list_faults),
            ("POST", re.compile(r"/_lab/faults"), self._add_fault),
            ("DELETE", re.compile(r"/_lab/faults"), self._clear_faults),
            ("DELETE", re.compile(r"/_lab/faults/(\d+)"), self._remove_fault),
            ("POST", re.compile(r"/_lab/approvals/(oi-\w+)"), self._decide),
        )

    def handle(self, environ: dict[str, Any]) -> Answer:
        """Return the answer to one request.

        Raises:
            LabError: no such path or method, a body that cannot be used, or the world refuses.
        """
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        fitting = [(verb, found[1] if found.re.groups else "", act) for verb, found, act in self._matches(path)]
        for verb, name, act in fitting:
            if verb == method:
                return json_answer(act(name, _body(environ)))
        if fitting:
            raise LabError("MethodNotAllowed", f"{method} is not allowed on {path}.", 405)
        raise LabError("NotFound", f"The control API has no {path}.", 404)

    def _matches(self, path: str) -> list[tuple[str, re.Match[str], Callable[[str, Body], object]]]:
        found = ((verb, pattern.fullmatch(path), act) for verb, pattern, act in self._routes)
        return [(verb, match, act) for verb, match, act in found if match is not None]

    def _status(self, _name: str, _body: Body) -> object:
        return self._world.status()

    def _list_connections(self, _name: str, _body: Body) -> object:
        return [connection_json(record) for record in self._world.connections.records()]

    def _connection(self, name: str, _body: Body) -> object:
        return connection_json(self._world.connections.record(name))

    def _open(self, _name: str, body: Body) -> object:
        instance_id = body.get("instance_id")
        access = body.get("access_type", AccessType.STANDARD.value)
        if not isinstance(instance_id, str) or access not in set(AccessType):
            raise LabError("ValidationException", "Give instance_id and access_type (Standard or JustInTime).", 400)
        self._world.instances.machine(instance_id)
        record = self._world.connections.open(
            instance_id,
            AccessType(access),
            access_request_id=str(body.get("access_request_id") or ""),
            reason=str(body.get("reason") or ""),
        )
        return connection_json(record)

    def _close(self, name: str, _body: Body) -> object:
        return connection_json(self._world.connections.close(name))

    def _kill_broker(self, name: str, _body: Body) -> object:
        self._world.connections.kill_broker(name)
        return {}

    def _kill_guest(self, name: str, _body: Body) -> object:
        self._world.instances.cut_power(name)
        return {}

    def _act(self, _name: str, body: Body) -> object:
        instance_id, do, who = body.get("instance_id"), body.get("do"), body.get("who", "operator")
        if not isinstance(instance_id, str) or do not in set(Deed) or not isinstance(who, str) or not who.isalnum():
            raise LabError("ValidationException", "Give instance_id, do (a deed) and who (a plain name).", 400)
        self._world.instances.machine(instance_id)
        refused = self._world.people.act(PersonAct(Moment.SEEDED, Deed(do), who), instance_id)
        if refused:
            raise LabError("ValidationException", refused, 400)
        return {}

    def _list_faults(self, _name: str, _body: Body) -> object:
        return self._faults.list()

    def _add_fault(self, _name: str, body: Body) -> object:
        try:
            rule = FaultRule.from_json(body)
        except FaultError as error:
            raise LabError("ValidationException", str(error), 400) from error
        self._faults.add(rule)
        return self._faults.list()

    def _clear_faults(self, _name: str, _body: Body) -> object:
        self._faults.clear()
        return []

    def _remove_fault(self, name: str, _body: Body) -> object:
        if not self._faults.remove(int(name)):
            raise LabError("ResourceNotFoundException", f"There is no fault {name}.", 404)
        return self._faults.list()

    def _decide(self, name: str, body: Body) -> object:
        approve = body.get("approve")
        if not isinstance(approve, bool):
            raise LabError("ValidationException", "Give approve: true or false.", 400)
        record = self._world.requests.decide(name, approve=approve)
        return {name: _json(value) for name, value in asdict(record).items()}


def connection_json(record: ConnectionRecord) -> dict[str, object]:
    """Return a connection as a JSON object; times as ISO 8601 UTC or null."""
    return {name: _json(value) for name, value in asdict(record).items()}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: _json(item) for name, item in value.items()}
    return value


def json_answer(value: object, status: int = 200) -> Answer:
    """Return a value as a JSON answer."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body)


def _body(environ: dict[str, Any]) -> Body:
    size = int(environ.get("CONTENT_LENGTH") or 0)
    if size > _MOST_BODY_BYTES:
        raise LabError("RequestEntityTooLarge", "The body is larger than 64 KiB.", 413)
    text = environ["wsgi.input"].read(size) if size else b"{}"
    try:
        body = json.loads(text or b"{}")
    except ValueError as error:
        raise LabError("ValidationException", "The body is not JSON.", 400) from error
    if not isinstance(body, dict):
        raise LabError("ValidationException", "The body is not a JSON object.", 400)
    return body
