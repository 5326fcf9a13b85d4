"""Answers of AWS as they come over the wire, through botocore's own parsers into the program's adapters."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config

NAMESPACE = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'


class _Body:
    def __init__(self, data: bytes) -> None:
        self._left = [data]

    def stream(self, *_args: Any, **_kwargs: Any) -> Any:
        while self._left:
            yield self._left.pop()


def answer(body: str | dict[str, Any], status: Any = 200, **headers: str) -> AWSResponse:
    """Return an answer: JSON for a mapping, else XML; ``x_amz_…`` are headers."""
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    made: Any = HeadersDict(named)
    return AWSResponse("https://aws.example/", status, made, _Body(text.encode()))


def ec2(operation: str, inside: str) -> AWSResponse:
    """Return an answer of EC2."""
    return answer(f"<{operation}Response {NAMESPACE}><requestId>r</requestId>{inside}</{operation}Response>")


def instances(*items: str) -> AWSResponse:
    """Return a listing of instances, each in a reservation of its own."""
    rows = "".join(f"<item><reservationId>r-1</reservationId><instancesSet>{i}</instancesSet></item>" for i in items)
    return ec2("DescribeInstances", f"<reservationSet>{rows}</reservationSet>")


def query(operation: str, inside: str) -> AWSResponse:
    """Return an answer of IAM or STS."""
    return answer(f"<{operation}Response><{operation}Result>{inside}</{operation}Result></{operation}Response>")


class Wire:
    """Real clients whose requests are answered here; implements ``Clients``.

    Attributes:
        asked: service and operation of each call.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answers: dict[tuple[str, str], list[AWSResponse]] = {}

    def add(self, service: str, operation: str, *answers: AWSResponse) -> None:
        """Queue answers of an operation."""
        self._answers.setdefault((service, operation), []).extend(answers)

    def left(self) -> list[tuple[str, str]]:
        """Return what was never asked for."""
        return [name for name, answers in self._answers.items() if answers]

    def client(self, service: str, *, mutating: bool = False, region: str = "") -> _OnWire:
        return _OnWire(self, service)

    def take(self, service: str, operation: str) -> AWSResponse:
        """Return the next answer."""
        self.asked.append((service, operation))
        return self._answers[service, operation].pop(0)


class _OnWire:
    """One shared client of botocore, answered by one wire for the length of a call."""

    def __init__(self, wire: Wire, service: str) -> None:
        self._wire, self._service, self._client = wire, service, _client(service)
        self.meta = self._client.meta

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(**params: Any) -> Any:
            def respond(event_name: str, **_kwargs: Any) -> AWSResponse:
                return self._wire.take(self._service, event_name.rpartition(".")[2])

            self._client.meta.events.register("before-send", respond, unique_id="wire")
            try:
                return method(**params)
            finally:
                self._client.meta.events.unregister("before-send", respond, unique_id="wire")

        return call


@cache
def _client(service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, response_checksum_validation="when_required")
    session: Any = boto3.Session("key", "secret", region_name="us-east-1")
    return session.client(service, config=config)
