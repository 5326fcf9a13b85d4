"""Real clients of botocore whose answers are stubbed and validated against the service models."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore import xform_name
from botocore.stub import Stubber

from rdpgui.aws.calls import AwsCaller


@cache
def _session() -> Any:
    """Return the one session of all tests: each new one reads the service models again."""
    return boto3.Session("key", "secret", region_name="us-east-1")


@cache
def _operations(service: str) -> dict[str, Any]:
    model = _session()._session.get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def model_of(service: str, method: str) -> Any:
    """Return botocore's model of the operation behind a method of a client."""
    return _operations(service)[method]


class StubbedClients:
    """Implements ``Clients``. ``add`` queues one answer, ``fail`` one error; both in the order of the calls."""

    def __init__(self) -> None:
        self._stubs: dict[str, tuple[Any, Stubber]] = {}
        self.mutating: list[str] = []

    def client(self, service: str, *, mutating: bool = False, region: str = "") -> Any:
        if mutating:
            self.mutating.append(service)
        return self._stub(service)[0]

    def add(self, service: str, method: str, answer: dict[str, Any], expected: dict[str, Any] | None = None) -> None:
        self._stub(service)[1].add_response(method, answer, expected)

    def fail(self, service: str, method: str, code: str, message: str = "why", status: int = 400) -> None:
        self._stub(service)[1].add_client_error(method, code, message, status)

    def assert_all_used(self) -> None:
        for _, stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def _stub(self, service: str) -> tuple[Any, Stubber]:
        if service not in self._stubs:
            client = _session().client(service)
            stub = Stubber(client)
            stub.activate()
            self._stubs[service] = (client, stub)
        return self._stubs[service]


def caller_of(stubs: StubbedClients) -> AwsCaller:
    return AwsCaller(stubs)
